"""What clients fetch of a job's rows: those written, those refused, those not worked off."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from promotions.models import BulkJob
from promotions.models.bulk_jobs import AT_WORK
from promotions.services.bulk_jobs import FAILED, SUCCESSFUL, path_of
from promotions.sobjects.bulk.tables import Table, UnreadableTable, table_lines
from promotions.sobjects.errors import CallFailed, Problem

_BLOCK: Final = 256 * 1024
_OURS: Final = {SUCCESSFUL: ("sf__Id", "sf__Created"), FAILED: ("sf__Id", "sf__Error")}


def results(job: BulkJob, ending: str) -> Iterator[bytes]:
    """The rows that became ``successful``, or ``failed``, behind what became of each; a header in
    any case."""
    header = [*_OURS[ending], *_header(job)]
    yield table_lines([header], delimiter=job.delimiter, newline=job.newline)
    size = size_of(job, ending)
    if size:
        with path_of(job, ending).open("rb") as file:
            yield from part_of(file, 0, size)


def size_of(job: BulkJob, ending: str) -> int:
    """How many bytes of such results there are."""
    return job.successful_size if ending == SUCCESSFUL else job.failed_size


def require_file(job: BulkJob, ending: str = "") -> None:
    """Raises ``CallFailed`` where the job's file is not on this host any more, or never was."""
    if job.path is None or not path_of(job, ending).exists():
        message = (
            "The job's files are not here: they were removed, or another host has them. "
            "Make the job again."
        )
        raise CallFailed(Problem("NOT_FOUND", message))


def unprocessed(job: BulkJob) -> Iterator[bytes]:
    """The rows that were not worked off, as they came: until the job ends, none."""
    header = _header(job)
    if header:
        yield table_lines([header], delimiter=job.delimiter, newline=job.newline)
    if job.path is None or job.state in AT_WORK or not path_of(job).exists():
        return
    with path_of(job).open("rb") as file:
        begins = job.position
        if not begins:
            try:
                begins = Table(file, job.delimiter).begins
            except UnreadableTable:
                return
        yield from part_of(file, begins, job.size)


def part_of(file: BinaryIO, begins: int, ends: int) -> Iterator[bytes]:
    """What stands between two places of a file, some at a time."""
    file.seek(begins)
    while begins < ends and (block := file.read(min(_BLOCK, ends - begins))):
        begins += len(block)
        yield block


def _header(job: BulkJob) -> list[str]:
    if job.path is None or not path_of(job).exists():
        return []
    with path_of(job).open("rb") as file:
        try:
            return Table(file, job.delimiter).header
        except UnreadableTable:
            return []
