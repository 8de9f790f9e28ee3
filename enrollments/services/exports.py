"""All enrollments of a promotion as a file, in parts: however many there are, few are in memory."""

from collections.abc import Iterator
from datetime import datetime

from enrollments.exporting import COLUMNS, Form, begin, break_off, write
from enrollments.selectors import enrollments_with_standing
from promotions.actors import Actor
from promotions.errors import refuse
from promotions.models import Promotion, RecordQuerySet
from promotions.streaming import read_in_parts


def export_enrollments(
    promotion: int, form: Form, *, by: Actor, at: datetime
) -> Iterator[tuple[bytes, int]]:
    """The enrollments of the promotion with this primary key, those of a deleted one too, in the
    order in which they were made, as they stand at the moment ``at``: parts of the file, each with
    how many enrollments it holds.

    Raises ``Refused`` at once: ``not_found`` where ``by`` sees no such promotion. Where the reading
    fails on the way, the last part is a line that says so, and the failure is raised behind it.
    """
    promotions: RecordQuerySet[Promotion] = RecordQuerySet(Promotion)
    if not promotions.accessible(by).filter(pk=promotion).exists():
        raise refuse("not_found", "There is no such promotion.")
    return _parts(promotion, form, by, at)


def _parts(promotion: int, form: Form, by: Actor, at: datetime) -> Iterator[tuple[bytes, int]]:
    found = enrollments_with_standing(by, at).filter(promotion=promotion).order_by("pk")
    yield begin(form), 0
    try:
        for rows in read_in_parts(found.values_list(*COLUMNS)):
            yield write(form, rows), len(rows)
    except Exception:
        yield break_off(form), 0
        raise
