"""Processes that live long: they end with the one that started them, and collect little garbage."""

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from typing import Final

_TELL_OF_PARENTS_END: Final = 1
"""``PR_SET_PDEATHSIG`` of Linux's ``prctl``."""
_BETWEEN_LOOKS: Final = 1.0
_NEW_OBJECTS: Final = 50_000
"""Between two searches for garbage. Most objects go when nobody refers to them any more, and whole
calls do (``promotions/http/untying.py``); the search is for those that refer to each other."""


def end_with_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """Sends this process the signal ``number`` when ``parent``, which started it, is gone: by the
    system where it can do that (Linux), else within a second; at once where it is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_TELL_OF_PARENTS_END, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)
    else:
        threading.Thread(target=_watch, args=(parent, number), daemon=True).start()


def spare_collector() -> None:
    """For a process that has loaded all it needs. What is loaded is never searched for garbage
    again; what calls or rows make, only after 50,000 more objects are there. Searching was about a
    quarter of Python's work for 200 items (``docs/decisions/0014-api-path.md``)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


def _watch(parent: int, number: int) -> None:
    while os.getppid() == parent:
        time.sleep(_BETWEEN_LOOKS)
    os.kill(os.getpid(), number)
