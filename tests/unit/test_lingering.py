"""What is still read of a request that is refused before its end."""

import io
from collections.abc import Iterable
from typing import Any

import pytest

from config.lingering import MOST, hear_them_out

CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked"}
MEASURED = {"CONTENT_LENGTH": "1000"}


class Endless(io.RawIOBase):
    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return b"x" * size


class Broken(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        raise ConnectionResetError


def answer(status: str, body: Any, said: dict[str, str]) -> tuple[list[str], list[bytes]]:
    """What the caller gets of a view that reads ten bytes and then answers."""

    def view(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not isinstance(body, Broken):
            environ["wsgi.input"].read(10)
        start_response(status, [])
        return [b"answer"]

    statuses: list[str] = []
    parts = hear_them_out(view)(
        {"wsgi.input": body, **said}, lambda status, _headers: statuses.append(status)
    )
    return statuses, list(parts)


@pytest.mark.parametrize(
    ("status", "said", "read"),
    [
        ("413 Too Large", CHUNKED, 1000),
        ("401 Unauthorized", MEASURED, 1000),
        ("202 Accepted", MEASURED, 10),
        ("413 Too Large", {**MEASURED, "HTTP_EXPECT": "100-continue"}, 10),
        ("404 Not Found", {}, 10),
    ],
    ids=["chunked", "measured", "accepted", "waits to be asked", "no body"],
)
def test_a_refused_body_is_read_to_its_end(status: str, said: dict[str, str], read: int) -> None:
    body = io.BytesIO(b"x" * 1000)
    assert answer(status, body, said) == ([status], [b"answer"])
    assert body.tell() == read


def test_a_body_without_end_is_not() -> None:
    body = Endless()
    assert answer("413 Too Large", body, CHUNKED) == (["413 Too Large"], [b"answer"])
    assert MOST <= body.given < MOST + 1024 * 1024


def test_one_that_broke_off_changes_nothing() -> None:
    assert answer("413 Too Large", Broken(), CHUNKED)[1] == [b"answer"]
