"""What clients fetch of a batch: what it was, what became of its rows, what its query found."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from promotions.models import BatchedJob, BulkJob
from promotions.models.batched_jobs import BatchFormat
from promotions.models.bulk_jobs import AT_WORK, BulkState
from promotions.services.bulk_jobs import REQUEST, SUCCESSFUL, path_of
from promotions.sobjects.batched.documents import start_of
from promotions.sobjects.batched.errors import wrong_batch
from promotions.sobjects.bulk.results import part_of, require_file
from promotions.sobjects.bulk.rows import error_cell
from promotions.sobjects.bulk.tables import table_lines
from promotions.sobjects.elements import SCHEMA_INSTANCE, element
from promotions.sobjects.errors import CallFailed, Problem

MEDIA_TYPES: Final[Mapping[str, str]] = {
    BatchFormat.CSV: "text/csv",
    BatchFormat.XML: "application/xml",
    BatchFormat.JSON: "application/json",
}
"""To the letter: salesforce-bulk compares them."""
_AT_ONCE: Final = 200
_HEADER: Final = ("Id", "Success", "Created", "Error")

Record = dict[str, Any]


def require_results(batch: BulkJob) -> None:
    """Raises ``Wrong`` for a batch that has none yet, or never will."""
    if batch.state in AT_WORK:
        raise wrong_batch("Batch not completed")
    if batch.state != BulkState.JOB_COMPLETE and not batch.rows_done:
        raise wrong_batch("Records not processed")


def request_of(batch: BulkJob) -> Iterator[bytes]:
    """What was sent as the batch. Raises ``Wrong``."""
    if batch.query is not None:
        return iter([batch.query.encode()])
    ending = REQUEST if path_of(batch, REQUEST).exists() else ""
    path = _file(batch, ending)
    return _part(path, path.stat().st_size)


def row_results(job: BatchedJob, batch: BulkJob) -> Iterator[bytes]:
    """What became of each row, in the order of the rows. Raises ``Wrong``."""
    require_results(batch)
    path = _file(batch, SUCCESSFUL) if batch.successful_size else None
    return _ROWS[job.content_type](_lines(path, batch.successful_size))


def found(job: BatchedJob, batch: BulkJob) -> Iterator[bytes]:
    """What the query found. Raises ``Wrong``."""
    require_results(batch)
    path = _file(batch, "")
    if job.content_type == BatchFormat.CSV:
        return _part(path, batch.size)
    return _FOUND[job.content_type](_lines(path, batch.size))


# --- Files ----------------------------------------------------------------------------------------


def _file(batch: BulkJob, ending: str) -> Path:
    try:
        require_file(batch, ending)
    except CallFailed as failed:
        raise wrong_batch(failed.problems[0].message) from failed
    return path_of(batch, ending)


def _part(path: Path, ends: int) -> Iterator[bytes]:
    """A file to where it counts."""
    with path.open("rb") as file:
        yield from part_of(file, 0, ends)


def _lines(path: Path | None, ends: int) -> Iterator[bytes]:
    """The lines of a file to where it counts."""
    if path is None:
        return
    with path.open("rb") as file:
        while ends > 0 and (line := file.readline()):
            ends -= len(line)
            yield line.rstrip(b"\n")


def _some(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while some := list(islice(lines, _AT_ONCE)):
        yield some


# --- Forms ----------------------------------------------------------------------------------------


def _in_csv(lines: Iterator[bytes]) -> Iterator[bytes]:
    form = {"delimiter": ",", "newline": "\n"}
    yield table_lines([_HEADER], **form)
    for some in _some(lines):
        yield table_lines([_row(orjson.loads(line)) for line in some], **form)


def _row(told: Record) -> list[str]:
    problems = [
        Problem(one["statusCode"], one["message"], tuple(one["fields"])) for one in told["errors"]
    ]
    success, created = str(told["success"]).lower(), str(told["created"]).lower()
    return [told["id"] or "", success, created, error_cell(problems)]


def _in_json(lines: Iterator[bytes]) -> Iterator[bytes]:
    before = b"["
    for some in _some(lines):
        yield before + b",\n".join(some)
        before = b",\n"
    yield b"[]" if before == b"[" else b"]"


def _xml(
    name: str, more: str, write: Callable[[Record], str]
) -> Callable[[Iterator[bytes]], Iterator[bytes]]:
    """How lines of JSON become a document of elements."""

    def written(lines: Iterator[bytes]) -> Iterator[bytes]:
        yield start_of(name, more).encode()
        for some in _some(lines):
            yield "".join(write(orjson.loads(line)) for line in some).encode()
        yield f"</{name}>".encode()

    return written


def _result(told: Record) -> str:
    told["errors"] = [
        {name: problem[name] for name in ("fields", "message", "statusCode")}
        for problem in told["errors"]
    ]
    inside = {name: told[name] for name in ("errors", "id", "success", "created")}
    return element("result", inside)


def _record(told: Record, name: str = "records") -> str:
    """A record, or the parent of one, as an element that says what it is."""
    inside = "".join(_value(key, value) for key, value in told.items() if key != "attributes")
    kind = element("type", told["attributes"]["type"])
    return f'<{name} xsi:type="sObject">{kind}{inside}</{name}>'


def _value(name: str, value: Any) -> str:
    match value:
        case None:
            return f'<{name} xsi:nil="true"/>'
        case {"attributes": {}}:
            return _record(value, name)
        case dict() | list():
            return element(name, orjson.dumps(value).decode())
        case _:
            return element(name, value)


_ROWS: Final[Mapping[str, Callable[[Iterator[bytes]], Iterator[bytes]]]] = {
    BatchFormat.CSV: _in_csv,
    BatchFormat.JSON: _in_json,
    BatchFormat.XML: _xml("results", "", _result),
}
_FOUND: Final[Mapping[str, Callable[[Iterator[bytes]], Iterator[bytes]]]] = {
    BatchFormat.JSON: _in_json,
    BatchFormat.XML: _xml("queryResult", f' xmlns:xsi="{SCHEMA_INSTANCE}"', _record),
}
