"""From stored promotions to what the pure modules read, and to the document of a whole promotion:
a constant number of statements, whatever is under them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet, prefetch_related_objects

from promotions.actors import Actor
from promotions.models import (
    Coupon,
    Promotion,
    PromotionLimit,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionPart,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
)
from promotions.warnings import Advice, OtherPromotion, promotion_warnings
from promotions.whole import (
    CouponsInWhole,
    Discounting,
    PromotionLike,
    Whole,
    discount_classes,
)
from promotions.wording import Sentence, in_one_sentence, promotion_sentences

P = TypeVar("P", bound=PromotionPart)

FIRST_COUPONS: Final = 10
"""So many codes a document shows."""
FEW_COUPONS: Final = 3
"""So many codes are named one by one; of more, only the number is told."""


@dataclass(frozen=True, slots=True)
class Description:
    """A promotion in plain English, and what is odd about it."""

    text: str
    sentences: Sequence[Sentence]
    warnings: Sequence[Advice]


def description_of(promotion: Promotion, *, by: Actor, at: datetime) -> Description:
    """What a stored promotion is, and what is odd about it at the moment ``at``, beside the others
    that ``by`` may see."""
    return described(whole_of(promotion), others_of(promotion, by=by, at=at), at=at)


def stored_whole(promotion: Promotion, parts: Sequence[PromotionPart]) -> Whole:
    """A stored promotion with these parts in place of those that are stored."""
    return replace(whole_of_parts(promotion, parts), coupons=coupons_of(promotion))


def described(whole: Whole, others: Sequence[OtherPromotion], *, at: datetime) -> Description:
    """The same of one that need not be stored, in the organisation's time zone."""
    zone, commerce = ZoneInfo(settings.TIME_ZONE), settings.COMMERCE_FIELDS
    sentences = promotion_sentences(whole, zone=zone, commerce=commerce)
    return Description(
        text=in_one_sentence(sentences),
        sentences=sentences,
        warnings=promotion_warnings(whole, others=others, at=at, zone=zone, commerce=commerce),
    )


def whole_of(promotion: Promotion) -> Whole:
    """The promotion and everything below it that is not deleted."""
    links = _live(PromotionMarketSegment, promotion).filter(promotion_segment__is_deleted=False)
    return Whole(
        promotion=promotion,
        tiers=list(_live(PromotionTier, promotion).order_by("rank", "pk")),
        qualifiers=list(_qualifiers().filter(promotion=promotion)),
        targets=list(_targets().filter(promotion=promotion)),
        line_item_rules=list(_rules().filter(promotion=promotion)),
        limits=list(_live(PromotionLimit, promotion)),
        segment_names=list(links.values_list("promotion_segment__name", flat=True)),
        coupons=coupons_of(promotion),
    )


def wholes_of(promotions: Sequence[Promotion]) -> Iterator[Whole]:
    """Of many promotions what ``promotions/warnings.py`` reads, by a constant number of statements:
    without line item rules and the codes of coupons."""
    tiers = _by_promotion(PromotionTier.objects.order_by("rank", "pk"), promotions)
    qualifiers = _by_promotion(_qualifiers(), promotions)
    targets = _by_promotion(_targets(), promotions)
    limits = _by_promotion(PromotionLimit.objects.order_by("pk"), promotions)
    links = _by_promotion(
        PromotionMarketSegment.objects.filter(promotion_segment__is_deleted=False)
        .select_related("promotion_segment")
        .order_by("pk"),
        promotions,
    )
    coupons = _coupons_by_promotion(promotions)
    for promotion in promotions:
        key = promotion.pk
        yield Whole(
            promotion=promotion,
            tiers=tiers[key],
            qualifiers=qualifiers[key],
            targets=targets[key],
            limits=limits[key],
            segment_names=[
                link.promotion_segment.name for link in links[key] if link.promotion_segment
            ],
            coupons=coupons.get(key, CouponsInWhole()),
        )


def _by_promotion(parts: QuerySet[P], promotions: Sequence[Promotion]) -> Mapping[int, list[P]]:
    found: defaultdict[int, list[P]] = defaultdict(list)
    for part in parts.filter(promotion__in=promotions, is_deleted=False):
        found[part.promotion_id].append(part)
    return found


def _coupons_by_promotion(promotions: Sequence[Promotion]) -> Mapping[int, CouponsInWhole]:
    live = Coupon.objects.live().filter(promotion__in=promotions).order_by()
    counts = live.values("promotion").annotate(**_counts_of_coupons())
    return {counted["promotion"]: _counted_coupons(counted) for counted in counts}


def _counts_of_coupons() -> dict[str, Any]:
    """What the database counts of coupons for ``_counted_coupons``."""
    by_all, by_each = "redemption_limit_all_buyers", "redemption_limit_per_buyer"
    return {
        "count": Count("pk"),
        "latest_end": Max("end_date_time"),
        "with_end": Count("end_date_time"),
        "unlimited": Count("pk", filter=Q(**{by_all: None, by_each: None})),
        "by_all": Count(by_all),
        "least_by_all": Min(by_all),
        "most_by_all": Max(by_all),
        "by_each": Count(by_each),
        "least_by_each": Min(by_each),
        "most_by_each": Max(by_each),
    }


def _counted_coupons(counted: Mapping[str, Any], codes: Sequence[str] = ()) -> CouponsInWhole:
    def common(what: str) -> int | None:
        least, most = counted[f"least_{what}"], counted[f"most_{what}"]
        return least if least == most and counted[what] == counted["count"] else None

    return CouponsInWhole(
        count=counted["count"],
        codes=codes,
        latest_end=counted["latest_end"],
        any_without_end=counted["with_end"] < counted["count"],
        unlimited=counted["unlimited"],
        uses_by_all=common("by_all"),
        uses_by_each=common("by_each"),
    )


def whole_of_parts(promotion: Promotion, parts: Sequence[PromotionPart]) -> Whole:
    """The same of a promotion that is not stored. The parts refer to each other by keys of some
    kind; what they lead to may have been deleted since."""

    def of(model: type[P]) -> list[P]:
        return [part for part in parts if isinstance(part, model)]

    qualifiers, targets, rules = (
        of(PromotionQualifier),
        of(PromotionTarget),
        of(PromotionLineItemRule),
    )
    prefetch_related_objects(qualifiers, "qualifier_product", "qualifier_category")
    prefetch_related_objects(targets, "target_product", "target_category")
    prefetch_related_objects(rules, "type_reference_product", "type_reference_category")
    links, coupons = of(PromotionMarketSegment), of(Coupon)
    prefetch_related_objects(links, "promotion_segment")
    segments = [link.promotion_segment for link in links if link.promotion_segment]
    ends = [coupon.end_date_time for coupon in coupons if coupon.end_date_time is not None]
    by_all = {coupon.redemption_limit_all_buyers for coupon in coupons}
    by_each = {coupon.redemption_limit_per_buyer for coupon in coupons}
    few = len(coupons) <= FEW_COUPONS
    return Whole(
        promotion=promotion,
        tiers=sorted(of(PromotionTier), key=lambda tier: tier.rank or 0),
        qualifiers=qualifiers,
        targets=targets,
        line_item_rules=rules,
        limits=of(PromotionLimit),
        segment_names=[segment.name for segment in segments if not segment.is_deleted],
        coupons=CouponsInWhole(
            count=len(coupons),
            codes=[coupon.coupon_code for coupon in coupons] if few else (),
            latest_end=max(ends, default=None),
            any_without_end=len(ends) < len(coupons),
            unlimited=sum(
                coupon.redemption_limit_all_buyers is None
                and coupon.redemption_limit_per_buyer is None
                for coupon in coupons
            ),
            uses_by_all=by_all.pop() if len(by_all) == 1 else None,
            uses_by_each=by_each.pop() if len(by_each) == 1 else None,
        ),
    )


def coupon_summary(promotion: Promotion) -> dict[str, Any]:
    """How many coupons there are, and the codes of the first few."""
    coupons = _live(Coupon, promotion)
    codes = coupons.values_list("coupon_code", flat=True)[:FIRST_COUPONS]
    return {"count": coupons.order_by().count(), "codes": list(codes)}


def coupons_of(promotion: Promotion) -> CouponsInWhole:
    """What there is to tell of a promotion's coupons, counted by the database."""
    coupons = _live(Coupon, promotion)
    counted = coupons.order_by().aggregate(**_counts_of_coupons())
    few = counted["count"] <= FEW_COUPONS
    codes = list(coupons.values_list("coupon_code", flat=True)) if few else ()
    return _counted_coupons(counted, codes)


def others_of(promotion: Promotion, *, by: Actor, at: datetime) -> list[OtherPromotion]:
    """The promotions beside this one that may get in its way from ``at`` on, of those that ``by``
    may see: active ones that overlap with it in time and exclude others, if this one doesn't."""
    start = max(at, promotion.start_date_time or at)
    others = Promotion.objects.accessible(by).filter(
        Q(end_date_time=None) | Q(end_date_time__gt=start), is_active=True
    )
    if promotion.pk is not None:
        others = others.exclude(pk=promotion.pk)
    if promotion.end_date_time is not None:
        before_its_end = Q(start_date_time__lt=promotion.end_date_time)
        others = others.filter(Q(start_date_time=None) | before_its_end)
    if promotion.exclusivity_type == Promotion.ExclusivityType.NO:
        combines = Q(exclusivity_type=Promotion.ExclusivityType.NO)
        others = others.filter(Q(exclusivity_type=None) | ~combines)
    targets: defaultdict[int, list[Discounting]] = defaultdict(list)
    of_others = PromotionTarget.objects.live().filter(promotion__in=others.values("pk"))
    for target in of_others.only("promotion_id", "target_type", "adjustment_type"):
        targets[target.promotion_id].append(target)
    return [
        as_other(other, targets[other.pk])
        for other in others.only(
            "name",
            "start_date_time",
            "end_date_time",
            "exclusivity_type",
            "is_active",
            "priority_number",
        ).order_by("pk")
    ]


def as_other(promotion: PromotionLike, targets: Iterable[Discounting]) -> OtherPromotion:
    """A promotion with these targets, as one that another may get in the way of."""
    assert promotion.pk is not None
    return OtherPromotion(
        pk=promotion.pk,
        name=promotion.name,
        start=promotion.start_date_time,
        end=promotion.end_date_time,
        exclusivity_type=promotion.exclusivity_type,
        is_active=promotion.is_active,
        priority_number=promotion.priority_number,
        discount_classes=discount_classes(targets),
    )


def with_parts(promotions: QuerySet[Promotion]) -> QuerySet[Promotion]:
    """``promotions`` with their parts, as one document shows them: those of a tier below it, and
    rules below what they narrow. Without coupons, of which there may be a million."""
    rules = Prefetch("line_item_rules", _rules())
    qualifiers = _qualifiers().prefetch_related(rules)
    targets = _targets().prefetch_related(rules)
    tiers = PromotionTier.objects.live().order_by("rank", "pk")
    links = PromotionMarketSegment.objects.live().order_by("pk")
    return promotions.prefetch_related(
        Prefetch(
            "tiers",
            tiers.prefetch_related(
                Prefetch("qualifiers", qualifiers), Prefetch("targets", targets)
            ),
        ),
        Prefetch("qualifiers", qualifiers.filter(promotion_tier=None)),
        Prefetch("targets", targets.filter(promotion_tier=None)),
        Prefetch("limits", PromotionLimit.objects.live().order_by("pk")),
        Prefetch("market_segments", links),
    )


def _live(model: type[P], promotion: Promotion) -> QuerySet[P]:
    return model._default_manager.filter(promotion=promotion, is_deleted=False).order_by("pk")


def _qualifiers() -> QuerySet[PromotionQualifier]:
    live = PromotionQualifier.objects.live().order_by("pk")
    return live.select_related("qualifier_product", "qualifier_category")


def _targets() -> QuerySet[PromotionTarget]:
    live = PromotionTarget.objects.live().order_by("pk")
    return live.select_related("target_product", "target_category")


def _rules() -> QuerySet[PromotionLineItemRule]:
    live = PromotionLineItemRule.objects.live().order_by("pk")
    return live.select_related("type_reference_product", "type_reference_category")
