"""An enrollment's history as people read it: what happened, when, who did it, and why."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from enrollments.admin.audience_progress import audience_url
from enrollments.admin.masking import name_of
from enrollments.models import (
    Account,
    EnrollmentJob,
    Offer,
    PromotionPartyUsage,
    PromotionPartyUsageHistory,
)
from enrollments.personal_data import sees_personal_data
from promotions import ids
from promotions.actors import Actor
from promotions.admin.history_words import THROUGH, UNSEEN
from promotions.admin.moments import show_moment, show_short
from promotions.admin.words import HIDDEN
from promotions.models import Record, RecordQuerySet
from promotions.moments import parse_moment
from promotions.services.history import CREATED

MOST_ROWS: Final = 2000
"""The most history rows read for one page."""

_LABELS: Final[Mapping[str, str]] = {
    "EnrollmentEffectiveDateTime": "Begins",
    "EnrollmentExpirationDateTime": "Ends",
    "EnrollmentOfferId": "Offer",
    "AccountId": "Account",
    "UsageCount": "Uses",
    "OrderCount": "Orders",
    "IssuedVoucherCount": "Vouchers issued",
    "PointsCredited": "Points credited",
    "AdditionalAttributeInfo": "Notes",
}
"""What is told of a change beside its title; the rest is said by who, when and why."""
_PERSONAL: Final = frozenset({"AdditionalAttributeInfo"})
"""Free notes of clients, who may have written anything of their customers there."""
_PERIOD: Final = {"EnrollmentEffectiveDateTime", "EnrollmentExpirationDateTime"}
_NOTHING: Final[Mapping[str, str]] = {"EnrollmentExpirationDateTime": "with the promotion"}
_RECORDS: Final[Mapping[str, tuple[str, type[Record]]]] = {
    "EnrollmentOfferId": (ids.OFFER, Offer),
    "AccountId": (ids.ACCOUNT, Account),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One act, with all the fields that it changed."""

    title: str
    when: str
    who: str
    through: str
    reason: str | None
    changes: tuple[str, ...]
    audience: str = ""
    """The number of the audience that did it, and where its page is."""
    audience_url: str = ""


def timelines(usages: Sequence[PromotionPartyUsage], by: Actor) -> dict[int, list[Event]]:
    """The events of each enrollment by its key, newest first, as ``by`` may read them; a
    constant number of statements for all."""
    rows = (
        PromotionPartyUsageHistory.objects.filter(usage__in=[usage.pk for usage in usages])
        .select_related("created_by")
        .order_by("-id")[:MOST_ROWS]
    )
    found: dict[int, list[PromotionPartyUsageHistory]] = {usage.pk: [] for usage in usages}
    for row in rows:
        found[row.usage_id].append(row)
    names, jobs = _names(rows, by), _jobs(rows, by)
    hidden = frozenset() if sees_personal_data(by) else _PERSONAL
    return {key: list(_events(rows, names, hidden, jobs)) for key, rows in found.items()}


def _names(rows: Iterable[PromotionPartyUsageHistory], by: Actor) -> dict[str, str]:
    """What the records are called whose ids stand in ``rows``: a statement for each kind named."""
    names: dict[str, str] = {}
    for field, (prefix, model) in _RECORDS.items():
        named = [row for row in rows if row.field == field]
        texts = {text for row in named for text in (row.old_value, row.new_value) if text}
        keys = {ids.decode(prefix, text): text for text in texts}
        if keys:
            records: RecordQuerySet[Any] = RecordQuerySet(model).accessible(by)
            names |= {keys[key]: name_of(one, by) for key, one in records.in_bulk(keys).items()}
    return names


def _jobs(
    rows: Iterable[PromotionPartyUsageHistory], by: Actor
) -> dict[tuple[str, int, str], EnrollmentJob]:
    """The audiences that wrote ``rows``, as far as ``by`` may see them, by what their rows have in
    common; one statement where there may be any."""
    keys = {key for row in rows if (key := _job_key(row.request_id)) is not None}
    if not keys:
        return {}
    jobs = EnrollmentJob.objects.get_queryset().accessible(by).filter(pk__in=keys)
    # Callers choose the ids of their requests: it is an audience only where the rest agrees.
    return {(job.record_id, job.created_by_id, job.source): job for job in jobs}


def _job_key(request_id: str) -> int | None:
    try:
        return ids.decode(ids.ENROLLMENT_JOB, request_id)
    except ids.MalformedId:
        return None


def _events(
    rows: Iterable[PromotionPartyUsageHistory],
    names: Mapping[str, str],
    hidden: Collection[str],
    jobs: Mapping[tuple[str, int, str], EnrollmentJob],
) -> Iterator[Event]:
    for _, group in groupby(
        rows, key=lambda r: (r.created_date, r.created_by_id, r.source, r.reason, r.request_id)
    ):
        act = list(group)
        first = act[0]
        job = jobs.get((first.request_id, first.created_by_id, first.source))
        yield Event(
            title=_title(act),
            when=show_moment(first.created_date),
            who=str(first.created_by),
            through=THROUGH[first.source],
            reason=first.reason,
            changes=tuple(
                f"{_LABELS[row.field]}: {HIDDEN}" if row.field in hidden else _change(row, names)
                for row in reversed(act)
                if row.field in _LABELS
            ),
            **({} if job is None else {"audience": job.name, "audience_url": audience_url(job)}),
        )


def _title(act: Sequence[PromotionPartyUsageHistory]) -> str:
    changed = {row.field: row.new_value for row in act}
    if CREATED in changed:
        return "Enrolled"
    if "IsPartyEnrolled" in changed:
        return "Enrolled again" if changed["IsPartyEnrolled"] == "true" else "Withdrawn"
    if "IsDeleted" in changed:
        return "Deleted" if changed["IsDeleted"] == "true" else "Restored"
    return "Period changed" if changed.keys() & _PERIOD else "Changed"


def _change(row: PromotionPartyUsageHistory, names: Mapping[str, str]) -> str:
    old, new = (_value(row.field, value, names) for value in (row.old_value, row.new_value))
    return f"{_LABELS[row.field]}: {old} → {new}"


def _value(field: str, value: str | None, names: Mapping[str, str]) -> str:
    if value is None:
        return _NOTHING.get(field, "none")
    if field.endswith("DateTime"):
        return show_short(parse_moment(value), ends="Expiration" in field)
    return names.get(value, UNSEEN if field in _RECORDS else value)
