"""The backend itself; Django looks for it under this name."""

import select
from time import monotonic
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base, operations

_PROVES: Final = 30.0
"""For how many seconds a statement that was answered proves that nothing on the way, such as a
firewall, has forgotten the connection."""


class DatabaseOperations(operations.DatabaseOperations):
    """Bound on the server, a number goes as the bytes of its column's type."""

    def adapt_integerfield_value(self, value: Any, internal_type: str) -> Any:
        """A number that has no room there goes as one that has, as it would if it were written
        into the statement; the driver would cut it off and say nothing."""
        if isinstance(value, int):
            least, most = self.integer_field_range(internal_type)
            if not least <= value <= most:
                return value
        return super().adapt_integerfield_value(value, internal_type)


class DatabaseWrapper(base.DatabaseWrapper):
    """Before the first statement of each request Django asks whether the connection that its
    thread has kept is still good, by a statement of its own: a round trip. But a server that hangs
    up says so, and where it has said nothing there is nothing to read."""

    ops_class = DatabaseOperations
    _asked_at = 0.0

    def is_usable(self) -> bool:
        at, asked_at = monotonic(), self._asked_at
        self._asked_at = at
        if at - asked_at < _PROVES and not self.errors_occurred and self._is_silent():
            return True
        return super().is_usable()

    def _is_silent(self) -> bool:
        """Whether the server has said nothing since its last answer, and could have."""
        if self.connection is None:
            return False
        said = select.poll()
        try:
            said.register(self.connection.pgconn.socket, select.POLLIN)
        except psycopg.OperationalError:  # there is no socket any more
            return False
        return not said.poll(0)
