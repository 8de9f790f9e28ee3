"""The id of the request being answered: in the logs, in the answer, and kept with every change."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("request_id", default="")
_ACCEPTED = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def current_request_id() -> str:
    """The id of the request that this code runs for; empty outside of one."""
    return _current.get()


@contextmanager
def request_id_for(offered: str | None) -> Iterator[str]:
    """Runs a request under an id: the caller's own if it is short and plain, else a new one."""
    chosen = offered if offered and _ACCEPTED.fullmatch(offered) else uuid.uuid4().hex
    token = _current.set(chosen)
    try:
        yield chosen
    finally:
        _current.reset(token)
