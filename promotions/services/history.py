"""Writing the history of promotions and of what belongs to them, inside the transaction of what it
tells. From the rows alone every earlier state can be told: each changed field's old and new value,
and of a new record all its fields."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.db import models

from promotions import ids
from promotions.actors import Actor
from promotions.dictionary import Field, every_field_of
from promotions.models import Promotion, PromotionFeed, PromotionHistory, PromotionPart, Record
from promotions.models.picklists import FeedType
from promotions.moments import format_moment
from promotions.request_ids import current_request_id

CREATED: Final = "created"
"""The field name of the row that says that a record was made."""

Values = Mapping[str, str | None]
"""The tracked fields of a record by name, as history shows them."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one row tells: a field of a record, and its value before and after."""

    record: models.Model
    field: str
    old: str | None = None
    new: str | None = None
    snapshot: Values | None = None


def created(record: models.Model) -> Event:
    """That ``record`` was made, with its fields as they were first."""
    values = {name: value for name, value in values_of(record).items() if value is not None}
    return Event(record, CREATED, snapshot=values)


def changed(record: models.Model, before: Values) -> list[Event]:
    """The fields of ``record`` that have another value than ``before``."""
    return [
        Event(record, name, before.get(name), value)
        for name, value in values_of(record).items()
        if value != before.get(name)
    ]


def write(
    events: Sequence[Event],
    *,
    promotion: int | None,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    in_feed: bool = True,
) -> None:
    """Writes what one act did to a promotion (by key) and its parts, with an entry in its feed
    unless it was done to the feed itself. Without a promotion: to what belongs to no single one."""
    if not events:
        return
    entry = None
    if promotion is not None and in_feed:
        entry = PromotionFeed.objects.create(
            promotion_id=promotion,
            type=FeedType.TRACKED_CHANGE,
            created_by=by.user,
            created_date=at,
        )
    PromotionHistory.objects.bulk_create(
        PromotionHistory(
            promotion_id=promotion,
            feed_item=entry,
            object_name=_object_name(event.record),
            record_key=event.record.pk,
            field=event.field,
            old_value=event.old,
            new_value=event.new,
            snapshot=event.snapshot,
            reason=reason,
            source=by.source.value,
            request_id=current_request_id(),
            created_by=by.user,
            created_date=at,
        )
        for event in events
    )


def promotion_of(record: Record) -> int | None:
    """The key of the promotion in whose history ``record`` belongs."""
    if isinstance(record, Promotion):
        return record.pk
    return record.promotion_id if isinstance(record, PromotionPart) else None


def values_of(record: models.Model) -> dict[str, str | None]:
    """The tracked fields of ``record``: all that people set, and whether it is deleted."""
    return {field.name: shown_value(record, field) for field in tracked_fields(type(record))}


@cache
def tracked_fields(model: type[models.Model]) -> tuple[Field, ...]:
    return tuple(
        field
        for field in every_field_of(model).values()
        if field.columns and (not field.system or field.name == "IsDeleted")
    )


def shown_value(record: models.Model, field: Field) -> str | None:
    """What a field holds, as history shows it. Of a reference only the key is read: the record
    behind it may be an older one than the locked row names."""
    for name in field.columns:
        column = record._meta.get_field(name)
        if not isinstance(column, models.ForeignKey):
            return text_of(getattr(record, name))
        key: int | None = getattr(record, column.attname)
        if key is not None:
            return reference_text(column, key)
    return None


def reference_text(column: "models.ForeignKey[Any, Any]", key: int) -> str:
    """The record id behind a reference's key."""
    prefix = getattr(column.related_model, "key_prefix", ids.GROUP)  # Django's groups have none
    return ids.encode(prefix, key)


def text_of(value: object) -> str | None:
    """A value as history shows it: ids for records, UTC for moments, true and false, numbers
    without the zeros that a database adds, structured notes as JSON."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case datetime():
            return format_moment(value)
        case date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f")
        case models.Model():
            return str(getattr(value, "record_id", value.pk))
        case dict() | list():
            return json.dumps(value, sort_keys=True, ensure_ascii=False)
        case _:
            return str(value)


def _object_name(record: models.Model) -> str:
    return str(getattr(record, "object_name", type(record).__name__))
