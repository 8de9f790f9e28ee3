"""What existing clients are told that they may do. Pure.

Nothing here is counted by the day: what bounds a partner is ``API_RATE_LIMIT``. Clients plan by
these numbers all the same, and some stop when little is left, so there is much of everything; of
requests exactly one is used, this one.
"""

from typing import Any, Final

_MUCH: Final = 1_000_000
_NAMES: Final = (
    "DailyApiRequests",
    "DailyBulkApiBatches",
    "DailyBulkV2QueryJobs",
    "DailyBulkV2QueryFileStorageMB",
    "DataStorageMB",
    "FileStorageMB",
)
"""Those that clients are known to read, and their neighbours that mean anything here."""


def limits(*, requests: int) -> dict[str, Any]:
    """Every limit by its name, ``requests`` being that of requests in a day."""
    most = dict.fromkeys(_NAMES, _MUCH) | {"DailyApiRequests": requests}
    return {
        name: {"Max": number, "Remaining": number - (name == "DailyApiRequests")}
        for name, number in most.items()
    }
