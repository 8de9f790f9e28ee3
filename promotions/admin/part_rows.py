"""The parts of a promotion as rows of its own form: one kind of row for each kind of part."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Final, cast

from django import forms
from django.conf import settings
from django.db import models
from django.forms.models import construct_instance
from unfold.overrides import FORMFIELD_OVERRIDES
from unfold.widgets import UnfoldAdminSelectWidget

from promotions.admin.picks import NEW, PickField
from promotions.admin.record_forms import currency_field
from promotions.admin.refusals import for_people
from promotions.child_rules.limits import LEVEL_OF
from promotions.child_rules.line_item_rules import ORDERED, ORDERINGS
from promotions.child_rules.named import EQUAL_TO, NONE, NOT_EQUAL_TO
from promotions.child_rules.targets import ONLY_ON
from promotions.dictionary import columns_of
from promotions.errors import DomainError
from promotions.models import (
    PromotionLimit,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionPart,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
)
from promotions.models.fields import CurrencyField

_IS: Final = ((EQUAL_TO, "is"), (NOT_EQUAL_TO, "is not"))
_PIECES: Final = ("Product", "ProductCategory")
_AMOUNTS: Final = (
    "FixedAmountOffLineItemTotal", "FixedAmountOffTransaction", "FixedAmountOffUnitPrice",
    "FixedPrice", "TotalFixedPrice",
)  # fmt: skip

Shown = Mapping[str, tuple[str, Sequence[str]]]
"""Fields that count only where another has one of some values; elsewhere they are not shown, and
empty."""


GoesWith = Mapping[str, tuple[str, Mapping[str, Collection[str]]]]
"""Fields some of whose choices go only with some values of another: which is not offered beside
the others. What is stored so already stays chosen, and is refused by the rules."""


def row_field(column: "models.Field[Any, Any]") -> forms.Field | None:
    """The form's field for a column of a part, with the theme's widget."""
    if isinstance(column, CurrencyField):
        return currency_field(column.help_text)
    if isinstance(column, models.ForeignKey):
        return PickField(column, label=str(column.verbose_name).capitalize(), may_add=True)
    if column.choices:
        formfield: Any = column.formfield(widget=UnfoldAdminSelectWidget)
        if not column.null:
            formfield.choices = [one for one in formfield.choices if one[0]]
    else:
        kinds = (FORMFIELD_OVERRIDES[kind] for kind in type(column).__mro__ if kind in
                 FORMFIELD_OVERRIDES)  # fmt: skip
        formfield = column.formfield(**next(kinds, {}))
    return cast("forms.Field | None", formfield)


class RowForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """One part. It checks only its own fields; the rules ask about all parts at once."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    words: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """Labels and help texts of fields, in a marketer's words."""
    folded: ClassVar[Sequence[str]] = ()
    """Fields that few need: shown when asked for."""
    shown: ClassVar[Shown] = {}
    goes_with: ClassVar[GoesWith] = {}

    def __init__(
        self, *args: Any, places: Sequence[tuple[str, str]] = (), is_tiered: bool = False,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial.update(key=str(self.instance.pk), version=self.instance.version)
        for name, field in self.fields.items():
            if isinstance(self.initial.get(name), Decimal):  # without the database's zeros
                self.initial[name] = f"{self.initial[name].normalize():f}"
            if isinstance(field, PickField):
                self.initial[name] = getattr(self.instance, name)
                field.prepare_value(self.initial[name])  # its label is known, then
        if not settings.CURRENCIES:
            self.fields.pop("currency_iso_code", None)
        if not is_tiered:
            self.fields.pop("tier", None)
        for name in ("tier", "narrows"):
            if name in self.fields:
                self._offer(name, places)
        for name, (label, help_text) in self.words.items():
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, help_text
        for name, (other, choices) in self.goes_with.items():
            self.fields[name].widget.attrs |= {
                "data-beside": self.add_prefix(other),
                "data-goes-with": json.dumps({one: sorted(choices[one]) for one in choices}),
            }

    def _offer(self, name: str, places: Sequence[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", "–"), *places]

    def _post_clean(self) -> None:
        # Only the values: what is wrong with them is found for the promotion as a whole.
        texts = {name: field for name, field in self.fields.items() if isinstance(field, PickField)}
        for name, (other, values) in self.shown.items():
            if name in self.cleaned_data and self.cleaned_data.get(other) not in values:
                empty = False if isinstance(self.fields[name], forms.BooleanField) else None
                self.cleaned_data[name] = "" if name in texts else empty
        plain = [name for name in self.fields if name not in texts and name != "version"]
        self.instance = construct_instance(self, self.instance, plain)
        self.finish()

    def finish(self) -> None:
        """Fills in what follows from the other fields."""

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.errors and self.empty_permitted and not self.has_changed():
            self.cleaned_data = {}

    # --- What the rows are asked ---

    @property
    def is_gone(self) -> bool:
        """Whether the row is to be deleted."""
        return bool(self.is_bound and self.cleaned_data.get("DELETE"))

    @property
    def counts(self) -> bool:
        """Whether the row is a part: not an empty one."""
        return self.instance.pk is not None or self.has_changed()

    def picks(self) -> Iterator[tuple[str, PickField, str]]:
        """The fields that name records, with what was chosen."""
        for name, field in self.fields.items():
            if isinstance(field, PickField):
                yield name, field, self.cleaned_data.get(name) or ""

    def changed_columns(self) -> list[str]:
        """The model's fields that the row may have changed."""
        own = {column.name for column in self.instance._meta.concrete_fields} - {"version"}
        return [name for name in self.fields if name in own]

    def refuse(self, error: DomainError) -> None:
        """Shows what is wrong with the part, at its field."""
        columns = columns_of(type(self.instance), error.pointer)
        at = [name for name in columns if name in self.fields and self._counts(name)]
        renamed = {"promotionTierId": "tier", "associatedReferenceId": "narrows"}
        name = at[0] if at else renamed.get(error.pointer, "")
        self.add_error(name if name in self.fields else None, for_people(_plain(error.detail)))

    def _counts(self, name: str) -> bool:
        other, values = self.shown.get(name, ("", ()))
        return not other or self.cleaned_data.get(other) in values

    @property
    def has_folded(self) -> bool:
        return any(box["folded"] for box in self.boxes())

    def boxes(self) -> Iterator[dict[str, Any]]:
        """The fields as they are laid out: which are shown, and when."""
        for field in self.visible_fields():
            if field.name == "DELETE":
                continue
            other, values = self.shown.get(field.name, ("", ()))
            if field.name == "tier":  # which counts where the promotion is tiered
                other, values = "is_tiered", ("on",)
            elif other:
                other = f"{self.prefix}-{other}"
            yield {
                "field": field,
                "folded": field.name in self.folded and not field.errors,
                "other": other,
                "values": " ".join(values),
            }


def _plain(detail: str) -> str:
    """A rule's words without the API's."""
    return detail.replace("EQUAL_TO or NOT_EQUAL_TO", "“is” or “is not”")


class _NamingForm(RowForm):
    """Of a part that names products, a category, or nothing."""

    by: ClassVar[str]

    def finish(self) -> None:
        # Naming nothing has an operator of its own, which nobody needs to know.
        picked = any(self.cleaned_data.get(name) for name, _, _ in self.picks())
        named = picked or self.cleaned_data.get(f"external_{self.by}")
        operator = f"{self.by}_operator"
        value = self.cleaned_data.get(operator) or EQUAL_TO
        setattr(self.instance, operator, value if named else NONE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        operator = f"{self.by}_operator"
        field: Any = self.fields[operator]
        field.choices, field.required = _IS, False
        if self.initial.get(operator) in (None, "", NONE):
            self.initial[operator] = EQUAL_TO


class TierRow(RowForm):
    words: ClassVar = {"name": ("Name", "Such as Silver, or 3 for 2.")}

    class Meta:
        model = PromotionTier
        fields = ("name", "rank")
        formfield_callback = staticmethod(row_field)


class QualifierRow(_NamingForm):
    by = "qualifier"
    tier = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    words: ClassVar = {
        "qualifier_type": ("What must be in the cart", ""),
        "qualifier_product": ("Product", "Type its name; one that is not there yet is added."),
        "qualifier_category": ("Category", "Type its name; one that is not there yet is added."),
        "qualifier_operator": ("Is it, or is it not?", ""),
        "minimum_quantity": ("How many of them", "At least so many pieces. Empty: one."),
        "minimum_amount": ("For how much", "At least this amount. Empty: any."),
        "external_qualifier": (
            "Or the shop's own code",
            "Of a product or category that is not in the catalogue.",
        ),
    }
    folded: ClassVar = (
        "qualifier_operator", "external_qualifier", "approaching_discount_threshold",
        "qualifier_rule_criteria_type", "currency_iso_code",
    )  # fmt: skip
    shown: ClassVar = {
        "qualifier_product": ("qualifier_type", ("Product",)),
        "qualifier_category": ("qualifier_type", ("ProductCategory",)),
        "qualifier_operator": ("qualifier_type", _PIECES),
        "external_qualifier": ("qualifier_type", _PIECES),
        "minimum_quantity": ("qualifier_type", _PIECES),
        "qualifier_rule_criteria_type": ("qualifier_type", _PIECES),
    }

    class Meta:
        model = PromotionQualifier
        fields = (
            "tier", "qualifier_type", "qualifier_product", "qualifier_category",
            "minimum_quantity", "minimum_amount", "qualifier_operator", "external_qualifier",
            "approaching_discount_threshold", "qualifier_rule_criteria_type", "currency_iso_code",
        )  # fmt: skip
        formfield_callback = staticmethod(row_field)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["qualifier_type"] = self.instance.qualifier_type or "ProductCategory"
        self.initial.setdefault("qualifier_rule_criteria_type", "All")
        self.initial["qualifier_rule_criteria_type"] = (
            self.instance.qualifier_rule_criteria_type or "All"
        )

    def finish(self) -> None:
        super().finish()
        criteria = self.cleaned_data.get("qualifier_rule_criteria_type")
        self.instance.qualifier_rule_criteria_type = criteria or "All"


class TargetRow(_NamingForm):
    by = "target"
    tier = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    words: ClassVar = {
        "target_type": ("What is discounted", ""),
        "target_product": ("Product", "Type its name; one that is not there yet is added."),
        "target_category": ("Category", "Type its name; one that is not there yet is added."),
        "target_operator": ("Is it, or is it not?", ""),
        "adjustment_type": ("How it is discounted", ""),
        "adjustment_percent": ("Percent off", "From 1 to 100: 50 is half price."),
        "adjustment_amount": ("Amount", "What is taken off, or the fixed price."),
        "restriction_quantity": (
            "How many pieces at most",
            "1: a single piece, such as the cheapest. Empty: all.",
        ),
        "external_target": (
            "Or the shop's own code",
            "Of a product or category that is not in the catalogue.",
        ),
    }
    folded: ClassVar = (
        "target_operator", "external_target", "is_min_item_count_required",
        "target_rule_criteria_type", "currency_iso_code",
    )  # fmt: skip
    shown: ClassVar = {
        "target_product": ("target_type", ("Product",)),
        "target_category": ("target_type", ("ProductCategory",)),
        "target_operator": ("target_type", _PIECES),
        "external_target": ("target_type", _PIECES),
        "restriction_quantity": ("target_type", _PIECES),
        "is_min_item_count_required": ("target_type", _PIECES),
        "target_rule_criteria_type": ("target_type", _PIECES),
        "adjustment_percent": ("adjustment_type", ("PercentageDiscount",)),
        "adjustment_amount": ("adjustment_type", _AMOUNTS),
    }
    goes_with: ClassVar = {
        "adjustment_type": ("target_type", {one: types for one, (types, _) in ONLY_ON.items()})
    }

    class Meta:
        model = PromotionTarget
        fields = (
            "tier", "target_type", "target_product", "target_category", "adjustment_type",
            "adjustment_percent", "adjustment_amount", "restriction_quantity", "target_operator",
            "external_target", "is_min_item_count_required", "target_rule_criteria_type",
            "currency_iso_code",
        )  # fmt: skip
        formfield_callback = staticmethod(row_field)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["target_type"] = self.instance.target_type or "ProductCategory"
        self.initial["adjustment_type"] = self.instance.adjustment_type or "PercentageDiscount"
        self.initial["target_rule_criteria_type"] = self.instance.target_rule_criteria_type or "ALL"

    def finish(self) -> None:
        super().finish()
        criteria = self.cleaned_data.get("target_rule_criteria_type")
        self.instance.target_rule_criteria_type = criteria or "ALL"


class LineItemRuleRow(RowForm):
    narrows = forms.ChoiceField(
        widget=UnfoldAdminSelectWidget,
        label="Narrows",
        help_text="Which of the above. Save first what is new.",
    )
    words: ClassVar = {
        "type": ("What is compared", ""),
        "operator_type": ("How", ""),
        "type_reference_product": ("Product", ""),
        "type_reference_category": ("Category", ""),
        "type_value": ("Price or value", "A price as a plain number, such as 19.90."),
    }
    shown: ClassVar = {
        "type_reference_product": ("type", ("Product", "Attribute")),
        "type_reference_category": ("type", ("ProductCategory", "Attribute")),
        "type_value": ("type", ("Price", "Attribute")),
    }
    goes_with: ClassVar = {"operator_type": ("type", dict.fromkeys(ORDERINGS, ORDERED))}

    class Meta:
        model = PromotionLineItemRule
        fields = (
            "narrows", "type", "operator_type", "type_reference_product",
            "type_reference_category", "type_value",
        )  # fmt: skip
        formfield_callback = staticmethod(row_field)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["type"] = self.instance.type or "Price"
        if self.instance.pk is not None:
            self.fields["narrows"].disabled = True


class LimitRow(RowForm):
    words: ClassVar = {
        "type": ("What is limited", ""),
        "category": ("For whom", "Each customer, or all of them together."),
        "value": ("At most", ""),
    }

    class Meta:
        model = PromotionLimit
        fields = ("type", "category", "value")
        formfield_callback = staticmethod(row_field)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["type"] = self.instance.type or "TotalUsage"
        self.initial["category"] = self.instance.category or "PromotionLevel"

    def finish(self) -> None:
        # The name of some types says for whom they are.
        level = LEVEL_OF.get(self.cleaned_data.get("type") or "")
        if level is not None:
            self.instance.category = level[0]


class MarketSegmentRow(RowForm):
    words: ClassVar = {
        "promotion_segment": (
            "Segment",
            "Type its name, such as German shops; one that is not there yet is added.",
        )
    }

    class Meta:
        model = PromotionMarketSegment
        fields = ("promotion_segment",)
        formfield_callback = staticmethod(row_field)


def is_new(text: str) -> bool:
    """Whether a pick names what is to be added."""
    return text.startswith(NEW)


ROWS: Final[Mapping[str, type[RowForm]]] = {
    "tiers": TierRow,
    "qualifiers": QualifierRow,
    "targets": TargetRow,
    "line_item_rules": LineItemRuleRow,
    "limits": LimitRow,
    "market_segments": MarketSegmentRow,
}
"""By the prefix of their fields."""


def part_model(prefix: str) -> type[PromotionPart]:
    return ROWS[prefix]._meta.model
