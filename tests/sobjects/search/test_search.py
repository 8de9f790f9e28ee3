"""``search`` and ``parameterizedSearch``."""

from typing import Any

import pytest

from enrollments.models import Contact
from promotions.sobjects.declare import sobject
from tests.factories import NOW, enroll_contact, make_account, make_contact, make_promotion
from tests.sobjects.conftest import DATA, ObjectApi, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(objects: ObjectApi) -> dict[str, str]:
    """Ids by what they stand for."""
    oak = make_account(name="Oak summer houses")
    return {
        "summer": make_promotion(name="Summer sale", promotion_code="S26").record_id,
        "autumn": make_promotion(name="Autumn sale", is_active=False).record_id,
        "oak": oak.record_id,
        "ann": make_contact(first_name="Ann", last_name="Summers", account=oak).record_id,
    }


def found(objects: ObjectApi, scene: dict[str, str], text: str) -> list[str]:
    answer = objects.get(f"search/?q={text}")
    assert answer.status_code == 200, answer.content
    ids = [
        record["attributes"]["url"].rpartition("/")[2] for record in answer.json()["searchRecords"]
    ]
    by_id = {record_id: name for name, record_id in scene.items()}
    return [by_id[record_id] for record_id in ids]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FIND {summer}", ["oak", "summer"]),
        ("FIND {summer*}", ["oak", "ann", "summer"]),
        ("FIND {summer*} IN NAME FIELDS RETURNING Contact(Id), Promotion", ["ann", "summer"]),
        ("FIND {sale} RETURNING Promotion(Id ORDER BY Name)", ["autumn", "summer"]),
        ("FIND {sale} RETURNING Promotion(Id ORDER BY Name LIMIT 1 OFFSET 1)", ["summer"]),
        ("FIND {sale} RETURNING Promotion(Id WHERE IsActive = true)", ["summer"]),
        ("FIND {sale} RETURNING Promotion(Id ORDER BY Name DESC) LIMIT 1", ["summer"]),
        ("FIND {s26} IN EMAIL FIELDS RETURNING Promotion", []),
        ("FIND {nothing}", []),
    ],
)
def test_what_a_search_finds(
    objects: ObjectApi, scene: dict[str, str], text: str, names: list[str]
) -> None:
    assert found(objects, scene, text) == names


def test_an_enrollment_is_found_by_its_number(objects: ObjectApi) -> None:
    usage = enroll_contact(make_contact(), make_promotion(), at=NOW)
    number = usage.number.replace("-", "\\-").lower()
    text = f"FIND {{{number}}} RETURNING PromotionPartyUsage(Name)"
    records = objects.get(f"search?q={text}").json()["searchRecords"]
    assert [record["Name"] for record in records] == [usage.number]


def test_a_record_is_shown_with_what_is_asked_for(
    objects: ObjectApi, scene: dict[str, str]
) -> None:
    text = "FIND {summers} RETURNING Contact(Id, LastName, Account.Name)"
    answer = objects.get(f"search?q={text}").json()
    assert answer["searchRecords"] == [
        {
            "attributes": {
                "type": "Contact",
                "url": f"{DATA}/sobjects/Contact/{scene['ann']}",
            },
            "Id": scene["ann"],
            "LastName": "Summers",
            "Account": {
                "attributes": {
                    "type": "Account",
                    "url": f"{DATA}/sobjects/Account/{scene['oak']}",
                },
                "Name": "Oak summer houses",
            },
        }
    ]


def test_what_is_deleted_or_out_of_reach_is_not_found(
    objects: ObjectApi, scene: dict[str, str]
) -> None:
    objects.delete(f"sobjects/Promotion/{scene['summer']}")
    assert found(objects, scene, "FIND {summer}") == ["oak"]
    reader = ObjectApi(["promotions:read", "promotions:all"])
    assert found(reader, scene, "FIND {sale OR summer}") == ["autumn"]
    answer = reader.get("search?q=FIND {summer} RETURNING Contact")
    assert problem(answer) == (403, "INSUFFICIENT_ACCESS_OR_READONLY", [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "MALFORMED_SEARCH"),
        ("FIND {}", "MALFORMED_SEARCH"),
        ("FIND summer", "MALFORMED_SEARCH"),
        ("FIND {summer} RETURNING Colour", "INVALID_TYPE"),
        ("FIND {summer} RETURNING PromotionTier", "INVALID_TYPE"),
        ("FIND {summer} RETURNING Promotion(Colour)", "INVALID_FIELD"),
        ("FIND {summer} RETURNING Promotion(Id WHERE Name = 5)", "INVALID_FIELD"),
    ],
)
def test_searches_that_are_refused(objects: ObjectApi, text: str, code: str) -> None:
    answer = objects.get(f"search?q={text}")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


@pytest.mark.parametrize(
    ("address", "body"),
    [
        (
            "q=sale&sobject=Promotion&Promotion.fields=Id,Name&Promotion.limit=1",
            {
                "q": "sale",
                "sobjects": [{"name": "Promotion", "fields": ["Id", "Name"], "limit": 1}],
            },
        ),
        (
            "q=sale&sobject=Promotion&fields=Id,Name&overallLimit=1&in=NAME",
            {
                "q": "sale",
                "sobjects": [{"name": "Promotion"}],
                "fields": ["Id", "Name"],
                "overallLimit": 1,
                "in": "NAME",
            },
        ),
        (
            "q=sale&sobject=Promotion&Promotion.fields=Name&Promotion.where=IsActive = true",
            {
                "q": "sale",
                "sobjects": [{"name": "Promotion", "fields": "Name", "where": "IsActive=true"}],
            },
        ),
    ],
    ids=["limit", "overall", "where"],
)
def test_a_search_by_parameters(
    objects: ObjectApi, scene: dict[str, str], address: str, body: Any
) -> None:
    by_address = objects.get(f"parameterizedSearch/?{address}").json()
    by_body = objects.post("parameterizedSearch", body).json()
    assert by_address == by_body
    assert [record["Name"] for record in by_body["searchRecords"]] == ["Summer sale"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"q": 5},
        {"q": ""},
        {"q": "sale", "in": "HEAD"},
        {"q": "sa\0le"},
        {"q": "s*a\0le"},
        {"q": "sale", "overallLimit": 0},
        {"q": "sale", "overallLimit": f"{1:09}{0:05000}"},
        {"q": "sale", "sobjects": [5]},
        {"q": "sale", "sobjects": "Promotion"},
        {"q": "sale", "sobjects": [{"name": "Promotion; DROP"}]},
        {"q": "sale", "sobjects": [{"name": "Promotion", "where": "Name ="}]},
        {"q": "sale", "sobjects": [{"name": "Promotion", "orderBy": [5]}]},
    ],
    ids=lambda body: str(body)[:40],
)
def test_parameters_that_are_refused(objects: ObjectApi, body: Any) -> None:
    answer = objects.post("parameterizedSearch", body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "MALFORMED_SEARCH")


def test_every_searched_column_is_one_of_the_model() -> None:
    contact = sobject("Contact")
    assert contact is not None
    assert all(Contact._meta.get_field(column) for column in contact.searched)
