"""Database connections of the server's threads: kept from request to request."""

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from config.chunked import WSGIApplication


class _ClosedAtEnd:
    """The connections of the thread that made this, closed when nothing refers to it any more."""

    def __init__(self) -> None:
        self._connections: Sequence[BaseDatabaseWrapper] = connections.all()

    def __del__(self) -> None:
        for connection in self._connections:
            connection.close()


class _OfThread(threading.local):
    """Made anew in each thread that looks at it, and gone with the thread."""

    def __init__(self) -> None:
        self.closed_at_end = _ClosedAtEnd()


def end_connections_with_threads(application: WSGIApplication) -> WSGIApplication:
    """The server ends threads that have nothing to do and starts new ones. Django keeps a
    connection per thread, and would leave those of ended ones to the garbage collector, which
    comes when it likes: until then they count against the database's limit."""
    of_thread = _OfThread()

    def with_connections(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        of_thread.closed_at_end  # noqa: B018  # makes it
        return application(environ, start_response)

    return with_connections
