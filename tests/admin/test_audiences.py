"""The admin's list of audiences, and who may see them and enroll them."""

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from enrollments.models import JobStatus
from promotions.services.recycle_bin import delete_promotion
from tests.admin.audiences import LIST, UPLOAD, advance, file_of, page_of, upload
from tests.admin.conftest import staff, user_of
from tests.admin.pages import admin_url, errors, numbers, text
from tests.audiences import csv_of, kept_files, make_job
from tests.factories import actor, make_promotion

# --- The list -------------------------------------------------------------------------------------


def test_the_list_shows_how_far_each_audience_is(support: Client) -> None:
    promotion = make_promotion(name="Spring sale")
    done = make_job(promotion, csv_of("email", ["x@example.com"] * 100), is_dry_run=True)
    advance(done, JobStatus.FINISHED, enrolled=90, refused=10)
    at_work = make_job(promotion, csv_of("email", ["x@example.com"] * 100))
    advance(at_work, enrolled=40, refused=10, position=at_work.size // 2)
    page = support.get(LIST)
    assert numbers(page) == [at_work.name, done.name]
    html = text(page)
    assert "50 of about 100, 50&nbsp;%" in html
    assert "100, 100&nbsp;%" in html
    assert '<progress aria-label="Progress" value="50" max="100">' in html
    for said in ("Spring sale", "audience.csv", "running", "finished", "dry run", "Tester"):
        assert said in html
    assert f'href="{page_of(done)}' in html


def test_the_list_is_narrowed_by_status_promotion_and_search(support: Client) -> None:
    spring = make_promotion(name="Spring sale", promotion_code="S-26")
    first, second = make_job(spring), make_job()
    advance(second)
    assert numbers(support.get(LIST, {"status": "queued"})) == [first.name]
    assert numbers(support.get(LIST, {"status": "nonsense"})) == []
    assert numbers(support.get(LIST, {"promotion__id__exact": spring.pk})) == [first.name]
    for query in ("SPRING", "sale spring", "s-26", first.name, first.name.lower(), first.record_id):
        assert numbers(support.get(LIST, {"q": query})) == [first.name], query
    assert numbers(support.get(LIST, {"q": "autumn"})) == []
    assert "Nothing found." in text(support.get(LIST, {"q": "autumn"}))


def test_an_empty_list_says_what_to_do(support: Client, marketer: Client) -> None:
    page = text(support.get(LIST))
    assert "No audience has been enrolled yet" in page
    assert "Take a CSV file" in page
    assert page.count(f'href="{UPLOAD}"') >= 2
    page = text(marketer.get(LIST))
    assert "Whoever may enroll customers" in page
    assert UPLOAD not in page


def test_the_list_takes_as_many_statements_for_ten_as_for_one(
    support: Client, django_assert_max_num_queries: Any
) -> None:
    promotion = make_promotion()
    for _ in range(10):
        make_job(promotion, sessions=3)
    with django_assert_max_num_queries(7):
        assert len(numbers(support.get(LIST))) == 10


def test_the_sidebar_and_the_promotion_lead_there(
    support: Client, marketer: Client, nobody: Client
) -> None:
    promotion = make_promotion()
    assert f'href="{LIST}"' in text(marketer.get("/admin/"))
    assert f'href="{LIST}"' not in text(nobody.get("/admin/"))
    assert f'href="{UPLOAD}"' in text(support.get("/admin/"))
    change = admin_url("promotions_promotion", "change", promotion.pk)
    page = text(support.get(change))
    assert f'href="{UPLOAD}?promotion={promotion.pk}"' in page
    assert f'href="{LIST}?promotion__id__exact={promotion.pk}"' in page
    assert f"{UPLOAD}?" not in text(marketer.get(change))


# --- Who may do what ------------------------------------------------------------------------------


def test_who_may_enroll_a_customer_may_enroll_many(
    nobody: Client,
    marketer: Client,
    lead: Client,
    auditor: Client,
    support: Client,
    superuser: Client,
) -> None:
    job = make_job()
    reading = [LIST, page_of(job), page_of(job, "progress"), page_of(job, "refusals")]
    writing = [UPLOAD, page_of(job, "stop"), page_of(job, "resume")]
    for client, reads, writes in (
        (nobody, 403, 403),
        (marketer, 200, 403),
        (lead, 200, 403),
        (auditor, 200, 403),
        (support, 200, 200),
        (superuser, 200, 200),
    ):
        assert [client.get(url).status_code for url in reading] == [reads] * len(reading)
        assert [client.get(url).status_code for url in writing] == [writes] * len(writing)
        assert (UPLOAD in text(client.get(LIST))) == (writes == 200)
        if reads == 200:
            assert (page_of(job, "stop") in text(client.get(page_of(job)))) == (writes == 200)
    before = kept_files()
    data = {"promotion": job.promotion_id, "sessions": 1, "file": file_of("email\na\n")}
    assert marketer.post(UPLOAD, data).status_code == 403
    assert marketer.post(page_of(job, "stop")).status_code == 403
    assert kept_files() == before
    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert Client().post(UPLOAD, data).headers["Location"].startswith("/admin/login/")


def test_jobs_of_promotions_that_one_may_not_see_are_not_there(
    marketer: Client, support: Client, settings: Any
) -> None:
    foreign, own = make_job(), make_job(make_promotion(by=staff(marketer)))
    settings.PROMOTION_SHARING = "private"
    assert numbers(marketer.get(LIST)) == [own.name]
    assert numbers(support.get(LIST)) == [own.name, foreign.name]
    for page in ("change", "progress", "refusals"):
        assert marketer.get(page_of(foreign, page)).status_code == 404
        assert marketer.get(page_of(own, page)).status_code == 200


def test_who_enrolls_audiences_does_so_only_in_promotions_that_they_see(
    nobody: Client, settings: Any
) -> None:
    promotion, job = make_promotion(), make_job()
    settings.PROMOTION_SHARING = "private"
    wanted = ["view_promotionpartyusage", "add_promotionpartyusage"]
    user_of(nobody).user_permissions.add(*Permission.objects.filter(codename__in=wanted))
    assert "valid choice" in errors(upload(nobody, promotion=promotion.pk))["promotion"][0]
    assert promotion.name not in text(nobody.get(f"{UPLOAD}?promotion={promotion.pk}"))
    for act in ("stop", "resume"):
        assert nobody.post(page_of(job, act)).status_code == 404
    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED


def test_the_jobs_of_a_deleted_promotion_are_still_told_of(lead: Client) -> None:
    promotion = make_promotion(name="Gone for good")
    job = make_job(promotion)
    delete_promotion(promotion.pk, by=actor(), at=timezone.now())
    page = text(lead.get(page_of(job)))
    assert "Gone for good" in page
    assert admin_url("promotions_promotion", "change", promotion.pk) not in page


def test_nobody_adds_edits_or_deletes_around_the_service(superuser: Client) -> None:
    job = make_job()
    assert superuser.get(f"{LIST}add/").status_code == 403
    assert superuser.get(f"{LIST}{job.pk}/delete/").status_code == 403
    superuser.post(page_of(job), {"status": "finished"})
    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert "delete_selected" not in text(superuser.get(LIST))
