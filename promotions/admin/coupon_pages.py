"""Coupons by the thousand: generated from a pattern, imported from a file, exported as one."""

import re
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from promotions.access import Access
from promotions.admin.described import list_url
from promotions.admin.moments import MomentField, organisation_zone, today
from promotions.admin.pages import page, promotion_or_404, promotion_url
from promotions.admin.refusals import for_people, show_refusals
from promotions.admin.site import actor_of
from promotions.errors import DomainError, Refused
from promotions.models import Coupon, Promotion
from promotions.models.picklists import CouponStatus
from promotions.services.coupon_files import (
    RefusedRow,
    export_coupons,
    headings,
    import_coupons,
)
from promotions.services.coupon_generation import MOST_AT_ONCE, generate_coupons
from promotions.services.promotion_files import Clocks

MOST_SHOWN: Final = 20
"""The most bad rows of a file that the page lists."""
_POINTERS: Final = {
    "pattern": "pattern",
    "quantity": "quantity",
    "startDateTime": "start_date_time",
    "endDateTime": "end_date_time",
    "redemptionLimitAllBuyers": "redemption_limit_all_buyers",
    "redemptionLimitPerBuyer": "redemption_limit_per_buyer",
}


def _count(label: str, help_text: str, **options: Any) -> forms.IntegerField:
    widget = UnfoldAdminIntegerFieldWidget
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=1, widget=widget, **options
    )


class GenerateForm(forms.Form):
    """How many coupons, with which codes, and what they have in common."""

    pattern = forms.CharField(
        label="What the codes look like",
        max_length=64,
        help_text="Such as SUMMER-****-****. Each * becomes a letter or digit that nobody can "
        "guess, each # a digit.",
        widget=UnfoldAdminTextInputWidget,
    )
    quantity = _count("How many", f"At most {MOST_AT_ONCE:,} at once.", max_value=MOST_AT_ONCE)
    status = forms.ChoiceField(
        choices=CouponStatus.choices, initial=CouponStatus.ACTIVE, widget=UnfoldAdminSelectWidget
    )
    start_date_time = MomentField(
        required=False, label="Starts", help_text="Empty: with the promotion."
    )
    end_date_time = MomentField(
        required=False, ends=True, label="Ends", help_text="Empty: with the promotion."
    )
    redemption_limit_all_buyers = _count(
        "Uses by all buyers",
        "How often each code can be used in all: 1 is one use per code. Empty: without limit, by "
        "anybody who has it.",
        required=False,
        initial=1,
    )
    redemption_limit_per_buyer = _count(
        "Uses by each buyer",
        "How often one buyer can use it. Empty: as often as they like.",
        required=False,
    )

    def values(self) -> dict[str, Any]:
        """What the coupons have in common, by the model's names."""
        own = ("pattern", "quantity")
        return {name: value for name, value in self.cleaned_data.items() if name not in own}


class ImportForm(forms.Form):
    """A file of coupons."""

    file = forms.FileField(label="CSV or XLSX file", widget=UnfoldAdminFileFieldWidget)
    all_or_none = forms.BooleanField(
        required=False,
        initial=True,
        label="All or none: with a bad row, import nothing",
        widget=UnfoldBooleanSwitchWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = (
            f"The first line names its columns, in any order: {', '.join(headings())}. Only the "
            f"code is needed. Days such as 31 May 2027 or 2027-05-31 10:00, in "
            f"{organisation_zone().key}; an end without a time is the end of that day. A file "
            "exported here will do as well."
        )


def generate_page(request: HttpRequest, key: str) -> HttpResponse:
    """Generates coupons of the promotion ``key``."""
    promotion = promotion_or_404(request, key, "change", Access.EDIT)
    form = GenerateForm(request.POST or None, initial={"pattern": _suggested(promotion)})
    if request.method == "POST" and form.is_valid():
        try:
            batch = generate_coupons(
                promotion.pk,
                pattern=form.cleaned_data["pattern"],
                quantity=form.cleaned_data["quantity"],
                values=form.values(),
                by=actor_of(request),
                at=timezone.now(),
            )
        except Refused as refused:
            show_refusals(form, refused.errors, _POINTERS)
        else:
            messages.success(request, f"{counted(batch.quantity)} generated.")
            return _to_coupons(promotion)
    return _form(request, promotion, form, title="Generate coupons", button="Generate")


def _suggested(promotion: Promotion) -> str:
    """A pattern to begin with: the promotion's code, or the first word of its name that will do."""
    words = _LETTERS.findall((promotion.promotion_code or promotion.name).upper())
    return f"{next((word[:12] for word in words), 'CODE')}-****-****"


_LETTERS: Final = re.compile(r"[A-Z0-9]{3,}", re.ASCII)


def import_page(request: HttpRequest, key: str) -> HttpResponse:
    """Imports coupons of the promotion ``key``; says which rows of the file are none, and why."""
    promotion = promotion_or_404(request, key, "change", Access.EDIT)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        rows: list[RefusedRow] = []

        def note(row: RefusedRow) -> None:
            if len(rows) < MOST_SHOWN:
                rows.append(row)

        try:
            done = import_coupons(
                promotion.pk,
                form.cleaned_data["file"],
                by=actor_of(request),
                at=timezone.now(),
                all_or_none=form.cleaned_data["all_or_none"],
                clocks=Clocks(organisation_zone(), today()),
                refused=note,
            )
        except Refused as refused:
            for error in refused.errors:
                form.add_error("file", _with_column(error))
        else:
            if done.unchanged:
                messages.info(
                    request, f"{counted(done.unchanged)} there already, exactly as in the file."
                )
            if done.created:
                messages.success(request, f"{counted(done.created)} imported.")
            if not done.refused:
                return _to_coupons(promotion)
            nothing = "" if done.created else " Nothing was imported."
            form.add_error(
                "file", f"{done.refused:,} of {done.read:,} rows can't be taken.{nothing}"
            )
            for row in rows:
                code = f" ({row.coupon_code})" if row.coupon_code else ""
                form.add_error("file", f"Line {row.line}{code}: {_with_column(row.error)}")
            if done.refused > len(rows):
                form.add_error("file", f"And {done.refused - len(rows):,} more.")
    return _form(request, promotion, form, title="Import coupons", button="Import")


def counted(coupons: int) -> str:
    """``1 coupon was``, ``500 coupons were``."""
    return "1 coupon was" if coupons == 1 else f"{coupons:,} coupons were"


def _with_column(error: DomainError) -> str:
    detail = for_people(error.detail)
    several = detail.startswith(f"{error.pointer}: ")
    return f"{error.pointer}: {detail}" if error.pointer and not several else detail


def export_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """The coupons of the promotion ``key`` as a CSV file."""
    promotion = promotion_or_404(request, key)
    return StreamingHttpResponse(
        export_coupons(promotion.pk, by=actor_of(request)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="coupons-{promotion.record_id}.csv"'
        },
    )


def _form(
    request: HttpRequest, promotion: Promotion, form: forms.Form, *, title: str, button: str
) -> HttpResponse:
    return page(
        request,
        "promotions/admin/verb.html",
        title=f"{title}: {promotion}",
        form=form,
        button=button,
        back=promotion_url(promotion),
    )


def _to_coupons(promotion: Promotion) -> HttpResponseRedirect:
    return HttpResponseRedirect(list_url(Coupon, promotion__id__exact=promotion.pk))


def urls(view: Callable[..., Any]) -> list[URLPattern]:
    """These pages; ``view`` lets nobody in but the staff."""
    pages = {"generate": generate_page, "import": import_page, "export": export_page}
    return [
        path(
            f"<str:key>/{name}-coupons/",
            view(one),
            name=f"promotions_promotion_{name}_coupons",
        )
        for name, one in pages.items()
    ]
