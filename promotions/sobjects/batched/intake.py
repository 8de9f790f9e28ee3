"""Taking a batch: what comes is kept, and made a table where it is none."""

import codecs
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from promotions.actors import Actor
from promotions.errors import Refused
from promotions.models import BatchedJob, BulkJob
from promotions.models.batched_jobs import BatchFormat
from promotions.services import batched_jobs, bulk_jobs
from promotions.services.kept_files import KeptFile
from promotions.sobjects.batched.errors import Wrong
from promotions.sobjects.batched.tables import READERS, TooManyRows, has_too_many_rows
from promotions.sobjects.bulk.mapping import Columns, WrongColumns
from promotions.sobjects.bulk.queries import asked_object
from promotions.sobjects.declare import sobject
from promotions.sobjects.errors import CallFailed, problems_of

MOST_BYTES: Final = 10_000_000
_LONGEST_QUERY: Final = 400_000


def receive(blocks: Iterable[bytes], *, announced: int) -> KeptFile:
    """A batch as it comes, on disk. Raises ``Wrong`` for one that is too large, and what
    ``bulk_jobs.receive`` raises; nothing is kept then."""
    try:
        return bulk_jobs.receive(blocks, announced=announced, most=MOST_BYTES)
    except Refused as refused:
        if refused.errors[0].code != "payload_too_large":
            raise
        message = f"Failed to read request. Exceeded max size limit of {MOST_BYTES}"
        raise Wrong("ClientInputError", message) from refused


def take_rows(job: BatchedJob, came: KeptFile, *, by: Actor, at: datetime) -> BulkJob:
    """A batch of the rows in a file that came, which is the batch's then. One of too many rows, or
    of fields that there are not, is a batch that failed, as clients expect. Raises ``Wrong`` for
    what can't be read, and ``WrongState``."""
    if not came.size:
        raise Wrong("ClientInputError", "The batch is empty.")
    table, failure = _table(job, came)
    return batched_jobs.add_rows(job, table, failure=failure, by=by, at=at)


def _table(job: BatchedJob, came: KeptFile) -> tuple[KeptFile, str | None]:
    """What came as a table, and why it can't be worked off."""
    if job.content_type == BatchFormat.CSV:
        with bulk_jobs.opened(came) as file:
            return came, str(TooManyRows()) if has_too_many_rows(file) else None
    one = sobject(job.object_name)
    assert one is not None
    with bulk_jobs.opened(came) as file:
        body = file.read().removeprefix(codecs.BOM_UTF8)
    failure: str | None = None
    parts: Iterable[bytes] = ()
    try:
        rows = READERS[job.content_type](body, one)
        if rows.are_any:
            Columns(job, one, rows.header)
        parts = rows.parts()
    except TooManyRows as error:
        failure = str(error)
    except WrongColumns as error:
        failure = f"InvalidBatch : {error}"
    table = bulk_jobs.receive(parts, announced=0)
    bulk_jobs.lay_beside(table, came)
    return table, failure


def take_query(job: BatchedJob, came: KeptFile, *, by: Actor, at: datetime) -> BulkJob:
    """A batch that asks what is in a file that came, which is not needed then; one that can't be
    asked is a batch that failed, as clients expect. Raises ``Wrong`` for what is no text, and
    ``WrongState``."""
    text = _text(came)
    asked = BulkJob(operation=job.operation, query=text)
    failure: str | None = None
    try:
        of = asked_object(asked, by=by, at=at)
        if of != job.object_name:
            failure = f"The query is of {of}, the job of {job.object_name}."
    except (CallFailed, Refused) as error:
        problems = error.problems if isinstance(error, CallFailed) else problems_of(error.errors)
        failure = f"Failed to process query: {problems[0].code}: {problems[0].message}"
    if failure is not None:
        failure = f"InvalidBatch : {failure}"
    return batched_jobs.add_query(job, text, failure=failure, by=by, at=at)


def _text(came: KeptFile) -> str:
    if came.size > _LONGEST_QUERY:
        raise Wrong("ClientInputError", "The query is too long.")
    try:
        with bulk_jobs.opened(came) as file:
            text = file.read().decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise Wrong("ClientInputError", "The query is not encoded in UTF-8.") from error
    if not text or "\x00" in text:
        raise Wrong("ClientInputError", "Send the query as text.")
    return text
