"""Processes that must not outlive the one that started them."""

import ctypes
import os
import signal
import sys
import threading
import time
from typing import Final

_TELL_OF_PARENTS_END: Final = 1
"""``PR_SET_PDEATHSIG`` of Linux's ``prctl``."""
_BETWEEN_LOOKS: Final = 1.0


def end_with_parent(parent: int, number: int = signal.SIGTERM) -> None:
    """Sends this process the signal ``number`` when ``parent``, which started it, is gone: by the
    system where it can do that (Linux), else within a second; at once where it is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_TELL_OF_PARENTS_END, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)
    else:
        threading.Thread(target=_watch, args=(parent, number), daemon=True).start()


def _watch(parent: int, number: int) -> None:
    while os.getppid() == parent:
        time.sleep(_BETWEEN_LOOKS)
    os.kill(os.getpid(), number)
