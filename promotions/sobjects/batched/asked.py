"""From what a client asks for to a job, and from jobs and batches to what a client is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from promotions import ids
from promotions.actors import Actor
from promotions.errors import Refused
from promotions.models import BatchedJob, BulkJob
from promotions.models.batched_jobs import BatchFormat, Concurrency
from promotions.models.bulk_jobs import BulkOperation, BulkState
from promotions.services.batched_jobs import QUERYING, totals_of
from promotions.sobjects.batched.errors import Wrong, wrong_job
from promotions.sobjects.bulk.asked import (
    INGESTING,
    external_id_of,
    operation_of,
    require_offered,
    text_of,
)
from promotions.sobjects.declare import require_read, sobject
from promotions.sobjects.errors import failed

_CONCURRENCY: Final = (Concurrency.PARALLEL, Concurrency.SERIAL)
"""In the order of the numbers by which simple-salesforce names them."""
_STATES: Final[Mapping[str, str]] = {
    BulkState.OPEN: "Queued",
    BulkState.UPLOAD_COMPLETE: "Queued",
    BulkState.IN_PROGRESS: "InProgress",
    BulkState.JOB_COMPLETE: "Completed",
    BulkState.FAILED: "Failed",
    BulkState.ABORTED: "NotProcessed",
}
"""How a batch's state is called here."""


def job_of(said: Mapping[str, Any], *, by: Actor, version: str) -> BatchedJob:
    """The job that a client asks for, not yet kept. What else it says is passed over: some send
    back all that they were told. Raises ``CallFailed`` and ``Wrong``."""
    operation = operation_of(said, (*INGESTING, *QUERYING))
    one = sobject(text_of(said, "object") or "")
    if one is None:
        raise wrong_job(f"Unable to find object: {text_of(said, 'object')}")
    if operation in QUERYING:
        try:
            require_read(one, by)
        except Refused as refused:
            raise failed(refused) from refused
    else:
        require_offered(one, operation, by)
    return BatchedJob(
        operation=operation,
        object_name=one.name,
        external_id_field=external_id_of(one, said) if operation == BulkOperation.UPSERT else None,
        content_type=_format(said),
        concurrency=_concurrency(said),
        api_version=version,
    )


def _format(said: Mapping[str, Any]) -> BatchFormat:
    text = (text_of(said, "contentType") or BatchFormat.XML).upper()
    if text.startswith("ZIP_"):
        raise Wrong("FeatureNotEnabled", "Attachments are not offered: send CSV, XML or JSON.")
    if text not in BatchFormat.values:
        raise wrong_job(f"The contentType must be one of {', '.join(BatchFormat.values)}.")
    return BatchFormat(text)


def _concurrency(said: Mapping[str, Any]) -> Concurrency:
    value = said.get("concurrencyMode")
    if isinstance(value, int) and value in (0, 1):
        return _CONCURRENCY[value]
    text = (text_of(said, "concurrencyMode") or Concurrency.PARALLEL).capitalize()
    if text not in Concurrency.values:
        raise wrong_job("The concurrencyMode must be Parallel or Serial.")
    return Concurrency(text)


# --- What is told ---------------------------------------------------------------------------------


def job_info(job: BatchedJob) -> dict[str, Any]:
    """A job as clients read it."""
    totals = totals_of(job)
    told = {
        "id": job.record_id,
        "operation": job.operation,
        "object": job.object_name,
        "createdById": ids.encode(ids.USER, job.created_by_id),
        "createdDate": _moment(job.created_date),
        "systemModstamp": _moment(job.system_modstamp),
        "state": job.state,
        "externalIdFieldName": job.external_id_field,
        "concurrencyMode": job.concurrency,
        "contentType": job.content_type,
        "numberBatchesQueued": totals.queued,
        "numberBatchesInProgress": totals.in_progress,
        "numberBatchesCompleted": totals.completed,
        "numberBatchesFailed": totals.failed,
        "numberBatchesTotal": totals.batches,
        "numberRecordsProcessed": totals.rows_done,
        "numberRetries": 0,
        "apiVersion": float(job.api_version),
        "numberRecordsFailed": totals.rows_failed,
        "totalProcessingTime": totals.milliseconds,
        "apiActiveProcessingTime": totals.milliseconds,
        "apexProcessingTime": 0,
    }
    return {name: value for name, value in told.items() if value is not None}


def batch_info(batch: BulkJob, job: BatchedJob) -> dict[str, Any]:
    """A batch as clients read it. One that was aborted half way has failed: what was done is among
    its results, and clients fetch these of a batch that failed, not of one that wasn't begun."""
    state, message = _STATES[batch.state], batch.failure
    if batch.state == BulkState.ABORTED:
        message = "The job was aborted."
        if batch.rows_done:
            state = _STATES[BulkState.FAILED]
            message = f"The job was aborted after {batch.rows_done} rows of this batch."
    told = {
        "id": batch.record_id,
        "jobId": job.record_id,
        "state": state,
        "stateMessage": message,
        "createdDate": _moment(batch.created_date),
        "systemModstamp": _moment(batch.system_modstamp),
        "numberRecordsProcessed": batch.rows_done,
        "numberRecordsFailed": batch.rows_failed,
        "totalProcessingTime": batch.milliseconds,
        "apiActiveProcessingTime": batch.milliseconds,
        "apexProcessingTime": 0,
    }
    return {name: value for name, value in told.items() if value is not None}


def result_id(batch: BulkJob) -> str:
    """The name of the one result that a query batch has."""
    return ids.encode(ids.BULK_RESULT, batch.pk)


def _moment(moment: datetime) -> str:
    """As this dialect has it: ``2026-05-01T00:00:00.000Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
