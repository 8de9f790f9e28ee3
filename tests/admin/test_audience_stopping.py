"""Stopping audiences in the admin, and going on with them."""

from typing import Any

from django.test import Client

from enrollments.models import JobStatus
from tests.admin.audiences import advance, page_of
from tests.admin.conftest import user_of
from tests.admin.pages import buttons, errors, messages, sent, text
from tests.audiences import make_job, operators_job
from tests.factories import make_promotion


def test_a_job_is_stopped_and_goes_on(support: Client) -> None:
    job = advance(make_job())
    page = text(support.get(page_of(job)))
    assert f'href="{page_of(job, "stop")}"' in page
    assert page_of(job, "resume") not in page
    asked = support.get(page_of(job, "stop"))
    assert buttons(asked) == ["Cancel", "Stop"]
    assert "Who has been enrolled stays enrolled" in text(asked)
    job.refresh_from_db()
    assert job.status == JobStatus.RUNNING  # looking at it stops nothing

    response = sent(support, page_of(job, "stop"))
    job.refresh_from_db()
    assert (job.status, job.last_modified_by) == (JobStatus.STOPPED, user_of(support))
    assert response.headers["Location"] == page_of(job)
    assert messages(response) == [f"{job.name} is stopped."]

    page = text(support.get(page_of(job)))
    assert f'href="{page_of(job, "resume")}"' in page
    assert page_of(job, "stop") not in page
    assert "no row is forgotten" in text(support.get(page_of(job, "resume")))
    response = sent(support, page_of(job, "resume"))
    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert messages(response) == [f"{job.name} goes on."]


def test_of_a_dry_run_nothing_is_said_of_customers_that_are_enrolled(support: Client) -> None:
    job = advance(make_job(is_dry_run=True))
    asked = text(support.get(page_of(job, "stop")))
    assert "Nobody has been enrolled by this dry run." in asked
    assert "it begins at the beginning" in asked
    assert "stays enrolled" not in asked
    sent(support, page_of(job, "stop"))
    assert "It can go on from the beginning." in text(support.get(page_of(job)))
    asked = text(support.get(page_of(job, "resume")))
    assert "begins at the beginning" in asked
    assert "enrolled twice" not in asked


def test_a_failed_job_is_gone_on_with(support: Client) -> None:
    job = advance(make_job(), JobStatus.FAILED)
    asked = text(support.get(page_of(job, "resume")))
    assert "It failed: The compressed file breaks off behind line 7." in asked
    sent(support, page_of(job, "resume"))
    job.refresh_from_db()
    assert (job.status, job.failure) == (JobStatus.QUEUED, None)


def test_what_has_ended_meanwhile_stays_as_it_is(support: Client) -> None:
    job = advance(make_job(), JobStatus.FINISHED)
    for act, says in (
        ("stop", "has finished already: there is nothing to stop."),
        ("resume", "has finished: no row is left."),
    ):
        assert page_of(job, act) not in text(support.get(page_of(job)))
        response = sent(support, page_of(job, act))
        assert errors(response)["__all__"][0].startswith(f"{job.name} {says}")
        assert messages(response) == []
        assert buttons(response) == ["Back"]
        job.refresh_from_db()
        assert job.status == JobStatus.FINISHED


def test_what_has_begun_meanwhile_goes_on(support: Client) -> None:
    job = advance(make_job())
    response = sent(support, page_of(job, "resume"))
    assert messages(response) == [f"{job.name} is running meanwhile."]
    job.refresh_from_db()
    assert job.status == JobStatus.RUNNING


def test_going_on_with_an_operators_job_says_where_its_file_is(
    support: Client, tmp_path: Any
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email\na@example.com\n")
    job = advance(operators_job(make_promotion(), file), JobStatus.STOPPED)
    assert "Its file lies where" in text(support.get(page_of(job, "resume")))
    assert "Its file lies where" not in text(support.get(page_of(job, "stop")))


def test_stopping_is_protected_against_forgery(support: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = support.cookies
    assert strict.post(page_of(make_job(), "stop")).status_code == 403
