"""Enrollments as the pages show them: everything in words, with the ways to act on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from enrollments.admin.masking import masked
from enrollments.admin.timeline import Event, timelines
from enrollments.admin.why_words import where_stands
from enrollments.models import Account, Contact, Offer, PromotionPartyUsage
from enrollments.personal_data import sees_personal_data
from enrollments.rules import ends_with_promotion
from enrollments.selectors import enrollments_with_standing
from enrollments.standing import Standing
from promotions.actors import Actor
from promotions.admin.moments import show_moment, show_short
from promotions.admin.site import actor_of, badge
from promotions.models import RecordQuerySet
from promotions.rules import is_over

ENDS_WITH_PROMOTION = "until the promotion ends"


@dataclass(frozen=True, slots=True)
class Card:
    """One enrollment on a page. Links that the user may not follow are empty."""

    number: str
    record_id: str
    url: str
    customer: str
    customer_url: str
    promotion: str
    promotion_url: str
    standing: str
    is_active: bool
    lead: str
    """Whether the promotion applies to the customer, in a few words."""
    because: str
    """Which condition makes it so, in words."""
    period: str
    offer: str
    enrolled: str
    withdrawn: str
    usage_count: int
    events: list[Event]
    why_url: str
    withdraw_url: str = ""
    change_period_url: str = ""
    extend_url: str = ""
    enroll_again_url: str = ""


def shown_enrollments(by: Actor, at: datetime) -> QuerySet[PromotionPartyUsage]:
    """The enrollments that ``by`` may see, with all that lists and pages show of them. An offer
    may have been given to another promotion since: where ``by`` doesn't see that, there is none."""
    offers: RecordQuerySet[Offer] = RecordQuerySet(Offer).accessible(by)
    return (
        enrollments_with_standing(by, at)
        .select_related(None)
        .select_related("promotion", "contact__account", "account", "withdrawn_by", "created_by")
        .prefetch_related(Prefetch("enrollment_offer", offers))
        .annotate(is_named=Value(sees_personal_data(by)))
    )


def party_name(usage: Any) -> str:
    """What the customer of an enrollment from ``shown_enrollments`` is called to who asked."""
    return str(usage.party) if usage.is_named else masked(usage.party)


def period_in_words(usage: PromotionPartyUsage) -> str:
    """The customer's own window: from when, until when."""
    ends = show_short(usage.enrollment_expiration_date_time, otherwise="", ends=True)
    begins = show_short(usage.enrollment_effective_date_time)
    return f"{begins} – {ends}" if ends else f"{begins}, {ENDS_WITH_PROMOTION}"


def customer_url(customer: Account | Contact) -> str:
    return reverse("admin:customer", args=[customer.record_id])


def party_key(usage: PromotionPartyUsage) -> dict[str, int]:
    """The customer of an enrollment, as forms are prefilled with it."""
    if usage.contact_id is not None:
        return {"contact": usage.contact_id}
    assert usage.account_id is not None
    return {"account": usage.account_id}


def cards(usages: Sequence[Any], request: HttpRequest) -> list[Card]:
    """A card for each of ``usages`` (from ``shown_enrollments``): one more statement for all."""
    happened = timelines(usages, actor_of(request))
    return [_card(usage, happened[usage.pk], request) for usage in usages]


def _card(usage: Any, events: list[Event], request: HttpRequest) -> Card:
    stands = where_stands(usage, timezone.now())
    return Card(
        number=usage.name,
        record_id=usage.record_id,
        url=reverse("admin:enrollments_promotionpartyusage_change", args=[usage.pk]),
        customer=party_name(usage),
        customer_url=customer_url(usage.party),
        promotion=str(usage.promotion),
        promotion_url=_promotion_url(usage, request),
        standing=badge(usage.standing),
        is_active=usage.standing == Standing.ACTIVE,
        lead=stands.lead,
        because=stands.because,
        period=period_in_words(usage),
        offer=str(usage.enrollment_offer or ""),
        enrolled=f"{show_moment(usage.created_date)}, {usage.created_by}",
        withdrawn=_withdrawn(usage),
        usage_count=usage.usage_count,
        events=events,
        why_url=_why_url(usage),
        **_ways_to_act(usage, request),
    )


def _why_url(usage: PromotionPartyUsage) -> str:
    """Where it is told whether the promotion applies, and asked whether the customer could be
    enrolled now; nowhere for what is deleted."""
    if usage.promotion.is_deleted or usage.party.is_deleted:
        return ""
    query = {**party_key(usage), "promotion": usage.promotion_id}
    return f"{reverse('admin:why')}?{urlencode(query)}"


def _promotion_url(usage: PromotionPartyUsage, request: HttpRequest) -> str:
    if usage.promotion.is_deleted or not request.user.has_perm("promotions.view_promotion"):
        return ""
    return reverse("admin:promotions_promotion_change", args=[usage.promotion_id])


def _withdrawn(usage: PromotionPartyUsage) -> str:
    if usage.is_party_enrolled:
        return ""
    when = show_moment(usage.withdrawn_date)
    return f"{when}, {usage.withdrawn_by}: {usage.withdrawal_reason}"


def _ways_to_act(usage: Any, request: HttpRequest) -> dict[str, str]:
    back = {"usage": usage.pk, "next": request.get_full_path()}
    ways = {}
    if usage.is_party_enrolled and request.user.has_perm("enrollments.change_promotionpartyusage"):
        ways["withdraw_url"] = _act("withdraw", back)
        ways["change_period_url"] = _act("change_period", back)
        if not ends_with_promotion(usage.enrollment_expiration_date_time, usage.promotion):
            ways["extend_url"] = _act("change_period", {**back, "longer": "7"})
    left = usage.standing in (Standing.WITHDRAWN, Standing.EXPIRED)
    again = left and not is_over(usage.promotion.end_date_time, timezone.now())
    if again and request.user.has_perm("enrollments.add_promotionpartyusage"):
        ways["enroll_again_url"] = _act(
            "enroll", {"promotion": usage.promotion_id, **party_key(usage)}
        )
    return ways


def _act(name: str, query: dict[str, Any]) -> str:
    return f"{reverse(f'admin:enrollments_promotionpartyusage_{name}')}?{urlencode(query)}"
