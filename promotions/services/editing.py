"""Changing a promotion together with what belongs to it, in one act: one transaction, all or none.

A new one is made by ``services/whole.py``. What is named on the way and is not there yet (a
category, a segment) is made before it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from promotions.actors import Actor
from promotions.errors import Refused
from promotions.models import (
    Product,
    ProductCategory,
    Promotion,
    PromotionLimit,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionPart,
    PromotionQualifier,
    PromotionSegment,
    PromotionTarget,
    PromotionTier,
    Record,
)
from promotions.services import parts
from promotions.services.promotions import hold_to_change, update_promotion
from promotions.services.records import RecordService
from promotions.services.whole import LEVELS, Branch, create_whole

SERVICES: Final[Mapping[type[Record], RecordService[Any]]] = {
    PromotionTier: parts.tiers,
    PromotionQualifier: parts.qualifiers,
    PromotionTarget: parts.targets,
    PromotionLineItemRule: parts.line_item_rules,
    PromotionLimit: parts.limits,
    PromotionMarketSegment: parts.market_segments,
    Product: parts.products,
    ProductCategory: parts.product_categories,
    PromotionSegment: parts.segments,
}
"""Who writes what is edited here."""


@dataclass(frozen=True, slots=True)
class Named:
    """A record of the catalogue, or a segment, that is made because a part names it."""

    record: Record
    part: PromotionPart
    field: str
    """By which field the part names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is done to one part: made where it has no key, changed, or deleted."""

    record: PromotionPart
    pointer: str
    """Where it is in what the caller sent; refusals of the part are below it."""
    changes: Collection[str] = ()
    """The model's fields that the caller set; their values are the record's."""
    version: int | None = None
    """The one of a stored part that the caller knows."""
    deleted: bool = False
    above: Mapping[str, PromotionPart] = field(default_factory=dict)
    """Parts that this one names, by field: they may be new themselves."""


def create_edited(
    promotion: Promotion,
    branches: Sequence[Branch],
    named: Sequence[Named],
    *,
    given: Collection[str],
    by: Actor,
    at: datetime,
) -> Promotion:
    """Saves a new promotion with its parts, and what these name. Raises ``Refused``."""
    with transaction.atomic():
        _make_named(named, by=by, at=at)
        return create_whole(promotion, branches, given=given, by=by, at=at)


def edit_promotion(
    key: int,
    changes: Mapping[str, Any],
    edits: Sequence[Edit],
    named: Sequence[Named] = (),
    *,
    by: Actor,
    at: datetime,
    expected: Iterable[int],
) -> None:
    """Sets fields of the promotion ``key`` and does what ``edits`` say to its parts.

    ``expected``: the versions of the promotion that the caller knows, asked where its own fields
    change; each part has its own. Raises ``Refused`` with the reasons of the first that is refused;
    nothing is written then.
    """
    with transaction.atomic():
        hold_to_change(key, changes, by=by)
        if changes:
            update_promotion(key, changes, by=by, at=at, expected=expected)
        _make_named(named, by=by, at=at)
        for model in reversed(LEVELS):
            for edit in edits:
                if type(edit.record) is model and edit.deleted:
                    _write(edit, key, by=by, at=at)
        for model in LEVELS:
            for edit in edits:
                if type(edit.record) is model and not edit.deleted:
                    _write(edit, key, by=by, at=at)


def _make_named(named: Sequence[Named], *, by: Actor, at: datetime) -> None:
    """Makes what is named and not there; what several parts name, once."""
    made: set[int] = set()
    for one in named:
        if id(one.record) not in made:
            one.record.pk = None
            SERVICES[type(one.record)].create(one.record, by=by, at=at)
            made.add(id(one.record))
        setattr(one.part, one.field, one.record)


def _write(edit: Edit, promotion: int, *, by: Actor, at: datetime) -> None:
    service, record = SERVICES[type(edit.record)], edit.record
    try:
        for name, above in edit.above.items():
            setattr(record, name, above)  # again: it may have got its key only now
        if edit.deleted:
            service.delete(record.pk, by=by, at=at, expected=(edit.version or 0,))
        elif record.pk is None:
            record.promotion_id = promotion
            service.create(record, by=by, at=at)
        else:
            changes = {name: getattr(record, name) for name in edit.changes}
            service.update(record.pk, changes, by=by, at=at, expected=(edit.version or 0,))
    except Refused as refused:
        raise Refused(*(error.under(edit.pointer) for error in refused.errors)) from refused
