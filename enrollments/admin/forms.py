"""The forms of the three acts: enroll, withdraw, change the period."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from enrollments import rules
from enrollments.admin.lookups import LookupField
from enrollments.models import PromotionPartyUsage
from enrollments.wire import Item
from promotions.actors import Actor
from promotions.admin.moments import MomentField
from promotions.errors import refuse

POINTERS: Final[Mapping[str, str]] = {
    "contact": "contact",
    "account": "account",
    "promotion": "promotion",
    "enrollmentOffer": "offer",
    rules.EFFECTIVE: "effective",
    rules.EXPIRATION: "expiration",
    "longer": "longer",
    "reason": "reason",
}
"""Which field of these forms a refusal is about, by the first part of its pointer."""


def reason_field(help_text: str, *, required: bool = True) -> forms.CharField:
    refusal = rules.reason_refusal("")
    assert refusal is not None
    return forms.CharField(
        label="Reason",
        required=required,
        help_text=help_text,
        max_length=rules.LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        error_messages={"required": refusal.detail},
    )


class CheckForm(forms.Form):
    """Who would be enrolled in what, from when to when."""

    contact = LookupField("contact", required=False, help_text="Type an e-mail address or a name.")
    account = LookupField(
        "account",
        required=False,
        help_text="Only where the customer is a company or household, or to say which the "
        "contact belongs to.",
    )
    promotion = LookupField("promotion", help_text="Type its name or code.")
    offer = LookupField(
        "enrollment_offer", required=False, help_text="What brought the customer, if anything."
    )
    effective = MomentField(required=False, label="Begins", help_text="Empty: now.")
    expiration = MomentField(
        required=False, ends=True, label="Ends", help_text="Empty: when the promotion ends."
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, LookupField):
                field.limit_to(by)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not self.errors and not (cleaned.get("contact") or cleaned.get("account")):
            self.add_error("contact", "Name the customer: give a contact or an account.")
        return cleaned

    def item(self) -> Item:
        """What the form says, as the services read it."""
        named = {name: self.cleaned_data[name] for name in ("contact", "account", "offer")}
        keys = {f"{name}_id": record.pk for name, record in named.items() if record is not None}
        return Item(
            promotion_id=self.cleaned_data["promotion"].pk,
            effective=self.cleaned_data["effective"],
            expiration=self.cleaned_data["expiration"],
            **keys,
        )


class EnrollForm(CheckForm):
    """The same, and why."""

    reason = reason_field("Why you enroll the customer: it stands in the enrollment's history.")


class ActForm(forms.Form):
    """What is done to ``usages``, enrollments that exist. The cursor stands where typing begins."""

    focused = "reason"

    def __init__(self, *args: Any, usages: Sequence[PromotionPartyUsage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fit_to(usages)
        widget = self.fields[self.focused].widget
        first = widget.widgets[0] if isinstance(widget, forms.MultiWidget) else widget
        first.attrs["autofocus"] = True

    def fit_to(self, usages: Sequence[PromotionPartyUsage]) -> None:
        """Offers only what can be done to ``usages``."""


class WithdrawForm(ActForm):
    reason = reason_field("Why the enrollment is withdrawn: customers may ask.")


class PeriodForm(ActForm):
    """What changes about the period; what is left empty stays."""

    longer = forms.ChoiceField(
        required=False,
        label="Make it longer",
        choices=[("", "No"), ("7", "By a week"), ("14", "By two weeks"), ("28", "By four weeks")],
        widget=UnfoldAdminRadioSelectWidget(),
        help_text="From its own end on; where that is over, from now on.",
    )
    effective = MomentField(required=False, label="Begins", help_text="Empty: stays as it is.")
    expiration = MomentField(
        required=False, ends=True, label="Ends", help_text="Empty: stays as it is."
    )
    ends_with_promotion = forms.BooleanField(
        required=False,
        label="No end of its own: it ends with the promotion",
        widget=UnfoldBooleanSwitchWidget(),
    )
    reason = reason_field("Why the period changes.")

    def fit_to(self, usages: Sequence[PromotionPartyUsage]) -> None:
        ends = [(usage.enrollment_expiration_date_time, usage.promotion) for usage in usages]
        if all(rules.ends_with_promotion(own, promotion) for own, promotion in ends):
            del self.fields["longer"]
        if all(own is None for own, _ in ends):
            del self.fields["ends_with_promotion"]
            self.fields["expiration"] = MomentField(
                required=False,
                ends=True,
                label="Give it an end of its own",
                help_text="Empty: it ends with the promotion. An end of its own makes it shorter.",
            )
        if "longer" not in self.fields or not self.initial.get("longer"):
            self.focused = "expiration"

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        ends = ("longer", "expiration", "ends_with_promotion")
        if sum(bool(cleaned.get(name)) for name in ends) > 1:
            self.add_error(
                "expiration", "Make it longer, give an end, or let it end with the promotion."
            )
        if not self.errors and not self.period() and not cleaned.get("longer"):
            self.add_error("effective", "Give a new beginning or a new end.")
        return cleaned

    def period(self) -> dict[str, datetime | None]:
        """The ends that change, as ``change_period`` takes them."""
        period: dict[str, datetime | None] = {
            name: self.cleaned_data[name]
            for name in ("effective", "expiration")
            if self.cleaned_data.get(name) is not None
        }
        if self.cleaned_data.get("ends_with_promotion"):
            period["expiration"] = None
        return period

    def period_of(self, usage: PromotionPartyUsage, at: datetime) -> dict[str, datetime | None]:
        """The same for an enrollment that may be made longer than it is at the moment ``at``.
        Raises ``Refused`` where it can't be."""
        period = self.period()
        if not self.cleaned_data.get("longer"):
            return period
        ends = usage.enrollment_expiration_date_time
        if ends is None:
            detail = "It ends with the promotion and has no end of its own. Give it one instead."
            raise refuse("invalid_value", detail, "longer")
        try:
            longer = max(ends, at) + timedelta(days=int(self.cleaned_data["longer"]))
        except OverflowError as error:
            raise refuse("invalid_value", "It goes on for ever already.", "longer") from error
        return {**period, "expiration": longer}
