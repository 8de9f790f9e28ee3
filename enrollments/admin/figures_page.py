"""A promotion in figures: enrollments over time, where customers stand now, by which offers."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from enrollments.admin.acts import require
from enrollments.admin.home import days_chart
from enrollments.figures import BY_OFFER, BY_STANDING, PER_DAY, UPTAKE
from enrollments.models import Offer
from enrollments.standing import Standing
from enrollments.uptake import by_promotion
from promotions.admin.charts import Chart
from promotions.admin.moments import organisation_zone, show_counted
from promotions.admin.pages import page, promotion_or_404, promotion_url
from promotions.admin.promotion_list import enrolled_in_words, uptake_in_words
from promotions.admin.site import actor_of, badge
from promotions.figures import Figure, of_promotion
from promotions.models import Promotion, RecordQuerySet
from promotions.services.figures import figures
from promotions.uptake import CountedUptake, Uptake

MEANS = {
    Standing.SCHEDULED: "enrolled, and their time or the promotion has not begun",
    Standing.ACTIVE: "take part now",
    Standing.PAUSED: "enrolled, and the promotion is inactive",
    Standing.EXPIRED: "their time or the promotion is over",
    Standing.WITHDRAWN: "no longer enrolled",
}
"""What each standing means, in the order in which they are shown."""


def figures_page(request: HttpRequest, key: str) -> HttpResponse:
    """The figures of the promotion ``key``, live or deleted."""
    require(request, "enrollments.view_promotionpartyusage")
    promotion = promotion_or_404(request, key, deleted=None)
    at, subject = timezone.now(), of_promotion(promotion.pk)
    wanted = [(kind.name, subject) for kind in (PER_DAY, UPTAKE, BY_OFFER, BY_STANDING)]
    per_day, uptake, by_offer, by_standing = wanted
    found = figures(wanted, at=at)
    counted = _counted(found[uptake], promotion)
    return page(
        request,
        "enrollments/admin/figures.html",
        title=f"Figures: {promotion}",
        promotion=promotion,
        promotion_url="" if promotion.is_deleted else promotion_url(promotion),
        enrolled=enrolled_in_words(counted, at),
        uptake=uptake_in_words(promotion, counted),
        per_day=days_chart(found[per_day], at),
        standings=_standings(found[by_standing], promotion, at),
        offers=_offers(found[by_offer], request, at),
        zone=organisation_zone().key,
    )


def _counted(figure: Figure, promotion: Promotion) -> CountedUptake | None:
    if figure.value is None:
        return None
    nobody = CountedUptake(Uptake(0, 0), figure.counted)
    return by_promotion(figure).get(promotion.pk, nobody)


def _standings(figure: Figure, promotion: Promotion, at: datetime) -> dict[str, Any] | None:
    if figure.value is None:
        return None
    chart = Chart(
        title=f"Where the customers of {promotion} stand",
        label="Customers",
        heading="Standing",
        rows=[(word.value.capitalize(), figure.value[word.value]) for word in MEANS],
        when=_when(figure, at),
    )
    return {
        "chart": chart,
        "means": [
            (badge(word), f"{figure.value[word.value]:,}", means) for word, means in MEANS.items()
        ],
    }


def _offers(figure: Figure, request: HttpRequest, at: datetime) -> dict[str, Any] | None:
    """Those that the user may see by name; the others together."""
    if figure.value is None:
        return None
    seen: RecordQuerySet[Offer] = RecordQuerySet(Offer).accessible(actor_of(request))
    names = {
        offer.pk: str(offer) for offer in seen.filter(pk__in=[k for k, _ in figure.value if k])
    }
    rows: dict[str, int] = {}
    for key, count in figure.value:
        name = "Without an offer" if key is None else names.get(key, "An offer that you can’t see")
        rows[name] = rows.get(name, 0) + count
    shown = [(name, f"{count:,}") for name, count in rows.items()]
    return {"rows": shown, "when": _when(figure, at)}


def _when(figure: Figure, at: datetime) -> str:
    return show_counted(figure.counted, at) if figure.counted else ""
