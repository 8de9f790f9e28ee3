"""Enrolling audiences in the admin: the list, the upload, a job's page, stopping and going on."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from enrollments.admin import audience_page
from enrollments.admin.audience_progress import (
    Seen,
    progress_in_words,
    speed_in_words,
    whole_percent,
)
from enrollments.admin.audience_upload import COLUMNS_IN_WORDS
from enrollments.models import (
    EnrollmentJob,
    EnrollmentJobPartition,
    EnrollmentJobRefusal,
    JobStatus,
    PromotionPartyUsage,
    PromotionPartyUsageHistory,
)
from enrollments.services import jobs
from enrollments.services.job_files import path_of
from enrollments.wire import COLUMNS
from promotions.services.recycle_bin import delete_promotion
from tests.admin.conftest import staff, user_of
from tests.admin.pages import admin_url, errors, form_data, sent, text
from tests.audiences import csv_of, kept_files, make_job, operators_job
from tests.commands.running import output_of
from tests.factories import LONG_AGO, NOW, actor, make_contact, make_promotion

LIST = "/admin/enrollments/enrollmentjob/"
UPLOAD = f"{LIST}enroll/"
MB = 1024 * 1024


def page_of(job: EnrollmentJob, page: str = "change") -> str:
    return admin_url("enrollments_enrollmentjob", page, job.pk)


def numbers(response: Any) -> list[str]:
    return [job.name for job in response.context["cl"].result_list]


def messages(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def file_of(content: bytes | str, name: str = "may.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def upload(client: Client, **values: Any) -> Any:
    """Fills in the form and sends it."""
    data = {"promotion": make_promotion().pk, "file": file_of("email\na@example.com\n"), **values}
    return sent(client, UPLOAD, **data)


def advance(
    job: EnrollmentJob, status: JobStatus = JobStatus.RUNNING, **partition: int
) -> EnrollmentJob:
    """The job as one that is being run has it, or one that came so far."""
    job.status = status
    job.started_date = LONG_AGO
    if status in (JobStatus.FINISHED, JobStatus.FAILED):
        job.finished_date = LONG_AGO + timedelta(minutes=3)
    if status == JobStatus.FAILED:
        job.failure = "The compressed file breaks off behind line 7. Send it again, whole."
    job.save()
    partition.setdefault("rows_done", partition.get("enrolled", 0) + partition.get("refused", 0))
    EnrollmentJobPartition.objects.filter(job=job).update(**partition)
    return EnrollmentJob.objects.with_progress().get(pk=job.pk)


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


# --- Uploading ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_file_is_uploaded_worked_off_and_told_of(support: Client) -> None:
    promotion, contact = make_promotion(), make_contact(email="anna@example.com")
    rows = csv_of("email", ["anna@example.com", "ANNA@example.com", "nobody@example.com"])
    form = support.get(f"{UPLOAD}?promotion={promotion.pk}")
    data = {**form_data(text(form)), "file": file_of(rows), "reason": "The list of May"}
    assert data["promotion"] == str(promotion.pk)
    response = support.post(UPLOAD, data)
    job = EnrollmentJob.objects.get()
    assert response.headers["Location"] == page_of(job)
    assert messages(response) == [
        "may.csv has arrived. Its customers are enrolled in the background."
    ]
    assert (job.file_name, job.sessions, job.is_dry_run) == ("may.csv", 1, False)
    assert (job.reason, job.source, job.created_by) == (
        "The list of May",
        "admin",
        user_of(support),
    )
    assert path_of(job).read_text() == rows
    page = text(support.get(page_of(job)))
    assert "queued" in page
    assert "as soon as the audiences before it are done" in page

    output_of("run_enrollment_jobs", "--once")

    page = text(support.get(page_of(job)))
    for said in ("finished", "3 rows, 100&nbsp;%", "already_enrolled", "customer_not_found"):
        assert said in page
    usage = PromotionPartyUsage.objects.get()
    assert (usage.contact, usage.created_by) == (contact, user_of(support))
    history = PromotionPartyUsageHistory.objects.get()
    assert (history.reason, history.source) == ("The list of May", "admin")


def test_everything_the_form_says_goes_into_the_job(support: Client) -> None:
    item = gzip.compress(b'{"contact": {"email": "a@example.com"}}')
    upload(support, file=file_of(item, "may.ndjson.gz"), sessions="3", reason=" ")
    job = EnrollmentJob.objects.get()
    assert (job.format, job.is_compressed, job.sessions) == ("ndjson", True, 3)
    assert job.reason is None
    upload(support, sessions="3", is_dry_run="on")
    tried = EnrollmentJob.objects.latest("pk")
    assert (tried.is_dry_run, tried.sessions) == (True, 1)


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"file": None}, "file", "Choose a file."),
        ({"file": ""}, "file", "Choose a file."),
        ({"file": file_of("")}, "file", "The file is empty."),
        ({"file": file_of("\n\n")}, "file", "The file is empty."),
        ({"file": file_of("email\n\n")}, "file", "The file has a header and no rows."),
        ({"file": file_of(b"PK\x03\x04 a workbook")}, "file", "Save the list as “CSV UTF-8”"),
        ({"file": file_of(b"\x1f\x8bnonsense")}, "file", "no whole gzip file"),
        ({"file": [file_of("email\na\n")] * 2}, "file", "Send one file at a time."),
        ({"promotion": ""}, "promotion", "required"),
        ({"promotion": "4711"}, "promotion", "valid choice"),
        ({"promotion": "abc"}, "promotion", "valid choice"),
        ({"sessions": "9"}, "sessions", "less than or equal to 8"),
        ({"sessions": ""}, "sessions", "required"),
        ({"reason": "x" * 5000}, "reason", "at most"),
        ({"reason": "a\x00b"}, "reason", "Null characters"),
    ],
)
def test_what_is_refused_is_said_at_its_field_and_nothing_is_kept(
    support: Client, values: dict[str, Any], field: str, says: str
) -> None:
    for file in values.values():
        for one in file if isinstance(file, list) else [file]:
            if isinstance(one, SimpleUploadedFile):
                one.seek(0)
    before = kept_files()
    response = upload(support, **values)
    assert response.status_code == 200
    assert says in " ".join(errors(response)[field])
    assert set(errors(response)) == {field}
    assert kept_files() == before
    assert not EnrollmentJob.objects.exists()


def test_columns_that_are_not_known_are_named_once(support: Client) -> None:
    response = upload(support, file=file_of("mail,reason,email\na,b,c\n"), reason="why")
    mail, reason = errors(response)["file"]
    assert mail.startswith("“mail”: There is no such column. Is it “email”? Known are contactId,")
    assert reason.startswith("“reason”: There is no such column; known are contactId,")
    assert set(errors(response)) == {"file"}
    # What else was filled in is still there.
    assert form_data(text(response))["reason"] == "why"


def test_too_large_a_file_is_refused_at_the_file(support: Client, settings: Any) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    before = kept_files()
    # The largest file that may come, and one byte more.
    response = upload(support, file=file_of(b"x" * (MB + 1)), reason="why")
    assert errors(response)["file"] == ["A file has at most 1 MB. Split it, or compress it (gzip)."]
    page = text(response)
    assert form_data(page)["reason"] == "why"
    assert f'data-most-bytes="{MB}"' in page
    assert kept_files() == before
    assert upload(support, file=file_of(b"email\n" + b"x" * (MB - 6))).status_code == 302


def test_a_form_that_breaks_off_is_no_audience(support: Client) -> None:
    before = kept_files()
    fields = {"promotion": make_promotion().pk, "sessions": 1, "file": file_of("email\na\n" * 99)}
    whole = encode_multipart(BOUNDARY, fields)
    response = support.generic("POST", UPLOAD, whole[: len(whole) // 2], MULTIPART_CONTENT)
    assert errors(response)["file"] == ["The body broke off. Send it again."]
    assert kept_files() == before


@pytest.mark.parametrize("raw", [b"", b"nonsense", b"--x\r\n\r\n"])
@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=x", "text/csv", "x"]
)
def test_a_form_that_is_none_is_no_failure(support: Client, raw: bytes, kind: str) -> None:
    assert support.generic("POST", UPLOAD, raw, kind).status_code in (200, 400)


def test_the_upload_is_protected_against_forgery(support: Client) -> None:
    before = kept_files()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = support.cookies
    data = {"promotion": make_promotion().pk, "sessions": 1, "file": file_of("email\na\n")}
    assert strict.post(UPLOAD, data).status_code == 403
    assert kept_files() == before
    page = text(strict.get(UPLOAD))
    data["file"] = file_of("email\na\n")
    token = form_data(page)["csrfmiddlewaretoken"]
    assert strict.post(UPLOAD, {"csrfmiddlewaretoken": token, **data}).status_code == 302


def test_a_promotion_that_is_gone_meanwhile_is_refused_at_the_promotion(
    support: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*args: Any, **kwargs: Any) -> None:
        raise jobs._no_promotion()

    monkeypatch.setattr("enrollments.admin.audience_upload.create_job", gone)
    assert errors(upload(support)) == {
        "promotion": ["No such promotion. Check the id or the code."]
    }


# --- A job's page ---------------------------------------------------------------------------------


def progress_of(client: Client, job: EnrollmentJob, **query: Any) -> str:
    return text(client.get(page_of(job, "progress"), query))


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
    assert "300 of about 1,200 rows, 24&nbsp;%" in part
    assert 'data-status="running"' in part
    assert "None so far." in part


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (JobStatus.STOPPED, "It can go on where it stopped."),
        (JobStatus.FAILED, "breaks off behind line 7"),
        (JobStatus.FINISHED, "1,000 rows, 100&nbsp;%"),
    ],
)
def test_the_page_of_a_job_that_is_not_at_work_stays(
    support: Client, status: JobStatus, said: str
) -> None:
    job = advance(make_job(), status, enrolled=1000)
    page = text(support.get(page_of(job)))
    assert said in page
    assert "audience_progress.js" not in page
    assert f'data-status="{status}"' in progress_of(support, job)


def test_a_dry_run_says_what_would_be(support: Client) -> None:
    job = advance(make_job(is_dry_run=True), JobStatus.FINISHED, enrolled=5, refused=2)
    page = text(support.get(page_of(job)))
    for said in ("dry run", "Would be enrolled", "Would be refused", "Yes: nobody is enrolled"):
        assert said in page


def test_a_dry_run_in_the_list_counts_nobody_as_enrolled(support: Client) -> None:
    advance(make_job(is_dry_run=True), JobStatus.FINISHED, enrolled=5, refused=2)
    page = text(support.get(LIST))
    assert "5 would be" in page
    assert "2 would be" in page


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
    assert PromotionPartyUsage.objects.get().promotion == dry_run.promotion
    for page in (job, dry_run):
        assert "Enroll for real" not in text(support.get(page_of(page)))
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
    assert "Two pairs of shoes?" not in text(support.get(page_of(dry_run, "stop")))


def test_without_its_file_a_dry_run_can_not_be_followed(support: Client) -> None:
    job = advance(make_job(is_dry_run=True), JobStatus.FINISHED)
    path_of(job).unlink(missing_ok=True)
    response = sent(support, page_of(job, "enroll_tried"))
    assert "is not kept any more" in errors(response)["__all__"][0]
    unfinished = make_job(is_dry_run=True)
    response = sent(support, page_of(unfinished, "enroll_tried"))
    assert "Only a dry run that came to its end" in errors(response)["__all__"][0]


def test_a_sample_file_can_be_sent_as_it_is(support: Client, nobody: Client) -> None:
    assert nobody.get(f"{LIST}sample.csv").status_code == 403
    sample = support.get(f"{LIST}sample.csv")
    assert "audience-sample.csv" in sample.headers["Content-Disposition"]
    assert upload(support, file=file_of(sample.content)).status_code == 302
    assert set(COLUMNS_IN_WORDS) == set(COLUMNS)
    page = text(support.get(UPLOAD))
    for column, words in COLUMNS_IN_WORDS.items():
        assert column in page
        assert words in page


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
    page = text(support.get(page_of(job)))
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
    with django_assert_max_num_queries(8):
        assert "The first 50 of" in text(support.get(page_of(job)))
    with django_assert_max_num_queries(6):
        assert "The first 50 of" in progress_of(support, job)


def test_nobody_adds_edits_or_deletes_around_the_service(superuser: Client) -> None:
    job = make_job()
    assert superuser.get(f"{LIST}add/").status_code == 403
    assert superuser.get(f"{LIST}{job.pk}/delete/").status_code == 403
    superuser.post(page_of(job), {"status": "finished"})
    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
    assert "delete_selected" not in text(superuser.get(LIST))


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
        (1000, 0.1, "1 rows a second, about 2 hours left"),
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


# --- Stop, go on ----------------------------------------------------------------------------------


def test_a_job_is_stopped_and_goes_on(support: Client) -> None:
    job = advance(make_job())
    page = text(support.get(page_of(job)))
    assert f'href="{page_of(job, "stop")}"' in page
    assert page_of(job, "resume") not in page
    asked = support.get(page_of(job, "stop"))
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


def test_a_failed_job_is_gone_on_with(support: Client) -> None:
    job = advance(make_job(), JobStatus.FAILED)
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
    job = operators_job(make_promotion(), file)
    assert "Its file lies where" in text(support.get(page_of(job, "resume")))
    assert "Its file lies where" not in text(support.get(page_of(job, "stop")))


def test_stopping_is_protected_against_forgery(support: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = support.cookies
    assert strict.post(page_of(make_job(), "stop")).status_code == 403


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
