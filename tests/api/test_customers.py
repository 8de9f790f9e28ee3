"""``/api/v1/accounts`` and ``/api/v1/contacts``."""

from typing import Any

import pytest

from enrollments.models import Account, Contact
from tests.api.conftest import Api, codes
from tests.factories import enroll_contact, make_account, make_contact, make_promotion

ACCOUNTS, CONTACTS = "/api/v1/accounts", "/api/v1/contacts"


def test_an_account_from_its_creation_to_its_deletion(api: Api) -> None:
    created = api.post(ACCOUNTS, {"name": "Müller & Söhne", "externalId": "A-1"})
    assert created.status_code == 201
    account = created.json()
    path = f"{ACCOUNTS}/{account['id']}"
    assert set(account) == {"id", "name", "externalId", "createdDate", "lastModifiedDate"}
    assert api.get(path).json() == account
    changed = api.patch(path, {"externalId": None}, If_Match=created["ETag"])
    assert (changed.status_code, changed.json()["externalId"]) == (200, None)
    assert api.delete(path).status_code == 204
    assert codes(api.get(path)) == ["not_found"]
    assert Account.objects.get().is_deleted


def test_a_contact_with_all_its_properties(api: Api) -> None:
    account = make_account()
    body = {
        "accountId": account.record_id,
        "firstName": "Zoë",
        "lastName": "Łukasiewicz",
        "email": "Zoë@example.com",
        "phone": "+49 30 5550100",
        "externalId": "C/1",
    }
    response = api.post(CONTACTS, body)
    assert response.status_code == 201
    contact = response.json()
    assert {name: contact[name] for name in body} == body
    plain = api.post(CONTACTS, {"lastName": "Łukasiewicz"}).json()
    assert [plain[name] for name in ("accountId", "firstName", "email", "phone")] == [None] * 4


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "required", "lastName"),
        ({"lastName": "x", "email": "no address"}, "invalid_value", "email"),
        ({"lastName": "x", "email": "a@b@c"}, "invalid_value", "email"),
        ({"lastName": "x", "email": 5}, "invalid_type", "email"),
        ({"lastName": "x", "accountId": "nonsense"}, "malformed_id", "accountId"),
        ({"lastName": "x", "accountId": 5}, "invalid_type", "accountId"),
        ({"lastName": "x", "accountId": "001000000zzzzzz"}, "invalid_value", "accountId"),
        ({"lastName": "x", "accountid": None}, "unknown_property", "accountid"),
        ({"lastName": "x" * 256}, "invalid_value", "lastName"),
        ({"lastName": "x", "phone": "1" * 41}, "invalid_value", "phone"),
    ],
)
def test_what_a_contact_does_not_take(api: Api, body: Any, code: str, pointer: str) -> None:
    response = api.post(CONTACTS, body)
    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == [(code, pointer)]
    assert not Contact.objects.exists()


def test_a_contact_stays_changeable_after_its_account_is_gone(api: Api) -> None:
    account = make_account()
    path = f"{CONTACTS}/{make_contact(account=account).record_id}"
    api.delete(f"{ACCOUNTS}/{account.record_id}")
    assert api.patch(path, {"phone": "1"}).status_code == 200
    late = api.post(CONTACTS, {"lastName": "x", "accountId": account.record_id})
    assert codes(late) == ["invalid_value"]


@pytest.mark.parametrize(
    ("path", "body"), [(ACCOUNTS, {"name": "x"}), (CONTACTS, {"lastName": "x"})]
)
def test_upserting_by_external_id(api: Api, path: str, body: dict[str, str]) -> None:
    upsert = f"{path}/by-external-id/shop-42"
    created = api.put(upsert, body)
    assert created.status_code == 201
    assert created.json()["externalId"] == "shop-42"
    assert created["Location"].endswith(f"{path}/{created.json()['id']}")
    property_name = next(iter(body))
    updated = api.put(upsert, {property_name: "y", "externalId": "shop-42"})
    assert updated.status_code == 200
    assert (updated.json()["id"], updated.json()[property_name]) == (created.json()["id"], "y")
    assert updated["ETag"] == '"2"'
    stale = api.put(upsert, {property_name: "z"}, If_Match='"1"')
    assert (stale.status_code, codes(stale)) == (412, ["version_conflict"])


def test_upserting_takes_the_external_id_from_the_path(api: Api) -> None:
    upsert = f"{CONTACTS}/by-external-id/a%2Fb%20c"
    assert api.put(upsert, {"lastName": "x"}).json()["externalId"] == "a/b c"
    other = api.put(upsert, {"lastName": "x", "externalId": "other"})
    assert codes(other) == ["invalid_value"]
    assert codes(api.put(upsert, {"lastName": None})) == ["required"]
    assert codes(api.put(f"{CONTACTS}/by-external-id/new", {})) == ["required"]
    long = api.put(f"{CONTACTS}/by-external-id/{'x' * 256}", {"lastName": "x"})
    assert codes(long) == ["invalid_value"]
    blank = api.put(f"{CONTACTS}/by-external-id/abc%20", {"lastName": "x"})
    assert codes(blank) == ["invalid_value"]
    nul = api.put(f"{CONTACTS}/by-external-id/a%00", {"lastName": "x"})
    assert codes(nul) == ["invalid_value"]


def test_an_external_id_is_unique_and_free_again_after_deletion(api: Api) -> None:
    first = api.post(CONTACTS, {"lastName": "x", "externalId": "C-1"}).json()
    taken = api.post(CONTACTS, {"lastName": "y", "externalId": "C-1"})
    assert (taken.status_code, codes(taken)) == (409, ["duplicate_value"])
    assert taken.json()["errors"][0]["pointer"] == "externalId"
    assert api.post(CONTACTS, {"lastName": "y", "externalId": "c-1"}).status_code == 201
    api.delete(f"{CONTACTS}/{first['id']}")
    assert api.post(CONTACTS, {"lastName": "y", "externalId": "C-1"}).status_code == 201


def test_a_deleted_contact_keeps_its_enrollments(api: Api) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    contact = usage.contact
    assert contact is not None
    assert api.delete(f"{CONTACTS}/{contact.record_id}").status_code == 204
    answer = api.get(f"/api/v1/enrollments/{usage.record_id}").json()
    assert (answer["contactId"], answer["status"]) == (contact.record_id, "active")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lastName=STRASSE", ["Straße"]),
        ("firstName=anna", ["Straße"]),
        ("email=ANNA@EXAMPLE.COM", ["Straße"]),
        ("phone=123", ["Straße"]),
        ("externalId=X1", ["Straße"]),
        ("externalId=x1", []),
        ("ordering=lastName", ["Adams", "Straße"]),
        ("createdDate_before=2019-01-01T00:00:00Z", []),
    ],
)
def test_contacts_by_what_one_knows_of_them(api: Api, query: str, found: list[str]) -> None:
    make_contact(
        first_name="Anna",
        last_name="Straße",
        email="anna@example.com",
        phone="123",
        external_id="X1",
    )
    make_contact(last_name="Adams", email=None)
    response = api.get(f"{CONTACTS}?{query}")
    assert [contact["lastName"] for contact in response.json()["results"]] == found


def test_contacts_of_an_account(api: Api) -> None:
    account = make_account(name="Äpfel")
    contact = make_contact(account=account)
    make_contact()
    found = api.get(f"{CONTACTS}?accountId={account.record_id}").json()["results"]
    assert [c["id"] for c in found] == [contact.record_id]
    assert len(api.get(f"{ACCOUNTS}?name=ÄPFEL").json()["results"]) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", [ACCOUNTS, CONTACTS])
def test_scopes(path: str) -> None:
    reader, writer = Api(["customers:read"]), Api(["customers:write"])
    assert reader.get(path).status_code == 200
    assert reader.post(path, {}).status_code == 403
    assert reader.put(f"{path}/by-external-id/x", {}).status_code == 403
    assert writer.get(path).status_code == 403
    assert writer.post(path, {}).status_code == 400
