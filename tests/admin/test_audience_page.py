"""The admin's page of an audience: what it says at each status, the refused rows, how far the
audience is and how fast."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enrollments.admin import audience_page
from enrollments.admin.audience_progress import (
    Seen,
    progress_in_words,
    speed_in_words,
    whole_percent,
)
from enrollments.models import EnrollmentJob, EnrollmentJobRefusal, JobStatus
from tests.admin.audiences import LIST, advance, page_of, progress_of
from tests.admin.pages import text
from tests.audiences import csv_of, make_job, operators_job
from tests.factories import NOW, make_promotion

# --- The page -------------------------------------------------------------------------------------


def test_the_page_of_a_job_at_work_keeps_itself_fresh(support: Client) -> None:
    job = make_job(content=csv_of("email", ["x@example.com"] * 1000), reason="The list of May")
    job = advance(job, enrolled=300, refused=0, position=job.size // 4)
    page = text(support.get(page_of(job)))
    assert "enrollments/audience_progress.js" in page
    assert f'data-url="{page_of(job, "progress")}?seen=300-' in page
    for said in ("The list of May", "Tester through the API", job.promotion.name, "None so far."):
        assert said in page
    part = progress_of(support, job)
    assert "<html" not in part
    assert "300 of about 1,200 rows, 25&nbsp;%" in part
    assert 'data-status="running"' in part
    assert "None so far." in part


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (JobStatus.FAILED, "breaks off behind line 7"),
        (JobStatus.FINISHED, "1,000 rows, 100&nbsp;%"),
    ],
)
def test_the_page_of_a_job_that_has_ended_stays(
    support: Client, status: JobStatus, said: str
) -> None:
    job = advance(make_job(), status, enrolled=1000)
    page = text(support.get(page_of(job)))
    assert said in page
    assert "audience_progress.js" not in page
    assert f'data-status="{status}"' in progress_of(support, job)


def test_the_page_of_a_job_that_was_stopped_keeps_itself_fresh(support: Client) -> None:
    """The batch at hand is still done, and somebody else may go on with it."""
    job = advance(make_job(), JobStatus.STOPPED, enrolled=1000)
    page = text(support.get(page_of(job)))
    assert "It can go on where it stopped." in page
    assert "audience_progress.js" in page


def test_the_page_of_an_operators_job_says_what_to_do_where_its_command_was_killed(
    support: Client, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email\na@example.com\n")
    job = advance(operators_job(make_promotion(), file))
    assert "If what runs it was killed, have the command run again" in text(
        support.get(page_of(job))
    )
    assert "was killed" not in text(support.get(page_of(advance(make_job()))))


def test_the_first_refused_rows_are_listed_and_all_are_in_the_file(
    support: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience_page, "MOST_SHOWN", 2)
    job = advance(make_job(), refused=3)
    EnrollmentJobRefusal.objects.bulk_create(
        EnrollmentJobRefusal(
            job=job,
            line=line,
            code="invalid_value",
            detail=f"<b>No</b> {line}, such as 2026-05-01T00:00:00Z",
            pointer="email" if line == 2 else "",
        )
        for line in (9, 2, 7)
    )
    assert "3 invalid_value" not in text(support.get(page_of(job)))
    EnrollmentJob.objects.update(status=JobStatus.STOPPED)
    page = text(support.get(page_of(job)))
    assert "3 invalid_value" in page
    assert "&lt;b&gt;No&lt;/b&gt; 2, such as 2026-05-01T00:00:00Z" in page
    assert "No&lt;/b&gt; 7" in page
    assert "No&lt;/b&gt; 9" not in page
    assert "The first 2 of 3." in page
    response: Any = support.get(page_of(job, "refusals"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{job.name}-refused.csv"' in response.headers["Content-Disposition"]
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "line,code,reason,pointer"
    assert [line.split(",")[0] for line in lines[1:]] == ["2", "7", "9"]
    assert "text/csv" not in page
    assert page_of(job, "refusals") in page


def test_the_page_takes_a_bounded_number_of_statements(
    support: Client, django_assert_max_num_queries: Any
) -> None:
    job = advance(make_job(sessions=8), refused=60)
    EnrollmentJobRefusal.objects.bulk_create(
        EnrollmentJobRefusal(job=job, line=line, code="c", detail="d") for line in range(1, 61)
    )
    with django_assert_max_num_queries(9):
        assert "The first 50 of" in text(support.get(page_of(job)))
    with django_assert_max_num_queries(6):
        assert "The first 50 of" in progress_of(support, job)


@pytest.mark.parametrize("key", ["abc", "0", "9" * 25, "-1", "²"])
@pytest.mark.parametrize("page", ["change/", "progress/", "refused.csv", "stop/", "resume/"])
def test_an_odd_key_is_not_found(superuser: Client, key: str, page: str) -> None:
    assert superuser.get(f"{LIST}{key}/{page}").status_code == 404


# --- How far, and how fast ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "rows", "share", "words", "percent"),
    [
        (JobStatus.QUEUED, 0, 0.0, "0", 0),
        (JobStatus.RUNNING, 0, 0.001, "0", 0),
        (JobStatus.RUNNING, 12_345, 0.25, "12,345 of about 49,000", 25),
        (JobStatus.RUNNING, 3_000, 0.04999, "3,000 of about 60,000", 5),
        (JobStatus.RUNNING, 9, 0.9, "9 of about 10", 90),
        (JobStatus.RUNNING, 1_004, 1.0, "1,004 of about 1,004", 99),
        (JobStatus.RUNNING, 7, 0.0, "7", 0),
        (JobStatus.STOPPED, 500, 0.5, "500 of about 1,000", 50),
        (JobStatus.FINISHED, 12_345, 1.0, "12,345", 100),
        (JobStatus.FINISHED, 0, 1.0, "0", 100),
    ],
)
def test_progress_in_words(
    status: JobStatus, rows: int, share: float, words: str, percent: int
) -> None:
    job = EnrollmentJob(status=status, size=1_000_000)
    job.row_count, job.position = rows, share * 1_000_000
    assert (progress_in_words(job), whole_percent(job)) == (words, percent)


@pytest.mark.parametrize(
    ("seconds", "share", "said"),
    [
        (10, 0.5, "100 rows a second, less than a minute left"),
        (100, 0.5, "10 rows a second, about a minute left"),
        (10, 0.1, "100 rows a second, about a minute left"),
        (100, 0.1, "10 rows a second, about 15 minutes left"),
        (1000, 0.1, "1 row a second, about 2 hours left"),
        (0, 0.5, ""),
        (10, 0.0, ""),
    ],
)
def test_speed_is_told_by_what_was_done_since_somebody_looks(
    seconds: int, share: float, said: str
) -> None:
    job = EnrollmentJob(status=JobStatus.RUNNING, size=1_000_000)
    job.row_count, job.position = 1_500, share * 1_000_000
    seen = Seen(500, 0, NOW.timestamp() - seconds)
    assert speed_in_words(job, seen, NOW) == said
    assert Seen.read(seen.written) == seen


@pytest.mark.parametrize("seen", ["", "x", "1-2", "1-2-3-4", "-1-2-3", "9" * 30, "1-2-" + "9" * 15])
def test_nonsense_in_the_address_tells_no_speed(support: Client, seen: str) -> None:
    job = advance(make_job(), enrolled=5, position=3)
    part = support.get(page_of(job, "progress"), {"seen": seen})
    assert part.status_code == 200
    assert "a second" not in text(part)


def test_the_page_tells_the_speed(support: Client) -> None:
    job = advance(make_job(), enrolled=5_000, position=20)
    ago = Seen(0, 0, timezone.now().timestamp() - 10)
    assert "rows a second" in progress_of(support, job, seen=ago.written)
