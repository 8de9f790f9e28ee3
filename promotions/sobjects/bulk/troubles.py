"""Jobs that the database fails at again and again, while it answers otherwise: none of them is to
keep the others waiting for ever."""

from collections import Counter
from typing import Final

from promotions.models import BulkJob

_MOST: Final = 3
GIVEN_UP: Final = (
    "The database failed at this job several times; the log says how. Try less at once."
)


class Troubles:
    """What a worker has met with. A database that is away is no job's fault: it is found to be away
    before a job is begun."""

    def __init__(self) -> None:
        self._met: Counter[int] = Counter()

    def are_too_many(self, job: BulkJob) -> bool:
        """Notes one more; whether the job is to be given up."""
        self._met[job.pk] += 1
        return self._met[job.pk] >= _MOST
