"""How PostgreSQL checks the foreign keys of what enrolling writes: by index, also where the tables
were small when it made its plans."""

import threading
from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.utils import timezone

from enrollments.models import Contact, JobStatus
from enrollments.services.enrolling import enroll
from enrollments.services.job_runs import Run, run_job
from enrollments.wire import Item
from promotions.models import Promotion
from tests.audiences import make_job
from tests.factories import NOW, actor, make_contact, make_promotion

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PEOPLE = 40


def _whole_reads() -> int:
    """How often the table of users, whom each record names twice and its history once, was read as
    a whole up to now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'promotions_user'")
        return int(cursor.fetchone()[0])


def _one_by_one(promotion: Promotion, people: Sequence[Contact]) -> None:
    by = actor()
    for one in people:
        enroll([Item(promotion_id=promotion.pk, contact_id=one.pk)], by=by, at=NOW)


def _together(promotion: Promotion, people: Sequence[Contact]) -> None:
    items = [Item(promotion_id=promotion.pk, contact_id=one.pk) for one in people]
    enroll(items, by=actor(), at=NOW)


def _by_a_job(promotion: Promotion, people: Sequence[Contact]) -> None:
    job = make_job(promotion, "\n".join(["email", *(one.email or "" for one in people)]))
    run = Run(clock=timezone.now, stop=threading.Event(), left_as=JobStatus.STOPPED)
    assert run_job(job, run).status == JobStatus.FINISHED


@pytest.mark.parametrize("enrolling", [_one_by_one, _together, _by_a_job])
def test_foreign_keys_are_checked_by_index(
    enrolling: Callable[[Promotion, Sequence[Contact]], None],
) -> None:
    promotion, people = make_promotion(), [make_contact() for _ in range(PEOPLE)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # it knows now how small the tables are
    connection.close()  # whose plans are made already
    before = _whole_reads()
    enrolling(promotion, people)
    assert _whole_reads() - before < PEOPLE
