"""Reads of promotions and what belongs to them."""

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from django.db.models import OuterRef, QuerySet, Subquery

from promotions.actors import Actor
from promotions.dictionary import every_field_of
from promotions.models import Promotion, Record, RecordQuerySet, RecordView
from promotions.permissions import condition

M = TypeVar("M", bound=Record)


def promotions_seen_by(by: Actor) -> QuerySet[Promotion]:
    """Live promotions that ``by`` may see, with when they were last viewed by them."""
    return with_views(Promotion.objects.accessible(by), by)


def with_views(records: QuerySet[M], by: Actor) -> QuerySet[M]:
    """``records`` with when the user last viewed each (``last_viewed_date``), and it or a record
    related to it (``last_referenced_date``)."""
    views = RecordView.objects.filter(
        user=by.user.pk, key_prefix=records.model.key_prefix, record_key=OuterRef("pk")
    )
    seen: Any = records.annotate(
        last_viewed_date=Subquery(views.values("last_viewed_date")),
        last_referenced_date=Subquery(views.values("last_referenced_date")),
    )
    return cast("QuerySet[M]", seen)


def add_views(record: Record, by: Actor) -> None:
    """Sets the same two on a record that was read without them."""
    if record.viewable and not hasattr(record, "last_viewed_date"):
        views = RecordView.objects.filter(
            user=by.user.pk, key_prefix=record.key_prefix, record_key=record.pk
        )
        dates = views.values_list("last_viewed_date", "last_referenced_date").first()
        seen = vars(record)
        seen["last_viewed_date"], seen["last_referenced_date"] = dates or (None, None)


def joined_by(model: type[Record]) -> set[str]:
    """The relations that a record's computed fields are read through; for ``select_related``."""
    paths = (field.path for field in every_field_of(model).values() if not field.columns)
    return {path.rpartition("__")[0] for path in paths if path and "__" in path}


def hidden_promotions(keys: Iterable[int], *, by: Actor) -> set[int]:
    """Those of the promotions ``keys`` that ``by`` may not see: a reference to one of them is shown
    as none. Deleted ones stay known to who could see them."""
    asked = set(keys)
    if not asked or not condition(Promotion, by):
        return set()
    promotions: RecordQuerySet[Promotion] = RecordQuerySet(Promotion)
    seen = promotions.accessible(by).filter(pk__in=asked)
    return asked - set(seen.values_list("pk", flat=True))


def deleted_promotions(by: Actor) -> RecordQuerySet[Promotion]:
    """The promotions in the recycle bin that ``by`` may see."""
    promotions: RecordQuerySet[Promotion] = RecordQuerySet(Promotion)
    return promotions.filter(is_deleted=True).accessible(by)
