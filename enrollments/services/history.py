"""Writing the history of enrollments, inside the transaction of what it tells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from django.db import models

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from promotions import ids
from promotions.actors import Actor
from promotions.models import Record, User
from promotions.moments import format_moment
from promotions.naming import api_name
from promotions.request_ids import current_request_id

CREATED: Final = "created"
"""The field name of the row that says that a record was made."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field, by its model name, and its values before and after, as history shows them."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """An enrollment whose fields were set, and which of them changed by that."""

    usage: PromotionPartyUsage
    changes: Sequence[Change]


def record_creations(
    usages: Sequence[PromotionPartyUsage], *, by: Actor, at: datetime, reason: str | None
) -> None:
    """One row for each new enrollment."""
    PromotionPartyUsageHistory.objects.bulk_create(
        _row(usage, CREATED, None, None, by=by, at=at, reason=reason) for usage in usages
    )


def record_changes(changed: Iterable[Changed], *, by: Actor, reason: str | None) -> None:
    """One row for each changed field, of the moment at which its record was modified."""
    PromotionPartyUsageHistory.objects.bulk_create(
        _row(
            one.usage,
            field_label(change.field),
            change.old,
            change.new,
            by=by,
            at=one.usage.last_modified_date,
            reason=reason,
        )
        for one in changed
        for change in one.changes
    )


def field_label(model_name: str) -> str:
    """The object's name of a field: ``EnrollmentExpirationDateTime``."""
    name = api_name(model_name)
    return name[0].upper() + name[1:]


def _row(
    usage: PromotionPartyUsage,
    field: str,
    old: str | None,
    new: str | None,
    *,
    by: Actor,
    at: datetime,
    reason: str | None,
) -> PromotionPartyUsageHistory:
    return PromotionPartyUsageHistory(
        usage=usage,
        field=field,
        old_value=old,
        new_value=new,
        reason=reason,
        source=by.source.value,
        request_id=current_request_id(),
        created_by=by.user,
        created_date=at,
    )


def shown_value(usage: PromotionPartyUsage, name: str) -> str | None:
    """What the enrollment's field ``name`` holds, as history shows it. Of a reference only the key
    is read: the record behind it may be an older one than the locked row names."""
    field = PromotionPartyUsage._meta.get_field(name)
    if not isinstance(field, models.ForeignKey):
        return text_of(getattr(usage, name))
    key: int | None = getattr(usage, field.attname)
    related = cast("type[Record | User]", field.related_model)
    return None if key is None else ids.encode(related.key_prefix, key)


def text_of(value: object) -> str | None:
    """A value as history shows it: ids for records, UTC for moments, true and false."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case datetime():
            return format_moment(value)
        case Record() | User():
            return value.record_id
        case _:
            return str(value)
