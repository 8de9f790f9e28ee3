"""Many records at once by simple-salesforce: collections, composite requests, Bulk 2.0 jobs.

Source: the client contract, section 2.
"""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceOperationError

from tests.clients.service import absent, word
from tests.clients.simple import bulk, created, refusal, sobject
from tests.clients.subjects import customer, enrollable

ROLLED_BACK = "ALL_OR_NONE_OPERATION_ROLLED_BACK"


def send(sf: Salesforce, method: str, path: str, **body: Any) -> Any:
    return sf.restful(f"composite/sobjects{path}", method=method, json=body)


def account(name: str | None, **more: Any) -> dict[str, Any]:
    """A record as a collection has it; without a name it can't be created."""
    named = {} if name is None else {"Name": name}
    return {"attributes": {"type": "Account"}, **named, **more}


def codes(answers: list[dict[str, Any]]) -> list[str | None]:
    """Of each record None where it succeeded, else the code of its one error."""
    return [None if one["success"] else one["errors"][0]["statusCode"] for one in answers]


def names(sf: Salesforce, keys: list[str]) -> list[str | None]:
    records = send(sf, "POST", "/Account", ids=keys, fields=["Name"])
    return [record and record["Name"] for record in records]


class TestCollections:
    @pytest.mark.parametrize(
        ("all_or_none", "outcome"),
        [
            (False, [None, "REQUIRED_FIELD_MISSING", None]),
            (True, [ROLLED_BACK, "REQUIRED_FIELD_MISSING", ROLLED_BACK]),
        ],
    )
    def test_create(self, sf: Salesforce, all_or_none: bool, outcome: list[str | None]) -> None:
        one = word()
        records = [account(one), account(None), account(one)]
        answers = send(sf, "POST", "", allOrNone=all_or_none, records=records)
        assert codes(answers) == outcome
        assert answers[1]["errors"][0]["fields"] == ["Name"]
        found = sf.query(f"SELECT Id FROM Account WHERE Name = '{one}' ORDER BY Id")["records"]
        assert [record["Id"] for record in found] == [a["id"] for a in answers if a["success"]]

    def test_records_of_several_objects(self, sf: Salesforce) -> None:
        contact = {"attributes": {"type": "Contact"}, "LastName": word()}
        promotion = {"attributes": {"type": "Promotion"}, "Name": word()}
        answers = send(sf, "POST", "", records=[account(word()), contact, promotion])
        assert [one["id"][:3] for one in answers] == ["001", "003", "0c8"]

    @pytest.mark.parametrize("id_name", ["Id", "id"])
    @pytest.mark.parametrize(
        ("all_or_none", "outcome"),
        [(False, [None, "STRING_TOO_LONG"]), (True, [ROLLED_BACK, "STRING_TOO_LONG"])],
    )
    def test_update(
        self, sf: Salesforce, id_name: str, all_or_none: bool, outcome: list[str | None]
    ) -> None:
        keys = [created(sf, "Account", Name=name) for name in ("one", "two")]
        records = [
            account(name, **{id_name: key})
            for name, key in zip(("1", "2" * 256), keys, strict=True)
        ]
        answers = send(sf, "PATCH", "", allOrNone=all_or_none, records=records)
        assert codes(answers) == outcome
        assert names(sf, keys) == ["one" if all_or_none else "1", "two"]

    def test_upsert(self, sf: Salesforce) -> None:
        known, fresh = word(), word()
        key = created(sf, "Account", Name="before", ExternalId=known)
        records = [account("after", ExternalId=known), account("new", ExternalId=fresh)]
        answers = send(sf, "PATCH", "/Account/ExternalId", records=records)
        assert [(one["success"], one["created"], one["errors"]) for one in answers] == [
            (True, False, []),
            (True, True, []),
        ]
        assert answers[0]["id"] == key
        assert names(sf, [one["id"] for one in answers]) == ["after", "new"]

    @pytest.mark.parametrize("all_or_none", ["false", "true"])
    def test_delete(self, sf: Salesforce, all_or_none: str) -> None:
        keys = [created(sf, "Account", Name=word()) for _ in range(3)]
        sobject(sf, "Account").delete(keys[1])
        params = {"ids": ",".join(keys), "allOrNone": all_or_none}
        answers = sf.restful("composite/sobjects", params=params, method="DELETE")
        assert answers is not None
        others = ROLLED_BACK if all_or_none == "true" else None
        assert codes(answers) == [others, "ENTITY_IS_DELETED", others]
        gone = [name is None for name in names(sf, keys)]
        assert gone == [all_or_none == "false", True, all_or_none == "false"]

    def test_retrieve(self, sf: Salesforce) -> None:
        one, other = (created(sf, "Account", Name=name) for name in ("one", "other"))
        keys = [other, absent("001"), one[:15]]
        records = send(sf, "POST", "/Account", ids=keys, fields=["Id", "Name"])
        assert [record and (record["Id"], record["Name"]) for record in records] == [
            (other, "other"),
            None,
            (one, "one"),
        ]
        params = {"ids": ",".join(keys), "fields": "Id,Name"}
        assert sf.restful("composite/sobjects/Account", params=params) == records

    def test_more_than_200_are_refused(self, sf: Salesforce) -> None:
        one = word()
        refused = refusal(lambda: send(sf, "POST", "", records=[account(one)] * 201))
        assert refused.status == 400
        assert sf.query(f"SELECT COUNT() FROM Account WHERE Name = '{one}'")["totalSize"] == 0

    def test_enrollments_many_at_once(self, sf: Salesforce) -> None:
        promotion = enrollable(sf)
        people = [customer(sf) for _ in range(3)]
        usage = {"attributes": {"type": "PromotionPartyUsage"}, "PromotionId": promotion}
        records = [{**usage, "PartyId": one} for one in (*people, people[0])]
        answers = send(sf, "POST", "", allOrNone=False, records=records)
        assert codes(answers) == [None, None, None, "DUPLICATE_VALUE"]


class TestComposite:
    def test_later_requests_refer_to_earlier_answers(self, sf: Salesforce) -> None:
        base = f"/services/data/v{sf.sf_version}"
        requests = [
            {
                "method": "POST",
                "url": f"{base}/sobjects/Account",
                "referenceId": "company",
                "body": {"Name": word()},
            },
            {
                "method": "POST",
                "url": f"{base}/sobjects/Contact",
                "referenceId": "person",
                "body": {"LastName": "Meyer", "AccountId": "@{company.id}"},
            },
            {
                "method": "GET",
                "url": f"{base}/sobjects/Contact/@{{person.id}}?fields=AccountId",
                "referenceId": "read",
            },
        ]
        answer = sf.restful("composite", method="POST", json={"compositeRequest": requests})
        assert answer is not None
        company, person, read = answer["compositeResponse"]
        assert [one["httpStatusCode"] for one in (company, person, read)] == [201, 201, 200]
        assert [one["referenceId"] for one in (company, person, read)] == [
            "company",
            "person",
            "read",
        ]
        assert company["httpHeaders"]["Location"].endswith(f"/Account/{company['body']['id']}")
        assert read["body"]["AccountId"] == company["body"]["id"]

    def test_all_or_none(self, sf: Salesforce) -> None:
        one = word()
        url = f"/services/data/v{sf.sf_version}/sobjects/Account"
        requests = [
            {"method": "POST", "url": url, "referenceId": "good", "body": {"Name": one}},
            {"method": "POST", "url": url, "referenceId": "bad", "body": {}},
        ]
        body = {"allOrNone": True, "compositeRequest": requests}
        answer = sf.restful("composite", method="POST", json=body)
        assert answer is not None
        good, bad = answer["compositeResponse"]
        assert (good["httpStatusCode"], good["body"][0]["errorCode"]) == (400, "PROCESSING_HALTED")
        assert (bad["httpStatusCode"], bad["body"][0]["errorCode"]) == (
            400,
            "REQUIRED_FIELD_MISSING",
        )
        assert sf.query(f"SELECT COUNT() FROM Account WHERE Name = '{one}'")["totalSize"] == 0


class TestBulk:
    """Jobs of Bulk 2.0. ``wait=0``: the client then looks at once, and ever more slowly."""

    def run(self, sf: Salesforce, name: str, act: str, records: Any, **more: Any) -> Any:
        """The job's counts and its results by their kind."""
        handler = bulk(sf, name)
        [done] = getattr(handler, act)(records=records, wait=0, **more)
        return done, handler.get_all_ingest_records(done["job_id"])

    def test_insert_with_a_refused_row(self, sf: Salesforce) -> None:
        one = word()
        records = [{"Name": f"{one} {n}", "ExternalId": f"{one}-{n}"} for n in range(3)]
        records.append({"Name": "", "ExternalId": f"{one}-3"})
        done, results = self.run(sf, "Account", "insert", records)
        assert done["job_id"][:3] == "750"
        assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (4, 1)
        assert results["unprocessedRecords"] == []
        found = sf.query(f"SELECT Id, Name FROM Account WHERE Name LIKE '{one}%'")["records"]
        assert {(row["sf__Id"], row["Name"]) for row in results["successfulRecords"]} == {
            (record["Id"], record["Name"]) for record in found
        }
        assert {row["sf__Created"] for row in results["successfulRecords"]} == {"true"}
        [failed] = results["failedRecords"]
        assert failed == {
            "sf__Id": "",
            "sf__Error": "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --",
            "Name": "",
            "ExternalId": f"{one}-3",
        }

    def test_upsert(self, sf: Salesforce) -> None:
        known, fresh = word(), word()
        key = created(sf, "Account", Name="before", ExternalId=known)
        records = [{"Name": "after", "ExternalId": one} for one in (known, fresh)]
        _, results = self.run(sf, "Account", "upsert", records, external_id_field="ExternalId")
        outcome = {row["ExternalId"]: row for row in results["successfulRecords"]}
        assert outcome[known]["sf__Created"] == "false"
        assert outcome[known]["sf__Id"] == key
        assert outcome[fresh]["sf__Created"] == "true"
        assert sobject(sf, "Account").get(key)["Name"] == "after"

    def test_update_leaves_what_is_empty_and_clears_what_is_na(self, sf: Salesforce) -> None:
        values = {"FirstName": "Ada", "Phone": "1", "LastName": "Before"}
        key = created(sf, "Contact", **values)
        row = {"Id": key, "FirstName": "", "Phone": "#N/A", "LastName": 'A "quoted", \nlong name'}
        self.run(sf, "Contact", "update", [row], line_ending="CRLF", column_delimiter="PIPE")
        record = sobject(sf, "Contact").get(key)
        assert (record["FirstName"], record["Phone"]) == ("Ada", None)
        assert record["LastName"] == 'A "quoted", \nlong name'

    def test_delete(self, sf: Salesforce) -> None:
        keys = [created(sf, "Account", Name=word()) for _ in range(2)]
        done, _ = self.run(sf, "Account", "delete", [{"Id": key} for key in keys])
        assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 0)
        assert names(sf, keys) == [None, None]

    def test_enrollments(self, sf: Salesforce) -> None:
        promotion, contact = enrollable(sf), customer(sf)
        rows = [{"PromotionId": promotion, "PartyId": contact}] * 2
        done, results = self.run(sf, "PromotionPartyUsage", "insert", rows)
        assert done["numberRecordsFailed"] == 1
        [enrolled], [refused] = results["successfulRecords"], results["failedRecords"]
        assert sobject(sf, "PromotionPartyUsage").get(enrolled["sf__Id"])["PartyId"] == contact
        assert refused["sf__Error"].startswith("DUPLICATE_VALUE:")
        # Withdrawn by another job.
        row = {"Id": enrolled["sf__Id"], "IsPartyEnrolled": "false"}
        self.run(sf, "PromotionPartyUsage", "update", [row])
        usage = sobject(sf, "PromotionPartyUsage").get(enrolled["sf__Id"])
        assert usage["IsPartyEnrolled"] is False

    def test_a_job_with_an_unknown_column_fails_as_a_whole(self, sf: Salesforce) -> None:
        with pytest.raises(SalesforceOperationError, match=r"InvalidBatch.*Colour"):
            bulk(sf, "Account").insert(records=[{"Name": word(), "Colour": "red"}], wait=0)

    def test_query_in_pages(self, sf: Salesforce, tmp_path: Path) -> None:
        one = word()
        keys = [created(sf, "Account", Name=f'{one}, "{n}"') for n in range(3)]
        sobject(sf, "Account").delete(keys[2])
        question = f"SELECT Id, Name FROM Account WHERE Name LIKE '{one}%' ORDER BY Id"
        pages = list(bulk(sf, "Account").query(question, max_records=1, wait=0))
        assert [_rows(page) for page in pages] == [
            [{"Id": keys[0], "Name": f'{one}, "0"'}],
            [{"Id": keys[1], "Name": f'{one}, "1"'}],
        ]
        [page] = bulk(sf, "Account").query_all(question, wait=0)
        assert [row["Id"] for row in _rows(page)] == keys
        [file] = bulk(sf, "Account").download(question, path=str(tmp_path), wait=0)
        assert file["number_of_records"] == 2
        assert _rows(Path(file["file"]).read_text()) == [row for p in pages for row in _rows(p)]

    def test_a_query_that_finds_nothing_has_a_header(self, sf: Salesforce) -> None:
        question = f"SELECT Id, Name FROM Account WHERE Name = '{word()}'"
        [page] = bulk(sf, "Account").query(question, wait=0)
        assert page.strip().replace('"', "") == "Id,Name"

    def test_a_job_is_aborted(self, sf: Salesforce) -> None:
        client = bulk(sf, "Account")._client
        job = client.create_job("insert")
        assert (job["state"], job["object"], job["operation"]) == ("Open", "Account", "insert")
        assert (job["contentType"], job["columnDelimiter"], job["lineEnding"]) == (
            "CSV",
            "COMMA",
            "LF",
        )
        assert job["apiVersion"] == 59.0
        assert client.abort_job(job["id"], False)["state"] == "Aborted"
        with pytest.raises(SalesforceOperationError):
            client.wait_for_job(job["id"], False, 0)


def _rows(page: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page)))
