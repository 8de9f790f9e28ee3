"""``/api/v1/enrollment-jobs``."""

import base64
import gzip
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from enrollments.models import EnrollmentJob, PromotionPartyUsage
from enrollments.services import jobs
from enrollments.services.job_files import path_of
from promotions import ids
from promotions.errors import refuse
from promotions.models import Promotion
from promotions.services import idempotency
from promotions.services.transactions import LostRace
from tests.api.callers import bound_api
from tests.api.conftest import Api, codes
from tests.audiences import kept_files, make_job
from tests.commands.running import output_of
from tests.factories import NOW, actor, make_contact, make_promotion

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer  # what Client answers with

V1 = "/api/v1/enrollment-jobs"
ROWS = b"email\na@example.com\n"
GZIPPED = gzip.compress(ROWS, mtime=0)  # the tests are named after it
NOBODYS = ids.encode(ids.ENROLLMENT_JOB, 99_999)
TYPO = NOBODYS.swapcase()


@pytest.fixture
def promotion(db: None) -> Promotion:
    return make_promotion(promotion_code="MAY")


def upload(
    api: Api, raw: bytes = ROWS, query: str = "promotionCode=MAY", **headers: str
) -> "Answer":
    return api.post(f"{V1}?{query}", raw=raw, **{"Content-Type": "text/csv", **headers})


def form_of(**fields: Any) -> bytes:
    """A form; a file is its name and content."""

    def as_part(value: Any) -> Any:
        if isinstance(value, list):
            return [as_part(one) for one in value]
        return SimpleUploadedFile(*value) if isinstance(value, tuple) else value

    return encode_multipart(BOUNDARY, {name: as_part(value) for name, value in fields.items()})


def upload_form(api: Api, query: str = "", **fields: Any) -> "Answer":
    return api.post(f"{V1}?{query}", raw=form_of(**fields), **{"Content-Type": MULTIPART_CONTENT})


def pointers(answer: "Answer") -> list[str]:
    return [f"{e['code']} {e['pointer']}".strip() for e in answer.json()["errors"]]


# --- Uploading ------------------------------------------------------------------------------------


def test_a_file_becomes_a_job(api: Api, promotion: Promotion) -> None:
    answer = upload(
        api,
        query=f"promotionId={promotion.record_id}&promotionCode=may&sessions=2&reason=The+list",
        Content_Disposition='attachment; filename="May list.csv"',
    )
    job = EnrollmentJob.objects.get()
    assert answer.status_code == 202
    assert answer["Location"] == f"http://testserver{V1}/{job.record_id}"
    body = answer.json()
    for date in ("createdDate", "lastModifiedDate"):
        assert body.pop(date).endswith("Z")
    assert body == {
        "id": job.record_id,
        "name": job.name,
        "promotionId": promotion.record_id,
        "promotionCode": "MAY",
        "fileName": "May list.csv",
        "fileSize": len(ROWS),
        "dryRun": False,
        "sessions": 2,
        "reason": "The list",
        "status": "queued",
        "progress": 0.0,
        "rowCount": 0,
        "enrolledCount": 0,
        "refusedCount": 0,
        "failure": None,
        "createdBy": "Shop",
        "startedDate": None,
        "finishedDate": None,
    }
    assert path_of(job).read_bytes() == ROWS
    assert (job.source, "enrollments:write" in job.scopes) == ("api", True)


@pytest.mark.parametrize(
    ("content_type", "headers", "raw", "kept"),
    [
        ("text/csv; charset=UTF-8", {}, ROWS, ("csv", False, "audience.csv")),
        ("text/csv", {"Content-Encoding": "gzip"}, GZIPPED, ("csv", True, "audience.csv.gz")),
        ("text/csv", {}, GZIPPED, ("csv", True, "audience.csv.gz")),
        ("text/csv", {}, b'{"a": 1}', ("ndjson", False, "audience.ndjson")),
        (
            "application/x-ndjson",
            {},
            b'{"contact": {"email": "a@example.com"}}',
            ("ndjson", False, "audience.ndjson"),
        ),
        (
            "application/gzip",
            {},
            gzip.compress(b'{"a": 1}', mtime=0),
            ("ndjson", True, "audience.ndjson.gz"),
        ),
    ],
)  # fmt: skip
def test_every_kind_of_file_is_taken_as_the_body(
    api: Api,
    promotion: Promotion,
    content_type: str,
    headers: dict[str, str],
    raw: bytes,
    kept: tuple[str, bool, str],
) -> None:
    answer = upload(api, raw, **{"Content-Type": content_type, **headers})
    assert answer.status_code == 202, answer.content
    job = EnrollmentJob.objects.get()
    assert (job.format, job.is_compressed, job.file_name) == kept
    assert path_of(job).read_bytes() == raw


def test_a_file_is_taken_as_a_part_of_a_form(api: Api, promotion: Promotion) -> None:
    rows = ROWS * 5_000
    answer = upload_form(
        api, promotionCode="MAY", dryRun="true", file=("list.csv", rows), reason="The list"
    )
    assert answer.status_code == 202, answer.content
    body = answer.json()
    assert (body["fileName"], body["dryRun"], body["reason"]) == ("list.csv", True, "The list")
    assert path_of(EnrollmentJob.objects.get()).read_bytes() == rows
    answer = upload_form(api, "promotionCode=MAY", file=("list.csv", ROWS))
    assert answer.status_code == 202, "the parameters may stand in the query too"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["promotion_required"]),
        ("promotionCode=NONE", ["promotion_not_found"]),
        ("promotionId=nonsense", ["malformed_id promotionId"]),
        ("promotionCode=MAY&dryRun=yes", ["invalid_value dryRun"]),
        ("promotionCode=MAY&sessions=two", ["invalid_value sessions"]),
        ("promotionCode=MAY&sessions=99", ["invalid_value sessions"]),
        ("promotionCode=MAY&promotionCode=MAY", ["invalid_value promotionCode"]),
        ("promotionCode=MAY&batch=5", ["invalid_filter batch"]),
        ("promotionCode=MAY&reason=" + "x" * 1001, ["invalid_value reason"]),
    ],
)
def test_bad_parameters_are_refused_and_no_file_is_kept(
    api: Api, promotion: Promotion, query: str, expected: list[str]
) -> None:
    before = kept_files()
    assert pointers(upload(api, query=query)) == expected
    assert pointers(upload(api, query=query, Idempotency_Key="k")) == expected
    assert not EnrollmentJob.objects.exists()
    assert kept_files() == before


FILE, EMPTY = ("a.csv", ROWS), ("a.csv", b"")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"promotionCode": "MAY"}, ["required file"]),
        ({"promotionCode": "MAY", "file": ""}, ["unknown_property file", "required file"]),
        ({"file": EMPTY}, ["empty_request"]),
        ({"file": [FILE, FILE]}, ["invalid_value file"]),
        ({"file": FILE, "list": FILE}, ["promotion_required"]),
        ({"file": FILE, "name": "x"}, ["unknown_property name"]),
        ({"file": ("a", b"phone\n1\n"), "promotionCode": "MAY"}, ["unknown_property phone"]),
    ],
)
def test_a_bad_form_is_refused_and_no_file_is_kept(
    api: Api, promotion: Promotion, fields: dict[str, Any], expected: list[str]
) -> None:
    before = kept_files()
    assert pointers(upload_form(api, **fields)) == expected
    assert kept_files() == before


def test_a_form_that_breaks_off_within_the_file_is_refused(api: Api, promotion: Promotion) -> None:
    before = kept_files()
    whole = form_of(promotionCode="MAY", file=("list.csv", ROWS * 10))
    cut = whole[: whole.rindex(b"a@example.com")]
    answer = api.post(V1, raw=cut, **{"Content-Type": MULTIPART_CONTENT})
    assert codes(answer) == ["invalid_value"]
    assert kept_files() == before


@pytest.mark.parametrize(
    ("headers", "raw", "status", "code"),
    [
        ({"Content-Type": "application/json"}, b"{}", 415, "unsupported_media_type"),
        ({"Content-Type": "text/csv; charset=latin-1"}, ROWS, 415, "unsupported_media_type"),
        ({"Content-Encoding": "br"}, ROWS, 415, "unsupported_media_type"),
        ({}, b"\n", 400, "empty_request"),
        ({}, b"email\n\n", 400, "empty_request"),
        ({}, b"phone,name\n1,2\n", 400, "unknown_property"),
        ({}, b"\x1f\x8bnonsense", 400, "invalid_value"),
        ({"Content-Type": "multipart/form-data"}, ROWS, 400, "invalid_value"),
        ({"Content-Digest": f"sha-256=:{'A' * 43}=:"}, ROWS, 400, "invalid_value"),
    ],
)
def test_what_is_no_audience_is_refused_and_not_kept(
    api: Api, promotion: Promotion, headers: dict[str, str], raw: bytes, status: int, code: str
) -> None:
    before = kept_files()
    answer = upload(api, raw, **headers)
    assert (answer.status_code, set(codes(answer))) == (status, {code})
    assert kept_files() == before


@pytest.mark.parametrize(
    "name", ["filename*=bogus''a.csv", "filename*=idna''%ff", "filename*=b; filename*0=c"]
)
def test_a_name_that_can_not_be_read_is_refused(api: Api, promotion: Promotion, name: str) -> None:
    before = kept_files()
    answer = upload(api, Content_Disposition=f"attachment; {name}")
    assert answer.status_code == 400
    assert pointers(answer) == ["invalid_value Content-Disposition"]
    assert kept_files() == before


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("filename*=utf-8''M%C3%A4rz.csv", "März.csv"),
        ("filename*=utf-7''%2B2AA-.csv", "?.csv"),  # half a character, which no text can hold
        ("filename*=utf-8''..%2F..%2Fa.csv", "a.csv"),
        ("filename*=utf-8''a%00b.csv", "ab.csv"),
        ("name=a", "audience.csv"),
        ("filename=may.gz", "may.gz"),
        ("filename=/", "audience.csv"),
    ],
)
def test_any_name_that_can_be_read_is_kept_as_text(
    api: Api, promotion: Promotion, said: str, kept: str
) -> None:
    answer = upload(api, Content_Disposition=f"attachment; {said}")
    assert (answer.status_code, answer.json()["fileName"]) == (202, kept)
    assert path_of(EnrollmentJob.objects.get()).read_bytes() == ROWS


def test_a_part_of_a_form_whose_header_can_not_be_read(api: Api, promotion: Promotion) -> None:
    raw = form_of(promotionCode="MAY", file=("a.csv", ROWS))
    for odd in (b"a*=bogus''c", b"a*=idna''%ff"):
        before = kept_files()
        answer = api.post(
            V1,
            raw=raw.replace(b'name="file"', b'name="file"; ' + odd),
            **{"Content-Type": MULTIPART_CONTENT},
        )
        assert answer.status_code == 400, odd
        assert kept_files() == before


def test_a_digest_is_compared(api: Api, promotion: Promotion) -> None:
    digest = base64.b64encode(hashlib.sha256(ROWS).digest()).decode()
    answer = upload(api, Content_Digest=f"sha-512=:AA==:, sha-256=:{digest}:")
    assert answer.status_code == 202


@pytest.mark.parametrize("form", [False, True])
def test_too_large_a_file_is_refused(
    api: Api, promotion: Promotion, settings: Any, form: bool
) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    before = kept_files()
    large = b"x" * (1024 * 1024 + 1)
    answer = (
        upload_form(api, promotionCode="MAY", file=("a", large)) if form else upload(api, large)
    )
    assert (answer.status_code, codes(answer)) == (413, ["payload_too_large"])
    assert kept_files() == before
    assert upload(api, b"email\n" + b"x" * (1024 * 1024 - 6)).status_code == 202


# --- The same request again -----------------------------------------------------------------------


@pytest.mark.parametrize("form", [False, True])
def test_with_a_key_the_same_upload_makes_one_job(
    api: Api, promotion: Promotion, form: bool
) -> None:
    def send(rows: bytes = ROWS, code: str = "MAY") -> "Answer":
        if form:
            headers: Any = {"Content-Type": MULTIPART_CONTENT, "Idempotency-Key": "k"}
            return api.post(V1, raw=form_of(promotionCode=code, file=("a", rows)), **headers)
        return upload(api, rows, query=f"promotionCode={code}", Idempotency_Key="k")

    before = kept_files()
    first, again = send(), send()
    assert first.status_code == again.status_code == 202
    assert first.content == again.content
    assert again["Location"] == first["Location"]
    for other in (send(ROWS * 2), send(code="may")):
        assert (other.status_code, codes(other)) == (422, ["idempotency_key_reused"])
    job = EnrollmentJob.objects.get()
    assert path_of(job).read_bytes() == ROWS
    assert kept_files() == {*before, path_of(job).name}


def test_an_upload_that_is_begun_anew_and_then_refused_keeps_no_file(
    api: Api, promotion: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_job, tries = jobs.create_job, []

    def first_lost_then_refused(**named: Any) -> EnrollmentJob:
        tries.append(1)
        if len(tries) == 2:
            raise refuse("promotion_not_found", "It was deleted meanwhile.", "promotionCode")
        return create_job(**named)

    answer = idempotency._answer

    def lose(*given: Any) -> Any:
        answered = answer(*given)
        if len(tries) == 1:
            raise LostRace("somebody came first")
        return answered

    monkeypatch.setattr(jobs, "create_job", first_lost_then_refused)
    monkeypatch.setattr(idempotency, "_answer", lose)
    before = kept_files()
    assert upload(api, Idempotency_Key="k").status_code == 404
    assert (len(tries), kept_files()) == (2, before)


def test_a_key_is_heeded_where_a_job_is_stopped(api: Api) -> None:
    path = f"{V1}/{make_job().record_id}/stop"
    first, again = (api.post(path, Idempotency_Key="k") for _ in range(2))
    assert first.content == again.content
    assert first.json()["status"] == "stopped"


# --- Reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "progress"), [(0, 0), (333_333.5, 0.333333), (999_999.9, 0.999999), (1_000_000, 1)]
)
def test_progress_has_six_digits_and_is_1_where_nothing_is_left(
    api: Api, position: float, progress: float
) -> None:
    job = make_job(make_promotion())
    EnrollmentJob.objects.filter(pk=job.pk).update(size=1_000_000)
    job.partitions.update(position=position)
    assert api.get(f"{V1}/{job.record_id}").json()["progress"] == progress


@pytest.mark.django_db(transaction=True)
def test_what_became_of_a_job(api: Api) -> None:
    promotion = make_promotion(promotion_code="MAY")
    rows = [make_contact().email or "" for _ in range(3)]
    job = upload(api, "\n".join(["email", *rows, rows[0], "x@example.com"]).encode()).json()
    output_of("run_enrollment_jobs", "--once")
    done = api.get(f"{V1}/{job['id']}").json()
    assert (done["status"], done["progress"], done["failure"]) == ("finished", 1, None)
    assert (done["rowCount"], done["enrolledCount"], done["refusedCount"]) == (5, 3, 2)
    assert done["createdDate"] < done["startedDate"] <= done["finishedDate"]
    answer = api.get(f"{V1}/{job['id']}/refusals")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{job["name"]}-refused.csv"'
    lines = b"".join(answer).decode().splitlines()
    assert lines[0] == "line,code,reason,pointer"
    assert [line.split(",")[:2] for line in lines[1:]] == [
        ["5", "already_enrolled"],
        ["6", "customer_not_found"],
    ]
    assert lines[2].endswith(",email")
    history = [u.history.get() for u in PromotionPartyUsage.objects.filter(promotion=promotion)]
    assert {(row.source, row.created_by.display_name) for row in history} == {("api", "Shop")}


def test_jobs_are_listed_newest_first_by_page_and_filter(api: Api) -> None:
    promotion = make_promotion()
    made = [make_job(promotion), make_job(), make_job(promotion)]
    jobs.stop_job(made[2].pk, by=actor(), at=NOW)

    def found(query: str) -> list[str]:
        return [job["id"] for job in api.get(f"{V1}?{query}").json()["results"]]

    first, second, third = (job.record_id for job in made)
    assert found("") == [third, second, first]
    assert found(f"promotionId={promotion.record_id}") == [third, first]
    assert found("status=stopped") == [third]
    assert found("ordering=createdDate") == [first, second, third]
    page = api.get(f"{V1}?page_size=2").json()
    assert [job["id"] for job in api.get(page["next"]).json()["results"]] == [first]
    assert codes(api.get(f"{V1}?status=waiting")) == ["invalid_filter"]
    assert codes(api.get(f"{V1}?file=x")) == ["invalid_filter"]


def test_a_job_is_stopped_and_resumed(api: Api) -> None:
    path = f"{V1}/{make_job().record_id}"
    for act, status in (
        ("stop", "stopped"), ("stop", "stopped"), ("resume", "queued"), ("resume", "queued"),
    ):  # fmt: skip
        answer = api.post(f"{path}/{act}")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert codes(api.post(f"{path}/stop", {"why": 1})) == ["unknown_property"]


def test_a_job_at_its_end_is_not_stopped_nor_resumed(api: Api) -> None:
    finished, failed = make_job(), make_job()
    for job, failure in ((finished, None), (failed, "The file broke off.")):
        jobs.begin(job, at=NOW)
        jobs.finish(job, failure=failure, at=NOW)
    for job, act, says in (
        (finished, "stop", "has finished already: there"),
        (finished, "resume", "has finished: no row is left."),
        (failed, "stop", "has failed already: there"),
    ):
        answer = api.post(f"{V1}/{job.record_id}/{act}")
        assert (answer.status_code, codes(answer)) == (400, ["invalid_value"])
        assert answer.json()["errors"][0]["detail"].startswith(f"{job.name} {says}")
    assert api.post(f"{V1}/{failed.record_id}/resume").json()["status"] == "queued"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"{V1}/{TYPO}", 400, "malformed_id"),
        ("GET", f"{V1}/{NOBODYS}", 404, "not_found"),
        ("GET", f"{V1}/{NOBODYS}/refusals", 404, "not_found"),
        ("POST", f"{V1}/{NOBODYS}/stop", 404, "not_found"),
        ("POST", f"{V1}/{NOBODYS}/resume", 404, "not_found"),
        ("PUT", V1, 405, "method_not_allowed"),
        ("DELETE", f"{V1}/{NOBODYS}", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there(api: Api, method: str, path: str, status: int, code: str) -> None:
    answer = api.send(method, path)
    assert (answer.status_code, codes(answer)) == (status, [code])


# --- Who may --------------------------------------------------------------------------------------


def test_scopes(promotion: Promotion) -> None:
    reader, writer = Api(["enrollments:read"]), Api(["enrollments:write"])
    path = f"{V1}/{make_job(promotion).record_id}"
    before = kept_files()
    for call in (upload(reader), reader.post(f"{path}/stop"), reader.post(f"{path}/resume")):
        assert (call.status_code, codes(call)) == (403, ["insufficient_scope"])
    for call in (writer.get(V1), writer.get(path), writer.get(f"{path}/refusals")):
        assert (call.status_code, codes(call)) == (403, ["insufficient_scope"])
    assert kept_files() == before
    assert upload(writer).status_code == 202
    assert reader.get(path).status_code == 200


def test_a_client_sees_the_jobs_of_promotions_that_it_may_see(db: None, settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    promotion = make_promotion(promotion_code="MAY")
    job = make_job(promotion)
    stranger, friend = bound_api(), bound_api(promotion, "Read")
    path = f"{V1}/{job.record_id}"
    assert stranger.get(V1).json()["results"] == []
    for call in (
        stranger.get(path),
        stranger.get(f"{path}/refusals"),
        stranger.post(f"{path}/stop"),
        stranger.post(f"{path}/resume"),
    ):
        assert (call.status_code, codes(call)) == (404, ["not_found"])
    assert codes(upload(stranger)) == ["promotion_not_found"]
    assert [one["id"] for one in friend.get(V1).json()["results"]] == [job.record_id]
    assert upload(friend).status_code == 202
