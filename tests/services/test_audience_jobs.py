"""Making, stopping and resuming jobs; their files; who sees them."""

import gzip
import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from enrollments.models import EnrollmentJob, JobStatus
from enrollments.services import jobs
from enrollments.services.job_files import (
    found_on_disk,
    path_of,
    receive,
    remove_old_files,
)
from promotions.actors import Actor, Source
from promotions.database import is_postgresql
from promotions.errors import Refused
from promotions.services.purging import purge_promotion
from promotions.services.recycle_bin import delete_promotion
from tests.audiences import kept_files, make_job, operators_job, received
from tests.factories import LONG_AGO, NOW, actor, make_promotion, make_user

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def refusals(call: Any, *args: Any, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        call(*args, **options)
    return [(error.code, error.pointer) for error in caught.value.errors]


# --- Making ---------------------------------------------------------------------------------------


def test_a_new_job_is_queued_and_says_what_it_was_asked_for() -> None:
    promotion = make_promotion()
    by = Actor(make_user(), Source.API, frozenset({"enrollments:write", "promotions:all"}))
    file = received("email\na@example.com\n", "C:\\lists\\may.csv")
    job = jobs.create_job(
        promotion.pk, file, sessions=2, batch_size=50, reason=" The list of May ", by=by, at=NOW
    )
    assert (job.status, job.file_name, job.size) == (JobStatus.QUEUED, "may.csv", 20)
    assert (job.sessions, job.batch_size, job.reason) == (2, 50, "The list of May")
    assert jobs.actor_of(job) == by
    assert [p.number for p in job.partitions.order_by("number")] == [0, 1]
    assert job.record_id.startswith("0hJ")
    assert str(job) == job.name == f"EJ-{job.pk:09d}"


def test_a_dry_run_and_a_limited_promotion_have_one_session() -> None:
    limited = make_promotion(maximum_enrollment_count=3)
    assert make_job(limited, sessions=4).sessions == 1
    assert make_job(sessions=4, is_dry_run=True).sessions == 1
    assert make_job(sessions=4).sessions == 4


def test_the_sessions_of_a_job_share_the_rows_that_are_in_memory() -> None:
    assert make_job().batch_size == 4 * make_job(sessions=4).batch_size


def test_rows_that_others_may_wait_for_go_a_thousand_at_a_time() -> None:
    limited = make_promotion(maximum_enrollment_count=3)
    assert make_job(limited).batch_size == make_job(is_dry_run=True).batch_size == 1_000
    assert make_job().batch_size == (10_000 if is_postgresql() else 1_000)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"sessions": 0}, [("invalid_value", "sessions")]),
        ({"sessions": 9}, [("invalid_value", "sessions")]),
        ({"batch_size": 0}, [("invalid_value", "batchSize")]),
        ({"reason": "x" * 1001}, [("invalid_value", "reason")]),
        ({"reason": "x\x00"}, [("invalid_value", "reason")]),
        (
            {"sessions": 9, "reason": "x" * 1001},
            [("invalid_value", "sessions"), ("invalid_value", "reason")],
        ),
    ],
)
def test_bad_options_are_refused_together(
    options: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refusals(make_job, **options) == expected
    assert not EnrollmentJob.objects.exists()


def test_a_header_that_is_wrong_is_refused_before_there_is_a_job() -> None:
    assert refusals(make_job, content="phone\n1\n") == [("unknown_property", "phone")]
    assert not EnrollmentJob.objects.exists()


def test_a_promotion_that_one_may_not_see_or_that_was_deleted_does_not_exist(
    settings: Any,
) -> None:
    settings.PROMOTION_SHARING = "private"
    promotion, somebody = make_promotion(), Actor(make_user(), Source.API)
    assert refusals(make_job, promotion, by=somebody) == [("promotion_not_found", "")]
    delete_promotion(promotion.pk, by=actor(Source.COMMAND), at=NOW)
    assert refusals(make_job, promotion, by=actor(Source.COMMAND)) == [("promotion_not_found", "")]


def test_the_promotion_is_found_by_id_and_code() -> None:
    promotion, by = make_promotion(promotion_code="Mai"), actor()
    other = make_promotion()
    for key, code in ((promotion.pk, None), (None, "MAI"), (promotion.pk, "mai")):
        assert jobs.promotion_named(key, code, by=by) == promotion.pk
    assert refusals(jobs.promotion_named, other.pk, "mai", by=by) == [("promotion_not_found", "")]
    assert refusals(jobs.promotion_named, None, None, by=by) == [("promotion_required", "")]


# --- Stopping and resuming ------------------------------------------------------------------------


def status_after(job: EnrollmentJob, *acts: Any) -> JobStatus:
    for act in acts:
        act(job.pk, by=actor(), at=NOW)
    job.refresh_from_db()
    return JobStatus(job.status)


def test_a_job_that_waits_or_runs_is_stopped_and_resumed() -> None:
    job = make_job()
    assert status_after(job, jobs.stop_job) == JobStatus.STOPPED
    assert status_after(job, jobs.stop_job) == JobStatus.STOPPED
    assert status_after(job, jobs.resume_job) == JobStatus.QUEUED
    assert status_after(job, jobs.resume_job) == JobStatus.QUEUED
    jobs.begin(job, at=NOW)
    assert status_after(job, jobs.resume_job) == JobStatus.RUNNING
    assert status_after(job, jobs.stop_job) == JobStatus.STOPPED
    assert job.last_modified_by == actor().user


def test_a_job_at_its_end_stays_so_and_who_wants_it_otherwise_is_told() -> None:
    job = make_job()
    jobs.begin(job, at=NOW)
    jobs.finish(job, at=NOW)
    for act in (jobs.stop_job, jobs.resume_job):
        assert refusals(act, job.pk, by=actor(), at=NOW) == [("invalid_value", "")]
    assert status_after(job) == JobStatus.FINISHED


def test_a_failed_job_is_tried_again() -> None:
    job = make_job()
    jobs.finish(job, failure="The file broke off.", at=NOW)
    assert refusals(jobs.stop_job, job.pk, by=actor(), at=NOW) == [("invalid_value", "")]
    assert status_after(job) == JobStatus.FAILED
    assert status_after(job, jobs.resume_job) == JobStatus.QUEUED
    assert (job.failure, job.finished_date) == (None, None)


def test_what_somebody_made_of_a_running_job_is_not_undone() -> None:
    job = make_job()
    jobs.begin(job, at=NOW)
    jobs.stop_job(job.pk, by=actor(), at=NOW)
    jobs.release(job, JobStatus.QUEUED, at=NOW)
    assert job.status == JobStatus.STOPPED
    assert not jobs.is_wanted(job)
    assert not jobs.may_begin(job)


def test_jobs_are_seen_with_their_promotion(settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    owner, stranger = Actor(make_user(), Source.API), Actor(make_user(), Source.API)
    job = make_job(make_promotion(by=owner), by=owner)
    assert list(EnrollmentJob.objects.shown(owner)) == [job]
    assert list(EnrollmentJob.objects.shown(stranger)) == []
    for act in (jobs.stop_job, jobs.resume_job):
        assert refusals(act, job.pk, by=stranger, at=NOW) == [("not_found", "")]


def test_a_worker_takes_what_waits_and_what_was_left_running_but_not_the_operators(
    tmp_path: Path,
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("email\na@example.com\n")
    waiting, left, stopped = make_job(), make_job(), make_job()
    own, resumed = (operators_job(make_promotion(), path) for _ in range(2))
    for job in (left, own, resumed):
        jobs.begin(job, at=NOW)
    jobs.stop_job(stopped.pk, by=actor(), at=NOW)
    status_after(resumed, jobs.stop_job, jobs.resume_job)
    assert list(jobs.runnable_jobs()) == [waiting, left, resumed]


# --- Files ----------------------------------------------------------------------------------------


def test_a_kept_file_is_for_nobody_else() -> None:
    path = path_of(make_job())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("list.csv", "list.csv"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\list.csv", "list.csv"),
        ("", ""),
        ("x" * 300 + ".csv", "x" * 251 + ".csv"),
        ("a\x00b.csv", "ab.csv"),
    ],
)
def test_a_file_is_called_as_the_sender_calls_it_and_lies_elsewhere(name: str, kept: str) -> None:
    file = receive(name, [b"email\n", b"a@example.com\n"])
    assert (file.name, file.size) == (kept, 20)
    assert file.at.parent.name == "audiences"
    assert file.at.read_bytes() == b"email\na@example.com\n"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"email\na@example.com\n", "audience.csv"),
        (gzip.compress(b"email\na@example.com\n", mtime=0), "audience.csv.gz"),
        (b'{"contact": {}}', "audience.ndjson"),
        (gzip.compress(b'{"contact": {}}', mtime=0), "audience.ndjson.gz"),
    ],
)
def test_a_file_without_a_name_is_called_by_what_is_in_it(content: bytes, name: str) -> None:
    job = jobs.create_job(make_promotion().pk, received(content, "/"), by=actor(), at=NOW)
    assert job.file_name == name


def test_too_large_a_file_is_refused_and_not_kept(settings: Any) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    before = kept_files()
    blocks = [b"x" * 1024] * 1025
    assert refusals(receive, "x", blocks) == [("payload_too_large", "")]
    assert refusals(receive, "x", []) == [("empty_request", "")]
    assert kept_files() == before


def test_the_operators_file_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("email\na@example.com\n")
    job = operators_job(make_promotion(), path)
    assert path_of(job) == path
    path.write_text("")
    assert refusals(found_on_disk, path) == [("empty_request", "")]


def test_the_operators_last_job_with_a_file_is_found_wherever_that_lies(tmp_path: Path) -> None:
    promotion, path = make_promotion(), tmp_path / "list.csv"
    path.write_text("email\na@example.com\n")
    make_job(promotion, path.read_bytes())
    operators_job(promotion, path)
    job = operators_job(promotion, path)
    moved = path.rename(tmp_path / "moved.csv")
    file = found_on_disk(moved)
    assert jobs.latest_job(promotion, file, is_dry_run=False) == job
    assert jobs.latest_job(promotion, file, is_dry_run=True) is None
    assert jobs.latest_job(make_promotion(), file, is_dry_run=False) is None
    jobs.take_up(job, file, at=NOW)
    job.refresh_from_db()
    assert (job.path, job.file_name) == (str(moved), "moved.csv")


def test_old_files_go_and_those_that_are_needed_stay() -> None:
    running, stopped, finished, recent = (make_job() for _ in range(4))
    orphan = received("email\na@example.com\n")
    arriving = received("email\na@example.com\n")
    for job in (finished, recent):
        jobs.begin(job, at=LONG_AGO)
        jobs.finish(job, at=LONG_AGO if job is finished else NOW)
    jobs.stop_job(stopped.pk, by=actor(), at=LONG_AGO)
    jobs.begin(running, at=LONG_AGO)
    for path in (*(path_of(j) for j in (running, stopped, finished, recent)), orphan.at):
        os.utime(path, (0, 0))
    os.utime(arriving.at, (NOW.timestamp() - 60,) * 2)
    removed = remove_old_files(at=NOW + DAY / 2)
    assert removed >= 3
    assert [path_of(job).exists() for job in (running, stopped, finished, recent)] == [
        True, False, False, True,
    ]  # fmt: skip
    assert (orphan.at.exists(), arriving.at.exists()) == (False, True)


def test_a_purged_promotion_takes_its_jobs_and_their_files_with_it(
    django_capture_on_commit_callbacks: Any,
) -> None:
    promotion = make_promotion()
    job, other = make_job(promotion), make_job()
    job.refusals.create(line=2, code="customer_not_found", detail="No contact matches.")
    delete_promotion(promotion.pk, by=actor(), at=LONG_AGO)
    with django_capture_on_commit_callbacks(execute=True):
        purge_promotion(promotion.pk, by=actor(Source.COMMAND), at=NOW)
    assert list(EnrollmentJob.objects.all()) == [other]
    assert (path_of(job).exists(), path_of(other).exists()) == (False, True)


def test_the_refused_rows_as_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_CHUNK", 2)
    job = make_job()
    for line in (9, 3, 12, 4, 5):
        job.refusals.create(line=line, code="invalid_value", detail="=1+1, so", pointer="email")
    parts = list(jobs.refusals_as_csv(job))
    assert len(parts) == 4
    assert "".join(parts).splitlines() == [
        "line,code,reason,pointer",
        *(f'{line},invalid_value,"\'=1+1, so",email' for line in (3, 4, 5, 9, 12)),
    ]


def test_clocks_that_differ_leave_dates_in_order() -> None:
    job = make_job()
    jobs.begin(job, at=NOW)
    jobs.finish(job, at=NOW - DAY)
    job.refresh_from_db()
    assert job.started_date == job.finished_date == NOW
