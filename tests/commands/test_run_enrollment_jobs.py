"""``manage.py run_enrollment_jobs``: the worker."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from enrollments.management.commands import run_enrollment_jobs
from enrollments.models import EnrollmentJob, JobStatus, PromotionPartyUsage
from enrollments.services import job_runs, jobs
from enrollments.services.job_batches import Done, run_batch
from enrollments.services.job_files import locked, path_of
from promotions.models import User
from promotions.services.job_pace import Pace
from promotions.services.promotions import update_promotion
from tests.audiences import counts_of, make_job, refusals_of
from tests.commands.running import output_of
from tests.factories import NOW, actor, make_contact, make_promotion, make_user
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def run() -> list[str]:
    return output_of("run_enrollment_jobs", "--once").splitlines()


def a_job(people: int = 1, **options: Any) -> EnrollmentJob:
    rows = [make_contact().email or "" for _ in range(people)]
    return make_job(make_promotion(), "\n".join(["email", *rows]), **options)


def status_of(job: EnrollmentJob) -> str:
    job.refresh_from_db()
    return job.status


def test_jobs_are_run_in_the_order_in_which_they_were_asked_for() -> None:
    first, second = a_job(), a_job()
    assert run() == [
        f"{first.name} begins.",
        f"{first.name}: finished.",
        f"{second.name} begins.",
        f"{second.name}: finished.",
    ]
    assert run() == []
    assert PromotionPartyUsage.objects.count() == 2


def test_a_job_whose_worker_is_gone_is_gone_on_with() -> None:
    job = a_job()
    jobs.begin(job, at=NOW)
    with locked(job):
        assert run() == []
    assert run() == [f"{job.name} begins.", f"{job.name}: finished."]


def test_a_stopped_job_is_left_alone_until_it_is_resumed() -> None:
    job = a_job()
    jobs.stop_job(job.pk, by=actor(), at=NOW)
    assert run() == []
    jobs.resume_job(job.pk, by=actor(), at=NOW)
    run()
    assert status_of(job) == JobStatus.FINISHED


@pytest.mark.parametrize("when", ["while another runs", "while it runs itself"])
def test_a_job_of_somebody_who_is_switched_off_meanwhile_is_not_gone_on_with(
    when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = actor(user=make_user(is_superuser=True))
    first = a_job(people=2, batch_size=1)
    second = a_job(people=2, batch_size=1, by=by)
    switched = first if when == "while another runs" else second

    def switch_off(job: EnrollmentJob, *args: Any, **options: Any) -> Done:
        if job == switched:
            User.objects.filter(pk=by.user.pk).update(is_active=False)
        return run_batch(job, *args, **options)

    monkeypatch.setattr(job_runs, "run_batch", switch_off)
    run()
    run()  # and nobody takes it up again
    assert (status_of(first), counts_of(first)) == (JobStatus.FINISHED, (2, 2, 0))
    assert status_of(second) == JobStatus.FAILED
    assert second.failure == "Who asked for it has been switched off."
    assert counts_of(second)[0] == (0 if switched is first else 1)


def test_a_job_is_run_for_the_promotion_as_it_is_when_its_turn_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    promotion = make_promotion()
    rows = [make_contact().email or "" for _ in range(3)]
    first, second = a_job(), make_job(promotion, "\n".join(["email", *rows]))

    def limit(job: EnrollmentJob, *args: Any, **options: Any) -> Done:
        if job == first:
            update_promotion(promotion.pk, {"maximum_enrollment_count": 2}, by=actor(), at=NOW)
        assert job.promotion.maximum_enrollment_count == (None if job == first else 2)
        return run_batch(job, *args, **options)

    monkeypatch.setattr(job_runs, "run_batch", limit)
    run()
    assert refusals_of(second) == [(4, "enrollment_limit_reached")]


def test_one_bad_job_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gone, bad, good = a_job(), a_job(), a_job()
    path_of(gone).unlink()

    def fail(job: EnrollmentJob, *args: Any, **options: Any) -> Done:
        if job == bad:
            raise RuntimeError("out of order")
        return run_batch(job, *args, **options)

    monkeypatch.setattr(job_runs, "run_batch", fail)
    run()
    assert [status_of(job) for job in (gone, bad, good)] == [
        JobStatus.QUEUED,
        JobStatus.FAILED,
        JobStatus.FINISHED,
    ]
    assert "has no file on this host" in caplog.text
    assert "out of order" in caplog.text


def test_a_database_that_is_away_is_logged_and_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = a_job()

    def away(*args: object, **options: object) -> None:
        raise OperationalError("no connection")

    with monkeypatch.context() as patch:
        patch.setattr(job_runs, "run_batch", away)
        run()
    assert "trying again soon" in caplog.text
    assert status_of(job) == JobStatus.RUNNING
    run()
    assert status_of(job) == JobStatus.FINISHED


def test_a_worker_that_is_told_to_stop_leaves_the_job_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = a_job(people=6, batch_size=2)

    class Stopping(Pace):
        def __call__(self, seconds: float) -> None:
            self._stop.set()

    with monkeypatch.context() as patch:
        patch.setattr(run_enrollment_jobs, "Pace", Stopping)
        assert run() == [f"{job.name} begins.", f"{job.name}: queued."]
    assert counts_of(job) == (2, 2, 0)
    run()
    assert (status_of(job), counts_of(job)) == (JobStatus.FINISHED, (6, 6, 0))


def test_a_worker_does_not_outlive_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "nice", lambda by: by)  # the tests are not to run at low priority
    parent = subprocess.Popen(["sleep", "0"])
    parent.wait()
    a_job()
    printed = output_of("run_enrollment_jobs", "--with-parent", str(parent.pid))
    assert printed == ""


# --- Making way for others ------------------------------------------------------------------------


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that a job makes, instead of making them."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)

    def wait(event: threading.Event, seconds: float | None = None) -> bool:
        made.append(seconds or 0)
        return event.is_set()

    monkeypatch.setattr(threading.Event, "wait", wait)
    return made


@contextmanager
def at_work(others: int) -> Iterator[None]:
    """So many others have a transaction open meanwhile."""
    database = connection.get_connection_params()["dbname"]
    with ExitStack() as stack:
        for _ in range(others):
            other = stack.enter_context(
                psycopg.connect(os.environ["DATABASE_URL"], dbname=database)
            )
            other.execute("SELECT 1")  # and its transaction stays open
        yield


@pytest.mark.postgresql
def test_where_nobody_else_is_at_work_a_job_does_not_pause(pauses: list[float]) -> None:
    Pace(threading.Event())(0.5)
    assert pauses == []


@pytest.mark.postgresql
def test_a_job_pauses_the_longer_the_more_others_are_at_work(pauses: list[float]) -> None:
    def paused(others: int) -> float:
        pauses.clear()
        with at_work(others):
            Pace(threading.Event())(1)
        return sum(pauses)

    assert 0.5 < paused(1) < paused(3)
    assert paused(3) < 3.5


@pytest.mark.postgresql
def test_who_was_at_work_once_is_not_made_way_for_ever_after(pauses: list[float]) -> None:
    pace = Pace(threading.Event())
    with at_work(1):
        pace(0.1)
    made = [len(pauses)]
    for _ in range(20):
        pauses.clear()
        pace(0.1)
        made.append(len(pauses))
    assert made[0] > 0
    assert made[-10:] == [0] * 10


@pytest.mark.postgresql
def test_short_batches_make_way_now_and_then(pauses: list[float]) -> None:
    pace = Pace(threading.Event())
    with at_work(1):
        for _ in range(100):
            pace(0.005)
    assert 0.4 < sum(pauses) < 0.6


@pytest.mark.postgresql
@pytest.mark.parametrize("is_of_the_job", [True, False])
def test_the_sessions_of_a_job_do_not_make_way_for_one_another(
    is_of_the_job: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    pace = Pace(threading.Event())
    if is_of_the_job:
        pace(0)
    with transaction.atomic():
        PromotionPartyUsage.objects.count()  # at work, all the while
        at_once([lambda: pace(0.1)])
    assert (pauses == []) == is_of_the_job


@pytest.mark.postgresql
def test_who_is_told_to_stop_does_not_pause(pauses: list[float]) -> None:
    stop = threading.Event()
    stop.set()
    Pace(stop)(1)
    assert pauses == []


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="where the database tells who is at work, it is asked"
)
def test_on_sqlite_a_batch_that_took_longer_is_followed_by_a_pause(pauses: list[float]) -> None:
    pace = Pace(threading.Event())
    for seconds in (0.1, 0.12, 0.4, 0.1):
        pace(seconds)
    assert pauses == [0.02, 0.02, 0.4, 0.02]
