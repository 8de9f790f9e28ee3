"""Making a promotion with everything under it, in one act: one transaction, one entry in its feed.

All is checked before anything is written, by the same rules as one by one, and everything that is
wrong is said at once. The parts have no keys while they are checked; they stand in for each other
by provisional ones.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Final

from django.db import IntegrityError, transaction

from promotions import child_rules
from promotions.actors import Actor
from promotions.errors import DomainError, Refused
from promotions.folding import fold
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
from promotions.services import history, sharing
from promotions.services.parts import NAMED_ALREADY
from promotions.services.promotions import promotions
from promotions.services.records import fill_in, own_problems, taken

_TAKEN: Final = taken(Coupon, "coupon_code")
_BELONGS: Final[dict[tuple[type[PromotionPart], type[PromotionPart]], str]] = {
    (PromotionTier, PromotionQualifier): "promotion_tier",
    (PromotionTier, PromotionTarget): "promotion_tier",
    (PromotionQualifier, PromotionLineItemRule): "associated_qualifier",
    (PromotionTarget, PromotionLineItemRule): "associated_target",
}
"""By which field a part names the one above it."""
LEVELS: Final[tuple[type[PromotionPart], ...]] = (
    PromotionTier,
    PromotionQualifier,
    PromotionTarget,
    PromotionLineItemRule,
    PromotionLimit,
    PromotionMarketSegment,
    Coupon,
)
"""What is written in which order: what others refer to first."""
SAID_BY_PLACE: Final = frozenset(
    ("promotionId", "promotionTierId", "associatedReferenceId", "associatedType")
)
"""Properties that a part doesn't give, since they follow from what it stands under."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of a new promotion, with what belongs to it."""

    record: PromotionPart
    pointer: str
    """Where it is in what the caller sent: ``tiers[1].qualifiers[0]``."""
    given: Collection[str]
    """The model's fields that the caller set."""
    below: Sequence["Branch"] = ()
    readable: bool = True
    """Whether the record is what was sent: if not, only what is below it is looked at."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A branch in its place: below which other, if not the promotion itself."""

    branch: Branch
    above: PromotionPart | None

    @property
    def record(self) -> PromotionPart:
        return self.branch.record


def create_whole(
    promotion: Promotion,
    parts: Sequence[Branch],
    *,
    given: Collection[str],
    by: Actor,
    at: datetime,
) -> Promotion:
    """Saves a new promotion with all of ``parts``; ``given`` are the fields that the caller set.

    Raises ``Refused`` with everything that is wrong anywhere; nothing is written then.
    """
    placed = list(_place(parts, None))
    with transaction.atomic():
        errors = whole_problems(promotion, parts, given=given, by=by, at=at)
        if errors:
            raise Refused(*errors)
        promotions.insert(promotion, by=by, at=at)
        sharing.follow_owner(promotion, by=by, at=at)
        _write_parts(promotion, placed)
        events = [history.created(promotion)]
        events += [history.created(one.record) for one in placed]
        history.write(events, promotion=promotion.pk, by=by, at=at)
    return promotion


def whole_problems(
    promotion: Promotion,
    parts: Sequence[Branch],
    *,
    given: Collection[str],
    by: Actor,
    at: datetime,
) -> list[DomainError]:
    """Everything that keeps a new promotion with these parts from being written."""
    fill_in(promotion, by=by, at=at)
    return [
        *own_problems(promotion, given, by),
        *promotions.problems(promotion),
        *promotions.taken(promotion),
        *parts_problems(parts, is_tiered=promotion.is_tiered, by=by, at=at),
    ]


def parts_problems(
    parts: Sequence[Branch], *, is_tiered: bool, by: Actor, at: datetime
) -> list[DomainError]:
    """Everything that is wrong with the parts of a new promotion, in their order."""
    placed = list(_place(parts, None))
    for one, key in zip(placed, count(1), strict=False):
        fill_in(one.record, by=by, at=at)
        one.record.pk = -key
    for one in placed:
        _refer(one)
    readable = [one for one in placed if one.branch.readable]
    _fill_in_ranks([one.record for one in readable if isinstance(one.record, PromotionTier)])
    between = _Between(readable, is_tiered)
    return [
        _by_place(error).under(one.branch.pointer)
        for one in readable
        for error in (
            *own_problems(one.record, one.branch.given, by),
            *between.problems(one),
        )
    ]


def all_parts(parts: Sequence[Branch]) -> list[PromotionPart]:
    """The records of ``parts`` and of all below them."""
    return [one.record for one in _place(parts, None)]


def _place(branches: Sequence[Branch], above: PromotionPart | None) -> Iterator[_Placed]:
    for branch in branches:
        yield _Placed(branch, above)
        yield from _place(branch.below, branch.record)


def _refer(one: _Placed) -> None:
    """Lets a part name the one above it, whatever key that has now."""
    if one.above is None:
        return
    record: Any = one.record
    setattr(record, _BELONGS[type(one.above), type(one.record)], one.above)
    if isinstance(one.record, PromotionLineItemRule):
        record.associated_type = one.above.object_name


def _fill_in_ranks(tiers: Sequence[PromotionTier]) -> None:
    """Ranks that were left open: those that no other tier has or asks for."""
    for tier in tiers:
        if tier.rank is None:
            tier.rank = child_rules.free_rank([other for other in tiers if other is not tier])


def _by_place(error: DomainError) -> DomainError:
    """An error about what a part belongs to is about its place."""
    if error.pointer not in SAID_BY_PLACE:
        return error
    return DomainError(error.code, error.detail, "", error.extra)


class _Between:
    """What is wrong between the records of a document. Each is asked about once, in order: of two
    that are in each other's way the second is wrong."""

    def __init__(self, placed: Sequence[_Placed], is_tiered: bool) -> None:
        self._is_tiered = is_tiered
        self._tiers: list[PromotionTier] = []
        self._limits: list[PromotionLimit] = []
        self._segments: set[int] = set()
        self._codes: set[str] = set()
        self._taken = _taken_codes(one.record for one in placed)

    def problems(self, one: _Placed) -> Iterable[DomainError]:
        match one.record:
            case PromotionTier() as tier:
                found = child_rules.tier_problems(
                    tier, others=list(self._tiers), is_tiered=self._is_tiered
                )
                self._tiers.append(tier)
                return found
            case PromotionQualifier() as qualifier:
                steps = self._steps(one)
                return [
                    *self._place_problems(one),
                    *child_rules.qualifier_problems(qualifier, **steps),
                ]
            case PromotionTarget() as target:
                steps = self._steps(one)
                return [*self._place_problems(one), *child_rules.target_problems(target, **steps)]
            case PromotionLineItemRule() as rule:
                return child_rules.line_item_rule_problems(rule)
            case PromotionLimit() as limit:
                others = list(self._limits)
                self._limits.append(limit)
                return child_rules.limit_problems(limit, others=others)
            case PromotionMarketSegment() as link:
                return [
                    *child_rules.market_segment_problems(link),
                    *self._segment_problems(link.promotion_segment_id),
                ]
            case Coupon() as coupon:
                return [
                    *child_rules.coupon_problems(coupon),
                    *self._code_problems(coupon.coupon_code),
                ]
            case _:
                raise TypeError(f"{one.record.object_name} has no place in a document")

    def _steps(self, one: _Placed) -> dict[str, Any]:
        """What the rules must know of tiers: that a part has the one that it stands under."""
        tier = one.above
        return {"is_tiered": tier is not None, "tiers": () if tier is None else (tier.pk,)}

    def _place_problems(self, one: _Placed) -> Iterator[DomainError]:
        if self._is_tiered and one.above is None:
            detail = "The promotion is tiered. Put this under the tier for which it is."
            yield DomainError("invalid_value", detail)

    def _segment_problems(self, segment: int | None) -> Iterator[DomainError]:
        if segment is not None and segment in self._segments:
            yield DomainError("duplicate_value", NAMED_ALREADY, "promotionSegmentId")
        if segment is not None:
            self._segments.add(segment)

    def _code_problems(self, code: str) -> Iterator[DomainError]:
        folded = fold(code)
        if code and folded in self._taken:
            yield DomainError("duplicate_value", _TAKEN, "couponCode")
        elif code and folded in self._codes:
            detail = "Another coupon here has this code. Leave one out, or give it another code."
            yield DomainError("duplicate_value", detail, "couponCode")
        self._codes.add(folded)


def _taken_codes(records: Iterable[PromotionPart]) -> set[str]:
    """Which of the coupons' codes others have already, folded."""
    codes = {fold(record.coupon_code) for record in records if isinstance(record, Coupon)}
    live = Coupon.objects.live().filter(coupon_code_key__in=codes)
    return set(live.values_list("coupon_code_key", flat=True)) if codes else set()


def _write_parts(promotion: Promotion, placed: Sequence[_Placed]) -> None:
    for model in LEVELS:
        level = [one for one in placed if type(one.record) is model]
        for one in level:
            one.record.pk = None
            one.record.promotion = promotion
            _refer(one)  # again: the one above has its own key now
        try:
            with transaction.atomic():
                model._default_manager.bulk_create([one.record for one in level])
        except IntegrityError:
            # Somebody was faster with a coupon's code; anything else is a defect and stays one.
            taken = _taken_codes(one.record for one in level)
            if not taken:
                raise
            raise Refused(*_taken_problems(level, taken)) from None


def _taken_problems(level: Sequence[_Placed], taken: set[str]) -> Iterator[DomainError]:
    for one in level:
        if isinstance(one.record, Coupon) and fold(one.record.coupon_code) in taken:
            error = DomainError("duplicate_value", _TAKEN, "couponCode")
            yield error.under(one.branch.pointer)
