# ruff: noqa: E501 (a row of a table is a line)
"""The plain REST surface: names, formats, changes, upserts, lists."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.contract.identifiers import PREFIXES, encode
from tests.contract.service import (
    PLAIN,
    Bad,
    Partner,
    at_path,
    bad,
    check_problem,
    instant,
    tell,
    utc,
)

NOW = utc("2026-05-15T12:00:00")
ALWAYS = {"id", "createdDate", "lastModifiedDate"}

# Promotion's fields in scope in sobjects.json, and our own about places.
PROMOTION = {
    "areQualItemsExclFromDiscounts", "currencyIsoCode", "description", "discountOrder",
    "discountRestriction", "displayName", "endDateTime", "enrollmentEndDate",
    "enrollmentStartDate", "exclusivityType", "imageUrl", "isActive",
    "isApproachingDiscountApplicable", "isAutomatic", "isCloned", "isCommercePromotion",
    "isEnrollmentRequired", "isTiered", "lastReferencedDate", "lastViewedDate",
    "maximumUsageCount", "name", "objective", "ownerId", "priorityNumber", "promotionCode",
    "qualifierCriteria", "relatedPromotionId", "startDateTime", "targetCriteria",
    "termsAndConditions", "maximumEnrollmentCount", "isPlaceFreedOnWithdrawal",
}  # fmt: skip
CURRENCY = {"currencyIsoCode"}
"""The described object has it only where an organisation has several currencies."""
RESOURCES: dict[str, set[str]] = {
    "promotions": PROMOTION - CURRENCY,
    "accounts": {"name", "externalId"},
    "contacts": {"accountId", "firstName", "lastName", "email", "phone", "externalId"},
    "offers": {"code", "name", "promotionId", "isActive"},
}


def test_all_fields_of_promotion(partner: Partner) -> None:
    promotion = partner.promotion()
    assert not PROMOTION - CURRENCY - promotion.keys()


def _made(partner: Partner) -> dict[str, dict[str, Any]]:
    promotion, account = partner.promotion(), partner.account(externalId="ext-a")
    return {
        "promotions": promotion,
        "accounts": account,
        "contacts": partner.contact(accountId=account["id"], phone="+49 30 1", externalId="ext-c"),
        "offers": partner.offer(promotionId=promotion["id"]),
    }


DEFAULTS: dict[str, Any] = {
    "areQualItemsExclFromDiscounts": False,
    "discountOrder": "MostExpensive",
    "discountRestriction": "None",
    "isActive": False,
    "isAutomatic": False,
    "isCommercePromotion": False,
    "isEnrollmentRequired": False,
    "isTiered": False,
    "qualifierCriteria": "All",
    "promotionCode": None,
    "startDateTime": None,
    "endDateTime": None,
    "enrollmentStartDate": None,
    "enrollmentEndDate": None,
    "description": None,
    "displayName": None,
    "priorityNumber": None,
    "targetCriteria": None,
}


def test_properties(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        for resource, record in _made(partner).items():
            with subtests.test(f"{resource}-names"):
                wanted = ALWAYS | RESOURCES[resource]
                assert not wanted - record.keys(), record
            with subtests.test(f"{resource}-formats"):
                assert instant(record["createdDate"]) == NOW
                assert instant(record["lastModifiedDate"]) == NOW
                assert record["id"].startswith(PREFIXES[resource])
            with subtests.test(f"{resource}-retrieved"):
                path = f"/api/v1/{resource}/{record['id']}"
                found = partner.fetch(path)
                viewed = {"lastViewedDate", "lastReferencedDate"}
                for name, value in record.items():
                    assert name in viewed or found[name] == value, name
                assert found.keys() == record.keys()
            with subtests.test(f"{resource}-listed"):
                [one] = partner.fetch(f"/api/v1/{resource}")["results"]
                assert one.keys() == record.keys()
        with subtests.test("promotion-defaults"):
            bare = partner.create("promotions", {"name": "Bare"})
            assert {name: bare[name] for name in DEFAULTS} == DEFAULTS
            # Nillable and "if left blank, the default value is 1": stored, or meant by null.
            assert bare["maximumUsageCount"] in (None, 1)
            assert bare["ownerId"][:3] in ("005", "00G")
        with subtests.test("promotion-null-is-absent"):
            nulls = partner.create(
                "promotions",
                {"name": "Nulls", **dict.fromkeys(DEFAULTS)},
            )
            assert {name: nulls[name] for name in DEFAULTS} == DEFAULTS
        with subtests.test("promotion-formats"):
            promotion = partner.promotion(
                startDateTime="2026-06-01T00:00:00+02:00",
                endDateTime="2026-06-30T18:00:00.500-05:00",
                enrollmentStartDate="2026-05-01",
                enrollmentEndDate="2026-06-30",
            )
            assert instant(promotion["startDateTime"]) == utc("2026-05-31T22:00:00")
            assert instant(promotion["endDateTime"]) == utc("2026-06-30T23:00:00.500")
            assert promotion["enrollmentStartDate"] == "2026-05-01"
            assert promotion["enrollmentEndDate"] == "2026-06-30"


# id, resource, values besides those that make a good record, the error
CREATED: list[tuple[str, str, dict[str, Any], Bad]] = [
    ("boolean-text", "promotions", {"isActive": "true"}, at_path("invalid_type", "isActive")),
    ("boolean-number", "promotions", {"isActive": 1}, at_path("invalid_type", "isActive")),
    ("text-number", "promotions", {"name": 5}, at_path("invalid_type", "name")),
    ("text-list", "promotions", {"name": ["x"]}, at_path("invalid_type", "name")),
    ("number-text", "promotions", {"priorityNumber": "5"}, at_path("invalid_type", "priorityNumber")),
    ("number-true", "promotions", {"priorityNumber": True}, at_path("invalid_type", "priorityNumber")),
    ("number-huge", "promotions", {"priorityNumber": 10**30}, at_path("invalid_value", "priorityNumber")),
    ("number-huge-negative", "promotions", {"priorityNumber": -(10**30)}, at_path("invalid_value", "priorityNumber")),
    ("number-large", "promotions", {"priorityNumber": 10**15}, at_path("invalid_value", "priorityNumber")),
    ("number-fraction", "promotions", {"priorityNumber": 1.5}, at_path(("invalid_type", "invalid_value"), "priorityNumber")),
    ("word-unknown", "promotions", {"discountOrder": "Cheapest"}, at_path("invalid_value", "discountOrder")),
    ("word-number", "promotions", {"discountOrder": 1}, at_path("invalid_type", "discountOrder")),
    ("date-time-no-offset", "promotions", {"endDateTime": "2026-06-01T00:00:00"}, at_path("invalid_datetime", "endDateTime")),
    ("date-time-number", "promotions", {"endDateTime": 5}, at_path("invalid_type", "endDateTime")),
    ("date-number", "promotions", {"enrollmentEndDate": 20260601}, at_path("invalid_type", "enrollmentEndDate")),
    ("date-wrong", "promotions", {"enrollmentEndDate": "2026-02-30"}, at_path(("invalid_value", "invalid_datetime"), "enrollmentEndDate")),
    ("unknown", "promotions", {"colour": "red"}, at_path("unknown_property", "colour")),
    ("object-name", "promotions", {"PromotionCode": "X"}, at_path("unknown_property", "PromotionCode")),
    ("owner-malformed", "promotions", {"ownerId": "x"}, at_path("malformed_id", "ownerId")),
    ("owner-number", "promotions", {"ownerId": 1}, at_path("invalid_type", "ownerId")),
    ("owner-of-wrong-kind", "promotions", {"ownerId": encode("001", 1)}, at_path("malformed_id", "ownerId")),
    ("name-absent", "promotions", {"name": ...}, at_path("required", "name")),
    ("name-null", "promotions", {"name": None}, at_path("required", "name")),
    ("code-taken", "promotions", {"promotionCode": "TAKEN"}, at_path("duplicate_value", "promotionCode")),
    ("code-taken-case", "promotions", {"promotionCode": "taken"}, at_path("duplicate_value", "promotionCode")),
    ("name-absent", "accounts", {"name": ...}, at_path("required", "name")),
    ("name-true", "accounts", {"name": True}, at_path("invalid_type", "name")),
    ("external-id-taken", "accounts", {"externalId": "taken"}, at_path("duplicate_value", "externalId")),
    ("unknown", "accounts", {"email": "x@example.com"}, at_path("unknown_property", "email")),
    ("name-absent", "contacts", {"lastName": ...}, at_path("required", "lastName")),
    ("email-number", "contacts", {"email": 5}, at_path("invalid_type", "email")),
    ("email-wrong", "contacts", {"email": "nobody"}, at_path("invalid_value", "email")),
    ("account-malformed", "contacts", {"accountId": "x"}, at_path("malformed_id", "accountId")),
    ("account-of-wrong-kind", "contacts", {"accountId": encode("003", 1)}, at_path("malformed_id", "accountId")),
    ("account-number", "contacts", {"accountId": 1}, at_path("invalid_type", "accountId")),
    ("external-id-taken", "contacts", {"externalId": "taken"}, at_path("duplicate_value", "externalId")),
    ("unknown", "contacts", {"name": "X"}, at_path("unknown_property", "name")),
    ("code-taken", "offers", {"code": "TAKEN"}, at_path("duplicate_value", "code")),
    ("code-taken-case", "offers", {"code": "Taken"}, at_path("duplicate_value", "code")),
    ("promotion-malformed", "offers", {"promotionId": "x"}, at_path("malformed_id", "promotionId")),
    ("active-text", "offers", {"isActive": "yes"}, at_path("invalid_type", "isActive")),
    ("unknown", "offers", {"Code": "X"}, at_path("unknown_property", "Code")),
]  # fmt: skip
GOOD: dict[str, dict[str, Any]] = {
    "promotions": {"name": "Good"},
    "accounts": {"name": "Good"},
    "contacts": {"lastName": "Good"},
    "offers": {"name": "Good", "code": "GOOD"},
}


def test_refused_records(partner: Partner, subtests: pytest.Subtests) -> None:
    partner.promotion(promotionCode="Taken")
    partner.account(externalId="taken")
    partner.contact(externalId="taken")
    partner.offer(code="taken")
    records = _made(partner)
    for name, resource, changes, expected in CREATED:
        with subtests.test(f"{resource}-{name}"):
            values = {**GOOD[resource], **changes}
            body = {key: value for key, value in values.items() if value is not ...}
            check_problem(partner.post(f"/api/v1/{resource}", body), expected)
        if ... in changes.values():
            continue
        with subtests.test(f"{resource}-{name}-patch"):
            path = f"/api/v1/{resource}/{records[resource]['id']}"
            check_problem(partner.patch(path, changes), expected)
    with subtests.test("several-errors"):
        answer = partner.post("/api/v1/contacts", {"lastName": 5, "email": 6, "phone": 7})
        found = {error["pointer"] for error in answer.json()["errors"]}
        assert answer.status_code == 400
        assert found == {"lastName", "email", "phone"}, tell(answer)
        assert answer.json()["code"] == "several_errors", tell(answer)
    with subtests.test("nothing-made"):
        for resource in GOOD:
            assert len(partner.listed(f"/api/v1/{resource}")) == 2, resource


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("promotions", {"promotionCode": None, "endDateTime": None, "description": "New"}),
    ("promotions", {"endDateTime": "2030-01-01T00:00:00Z", "isActive": False}),
    ("accounts", {"externalId": None}),
    ("accounts", {"name": "New"}),
    ("contacts", {"email": None, "phone": None, "firstName": None, "accountId": None}),
    ("contacts", {"email": "New@Example.com", "externalId": None}),
    ("offers", {"promotionId": None}),
    ("offers", {"isActive": False, "name": "New"}),
]


def test_patch(partner: Partner, subtests: pytest.Subtests) -> None:
    records = _made(partner)
    for resource, values in CHANGES:
        with subtests.test(f"{resource}-{'-'.join(values)}"):
            path = f"/api/v1/{resource}/{records[resource]['id']}"
            before = partner.fetch(path)
            answer = partner.patch(path, values)
            assert answer.status_code == 200, tell(answer)
            after = answer.json()
            for name, value in values.items():
                assert after[name] == value, name
            derived = {"status"} if resource == "promotions" else set()  # of our own
            moves = derived | {"lastModifiedDate", "lastViewedDate", "lastReferencedDate", *values}
            for name, value in before.items():
                assert name in moves or after[name] == value, f"{name} changed"
    with subtests.test("nothing"):
        path = f"/api/v1/accounts/{records['accounts']['id']}"
        assert partner.change(path)["name"] == "New"


def test_if_match(partner: Partner, subtests: pytest.Subtests) -> None:
    records = _made(partner)
    for resource, values in (
        ("promotions", {"description": "One"}),
        ("accounts", {"name": "One"}),
        ("contacts", {"firstName": "One"}),
        ("offers", {"name": "One"}),
        ("enrollments", {"enrollmentExpirationDateTime": "2099-01-01T00:00:00Z", "reason": "x"}),
    ):
        with subtests.test(resource):
            if resource == "enrollments":
                record = partner.enrollment(
                    {
                        "contact": {"id": records["contacts"]["id"]},
                        "promotion": {"id": records["promotions"]["id"]},
                    }
                )
            else:
                record = records[resource]
            path = f"/api/v1/{resource}/{record['id']}"
            tag = partner.get(path).headers["ETag"]
            first = partner.patch(path, values, headers={"If-Match": tag})
            assert first.status_code == 200, tell(first)
            other = dict.fromkeys(values, "2")
            if resource == "enrollments":
                other = {"enrollmentExpirationDateTime": "2098-01-01T00:00:00Z", "reason": "y"}
            stale = partner.patch(path, other, headers={"If-Match": tag})
            check_problem(stale, bad("version_conflict"))
            now = partner.get(path)
            assert all(now.json().get(name, value) == value for name, value in values.items())
            fresh = partner.patch(path, other, headers={"If-Match": now.headers["ETag"]})
            assert fresh.status_code == 200, tell(fresh)
            if resource == "enrollments":
                stale = partner.post(f"{path}/withdraw", {"reason": "x"}, headers={"If-Match": tag})
                check_problem(stale, bad("version_conflict"))


def test_upsert(partner: Partner, subtests: pytest.Subtests) -> None:
    for resource, first, second in (
        ("accounts", {"name": "A"}, {"name": "B"}),
        ("contacts", {"lastName": "A", "email": "a@example.com"}, {"lastName": "B"}),
    ):
        for number, slash in enumerate(("", "/")):
            path = f"/api/v1/{resource}/by-external-id/shop-{number}{slash}"
            with subtests.test(f"{resource}{slash}"):
                made = partner.send("PUT", path, first)
                assert made.status_code == 201, tell(made)
                assert made.json()["externalId"] == f"shop-{number}"
                again = partner.send("PUT", path, second)
                assert again.status_code == 200, tell(again)
                assert again.json()["id"] == made.json()["id"]
                for name, value in second.items():
                    assert again.json()[name] == value
                kept = partner.fetch(f"/api/v1/{resource}/{made.json()['id']}")
                assert kept["externalId"] == f"shop-{number}"
        with subtests.test(f"{resource}-refused"):
            path = f"/api/v1/{resource}/by-external-id/shop-9"
            name = next(iter(first))
            answer = partner.send("PUT", path, {name: 5})
            check_problem(answer, at_path("invalid_type", name))
            check_problem(partner.get(path), bad("method_not_allowed"))


def test_pages(partner: Partner, subtests: pytest.Subtests) -> None:
    made = [partner.account(name=f"Page {number}")["id"] for number in range(5)]
    with subtests.test("forward-and-back"):
        pages: list[dict[str, Any]] = []
        path: str | None = "/api/v1/accounts?page_size=2"
        while path:
            pages.append(partner.fetch(path))
            path = pages[-1]["next"]
        assert [len(page["results"]) for page in pages] == [2, 2, 1]
        assert all(set(page) == {"next", "previous", "results"} for page in pages)
        found = [one["id"] for page in pages for one in page["results"]]
        assert sorted(found) == sorted(made)
        assert pages[0]["previous"] is None
        back = partner.fetch(pages[2]["previous"])
        assert back["results"] == pages[1]["results"]
        first = partner.fetch(back["previous"])
        assert first["results"] == pages[0]["results"]
        assert first["previous"] is None
    with subtests.test("one-made-between-pages"):
        page = partner.fetch("/api/v1/accounts?page_size=2")
        partner.account(name="Between")
        following = partner.fetch(page["next"])
        seen = {one["id"] for one in page["results"]}
        assert not seen & {one["id"] for one in following["results"]}
    with subtests.test("links-are-followable"):
        link = urlsplit(partner.fetch("/api/v1/accounts?page_size=2")["next"])
        assert link.path.rstrip("/") == "/api/v1/accounts"
        assert "page_size=2" in link.query
    with subtests.test("page-size-500"):
        assert len(partner.fetch("/api/v1/accounts?page_size=500")["results"]) == 6
    with subtests.test("bad-cursor"):
        answer = partner.get("/api/v1/accounts?cursor=nonsense")
        assert answer.status_code == 400, tell(answer)
        assert answer.json()["errors"], tell(answer)
    for value in ("501", "100000", "0", "-1", "x", ""):
        with subtests.test(f"page-size-{value}"):  # refused, or no more than 500
            answer = partner.get(f"/api/v1/accounts?page_size={value}")
            if answer.status_code == 200:
                assert len(answer.json()["results"]) <= 500
            else:
                check_problem(answer, bad(("invalid_filter", "invalid_value")))


def test_filters(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        promotion, other = partner.promotion(), partner.promotion()
        account = partner.account()
        contact = partner.contact(email="Filter@Example.com", accountId=account["id"])
        second = partner.contact()
        enrolled = {
            (who["id"], what["id"]): partner.enrollment(
                {"contact": {"id": who["id"]}, "promotion": {"id": what["id"]}}
            )["id"]
            for who in (contact, second)
            for what in (promotion, other)
        }
        first_and_promotion = {enrolled[contact["id"], promotion["id"]]}
        of_first = {value for key, value in enrolled.items() if key[0] == contact["id"]}
        of_promotion = {value for key, value in enrolled.items() if key[1] == promotion["id"]}
        everything = set(enrolled.values())
        for query, wanted in (
            (f"enrollments?contactId={contact['id']}", of_first),
            (f"enrollments?promotionId={promotion['id']}", of_promotion),
            (
                f"enrollments?promotionId={promotion['id']}&contactId={contact['id']}",
                first_and_promotion,
            ),
            ("enrollments?status=active", everything),
            ("enrollments?status=withdrawn", set()),
            (f"enrollments?status=active&contactId={contact['id']}", of_first),
            (f"enrollments?promotionId={encode('0c8', 987654321)}", set()),
            ("enrollments?createdDate_after=2026-05-15T11:59:59Z", everything),
            ("enrollments?createdDate_after=2026-05-15T12:00:01Z", set()),
            ("enrollments?createdDate_before=2026-05-15T12:00:01Z", everything),
            ("enrollments?createdDate_before=2026-05-15T11:59:59Z", set()),
            ("contacts?email=filter@example.com", {contact["id"]}),
            ("contacts?email=FILTER@EXAMPLE.COM", {contact["id"]}),
            ("contacts?email=nobody@example.com", set()),
            ("contacts?createdDate_after=2026-05-15T11:59:59Z", {contact["id"], second["id"]}),
            ("promotions?createdDate_before=2026-05-15T11:59:59Z", set()),
        ):
            with subtests.test(query):
                assert partner.listed(f"/api/v1/{query}") == wanted
        for query in (
            "enrollments?colour=red",
            "enrollments?status=active&colour=red",
            "enrollments?promotion_id=x",
            "enrollments?status=gone",
            "enrollments?createdDate_after=yesterday",
            "enrollments?createdDate_before=",
            "promotions?colour=red",
            "promotions?isActive=perhaps",
            "accounts?colour=red",
            "contacts?colour=red",
            "offers?colour=red",
        ):
            with subtests.test(f"refused-{query}"):
                answer = partner.get(f"/api/v1/{query}")
                if query.endswith("="):  # an empty value: the contract doesn't say
                    assert answer.status_code in (200, 400), tell(answer)
                else:
                    check_problem(answer, bad("invalid_filter"))
        for query in ("enrollments?promotionId=x", f"enrollments?contactId={promotion['id']}"):
            with subtests.test(f"malformed-{query[:24]}"):
                answer = partner.get(f"/api/v1/{query}")
                check_problem(answer, bad(("invalid_filter", "malformed_id")))


def test_slashes_and_methods(partner: Partner, subtests: pytest.Subtests) -> None:
    records = _made(partner)
    records["enrollments"] = partner.enrollment(
        {
            "contact": {"id": records["contacts"]["id"]},
            "promotion": {"id": records["promotions"]["id"]},
        }
    )
    for resource, record in records.items():
        for path in (f"/api/v1/{resource}", f"/api/v1/{resource}/{record['id']}"):
            for slash in ("", "/"):
                with subtests.test(f"GET-{resource}-{path.count('/')}{slash}"):
                    answer = partner.get(path + slash)
                    assert answer.status_code == 200, tell(answer)
        if resource in GOOD:
            with subtests.test(f"POST-{resource}/"):
                answer = partner.post(f"/api/v1/{resource}/", GOOD[resource])
                assert answer.status_code == 201, tell(answer)
        for method, path in (
            ("PUT", f"/api/v1/{resource}"),
            ("PATCH", f"/api/v1/{resource}"),
            ("DELETE", f"/api/v1/{resource}"),
            ("POST", f"/api/v1/{resource}/{record['id']}"),
            ("PUT", f"/api/v1/{resource}/{record['id']}"),
        ):
            for slash in ("", "/"):
                with subtests.test(f"{method}-{resource}-{path.count('/')}{slash}"):
                    body: dict[str, Any] | None = None if method == "DELETE" else {}
                    check_problem(
                        partner.send(method, path + slash, body), bad("method_not_allowed")
                    )
    withdraw = f"{PLAIN}/{records['enrollments']['id']}/withdraw"
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        with subtests.test(f"{method}-withdraw"):
            check_problem(partner.send(method, withdraw), bad("method_not_allowed"))
    with subtests.test("nothing-is-hard-deleted"):
        path = f"{PLAIN}/{records['enrollments']['id']}"
        answer = partner.send("DELETE", path)
        if answer.status_code >= 400:
            check_problem(answer, bad("method_not_allowed"))
            assert partner.get(path).status_code == 200
