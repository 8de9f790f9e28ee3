"""Reads or writes as a client does, in a process of its own: ``python -m tests.benchmarks.reader``
with what to do as JSON on its standard input. Prints how many rows, in how many seconds, and by how
many bytes the process grew at most.
"""

import csv
import io
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.benchmarks.processes import resident_bytes

_PART = 2000
"""Rows that the plain driver is asked for at a time."""


def main() -> None:
    asked = json.load(sys.stdin)
    acts: dict[str, Callable[..., Callable[[], int]]] = {
        "driver": driver,
        "query": query,
        "bulk": bulk,
        "create": create,
    }
    ready = acts[asked.pop("act")](**asked)
    with _growth() as growth:
        begun = time.perf_counter()
        rows = ready()
        seconds = time.perf_counter() - begun
    json.dump({"rows": rows, "seconds": seconds, "growth": max(growth)}, sys.stdout)


def driver(database: str, statement: str) -> Callable[[], int]:
    """The same rows by psycopg alone, each part of them rendered as a list of JSON objects."""
    import psycopg

    connection = psycopg.connect(database)

    def read() -> int:
        rows = size = 0
        with connection.cursor("rows") as cursor:
            cursor.itersize = _PART
            cursor.execute(statement)
            names = [column.name for column in cursor.description or ()]
            while part := cursor.fetchmany(_PART):
                records = [dict(zip(names, row, strict=True)) for row in part]
                size += len(json.dumps(records, default=str))
                rows += len(part)
        assert size
        return rows

    return read


def query(url: str, token: str, text: str) -> Callable[[], int]:
    """simple-salesforce's query_all_iter, which reads page by page."""
    sf = _client(url, token)
    return lambda: sum(1 for _ in sf.query_all_iter(text))


def bulk(url: str, token: str, text: str, name: str) -> Callable[[], int]:
    """simple-salesforce's job that queries: made, waited for, and its pages read."""
    handler = getattr(_client(url, token).bulk2, name)

    def read() -> int:
        pages = handler.query(text, wait=1)
        return sum(sum(1 for _ in csv.reader(io.StringIO(page))) - 1 for page in pages)

    return read


def create(
    url: str, token: str, records: list[dict[str, Any]], together: bool
) -> Callable[[], int]:
    """Records made by one collection, or by a call for each."""
    sf = _client(url, token)
    body = [dict(one) for one in records]

    def write() -> int:
        if together:
            said = {"allOrNone": False, "records": body}
            made = sf.restful("composite/sobjects", method="POST", json=said)
            return sum(one["success"] for one in made or ())
        name = records[0]["attributes"]["type"]
        handler = getattr(sf, name)
        return sum(handler.create(one)["success"] for one in body)

    sf.limits()  # the connection is there, and the token known
    return write


def _client(url: str, token: str) -> Any:
    from simple_salesforce.api import Salesforce

    from tests.clients.simple import session_for

    return Salesforce(instance_url=url, session_id=token, session=session_for(url))


@contextmanager
def _growth() -> Iterator[list[int]]:
    """By how many bytes this process has grown, looked at again and again."""
    before = resident_bytes(os.getpid())
    seen = [0]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            seen.append(resident_bytes(os.getpid()) - before)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield seen
    over.set()
    thread.join()


if __name__ == "__main__":
    main()
