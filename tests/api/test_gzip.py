"""Compressed bodies, of requests and of answers, as the server hands them on and takes them."""

import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from config.chunked import accept_chunked_bodies, is_upload
from config.gzipped import accept_gzip
from config.wsgi import application
from tests.api.conftest import COMPATIBLE, Api
from tests.factories import make_promotion

TOKEN = "/services/oauth2/token"
BATCHES = "/services/data/v67.0/jobs/ingest/750000000000001AAA/batches"
BODY = {"name": "May"}
MB = 1024 * 1024

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api: Api) -> Iterator[httpx.Client]:
    """The whole application below the server, in the test's own transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    headers = {**api.headers, "Accept-Encoding": "identity", "Content-Type": "application/json"}
    transport = httpx.WSGITransport(app=application)
    with httpx.Client(transport=transport, base_url="http://testserver", headers=headers) as client:
        yield client
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def packed(body: Any) -> bytes:
    return gzip.compress(json.dumps(body).encode(), mtime=0)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", " gzip "])
def test_a_packed_body_is_read(client: httpx.Client, encoding: str) -> None:
    headers = {"Content-Encoding": encoding}
    answer = client.post("/api/v1/promotions", content=packed(BODY), headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (201, "May")


def test_a_packed_form(client: httpx.Client) -> None:
    headers = {
        "Content-Encoding": "gzip",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    content = gzip.compress(b"grant_type=authorization_code", mtime=0)
    answer = client.post(TOKEN, content=content, headers=headers)
    assert answer.json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize("path", ["/api/v1/promotions", COMPATIBLE])
@pytest.mark.parametrize(
    "content",
    [b"{}", packed(BODY)[:-4], packed(BODY)[:12], packed(BODY)[:15] + b"\xff" * 20],
    ids=["plain", "without its end", "its beginning", "broken"],
)
def test_what_is_no_gzip(client: httpx.Client, path: str, content: bytes) -> None:
    answer = client.post(path, content=content, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 400
    assert "gzip" in answer.text
    assert "malformed_json" in answer.text


@pytest.mark.parametrize("path", ["/api/v1/promotions", COMPATIBLE])
@pytest.mark.parametrize("size", [5 * MB + 100, 1000 * MB], ids=["a little", "a bomb"])
def test_too_large_when_unpacked(client: httpx.Client, path: str, size: int) -> None:
    packer = zlib.compressobj(9, wbits=31)
    spaces = bytes(MB).replace(b"\0", b" ")
    block = packer.compress(spaces[: size % MB]) + b"".join(
        packer.compress(spaces) for _ in range(min(size // MB, 20))
    )
    content = block + packer.flush()
    answer = client.post(path, content=content, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413


def test_other_encodings_are_refused(client: httpx.Client) -> None:
    answer = client.post("/api/v1/promotions", content=b"{}", headers={"Content-Encoding": "br"})
    assert answer.status_code == 415


# --- Answers ------------------------------------------------------------------------------------


def raw(client: httpx.Client, path: str, accept: str) -> tuple[httpx.Response, bytes]:
    """The answer with its body as it was sent."""
    with client.stream("GET", path, headers={"Accept-Encoding": accept}) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("accept", ["gzip", "gzip, deflate, br", "br;q=1, GZIP;q=0.1", "x-gzip"])
def test_a_large_answer_is_packed(client: httpx.Client, accept: str) -> None:
    plain, whole = raw(client, "/services/data", "identity")
    assert "Content-Encoding" not in plain.headers
    answer, body = raw(client, "/services/data", accept)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Length"] == str(len(body))
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["Content-Type"] == plain.headers["Content-Type"]
    assert gzip.decompress(body) == whole
    assert len(body) < len(whole) / 4


@pytest.mark.parametrize("accept", ["", "identity", "br", "gzip;q=0", "gzip; q=0.00", "notgzip"])
def test_for_whoever_does_not_accept_it_it_is_not(client: httpx.Client, accept: str) -> None:
    assert "Content-Encoding" not in raw(client, "/services/data", accept)[0].headers


def test_small_answers_and_pages_are_not(client: httpx.Client) -> None:
    for path in ("/api/v1/me", "/admin/login/"):
        answer, _ = raw(client, path, "gzip")
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers, path


def test_what_is_streamed_is_packed_as_it_comes(client: httpx.Client) -> None:
    path = f"/api/v1/promotions/{make_promotion().record_id}/coupons/export"
    _, whole = raw(client, path, "identity")
    answer, body = raw(client, path, "gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Content-Length" not in answer.headers
    assert gzip.decompress(body) == whole


# --- Files of any length ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/enrollment-jobs", True),
        ("/api/v1/enrollment-jobs/", True),
        (BATCHES, True),
        (f"{BATCHES}/", True),
        ("/api/v1/enrollment-jobs/x/stop", False),
        ("/services/async/67.0/job/750000000000001AAA/batch", True),
        ("/services/async/67.0/job/x/batch/y", False),
        ("/services/data/v67.0/jobs/ingest/x", False),
        ("/services/data/v67.0/jobs/ingest/x/y/batches", False),
        ("/api/v1/promotions", False),
    ],
)
def test_where_files_of_any_length_come(path: str, expected: bool) -> None:
    assert is_upload(path) == expected


class Endless(io.RawIOBase):
    """A packed body that has no end, and counts what is read of it."""

    def __init__(self) -> None:
        self.given = 0
        self._packer = zlib.compressobj(wbits=31)

    def read(self, size: int = -1) -> bytes:
        block = b""
        while not block:
            block = self._packer.compress(b"Name\n" * 10_000)
        self.given += len(block)
        return block[: size if size >= 0 else None]


def test_a_packed_upload_is_handed_on_as_it_is_read() -> None:
    body, seen = Endless(), []

    def view(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append({**environ})
        assert environ["wsgi.input"].read(15) == b"Name\n" * 3
        return []

    served = accept_chunked_bodies(accept_gzip(view))
    served(
        {
            "PATH_INFO": BATCHES,
            "HTTP_TRANSFER_ENCODING": "chunked",
            "HTTP_CONTENT_ENCODING": "gzip",
            "wsgi.input": body,
        },
        lambda *said: None,
    )
    [environ] = seen
    assert "HTTP_CONTENT_ENCODING" not in environ
    assert int(environ["CONTENT_LENGTH"]) > 10**12
    assert body.given < 200_000
