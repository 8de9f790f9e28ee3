"""Cloning a promotion: a draft with everything under it, but nothing that customers did."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction

from promotions.actors import Actor
from promotions.dictionary import every_field_of
from promotions.errors import refuse
from promotions.models import (
    Promotion,
    PromotionLimit,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionPart,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
    Record,
)
from promotions.services import history, sharing
from promotions.services.coupons import clone_coupons
from promotions.services.promotions import promotions
from promotions.services.records import check_version

_COPIED: Final[tuple[type[PromotionPart], ...]] = (
    PromotionTier,
    PromotionQualifier,
    PromotionTarget,
    PromotionLineItemRule,
    PromotionLimit,
    PromotionMarketSegment,
)
"""What is copied, what others refer to first. How much of a limit was used is not, nor are
redemptions; coupons come with new codes."""
_NOT_COPIED: Final = {"owner_user", "owner_group", "promotion_code", "external_id", "is_active"}
_LONGEST_NAME: Final = 255

_Copies = dict[tuple[type[models.Model], int], Record]


def clone_promotion(
    key: int,
    *,
    by: Actor,
    at: datetime,
    expected: Iterable[int] | None = None,
    name: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Promotion:
    """A copy of the promotion ``key`` that ``by`` may see, as an inactive draft owned by ``by``:
    ``IsCloned``, with the original as its ``RelatedPromotionId``, and without a code or an external
    id, since these are unique. ``changes`` are what is other than the original's, such as dates.
    Enrollments, redemptions and shares stay with the original.

    Raises ``Refused``: ``not_found``, ``version_conflict``, ``invalid_value``.
    """
    with transaction.atomic():
        source = Promotion.objects.accessible(by).filter(pk=key).first()
        if source is None:
            raise refuse("not_found", "There is no such promotion, or it was deleted.")
        check_version(source, expected)
        clone = Promotion(**_columns(source, without=_NOT_COPIED))
        clone.name = name if name is not None else f"Copy of {source.name}"[:_LONGEST_NAME]
        clone.is_cloned, clone.related_promotion = True, source
        for field, value in (changes or {}).items():
            setattr(clone, field, value)
        promotions.insert(clone, by=by, at=at)
        sharing.follow_owner(clone, by=by, at=at)
        events = [history.created(clone)]
        copies: _Copies = {}
        for model in _COPIED:
            events += [history.created(part) for part in _copy(model, source, clone, copies)]
        history.write(events, promotion=clone.pk, by=by, at=at)
        clone_coupons(source, clone, by=by, at=at)
    return clone


def _copy(
    model: type[PromotionPart], source: Promotion, clone: Promotion, copies: _Copies
) -> list[PromotionPart]:
    """Copies the live parts of one kind; what they refer to among the parts are the copies."""
    originals = list(
        model._default_manager.filter(promotion=source, is_deleted=False).order_by("pk")
    )
    new: list[PromotionPart] = []
    for original in originals:
        part = model(**_columns(original, without=set()))
        part.promotion = clone
        part.created_by = part.last_modified_by = clone.created_by
        part.created_date = part.last_modified_date = clone.created_date
        for column in model._meta.concrete_fields:
            referred = (column.related_model, getattr(original, column.attname))
            if referred in copies:
                setattr(part, column.name, copies[referred])
        new.append(part)
    model._default_manager.bulk_create(new)
    copies |= {(model, old.pk): part for old, part in zip(originals, new, strict=True)}
    return new


def _columns(record: Record, *, without: set[str]) -> dict[str, Any]:
    """The values that whoever makes a record gives it, by the model's key fields."""
    given = {
        column
        for field in every_field_of(type(record)).values()
        if field.createable
        for column in field.columns
    }
    columns = [c for c in record._meta.concrete_fields if c.name in given - without]
    return {column.attname: getattr(record, column.attname) for column in columns}
