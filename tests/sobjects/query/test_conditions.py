"""What WHERE finds: by kinds of values, null, NOT, and other queries."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from promotions.models import Promotion
from tests.factories import (
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)
from tests.sobjects.query.conftest import QueryApi

pytestmark = pytest.mark.django_db

EVERYTHING = {"Álpha", "beta", "Gamma", "delta_1", "50% off"}


@pytest.fixture
def five(soql: QueryApi) -> QueryApi:
    """Five promotions that differ in everything."""
    make_promotion(
        name="Álpha",
        promotion_code="ALPHA",
        external_id="Ext-1",
        maximum_usage_count=1,
        start_date_time=datetime(2026, 1, 1, tzinfo=UTC),
        enrollment_start_date=datetime(2026, 1, 1, tzinfo=UTC).date(),
        is_active=True,
        description="First of ALL",
    )
    make_promotion(
        name="beta",
        promotion_code="beta",
        external_id="ext-1",
        maximum_usage_count=5,
        start_date_time=datetime(2026, 6, 15, 12, 30, 15, 123456, tzinfo=UTC),
        enrollment_start_date=datetime(2026, 6, 15, tzinfo=UTC).date(),
        is_active=False,
        discount_order="LeastExpensive",
    )
    make_promotion(name="Gamma", promotion_code=None, is_active=False, maximum_usage_count=10)
    make_promotion(name="delta_1", promotion_code="d1", maximum_usage_count=2**31 - 1)
    make_promotion(name="50% off", promotion_code="\\", maximum_usage_count=None)
    return soql


def but(*names: str) -> set[str]:
    return EVERYTHING - set(names)


FOUND: list[tuple[str, set[str]]] = [
    # Texts compare without regard to case, also where the database doesn't keep them folded.
    ("Name = 'BETA'", {"beta"}),
    ("Name = 'álpha'", {"Álpha"}),
    ("Name = 'bet'", set()),
    ("Name != 'BETA'", but("beta")),
    ("NOT Name = 'beta'", but("beta")),
    ("PromotionCode != 'alpha'", but("Álpha")),
    ("PromotionCode = null", {"Gamma"}),
    ("PromotionCode = ''", {"Gamma"}),
    ("PromotionCode != null", but("Gamma")),
    ("PromotionCode != ''", but("Gamma")),
    ("PromotionCode IN ('ALPHA', 'D1', 'x')", {"Álpha", "delta_1"}),
    ("PromotionCode IN (null, 'd1')", {"Gamma", "delta_1"}),
    ("PromotionCode NOT IN ('ALPHA', 'D1')", but("Álpha", "delta_1")),
    ("PromotionCode NOT IN (null, 'd1')", but("Gamma", "delta_1")),
    ("Name < 'c'", {"beta", "50% off"}),
    ("PromotionCode >= 'beta'", {"beta", "delta_1"}),
    ("NOT PromotionCode >= 'beta'", but("beta", "delta_1")),
    ("Description = 'first of all'", {"Álpha"}),
    ("Description LIKE '%OF all'", {"Álpha"}),
    ("NOT Description LIKE '%of%'", but("Álpha")),
    # An external id is another system's: case counts.
    ("ExternalId = 'ext-1'", {"beta"}),
    ("ExternalId IN ('Ext-1')", {"Álpha"}),
    # Patterns
    ("Name LIKE 'B%'", {"beta"}),
    ("Name LIKE '%ta%'", {"beta", "delta_1"}),
    ("Name LIKE 'delta_1'", {"delta_1"}),
    ("Name LIKE 'delta\\\\_1'", set()),
    ("Name LIKE 'delta\\_1'", {"delta_1"}),
    ("Name LIKE '50\\%%'", {"50% off"}),
    ("Name LIKE '_e_a'", {"beta"}),
    ("Name LIKE 'beta'", {"beta"}),
    ("Name LIKE '%'", EVERYTHING),
    ("PromotionCode LIKE '%'", but("Gamma")),
    ("PromotionCode LIKE ''", set()),
    ("PromotionCode LIKE '\\\\'", {"50% off"}),
    ("Name LIKE '%A%A'", {"Gamma"}),
    # Picklists
    ("DiscountOrder = 'leastexpensive'", {"beta"}),
    ("DiscountOrder LIKE 'Least%'", {"beta"}),
    ("DiscountOrder > 'LEAST'", EVERYTHING),
    ("DiscountOrder = 'Nothing'", set()),
    ("toLabel(DiscountOrder) = 'least expensive products first'", {"beta"}),
    # Flags and numbers
    ("IsActive = false", {"beta", "Gamma"}),
    ("IsActive != false", but("beta", "Gamma")),
    ("IsActive IN (true, false)", EVERYTHING),
    ("MaximumUsageCount = 5", {"beta"}),
    ("MaximumUsageCount = 5.0", {"beta"}),
    ("MaximumUsageCount = 5.5", set()),
    ("MaximumUsageCount != 5.5", EVERYTHING),
    ("MaximumUsageCount > 4.5", {"beta", "Gamma", "delta_1"}),
    ("MaximumUsageCount < 5.5", {"Álpha", "beta"}),
    ("MaximumUsageCount <= 4.9", {"Álpha"}),
    ("MaximumUsageCount >= 5.1", {"Gamma", "delta_1"}),
    ("MaximumUsageCount < 99999999999999999999999999999999", but("50% off")),
    ("MaximumUsageCount > -1e20", but("50% off")),
    ("MaximumUsageCount IN (1, 10, 99999999999999999999999999)", {"Álpha", "Gamma"}),
    ("MaximumUsageCount = null", {"50% off"}),
    ("NOT MaximumUsageCount > 1", {"Álpha", "50% off"}),
    ("MaximumUsageCount > null", set()),
    ("NOT MaximumUsageCount > null", EVERYTHING),
    # Moments are the same to the millisecond, as they are shown.
    ("StartDateTime = 2026-06-15T12:30:15.123Z", {"beta"}),
    ("StartDateTime > 2026-06-15T12:30:15.123Z", set()),
    ("StartDateTime >= 2026-06-15T14:30:15.123+02:00", {"beta"}),
    ("StartDateTime <= 2026-06-15T12:30:15.123Z", {"Álpha", "beta"}),
    ("StartDateTime < 2026-06-15T12:30:15.123Z", {"Álpha"}),
    ("StartDateTime = null", but("Álpha", "beta")),
    ("StartDateTime != 2026-01-01T00:00:00Z", but("Álpha")),
    ("StartDateTime < 9999-12-31T23:59:59.999Z", {"Álpha", "beta"}),
    ("StartDateTime <= 9999-12-31T23:59:59.999Z", {"Álpha", "beta"}),
    ("StartDateTime = LAST_N_DAYS:365000", {"Álpha", "beta"}),
    ("EnrollmentStartDate = 2026-06-15", {"beta"}),
    ("EnrollmentStartDate IN (2026-06-15, 2026-01-01)", {"Álpha", "beta"}),
    ("EnrollmentStartDate > 2026-01-01", {"beta"}),
    ("EnrollmentStartDate < 9999-12-31", {"Álpha", "beta"}),
    ("EnrollmentStartDate <= 9999-12-31", {"Álpha", "beta"}),
    ("EnrollmentStartDate < 0001-01-01", set()),
    # Functions of days and moments
    ("CALENDAR_YEAR(StartDateTime) = 2026", {"Álpha", "beta"}),
    ("CALENDAR_MONTH(StartDateTime) = 6", {"beta"}),
    ("FISCAL_QUARTER(EnrollmentStartDate) = 2", {"beta"}),
    ("DAY_IN_WEEK(EnrollmentStartDate) = 2", {"beta"}),
    ("DAY_IN_MONTH(convertTimezone(StartDateTime)) IN (15)", {"beta"}),
    ("DAY_IN_YEAR(StartDateTime) = 166", {"beta"}),
    ("WEEK_IN_MONTH(StartDateTime) = 3", {"beta"}),
    ("WEEK_IN_YEAR(StartDateTime) = 24", {"beta"}),
    ("HOUR_IN_DAY(StartDateTime) > 11.5", {"beta"}),
    ("DAY_ONLY(StartDateTime) = 2026-06-15", {"beta"}),
    ("NOT CALENDAR_YEAR(StartDateTime) = 2026", but("Álpha", "beta")),
    # Together
    ("Name = 'beta' OR Name = 'Gamma'", {"beta", "Gamma"}),
    ("NOT (Name = 'beta' OR PromotionCode = 'd1')", but("beta", "delta_1")),
    ("NOT (IsActive = true AND PromotionCode != 'd1')", {"beta", "Gamma", "delta_1"}),
    ("Promotion.Name = 'beta' AND p.IsActive = false", {"beta"}),
    ("(NOT (NOT Name = 'beta'))", {"beta"}),
    ("Name = 'x' OR MaximumUsageCount > null", set()),
    ("LastViewedDate = null", EVERYTHING),
    ("LastViewedDate > 2020-01-01T00:00:00Z", set()),
    ("IsDeleted = true", set()),
    ("RelatedPromotion.Name = null", EVERYTHING),
    ("RelatedPromotion.Name != 'x'", EVERYTHING),
    ("RelatedPromotion.IsActive = true", set()),
]


def test_what_conditions_find(five: QueryApi) -> None:
    wrong = {
        condition: found
        for condition, expected in FOUND
        if (found := set(five.rows(f"SELECT Name FROM Promotion p WHERE {condition}"))) != expected
    }
    assert wrong == {}


def test_a_condition_and_its_opposite_share_everything(five: QueryApi) -> None:
    wrong = {
        condition
        for condition, expected in FOUND
        if set(five.rows(f"SELECT Name FROM Promotion p WHERE (NOT ({condition}))"))
        != EVERYTHING - expected
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("condition", "code", "message"),
    [
        ("Nme = 'x'", "INVALID_FIELD", "No such column 'Nme' on entity 'Promotion'. If you"),
        ("Owner.Nme = 'x'", "INVALID_FIELD", "No such column 'Nme' on entity 'Name'. If you"),
        ("Ownr.Name = 'x'", "INVALID_FIELD", "Didn't understand relationship 'Ownr' in field"),
        (
            "StartDateTime > '2026-01-01'",
            "INVALID_FIELD",
            "value of filter criterion for field 'StartDateTime' must be of type dateTime and "
            "should not be enclosed in quotes",
        ),
        (
            "StartDateTime > 2026-01-01",
            "INVALID_FIELD",
            "value of filter criterion for field 'StartDateTime' must be of type dateTime",
        ),
        (
            "EnrollmentStartDate = 2026-01-01T00:00:00Z",
            "INVALID_FIELD",
            "value of filter criterion for field 'EnrollmentStartDate' must be of type date",
        ),
        (
            "Name = 5",
            "INVALID_FIELD",
            "value of filter criterion for field 'Name' must be of type string and should be "
            "enclosed in quotes",
        ),
        ("MaximumUsageCount = '5'", "INVALID_FIELD", "value of filter criterion for field"),
        ("IsActive = 'true'", "INVALID_FIELD", "value of filter criterion for field 'IsActive'"),
        ("IsActive > true", "INVALID_QUERY_FILTER_OPERATOR", "IsActive: invalid operator on boo"),
        ("Id = 'xyz'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: xyz"),
        ("Id = '0c8000000000001AAB'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: 0c80"),
        ("Id LIKE '0c8%'", "INVALID_QUERY_FILTER_OPERATOR", "Id: invalid operator on id field"),
        ("MaximumUsageCount LIKE '5%'", "INVALID_QUERY_FILTER_OPERATOR", "MaximumUsageCount: "),
        ("Name INCLUDES ('a')", "INVALID_QUERY_FILTER_OPERATOR", "includes and excludes"),
        (
            "TermsAndConditions = 'x'",
            "INVALID_FIELD",
            "field 'TermsAndConditions' can not be filtered in a query call",
        ),
        ("CALENDAR_YEAR(Name) = 2026", "INVALID_FIELD", "CALENDAR_YEAR needs a date or a"),
        ("HOUR_IN_DAY(EnrollmentStartDate) = 1", "INVALID_FIELD", "HOUR_IN_DAY needs a dateT"),
        ("Id IN (SELECT Id FROM Nothing)", "INVALID_TYPE", "sObject type 'Nothing' is not"),
        ("Id IN (SELECT Id FROM Promotion.Coupons)", "INVALID_TYPE", "sObject type 'Promotion.Cou"),
        ("Id IN (SELECT Name FROM Product2)", "INVALID_FIELD", "The inner and outer selected"),
        ("Name LIKE '" + "a%" * 600 + "'", "INVALID_FIELD", "A pattern has 1,000 characters"),
    ],
)
def test_what_is_refused(soql: QueryApi, condition: str, code: str, message: str) -> None:
    told = soql.refused(f"SELECT Id FROM Promotion WHERE {condition}")
    assert (told[0], told[1][: len(message)]) == (code, message)


def test_a_problem_is_shown_in_its_place(soql: QueryApi) -> None:
    (entry,) = soql.ask("SELECT Id, Colour FROM Promotion").json()
    assert entry["message"].startswith(
        "\nSELECT Id, Colour FROM Promotion\n           ^\nERROR at Row:1:Column:12\n"
        "No such column 'Colour' on entity 'Promotion'. If you are attempting to use a custom "
    )


def test_ids_and_references(soql: QueryApi) -> None:
    first, second = make_promotion(name="first"), make_promotion(name="second")
    account = make_account(name="Acme")
    contact = make_contact(account=account, email="Ann@Example.com")
    by_contact = enroll_contact(contact, first)
    by_account = enroll_account(account, second)

    def found(condition: str) -> set[str]:
        rows = soql.rows(f"SELECT Id FROM PromotionPartyUsage WHERE {condition}")
        return {{by_contact.record_id: "contact", by_account.record_id: "account"}[r] for r in rows}

    both = {"contact", "account"}
    table = {
        f"PromotionId = '{first.record_id}'": {"contact"},
        f"PromotionId = '{first.record_id[:15]}'": {"contact"},
        f"PromotionId != '{first.record_id}'": {"account"},
        f"PromotionId = '{contact.record_id}'": set(),
        f"PromotionId != '{contact.record_id}'": both,
        f"Promotion.Id IN ('{first.record_id}', '{second.record_id}')": both,
        f"PartyId = '{contact.record_id}'": {"contact"},
        f"PartyId = '{account.record_id}'": {"account"},
        f"PartyId != '{account.record_id}'": {"contact"},
        f"PartyId IN ('{account.record_id}', '{contact.record_id}')": both,
        f"AccountId = '{account.record_id}'": {"account"},
        "ContactId = null": {"account"},
        "ContactId = ''": {"account"},
        "Contact.Email = 'ann@example.COM'": {"contact"},
        "Contact.Email != 'ann@example.COM'": {"account"},
        "Contact.Account.Name LIKE 'ac%'": {"contact"},
        "Party.Name = 'acme'": {"account"},
        "NOT Party.Name = 'acme'": {"contact"},
        f"Id > '{min(by_contact.record_id, by_account.record_id)}'": {"account"},
        f"Id >= '{by_contact.record_id}'": both,
        "Id < '000000000000000AAA'": set(),
        "Id < 'zzzzzzzzzzzzzzz'": both,
        f"Name = '{by_contact.name}'": {"contact"},
        f"Name = '{by_contact.name.lower()}'": {"contact"},
        "Name LIKE 'ppu-0000%'": both,
        "Name > 'PPU-999999999'": set(),
        "Name = 'something'": set(),
        "EnrollmentOfferId = null": both,
        "PointsCredited = 0": both,
        "PointsCredited < 0.001": both,
        "PointsCredited > 0.001": set(),
        "UsageCount < 1": both,
    }
    assert {condition: found(condition) for condition in table} == table


def test_semi_and_anti_joins(soql: QueryApi) -> None:
    first, second = make_promotion(name="first"), make_promotion(name="second")
    make_promotion(name="third", related_promotion=first)
    contact = make_contact(email="a@example.com")
    enroll_contact(contact, first)
    enroll_contact(make_contact(), second)
    make_offer(promotion=first)
    table = {
        "Id IN (SELECT PromotionId FROM PromotionPartyUsage)": ["first", "second"],
        "Id NOT IN (SELECT PromotionId FROM PromotionPartyUsage)": ["third"],
        "Id IN (SELECT PromotionId FROM PromotionPartyUsage WHERE Contact.Email = 'A@example.com')":
            ["first"],
        "RelatedPromotionId IN (SELECT Id FROM Promotion WHERE Name = 'FIRST')": ["third"],
        "RelatedPromotionId NOT IN (SELECT Id FROM Promotion)": ["first", "second"],
        "Id NOT IN (SELECT RelatedPromotionId FROM Promotion)": ["second", "third"],
        "Id IN (SELECT PromotionId FROM Offer) AND Id IN (SELECT PromotionId FROM "
        "PromotionPartyUsage)": ["first"],
        "OwnerId IN (SELECT Id FROM User)": ["first", "second", "third"],
        "OwnerId NOT IN (SELECT Id FROM Group)": ["first", "second", "third"],
        "Id IN (SELECT PartyId FROM PromotionPartyUsage)": [],
    }  # fmt: skip
    found = {
        condition: soql.rows(f"SELECT Name FROM Promotion WHERE {condition} ORDER BY Name")
        for condition in table
    }
    assert found == table


def test_the_owner_of_several_kinds(soql: QueryApi) -> None:
    ann = make_user(first_name="Ann", last_name="Lee")
    mine = make_promotion(name="mine", owner_user=soql.partner.acting_user)
    make_promotion(name="hers", owner_user=ann)
    query = "SELECT Name FROM Promotion"
    assert soql.rows(f"{query} USING SCOPE mine") == ["mine"]
    assert soql.rows(f"{query} WHERE Owner.Name = 'ann LEE'") == ["hers"]
    assert soql.rows(f"{query} WHERE OwnerId = '{ann.record_id}'") == ["hers"]
    assert soql.rows(f"{query} WHERE Owner.Id = '{ann.record_id}'") == ["hers"]
    assert soql.rows(f"{query} WHERE OwnerId != '{ann.record_id}'") == [mine.name]
    assert soql.refused("SELECT Id FROM Product2 USING SCOPE mine")[0] == "INVALID_QUERY_SCOPE"
    for no_scope in ("team", "mru", "whatever"):
        assert soql.refused(f"{query} USING SCOPE {no_scope}")[0] == "INVALID_QUERY_SCOPE"


def test_long_lists(soql: QueryApi) -> None:
    made = make_promotion(name="N4999")
    names = ", ".join(f"'n{n}'" for n in range(5000))
    assert soql.rows(f"SELECT Id FROM Promotion WHERE Name IN ({names})") == [made.record_id]
    assert soql.rows(f"SELECT Id FROM Promotion WHERE Name NOT IN ({names})") == []
    assert soql.rows(f"SELECT Id FROM Promotion WHERE Description IN ({names})") == []


def test_long_and_deep_conditions(soql: QueryApi) -> None:
    make_promotion(name="x", description="y")
    many = " AND ".join(["Owner.Name != 'z'"] * 250 + ["Description != 'z'"] * 250)
    assert len(soql.rows(f"SELECT Id FROM Promotion WHERE {many}")) == 1
    deep = "(" * 99 + "Name = 'x'" + " OR Description = 'q')" * 99
    assert soql.ask(f"SELECT Id FROM Promotion WHERE {deep}").status_code == 200
    alternating = "Name = 'x'"
    for joint in ["AND", "OR"] * 15:
        alternating = f"(NOT ({alternating} {joint} Description LIKE '%q%'))"
    assert soql.ask(f"SELECT Id FROM Promotion WHERE {alternating}").status_code == 200


def test_what_a_token_does_not_allow(soql: QueryApi) -> None:
    few = QueryApi(["promotions:read"], name="Few")
    for query in (
        "SELECT Id FROM Account",
        "SELECT Id FROM Promotion WHERE Id IN (SELECT PromotionId FROM PromotionPartyUsage)",
        "SELECT Id, (SELECT Id FROM PromotionPartyUsages) FROM Promotion",
    ):
        answer = few.ask(query)
        (entry,) = answer.json()
        code = "INSUFFICIENT_ACCESS_OR_READONLY"
        assert (answer.status_code, entry["errorCode"]) == (403, code), query
    assert few.ask("SELECT Id FROM Promotion").status_code == 200


def test_deleted_records_are_there_for_query_all(soql: QueryApi) -> None:
    made: dict[str, Any] = {name: make_promotion(name=name) for name in ("kept", "gone")}
    soql.delete(f"sobjects/Promotion/{made['gone'].record_id}")
    text = "SELECT Name FROM Promotion ORDER BY Name"
    assert soql.rows(text) == ["kept"]
    assert soql.rows(text, "queryAll") == ["gone", "kept"]
    gone = "SELECT Name FROM Promotion WHERE IsDeleted = true"
    assert soql.rows(gone, "queryAll/") == ["gone"]
    assert Promotion.objects.count() == 2
    assert soql.refused(f"{text} ALL ROWS", "queryAll")[0] == "MALFORMED_QUERY"


def test_date_literals_are_seen_from_now(soql: QueryApi) -> None:
    now = datetime.now(UTC)
    make_promotion(name="today", start_date_time=now)
    make_promotion(name="long ago", start_date_time=now - timedelta(days=800))
    make_promotion(name="later", start_date_time=now + timedelta(days=800))
    table = {
        "= TODAY": {"today"},
        "!= TODAY": {"long ago", "later"},
        "< TODAY": {"long ago"},
        "<= TODAY": {"long ago", "today"},
        "> TODAY": {"later"},
        ">= TODAY": {"today", "later"},
        "= LAST_N_DAYS:3": {"today"},
        "IN (TODAY, LAST_N_YEARS:5)": {"today", "long ago"},
        "> LAST_N_YEARS:5": {"today", "later"},
    }
    found = {
        end: set(soql.rows(f"SELECT Name FROM Promotion WHERE StartDateTime {end}"))
        for end in table
    }
    assert found == table
