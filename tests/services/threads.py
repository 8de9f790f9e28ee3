"""Acts that happen at the same moment."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Runs each act in a thread with a connection of its own, all released together; an act that
    fails fails the test."""
    barrier = threading.Barrier(len(acts))
    results: list[T] = []
    failures: list[BaseException] = []

    def run(act: Callable[[], T]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            results.append(act())
        except BaseException as failure:  # whatever it was, it belongs to the test's thread
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return results


# Of this database: tests run beside each other in several. What waits for a transaction names none,
# but has locked tables before.
_WAITING = """
SELECT pg_sleep(0.01), COUNT(*)
  FROM pg_locks w JOIN pg_locks has ON has.pid = w.pid AND has.granted
  JOIN pg_database d ON d.oid = has.database
 WHERE NOT w.granted AND d.datname = current_database()"""


def until_somebody_waits() -> None:
    """Returns once a transaction waits for another, on PostgreSQL."""
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            if cursor.fetchone()[1]:
                return
    raise AssertionError("nobody waits")
