"""Counting the figures that pages show, and keeping those that take longer than a page may wait.

A quick figure is counted anew each time it is shown. One that isn't is kept with the moment it was
counted, and the worker renews it while somebody looks at it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from psycopg.errors import QueryCanceled

from promotions.figures import QUICK, Figure, TakesLong, UnknownKind, kind_named
from promotions.models import KeptFigure

T = TypeVar("T")

LONG: Final = 1.0
"""A figure that took so many seconds is kept, even if a page has waited for it."""
FORGOTTEN: Final = timedelta(days=30)
"""What nobody has looked at for so long is not kept any longer."""


Wanted = tuple[str, str]
"""A kind of figure and its subject."""


def figure(kind: str, subject: str, *, at: datetime) -> Figure:
    """One of ``figures``."""
    return figures([(kind, subject)], at=at)[kind, subject]


def figures(wanted: Sequence[Wanted], *, at: datetime) -> dict[Wanted, Figure]:
    """Each figure as it is at the moment ``at`` where it is quick to count; else what was counted
    last. Where that is old, or nothing, the worker is asked to count."""
    kinds, subjects = {kind for kind, _ in wanted}, {subject for _, subject in wanted}
    rows = KeptFigure.objects.filter(kind__in=kinds, subject__in=subjects)
    kept = {(row.kind, row.subject): row for row in rows}
    counted = _counted([one for one in wanted if _was_quick(kept.get(one))], at)
    waiting = [one for one in wanted if one not in counted]
    ask_for([one for one in waiting if _is_to_be_asked_for(one, kept.get(one), at)], at=at)
    return {one: Figure(value) for one, value in counted.items()} | {
        one: Figure(kept[one].value, kept[one].counted_date) if one in kept else Figure(None)
        for one in waiting
    }


def kept_figure(kind: str, subject: str, *, at: datetime) -> Figure | None:
    """The figure as it was counted last, renewed soon where that is old; None where it never was.
    For pages that count a part of it themselves."""
    row = KeptFigure.objects.filter(kind=kind, subject=subject, counted_date__isnull=False).first()
    if row is None:
        return None
    if _is_to_be_asked_for((kind, subject), row, at):
        ask_for([(kind, subject)], at=at)
    return Figure(row.value, row.counted_date)


def quickly(count: Callable[[], T]) -> T | None:
    """What ``count`` reads from the database; None where a statement takes longer than a page may
    wait."""
    try:
        with _impatient():
            return count()
    except TakesLong:
        return None


def _was_quick(row: KeptFigure | None) -> bool:
    return row is None or (row.counted_date is not None and row.seconds <= QUICK)


def _is_to_be_asked_for(one: Wanted, row: KeptFigure | None, at: datetime) -> bool:
    if row is None:
        return True
    if row.counted_date is None or row.asked_date > row.counted_date:
        return False  # it has been
    return at - row.counted_date >= kind_named(one[0]).fresh


def _counted(wanted: Sequence[Wanted], at: datetime) -> dict[Wanted, Any]:
    """Those that are counted quickly, until one is not: then the page has waited long enough. What
    took long and could not be broken off is kept, so that the next page need not wait for it."""
    values: dict[Wanted, Any] = {}
    if not wanted:
        return values
    with suppress(TakesLong), _impatient():
        for one in wanted:
            kind, began = kind_named(one[0]), time.perf_counter()
            values[one] = (kind.at_once or kind.count)(one[1], at)
            seconds = time.perf_counter() - began
            if seconds > LONG:
                _keep(one, values[one], seconds, at)
    return values


@contextmanager
def _impatient() -> Iterator[None]:
    """Statements inside are broken off after ``QUICK`` seconds, where the database can do that."""
    if connection.vendor != "postgresql":
        yield
        return
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {round(QUICK * 1000)}")
            yield
            if connection.in_atomic_block and not connection.savepoint_ids:
                return
            with connection.cursor() as cursor:  # a transaction around this one goes on
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TakesLong from error
        raise


def _keep(one: Wanted, value: Any, seconds: float, at: datetime) -> None:
    kind, subject = one
    values = {"value": value, "counted_date": at, "seconds": seconds, "asked_date": at}
    KeptFigure.objects.update_or_create(kind=kind, subject=subject, defaults=values)


def ask_for(wanted: Sequence[Wanted], *, at: datetime) -> None:
    """Has the worker count figures, and keep them."""
    if wanted:
        KeptFigure.objects.bulk_create(
            [KeptFigure(kind=kind, subject=subject, asked_date=at) for kind, subject in wanted],
            update_conflicts=True,
            unique_fields=["kind", "subject"],
            update_fields=["asked_date"],
        )


# --- The worker's part ----------------------------------------------------------------------------


def asked_for() -> list[KeptFigure]:
    """Those that somebody looked at since they were counted, the longest waiting first."""
    waiting = Q(counted_date=None) | Q(asked_date__gt=F("counted_date"))
    return list(KeptFigure.objects.filter(waiting).order_by("asked_date", "pk"))


def renew(kept: KeptFigure, *, at: datetime) -> None:
    """Counts it as of the moment ``at``, however long that takes. What can't be counted any more
    is forgotten: nobody will ask for it."""
    began = time.perf_counter()
    try:
        value = kind_named(kept.kind).count(kept.subject, at)
    except (UnknownKind, ObjectDoesNotExist):
        KeptFigure.objects.filter(pk=kept.pk).delete()
        return
    seconds = time.perf_counter() - began
    KeptFigure.objects.filter(pk=kept.pk).update(value=value, counted_date=at, seconds=seconds)


def forget_old_figures(*, at: datetime) -> int:
    """Removes those that nobody has looked at for ``FORGOTTEN``; how many."""
    return KeptFigure.objects.filter(asked_date__lte=at - FORGOTTEN).delete()[0]
