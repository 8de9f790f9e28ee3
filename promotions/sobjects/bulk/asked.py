"""From what a client asks for to a job, and from a job to what a client is told of it.

Source: the client contract, section 2, "Bulk 2.0".
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from django.db.models import TextChoices

from promotions import ids
from promotions.actors import Actor
from promotions.errors import Refused
from promotions.models import BulkJob
from promotions.models.bulk_jobs import (
    BulkJobType,
    BulkOperation,
    BulkState,
    ColumnDelimiter,
    LineEnding,
)
from promotions.sobjects.columns import format_wire_moment
from promotions.sobjects.declare import SObject, require_read, require_write, sobject
from promotions.sobjects.errors import CallFailed, Problem, failed
from promotions.sobjects.reading import DATA_PATH

C = TypeVar("C", bound=TextChoices)

_COMMON: Final = ("operation", "contentType", "columnDelimiter", "lineEnding", "concurrencyMode")
INGEST_PROPERTIES: Final = (*_COMMON, "object", "externalIdFieldName", "assignmentRuleId")
QUERY_PROPERTIES: Final = (*_COMMON, "query")
INGESTING: Final = ("insert", "update", "upsert", "delete")
_HARD_DELETE: Final = "harddelete"


def wrong(message: str, code: str = "INVALIDJOB") -> CallFailed:
    """That a job can't be made so."""
    return CallFailed(Problem(code, message))


def wrong_state(message: str) -> CallFailed:
    return wrong(message, "INVALIDJOBSTATE")


def ingest_job(body: Any, *, by: Actor, version: str) -> BulkJob:
    """The job that a client asks for, not yet kept. Raises ``CallFailed``."""
    said = properties(body, INGEST_PROPERTIES)
    operation = operation_of(said, INGESTING)
    one = sobject(text_of(said, "object") or "")
    if one is None:
        raise wrong(f"InvalidJob : Unable to find object: {text_of(said, 'object')}")
    require_offered(one, operation, by)
    return BulkJob(
        type=BulkJobType.INGEST,
        operation=operation,
        object_name=one.name,
        external_id_field=external_id_of(one, said) if operation == BulkOperation.UPSERT else None,
        api_version=version.removeprefix("v"),
        **table_form(said),
    )


def properties(body: Any, known: Iterable[str]) -> dict[str, Any]:
    """A JSON object of the properties that are known. Raises ``CallFailed``."""
    if not isinstance(body, Mapping):
        raise wrong("Send a JSON object that describes the job.", "JSON_PARSER_ERROR")
    known = list(known)
    for name in body:
        if name not in known:
            message = f'Unrecognized field "{str(name)[:80]}"; known are {", ".join(known)}.'
            raise wrong(message, "JSON_PARSER_ERROR")
    return dict(body)


def table_form(said: Mapping[str, Any]) -> dict[str, Any]:
    """How the tables of a job are written: commas and line feeds unless it says otherwise."""
    if (text_of(said, "contentType") or "CSV").upper() != "CSV":
        raise wrong("InvalidJob : The contentType must be CSV.")
    return {
        "column_delimiter": _choice(said, "columnDelimiter", ColumnDelimiter.COMMA),
        "line_ending": _choice(said, "lineEnding", LineEnding.LF),
    }


def operation_of(said: Mapping[str, Any], known: Iterable[str]) -> BulkOperation:
    """Which of those that are known. Raises ``CallFailed``."""
    text = (text_of(said, "operation") or "").lower()
    for name in known:
        if name.lower() == text:
            return BulkOperation(name)
    if text == _HARD_DELETE:
        message = "hardDelete is not offered: nothing is removed for ever here. Use delete."
        raise wrong(message, "FEATURENOTENABLED")
    raise wrong(f"InvalidJob : The operation must be one of {', '.join(known)}.")


def query_operation(said: Mapping[str, Any]) -> BulkOperation:
    return operation_of(said, (BulkOperation.QUERY, BulkOperation.QUERY_ALL))


def require_offered(one: SObject, operation: BulkOperation, by: Actor) -> None:
    """Raises ``CallFailed`` where ``by`` may not do that to records of the object, or nobody."""
    try:
        require_read(one, by)  # what becomes of a row tells whether there is such a record
        require_write(one, by)
    except Refused as refused:
        raise failed(refused) from refused
    offered: dict[str, Any] = {
        BulkOperation.INSERT: one.create,
        BulkOperation.UPSERT: one.create and one.update,
        BulkOperation.UPDATE: one.update,
        BulkOperation.DELETE: one.delete,
    }
    if offered[operation] is None:
        message = f"{one.name} records can't be changed so ({operation})."
        raise wrong(message, "INSUFFICIENT_ACCESS_OR_READONLY")


def external_id_of(one: SObject, said: Mapping[str, Any]) -> str:
    """By which field an upsert finds its records. Raises ``CallFailed``."""
    name = text_of(said, "externalIdFieldName")
    if not name:
        raise wrong("InvalidJob : An upsert needs the property externalIdFieldName.")
    field = one.field(name)
    if field is None or not (field.external_id or field.id_lookup or field.type == "id"):
        message = f"{name[:80]} identifies no record of {one.name}: name an external id, or Id."
        raise CallFailed(Problem("INVALID_FIELD", message, (name[:80],)))
    return field.name


def _choice(said: Mapping[str, Any], name: str, default: C) -> str:
    text = text_of(said, name)
    if text is None:
        return str(default)
    known: list[str] = type(default).values
    if text.upper() not in known:
        raise wrong(f"InvalidJob : The {name} must be one of {', '.join(known)}.")
    return text.upper()


def text_of(said: Mapping[str, Any], name: str) -> str | None:
    """A property that is a string, or missing. Raises ``CallFailed``."""
    value = said.get(name)
    if value is not None and not isinstance(value, str):
        raise wrong(f"The property {name} must be a string.", "JSON_PARSER_ERROR")
    return value


# --- What is told ---------------------------------------------------------------------------------


def shown(job: BulkJob, version: str) -> dict[str, Any]:
    """A job as clients read it."""
    is_query = job.type == BulkJobType.QUERY
    path = f"{DATA_PATH}/{version}/jobs/ingest/{job.record_id}/batches".lstrip("/")
    told: dict[str, Any] = {
        "id": job.record_id,
        "operation": job.operation,
        "object": job.object_name,
        "createdById": ids.encode(ids.USER, job.created_by_id),
        "createdDate": format_wire_moment(job.created_date),
        "systemModstamp": format_wire_moment(job.system_modstamp),
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job.api_version),
        "jobType": job.type,
        "lineEnding": job.line_ending,
        "columnDelimiter": job.column_delimiter,
        "numberRecordsProcessed": job.rows_done,
        "numberRecordsFailed": job.rows_failed,
        "retries": 0,
        "totalProcessingTime": job.milliseconds,
    }
    if is_query:
        told |= {"isPkChunkingSupported": False}
        del told["numberRecordsFailed"]
    else:
        told |= {"apiActiveProcessingTime": job.milliseconds, "apexProcessingTime": 0}
        if job.state == BulkState.OPEN:
            told |= {"contentUrl": path}
        if job.external_id_field is not None:
            told |= {"externalIdFieldName": job.external_id_field}
    if job.failure is not None:
        told |= {"errorMessage": job.failure}
    return told
