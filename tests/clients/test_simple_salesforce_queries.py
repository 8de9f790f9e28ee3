"""Queries and searches by simple-salesforce.

Source: the client contract, sections 2 and 5.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.format import format_soql

from tests.clients.service import word
from tests.clients.simple import created, sobject
from tests.clients.subjects import customer, enrollable

PAGE = re.compile(r"/services/data/v59\.0/query/01g[0-9A-Za-z]{15}-(\d+)")


@pytest.fixture(scope="module")
def family(sf: Salesforce) -> str:
    """The name of an account; its contacts Ada, Ben and one without a first name."""
    name = word()
    account = created(sf, "Account", Name=name)
    for first, last in (("Ada", "Lovelace"), ("Ben", "O'Neil"), (None, "100%_sure")):
        created(sf, "Contact", AccountId=account, FirstName=first, LastName=last)
    return name


@pytest.mark.parametrize(
    ("condition", "values", "names"),
    [
        ("LastName = {}", ["O'Neil"], ["O'Neil"]),
        ("LastName LIKE '{:like}%'", ["100%_"], ["100%_sure"]),
        ("lastname IN {}", [["lovelace", "O'NEIL", "nobody"]], ["Lovelace", "O'Neil"]),
        ("FirstName = {}", [None], ["100%_sure"]),
        ("FirstName != {}", ["Ada"], ["100%_sure", "O'Neil"]),
        ("(NOT FirstName LIKE 'A%') AND FirstName != null", [], ["O'Neil"]),
        ("CreatedDate >= {}", [datetime(2020, 1, 1, tzinfo=UTC)], None),
        ("CreatedDate < {}", [datetime(2020, 1, 1, tzinfo=UTC)], []),
        ("CreatedDate = LAST_N_DAYS:2", [], None),
        ("IsDeleted = {}", [True], []),
        ("Id IN (SELECT ContactId FROM PromotionPartyUsage)", [], []),
    ],
)
def test_conditions_as_the_client_writes_them(
    sf: Salesforce, family: str, condition: str, values: list[Any], names: list[str] | None
) -> None:
    every = ["100%_sure", "Lovelace", "O'Neil"]
    ours = format_soql("Account.Name = {} AND ", family)
    question = f"SELECT LastName FROM Contact WHERE {ours}({format_soql(condition, *values)})"
    records = sf.query(f"{question} ORDER BY LastName")["records"]
    assert [record["LastName"] for record in records] == (every if names is None else names)


def test_dates_compare_as_days(sf: Salesforce) -> None:
    name = word()
    created(sf, "Promotion", Name=name, EnrollmentStartDate="2026-04-15")
    for operator, day, found in (
        ("=", date(2026, 4, 15), 1),
        (">", date(2026, 4, 15), 0),
        ("<=", date(2026, 4, 15), 1),
    ):
        question = f"SELECT COUNT() FROM Promotion WHERE EnrollmentStartDate {operator} {{}}"
        answer = sf.query(format_soql(f"{question} AND Name = {{}}", day, name))
        assert answer == {"totalSize": found, "done": True, "records": []}


def test_parents_are_nested_or_null(sf: Salesforce, family: str) -> None:
    alone = customer(sf)
    question = "SELECT LastName, Account.Name, Account.CreatedBy.Name FROM Contact WHERE "
    [record] = sf.query(format_soql(question + "Account.Name={} AND LastName LIKE 'L%'", family))[
        "records"
    ]
    assert record["Account"]["attributes"]["type"] == "Account"
    assert record["Account"]["Name"] == family
    assert record["Account"]["CreatedBy"]["Name"] == "Clients"
    [record] = sf.query(f"{question}Id = '{alone}'")["records"]
    assert record["Account"] is None


def test_children_are_a_result_of_their_own(sf: Salesforce, family: str) -> None:
    question = "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName DESC LIMIT 2)"
    [record] = sf.query(format_soql(question + " FROM Account WHERE Name = {}", family))["records"]
    children = record["Contacts"]
    assert (children["totalSize"], children["done"]) == (2, True)
    assert [child["LastName"] for child in children["records"]] == ["O'Neil", "Lovelace"]
    assert children["records"][0]["attributes"]["type"] == "Contact"
    name = word()
    created(sf, "Account", Name=name)
    [record] = sf.query(format_soql(question + " FROM Account WHERE Name = {}", name))["records"]
    assert record["Contacts"] is None


def test_aggregates(sf: Salesforce, family: str) -> None:
    question = "SELECT Account.Name, COUNT(Id) people, MAX(LastName), COUNT_DISTINCT(FirstName) d"
    where = format_soql(" FROM Contact WHERE Account.Name = {} GROUP BY Account.Name", family)
    [row] = sf.query(question + where)["records"]
    assert row == {
        "attributes": {"type": "AggregateResult"},
        "Name": family,
        "people": 3,
        "expr0": "O'Neil",
        "d": 2,
    }
    assert sf.query(question + where + " HAVING COUNT(Id) > 3")["records"] == []


def test_nulls_come_first_unless_told_otherwise(sf: Salesforce, family: str) -> None:
    question = format_soql("SELECT FirstName FROM Contact WHERE Account.Name = {}", family)
    for order, names in (
        ("FirstName", [None, "Ada", "Ben"]),
        ("FirstName DESC", [None, "Ben", "Ada"]),
        ("FirstName NULLS LAST", ["Ada", "Ben", None]),
        ("FirstName NULLS LAST LIMIT 1 OFFSET 1", ["Ben"]),
    ):
        records = sf.query(f"{question} ORDER BY {order}")["records"]
        assert [record["FirstName"] for record in records] == names


def test_all_fields_at_once(sf: Salesforce, family: str) -> None:
    question = format_soql("SELECT FIELDS(ALL) FROM Account WHERE Name = {} LIMIT 200", family)
    [record] = sf.query(question)["records"]
    described = sobject(sf, "Account").describe()
    assert set(record) - {"attributes"} == {field["name"] for field in described["fields"]}


def test_enrollments_by_customer_and_promotion(sf: Salesforce) -> None:
    promotion, contact = enrollable(sf, PromotionCode=word()), customer(sf)
    usage = created(sf, "PromotionPartyUsage", PromotionId=promotion, PartyId=contact)
    question = (
        "SELECT Id, Promotion.PromotionCode, Contact.LastName, Account.Name "
        f"FROM PromotionPartyUsage WHERE ContactId = '{contact}' AND IsPartyEnrolled = true"
    )
    [record] = sf.query(question)["records"]
    assert record["Id"] == usage
    assert record["Promotion"]["PromotionCode"] == _value(sf, "Promotion", promotion)
    assert record["Contact"]["LastName"] == _value(sf, "Contact", contact, "LastName")
    assert record["Account"] is None
    joined = (
        "SELECT Id FROM Contact WHERE Id IN"
        f" (SELECT ContactId FROM PromotionPartyUsage WHERE PromotionId = '{promotion}')"
    )
    assert [one["Id"] for one in sf.query(joined)["records"]] == [contact]
    children = (
        f"SELECT Id, (SELECT Id FROM PromotionPartyUsages) FROM Promotion WHERE Id = '{promotion}'"
    )
    [record] = sf.query(children)["records"]
    assert [one["Id"] for one in record["PromotionPartyUsages"]["records"]] == [usage]


def _value(sf: Salesforce, name: str, key: str, field: str = "PromotionCode") -> Any:
    return sobject(sf, name).get(key)[field]


@pytest.fixture(scope="module")
def many(sf: Salesforce) -> str:
    """The name that 450 accounts have."""
    name = word()
    for size in (200, 200, 50):
        records = [{"attributes": {"type": "Account"}, "Name": name} for _ in range(size)]
        answers = sf.restful("composite/sobjects", method="POST", json={"records": records})
        assert answers is not None
        assert all(answer["success"] for answer in answers)
    return name


def test_pages(sf: Salesforce, many: str) -> None:
    question = f"SELECT Id FROM Account WHERE Name = '{many}' ORDER BY Id"
    headers = {"Sforce-Query-Options": "batchSize=200"}
    sizes, reached = [], []
    page = sf.query(question, headers=headers)
    while True:
        sizes.append(len(page["records"]))
        assert page["totalSize"] == 450
        if page["done"]:
            break
        address = PAGE.fullmatch(page["nextRecordsUrl"])
        assert address is not None
        reached.append(int(address[1]))
        page = sf.query_more(page["nextRecordsUrl"], identifier_is_url=True)
    assert "nextRecordsUrl" not in page
    assert (sizes, reached) == ([200, 200, 50], [200, 400])
    every = sf.query_all(question, headers=headers)
    assert len({record["Id"] for record in every["records"]}) == 450
    assert sf.query(question)["done"] is True


def test_a_page_is_also_found_by_its_last_segment(sf: Salesforce, many: str) -> None:
    """jsforce keeps nothing else, and goes on at ``query`` wherever it began."""
    question = f"SELECT Id FROM Account WHERE Name = '{many}'"
    headers = {"Sforce-Query-Options": "batchSize=200"}
    first = sf.query(question, include_deleted=True, headers=headers)
    segment = first["nextRecordsUrl"].rsplit("/", 1)[1]
    for include_deleted in (False, True):
        assert len(sf.query_more(segment, include_deleted=include_deleted)["records"]) == 200


def test_pages_stay_as_they_were_when_the_query_was_asked(sf: Salesforce) -> None:
    """No record appears twice or is missed because another one was deleted in between."""
    name = word()
    records = [{"attributes": {"type": "Account"}, "Name": name} for _ in range(200)]
    for _ in range(2):
        sf.restful("composite/sobjects", method="POST", json={"records": records})
    question = f"SELECT Id FROM Account WHERE Name = '{name}' ORDER BY Id"
    first = sf.query(question, headers={"Sforce-Query-Options": "batchSize=200"})
    sobject(sf, "Account").delete(first["records"][0]["Id"])
    second = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    both = [record["Id"] for page in (first, second) for record in page["records"]]
    assert len(both) == len(set(both)) == 400


def test_query_all_includes_what_is_deleted(sf: Salesforce) -> None:
    name = word()
    kept, deleted = (created(sf, "Account", Name=name) for _ in range(2))
    sobject(sf, "Account").delete(deleted)
    question = f"SELECT Id, IsDeleted FROM Account WHERE Name = '{name}' ORDER BY Id"
    answer = sf.query_all(question, include_deleted=True)
    assert [(one["Id"], one["IsDeleted"]) for one in answer["records"]] == [
        (kept, False),
        (deleted, True),
    ]
    assert [one["Id"] for one in sf.query_all(question)["records"]] == [kept]


def test_what_the_columns_are(sf: Salesforce) -> None:
    """``sf data query`` asks this of every query, and fails without an answer."""
    params = {"q": "SELECT Id, LastName, Account.Name FROM Contact", "columns": "true"}
    answer = sf.restful("query", params=params)
    assert answer is not None
    assert (answer["entityName"], answer["groupBy"], answer["idSelected"]) == (
        "Contact",
        False,
        True,
    )
    assert answer["keyPrefix"] == "003"
    columns = answer["columnMetadata"]
    assert [column["columnName"] for column in columns] == ["Id", "LastName", "Account"]
    [below] = columns[2]["joinColumns"]
    assert (below["columnName"], below["joinColumns"]) == ("Name", [])


def test_a_plan_is_explained(sf: Salesforce) -> None:
    answer = sf.restful("query", params={"explain": "SELECT Id FROM Account"})
    assert answer is not None
    for plan in answer["plans"]:
        assert plan["sobjectType"] == "Account"


def test_what_was_viewed_is_recent(sf: Salesforce) -> None:
    promotion = enrollable(sf)
    [before] = sf.query(f"SELECT LastViewedDate FROM Promotion WHERE Id = '{promotion}'")["records"]
    sf.query(f"SELECT Id FROM Promotion WHERE Id = '{promotion}' FOR VIEW")
    [after] = sf.query(f"SELECT LastViewedDate FROM Promotion WHERE Id = '{promotion}'")["records"]
    assert before["LastViewedDate"] != after["LastViewedDate"]
    recent = sf.restful("recent", params={"limit": 1})
    assert recent is not None
    assert [record["Id"] for record in recent] == [promotion]
    assert recent[0]["attributes"]["type"] == "Promotion"
    assert recent[0]["Name"] == _value(sf, "Promotion", promotion, "Name")
    assert sobject(sf, "Promotion").metadata()["recentItems"][0]["Id"] == promotion


def test_search_over_several_objects(sf: Salesforce) -> None:
    one = word()
    promotion = created(sf, "Promotion", Name=f"{one} promotion")
    account = created(sf, "Account", Name=f"The {one} company")
    found = sf.quick_search(one)["searchRecords"]
    assert {(record["attributes"]["type"], record["Id"]) for record in found} == {
        ("Promotion", promotion),
        ("Account", account),
    }
    question = (
        f"FIND {{{one[:-1]}*}} IN NAME FIELDS RETURNING"
        f" Account(Id, Name WHERE Name LIKE 'The {one}%' ORDER BY Name LIMIT 5)"
    )
    [record] = sf.search(question)["searchRecords"]
    assert (record["Id"], record["Name"]) == (account, f"The {one} company")
    assert sf.search(f"FIND {{{word()}}}")["searchRecords"] == []


def test_parameterized_search(sf: Salesforce) -> None:
    one = word()
    contact = created(sf, "Contact", LastName="Meyer", Email=f"{one}@example.com")
    created(sf, "Account", Name=one)
    params = {"q": one, "sobject": "Contact", "Contact.fields": "Id,Email", "in": "EMAIL"}
    body = {"q": one, "in": "ALL", "sobjects": [{"name": "Contact", "fields": ["Id", "Email"]}]}
    for answer in (
        sf.restful("parameterizedSearch", params=params),
        sf.restful("parameterizedSearch", method="POST", json=body),
    ):
        assert answer is not None
        [record] = answer["searchRecords"]
        assert (record["Id"], record["Email"]) == (contact, f"{one}@example.com")


def test_a_replication_finds_everything_once(sf: Salesforce) -> None:
    """The questions of tap-salesforce and Airbyte, blank for blank."""
    start = datetime.now(UTC) - timedelta(minutes=1)
    keys = {enrollable(sf) for _ in range(3)}
    described = sobject(sf, "Promotion").describe()
    chosen = f"SELECT {','.join(field['name'] for field in described['fields'])} FROM Promotion"
    singer = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    since, until = (
        each.strftime("%Y-%m-%dT%H:%M:%S.000+00:00") for each in (start, start + timedelta(days=1))
    )
    for question in (
        f"{chosen} WHERE SystemModstamp >= {singer}  ORDER BY SystemModstamp ASC",
        f"{chosen} WHERE SystemModstamp >= {since} AND SystemModstamp < {until}"
        " ORDER BY SystemModstamp ASC",
        f"{chosen} ORDER BY Id ASC",
    ):
        records = sf.query_all(question, include_deleted=True)["records"]
        assert keys <= {record["Id"] for record in records}
        stamps = [record["SystemModstamp"] for record in records]
        assert "ORDER BY Id" in question or stamps == sorted(stamps)
