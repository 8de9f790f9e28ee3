"""A promotion at a glance: how it stands, what it is in plain English, what can be done."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from promotions.access import Access
from promotions.admin.access import may
from promotions.admin.consequences import so_many_coupons
from promotions.admin.moments import organisation_zone, show_day, show_moment
from promotions.admin.pages import promotion_url
from promotions.admin.site import actor_of, badge, staff_user
from promotions.admin.verbs import offered
from promotions.admin.words import emphasised
from promotions.models import Promotion
from promotions.rules import (
    EnrollmentWindow,
    PromotionStatus,
    enrollment_window,
    is_over,
    promotion_status,
)
from promotions.services.views import last_viewed
from promotions.snapshots import described, others_of
from promotions.whole import Whole
from promotions.wording.states import INACTIVE, STATUS_WORDS


def enrollment_in_words(promotion: Promotion, at: datetime, zone: ZoneInfo) -> str:
    """Whether customers can enroll at the moment ``at``, and until or from when."""
    if not promotion.is_enrollment_required:
        return "no enrollment"
    if is_over(promotion.end_date_time, at):
        return "closed, promotion ended"
    window = enrollment_window(promotion, at, zone)
    opens, closes = promotion.enrollment_start_date, promotion.enrollment_end_date
    if window is EnrollmentWindow.CLOSED and closes is not None:
        return f"closed since {show_day(closes)}"
    if window is EnrollmentWindow.NOT_OPEN and opens is not None:
        return f"opens {show_day(opens)}"
    if not promotion.is_active:
        return f"not open, promotion is {INACTIVE}"
    return "open" if closes is None else f"open until {show_day(closes)}"


def status_in_words(promotion: Promotion, at: datetime, zone: ZoneInfo) -> str:
    """Status and enrollment beside each other; of what is inactive or over, the status alone:
    nobody can enroll. ``running, enrollment opens 19 Dec 2026``."""
    status = promotion_status(promotion, at, zone)
    if status in (PromotionStatus.DRAFT, PromotionStatus.ENDED):
        return STATUS_WORDS[status]
    enrollment = enrollment_in_words(promotion, at, zone)
    if not promotion.is_enrollment_required:
        return f"{STATUS_WORDS[status]}, {enrollment}"
    return f"{STATUS_WORDS[status]}, enrollment {enrollment}"


def at_a_glance(request: HttpRequest, promotion: Promotion, whole: Whole | None) -> dict[str, Any]:
    """What stands above the promotion's form. Without the ``whole`` of it, what it is in plain
    English is told elsewhere on the page."""
    at, zone = timezone.now(), organisation_zone()
    others = others_of(promotion, by=actor_of(request), at=at) if whole else []
    description = described(whole, others, at=at) if whole else None
    seen = last_viewed(promotion, user=staff_user(request.user))
    # By name only: promotions know nothing of enrollments.
    enrollments = reverse("admin:enrollments_promotionpartyusage_changelist")
    enroll = reverse("admin:enrollments_promotionpartyusage_enroll")
    audiences = reverse("admin:enrollments_enrollmentjob_changelist")
    enroll_audience = reverse("admin:enrollments_enrollmentjob_enroll")
    coupons = reverse("admin:promotions_coupon_changelist")
    return {
        "status": badge(STATUS_WORDS[promotion_status(promotion, at, zone)]),
        "enrollment": enrollment_in_words(promotion, at, zone),
        "last_viewed": show_moment(seen, otherwise="never before"),
        "enrollments_url": f"{enrollments}?promotion__id__exact={promotion.pk}",
        "figures_url": reverse(
            "admin:enrollments_promotionpartyusage_figures", args=[promotion.pk]
        ),
        "enroll_url": f"{enroll}?promotion={promotion.pk}",
        "audiences_url": f"{audiences}?promotion__id__exact={promotion.pk}",
        "enroll_audience_url": f"{enroll_audience}?promotion={promotion.pk}",
        "verbs": offered(request, promotion),
        "final_verbs": offered(request, promotion, final=True),
        "share_url": promotion_url(promotion, "share"),
        "history_url": promotion_url(promotion, "history"),
        "sentences": [emphasised(one.text) for one in description.sentences] if description else [],
        "warnings": [emphasised(one.text) for one in description.warnings] if description else [],
        "generate_url": promotion_url(promotion, "generate_coupons"),
        "import_url": promotion_url(promotion, "import_coupons"),
        "find_coupon_url": coupons,
        "export_url": promotion_url(promotion, "export_coupons"),
        "may_edit": may(request, "change", promotion, Access.EDIT),
        "coupons": (so_many_coupons(whole.coupons.count) or "none yet") if whole else "",
        "coupons_url": f"{coupons}?promotion__id__exact={promotion.pk}",
        "add_coupon_url": f"{reverse('admin:promotions_coupon_add')}?promotion={promotion.pk}",
    }
