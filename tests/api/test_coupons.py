"""``/api/v1/coupons``, below promotions too: one by one, in batches, and as files."""

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from promotions.models import Coupon, CouponBatch, Promotion
from promotions.services.coupon_generation import generate_coupons
from tests.api.callers import BOUND, bound_api
from tests.api.conftest import Api, codes
from tests.factories import NOW, actor, make_promotion, make_user
from tests.part_factories import make_coupon

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer  # what Client answers with

COUPONS = "/api/v1/coupons"
MANY = 20_000


def below(promotion: Promotion, what: str = "coupons") -> str:
    return f"/api/v1/promotions/{promotion.record_id}/{what}"


def found(answer: "Answer") -> list[str]:
    return [coupon["couponCode"] for coupon in answer.json()["results"]]


def send_file(api: Api, path: str, text: str | bytes, **headers: str) -> "Answer":
    data = text.encode() if isinstance(text, str) else text
    return api.post(path, raw=data, **{"Content_Type": "text/csv", **headers})


def exported(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


# --- One by one -----------------------------------------------------------------------------------


def test_a_coupon_is_made_changed_and_deleted(api: Api) -> None:
    promotion = make_promotion()
    everything = {
        "couponCode": "Sun",
        "status": "Active",
        "startDateTime": "2026-05-01T00:00:00Z",
        "endDateTime": "2026-06-01T00:00:00Z",
        "redemptionLimitAllBuyers": 5,
        "redemptionLimitPerBuyer": 2,
        "description": "For friends",
    }
    created = api.post(below(promotion), everything).json()
    assert {name: created[name] for name in everything} == everything
    assert created["promotionId"] == promotion.record_id
    path = f"{COUPONS}/{created['id']}"
    assert api.get(path).json() == created
    changed = api.patch(path, {"status": "Inactive", "redemptionLimitAllBuyers": None})
    assert changed.json()["status"] == "Inactive"
    assert api.delete(path).status_code == 204
    assert codes(api.get(path)) == ["not_found"]


def test_a_code_that_is_taken_is_refused_in_any_case(api: Api) -> None:
    make_coupon(coupon_code="Sun")
    answer = api.post(below(make_promotion()), {"couponCode": "SUN"})
    assert (answer.status_code, codes(answer)) == (409, ["duplicate_value"])
    assert answer.json()["errors"][0]["pointer"] == "couponCode"


@pytest.mark.parametrize("code", ["Straße", "STRASSE", "straße"])
def test_a_coupon_is_found_by_its_code_in_any_case(api: Api, code: str) -> None:
    coupon = make_coupon(coupon_code="Straße")
    make_coupon(coupon_code="Strasse 2")
    assert found(api.get(f"{COUPONS}?couponCode={code}")) == ["Straße"]
    assert found(api.get(f"{below(coupon.promotion)}?couponCode={code}")) == ["Straße"]
    assert found(api.get(f"{below(make_promotion())}?couponCode={code}")) == []


def test_lists_have_the_order_that_indexes_have(api: Api) -> None:
    promotion = make_promotion()
    made = [make_coupon(promotion).coupon_code for _ in range(3)]
    make_coupon()
    assert found(api.get(below(promotion))) == made[::-1]
    assert found(api.get(f"{below(promotion)}?ordering=id")) == made
    assert codes(api.get(f"{COUPONS}?ordering=couponCode")) == ["invalid_filter"]


def test_a_batchs_coupons_are_found(api: Api) -> None:
    promotion = make_promotion()
    make_coupon(promotion)
    batch = generate_coupons(
        promotion.pk, pattern="A-********", quantity=2, values={}, by=actor(), at=NOW
    )
    answer = api.get(f"{below(promotion)}?batchId={batch.record_id}")
    assert len(found(answer)) == 2


@pytest.fixture
def many(db: None) -> Promotion:
    """A promotion with many coupons, of which the database knows how many they are."""
    promotion = make_promotion()
    generate_coupons(
        promotion.pk, pattern="SUN-****-****", quantity=MANY, values={}, by=actor(), at=NOW
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE promotions_coupon")
    return promotion


def plans(call: Callable[[], Any]) -> list[str]:
    """How the database reads the coupons for a call: the plan of each statement about them."""
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with CaptureQueriesContext(connection) as captured:
        call()
    found = []
    for query in captured:
        if 'FROM "promotions_coupon"' in query["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"{explain} {query['sql']}")
                found.append("\n".join(line for *_, line in cursor.fetchall()))
    return found


@pytest.mark.postgresql
@pytest.mark.parametrize("sharing", ["read_write", "private"])
def test_a_code_is_looked_up_in_one_index_read(
    many: Promotion, settings: Settings, sharing: str
) -> None:
    settings.PROMOTION_SHARING = sharing
    api = bound_api(many, "Read")
    [code] = many.coupons.order_by("pk").values_list("coupon_code", flat=True)[100:101]
    by_code, row = plans(lambda: found(api.get(f"{COUPONS}?couponCode={code.lower()}")))
    assert "Index Scan using coupon_code_once on promotions_coupon" in by_code
    # The row that is shown is then read by its key and its code: either index has one entry.
    assert re.search(r"Index Scan using (coupon_code_once|promotions_coupon_pkey)", row)
    assert "Seq Scan on promotions_coupon " not in by_code + row


@pytest.mark.postgresql
def test_no_list_reads_all_coupons(many: Promotion, api: Api) -> None:
    for path, index in (
        (COUPONS, "promotions_coupon_pkey"),
        (below(many), "promotions_coupon_pkey|coupon_by_promotion"),
        (below(make_promotion()), "coupon_by_promotion"),
    ):
        for ordering in ("", "?ordering=id"):
            for plan in plans(partial(api.get, path + ordering)):
                assert any(name in plan for name in index.split("|")), plan
                assert "Seq Scan on promotions_coupon " not in plan
                assert "Sort" not in plan, plan


def test_no_list_sorts_coupons_on_sqlite_either(many: Promotion, api: Api) -> None:
    for path in (COUPONS, below(many), f"{COUPONS}?ordering=id&page_size=500"):
        found = plans(partial(api.get, path))
        assert found
        for plan in found:
            assert "TEMP B-TREE" not in plan, plan


# --- Batches --------------------------------------------------------------------------------------


def test_coupons_are_generated_and_their_batch_listed(api: Api) -> None:
    promotion = make_promotion()
    path = below(promotion, "coupon-batches")
    body = {"pattern": "sun-********", "quantity": 25, "status": "Active"}
    answer = api.post(path, {**body, "redemptionLimitAllBuyers": 1})
    assert answer.status_code == 201, answer.content
    batch = CouponBatch.objects.get()
    assert answer.json() == {
        "id": batch.record_id,
        "promotionId": promotion.record_id,
        "kind": "generated",
        "pattern": "SUN-********",
        "quantity": 25,
        "createdBy": "Shop",
        "createdDate": answer.json()["createdDate"],
    }
    made = promotion.coupons.filter(batch=batch, status="Active", redemption_limit_all_buyers=1)
    assert made.count() == 25
    assert api.get(path).json()["results"] == [answer.json()]
    assert api.get(below(make_promotion(), "coupon-batches")).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("required", "pattern"), ("required", "quantity")]),
        ({"pattern": "A-********", "quantity": 0}, [("invalid_value", "quantity")]),
        ({"pattern": "A-********", "quantity": "1"}, [("invalid_type", "quantity")]),
        ({"pattern": "A-********", "quantity": 10**6 + 1}, [("invalid_value", "quantity")]),
        ({"pattern": "A-*", "quantity": 1}, [("invalid_value", "pattern")]),
        ({"pattern": "A-********", "quantity": 1, "couponCode": "A"}, "couponCode"),
        ({"pattern": "A-********", "quantity": 1, "promotionId": "0c8"}, "promotionId"),
        ([], [("invalid_type", "")]),
    ],
)
def test_what_is_not_generated(api: Api, body: Any, expected: Any) -> None:
    answer = api.post(below(make_promotion(), "coupon-batches"), body)
    assert answer.status_code == 400
    if isinstance(expected, str):
        expected = [("unknown_property", expected)]
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == expected
    assert not Coupon.objects.exists()


# --- Files ----------------------------------------------------------------------------------------


def test_a_file_is_imported_and_its_bad_rows_told(api: Api) -> None:
    promotion = make_promotion()
    answer = send_file(api, below(promotion, "coupons/import"), "couponCode\nSUN\nsun\nRAIN\n")
    assert answer.status_code == 201
    assert answer.json() == {
        "batchId": CouponBatch.objects.get().record_id,
        "rows": 3,
        "created": 2,
        "refused": 1,
        "refusals": [
            {
                "line": 3,
                "couponCode": "sun",
                "code": "duplicate_value",
                "detail": "Line 2 has this code already.",
                "pointer": "couponCode",
            }
        ],
    }
    assert set(promotion.coupons.values_list("coupon_code", flat=True)) == {"SUN", "RAIN"}


@pytest.mark.parametrize(
    ("query", "text", "status", "written"),
    [
        ("?allOrNone=true", "couponCode\nA\na\n", 409, 0),
        ("?allOrNone=true", "couponCode\nA\nB\n", 201, 2),
        ("?allOrNone=false", "couponCode\nA\na\n", 201, 1),
        ("?dryRun=true", "couponCode\nA\na\n", 200, 0),
        ("?dryRun=true&allOrNone=true", "couponCode\nA\n", 200, 0),
        ("", "couponCode,status\nA,?\n", 400, 0),
        ("", "couponCode\n", 400, 0),
        ("?dryRun=1", "couponCode\nA\n", 400, 0),
        ("?dry=true", "couponCode\nA\n", 400, 0),
    ],
)
def test_what_is_written_of_a_file(
    api: Api, query: str, text: str, status: int, written: int
) -> None:
    answer = send_file(api, below(make_promotion(), "coupons/import") + query, text)
    assert (answer.status_code, Coupon.objects.count()) == (status, written)


def test_where_none_is_good_each_row_is_an_error(api: Api) -> None:
    answer = send_file(
        api, below(make_promotion(), "coupons/import"), "couponCode,status\nA,?\n,Active\n"
    )
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["rows"], body["refused"]) == (2, 2)
    assert [(e["code"], e["pointer"]) for e in body["errors"]] == [
        ("invalid_value", "lines[2].status"),
        ("required", "lines[3].couponCode"),
    ]


def test_no_more_than_a_thousand_bad_rows_are_told(api: Api) -> None:
    text = "couponCode\n" + "A\n" * 1_500
    body = send_file(api, below(make_promotion(), "coupons/import"), text).json()
    assert (body["refused"], len(body["refusals"])) == (1_499, 1_000)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Content_Type": "application/json"}, "unsupported_media_type"),
        ({"Content_Type": "text/csv; charset=latin-1"}, "unsupported_media_type"),
        ({"Content_Encoding": "gzip"}, "unsupported_media_type"),
    ],
)
def test_what_is_no_csv_in_utf8_is_not_taken(api: Api, headers: dict[str, str], code: str) -> None:
    path = below(make_promotion(), "coupons/import")
    answer = send_file(api, path, "couponCode\nA\n", **headers)
    assert (answer.status_code, codes(answer)) == (415, [code])


@pytest.mark.parametrize("media_type", ["text/csv; charset=utf-8", 'TEXT/CSV; charset="UTF-8"'])
def test_the_encoding_may_be_said(api: Api, media_type: str) -> None:
    path = below(make_promotion(), "coupons/import")
    assert send_file(api, path, "couponCode\nÄ\n", Content_Type=media_type).status_code == 201


def test_a_file_sent_again_with_its_key_is_imported_once(api: Api) -> None:
    path = below(make_promotion(), "coupons/import")
    first, again = (
        send_file(api, path, "couponCode\nA\n", Idempotency_Key="one") for _ in range(2)
    )
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert first.status_code == 201
    assert CouponBatch.objects.count() == 1


def test_a_promotions_coupons_are_exported(api: Api) -> None:
    promotion = make_promotion()
    coupon = make_coupon(promotion, coupon_code="=Sun")
    make_coupon()
    answer = api.get(below(promotion, "coupons/export"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="coupons-{promotion.record_id}.csv"'
    )
    header, row = exported(answer).splitlines()
    assert header.split(",")[:2] == ["couponCode", "status"]
    assert row == f"'=Sun,Active,,,,,,0,2020-01-01T00:00:00Z,{coupon.record_id}"
    assert codes(api.get(below(promotion, "coupons/export?status=Active"))) == ["invalid_filter"]


# --- Who may --------------------------------------------------------------------------------------


def doors(api: Api, promotion: Promotion) -> dict[str, "Answer"]:
    """The answers of all doors that lead to the coupons of a promotion."""
    return {
        "list": api.get(below(promotion)),
        "batches": api.get(below(promotion, "coupon-batches")),
        "export": api.get(below(promotion, "coupons/export")),
        "create": api.post(below(promotion), {"couponCode": "NEW"}),
        "generate": api.post(
            below(promotion, "coupon-batches"), {"pattern": "NEW-********", "quantity": 1}
        ),
        "import": send_file(api, below(promotion, "coupons/import"), "couponCode\nNEW2\n"),
        "trial": send_file(api, below(promotion, "coupons/import?dryRun=true"), "couponCode\nX\n"),
    }


READS = {"list", "batches", "export"}


@pytest.mark.parametrize("level", [None, "Read", "Edit"])
def test_what_one_may_do_follows_from_the_share(
    db: None, settings: Settings, level: str | None
) -> None:
    settings.PROMOTION_SHARING = "private"
    promotion = make_promotion(by=actor(user=make_user()))
    api = bound_api(promotion, level)
    statuses = {door: answer.status_code for door, answer in doors(api, promotion).items()}
    for door, status in statuses.items():
        if level is None:
            assert status == 404, door
        elif level == "Read" and door not in READS:
            assert status == 403, door
        else:
            assert status in (200, 201), door
    assert Coupon.objects.count() == (3 if level == "Edit" else 0)


def test_a_coupon_out_of_sight_does_not_exist(db: None, settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    owner = actor(user=make_user())
    coupon = make_coupon(make_promotion(by=owner), by=owner, coupon_code="SUN")
    api = bound_api()
    assert found(api.get(COUPONS)) == []
    assert found(api.get(f"{COUPONS}?couponCode=sun")) == []
    unknown = "0c8000000zzzzzz"
    for name in (coupon.promotion.record_id, unknown):
        assert found(api.get(f"{COUPONS}?promotionId={name}")) == []
    for answer in (
        api.get(f"{COUPONS}/{coupon.record_id}"),
        api.patch(f"{COUPONS}/{coupon.record_id}", {"status": "Inactive"}),
        api.delete(f"{COUPONS}/{coupon.record_id}"),
    ):
        assert (answer.status_code, codes(answer)) == (404, ["not_found"])
    assert found(Api([*BOUND, "promotions:all"], name="All").get(COUPONS)) == ["SUN"]


@pytest.mark.parametrize("scope", ["promotions:read", "promotions:write"])
def test_the_tokens_scope_says_whether_it_may_read_or_write(db: None, scope: str) -> None:
    statuses = {
        door: answer.status_code for door, answer in doors(Api([scope]), make_promotion()).items()
    }
    for door, status in statuses.items():
        is_allowed = (door in READS) == (scope == "promotions:read")
        assert (status < 400) == is_allowed, door
        assert is_allowed or status == 403
