"""Many records by one call: each outcome in its place, all or none where that is meant."""

from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from enrollments.models import Account
from promotions import ids
from promotions.models import Promotion
from promotions.services.partners import known_scopes
from promotions.sobjects import collections, records
from tests.factories import make_account, make_contact, make_promotion
from tests.services.threads import at_once
from tests.sobjects.conftest import DATA, ObjectApi, problem

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

MANY = "composite/sobjects"
ABSENT = ids.encode(ids.ACCOUNT, 2**40)
OK = "OK"
UNDONE = "ALL_OR_NONE_OPERATION_ROLLED_BACK"


def account(name: Any, **more: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Account"}, "Name": name, **more}


def told(answer: "Answer") -> list[str]:
    """For each record the code of its one error, or OK."""
    assert answer.status_code == 200, answer.content
    codes = []
    for one in answer.json():
        assert one["success"] is (not one["errors"]) is ("id" in one)
        codes.append(one["errors"][0]["statusCode"] if one["errors"] else OK)
    return codes


def names() -> list[str]:
    return sorted(Account.objects.filter(is_deleted=False).values_list("name", flat=True))


def test_records_of_several_objects_are_made_in_order(objects: ObjectApi) -> None:
    body = {"records": [account("Oak"), {"attributes": {"type": "promotion"}, "Name": "Summer"}]}
    answer = objects.post(f"{MANY}/", body)
    assert answer.status_code == 200
    first, second = Account.objects.get().record_id, Promotion.objects.get().record_id
    assert answer.json() == [
        {"id": first, "success": True, "errors": []},
        {"id": second, "success": True, "errors": []},
    ]


@pytest.mark.parametrize(
    ("all_or_none", "expected", "made"),
    [
        (False, [OK, "REQUIRED_FIELD_MISSING", OK], ["Ash", "Oak"]),
        ("false", [OK, "REQUIRED_FIELD_MISSING", OK], ["Ash", "Oak"]),
        (None, [OK, "REQUIRED_FIELD_MISSING", OK], ["Ash", "Oak"]),
        (True, [UNDONE, "REQUIRED_FIELD_MISSING", UNDONE], []),
        ("true", [UNDONE, "REQUIRED_FIELD_MISSING", UNDONE], []),
    ],
    ids=str,
)
def test_one_fails(
    objects: ObjectApi, all_or_none: Any, expected: list[str], made: list[str]
) -> None:
    body = {"allOrNone": all_or_none, "records": [account("Oak"), account(None), account("Ash")]}
    answer = objects.post(MANY, body)
    assert told(answer) == expected
    assert answer.json()[1] == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Name]",
                "fields": ["Name"],
            }
        ],
    }
    assert names() == made


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"Name": "x"}, "MISSING_ARGUMENT"),
        ({"attributes": {}, "Name": "x"}, "MISSING_ARGUMENT"),
        ({"attributes": "Account", "Name": "x"}, "MISSING_ARGUMENT"),
        ({"attributes": {"type": 1}, "Name": "x"}, "MISSING_ARGUMENT"),
        ({"attributes": {"type": "Colour"}, "Name": "x"}, "INVALID_TYPE"),
        (account("x", Id=ABSENT), "INVALID_FIELD"),
        (account("x", Colour="red"), "INVALID_FIELD"),
        ({"attributes": {"type": "User"}, "Name": "x"}, "INSUFFICIENT_ACCESS_OR_READONLY"),
    ],
    ids=str,
)
def test_records_that_cannot_be_made(objects: ObjectApi, record: Any, code: str) -> None:
    assert told(objects.post(MANY, {"records": [account("Oak"), record]})) == [OK, code]
    assert names() == ["Oak"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], "JSON_PARSER_ERROR"),
        ({}, "INVALID_INPUT"),
        ({"records": {}}, "JSON_PARSER_ERROR"),
        ({"records": ["x"]}, "JSON_PARSER_ERROR"),
        ({"records": [], "allOrNone": "perhaps"}, "JSON_PARSER_ERROR"),
        ({"records": [], "allOrNone": 1}, "JSON_PARSER_ERROR"),
        ({"records": [], "allOrNone": {}}, "JSON_PARSER_ERROR"),
        ({"records": [{}] * 201}, "EXCEEDED_MAX_SIZE_REQUEST"),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_calls_that_list_no_records(objects: ObjectApi, method: str, body: Any, code: str) -> None:
    assert problem(objects.send(method, MANY, body)) == (400, code, [])


def test_nothing_listed_is_nothing_done(objects: ObjectApi) -> None:
    assert objects.post(MANY, {"records": []}).json() == []


def test_update_by_an_id_in_any_case(objects: ObjectApi) -> None:
    oak, ash, elm = make_account(name="Oak"), make_account(name="Ash"), make_account(name="Elm")
    elm_id = objects.make("Account", Name="Gone")
    objects.delete(f"sobjects/Account/{elm_id}")
    listed = [
        account("Oak 2", id=oak.record_id),
        account("Ash 2", Id=ash.record_id[:15]),
        account("Twice", ID=ash.record_id),
        account("x"),
        account("x", Id="nonsense"),
        account("x", Id=1),
        account("x", Id=ABSENT),
        account("x", Id=elm_id),
        account("x", Id=make_promotion().record_id),
        account(None, Id=elm.record_id),
    ]
    answer = objects.patch(MANY, {"allOrNone": "false", "records": listed})
    assert told(answer) == [
        OK,
        OK,
        "DUPLICATE_VALUE",
        "MISSING_ARGUMENT",
        "MALFORMED_ID",
        "MALFORMED_ID",
        "INVALID_CROSS_REFERENCE_KEY",
        "ENTITY_IS_DELETED",
        "MALFORMED_ID",
        "REQUIRED_FIELD_MISSING",
    ]
    assert answer.json()[1] == {"id": ash.record_id, "success": True, "errors": []}
    assert names() == ["Ash 2", "Elm", "Oak 2"]


def test_update_all_or_none(objects: ObjectApi) -> None:
    oak = make_account(name="Oak")
    listed = [account("Oak 2", Id=oak.record_id), account("x", Id="nonsense")]
    answer = objects.patch(MANY, {"allOrNone": True, "records": listed})
    assert told(answer) == [UNDONE, "MALFORMED_ID"]
    assert names() == ["Oak"]


def test_upsert_by_a_key_of_their_own(objects: ObjectApi) -> None:
    make_account(name="Oak", external_id="A-1")
    listed = [
        account("Oak 2", externalid="A-1"),
        account("Ash", ExternalId="A-2"),
        {"Name": "Ash again", "ExternalId": "A-2"},
        account("Elm"),
        {"attributes": {"type": "Contact"}, "ExternalId": "A-3"},
    ]
    answer = objects.patch(f"{MANY}/Account/ExternalId", {"records": listed})
    assert told(answer) == [OK, OK, "DUPLICATE_VALUE", "MISSING_ARGUMENT", "INVALID_TYPE"]
    assert [one.get("created") for one in answer.json()] == [False, True, None, None, None]
    assert names() == ["Ash", "Oak 2"]


def test_upsert_by_id_makes_what_has_none(objects: ObjectApi) -> None:
    oak = make_account(name="Oak")
    listed = [account("Oak 2", id=oak.record_id), account("Ash"), account("x", Id="x")]
    answer = objects.patch(f"{MANY}/Account/Id", {"records": listed})
    assert told(answer) == [OK, OK, "MALFORMED_ID"]
    assert [one.get("created") for one in answer.json()] == [False, True, None]
    assert names() == ["Ash", "Oak 2"]


def test_upsert_where_several_fit_and_where_nothing_identifies(objects: ObjectApi) -> None:
    twins = [make_account(name="Oak"), make_account(name="oak")]
    answer = objects.patch(f"{MANY}/Account/Name", {"records": [account("OAK", Phone="1")]})
    assert told(answer) == ["DUPLICATE_EXTERNAL_ID"]
    assert twins[1].record_id in answer.json()[0]["errors"][0]["message"]
    answer = objects.patch(f"{MANY}/Account/Phone", {"records": []})
    assert problem(answer) == (404, "NOT_FOUND", [])
    answer = objects.patch(f"{MANY}/Colour/Name", {"records": []})
    assert problem(answer) == (404, "NOT_FOUND", [])


@pytest.mark.parametrize(
    ("all_or_none", "expected", "left"),
    [
        ("false", [OK, "MALFORMED_ID", OK, "ENTITY_IS_DELETED"], []),
        ("true", [UNDONE, "MALFORMED_ID", UNDONE, "ENTITY_IS_DELETED"], ["Oak"]),
    ],
)
def test_delete_records_of_several_objects(
    objects: ObjectApi, all_or_none: str, expected: list[str], left: list[str]
) -> None:
    oak, promotion = make_account(name="Oak").record_id, make_promotion().record_id
    path = f"{MANY}?ids={oak},zzz,{promotion[:15]},{oak}&allOrNone={all_or_none}"
    answer = objects.delete(path)
    assert told(answer) == expected
    assert names() == left
    assert Promotion.objects.get().is_deleted is (left == [])


@pytest.mark.parametrize("query", ["", "?ids=", "?ids=,&allOrNone=true"])
def test_a_delete_names_something(objects: ObjectApi, query: str) -> None:
    assert problem(objects.delete(MANY + query)) == (400, "INVALID_INPUT", [])


def test_a_delete_names_200_at_most(objects: ObjectApi) -> None:
    path = f"{MANY}?ids={','.join(['x'] * 201)}"
    assert problem(objects.delete(path)) == (400, "EXCEEDED_MAX_SIZE_REQUEST", [])


def test_retrieve_in_order_with_null_for_what_is_not_there(objects: ObjectApi) -> None:
    oak, ash = make_account(name="Oak").record_id, make_account(name="Ash").record_id
    gone = objects.make("Account", Name="Gone")
    objects.delete(f"sobjects/Account/{gone}")
    named = [ash, gone, oak[:15], "nonsense", ash, make_promotion().record_id]
    answer = objects.post(f"{MANY}/account", {"ids": [*named, 1], "fields": ["name"]})
    assert answer.status_code == 200
    seen = [one and (one["Id"], one["Name"]) for one in answer.json()]
    assert seen == [(ash, "Ash"), None, (oak, "Oak"), None, (ash, "Ash"), None, None]
    assert answer.json()[0] == {
        "attributes": {"type": "Account", "url": f"{DATA}/sobjects/Account/{ash}"},
        "Id": ash,
        "Name": "Ash",
    }
    got = objects.get(f"{MANY}/Account?ids={','.join(named)}&fields=Id,Name")
    assert got.json() == answer.json()[:-1]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "JSON_PARSER_ERROR"),
        ([], "JSON_PARSER_ERROR"),
        ({"ids": "x", "fields": ["Id"]}, "JSON_PARSER_ERROR"),
        ({"ids": [], "fields": ["Id"]}, "INVALID_INPUT"),
        ({"ids": ["x"], "fields": []}, "INVALID_INPUT"),
        ({"ids": ["x"], "fields": ["Colour"]}, "INVALID_FIELD"),
        ({"ids": ["x"] * 2001, "fields": ["Id"]}, "EXCEEDED_MAX_SIZE_REQUEST"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_retrievals_that_are_refused(objects: ObjectApi, body: Any, code: str) -> None:
    assert problem(objects.post(f"{MANY}/Account", body)) == (400, code, [])


def test_a_token_must_allow_each(db: None) -> None:
    objects = ObjectApi([s for s in known_scopes() if not s.startswith("customers")])
    listed = [account("Oak"), {"attributes": {"type": "Promotion"}, "Name": "Summer"}]
    denied = "INSUFFICIENT_ACCESS_OR_READONLY"
    assert told(objects.post(MANY, {"records": listed})) == [denied, OK]
    assert told(objects.delete(f"{MANY}?ids={make_account().record_id}")) == [denied]
    answer = objects.post(f"{MANY}/Account", {"ids": ["x"], "fields": ["Id"]})
    assert problem(answer) == (403, denied, [])


def test_a_deadlock_begins_the_whole_anew(
    objects: ObjectApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what the call has seen so far is forgotten."""
    oak, ash = make_account(name="Oak"), make_account(name="Ash")
    update, fails = records.update, iter([False, True])

    def update_or_collide(*args: Any, **options: Any) -> str:
        if next(fails, False):
            raise OperationalError from DeadlockDetected()
        return update(*args, **options)

    monkeypatch.setattr(records, "update", update_or_collide)
    listed = [account("Oak 2", Id=oak.record_id), account("Ash 2", Id=ash.record_id)]
    assert told(objects.patch(MANY, {"records": listed})) == [OK, OK]
    assert names() == ["Ash 2", "Oak 2"]


def test_who_is_always_locked_out_is_told_so(
    objects: ObjectApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def collide(*args: Any, **options: Any) -> str:
        raise OperationalError from DeadlockDetected()

    monkeypatch.setattr(records, "create", collide)
    answer = objects.post(MANY, {"records": [account("Oak"), account("Ash")]})
    assert told(answer) == ["UNABLE_TO_LOCK_ROW"] * 2


def test_the_same_request_again_makes_nothing_new(objects: ObjectApi) -> None:
    body = {"records": [account("Oak"), account(None)]}
    first, second = (objects.post(MANY, body, Idempotency_Key="k") for _ in range(2))
    assert told(first) == [OK, "REQUIRED_FIELD_MISSING"]
    assert second.json() == first.json()
    assert names() == ["Oak"]


def test_a_contact_names_its_account_by_its_own_key(objects: ObjectApi) -> None:
    make_account(external_id="A-1")
    contact = make_contact(last_name="Ash")
    record = {
        "attributes": {"type": "Contact"},
        "id": contact.record_id,
        "Account": {"attributes": {"type": "Account"}, "ExternalId": "A-1"},
    }
    assert told(objects.patch(MANY, {"records": [record]})) == [OK]
    contact.refresh_from_db()
    assert contact.account == Account.objects.get()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_crossing_updates_all_succeed() -> None:
    """Two calls that change the same records in opposite order deadlock, and are begun anew."""
    objects = ObjectApi()
    found = [make_account(name=f"A {number}").record_id for number in range(6)]

    def act(listed: list[str], name: str) -> list[str]:
        body = {"allOrNone": True, "records": [account(name, Id=one) for one in listed]}
        return told(ObjectApi.patch(objects, MANY, body))

    answers = at_once([lambda: act(found, "x"), lambda: act(found[::-1], "y")])
    assert answers == [[OK] * 6] * 2
    assert len(set(names())) == 1


def test_the_limits_are_those_of_the_contract() -> None:
    assert (collections.MOST_WRITTEN, collections.MOST_READ) == (200, 2000)
