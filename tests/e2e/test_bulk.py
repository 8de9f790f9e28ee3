"""Bulk jobs on the real server: tables that come in chunks or packed, a worker that is killed."""

import csv
import gzip
import io
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.server import ROOT, Server

JOBS = "/services/data/v61.0/jobs"
ROWS = 300
KILLS = 2


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client("customers:read", "customers:write") as client:
        yield client


def loaded(client: httpx.Client, content: Any, **headers: str) -> str:
    """The path of a job whose data has come."""
    asked = {"object": "Account", "operation": "insert"}
    job = client.post(f"{JOBS}/ingest", json=asked).json()
    path = f"/{job['contentUrl']}"
    answer = client.put(path, content=content, headers={"Content-Type": "text/csv", **headers})
    assert (answer.status_code, answer.content) == (201, b""), answer.text
    path = path.removesuffix("/batches")
    assert client.patch(path, json={"state": "UploadComplete"}).json()["state"] == "UploadComplete"
    return path


def processed(client: httpx.Client, path: str) -> int:
    return int(client.get(path).json()["numberRecordsProcessed"])


def rows(client: httpx.Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).text)))


def test_tables_come_in_chunks_and_packed(server: Server, client: httpx.Client) -> None:
    chunked = loaded(client, iter([b"Name,Exter", b"nalId\nOak,C-1\nEl", b"m,C-2\n"]))
    table = b"Name,ExternalId\nAsh,G-1\n"
    packed = loaded(client, gzip.compress(table), **{"Content-Encoding": "gzip"})
    nothing = loaded(client, iter([]))
    mine = "WHERE ExternalId IN ('C-1', 'C-2', 'G-1') ORDER BY Name"
    asked = {"operation": "query", "query": f"SELECT Name FROM Account {mine}"}
    query = client.post(f"{JOBS}/query", json=asked).json()["id"]
    server.manage("run_enrollment_jobs", "--once")
    assert [row["Name"] for row in rows(client, f"{chunked}/successfulResults")] == ["Oak", "Elm"]
    assert [row["Name"] for row in rows(client, f"{packed}/successfulResults/")] == ["Ash"]
    assert client.get(nothing).json()["state"] == "JobComplete"
    assert rows(client, f"{nothing}/successfulResults") == []
    answer = client.get(f"{JOBS}/query/{query}/results", params={"maxRecords": 100})
    assert answer.headers["Sforce-Locator"] == "null"
    assert {"Ash", "Elm", "Oak"} <= set(answer.text.splitlines())


def test_what_is_announced_packed_and_is_not_is_no_data(client: httpx.Client) -> None:
    asked = {"object": "Account", "operation": "insert"}
    job = client.post(f"{JOBS}/ingest", json=asked).json()
    headers = {"Content-Type": "text/csv", "Content-Encoding": "gzip"}
    answer = client.put(f"/{job['contentUrl']}", content=b"Name\nOak\n", headers=headers)
    assert answer.status_code == 400, answer.text


def test_a_worker_that_is_killed_does_everything_once(server: Server, client: httpx.Client) -> None:
    names = [f"Killed {n}" for n in range(ROWS)]
    # Every tenth has no name.
    table = [f"{name if n % 10 else ''},K-{n}" for n, name in enumerate(names)]
    path = loaded(client, "\n".join(["Name,ExternalId", *table]).encode())
    for kill in range(1, KILLS + 1):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_enrollment_jobs"],
            cwd=ROOT,
            env=server.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        try:
            for _ in range(1_500):
                if processed(client, path) >= kill * 40:
                    break
                time.sleep(0.02)
        finally:
            process.kill()
            process.wait()
        assert processed(client, path) < ROWS
    server.manage("run_enrollment_jobs", "--once")
    told = client.get(path).json()
    counts = (told["numberRecordsProcessed"], told["numberRecordsFailed"])
    assert (told["state"], *counts) == ("JobComplete", ROWS, ROWS // 10)
    good = {name for n, name in enumerate(names) if n % 10}
    written = rows(client, f"{path}/successfulResults")
    assert len(written) == len(good)
    assert {row["Name"] for row in written} == good
    assert len(rows(client, f"{path}/failedResults")) == ROWS // 10
    asked = {"q": "SELECT COUNT() FROM Account WHERE Name LIKE 'Killed %'"}
    count = client.get("/services/data/v61.0/query", params=asked).json()["totalSize"]
    assert count == len(good)
