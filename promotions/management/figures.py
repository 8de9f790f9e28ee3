"""Counting in the background the figures that take longer than a page may wait."""

import threading
from collections.abc import Callable

from django.utils import timezone

from promotions.services.figures import asked_for, renew


class FigureCounting:
    """The worker's part; see ``promotions/background.py``."""

    name = "figures"
    between_looks = 3.0

    def look(self, stop: threading.Event, tell: Callable[[str], None]) -> bool:
        wanted = asked_for()
        for kept in wanted:
            if stop.is_set():
                break
            renew(kept, at=timezone.now())
        return bool(wanted)
