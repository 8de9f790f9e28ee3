"""The twelve calls by simple-salesforce, on each object that partners' integrations live on.

Source: the client contract, sections 0 and 2.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceResourceNotFound

from tests.clients.service import absent
from tests.clients.simple import created, refusal, sobject, undelete
from tests.clients.subjects import SUBJECTS, Subject

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")
MASTER = "012000000000000AAA"
"""The one record type that objects without record types have."""

every_subject = pytest.mark.parametrize("subject", SUBJECTS, ids=str)


def made(sf: Salesforce, subject: Subject) -> str:
    return created(sf, subject.name, **subject.sent(sf))


@every_subject
def test_create_and_retrieve(sf: Salesforce, subject: Subject) -> None:
    sent = subject.sent(sf)
    answer = sobject(sf, subject.name).create(sent)
    assert answer == {"id": answer["id"], "success": True, "errors": []}
    for key in (answer["id"], answer["id"][:15]):
        record = sobject(sf, subject.name).get(key)
        path = f"/services/data/v59.0/sobjects/{subject.name}/{answer['id']}"
        assert record["attributes"] == {"type": subject.name, "url": path}
        assert record["Id"] == answer["id"]
        assert {name: record[name] for name in subject.shown} == subject.shown
        for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
            assert MOMENT.fullmatch(record[name]), name
        for name in ("AccountId", "PromotionId", "PartyId"):
            if name in sent:
                assert record[name][:15] == sent[name][:15]
                assert len(record[name]) == 18


@every_subject
def test_retrieve_chosen_fields_in_any_case(sf: Salesforce, subject: Subject) -> None:
    key = made(sf, subject)
    params = {"fields": f"id,{subject.named.upper()}"}
    record = sf.restful(f"sobjects/{subject.name.lower()}/{key}", params=params)
    assert record is not None
    assert list(record) == ["attributes", "Id", subject.named]
    assert record["attributes"]["type"] == subject.name


@every_subject
def test_update_and_clear(sf: Salesforce, subject: Subject) -> None:
    key = made(sf, subject)
    handler = sobject(sf, subject.name)
    before = handler.get(key)
    answer = handler.update(key, subject.change, raw_response=True)
    assert (answer.status_code, answer.content) == (204, b"")
    after = handler.get(key)
    assert {name: after[name] for name in subject.changed} == subject.changed
    assert after["SystemModstamp"] >= before["SystemModstamp"]
    assert after["CreatedDate"] == before["CreatedDate"]
    handler.update(key, {subject.cleared: None})
    assert handler.get(key)[subject.cleared] is None


@pytest.mark.parametrize("subject", SUBJECTS[:3], ids=str)
def test_upsert_by_external_id(sf: Salesforce, subject: Subject) -> None:
    values = subject.sent(sf)
    path = f"{subject.key}/{values.pop(subject.key)}"
    handler = sobject(sf, subject.name)
    answer = handler.upsert(path, values, raw_response=True)
    key = answer.json()["id"]
    assert answer.status_code == 201
    assert answer.json() == {"id": key, "success": True, "errors": [], "created": True}
    answer = handler.upsert(path, subject.change, raw_response=True)
    assert answer.status_code == 200
    assert answer.json() == {"id": key, "success": True, "errors": [], "created": False}
    record = handler.get_by_custom_id(*path.split("/"))
    assert record["Id"] == key
    assert {name: record[name] for name in subject.changed} == subject.changed
    assert handler.delete(path) == 204


@every_subject
def test_upsert_by_id(sf: Salesforce, subject: Subject) -> None:
    key = made(sf, subject)
    answer = sobject(sf, subject.name).upsert(f"Id/{key}", subject.change, raw_response=True)
    assert answer.status_code == 200
    assert answer.json() == {"id": key, "success": True, "errors": [], "created": False}
    record = sobject(sf, subject.name).get(f"Id/{key}")
    assert {name: record[name] for name in subject.changed} == subject.changed


@pytest.mark.parametrize("name", ["Name", "PromotionCode"])
def test_a_promotion_is_found_by_its_documented_look_ups(sf: Salesforce, name: str) -> None:
    values = SUBJECTS[0].sent(sf)
    key = created(sf, "Promotion", **values)
    assert sobject(sf, "Promotion").get_by_custom_id(name, values[name])["Id"] == key
    path = f"{name}/{values[name]}"
    answer = sobject(sf, "Promotion").upsert(path, {"DisplayName": "May"}, raw_response=True)
    assert (answer.status_code, answer.json()["id"]) == (200, key)


def test_an_upsert_before_version_46_answers_nothing_to_an_update(sf: Salesforce) -> None:
    key = made(sf, SUBJECTS[1])
    url = f"https://{sf.sf_instance}/services/data/v45.0/sobjects/Account/Id/{key}"
    answer = sf.session.patch(url, json={"Name": "Meyer"}, headers=dict(sf.headers))
    assert (answer.status_code, answer.content) == (204, b"")


@every_subject
def test_delete_is_soft_and_undelete_brings_back(sf: Salesforce, subject: Subject) -> None:
    key = made(sf, subject)
    handler = sobject(sf, subject.name)
    before = handler.get(key)
    assert handler.delete(key) == 204
    for act in (lambda: handler.get(key), lambda: handler.delete(key)):
        gone = refusal(act)
        assert (gone.kind, gone.codes) == (SalesforceResourceNotFound, ["ENTITY_IS_DELETED"])
    question = f"SELECT Id, IsDeleted, SystemModstamp FROM {subject.name} WHERE Id = '{key}'"
    assert sf.query(question)["records"] == []
    [removed] = sf.query(question, include_deleted=True)["records"]
    assert removed["IsDeleted"] is True
    assert removed["SystemModstamp"] >= before["SystemModstamp"]
    assert _undeleted(undelete(sf, key)) == [(key, "true", "")]
    after = handler.get(key)
    assert after["IsDeleted"] is False
    assert after["SystemModstamp"] >= removed["SystemModstamp"]
    assert {name: after[name] for name in subject.shown} == subject.shown


def test_undelete_answers_for_each_record(sf: Salesforce) -> None:
    kept, deleted = (made(sf, SUBJECTS[2]) for _ in range(2))
    sobject(sf, "Contact").delete(deleted)
    answer = undelete(sf, deleted, kept, "not an id", absent("003"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    outcomes = _undeleted(answer)
    assert [success for _, success, _ in outcomes] == ["true", "false", "false", "false"]
    assert outcomes[0] == (deleted, "true", "")
    assert [code for _, _, code in outcomes[1:]] == [
        "UNDELETE_FAILED",
        "MALFORMED_ID",
        "INVALID_CROSS_REFERENCE_KEY",
    ]


def test_undelete_without_a_session_is_a_fault(sf: Salesforce) -> None:
    answer = undelete(sf, "003" + "0" * 12, token="00D000000000001!nonsense")
    assert answer.status_code == 500
    assert "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in answer.text


@every_subject
def test_query(sf: Salesforce, subject: Subject) -> None:
    key = made(sf, subject)
    value = sobject(sf, subject.name).get(key)[subject.named]
    answer = sf.query(f"SELECT Id FROM {subject.name} WHERE {subject.named} = '{value}'")
    assert answer == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {
                    "type": subject.name,
                    "url": f"/services/data/v59.0/sobjects/{subject.name}/{key}",
                },
                "Id": key,
            }
        ],
    }


@every_subject
def test_search(sf: Salesforce, subject: Subject) -> None:
    key = made(sf, subject)
    value = sobject(sf, subject.name).get(key)[subject.named]
    # A hyphen has a meaning in a search.
    term = value.replace("-", "\\-")
    found = sf.search(
        f"FIND {{{term}}} IN ALL FIELDS RETURNING {subject.name}(Id, {subject.named})"
    )
    [record] = found["searchRecords"]
    assert (record["Id"], record[subject.named]) == (key, value)
    assert record["attributes"]["type"] == subject.name


@every_subject
def test_get_updated_and_get_deleted(sf: Salesforce, subject: Subject) -> None:
    kept, deleted = (made(sf, subject) for _ in range(2))
    handler = sobject(sf, subject.name)
    handler.delete(deleted)
    now = datetime.now(UTC)
    start, end = now - timedelta(minutes=5), now + timedelta(minutes=2)
    updated = handler.updated(start, end)
    assert sorted(updated) == ["ids", "latestDateCovered"]
    assert kept in updated["ids"]
    assert deleted not in updated["ids"]
    assert MOMENT.fullmatch(updated["latestDateCovered"])
    gone = handler.deleted(start, end)
    assert sorted(gone) == ["deletedRecords", "earliestDateAvailable", "latestDateCovered"]
    [row] = [row for row in gone["deletedRecords"] if row["id"] == deleted]
    assert MOMENT.fullmatch(row["deletedDate"])
    assert kept not in [row["id"] for row in gone["deletedRecords"]]
    # As jsforce's own tests ask: exactly one minute.
    for call in (handler.updated, handler.deleted):
        call(now - timedelta(minutes=1), now)


@every_subject
def test_describe(sf: Salesforce, subject: Subject) -> None:
    described = sobject(sf, subject.name).describe()
    for name, value in {
        "name": subject.name,
        "createable": True,
        "deletable": True,
        "layoutable": True,
        "queryable": True,
        "replicateable": True,
        "retrieveable": True,
        "searchable": True,
        "undeletable": True,
        "updateable": True,
    }.items():
        assert described[name] is value if isinstance(value, bool) else described[name] == value
    fields = {field["name"]: field for field in described["fields"]}
    assert [field["name"] for field in described["fields"] if field["type"] == "id"] == ["Id"]
    assert fields["SystemModstamp"]["filterable"] is True
    assert fields["SystemModstamp"]["sortable"] is True
    if subject.key == "ExternalId":
        assert fields["ExternalId"]["externalId"] is True
        assert fields["ExternalId"]["idLookup"] is True
    for name in subject.change:
        assert fields[name]["updateable"] is True
    assert fields[subject.cleared]["nillable"] is True
    # Whatever is described can be selected at once, and nothing else is shown.
    key = made(sf, subject)
    [record] = sf.query(f"SELECT {','.join(fields)} FROM {subject.name} WHERE Id = '{key}'")[
        "records"
    ]
    assert set(record) - {"attributes"} == set(fields)
    assert set(sobject(sf, subject.name).get(key)) - {"attributes"} == set(fields)


@every_subject
def test_basic_information(sf: Salesforce, subject: Subject) -> None:
    answer = sobject(sf, subject.name).metadata()
    assert sorted(answer) == ["objectDescribe", "recentItems"]
    assert answer["objectDescribe"]["name"] == subject.name
    path = f"/services/data/v59.0/sobjects/{subject.name}"
    assert answer["objectDescribe"]["urls"]["sobject"] == path
    assert isinstance(answer["recentItems"], list)


@every_subject
def test_describe_layout(sf: Salesforce, subject: Subject) -> None:
    every = sf.restful(f"sobjects/{subject.name}/describe/layouts/")
    assert every is not None
    assert every["recordTypeSelectorRequired"] == [False]
    [mapping] = every["recordTypeMappings"]
    assert mapping["recordTypeId"] == MASTER
    [layout] = every["layouts"]
    assert mapping["layoutId"] == layout["id"]
    assert sobject(sf, subject.name).describe_layout(MASTER) == layout
    shown = _fields_of(layout["detailLayoutSections"])
    assert subject.named in shown
    assert set(_fields_of(layout["editLayoutSections"])) <= set(shown)


def _undeleted(answer: requests.Response) -> list[tuple[str, str, str]]:
    """Of each result the id, whether it succeeded, and the code of its error."""
    return [
        (
            "".join(re.findall(r"<id>(\w*)</id>", result)),
            "".join(re.findall(r"<success>(\w+)</success>", result)),
            "".join(re.findall(r"<statusCode>(\w+)</statusCode>", result)),
        )
        for result in re.findall(r"<result>(.*?)</result>", answer.text, re.DOTALL)
    ]


def _fields_of(sections: list[dict[str, Any]]) -> list[str]:
    return [
        component["value"]
        for section in sections
        for row in section["layoutRows"]
        for item in row["layoutItems"]
        for component in item["layoutComponents"]
        if component["type"] == "Field"
    ]
