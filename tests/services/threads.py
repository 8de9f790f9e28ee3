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


def until_somebody_waits() -> None:
    """Returns once a transaction waits for another, on PostgreSQL."""
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01), COUNT(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[1]:
                return
    raise AssertionError("nobody waits")
