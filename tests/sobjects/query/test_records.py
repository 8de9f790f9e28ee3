"""What is selected: fields, parents, children, functions; and in which order rows come."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promotions.models import QueryLocator, RecordView
from tests.factories import (
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)
from tests.sobjects.conftest import DATA
from tests.sobjects.query.conftest import QueryApi

pytestmark = pytest.mark.django_db


def test_fields_in_the_order_and_the_spelling_that_clients_know(soql: QueryApi) -> None:
    made = make_promotion(
        name="Summer",
        maximum_usage_count=1,
        start_date_time=datetime(2026, 5, 1, 12, 30, 0, 5000, tzinfo=UTC),
    )
    answer = soql.answer(
        "select NAME, id, startdatetime, isactive, MaximumUsageCount from PROMOTION"
    )
    url = f"{DATA}/sobjects/Promotion/{made.record_id}"
    (record,) = answer["records"]
    assert list(record.items()) == [
        ("attributes", {"type": "Promotion", "url": url}),
        ("Name", "Summer"),
        ("Id", made.record_id),
        ("StartDateTime", "2026-05-01T12:30:00.005+0000"),
        ("IsActive", True),
        ("MaximumUsageCount", 1),
    ]
    assert (answer["totalSize"], answer["done"]) == (1, True)


def test_parents_are_records_with_attributes_or_null(soql: QueryApi) -> None:
    promotion = make_promotion(name="Summer", owner_user=make_user(first_name="Ann"))
    account = make_account(name="Acme")
    enroll_account(account, promotion)
    enroll_contact(make_contact(first_name="Bo", last_name="Li", account=account), promotion)
    answer = soql.answer(
        "SELECT Name, Promotion.Owner.Name, Promotion.Name, Contact.Account.Name, Party.Name "
        "FROM PromotionPartyUsage u ORDER BY u.Id"
    )
    first, second = answer["records"]
    assert first["Promotion"]["attributes"]["type"] == "Promotion"
    assert first["Promotion"]["Owner"]["attributes"]["type"] == "User"
    assert first["Promotion"]["Owner"]["Name"] == "Ann"
    assert first["Promotion"]["Name"] == "Summer"
    assert first["Contact"] is None
    assert first["Party"]["attributes"]["type"] == "Account"
    assert first["Party"]["Name"] == "Acme"
    assert second["Contact"]["Account"]["Name"] == "Acme"
    assert second["Party"]["attributes"]["type"] == "Contact"
    assert second["Party"]["Name"] == "Bo Li"


def test_children_with_conditions_orders_and_limits(soql: QueryApi) -> None:
    for name, contacts in (("A", 3), ("B", 0), ("C", 1)):
        promotion = make_promotion(name=name)
        make_offer(promotion=promotion, name=f"{name}1")
        make_offer(promotion=promotion, name=f"{name}2")
        for _ in range(contacts):
            enroll_contact(make_contact(last_name=f"Of {name}"), promotion)
    answer = soql.answer(
        "SELECT Name, (SELECT Name FROM Offers WHERE Name != 'C1' ORDER BY Name DESC), "
        "(SELECT Contact.LastName FROM PromotionPartyUsages LIMIT 2) "
        "FROM Promotion ORDER BY Name"
    )

    def names(children: dict[str, list[dict[str, str]]] | None) -> list[str] | None:
        return None if children is None else [child["Name"] for child in children["records"]]

    records = answer["records"]
    assert [names(record["Offers"]) for record in records] == [["A2", "A1"], ["B2", "B1"], ["C2"]]
    usages = [record["PromotionPartyUsages"] for record in records]
    assert usages[1] is None
    assert [(u["totalSize"], u["done"], len(u["records"])) for u in usages if u] == [
        (2, True, 2),
        (1, True, 1),
    ]
    assert usages[2]["records"][0]["Contact"]["LastName"] == "Of C"
    one = soql.answer("SELECT (SELECT Id FROM Offers OFFSET 1) FROM Promotion LIMIT 1")
    assert one["records"][0]["Offers"]["totalSize"] == 1
    assert soql.refused("SELECT (SELECT Id FROM Things) FROM Promotion")[0] == "INVALID_FIELD"


def test_more_children_than_come_along(soql: QueryApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promotions.sobjects.query.children.ON_PAGE", 20)
    promotions = [make_promotion(name=name) for name in "AB"]
    for number in range(23):
        make_offer(promotion=promotions[0], name=f"{number:02}")
    wanted = [f"{number:02}" for number in range(23)]
    for condition in ("= 'A'", "IN ('A', 'B')"):
        for more, total in (("", 23), ("LIMIT 22", 22), ("LIMIT 20", 20)):
            text = f"SELECT Id, (SELECT Name FROM Offers ORDER BY Name {more}) FROM Promotion"
            first, *others = soql.answer(f"{text} WHERE Name {condition}")["records"]
            assert all(other["Offers"] is None for other in others)
            page = first["Offers"]
            shown = [record["Name"] for record in page["records"]]
            assert (page["totalSize"], page["done"], len(shown)) == (total, total == 20, 20)
            if not page["done"]:
                rest = soql.get(page["nextRecordsUrl"]).json()
                assert (rest["totalSize"], rest["done"]) == (total, True)
                shown += [record["Name"] for record in rest["records"]]
            assert shown == wanted[:total]


def test_what_is_left_of_children_is_kept_at_once(
    soql: QueryApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promotions.sobjects.query.children.ON_PAGE", 1)
    monkeypatch.setattr("promotions.services.query_locators.MOST_OPEN", 0)
    text = "SELECT (SELECT Name FROM Offers ORDER BY Name) FROM Promotion ORDER BY Name"
    soql.answer(text)
    statements, paths = [], []
    for name in "ABC":
        promotion = make_promotion(name=name)
        for number in range(2):
            make_offer(promotion=promotion, name=f"{name}{number}")
        if name != "A":  # of a single record the children are asked for in another way
            with CaptureQueriesContext(connection) as captured:
                records = soql.answer(text)["records"]
            statements.append(len(captured))
            paths += [record["Offers"]["nextRecordsUrl"] for record in records]
    assert statements[0] == statements[1]
    found = [soql.get(path).json()["records"][0]["Name"] for path in paths]
    assert found == ["A1", "B1", "A1", "B1", "C1"]
    monkeypatch.setattr("promotions.services.query_locators.MOST_CHILDREN_OPEN", 3)
    soql.answer(text)
    assert QueryLocator.objects.count() == 3


def test_children_that_are_all_there_need_no_locator(soql: QueryApi) -> None:
    make_offer(promotion=make_promotion())
    soql.answer("SELECT (SELECT Name FROM Offers) FROM Promotion")
    assert not QueryLocator.objects.exists()


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("FIELDS(STANDARD) FROM Organization", {"Id", "Name", "InstanceName", "IsSandbox"}),
        ("FIELDS(ALL) FROM Organization LIMIT 1", {"Id", "Name", "NamespacePrefix"}),
    ],
)
def test_all_fields(soql: QueryApi, text: str, fields: set[str]) -> None:
    (record,) = soql.answer(f"SELECT {text}")["records"]
    assert fields < set(record)


def test_custom_fields_are_none(soql: QueryApi) -> None:
    (record,) = soql.answer("SELECT FIELDS(CUSTOM) FROM Organization LIMIT 1")["records"]
    assert set(record) == {"attributes", "Id"}


def test_labels_and_formats(soql: QueryApi) -> None:
    make_promotion(
        discount_order="LeastExpensive",
        maximum_usage_count=1234,
        start_date_time=datetime(2026, 5, 1, 15, 4, tzinfo=UTC),
    )
    assert soql.rows(
        "SELECT toLabel(DiscountOrder), FORMAT(MaximumUsageCount) uses, FORMAT(StartDateTime) "
        "FROM Promotion"
    ) == [("Least expensive products first", "1,234", "5/1/2026, 3:04 PM")]


ORDERS = [
    ("PromotionCode", ["none", "B", "a", "C"]),
    ("PromotionCode DESC", ["none", "C", "a", "B"]),
    ("PromotionCode NULLS LAST", ["B", "a", "C", "none"]),
    ("PromotionCode DESC NULLS LAST", ["C", "a", "B", "none"]),
    ("IsActive DESC, Name DESC", ["none", "C", "B", "a"]),
    ("Owner.Name, Name", ["a", "B", "C", "none"]),
    ("OwnerId, Id DESC", ["none", "C", "a", "B"]),
    ("LastViewedDate, Name", ["a", "B", "C", "none"]),
]


def test_orders(soql: QueryApi) -> None:
    for name, code in (("B", "1"), ("a", "1b"), ("C", "X"), ("none", None)):
        make_promotion(name=name, promotion_code=code)
    found = {o: soql.rows(f"SELECT Name FROM Promotion ORDER BY {o}") for o, _ in ORDERS}
    assert found == dict(ORDERS)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (
            "SELECT Id FROM Promotions",
            "INVALID_TYPE",
            "sObject type 'Promotions' is not supported.",
        ),
        ("SELECT Id FROM", "MALFORMED_QUERY", ""),
        ("SELECT Name, name FROM Promotion", "MALFORMED_QUERY", "duplicate field selected: name"),
        (
            "SELECT Name, Promotion.Name FROM Promotion",
            "MALFORMED_QUERY",
            "duplicate field selected",
        ),
        ("SELECT Name n FROM Promotion", "MALFORMED_QUERY", ""),
        (
            "SELECT Id FROM Promotion ORDER BY TermsAndConditions",
            "INVALID_FIELD",
            "field 'TermsAndConditions' can not be sorted in a query call",
        ),
        ("SELECT convertCurrency(Id) FROM Promotion", "FUNCTIONALITY_NOT_ENABLED", ""),
        (
            "SELECT Id FROM Promotion OFFSET 2001",
            "NUMBER_OUTSIDE_VALID_RANGE",
            "OFFSET may be 2,000 at most.",
        ),
        ("SELECT Name n, Name n FROM Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not"),
        ("SELECT Status, COUNT(Id) FROM Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not"),
        (
            "SELECT Id FROM Account.Contacts",
            "INVALID_TYPE",
            "sObject type 'Account.Contacts' is not supported.",
        ),
    ],
)
def test_what_is_refused(soql: QueryApi, text: str, code: str, message: str) -> None:
    told = soql.refused(text)
    assert (told[0], told[1][: len(message)]) == (code, message)


def test_asked_for_to_be_shown(soql: QueryApi) -> None:
    make_promotion()
    soql.answer("SELECT Id FROM Promotion FOR REFERENCE")
    seen = RecordView.objects.get()
    assert (seen.last_viewed_date, seen.user) == (None, soql.partner.acting_user)
    soql.answer("SELECT Id FROM Promotion FOR VIEW")
    assert RecordView.objects.get().last_viewed_date is not None
    shown = soql.rows("SELECT Id FROM Promotion WHERE LastViewedDate = TODAY")
    assert len(shown) == 1


def test_without_a_query(soql: QueryApi) -> None:
    answer = soql.get("query/?explain")
    assert answer.status_code == 400
    assert soql.get("query").json()[0]["errorCode"] == "MALFORMED_QUERY"


def test_what_the_command_line_asks_of_columns(soql: QueryApi) -> None:
    text = "SELECT+Id,+Name,+Owner.Name,+MaximumUsageCount,+(SELECT+Id+FROM+Offers)+FROM+Promotion"
    answer = soql.get(f"query?q={text}&columns=true").json()
    assert (answer["entityName"], answer["idSelected"], answer["groupBy"], answer["keyPrefix"]) == (
        "Promotion",
        True,
        False,
        "0c8",
    )
    columns = {column["columnName"]: column for column in answer["columnMetadata"]}
    assert list(columns) == ["Id", "Name", "Owner", "MaximumUsageCount", "Offers"]
    assert columns["Name"] == {
        "aggregate": False,
        "apexType": "String",
        "booleanType": False,
        "columnName": "Name",
        "custom": False,
        "displayName": "Name",
        "foreignKeyName": None,
        "insertable": True,
        "joinColumns": [],
        "numberType": False,
        "textType": True,
        "updatable": True,
    }
    assert columns["MaximumUsageCount"]["numberType"]
    assert [c["columnName"] for c in columns["Owner"]["joinColumns"]] == ["Name"]
    assert columns["Offers"]["aggregate"]
    assert [c["columnName"] for c in columns["Offers"]["joinColumns"]] == ["Id"]
    text = "SELECT+IsActive,+COUNT(Id)+n+FROM+Promotion+GROUP+BY+IsActive"
    grouped = soql.get(f"query?q={text}&columns=true").json()
    assert grouped["groupBy"] is True
    shown = [(c["displayName"], c["aggregate"]) for c in grouped["columnMetadata"]]
    assert shown == [("IsActive", False), ("n", True)]


def test_how_the_database_would_look(soql: QueryApi) -> None:
    make_promotion()
    answer = soql.get("query?explain=SELECT+Id+FROM+Promotion+WHERE+Name='x'").json()
    assert answer["sourceQuery"] == "SELECT Id FROM Promotion WHERE Name='x'"
    (plan,) = answer["plans"]
    assert plan["sobjectType"] == "Promotion"
    assert plan["leadingOperationType"] in ("Index", "TableScan")
    assert plan["sobjectCardinality"] >= 1


@pytest.mark.parametrize("path", ["query", "queryAll"])
def test_the_database_need_not_look_for_what_is_never_there(soql: QueryApi, path: str) -> None:
    text = "SELECT+Id+FROM+Organization+WHERE+LanguageLocaleKey=null"
    (plan,) = soql.get(f"{path}?explain={text}").json()["plans"]
    told = (plan["leadingOperationType"], plan["cardinality"], plan["relativeCost"])
    assert told == ("Index", 0, 0)


@pytest.mark.parametrize("function", ["toLabel", "FORMAT"])
def test_what_has_no_label_or_format_is_shown_as_ever(soql: QueryApi, function: str) -> None:
    make_promotion(name="Summer")
    names = ("Id", "OwnerId", "CreatedById", "IsActive")
    (plain,) = soql.rows(f"SELECT {', '.join(names)} FROM Promotion")
    (shown,) = soql.rows(
        f"SELECT {', '.join(f'{function}({name}) n{n}' for n, name in enumerate(names))} "
        "FROM Promotion"
    )
    assert shown == plain
    (group,) = soql.rows(f"SELECT {function}(OwnerId) o FROM Promotion GROUP BY OwnerId")
    assert group == plain[1]


def test_numbers_and_moments_have_no_label(soql: QueryApi) -> None:
    make_account(name="Oak", annual_revenue="10.5")
    names = ("AnnualRevenue", "CreatedDate", "NumberOfEmployees")
    (plain,) = soql.rows(f"SELECT {', '.join(names)} FROM Account")
    labels = ", ".join(f"toLabel({name}) n{n}" for n, name in enumerate(names))
    assert soql.rows(f"SELECT {labels} FROM Account") == [plain]
