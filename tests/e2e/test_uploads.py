"""Audiences sent to the real server: with a length and in chunks, small and large, broken off."""

import gzip
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.e2e.server import Server

V1 = "/api/v1/enrollment-jobs"
BLOCK = b"nobody@example.com\n" * 5_000
MB = 1024 * 1024


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    scopes = ["enrollments:read", "enrollments:write", "promotions:write", "customers:write"]
    with server.client(*scopes) as client:
        yield client


@pytest.fixture(scope="module")
def promotion(client: httpx.Client) -> str:
    body = {"name": "May", "isActive": True, "isEnrollmentRequired": True}
    return str(client.post("/api/v1/promotions", json=body).json()["id"])


def in_chunks(size: int) -> Iterator[bytes]:
    """About so many bytes of a table."""
    yield b"email\n"
    for _ in range(size // len(BLOCK)):
        yield BLOCK


def upload(client: httpx.Client, promotion: str, content: Any, **headers: str) -> httpx.Response:
    return client.post(
        V1,
        params={"promotionId": promotion, "dryRun": "true"},
        content=content,
        headers={"Content-Type": "text/csv", **headers},
    )


def newest_job(client: httpx.Client) -> str | None:
    results = client.get(V1, params={"page_size": 1}).json()["results"]
    return results[0]["id"] if results else None


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_file_arrives_whole(client: httpx.Client, promotion: str, chunked: bool) -> None:
    parts = list(in_chunks(15 * MB))
    whole = b"".join(parts)
    answer = upload(client, promotion, iter(parts) if chunked else whole)
    assert ("Transfer-Encoding" in answer.request.headers) == chunked
    assert answer.status_code == 202, answer.text
    assert answer.json()["fileSize"] == len(whole)
    client.post(f"{V1}/{answer.json()['id']}/stop")


def test_a_form_with_a_large_file(client: httpx.Client, promotion: str) -> None:
    whole = b"".join(in_chunks(15 * MB))
    answer = client.post(
        V1,
        data={"promotionId": promotion, "dryRun": "true"},
        files={"file": ("list.csv", whole, "text/csv")},
    )
    assert answer.status_code == 202, answer.text
    assert (answer.json()["fileName"], answer.json()["fileSize"]) == ("list.csv", len(whole))
    client.post(f"{V1}/{answer.json()['id']}/stop")


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large_a_file_is_refused(client: httpx.Client, promotion: str, chunked: bool) -> None:
    before = newest_job(client)
    parts = list(in_chunks(21 * MB))
    answer = upload(client, promotion, iter(parts) if chunked else b"".join(parts))
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert newest_job(client) == before


FORM = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\n"
)


@pytest.mark.parametrize(
    ("kind", "before_it"), [("text/csv", b""), ("multipart/form-data; boundary=x", FORM)]
)
def test_a_file_that_breaks_off_is_no_job(
    client: httpx.Client, promotion: str, kind: str, before_it: bytes
) -> None:
    before = newest_job(client)
    address = urlsplit(str(client.base_url))
    head = (
        f"POST {V1}?promotionId={promotion} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: {client.headers['Authorization']}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: 100000\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(head.encode() + before_it + b"email\na@example.com\n")
        time.sleep(0.2)
    assert client.get(V1).status_code == 200
    assert newest_job(client) == before


def test_an_upload_is_worked_off_by_the_worker(
    server: Server, client: httpx.Client, promotion: str
) -> None:
    contacts = [
        client.post("/api/v1/contacts", json={"lastName": "Meyer"}).json()["id"] for _ in range(3)
    ]
    table = "\n".join(["contactId", *contacts, contacts[0]])
    answer = client.post(
        V1,
        params={"promotionId": promotion},
        content=gzip.compress(table.encode()),
        headers={"Content-Type": "text/csv", "Content-Encoding": "gzip"},
    )
    path = f"{V1}/{answer.json()['id']}"
    assert client.get(path).json()["status"] == "queued"
    printed = server.manage("run_enrollment_jobs", "--once")
    assert f"{answer.json()['name']}: finished." in printed
    done = client.get(path).json()
    assert (done["enrolledCount"], done["refusedCount"], done["progress"]) == (3, 1, 1)
    refused = client.get(f"{path}/refusals").text.splitlines()
    assert refused[1].startswith("5,already_enrolled,")
    found = client.get("/api/v1/enrollments", params={"promotionId": promotion}).json()["results"]
    assert {one["contactId"] for one in found} == set(contacts)
