"""``/api/v1/enrollments``."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollments.models import PromotionPartyUsage
from enrollments.services.enrollments import withdraw
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from tests.api.conftest import Api, codes
from tests.factories import (
    NOW,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
)

PATH = "/api/v1/enrollments"
LATER = "2199-01-01T00:00:00Z"


def _item() -> dict[str, Any]:
    return {
        "contact": {"id": make_contact().record_id},
        "promotion": {"id": make_promotion().record_id},
    }


# --- Create


def test_enrolling_answers_with_the_enrollment(api: Api) -> None:
    account = make_account()
    contact, promotion, offer = make_contact(account=account), make_promotion(), make_offer()
    with time_machine.travel(NOW, tick=False):
        response = Api(name="Till").post(
            PATH,
            {
                "account": {"id": account.record_id},
                "contact": {"email": str(contact.email).upper()},
                "promotion": {"code": str(promotion.promotion_code).lower()},
                "enrollmentOffer": {"code": offer.code},
                "enrollmentExpirationDateTime": "2026-06-01T00:00:00+02:00",
            },
        )
    assert response.status_code == 201
    usage = PromotionPartyUsage.objects.get()
    assert response["Location"].endswith(f"{PATH}/{usage.record_id}")
    assert response["ETag"] == '"1"'
    assert response.json() == {
        "id": usage.record_id,
        "name": usage.name,
        "promotionId": promotion.record_id,
        "promotionCode": promotion.promotion_code,
        "type": "Contact",
        "accountId": account.record_id,
        "contactId": contact.record_id,
        "enrollmentOfferId": offer.record_id,
        "status": "active",
        "isPartyEnrolled": True,
        "enrollmentEffectiveDateTime": "2026-05-15T12:00:00Z",
        "enrollmentExpirationDateTime": "2026-05-31T22:00:00Z",
        "withdrawnDate": None,
        "withdrawnBy": None,
        "withdrawalReason": None,
        "usageCount": 0,
        "createdDate": "2026-05-15T12:00:00Z",
        "lastModifiedDate": "2026-05-15T12:00:00Z",
    }


def test_a_refusal_is_a_problem_document(api: Api) -> None:
    response = api.post(PATH, {**_item(), "contact": {"email": "nobody@example.com"}})
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    detail = problem["errors"][0]["detail"]
    assert problem == {
        "type": "/api/errors#customer_not_found",
        "title": "No such customer",
        "status": 404,
        "detail": detail,
        "code": "customer_not_found",
        "errors": [{"code": "customer_not_found", "detail": detail, "pointer": "contact.email"}],
    }


def test_several_errors_are_listed(api: Api) -> None:
    response = api.post(PATH, {"contact": {"id": "x", "phone": "1"}, "promotion": []})
    assert response.status_code == 400
    assert response.json()["code"] == "several_errors"
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == [
        ("unknown_property", "contact.phone"),
        ("invalid_type", "promotion"),
        ("malformed_id", "contact.id"),
    ]


def test_already_enrolled_names_the_record(api: Api) -> None:
    item = _item()
    first = api.post(PATH, item).json()
    response = api.post(PATH, item)
    assert response.status_code == 409
    [error] = response.json()["errors"]
    assert (error["code"], error["promotionPartyUsageId"]) == ("already_enrolled", first["id"])


# --- Retrieve


def test_where_the_customer_stands(api: Api) -> None:
    promotion = make_promotion()
    usage = enroll_contact(make_contact(), promotion)
    path = f"{PATH}/{usage.record_id}"
    assert api.get(path).json()["status"] == "active"
    update_promotion(promotion.pk, {"is_active": False}, by=actor(), at=timezone.now())
    assert api.get(path).json()["status"] == "paused"
    delete_promotion(promotion.pk, by=actor(), at=timezone.now(), confirmed=True)
    assert api.get(path).json()["status"] == "paused"
    withdraw(usage.pk, by=actor(), at=timezone.now(), reason="asked to")
    answer = api.get(path).json()
    assert (answer["status"], answer["withdrawnBy"], answer["withdrawalReason"]) == (
        "withdrawn",
        "Tester",
        "asked to",
    )


@pytest.mark.parametrize(
    ("record_id", "status", "code"),
    [
        ("nonsense", 400, "malformed_id"),
        ("0c8000000000001", 400, "malformed_id"),
        ("0hP000000zzzzzz", 404, "not_found"),
        ("0hPzzzzzzzzzzzz", 400, "malformed_id"),
    ],
)
@pytest.mark.parametrize("action", ["", "/withdraw", "/history", "PATCH"])
def test_an_id_that_is_none(api: Api, record_id: str, status: int, code: str, action: str) -> None:
    if action == "PATCH":
        response = api.patch(f"{PATH}/{record_id}", {"reason": "x"})
    elif action == "/withdraw":
        response = api.post(f"{PATH}/{record_id}{action}", {"reason": "x"})
    else:
        response = api.get(f"{PATH}/{record_id}{action}")
    assert response.status_code == status
    assert codes(response) == [code]


# --- Withdraw


def test_withdrawing_keeps_the_record_with_who_when_and_why(api: Api) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    till = Api(name="Till 7")
    response = till.post(f"{PATH}/{usage.record_id}/withdraw", {"reason": " moved away "})
    assert response.status_code == 200
    answer = response.json()
    assert answer["id"] == usage.record_id
    assert (answer["status"], answer["isPartyEnrolled"]) == ("withdrawn", False)
    assert (answer["withdrawnBy"], answer["withdrawalReason"]) == ("Till 7", "moved away")
    again = till.post(f"{PATH}/{usage.record_id}/withdraw", {"reason": "again"})
    assert (again.status_code, codes(again)) == (409, ["not_enrolled"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "reason_required"),
        ({"reason": None}, "reason_required"),
        ({"reason": "  "}, "reason_required"),
        ({"reason": 5}, "invalid_type"),
        ({"reason": "a\u0000b"}, "invalid_value"),
        ({"reason": "x", "because": "y"}, "unknown_property"),
        ([], "invalid_type"),
    ],
)
@pytest.mark.parametrize("change", [False, True], ids=["withdraw", "change of period"])
def test_a_change_needs_a_reason(api: Api, body: Any, code: str, change: bool) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    path = f"{PATH}/{usage.record_id}"
    response = api.patch(path, body) if change else api.post(f"{path}/withdraw", body)
    assert response.status_code == 400
    assert codes(response) == [code]


# --- Change of period


def test_changing_the_period(api: Api) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    path = f"{PATH}/{usage.record_id}"
    response = api.patch(path, {"enrollmentExpirationDateTime": LATER, "reason": "a gift"})
    assert response.status_code == 200
    assert response.json()["enrollmentExpirationDateTime"] == LATER
    assert response["ETag"] == '"2"'
    cleared = api.patch(path, {"enrollmentExpirationDateTime": None, "reason": "for good"})
    assert cleared.json()["enrollmentExpirationDateTime"] is None
    begins = api.patch(path, {"enrollmentEffectiveDateTime": LATER, "reason": "later"}).json()
    assert (begins["enrollmentEffectiveDateTime"], begins["status"]) == (LATER, "scheduled")
    now = api.patch(path, {"enrollmentEffectiveDateTime": None, "reason": "now"}).json()
    assert now["status"] == "active"


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"enrollmentExpirationDateTime": "tomorrow"}, "invalid_datetime", None),
        ({"enrollmentExpirationDateTime": 5}, "invalid_type", None),
        ({"enrollmentExpirationDateTime": "2019-01-01T00:00:00Z"}, "period_reversed", None),
        (
            {
                "enrollmentEffectiveDateTime": "2020-01-01T00:00:00Z",
                "enrollmentExpirationDateTime": "2021-01-01T00:00:00Z",
            },
            "period_in_past",
            None,
        ),
        ({"enrollmentEffectiveDateTime": LATER}, "period_outside_promotion", "Effective"),
    ],
)
def test_a_period_that_is_refused(
    api: Api, body: dict[str, Any], code: str, pointer: str | None
) -> None:
    promotion = make_promotion(end_date_time=datetime(2198, 1, 1, tzinfo=UTC))
    usage = enroll_contact(make_contact(), promotion)
    response = api.patch(f"{PATH}/{usage.record_id}", {**body, "reason": "x"})
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["code"] == code
    assert error["pointer"] == f"enrollment{pointer or 'Expiration'}DateTime"
    assert PromotionPartyUsage.objects.get().version == 1


def test_a_withdrawn_enrollment_has_no_period_to_change(api: Api) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    withdraw(usage.pk, by=actor(), at=timezone.now(), reason="x")
    response = api.patch(f"{PATH}/{usage.record_id}", {"reason": "x"})
    assert (response.status_code, codes(response)) == (409, ["not_enrolled"])


@pytest.mark.parametrize("action", ["withdraw", "change"])
def test_a_stale_version_is_refused(api: Api, action: str) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    path = f"{PATH}/{usage.record_id}"

    def act(tag: str) -> Any:
        if action == "withdraw":
            return api.post(f"{path}/withdraw", {"reason": "x"}, If_Match=tag)
        body = {"reason": "x", "enrollmentExpirationDateTime": LATER}
        return api.patch(path, body, If_Match=tag)

    for tag in ('"7"', 'W/"1"', "nonsense"):
        response = act(tag)
        assert (response.status_code, codes(response)) == (412, ["version_conflict"])
    assert act('"7", "1"').status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_enrollment_is_neither_replaced_nor_deleted(api: Api, method: str) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    response = api.send(method, f"{PATH}/{usage.record_id}", {})
    assert (response.status_code, codes(response)) == (405, ["method_not_allowed"])


# --- History


def test_the_history_lists_what_happened_newest_first(api: Api) -> None:
    with time_machine.travel(NOW, tick=False):
        api = Api(name="App")
        made = api.post(PATH, _item()).json()
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        api.post(f"{PATH}/{made['id']}/withdraw", {"reason": "moved"})
    body = api.get(f"{PATH}/{made['id']}/history").json() if False else None
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        body = api.get(f"{PATH}/{made['id']}/history").json()
    assert (body["next"], body["previous"]) == (None, None)
    withdrawal = {"source": "api", "createdBy": "App", "createdDate": "2026-05-15T12:01:00Z"}
    assert body["results"][-1] == {
        "field": "created",
        "oldValue": None,
        "newValue": None,
        "reason": None,
        "source": "api",
        "createdBy": "App",
        "createdDate": "2026-05-15T12:00:00Z",
    }
    assert {
        "field": "isPartyEnrolled",
        "oldValue": "true",
        "newValue": "false",
        "reason": "moved",
        **withdrawal,
    } in body["results"]
    assert len(body["results"]) == 5


# --- List


def test_a_list_takes_a_constant_number_of_queries(api: Api) -> None:
    def count(size: int) -> int:
        for _ in range(size):
            usage = enroll_contact(make_contact(account=make_account()), make_promotion())
            withdraw(usage.pk, by=actor(), at=timezone.now(), reason="x")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            api.get(PATH)
        return len(queries)

    api.get(PATH)  # the token is remembered from here on
    assert count(1) == count(20) == 1


def _ids(api: Api, query: str) -> list[str]:
    response = api.get(f"{PATH}?{query}")
    assert response.status_code == 200, response.content
    return [usage["id"] for usage in response.json()["results"]]


def test_every_filter_finds_its_own(api: Api) -> None:
    account = make_account()
    promotion = make_promotion(promotion_code="Straße")
    offer = make_offer()
    mine = enroll_contact(
        make_contact(email="Ünal@Example.com", account=account),
        promotion,
        account_id=account.pk,
        offer_id=offer.pk,
        expiration=datetime(2199, 1, 1, tzinfo=UTC),
        at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    other = enroll_account(make_account(), make_promotion())
    withdraw(other.pk, by=actor(), at=timezone.now(), reason="x")
    for query in (
        f"promotionId={promotion.record_id}",
        f"promotionId={promotion.record_id[:15]}",
        "promotionCode=STRASSE",
        "type=Contact",
        f"accountId={account.record_id}",
        f"contactId={mine.contact.record_id}",  # type: ignore[union-attr]
        f"partyId={mine.contact.record_id}",  # type: ignore[union-attr]
        "email=ÜNAL@example.COM",
        f"enrollmentOfferId={offer.record_id}",
        "status=active",
        "isPartyEnrolled=true",
        f"name={mine.name}",
        f"name={mine.name.lower()}",
        "createdDate_before=2025-01-01T00:00:01Z",
        "lastModifiedDate_before=2025-06-01T00:00:00%2B02:00",
        "lastModifiedDate_before=2025-06-01T00:00:00+02:00",
        "enrollmentEffectiveDateTime_before=2025-06-01T00:00:00Z",
        "enrollmentExpirationDateTime_after=2199-01-01T00:00:00Z",
        f"status=active&email=ünal@example.com&promotionId={promotion.record_id}",
    ):
        assert _ids(api, query) == [mine.record_id], query
    for query in (
        "type=Account",
        f"partyId={other.account.record_id}",  # type: ignore[union-attr]
        "status=withdrawn",
        "isPartyEnrolled=false",
        "createdDate_after=2025-01-01T00:00:01Z",
        "withdrawnDate_after=2020-01-01T00:00:00Z",
    ):
        assert _ids(api, query) == [other.record_id], query
    for query in (
        "status=paused",
        "email=nobody@example.com",
        "createdDate_before=2025-01-01T00:00:00Z",
        f"partyId={account.record_id}",
    ):
        assert _ids(api, query) == [], query


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("colour=red", "colour"),
        ("status=great", "status"),
        ("status=", "status"),
        ("status=active&status=paused", "status"),
        ("promotionId=5", "promotionId"),
        ("promotionId=003000000000001", "promotionId"),
        ("partyId=0c8000000000001", "partyId"),
        ("isPartyEnrolled=1", "isPartyEnrolled"),
        ("createdDate_after=2026-01-01", "createdDate_after"),
        ("createdDate_after=2026-01-01T00:00:00", "createdDate_after"),
        ("email=%00", "email"),
        ("ordering=colour", "ordering"),
        ("page_size=0", "page_size"),
        ("page_size=501", "page_size"),
        ("page_size=ten", "page_size"),
        ("page_size=00001000000", "page_size"),
        ("page_size=1" + "9" * 5000, "page_size"),
        ("name=42", "name"),
        ("cursor=nonsense", "cursor"),
    ],
)
def test_a_filter_that_is_unknown_or_unreadable_is_refused(
    api: Api, query: str, pointer: str
) -> None:
    response = api.get(f"{PATH}?{query}")
    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == [
        ("invalid_filter", pointer)
    ]


def test_a_value_that_is_not_among_the_choices_is_told_them(api: Api) -> None:
    [error] = api.get(f"{PATH}?status=great").json()["errors"]
    assert error["detail"] == "Write one of withdrawn, expired, paused, scheduled, active."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scopes", "method", "path", "allowed"),
    [
        (["enrollments:read"], "GET", PATH, True),
        (["enrollments:write"], "GET", PATH, False),
        (["enrollments:read"], "POST", PATH, False),
        (["promotions:read", "customers:read"], "GET", PATH, False),
    ],
)
def test_scopes(scopes: list[str], method: str, path: str, allowed: bool) -> None:
    response = Api(scopes).send(method, path, {} if method == "POST" else None)
    assert (response.status_code == 403) is not allowed
    if not allowed:
        assert codes(response) == ["insufficient_scope"]


def test_a_call_without_a_token_is_a_problem_document(api: Api) -> None:
    api.headers = {}
    response = api.get(PATH)
    assert (response.status_code, codes(response)) == (401, ["unauthenticated"])
    assert response["Content-Type"] == "application/problem+json"
