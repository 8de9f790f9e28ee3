"""What simple-salesforce reports when a call is refused.

Source: the client contract, section 3.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from tests.clients.service import Caller, absent, word
from tests.clients.simple import connect, created, refusal, sobject
from tests.clients.subjects import customer, enrollable

EXCEPTIONS = {
    300: SalesforceMoreThanOneRecord,
    400: SalesforceMalformedRequest,
    401: SalesforceExpiredSession,
    403: SalesforceRefusedRequest,
    404: SalesforceResourceNotFound,
}
NOBODY = absent("003")


@dataclass(frozen=True)
class Refusal:
    """A call, and what must be said of it."""

    name: str
    act: Callable[[Salesforce], Any]
    status: int
    code: str
    message: str = ""
    """A part of it, as in the contract."""
    fields: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.name


def create(name: str, **values: Any) -> Callable[[Salesforce], Any]:
    return lambda sf: sobject(sf, name).create(values)


def update(name: str, **values: Any) -> Callable[[Salesforce], Any]:
    """A change of a record that is made for it."""

    def act(sf: Salesforce) -> Any:
        return sobject(sf, name).update(created(sf, name, Name=word()), values)

    return act


def query(text: str) -> Callable[[Salesforce], Any]:
    return lambda sf: sf.query(text)


def raw(method: str, path: str, body: str = "") -> Callable[[Salesforce], Any]:
    return lambda sf: sf.restful(path, method=method, data=body.encode())


def _taken_code(sf: Salesforce) -> Any:
    code = word()
    created(sf, "Promotion", Name="first", PromotionCode=code)
    return sobject(sf, "Promotion").create({"Name": "second", "PromotionCode": code.upper()})


def _enrolled_twice(sf: Salesforce) -> Any:
    usage = {"PromotionId": enrollable(sf), "PartyId": customer(sf)}
    created(sf, "PromotionPartyUsage", **usage)
    return sobject(sf, "PromotionPartyUsage").create(usage)


def _deleted(sf: Salesforce) -> Any:
    key = customer(sf)
    sobject(sf, "Contact").delete(key)
    return sobject(sf, "Contact").update(key, {"Phone": "1"})


def _window(sf: Salesforce, *minutes: int) -> Any:
    start, end = (datetime.now(UTC) - timedelta(minutes=each) for each in minutes)
    return sobject(sf, "Account").deleted(start, end)


REFUSALS = [
    Refusal(
        "unknown field in the body",
        create("Promotion", Name="May", Colour="red"),
        400,
        "INVALID_FIELD",
        "No such column 'Colour' on sobject of type Promotion",
    ),
    Refusal(
        "unknown field asked for",
        lambda sf: sf.restful(f"sobjects/Contact/{customer(sf)}", params={"fields": "Colour"}),
        400,
        "INVALID_FIELD",
        "No such column 'Colour'",
    ),
    Refusal(
        "the id in the body",
        update("Promotion", Id=absent("0c8")),
        400,
        "INVALID_FIELD",
        "The Id field should not be specified in the sobject data.",
    ),
    Refusal(
        "read-only field",
        create("Promotion", Name="May", CreatedDate="2026-05-01T00:00:00Z"),
        400,
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: CreatedDate",
        ["CreatedDate"],
    ),
    Refusal(
        "field that can't be changed",
        update("Promotion", IsTiered=True),
        400,
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: IsTiered",
        ["IsTiered"],
    ),
    Refusal(
        "required field missing",
        create("Promotion", PromotionCode=word()),
        400,
        "REQUIRED_FIELD_MISSING",
        "Required fields are missing: [Name]",
        ["Name"],
    ),
    Refusal(
        "null into a required field",
        update("Account", Name=None),
        400,
        "REQUIRED_FIELD_MISSING",
        "[Name]",
        ["Name"],
    ),
    Refusal(
        "text too long",
        create("Promotion", Name="x" * 256),
        400,
        "STRING_TOO_LONG",
        fields=["Name"],
    ),
    Refusal(
        "number too large",
        create("Promotion", Name="May", PriorityNumber=10**12),
        400,
        "NUMBER_OUTSIDE_VALID_RANGE",
        fields=["PriorityNumber"],
    ),
    Refusal(
        "word that is no picklist value",
        create("Promotion", Name="May", DiscountOrder="Random"),
        400,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "bad value for restricted picklist field: Random",
        ["DiscountOrder"],
    ),
    Refusal(
        "end before start",
        create(
            "Promotion",
            Name="May",
            StartDateTime="2026-05-02T00:00:00Z",
            EndDateTime="2026-05-01T00:00:00Z",
        ),
        400,
        "FIELD_INTEGRITY_EXCEPTION",
    ),
    Refusal("promotion code taken", _taken_code, 400, "DUPLICATE_VALUE", "duplicate value found"),
    Refusal("enrolled twice", _enrolled_twice, 400, "DUPLICATE_VALUE"),
    Refusal(
        "reference of the wrong kind",
        create("Contact", LastName="Meyer", AccountId=NOBODY),
        400,
        "MALFORMED_ID",
        fields=["AccountId"],
    ),
    Refusal(
        "reference that is no id",
        create("Contact", LastName="Meyer", AccountId="nonsense"),
        400,
        "MALFORMED_ID",
        fields=["AccountId"],
    ),
    Refusal(
        "reference to nothing",
        create("Contact", LastName="Meyer", AccountId=absent("001")),
        400,
        "INVALID_CROSS_REFERENCE_KEY",
        fields=["AccountId"],
    ),
    Refusal("broken JSON", raw("POST", "sobjects/Account/", '{"Name":'), 400, "JSON_PARSER_ERROR"),
    Refusal("wrong JSON type", create("Account", Name={"first": "x"}), 400, "JSON_PARSER_ERROR"),
    Refusal(
        "date that is none",
        create("Promotion", Name="May", EnrollmentStartDate="2026-02-30"),
        400,
        "JSON_PARSER_ERROR",
    ),
    Refusal("query that is none", query("SELECT FROM Account"), 400, "MALFORMED_QUERY"),
    Refusal(
        "AND beside OR",
        query("SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'"),
        400,
        "MALFORMED_QUERY",
    ),
    Refusal(
        "query of an unknown object",
        query("SELECT Id FROM Voucher"),
        400,
        "INVALID_TYPE",
        "sObject type 'Voucher' is not supported",
    ),
    Refusal(
        "query of an unknown field",
        query("SELECT Colour FROM Promotion"),
        400,
        "INVALID_FIELD",
        "SELECT Colour FROM Promotion\n       ^\nERROR at Row:1:Column:8\n"
        "No such column 'Colour' on entity 'Promotion'.",
    ),
    Refusal(
        "page that there is not",
        lambda sf: sf.query_more("01g" + "0" * 15 + "-2000"),
        400,
        "INVALID_QUERY_LOCATOR",
    ),
    Refusal("search that is none", lambda sf: sf.search("FIND x"), 400, "MALFORMED_SEARCH"),
    Refusal(
        "window that ends before it begins",
        lambda sf: _window(sf, 0, 10),
        400,
        "INVALID_REPLICATION_DATE",
    ),
    Refusal(
        "window too long ago",
        lambda sf: _window(sf, 60 * 24 * 40, 0),
        400,
        "INVALID_REPLICATION_DATE",
    ),
    Refusal("unknown object", create("Voucher", Name="May"), 404, "NOT_FOUND"),
    Refusal("unknown record", lambda sf: sobject(sf, "Contact").get(NOBODY), 404, "NOT_FOUND"),
    Refusal(
        "id that is none",
        lambda sf: sobject(sf, "Contact").get("xyz"),
        404,
        "NOT_FOUND",
        "Provided external ID field does not exist or is not accessible: xyz",
    ),
    Refusal(
        "external id that nobody has",
        lambda sf: sobject(sf, "Contact").get_by_custom_id("ExternalId", word()),
        404,
        "NOT_FOUND",
    ),
    Refusal("unknown resource", raw("GET", "vouchers"), 404, "NOT_FOUND", "does not exist"),
    Refusal("deleted record", _deleted, 404, "ENTITY_IS_DELETED"),
    Refusal("method not taken", raw("PUT", "sobjects/Account/"), 405, "METHOD_NOT_ALLOWED"),
]


@pytest.mark.parametrize("expected", REFUSALS, ids=str)
def test_refusal(sf: Salesforce, expected: Refusal) -> None:
    refused = refusal(lambda: expected.act(sf))
    assert refused.status == expected.status, refused.content
    assert refused.kind is EXCEPTIONS.get(expected.status, SalesforceGeneralError)
    [error] = refused.content
    assert error["errorCode"] == expected.code, error
    assert expected.message in error["message"]
    if expected.fields:
        assert error["fields"] == expected.fields


def test_the_taken_code_names_the_record_that_has_it(sf: Salesforce) -> None:
    code = word()
    first = created(sf, "Promotion", Name="first", PromotionCode=code)
    second = refusal(lambda: created(sf, "Promotion", Name="second", PromotionCode=code))
    message = f"duplicate value found: PromotionCode duplicates value on record with id: {first}"
    assert second.content[0]["message"] == message


def test_several_records_of_one_name(sf: Salesforce) -> None:
    name = word()
    keys = {created(sf, "Promotion", Name=name) for _ in range(2)}
    for act in (
        lambda: sobject(sf, "Promotion").get_by_custom_id("Name", name),
        lambda: sobject(sf, "Promotion").upsert(f"Name/{name}", {"IsActive": True}),
    ):
        refused = refusal(act)
        assert refused.kind is SalesforceMoreThanOneRecord
        assert set(refused.content) == {
            f"/services/data/v59.0/sobjects/Promotion/{key}" for key in keys
        }


@pytest.mark.parametrize("token", ["nonsense", "00D000000000001!" + "0" * 64, ""])
def test_without_a_session(caller: Caller, token: str) -> None:
    refused = refusal(lambda: connect(caller, token).query("SELECT Id FROM Account"))
    assert (refused.kind, refused.codes) == (SalesforceExpiredSession, ["INVALID_SESSION_ID"])


def test_a_token_for_less_reads_and_does_not_write(caller: Caller) -> None:
    reader = connect(caller.limited_to("promotions:read", "promotions:all", "customers:read"))
    assert reader.query("SELECT COUNT() FROM Account")["records"] == []
    for act in (
        lambda: sobject(reader, "Account").create({"Name": "Meyer"}),
        lambda: reader.query("SELECT Id FROM PromotionPartyUsage"),
    ):
        refused = refusal(act)
        assert refused.kind is SalesforceRefusedRequest, refused.content
        assert refused.codes == ["INSUFFICIENT_ACCESS_OR_READONLY"]


def test_an_upsert_may_be_kept_from_creating(sf: Salesforce) -> None:
    key = word()

    def act() -> Any:
        params = {"updateOnly": "true"}
        path = f"sobjects/Account/ExternalId/{key}"
        return sf.restful(path, method="PATCH", params=params, json={"Name": "Meyer"})

    assert refusal(act).status == 404
    question = f"SELECT COUNT() FROM Account WHERE ExternalId = '{key}'"
    assert sf.query(question)["totalSize"] == 0
