"""Describe calls: which keys there are, what they say of some fields, and to whom.

That what they say is so is tried field by field in ``test_describe_is_true``.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.http import http_date
from pytest_django.fixtures import Settings

from promotions.actors import Actor, Source
from promotions.models import User
from promotions.services.partners import known_scopes
from promotions.sobjects.declare import every_sobject, sobject
from promotions.sobjects.describe import describe, describe_global
from promotions.sobjects.describe_fields import SOAP_TYPES
from promotions.sobjects.views import describe as views
from tests.sobjects.conftest import DATA, ObjectApi, problem

SUMMARY = {
    "activateable",
    "associateEntityType",
    "associateParentEntity",
    "createable",
    "custom",
    "customSetting",
    "deepCloneable",
    "deletable",
    "deprecatedAndHidden",
    "feedEnabled",
    "hasSubtypes",
    "isInterface",
    "isSubtype",
    "keyPrefix",
    "label",
    "labelPlural",
    "layoutable",
    "mergeable",
    "mruEnabled",
    "name",
    "queryable",
    "replicateable",
    "retrieveable",
    "searchable",
    "triggerable",
    "undeletable",
    "updateable",
    "urls",
}
WHOLE = SUMMARY | {
    "actionOverrides",
    "childRelationships",
    "compactLayoutable",
    "fields",
    "implementedBy",
    "implementsInterfaces",
    "defaultImplementation",
    "listviewable",
    "lookupLayoutable",
    "namedLayoutInfos",
    "networkScopeFieldName",
    "recordTypeInfos",
    "searchLayoutable",
    "sobjectDescribeOption",
    "supportedScopes",
}
FIELD = {
    "aggregatable",
    "aiPredictionField",
    "autoNumber",
    "byteLength",
    "calculated",
    "calculatedFormula",
    "cascadeDelete",
    "caseSensitive",
    "compoundFieldName",
    "controllerName",
    "createable",
    "custom",
    "defaultValue",
    "defaultValueFormula",
    "defaultedOnCreate",
    "dependentPicklist",
    "deprecatedAndHidden",
    "digits",
    "displayLocationInDecimal",
    "encrypted",
    "externalId",
    "extraTypeInfo",
    "filterable",
    "filteredLookupInfo",
    "formulaTreatNullNumberAsZero",
    "groupable",
    "highScaleNumber",
    "htmlFormatted",
    "idLookup",
    "inlineHelpText",
    "label",
    "length",
    "mask",
    "maskType",
    "name",
    "nameField",
    "namePointing",
    "nillable",
    "permissionable",
    "picklistValues",
    "polymorphicForeignKey",
    "precision",
    "queryByDistance",
    "referenceTargetField",
    "referenceTo",
    "relationshipName",
    "relationshipOrder",
    "restrictedDelete",
    "restrictedPicklist",
    "scale",
    "searchPrefilterable",
    "soapType",
    "sortable",
    "type",
    "unique",
    "updateable",
    "writeRequiresMasterRead",
}
CHILD = {
    "cascadeDelete",
    "childSObject",
    "deprecatedAndHidden",
    "field",
    "junctionIdListNames",
    "junctionReferenceTo",
    "relationshipName",
    "restrictedDelete",
}
RECORD_TYPE = {
    "active",
    "available",
    "defaultRecordTypeMapping",
    "developerName",
    "master",
    "name",
    "recordTypeId",
    "urls",
}
TYPES = {
    "id",
    "string",
    "picklist",
    "multipicklist",
    "textarea",
    "reference",
    "boolean",
    "int",
    "double",
    "currency",
    "percent",
    "date",
    "datetime",
    "time",
    "email",
    "phone",
    "url",
    "combobox",
    "address",
}
"""What existing clients know; they stop at any other."""


def caller(*scopes: str) -> Actor:
    """Who has these scopes; all there are unless told otherwise."""
    return Actor(User(pk=1), Source.API, frozenset(scopes or known_scopes()))


def described(name: str, *scopes: str) -> dict[str, Any]:
    one = sobject(name)
    assert one is not None
    return describe(one, caller(*scopes), "v59.0")


def field(name: str, field_name: str, *scopes: str) -> dict[str, Any]:
    fields = described(name, *scopes)["fields"]
    return next(one for one in fields if one["name"] == field_name)


# --- Which keys there are -----------------------------------------------------------------------


def test_the_list_of_all_objects_has_every_key() -> None:
    answer = describe_global(caller(), "v59.0")
    assert set(answer) == {"encoding", "maxBatchSize", "sobjects"}
    assert (answer["encoding"], answer["maxBatchSize"]) == ("UTF-8", 200)
    names = [one["name"] for one in answer["sobjects"]]
    assert names == sorted(names, key=str.lower)
    assert {"Promotion", "PromotionPartyUsage", "Account", "Contact", "Offer"} < set(names)
    for one in answer["sobjects"]:
        assert set(one) == SUMMARY, one["name"]


@pytest.mark.parametrize("name", [one.name for one in every_sobject()])
def test_an_object_and_its_fields_have_every_key(name: str) -> None:
    answer = described(name)
    assert set(answer) == WHOLE
    assert answer["fields"][0]["name"] == "Id"
    assert [one["type"] for one in answer["fields"]].count("id") == 1
    for one in answer["fields"]:
        assert set(one) == FIELD, one["name"]
        assert one["type"] in TYPES, one["name"]
        assert one["label"][0].isupper(), one["name"]
        assert one["length"] > 0 or one["soapType"] in SOAP_TYPES.values(), one["name"]
    for child in answer["childRelationships"]:
        assert set(child) == CHILD
    for record_type in answer["recordTypeInfos"]:
        assert set(record_type) == RECORD_TYPE
        assert record_type["recordTypeId"] == "012000000000000AAA"


@pytest.mark.parametrize("name", [one.name for one in every_sobject()])
def test_paths_lead_to_the_version_that_was_asked_for(name: str) -> None:
    url = f"/services/data/v59.0/sobjects/{name}"
    urls = described(name)["urls"]
    assert urls["sobject"] == url
    assert urls["describe"] == f"{url}/describe"
    assert urls["rowTemplate"] == f"{url}/{{ID}}"
    assert all(path.startswith(url) for path in urls.values())


def test_what_replicating_clients_go_by_is_everywhere() -> None:
    """They take the first of these that there is, filter by it and sort by it."""
    for one in every_sobject():
        fields = {f["name"]: f for f in described(one.name)["fields"]}
        marks = [n for n in ("SystemModstamp", "LastModifiedDate", "CreatedDate") if n in fields]
        assert marks or not one.replicateable, one.name
        assert all(fields[n]["filterable"] and fields[n]["sortable"] for n in marks), one.name


# --- What they say of some fields ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "field_name", "facts"),
    [
        (
            "Promotion",
            "Id",
            {"type": "id", "soapType": "tns:ID", "length": 18, "byteLength": 18, "idLookup": True},
        ),
        (
            "Promotion",
            "Name",
            {"type": "string", "length": 255, "nameField": True, "idLookup": True, "unique": False},
        ),
        (
            "Promotion",
            "PromotionCode",
            {"idLookup": True, "nillable": True, "unique": True, "caseSensitive": False},
        ),
        (
            "Promotion",
            "ExternalId",
            {"externalId": True, "idLookup": True, "unique": True, "caseSensitive": True},
        ),
        ("Promotion", "IsActive", {"defaultValue": False, "defaultedOnCreate": True, "length": 0}),
        ("Promotion", "IsTiered", {"createable": True, "updateable": False}),
        ("Promotion", "StartDateTime", {"type": "datetime", "soapType": "xsd:dateTime"}),
        ("Promotion", "EnrollmentStartDate", {"type": "date", "soapType": "xsd:date"}),
        ("Promotion", "PriorityNumber", {"soapType": "xsd:int", "digits": 10, "precision": 0}),
        (
            "Promotion",
            "TermsAndConditions",
            {
                "type": "textarea",
                "length": 32000,
                "filterable": False,
                "sortable": False,
                "groupable": False,
                "aggregatable": False,
            },
        ),
        (
            "Promotion",
            "DiscountOrder",
            {"restrictedPicklist": True, "defaultValue": "MostExpensive"},
        ),
        (
            "Promotion",
            "OwnerId",
            {
                "referenceTo": ["User", "Group"],
                "relationshipName": "Owner",
                "polymorphicForeignKey": True,
                "namePointing": True,
                "defaultedOnCreate": True,
                "nillable": False,
            },
        ),
        (
            "PromotionTier",
            "PromotionId",
            {
                "referenceTo": ["Promotion"],
                "cascadeDelete": True,
                "relationshipOrder": 0,
                "polymorphicForeignKey": False,
                "updateable": False,
            },
        ),
        ("PromotionTarget", "PromotionTierId", {"restrictedDelete": True, "cascadeDelete": False}),
        (
            "PromotionTarget",
            "AdjustmentPercent",
            {"type": "percent", "soapType": "xsd:double", "precision": 5, "scale": 2, "digits": 0},
        ),
        ("PromotionTarget", "AdjustmentAmount", {"type": "currency", "precision": 15, "scale": 2}),
        ("PromotionTarget", "TargetProductName", {"calculated": True, "createable": False}),
        ("PromotionQualifier", "Name", {"autoNumber": True, "nameField": True, "unique": True}),
        ("PromotionShare", "ParentId", {"unique": False}),
        ("Contact", "Email", {"type": "email", "idLookup": True, "length": 254}),
        ("Contact", "Phone", {"type": "phone", "soapType": "xsd:string"}),
        ("Contact", "Name", {"calculated": True, "nameField": True, "createable": False}),
        ("User", "CreatedDate", {"defaultValue": None}),
    ],
)
def test_some_fields(name: str, field_name: str, facts: dict[str, Any]) -> None:
    found = field(name, field_name)
    assert {key: found[key] for key in facts} == facts


def test_a_picklist_lists_its_values() -> None:
    assert field("Promotion", "QualifierCriteria")["picklistValues"] == [
        {
            "active": True,
            "defaultValue": value == "All",
            "label": label,
            "validFor": None,
            "value": value,
        }
        for value, label in (("All", "All of them"), ("Any", "Any one of them"))
    ]


def test_of_several_currencies_the_first_is_the_default(settings: Settings) -> None:
    settings.CURRENCIES = ["CHF", "EUR"]
    values = field("Promotion", "CurrencyIsoCode")["picklistValues"]
    assert [(v["value"], v["defaultValue"]) for v in values] == [("CHF", True), ("EUR", False)]


def test_fields_that_are_switched_off_are_not_there(settings: Settings) -> None:
    settings.COMMERCE_FIELDS = False
    assert "IsTiered" not in [one["name"] for one in described("Promotion")["fields"]]


def test_what_belongs_to_a_promotion() -> None:
    children = described("Promotion")["childRelationships"]
    assert {
        (c["childSObject"], c["field"], c["relationshipName"], c["cascadeDelete"]) for c in children
    } == {
        ("Coupon", "PromotionId", "Coupons", True),
        ("Offer", "PromotionId", "Offers", False),
        ("Promotion", "RelatedPromotionId", "RelatedPromotions", False),
        ("PromotionFeed", "ParentId", "Feeds", False),
        ("PromotionHistory", "PromotionId", "Histories", False),
        ("PromotionLimit", "PromotionId", "PromotionLimits", True),
        ("PromotionMarketSegment", "PromotionId", "PromotionMarketSegments", True),
        ("PromotionPartyUsage", "PromotionId", "PromotionPartyUsages", False),
        ("PromotionQualifier", "PromotionId", "PromotionQualifiers", True),
        ("PromotionShare", "ParentId", "Shares", False),
        ("PromotionTarget", "PromotionId", "PromotionTargets", True),
        ("PromotionTier", "PromotionId", "PromotionTiers", True),
    }


def test_what_keeps_a_tier_from_being_deleted() -> None:
    children = described("PromotionTier")["childRelationships"]
    assert {(c["childSObject"], c["restrictedDelete"]) for c in children} == {
        ("PromotionQualifier", True),
        ("PromotionTarget", True),
    }


@pytest.mark.parametrize(
    ("name", "kind", "parent"),
    [
        ("PromotionHistory", "History", "Promotion"),
        ("PromotionFeed", "Feed", "Promotion"),
        ("PromotionShare", "Share", "Promotion"),
        ("PromotionPartyUsageHistory", "History", "PromotionPartyUsage"),
        ("Promotion", None, None),
    ],
)
def test_what_an_object_tells_of(name: str, kind: str | None, parent: str | None) -> None:
    answer = described(name)
    assert (answer["associateEntityType"], answer["associateParentEntity"]) == (kind, parent)


# --- To whom ------------------------------------------------------------------------------------

CALLS = ("createable", "updateable", "deletable", "undeletable")


@pytest.mark.parametrize(
    ("name", "scopes", "offered"),
    [
        ("Promotion", ["promotions:read", "promotions:write"], True),
        ("Promotion", ["promotions:read"], False),
        ("Account", ["customers:read", "promotions:write"], False),
        ("PromotionHistory", ["promotions:read", "promotions:write"], False),
        ("User", ["promotions:read", "promotions:write"], False),
    ],
)
def test_only_what_the_token_allows_is_offered(name: str, scopes: list[str], offered: bool) -> None:
    answer = described(name, *scopes)
    assert [answer[call] for call in CALLS] == [offered] * len(CALLS)
    assert any(one["createable"] or one["updateable"] for one in answer["fields"]) == offered
    assert answer["queryable"]
    assert answer["retrieveable"]


def test_what_a_token_may_not_read_is_not_there() -> None:
    shown = {one["name"] for one in describe_global(caller("customers:read"), "v59.0")["sobjects"]}
    assert shown == {"Account", "Contact", "Group", "Organization", "User"}
    children = described("Account", "customers:read")["childRelationships"]
    assert [(child["childSObject"], child["relationshipName"]) for child in children] == [
        ("Account", "ChildAccounts"),
        ("Contact", "Contacts"),
    ]


# --- The calls ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["sobjects", "sobjects/"])
def test_the_call_for_all_objects(objects: ObjectApi, path: str) -> None:
    answer = objects.get(path)
    assert answer.status_code == 200
    assert {one["name"] for one in answer.json()["sobjects"]} == {s.name for s in every_sobject()}


@pytest.mark.parametrize("path", ["Promotion/describe", "promotion/describe/"])
def test_the_call_for_one_object(objects: ObjectApi, path: str) -> None:
    answer = objects.get(f"sobjects/{path}")
    assert answer.status_code == 200
    assert answer.json()["name"] == "Promotion"
    assert answer.json()["createable"]


def test_the_version_asked_for_is_the_one_in_the_paths(objects: ObjectApi) -> None:
    answer = objects.get("/services/data/v67.0/sobjects/Account/describe")
    assert answer.json()["urls"]["sobject"] == "/services/data/v67.0/sobjects/Account"


def test_an_object_in_short_with_what_was_viewed_last(objects: ObjectApi) -> None:
    first, second, never = (
        objects.make("Promotion", Name=name, PromotionCode=name) for name in "ABC"
    )
    for seen in (first, second):
        objects.get(f"sobjects/Promotion/{seen}", Sforce_Mru="updateMru=true")
    objects.get(f"sobjects/Promotion/{never}")
    for path in ("sobjects/Promotion", "sobjects/promotion/"):
        answer = objects.get(path).json()
        assert set(answer) == {"objectDescribe", "recentItems"}
        assert set(answer["objectDescribe"]) == SUMMARY
        assert answer["recentItems"] == [
            {
                "attributes": {"type": "Promotion", "url": f"{DATA}/sobjects/Promotion/{seen}"},
                "Id": seen,
                "Name": name,
            }
            for seen, name in ((second, "B"), (first, "A"))
        ]
    objects.delete(f"sobjects/Promotion/{second}")
    recent = objects.get("sobjects/Promotion").json()["recentItems"]
    assert [one["Id"] for one in recent] == [first]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("sobjects/Lead/describe", (404, "NOT_FOUND", [])),
        ("sobjects/Lead", (404, "NOT_FOUND", [])),
        ("sobjects/Account/describe", (403, "INSUFFICIENT_ACCESS_OR_READONLY", [])),
        ("sobjects/Account", (403, "INSUFFICIENT_ACCESS_OR_READONLY", [])),
    ],
)
@pytest.mark.django_db
def test_what_there_is_not(path: str, told: tuple[int, str, list[str]]) -> None:
    assert problem(ObjectApi(["promotions:read"]).get(path)) == told


@pytest.mark.parametrize("path", ["sobjects", "sobjects/Promotion/describe"])
def test_who_has_it_already_is_not_told_again(objects: ObjectApi, path: str) -> None:
    first = objects.get(path)
    changed = first["Last-Modified"]
    again = objects.get(path, If_Modified_Since=changed)
    assert (again.status_code, again.content, again["Last-Modified"]) == (304, b"", changed)
    earlier = datetime.now(UTC) - timedelta(days=1)
    assert objects.get(path, If_Modified_Since=http_date(earlier.timestamp())).status_code == 200
    assert objects.get(path, If_Modified_Since="yesterday").status_code == 200


def test_a_new_start_and_a_new_token_may_tell_something_else(
    objects: ObjectApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other code and settings come with a start, other scopes with a token."""
    monkeypatch.setattr(views, "_STARTED", datetime(2020, 1, 1, tzinfo=UTC))
    changed = objects.get("sobjects")["Last-Modified"]
    assert objects.get("sobjects", If_Modified_Since=changed).status_code == 304
    later = datetime.now(UTC) + timedelta(hours=1)
    monkeypatch.setattr(views, "_STARTED", later)
    answer = objects.get("sobjects", If_Modified_Since=changed)
    assert (answer.status_code, answer["Last-Modified"]) == (200, http_date(later.timestamp()))
