"""The service under fire, how it is called, and its database, read directly."""

import http.client
import json
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg

COMPATIBLE = "/services/data/v67.0/global-promotions-management/promotion-enrollments"
SCOPES = (
    *("enrollments:read", "enrollments:write", "promotions:read", "promotions:write"),
    *("customers:read", "customers:write"),
)
_TRIES = 1200
_number = count(1)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    @property
    def codes(self) -> set[str]:
        """The codes of the errors in it, on either surface."""
        errors = self.body if isinstance(self.body, list) else self.body.get("errors", [])
        return {error["code"] for error in errors}


@dataclass
class Target:
    """A running service."""

    port: int
    pid: int
    """Of its supervisor."""
    token: str
    variables: dict[str, str]
    """Its environment."""
    seen: Counter[int] = field(default_factory=Counter)
    """Every status that any caller was answered."""
    broken: int = 0
    """How many calls found their connection gone, and were repeated."""
    failures: list[bytes] = field(default_factory=list)
    """The first answers of 500 and above."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _idle: list[http.client.HTTPConnection] = field(default_factory=list)

    def call(
        self, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> Answer:
        """One call, repeated where the connection broke."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        content = None if body is None else json.dumps(body).encode()
        last: Exception | None = None
        for _ in range(_TRIES):
            connection = self._connection()
            try:
                connection.request(method, path, content, headers)
                response = connection.getresponse()
                answer = Answer(response.status, response.read())
            except (OSError, http.client.HTTPException) as error:
                last = error
                connection.close()
                with self._lock:
                    self.broken += 1
                time.sleep(0.05)
                continue
            self._idle.append(connection)
            self._note(answer)
            return answer
        raise SystemExit(f"The service can't be reached any more: {last!r}")

    def close(self) -> None:
        """Closes the connections that are kept for the next calls."""
        while self._idle:
            self._idle.pop().close()

    def enroll(
        self, items: Sequence[object], *, all_or_none: bool = True, key: str | None = None
    ) -> Answer:
        body = {"inputParameters": items, "allOrNone": all_or_none}
        return self.call("POST", COMPATIBLE, body, key=key)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says. Parameters are ``?``."""
        url = self.variables.get("DATABASE_URL")
        if url:
            with psycopg.connect(url, autocommit=True) as connection:
                return connection.execute(statement.replace("?", "%s"), values).fetchall()
        path = Path(self.variables["DATA_DIR"]) / "db.sqlite3"
        lite = sqlite3.connect(path, timeout=60)
        try:
            return lite.execute(statement, values).fetchall()
        finally:
            lite.close()

    def number(self, statement: str, *values: object) -> int:
        """The one number that a statement gives."""
        return int(self.rows(statement, *values)[0][0])

    @property
    def on_postgresql(self) -> bool:
        return bool(self.variables.get("DATABASE_URL"))

    def new_promotion(self, **more: Any) -> str:
        """An open promotion; answers with its id."""
        number = next(_number)
        open_to_all = {"name": f"Soak {number}", "isActive": True, "isEnrollmentRequired": True}
        return self._create("promotions", {**open_to_all, **more})

    def new_contacts(self, number: int) -> list[str]:
        """So many contacts; answers with their ids."""
        return at_once([self._new_contact] * number, threads=8)

    def _new_contact(self) -> str:
        email = f"soak{next(_number)}@example.com"
        return self._create("contacts", {"lastName": "Soak", "email": email})

    def _create(self, what: str, body: object) -> str:
        answer = self.call("POST", f"/api/v1/{what}", body)
        if answer.status != 201:
            raise SystemExit(f"{what}: {answer.status} {answer.content!r}")
        return str(answer.body["id"])

    def _connection(self) -> http.client.HTTPConnection:
        try:
            return self._idle.pop()  # safe under threads, as appending is
        except IndexError:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def _note(self, answer: Answer) -> None:
        with self._lock:
            self.seen[answer.status] += 1
            if answer.status >= 500 and len(self.failures) < 5:
                self.failures.append(answer.content[:500])


def at_once(acts: Sequence[Callable[[], T]], *, threads: int | None = None) -> list[T]:
    """What ``acts`` return, in their order; without ``threads`` they all begin at one moment."""
    if threads is not None:
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(lambda act: act(), acts))
    barrier = threading.Barrier(len(acts))

    def begin(act: Callable[[], T]) -> T:
        barrier.wait(timeout=60)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))
