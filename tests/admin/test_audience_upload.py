"""Uploading an audience in the admin: what becomes a job, and what is refused at which field."""

import gzip
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from enrollments.admin.audience_upload import COLUMNS_IN_WORDS
from enrollments.models import EnrollmentJob, PromotionPartyUsage, PromotionPartyUsageHistory
from enrollments.services import jobs
from enrollments.services.job_files import path_of
from enrollments.wire import COLUMNS
from tests.admin.audiences import LIST, UPLOAD, file_of, page_of, upload
from tests.admin.conftest import user_of
from tests.admin.pages import errors, form_data, messages, text
from tests.audiences import csv_of, kept_files
from tests.commands.running import output_of
from tests.factories import make_contact, make_promotion

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


# --- What is refused ------------------------------------------------------------------------------


MB = 1024 * 1024


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
    response = upload(support, file=file_of("mail,reason,lastName\na,b,c\n"), reason="why")
    mail, reason = errors(response)["file"]
    assert mail.startswith("“mail”: There is no such column. Is it “email”? Known are contactId,")
    assert reason == "“reason”: There is no such column."
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
