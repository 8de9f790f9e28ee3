"""What a query batch has found, where that is told as JSON or XML: lines of JSON, one a record.

Source: what existing clients were told by the compatible platform: in JSON moments are
milliseconds since 1970 (simple-salesforce #290, salesforce-bulk #70).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from promotions.models import BatchedJob
from promotions.models.batched_jobs import BatchFormat
from promotions.sobjects.query.plan import All


def record_parts(job: BatchedJob, found: All) -> Iterator[tuple[int, bytes]]:
    """How many records there are in a part, and their lines."""
    moments = found.moments if job.content_type == BatchFormat.JSON else []
    for records in found.records(f"v{job.api_version}"):
        for record in records:
            for path in moments:
                _number(record, path)
        yield len(records), b"".join(map(_line, records))


def _line(record: dict[str, Any]) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def _number(record: dict[str, Any], path: Sequence[str]) -> None:
    """Makes the moment at the end of the path a number."""
    *parents, name = path
    at: Any = record
    for parent in parents:
        at = at[parent]
        if at is None:
            return
    if at[name] is not None:
        at[name] = round(datetime.fromisoformat(at[name]).timestamp() * 1000)
