"""``/api/v1/promotions/{id}/enrollments/export``: all enrollments of a promotion, streamed."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.utils import timezone
from pytest_django import Settings

from enrollments import exporting
from enrollments.exporting import Form
from enrollments.rendering import PROPERTIES
from enrollments.services import exports
from enrollments.services.enrollments import withdraw
from promotions import streaming
from promotions.models import Promotion
from promotions.services.recycle_bin import delete_promotion
from tests.api.callers import bound_api
from tests.api.conftest import Api
from tests.factories import (
    NOW,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)

pytestmark = pytest.mark.django_db

REASONS = [
    "moved",
    'said "no", twice',
    "two\r\nlines",
    '],["',
    '},{"id":',
    "=cmd()",
    "null",
    ",null",
    "ß é 𝄞",
    "\\",
    " ",
]
"""What people write, and what could be taken for something else."""


def path(promotion: Promotion, form: str = "csv") -> str:
    return f"/api/v1/promotions/{promotion.record_id}/enrollments/export?format={form}"


def body(api: Api, promotion: Promotion, form: str) -> str:
    answer: Any = api.get(path(promotion, form))
    assert answer.status_code == 200
    assert isinstance(answer, StreamingHttpResponse)
    return b"".join(answer).decode()


@pytest.fixture
def promotion() -> Promotion:
    """With enrollments of every kind, among them some that were withdrawn for odd reasons."""
    promotion = make_promotion(promotion_code='A "B", C')
    enroll_contact(
        make_contact(),
        promotion,
        offer_id=make_offer().pk,
        expiration=NOW.replace(year=2190, microsecond=5),
    )
    enroll_account(make_account(), promotion, at=NOW)
    for reason in REASONS:
        usage = enroll_contact(make_contact(), promotion)
        someone = actor(user=make_user(first_name="O’Neill, Pat", last_name=reason[:1] + "x"))
        if reason.strip():
            withdraw(usage.pk, by=someone, at=timezone.now(), reason=reason)
    return promotion


def listed(api: Api, promotion: Promotion) -> list[dict[str, Any]]:
    found = api.get(f"/api/v1/enrollments?promotionId={promotion.record_id}&page_size=500").json()
    return sorted(found["results"], key=lambda one: str(one["name"]))


def test_a_line_of_json_is_what_the_list_says(api: Api, promotion: Promotion) -> None:
    lines = body(api, promotion, "ndjson").splitlines()
    found = [json.loads(line) for line in lines]
    assert found == listed(api, promotion)
    assert {tuple(one) for one in found} == {PROPERTIES}


@pytest.mark.parametrize("rows", ["all", "each alone"])
def test_a_row_of_csv_is_what_the_list_says(
    api: Api, promotion: Promotion, monkeypatch: pytest.MonkeyPatch, rows: str
) -> None:
    if rows == "each alone":
        monkeypatch.setattr("promotions.streaming.PART", 1)
    header, *found = csv.reader(io.StringIO(body(api, promotion, "csv"), newline=""))
    assert tuple(header) == PROPERTIES
    assert found == [[_cell(value) for value in one.values()] for one in listed(api, promotion)]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"'{text}" if text.startswith("=") else text


def test_without_enrollments_there_is_the_header_or_nothing(api: Api) -> None:
    promotion = make_promotion()
    assert body(api, promotion, "csv") == ",".join(PROPERTIES) + "\r\n"
    assert body(api, promotion, "ndjson") == ""


def test_only_the_promotions_own(api: Api, promotion: Promotion) -> None:
    enroll_contact(make_contact(), make_promotion())
    assert len(body(api, promotion, "ndjson").splitlines()) == len(REASONS) + 2


def test_those_of_a_deleted_promotion_are_still_there(api: Api, promotion: Promotion) -> None:
    delete_promotion(promotion.pk, by=actor(), at=timezone.now(), confirmed=True)
    statuses = {json.loads(line)["status"] for line in body(api, promotion, "ndjson").splitlines()}
    assert statuses == {"paused", "withdrawn"}


@pytest.mark.parametrize(
    ("query", "pointer"), [("format=xlsx", "format"), ("format=csv&status=active", "status")]
)
def test_what_it_does_not_know_is_refused(
    api: Api, promotion: Promotion, query: str, pointer: str
) -> None:
    answer = api.get(path(promotion).partition("?")[0] + "?" + query)
    assert answer.status_code == 400
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [
        ("invalid_filter", pointer)
    ]


def test_what_is_hidden_is_not_there(api: Api, promotion: Promotion, settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    assert bound_api().get(path(promotion)).status_code == 404
    assert bound_api(promotion, "Read").get(path(promotion)).status_code == 200
    assert api.get("/api/v1/promotions/nonsense/enrollments/export").status_code == 400


def test_without_the_scope_it_is_refused(promotion: Promotion) -> None:
    assert Api(["promotions:read"]).get(path(promotion)).status_code == 403


@pytest.mark.parametrize("form", Form)
def test_an_export_that_breaks_off_does_not_look_complete(
    promotion: Promotion, monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    def one_part_and_no_more(*given: object) -> Iterator[list[Any]]:
        yield next(read(*given))  # type: ignore[arg-type]
        raise OSError("the cable")

    read = streaming.read_in_parts
    monkeypatch.setattr(exports, "read_in_parts", one_part_and_no_more)
    parts = exports.export_enrollments(promotion.pk, form, by=actor(), at=NOW)
    seen: list[bytes] = []
    with pytest.raises(OSError, match="the cable"):
        seen.extend(part for part, _ in parts)
    assert seen[-1] == exporting.break_off(form)
