"""Bulk jobs from the client's side: made, filled, worked off by the worker, fetched."""

import csv
import io
import threading
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from promotions.services import bulk_runs
from promotions.sobjects.bulk.queries import BulkQueries
from promotions.sobjects.bulk.worker import BulkJobs
from tests.sobjects.conftest import ObjectApi

Told = list[str]


def work() -> Told:
    """Lets the worker work off what there is; what it tells."""
    told: Told = []
    for one in (BulkJobs(), BulkQueries()):
        before = len(told)
        assert one.look(threading.Event(), told.append) is (len(told) > before)
    return told


def work_until_killed(monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """The same, by a worker that is killed before it commits the next of its steps."""
    advance, steps = bulk_runs.advance, iter([True] * after)

    class Killed(BaseException):
        pass

    def killed(*args: Any, **options: Any) -> None:
        if not next(steps, False):
            raise Killed
        advance(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(bulk_runs, "advance", killed)
        with pytest.raises(Killed):
            work()


def content_of(answer: Any) -> str:
    """What was answered as a stream."""
    return b"".join(answer.streaming_content).decode()


class BulkApi(ObjectApi):
    """A client of the bulk calls."""

    def open(self, name: str, operation: str = "insert", **more: Any) -> str:
        """A new job; its id."""
        answer = self.post("jobs/ingest", {"object": name, "operation": operation, **more})
        assert answer.status_code == 200, answer.content
        return str(answer.json()["id"])

    def upload(self, job: str, table: str | bytes, **headers: str) -> Any:
        named = {"Content_Type": "text/csv", **headers}
        return self.put(f"jobs/ingest/{job}/batches", raw=table, **named)

    def close(self, job: str) -> None:
        answer = self.patch(f"jobs/ingest/{job}", {"state": "UploadComplete"})
        assert answer.json()["state"] == "UploadComplete", answer.content

    def load(self, name: str, table: str | bytes, operation: str = "insert", **more: Any) -> str:
        """A job with its data, worked off; its id."""
        job = self.open(name, operation, **more)
        answer = self.upload(job, table)
        assert (answer.status_code, answer.content) == (201, b""), answer.content
        self.close(job)
        work()
        return job

    def job(self, job: str) -> dict[str, Any]:
        told: dict[str, Any] = self.get(f"jobs/ingest/{job}").json()
        return told

    def counts(self, job: str) -> tuple[str, int, int]:
        told = self.job(job)
        return told["state"], told["numberRecordsProcessed"], told["numberRecordsFailed"]

    def text(self, job: str, which: str) -> str:
        answer = self.get(f"jobs/ingest/{job}/{which}")
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/csv")
        return content_of(answer)

    def rows(self, job: str, which: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text(job, which))))

    def errors(self, job: str) -> list[str]:
        return [row["sf__Error"] for row in self.rows(job, "failedResults")]

    def ask(self, query: str, operation: str = "query", **more: Any) -> str:
        """A query, worked off; its job's id."""
        answer = self.post("jobs/query", {"operation": operation, "query": query, **more})
        assert answer.status_code == 200, answer.content
        work()
        return str(answer.json()["id"])

    def found(self, job: str, asked: str = "") -> tuple[str, str, str]:
        """A page of what was found: how many rows, the next locator, the table."""
        answer = self.get(f"jobs/query/{job}/results{asked}")
        assert answer.status_code == 200, answer.content
        return answer["Sforce-NumberOfRecords"], answer["Sforce-Locator"], content_of(answer)


@pytest.fixture
def bulk(db: None, tmp_path: Path, settings: Settings) -> BulkApi:
    settings.DATA_DIR = str(tmp_path)
    return BulkApi()
