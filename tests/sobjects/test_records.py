"""Single records over the object surface: create, retrieve, update, upsert, delete, undelete."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from pytest_django.fixtures import Settings

from promotions import ids
from promotions.models import Promotion, RecordView
from promotions.services.partners import known_scopes
from tests.api.callers import bound_api
from tests.factories import make_account, make_contact, make_promotion
from tests.sobjects.conftest import DATA, ObjectApi, problem

Told = tuple[int, str, list[str]]

pytestmark = pytest.mark.django_db

PROMOTION = {"Name": "Summer", "PromotionCode": "SUMMER", "StartDateTime": "2026-05-01T00:00:00Z"}


def test_create_answers_with_the_id_and_where_it_is(objects: ObjectApi) -> None:
    answer = objects.post("sobjects/Promotion/", {"attributes": {"type": "Promotion"}, **PROMOTION})
    assert answer.status_code == 201
    record_id = answer.json()["id"]
    assert answer.json() == {"id": record_id, "success": True, "errors": []}
    assert answer["Location"] == f"{DATA}/sobjects/Promotion/{record_id}"
    made = Promotion.objects.get()
    assert made.record_id == record_id
    assert made.created_by == objects.partner.acting_user


def test_retrieve_shows_every_field_in_the_form_that_clients_know(objects: ObjectApi) -> None:
    record_id = objects.make("Promotion", **PROMOTION, MaximumUsageCount=3)
    shown = objects.get(f"sobjects/promotion/{record_id[:15]}").json()
    assert shown["attributes"] == {
        "type": "Promotion",
        "url": f"{DATA}/sobjects/Promotion/{record_id}",
    }
    assert shown["Id"] == record_id
    assert shown["StartDateTime"] == "2026-05-01T00:00:00.000+0000"
    assert shown["EndDateTime"] is None
    assert shown["IsActive"] is False
    assert shown["MaximumUsageCount"] == 3
    assert shown["OwnerId"] == objects.partner.acting_user.record_id
    assert shown["SystemModstamp"] == shown["LastModifiedDate"]
    assert len(shown) > 30


def test_retrieve_shows_the_fields_that_are_asked_for(objects: ObjectApi) -> None:
    record_id = objects.make("Promotion", **PROMOTION)
    shown = objects.get(f"sobjects/Promotion/{record_id}?fields=name,PROMOTIONCODE").json()
    assert set(shown) == {"attributes", "Id", "Name", "PromotionCode"}
    answer = objects.get(f"sobjects/Promotion/{record_id}?fields=Name,Colour")
    assert problem(answer) == (400, "INVALID_FIELD", [])


def test_update_changes_what_is_named_and_null_clears(objects: ObjectApi) -> None:
    record_id = objects.make("Promotion", **PROMOTION)
    body = {"Name": "Autumn", "StartDateTime": None, "IsActive": "true", "PriorityNumber": "5"}
    answer = objects.patch(f"sobjects/Promotion/{record_id}", body)
    assert (answer.status_code, answer.content) == (204, b"")
    fields = ("Name", "PromotionCode", "StartDateTime", "IsActive", "PriorityNumber")
    assert list(objects.read("Promotion", record_id, *fields).values()) == [
        "Autumn",
        "SUMMER",
        None,
        True,
        5,
    ]


@pytest.mark.parametrize(("version", "status"), [("v45.0", 204), ("v46.0", 200), ("v67.0", 200)])
def test_upsert_makes_and_then_changes(objects: ObjectApi, version: str, status: int) -> None:
    path = f"/services/data/{version}/sobjects/Account/ExternalId/A 1"
    first = objects.patch(path, {"Name": "Oak"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    second = objects.patch(path, {"Name": "Oak & Co"})
    assert second.status_code == status
    if status == 200:
        assert second.json() == {**first.json(), "created": False}
    assert objects.read("Account", first.json()["id"], "Name", "ExternalId") == {
        "Name": "Oak & Co",
        "ExternalId": "A 1",
    }


def test_upsert_by_a_code_counts_in_any_case_and_by_a_name_may_be_ambiguous(
    objects: ObjectApi,
) -> None:
    record_id = objects.make("Promotion", **PROMOTION)
    answer = objects.patch("sobjects/Promotion/PromotionCode/summer", {"Name": "Twin"})
    assert answer.json()["id"] == record_id
    twin = objects.make("Promotion", Name="twin")
    answer = objects.patch("sobjects/Promotion/Name/TWIN", {"Description": "x"})
    assert answer.status_code == 300
    assert answer.json() == [f"{DATA}/sobjects/Promotion/{one}" for one in (record_id, twin)]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("ExternalId/none?updateOnly=true", {"Name": "x"}, (404, "NOT_FOUND", [])),
        ("ExternalId/a", {"Name": "x", "ExternalId": "a"}, (400, "INVALID_FIELD", ["ExternalId"])),
        ("Description/a", {"Name": "x"}, (404, "NOT_FOUND", [])),
        ("Colour/a", {"Name": "x"}, (404, "NOT_FOUND", [])),
        ("ExternalId/new", {}, (400, "REQUIRED_FIELD_MISSING", ["Name"])),
    ],
)
def test_upserts_that_are_refused(
    objects: ObjectApi, path: str, body: Any, expected: tuple[int, str, list[str]]
) -> None:
    assert problem(objects.patch(f"sobjects/Promotion/{path}", body)) == expected
    assert not Promotion.objects.exists()


def test_a_record_is_read_and_deleted_by_an_external_id(objects: ObjectApi) -> None:
    record_id = objects.make("Account", Name="Oak", ExternalId="A-1")
    assert objects.get("sobjects/Account/ExternalId/A-1").json()["Id"] == record_id
    assert objects.delete("sobjects/Account/ExternalId/A-1/").status_code == 204
    assert objects.get("sobjects/Account/ExternalId/A-1").status_code == 404


def test_what_is_deleted_is_gone_until_it_is_restored(objects: ObjectApi) -> None:
    record_id = objects.make("Promotion", **PROMOTION)
    path = f"sobjects/Promotion/{record_id}"
    assert objects.delete(path).status_code == 204
    assert problem(objects.get(path)) == GONE
    assert problem(objects.patch(path, {"Name": "x"})) == GONE
    assert problem(objects.delete(path)) == GONE
    answer = objects.post(f"{path}/actions/undelete")
    assert answer.json() == {"id": record_id, "success": True, "errors": []}
    assert objects.get(path).json()["IsDeleted"] is False
    assert problem(objects.post(f"{path}/actions/undelete")) == (400, "UNDELETE_FAILED", [])


DENIED: Told = (403, "INSUFFICIENT_ACCESS_OR_READONLY", [])
GONE: Told = (404, "ENTITY_IS_DELETED", [])
WELL_FORMED = ids.encode(ids.PROMOTION, 4711)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "sobjects/Nothing/x", (404, "NOT_FOUND", [])),
        ("GET", f"sobjects/Promotion/{WELL_FORMED}", (404, "NOT_FOUND", [])),
        ("GET", "sobjects/Promotion/junk", (404, "NOT_FOUND", [])),
        ("PATCH", f"sobjects/Promotion/{WELL_FORMED}", (404, "INVALID_CROSS_REFERENCE_KEY", [])),
        ("DELETE", f"sobjects/Promotion/{WELL_FORMED}", (404, "INVALID_CROSS_REFERENCE_KEY", [])),
        (
            "DELETE",
            "sobjects/Organization/00D000000000001",
            (403, "INSUFFICIENT_ACCESS_OR_READONLY", []),
        ),
        ("PUT", f"sobjects/Promotion/{WELL_FORMED}", (405, "METHOD_NOT_ALLOWED", [])),
    ],
)
def test_what_is_not_there(
    objects: ObjectApi, method: str, path: str, expected: tuple[int, str, list[str]]
) -> None:
    assert problem(objects.send(method, path, {})) == expected


PERIOD = {"StartDateTime": "2026-05-02T00:00:00Z", "EndDateTime": "2026-05-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        ({"Colour": "red"}, "INVALID_FIELD", ["Colour"]),
        ({"Id": WELL_FORMED}, "INVALID_FIELD", ["Id"]),
        ({"CreatedDate": "2026-05-01"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["CreatedDate"]),
        ({"Name": None}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"Name": " "}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"Name": "x" * 256}, "STRING_TOO_LONG", ["Name"]),
        ({"PriorityNumber": 2**31}, "NUMBER_OUTSIDE_VALID_RANGE", ["PriorityNumber"]),
        ({"PriorityNumber": -1}, "NUMBER_OUTSIDE_VALID_RANGE", ["PriorityNumber"]),
        ({"PriorityNumber": "five"}, "JSON_PARSER_ERROR", ["PriorityNumber"]),
        ({"PriorityNumber": 1.5}, "JSON_PARSER_ERROR", ["PriorityNumber"]),
        ({"PriorityNumber": [1]}, "JSON_PARSER_ERROR", ["PriorityNumber"]),
        ({"IsActive": "perhaps"}, "JSON_PARSER_ERROR", ["IsActive"]),
        ({"StartDateTime": "tomorrow"}, "JSON_PARSER_ERROR", ["StartDateTime"]),
        ({"EnrollmentEndDate": "2026-02-30"}, "JSON_PARSER_ERROR", ["EnrollmentEndDate"]),
        ({"EnrollmentEndDate": "2026-W01-1"}, "JSON_PARSER_ERROR", ["EnrollmentEndDate"]),
        (
            {"DiscountOrder": "Random"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            ["DiscountOrder"],
        ),
        (PERIOD, "FIELD_INTEGRITY_EXCEPTION", ["EndDateTime"]),
        ({"RelatedPromotionId": "0c8"}, "MALFORMED_ID", ["RelatedPromotionId"]),
        ({"RelatedPromotionId": "001000000000001"}, "MALFORMED_ID", ["RelatedPromotionId"]),
        (
            {"RelatedPromotionId": WELL_FORMED},
            "INVALID_CROSS_REFERENCE_KEY",
            ["RelatedPromotionId"],
        ),
        ({"Name": "a\x00b"}, "FIELD_INTEGRITY_EXCEPTION", ["Name"]),
    ],
    ids=lambda value: str(value)[:40] if not isinstance(value, list) else "",
)
def test_values_that_a_field_does_not_take(
    objects: ObjectApi, body: Any, code: str, fields: list[str]
) -> None:
    answer = objects.post("sobjects/Promotion", {"Name": "Summer", **body})
    assert problem(answer) == (400, code, fields)
    assert not Promotion.objects.exists()


def test_every_field_that_is_missing_is_named(objects: ObjectApi) -> None:
    answer = objects.post("sobjects/PromotionTarget", {})
    status, code, fields = problem(answer)
    assert (status, code) == (400, "REQUIRED_FIELD_MISSING")
    assert set(fields) > {"PromotionId", "TargetType", "AdjustmentType"}
    assert answer.json()[0]["message"].startswith("Required fields are missing: [PromotionId, ")


def test_a_taken_value_says_who_has_it(objects: ObjectApi) -> None:
    record_id = objects.make("Promotion", **PROMOTION)
    answer = objects.post("sobjects/Promotion", {"Name": "x", "PromotionCode": "summer"})
    assert problem(answer) == (400, "DUPLICATE_VALUE", ["PromotionCode"])
    assert answer.json()[0]["message"] == (
        f"duplicate value found: PromotionCode duplicates value on record with id: {record_id}"
    )


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"null"])
def test_bodies_that_are_no_record(objects: ObjectApi, raw: bytes) -> None:
    answer = objects.post("sobjects/Promotion", raw=raw)
    assert problem(answer) == (400, "JSON_PARSER_ERROR", [])


def test_a_parent_is_named_by_its_own_key(objects: ObjectApi) -> None:
    account = make_account(external_id="A-1")
    body = {"LastName": "Ash", "Account": {"ExternalId": "A-1"}}
    contact = objects.make("Contact", **body)
    assert objects.read("Contact", contact, "AccountId") == {"AccountId": account.record_id}
    answer = objects.post("sobjects/Contact", {**body, "Account": {"ExternalId": "A-2"}})
    assert problem(answer) == (400, "INVALID_FIELD", ["AccountId"])


@pytest.mark.parametrize("attributes", ["Account", 5, [1], {"type": 5}, {"type": ["Account"]}])
def test_attributes_that_say_nothing_of_a_parent(objects: ObjectApi, attributes: Any) -> None:
    make_account(external_id="A-1")
    named = {"attributes": attributes, "ExternalId": "A-1"}
    answer = objects.post("sobjects/Contact", {"LastName": "Ash", "Account": named})
    assert answer.status_code in (201, 400)


def test_who_may_not_read_customers_learns_of_none_by_their_keys(objects: ObjectApi) -> None:
    make_contact(external_id="C-1")
    scopes = ["enrollments:read", "enrollments:write", "promotions:all"]
    body = {"PromotionId": make_promotion().record_id}
    answers = [
        ObjectApi(scopes).post("sobjects/PromotionPartyUsage", {**body, "Party": party})
        for party in ({"ExternalId": "C-1"}, {"ExternalId": "C-2"})
    ]
    assert problem(answers[0]) == (400, "INVALID_FIELD", ["PartyId"])
    assert answers[0].content == answers[1].content


def test_an_owner_is_a_user_or_a_group(objects: ObjectApi) -> None:
    group = Group.objects.create(name="North")
    owner = ids.encode(ids.GROUP, group.pk)
    record_id = objects.make("Promotion", Name="x", OwnerId=owner)
    assert objects.read("Promotion", record_id, "OwnerId") == {"OwnerId": owner}


def test_a_token_must_allow_what_is_asked(objects: ObjectApi) -> None:
    promotion = make_promotion()
    path = f"sobjects/Promotion/{promotion.record_id}"
    reader = ObjectApi(["promotions:read", "promotions:all"])
    assert reader.get(path).status_code == 200
    assert problem(reader.patch(path, {"Name": "x"})) == DENIED
    assert problem(reader.delete(path)) == DENIED
    assert problem(ObjectApi(["customers:read"]).get(path)) == DENIED


def test_what_is_not_shared_is_not_there(settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    scopes = [scope for scope in known_scopes() if scope != "promotions:all"]
    promotion = make_promotion()
    path = f"sobjects/Promotion/{promotion.record_id}"
    assert problem(ObjectApi(scopes).get(path)) == (404, "NOT_FOUND", [])
    shared = bound_api(promotion, "Read")
    assert shared.get(f"{DATA}/{path}").status_code == 200
    assert problem(shared.patch(f"{DATA}/{path}", {"Name": "x"})) == DENIED


def test_an_offer_moves_only_to_where_it_might_be_made(settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    theirs = make_promotion()
    reader = bound_api(theirs, "Read")
    body = {"Name": "Card", "Code": "C-1", "PromotionId": theirs.record_id}
    assert problem(reader.post(f"{DATA}/sobjects/Offer", body)) == DENIED
    made = reader.post(f"{DATA}/sobjects/Offer", {"Name": "Card", "Code": "C-1"}).json()["id"]
    moved = reader.patch(f"{DATA}/sobjects/Offer/{made}", {"PromotionId": theirs.record_id})
    assert problem(moved) == DENIED
    assert reader.get(f"{DATA}/sobjects/Offer/{made}").json()["PromotionId"] is None


def test_without_a_token_the_session_is_invalid(objects: ObjectApi) -> None:
    objects.headers = {}
    answer = objects.get("sobjects/Promotion/x")
    assert problem(answer) == (401, "INVALID_SESSION_ID", [])


def test_a_view_is_noted_where_the_client_says_so(objects: ObjectApi) -> None:
    path = f"sobjects/Promotion/{make_promotion().record_id}"
    objects.get(path)
    assert not RecordView.objects.exists()
    objects.get(path, Sforce_Mru="updateMru=true")
    assert RecordView.objects.count() == 1
    assert objects.get(path).json()["LastViewedDate"] is not None
