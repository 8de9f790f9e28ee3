"""Writing the history of enrollments, inside the transaction of what it tells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from promotions.actors import Actor
from promotions.dictionary import field_of_column
from promotions.request_ids import current_request_id
from promotions.services.history import shown_value


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


def with_values(
    usage: PromotionPartyUsage,
    values: Mapping[str, object],
    *,
    by: Actor,
    at: datetime,
    always: Sequence[str] = (),
    new_version: bool = True,
) -> Changed:
    """Sets fields of an enrollment, by their model names; which ones change, and in any case those
    ``always``. Without a ``new_version`` it is part of an act that has counted that up already.
    Nothing is written."""
    changes = []
    for name, value in values.items():
        column = PromotionPartyUsage._meta.get_field(name).name
        field = field_of_column(PromotionPartyUsage, column)
        assert field is not None
        old = shown_value(usage, field)
        setattr(usage, name, value)
        new = shown_value(usage, field)
        if old != new or column in always:
            changes.append(Change(column, old, new))
    usage.last_modified_by = by.user
    # Clocks of several servers differ; time never runs backwards within a record.
    usage.last_modified_date = max(at, usage.last_modified_date)
    usage.version += new_version
    return Changed(usage, changes)


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


def field_label(column: str) -> str:
    """The object's name of a field: ``EnrollmentExpirationDateTime``."""
    field = field_of_column(PromotionPartyUsage, column)
    return field.name if field else column


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
