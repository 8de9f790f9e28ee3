"""Taking a batch: what comes is kept and made a table where it is none, then it is a batch."""

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from promotions.actors import Actor
from promotions.errors import Refused
from promotions.models import BatchedJob, BulkJob
from promotions.models.batched_jobs import BatchFormat
from promotions.services import batched_jobs, bulk_jobs
from promotions.services.batched_jobs import QUERYING
from promotions.services.kept_files import KeptFile
from promotions.sobjects.batched.errors import Wrong
from promotions.sobjects.batched.tables import READERS, TooManyRows, has_too_many_rows
from promotions.sobjects.bulk.mapping import Columns, WrongColumns
from promotions.sobjects.bulk.queries import asked_object
from promotions.sobjects.declare import sobject
from promotions.sobjects.errors import CallFailed, problems_of

MOST_BYTES: Final = 10_000_000
_LONGEST_QUERY: Final = 400_000


@dataclass(frozen=True, slots=True)
class Brought:
    """What came as a batch, on disk."""

    sha256: str
    """Of what came, in hexadecimal digits."""
    file: KeptFile
    """A query, or a table of rows; beside that what it was made of."""
    failure: str | None = None
    """Why the rows can't be worked off."""


def bring(job: BatchedJob, blocks: Iterable[bytes], *, announced: int) -> Brought:
    """A batch as it comes, made ready to be taken, once or several times. Raises ``Wrong`` for one
    that is too large or can't be read, and what ``bulk_jobs.receive`` raises; nothing is kept
    then."""
    came = _receive(blocks, announced)
    try:
        if job.operation in QUERYING:
            return Brought(came.sha256, came)
        return _rows(job, came)
    except BaseException:
        bulk_jobs.discard(came)
        raise


def _receive(blocks: Iterable[bytes], announced: int) -> KeptFile:
    try:
        return bulk_jobs.receive(blocks, announced=announced, most=MOST_BYTES)
    except Refused as refused:
        if refused.errors[0].code != "payload_too_large":
            raise
        message = f"Failed to read request. Exceeded max size limit of {MOST_BYTES}"
        raise Wrong("ClientInputError", message) from refused


def _rows(job: BatchedJob, came: KeptFile) -> Brought:
    """What came as a table. One of too many rows, or of fields that there are not, can't be worked
    off. Raises ``Wrong`` for what can't be read."""
    if not came.size:
        raise Wrong("ClientInputError", "The batch is empty.")
    if job.content_type == BatchFormat.CSV:
        with bulk_jobs.opened(came) as file:
            failure = str(TooManyRows()) if has_too_many_rows(file) else None
        return Brought(came.sha256, came, failure)
    one = sobject(job.object_name)
    assert one is not None
    with bulk_jobs.opened(came) as file:
        body = file.read().removeprefix(codecs.BOM_UTF8)
    failure = None
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
    try:
        bulk_jobs.lay_beside(table, came)
    except BaseException:
        bulk_jobs.discard(table)
        raise
    return Brought(came.sha256, table, failure)


def take_rows(job: BatchedJob, brought: Brought, *, by: Actor, at: datetime) -> BulkJob:
    """A batch of the rows that came, whose file is the batch's once that is committed; one that
    can't be worked off is a batch that failed, as clients expect. Raises ``WrongState`` and
    ``TooManyBatches``."""
    return batched_jobs.add_rows(job, brought.file, failure=brought.failure, by=by, at=at)


def take_query(job: BatchedJob, brought: Brought, *, by: Actor, at: datetime) -> BulkJob:
    """A batch that asks what came, whose file is not needed then; one that can't be asked is a
    batch that failed, as clients expect. Raises ``Wrong`` for what is no text, ``WrongState`` and
    ``TooManyBatches``."""
    text = _text(brought.file)
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
