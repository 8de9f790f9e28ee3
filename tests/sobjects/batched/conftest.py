"""Jobs in batches from the client's side: made, filled, worked off by the worker, fetched."""

from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from pytest_django import Settings

from tests.api.conftest import Api
from tests.sobjects.bulk.conftest import content_of, work

ASYNC = "/services/async/59.0"
NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
XML = "application/xml; charset=UTF-8"
MEDIA_TYPES = {"CSV": "text/csv; charset=UTF-8", "XML": XML, "JSON": "application/json"}

Info = dict[str, Any]


def in_xml(answer: Any) -> Info:
    """The properties in a document."""
    root = fromstring(answer.content)
    assert root.tag.startswith(f"{{{NAMESPACE}}}")
    return {child.tag.rpartition("}")[2]: child.text for child in root}


def problem(answer: Any) -> tuple[int, str, str]:
    """Status, code and message of a refusal, in either form."""
    if answer["Content-Type"] == "application/json":
        told = answer.json()
    else:
        assert answer["Content-Type"] == "application/xml"
        assert f'<error xmlns="{NAMESPACE}">' in answer.content.decode()
        told = in_xml(answer)
    return answer.status_code, told["exceptionCode"], told["exceptionMessage"]


class BatchedApi(Api):
    """A client of the older bulk calls; paths are given from below the version. Its token is in
    the header of theirs."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.headers = {"X-SFDC-Session": self.headers["Authorization"].partition(" ")[2]}

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        where = path if path.startswith("/") else f"{ASYNC}/{path}"
        # Clients announce also where there is no body what they mean to read.
        kind = options.get("Content_Type")
        self._client.defaults = {"CONTENT_TYPE": kind} if kind else {}
        return super().send(method, where, body, **options)

    def open(
        self, name: str = "Account", operation: str = "insert", form: str = "CSV", **more: Any
    ) -> str:
        """A new job; its id."""
        said = {"object": name, "operation": operation, "contentType": form, **more}
        answer = self.post("job", said)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    def add(self, job: str, batch: str | bytes, form: str = "CSV") -> Any:
        """Sends a batch of a job of this format."""
        return self.post(f"job/{job}/batch", raw=batch, Content_Type=MEDIA_TYPES[form])

    def load(
        self, batch: str | bytes, operation: str = "insert", form: str = "CSV", **more: Any
    ) -> tuple[str, Info]:
        """A batch, worked off: its path, and what is told of it."""
        job = self.open(more.pop("name", "Account"), operation, form, **more)
        answer = self.add(job, batch, form)
        assert answer.status_code == 201, answer.content
        told = answer.json() if form == "JSON" else in_xml(answer)
        path = f"job/{job}/batch/{told['id']}"
        work()
        return path, self.batch(path)

    def batch(self, path: str) -> Info:
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        info: Info = (
            in_xml(answer) if answer["Content-Type"] != "application/json" else answer.json()
        )
        return info

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        return content_of(answer)


def outcome(told: Info) -> tuple[str, int, int]:
    """A batch's state, and how many of its rows were done, and refused."""
    done, failed = told["numberRecordsProcessed"], told["numberRecordsFailed"]
    return told["state"], int(done), int(failed)


@pytest.fixture
def batched(db: None, tmp_path: Path, settings: Settings) -> BatchedApi:
    settings.DATA_DIR = str(tmp_path)
    return BatchedApi()
