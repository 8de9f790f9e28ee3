"""Dry runs of audiences in the admin: how they read, and enrolling for real from their file."""

from pathlib import Path

import pytest
from django.test import Client

from enrollments.models import EnrollmentJob, JobStatus, PromotionPartyUsage
from enrollments.services.job_files import path_of
from tests.admin.audiences import LIST, advance, page_of, upload
from tests.admin.pages import admin_url, buttons, errors, sent, text
from tests.audiences import make_job, operators_job
from tests.commands.running import output_of
from tests.factories import make_contact, make_promotion

# --- How they read --------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_be(support: Client) -> None:
    job = advance(make_job(is_dry_run=True), JobStatus.FINISHED, enrolled=5, refused=2)
    page = text(support.get(page_of(job)))
    for said in ("dry run", "Would be enrolled", "Would be refused", "Yes: nobody is enrolled"):
        assert said in page


def test_a_dry_run_in_the_list_counts_nobody_as_enrolled(support: Client) -> None:
    advance(make_job(is_dry_run=True), JobStatus.FINISHED, enrolled=5, refused=2)
    page = text(support.get(LIST)).replace('<span class="whitespace-nowrap">would', "would")
    assert "5 would be" in page
    assert "2 would be" in page


# --- Enrolling for real ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_is_followed_by_enrolling_from_the_same_file(support: Client) -> None:
    make_contact(email="a@example.com")
    upload(support, is_dry_run="on", reason="The list of May")
    output_of("run_enrollment_jobs", "--once")
    dry_run = EnrollmentJob.objects.get()
    assert "Enroll for real" in text(support.get(page_of(dry_run)))
    assert "The customers in the same file" in text(support.get(page_of(dry_run, "enroll_tried")))
    response = sent(support, page_of(dry_run, "enroll_tried"))
    job = EnrollmentJob.objects.get(is_dry_run=False)
    assert response.headers["Location"] == page_of(job)
    assert (job.promotion, job.path, job.reason) == (
        dry_run.promotion,
        dry_run.path,
        "The list of May",
    )
    assert not PromotionPartyUsage.objects.exists()
    output_of("run_enrollment_jobs", "--once")
    usage = PromotionPartyUsage.objects.get()
    assert usage.promotion == dry_run.promotion
    history = text(support.get(admin_url("enrollments_promotionpartyusage", "change", usage.pk)))
    assert f'by audience <a class="text-link" href="{page_of(job)}">{job.name}</a>' in history
    for page, link in (
        (job, ("Tried by", dry_run.name, page_of(dry_run))),
        (dry_run, ("Enrolled for real by", job.name, page_of(job))),
    ):
        response = support.get(page_of(page))
        assert link in response.context["facts"]
        assert "Enroll for real</" not in text(response)
    again = sent(support, page_of(dry_run, "enroll_tried"))
    assert f"was taken for {job.name} already" in errors(again)["__all__"][0]
    assert EnrollmentJob.objects.filter(is_dry_run=False).count() == 1


@pytest.mark.parametrize(
    ("enrolled", "refused", "asked"),
    [
        (1_234, 12, "Enroll 1,234 customers of audience.csv in Two pairs of shoes? 12 rows are"),
        (1, 1, "Enroll 1 customer of audience.csv in Two pairs of shoes? 1 row is"),
        (2, 0, "Enroll 2 customers of audience.csv in Two pairs of shoes? No row is"),
    ],
)
def test_who_enrolls_for_real_is_asked_with_promotion_and_numbers(
    support: Client, enrolled: int, refused: int, asked: str
) -> None:
    dry_run = make_job(make_promotion(name="Two pairs of shoes"), is_dry_run=True)
    advance(dry_run, JobStatus.FINISHED, enrolled=enrolled, refused=refused)
    page = text(support.get(page_of(dry_run, "enroll_tried")))
    assert f"{asked} refused, says the dry run." in page
    running = advance(make_job(dry_run.promotion, is_dry_run=True))
    assert "Two pairs of shoes?" not in text(support.get(page_of(running, "stop")))


@pytest.mark.parametrize("other", ["promotion", "content", "order"])
def test_a_dry_run_and_what_was_not_made_of_its_file_are_not_linked(
    support: Client, tmp_path: Path, other: str
) -> None:
    """An operator's file may be enrolled in several promotions, and may be another later on."""
    promotion, file = make_promotion(), tmp_path / "list.csv"
    file.write_text("email\na@example.com\n")
    dry_run = operators_job(promotion, file, is_dry_run=other != "order")
    if other == "content":
        file.write_text("email\nb@example.com\n")
    into = make_promotion() if other == "promotion" else promotion
    job = operators_job(into, file, is_dry_run=other == "order")
    for page in (dry_run, job):
        labels = {label for label, *_ in support.get(page_of(page)).context["facts"]}
        assert not labels & {"Tried by", "Enrolled for real by"}


def test_without_its_file_a_dry_run_can_not_be_followed(support: Client) -> None:
    job = advance(make_job(is_dry_run=True), JobStatus.FINISHED, enrolled=5)
    assert page_of(job, "enroll_tried") in text(support.get(page_of(job)))
    path_of(job).unlink(missing_ok=True)
    assert page_of(job, "enroll_tried") not in text(support.get(page_of(job)))
    response = sent(support, page_of(job, "enroll_tried"))
    assert "is not kept any more" in errors(response)["__all__"][0]
    assert buttons(response) == ["Back"]
    assert "can’t be done with" in text(response)
    unfinished = make_job(is_dry_run=True)
    response = sent(support, page_of(unfinished, "enroll_tried"))
    assert "Only a dry run that came to its end" in errors(response)["__all__"][0]
