"""What becomes of one row of a table: as of one record of any other call."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import orjson
from django.db import InterfaceError, OperationalError, transaction

from promotions import ids
from promotions.actors import Actor
from promotions.models import BulkJob
from promotions.models.bulk_jobs import BulkOperation
from promotions.sobjects import records
from promotions.sobjects.bulk.mapping import Mapped
from promotions.sobjects.declare import SObject, sobject_with_prefix
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.records import Ambiguous, Saved

log = logging.getLogger(__name__)

_DEFECT: Final = Problem(
    "UNKNOWN_EXCEPTION", "Something went wrong in the service; it is logged. Try again later."
)


def write_row(job: BulkJob, one: SObject, row: Mapped, *, by: Actor, at: datetime) -> Saved:
    """Does with a row what the job is for; what became of it. Raises ``OperationalError`` and
    ``InterfaceError`` alone: then all rows of its transaction are to be done again."""
    try:
        with transaction.atomic():
            return _write(job, one, row, by, at)
    except CallFailed as failed:
        return Saved(None, problems=failed.problems)
    except Ambiguous as ambiguous:
        message = f"{len(ambiguous.urls)} records have this {job.external_id_field}."
        return _not_done("DUPLICATE_EXTERNAL_ID", message, str(job.external_id_field))
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # a defect of ours with one row: it is told of it, the others go on
        log.exception("bulk job %s", job.record_id)
        return Saved(None, problems=(_DEFECT,))


def _write(job: BulkJob, one: SObject, row: Mapped, by: Actor, at: datetime) -> Saved:
    match job.operation:
        case BulkOperation.INSERT:
            return Saved(records.create(one, row.body, by=by, at=at), created=True)
        case BulkOperation.UPDATE:
            _require_id(one, row.key)
            return Saved(records.update(one, row.key, row.body, by=by, at=at))
        case BulkOperation.DELETE:
            _require_id(one, row.key)
            return Saved(records.delete(one, row.key, by=by, at=at))
    field = str(job.external_id_field)
    if field.lower() == "id":
        if not row.key:
            return Saved(records.create(one, row.body, by=by, at=at), created=True)
        _require_id(one, row.key)
    elif not row.key:
        return _not_done("MISSING_ARGUMENT", f"{field} not specified", field)
    return records.upsert(one, field, row.key, row.body, by=by, at=at)


def _not_done(code: str, message: str, *fields: str) -> Saved:
    return Saved(None, problems=(Problem(code, message, fields),))


def _require_id(one: SObject, text: str) -> None:
    """Raises ``CallFailed`` for what is no id at all; whether there is such a record, is asked
    later."""
    if not text:
        raise CallFailed(Problem("MISSING_ARGUMENT", "Id not specified in an update call"))
    other = sobject_with_prefix(text[:3]) or one
    try:
        ids.decode(other.key_prefix, text)
    except ids.MalformedId as error:
        raise CallFailed(Problem("MALFORMED_ID", f"bad id {text[:80]}", ("Id",))) from error


def error_cell(problems: Iterable[Problem]) -> str:
    """Why a row was not written, as ``sf__Error`` has it: ``CODE:message:fields --``."""
    return " ".join(
        f"{one.code}:{one.message}:{' '.join(one.fields)}{' ' if one.fields else ''}--"
        for one in problems
    )


def result_line(saved: Saved) -> bytes:
    """What became of a row of a batch, as its file of results has it: a line of JSON."""
    told = {
        "success": not saved.problems,
        "created": saved.created,
        "id": saved.id,
        "errors": [{**one.result(), "extendedErrorDetails": None} for one in saved.problems],
    }
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)
