"""What stands beside the promotion's form and follows what is typed: the promotion in plain
English, what is odd about it, what is still missing and where. Nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from promotions import sections
from promotions.access import Access
from promotions.admin.access import access_to, find_promotion, may_on_promotions
from promotions.admin.pages import promotion_url
from promotions.admin.promotion_form import PromotionForm
from promotions.admin.row_sets import RowSet
from promotions.admin.site import actor_of
from promotions.admin.words import emphasised
from promotions.models import Promotion
from promotions.snapshots import described, others_of
from promotions.warnings import Advice, AdviceCode

ROWS_OF: Final = {
    sections.WHO: ("market_segments",),
    sections.DISCOUNT: ("tiers", "qualifiers", "targets", "line_item_rules"),
    sections.LIMITS: ("limits",),
}
"""The rows below the fields of each section."""
_ABOUT: Final = {
    AdviceCode.NO_TARGET: "targets",
    AdviceCode.TIERED_WITHOUT_TIERS: "tiers",
    AdviceCode.TIER_WITHOUT_TARGET: "targets",
    AdviceCode.NO_QUALIFIER: "qualifiers",
    AdviceCode.MANUAL_WITHOUT_COUPONS: sections.COUPONS,
    AdviceCode.AUTOMATIC_WITH_COUPONS: sections.COUPONS,
    AdviceCode.COUPONS_WITHOUT_LIMIT: sections.COUPONS,
    AdviceCode.COUPON_OUTLIVES_PROMOTION: sections.WHEN,
    AdviceCode.COUPONS_END_EARLY: sections.WHEN,
    AdviceCode.OVERLAPS_EXCLUSIVE: sections.LIMITS,
    AdviceCode.ENROLLMENT_SWITCHED_OFF: sections.WHO,
    AdviceCode.ENROLLMENT_OPENS_AFTER_END: sections.WHO,
    AdviceCode.ENROLLMENT_OUTLIVES_PROMOTION: sections.WHO,
    AdviceCode.ENROLLMENT_ALREADY_CLOSED: sections.WHO,
}
"""Where on the form an advice is followed; of the others in the section When."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the form: its fields, and the rows below them."""

    fieldset: Any
    anchor: str
    rows: Sequence[RowSet]
    has_coupons: bool


def editor(request: HttpRequest, adminform: Any, promotion: Promotion | None) -> dict[str, Any]:
    """What the form's page shows beside and between its fields."""
    form: PromotionForm = adminform.form
    found = [
        Section(
            fieldset,
            anchor(fieldset.name),
            [form.rows[kind] for kind in ROWS_OF.get(fieldset.name, ()) if kind in form.rows],
            fieldset.name == sections.COUPONS,
        )
        for fieldset in adminform
    ]
    url = (
        reverse("admin:promotions_promotion_summary")
        if promotion is None
        else promotion_url(promotion, "summary_of")
    )
    return {"sections": found, "summary_url": url, "summary": told(request, form)}


def told(request: HttpRequest, form: PromotionForm) -> dict[str, Any]:
    """The summary of what a form says so far."""
    at = timezone.now()
    promotion = form.instance
    others = others_of(promotion, by=actor_of(request), at=at)
    whole = form.whole()
    description = described(whole, others, at=at)
    return {
        "coupons": f"{whole.coupons.count:,}" if whole.coupons.count else "none yet",
        "sentences": [emphasised(sentence.text) for sentence in description.sentences],
        "advice": [
            {"text": emphasised(one.text), "anchor": advised_at(one)}
            for one in description.warnings
        ],
        "added": form.new_names() if form.is_bound else [],
        "refused": _refused(form) if form.is_bound else [],
    }


def advised_at(advice: Advice) -> str:
    """The anchor of where an advice is followed."""
    return anchor(_ABOUT.get(advice.code, sections.WHEN))


def anchor(name: str) -> str:
    return f"section-{slugify(name)}"


def _refused(form: PromotionForm) -> list[str]:
    """What would keep it from being saved, with the fields' names."""
    found = []
    for name, errors in form.errors.items():
        if name != "__all__":
            found += [f"{form.fields[name].label}: {error}" for error in errors]
    for rows in form.rows.values():
        for number, row in enumerate(rows.rows, start=1):
            where = f"{rows.title}, row {number}"
            for name, errors in row.errors.items():
                label = f" ({row.fields[name].label})" if name in row.fields else ""
                found += [f"{where}{label}: {error}" for error in errors]
    return [str(line) for line in found]


def summary_page(request: HttpRequest, key: str = "") -> HttpResponse:
    """The summary of what stands in the form that is sent, of the promotion ``key`` or a new one.
    Nothing is saved."""
    promotion = None
    if key:
        promotion = find_promotion(request, key)
        if promotion is None:
            raise Http404
        if access_to(request, promotion) < Access.EDIT:
            raise PermissionDenied
    if not may_on_promotions(request, "change" if key else "add"):
        raise PermissionDenied
    site: Any = admin.site._registry[Promotion]
    form_class = site.get_form(request, promotion, change=promotion is not None)
    form = form_class(request.POST or {}, instance=promotion or Promotion())
    form.full_clean()
    return render(request, "promotions/admin/summary.html", {"summary": told(request, form)})
