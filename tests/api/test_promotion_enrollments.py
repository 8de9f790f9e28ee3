"""``POST /services/data/vNN.0/global-promotions-management/promotion-enrollments``.

The rules themselves are tested in tests/unit and tests/services; here is what a caller of the
compatible surface sees of them.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from enrollments.models import PromotionPartyUsage
from promotions.moments import format_moment
from tests.api.conftest import COMPATIBLE, Api, codes
from tests.factories import (
    NOW,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
)


def test_the_documented_request_gives_the_documented_answer(api: Api) -> None:
    contact, promotion = make_contact(), make_promotion()
    offer = make_offer(promotion=promotion)
    response = api.enroll(
        {
            "contact": {
                "id": contact.record_id,
                "lastName": contact.last_name,
                "email": contact.email,
            },
            "promotion": {"id": promotion.record_id, "code": promotion.promotion_code},
            "enrollmentOffer": {"id": offer.record_id, "code": offer.code},
            "enrollmentEffectiveDateTime": "2027-01-01T00:00:00Z",
            "enrollmentExpirationDateTime": "2027-06-30T23:59:59Z",
        }
    )
    assert response.status_code == 201
    assert response["Content-Type"] == "application/json;charset=UTF-8"
    usage = PromotionPartyUsage.objects.get()
    assert response.json() == {
        "results": [
            {
                "contact": {
                    "id": contact.record_id,
                    "lastName": contact.last_name,
                    "email": contact.email,
                },
                "promotion": {"id": promotion.record_id, "code": promotion.promotion_code},
                "enrollmentOffer": {"id": offer.record_id, "code": offer.code},
                "promotionPartyUsageId": usage.record_id,
                "enrollmentEffectiveDateTime": "2027-01-01T00:00:00Z",
                "enrollmentExpirationDateTime": "2027-06-30T23:59:59Z",
            }
        ]
    }


def test_what_the_item_did_not_have_the_answer_has_not_but_for_the_beginning(api: Api) -> None:
    contact, promotion = make_contact(email=None), make_promotion(promotion_code=None)
    with time_machine.travel(NOW, tick=False):
        api.headers = Api().headers
        response = api.enroll(
            {
                "contact": {"lastName": contact.last_name.upper()},
                "promotion": {"id": promotion.record_id[:15]},
                "enrollmentOffer": None,
            }
        )
    assert response.json()["results"] == [
        {
            "contact": {"id": contact.record_id, "lastName": contact.last_name, "email": None},
            "promotion": {"id": promotion.record_id, "code": None},
            "promotionPartyUsageId": PromotionPartyUsage.objects.get().record_id,
            "enrollmentEffectiveDateTime": "2026-05-15T12:00:00Z",
        }
    ]


def test_an_account_is_answered_where_it_was_named(api: Api) -> None:
    account, promotion = make_account(), make_promotion()
    contact = make_contact(account=account)
    by_account, by_both, by_contact = (
        {"account": {"id": account.record_id}, "promotion": {"id": promotion.record_id}},
        {
            "account": {"id": account.record_id},
            "contact": {"id": contact.record_id},
            "promotion": {"id": promotion.record_id},
        },
        {
            "contact": {"id": contact.record_id},
            "promotion": {"id": make_promotion().record_id},
        },
    )
    results = api.enroll(by_account, by_both, by_contact).json()["results"]
    assert [sorted({"account", "contact"} & set(result)) for result in results] == [
        ["account"],
        ["account", "contact"],
        ["contact"],
    ]


def _item(**more: Any) -> dict[str, Any]:
    return {
        "contact": {"id": make_contact().record_id},
        "promotion": {"id": make_promotion().record_id},
        **more,
    }


@pytest.mark.parametrize(
    ("make", "status", "error_code", "code", "field"),
    [
        (
            lambda: _item(contact={"id": "003000000000zzzAAB"}),
            400,
            "MALFORMED_ID",
            "malformed_id",
            "contact.id",
        ),
        (
            lambda: _item(contact={"email": "nobody@example.com"}),
            404,
            "ITEM_NOT_FOUND",
            "customer_not_found",
            "contact.email",
        ),
        (
            lambda: _item(promotion={"code": "NO-SUCH"}),
            404,
            "ITEM_NOT_FOUND",
            "promotion_not_found",
            "promotion.code",
        ),
        (
            lambda: _item(enrollmentOffer={"code": "NO-SUCH"}),
            404,
            "ITEM_NOT_FOUND",
            "offer_not_found",
            "enrollmentOffer.code",
        ),
        (
            lambda: _item(promotion={"id": make_promotion(is_active=False).record_id}),
            400,
            "FIELD_INTEGRITY_EXCEPTION",
            "promotion_inactive",
            "promotion",
        ),
        (
            lambda: _item(enrollmentEffectiveDateTime="2027-01-01T00:00:00"),
            400,
            "INVALID_API_INPUT",
            "invalid_datetime",
            "enrollmentEffectiveDateTime",
        ),
        (
            lambda: _item(enrollmentOffer={"id": make_offer(is_active=False).record_id}),
            400,
            "FIELD_INTEGRITY_EXCEPTION",
            "offer_inactive",
            "enrollmentOffer",
        ),
        (
            lambda: _item(shop="Berlin"),
            400,
            "INVALID_API_INPUT",
            "unknown_property",
            "shop",
        ),
    ],
)
def test_a_refusal_is_a_list_with_code_message_and_field(
    api: Api, make: Any, status: int, error_code: str, code: str, field: str
) -> None:
    response = api.enroll(make())
    assert response.status_code == status
    [error] = response.json()
    assert error["message"]
    assert (error["errorCode"], error["code"]) == (error_code, code)
    assert error["fields"] == [f"inputParameters[0].{field}"]
    assert not PromotionPartyUsage.objects.exists()


def test_who_is_enrolled_already_is_answered_with_the_existing_record(api: Api) -> None:
    contact, promotion = make_contact(), make_promotion()
    usage = enroll_contact(contact, promotion)
    response = api.enroll(
        {"contact": {"id": contact.record_id}, "promotion": {"id": promotion.record_id}}
    )
    assert response.status_code == 409
    [error] = response.json()
    assert error["errorCode"] == "DUPLICATE_VALUE"
    assert error["promotionPartyUsageId"] == usage.record_id


def test_an_ambiguous_customer_is_answered_with_their_number_and_never_who(api: Api) -> None:
    first, second = make_contact(last_name="Meyer"), make_contact(last_name="MEYER")
    response = api.enroll(_item(contact={"lastName": "meyer"}))
    assert response.status_code == 400
    [error] = response.json()
    assert (error["errorCode"], error["matches"]) == ("DUPLICATES_DETECTED", 2)
    for contact in (first, second):
        assert contact.record_id not in response.content.decode()
        assert str(contact.email) not in response.content.decode()


def test_every_bad_item_is_reported_at_once_and_nothing_is_written(api: Api) -> None:
    response = api.enroll(
        _item(contact={"email": "nobody@example.com"}),
        _item(),
        "not an item",
        _item(enrollmentExpirationDateTime="2020-01-01T00:00:00Z"),
    )
    assert response.status_code == 400
    assert [(e["code"], e["fields"]) for e in response.json()] == [
        ("customer_not_found", ["inputParameters[0].contact.email"]),
        ("invalid_type", ["inputParameters[2]"]),
        ("period_reversed", ["inputParameters[3].enrollmentExpirationDateTime"]),
    ]
    assert not PromotionPartyUsage.objects.exists()


def test_bad_items_of_one_status_give_it_to_the_whole(api: Api) -> None:
    response = api.enroll(
        _item(contact={"email": "nobody@example.com"}), _item(promotion={"code": "NO-SUCH"})
    )
    assert response.status_code == 404


def test_without_all_or_none_the_good_items_are_enrolled(api: Api) -> None:
    good = _item()
    response = api.enroll(_item(promotion={"code": "NO-SUCH"}), good, good, allOrNone=False)
    assert response.status_code == 201
    bad, enrolled, duplicate = response.json()["results"]
    usage = PromotionPartyUsage.objects.get()
    assert enrolled["promotionPartyUsageId"] == usage.record_id
    assert [e["errorCode"] for e in bad["errors"]] == ["ITEM_NOT_FOUND"]
    assert [(e["code"], e["promotionPartyUsageId"]) for e in duplicate["errors"]] == [
        ("duplicate_in_request", usage.record_id)
    ]


def test_without_all_or_none_and_without_a_good_item_the_status_is_400(api: Api) -> None:
    response = api.enroll(_item(promotion={"code": "NO-SUCH"}), allOrNone=False)
    assert response.status_code == 400
    assert [e["code"] for e in response.json()["results"][0]["errors"]] == ["promotion_not_found"]


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b'{"inputParameters": NaN}', 400, "malformed_json"),
        (b'{"inputParameters": [{"contact": {"email": "\\ud800"}}]}', 400, "malformed_json"),
        (b"[" * 100_000, 400, "malformed_json"),
        (b"[]", 400, "invalid_type"),
        (b"null", 400, "invalid_type"),
        (b"{}", 400, "empty_request"),
        (b'{"inputParameters": []}', 400, "empty_request"),
        (b'{"inputParameters": {}}', 400, "invalid_type"),
        (b'{"inputParameters": [' + b"1," * 200 + b"1]}", 400, "too_many_items"),
        (b'{"inputParameters": [1], "allOrNone": 1}', 400, "invalid_type"),
        (b'{"inputParameters": [1], "AllOrNone": true}', 400, "unknown_property"),
        (b" " * (5 * 1024 * 1024 + 1), 413, "payload_too_large"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else None,
)
def test_bodies_that_are_none(api: Api, raw: bytes, status: int, code: str) -> None:
    response = api.post(COMPATIBLE, raw=raw)
    assert response.status_code == status
    assert codes(response) == [code]


def test_a_body_that_is_not_json_by_its_header(api: Api) -> None:
    response = api.post(COMPATIBLE, raw="a=b", Content_Type="application/x-www-form-urlencoded")
    assert response.status_code == 415
    assert response.json()[0]["errorCode"] == "UNSUPPORTED_MEDIA_TYPE"


def test_json_with_a_charset_is_json(api: Api) -> None:
    response = api.post(COMPATIBLE, raw=b"{}", Content_Type="application/json; charset=UTF-8")
    assert codes(response) == ["empty_request"]


@pytest.mark.parametrize("version", ["v20.0", "v67.0", "v68.0"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_versions_from_20_to_68_with_and_without_a_slash(
    api: Api, version: str, slash: str
) -> None:
    path = COMPATIBLE.replace("v67.0", version) + slash
    assert api.enroll(_item(), path=path).status_code == 201


@pytest.mark.parametrize("version", ["v19.0", "v69.0", "v67.1", "v067.0", "67.0"])
def test_other_versions_are_not_found(api: Api, version: str) -> None:
    response = api.enroll(_item(), path=COMPATIBLE.replace("v67.0", version))
    assert response.status_code == 404
    assert response.json()[0]["errorCode"] == "NOT_FOUND"


def test_other_methods_are_not_allowed(api: Api) -> None:
    response = api.get(COMPATIBLE)
    assert response.status_code == 405
    assert response.json()[0]["errorCode"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "Bearer \xe4", "nonsense"],
)
def test_a_missing_or_wrong_token_is_401(api: Api, header: str | None) -> None:
    api.headers = {} if header is None else {"Authorization": header}
    response = api.enroll(_item())
    assert response.status_code == 401
    assert [set(e) >= {"message", "errorCode"} for e in response.json()] == [True]
    assert response.json()[0]["errorCode"] == "INVALID_SESSION_ID"
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_is_401(api: Api) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2, seconds=1)):
        response = api.enroll(_item())
    assert response.status_code == 401
    assert response.json()[0]["errorCode"] == "INVALID_SESSION_ID"


def test_the_other_scheme_of_existing_clients_works(api: Api) -> None:
    api.headers = {"Authorization": api.headers["Authorization"].replace("Bearer", "OAuth")}
    assert api.enroll(_item()).status_code == 201


@pytest.mark.django_db
def test_a_token_without_the_scope_is_403() -> None:
    response = Api(["enrollments:read", "promotions:write"]).enroll(_item())
    assert response.status_code == 403
    assert response.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS"


def test_two_hundred_customers_in_one_request(api: Api) -> None:
    promotion = make_promotion()
    contacts = [make_contact() for _ in range(200)]
    response = api.enroll(
        *(
            {"contact": {"email": c.email}, "promotion": {"code": promotion.promotion_code}}
            for c in contacts
        )
    )
    assert response.status_code == 201
    assert [r["contact"]["id"] for r in response.json()["results"]] == [
        c.record_id for c in contacts
    ]


def test_the_answer_has_the_stored_moments(api: Api) -> None:
    result = api.enroll(_item(enrollmentExpirationDateTime="2199-01-01T02:00:00.5+02:00")).json()
    usage = PromotionPartyUsage.objects.get()
    [answer] = result["results"]
    assert answer["enrollmentExpirationDateTime"] == "2199-01-01T00:00:00.500000Z"
    assert answer["enrollmentEffectiveDateTime"] == format_moment(
        usage.enrollment_effective_date_time
    )
