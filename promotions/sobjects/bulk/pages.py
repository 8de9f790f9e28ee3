"""What a query has found, in pages: parts of the job's file, each with the header."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from promotions.models import BulkJob
from promotions.services import bulk_jobs
from promotions.sobjects.bulk.results import part_of, require_file
from promotions.sobjects.errors import CallFailed, Problem


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the rows that were found."""

    rows: int
    locator: str
    """Of the next page; ``null``, to the letter, where there is none (the client contract, 0.9)."""
    parts: Iterator[bytes]
    """A table, with its header."""


def page_of(job: BulkJob, locator: str | None, most: str | None) -> Page:
    """The page that begins where ``locator`` says, of at most so many rows; without that, of all
    there are. Raises ``CallFailed`` for what is none."""
    limit = _limit(most)
    require_file(job)
    with bulk_jobs.path_of(job).open("rb") as file:
        header, _ = _behind(file, 0, job.size, 1)
        begins = header if not locator or locator == "null" else _place(file, locator, job.size)
        if begins < header:
            raise _bad_locator()
        if begins == header and (limit is None or limit >= job.rows_done):
            ends, rows = job.size, job.rows_done
        else:
            ends, rows = _behind(file, begins, job.size, limit)
    written = "null" if ends >= job.size else _locator(ends)
    return Page(rows, written, _parts(job, header, begins, ends))


def _parts(job: BulkJob, header: int, begins: int, ends: int) -> Iterator[bytes]:
    with bulk_jobs.path_of(job).open("rb") as file:
        yield from part_of(file, 0, header)
        yield from part_of(file, begins, ends)


def _behind(file: BinaryIO, begins: int, size: int, most: int | None) -> tuple[int, int]:
    """Where so many rows end that begin there, and how many they are: a line whose quotes are not
    closed goes on in the next."""
    file.seek(begins)
    ends, rows, quotes = begins, 0, 0
    while ends < size and rows != most:
        line = file.readline()
        ends += len(line)
        quotes += line.count(b'"')
        rows += quotes % 2 == 0
    return ends, rows


def _locator(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def _place(file: BinaryIO, locator: str, size: int) -> int:
    try:
        text = base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)).decode("ascii")
    except ValueError as error:
        raise _bad_locator() from error
    if not text.isdigit() or len(text) > 15 or not 0 < int(text) <= size:
        raise _bad_locator()
    file.seek(int(text) - 1)
    if file.read(1) != b"\n":
        raise _bad_locator()
    return int(text)


def _bad_locator() -> CallFailed:
    return CallFailed(Problem("INVALID_QUERY_LOCATOR", "invalid query locator"))


def _limit(most: str | None) -> int | None:
    if most is None or most == "":
        return None
    if not (most.isascii() and most.isdigit() and int(most[:12]) > 0):
        message = "maxRecords must be a whole number, 1 or more."
        raise CallFailed(Problem("INVALID_INPUT", message))
    return int(most[:12])
