"""Bulk jobs: making them, their data, their state, their results.

Source: the client contract, section 2, "Bulk 2.0".
"""

import logging
from collections.abc import Iterator
from typing import Final

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters
from rest_framework.request import Request
from rest_framework.response import Response

from promotions import ids
from promotions.errors import refuse
from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.http.uploads import announced_size, body_blocks
from promotions.models import BulkJob
from promotions.models.bulk_jobs import BulkJobType, BulkState
from promotions.services import bulk_jobs
from promotions.services.bulk_jobs import FAILED, SUCCESSFUL, WrongState
from promotions.sobjects.bulk.asked import (
    ingest_job,
    properties,
    shown,
    text_of,
    wrong,
    wrong_state,
)
from promotions.sobjects.bulk.ingest import FULL
from promotions.sobjects.bulk.pages import page_of
from promotions.sobjects.bulk.queries import query_job
from promotions.sobjects.bulk.results import require_file, results, size_of, unprocessed
from promotions.sobjects.errors import CallFailed, Problem, not_found
from promotions.sobjects.reading import DATA_PATH
from promotions.sobjects.views.base import DataView

log = logging.getLogger(__name__)

_PAGE: Final = 1000
_MEDIA_TYPES: Final = ("text/csv", "application/csv")


class JobsView(DataView):
    """Base of the views of one kind of job."""

    kind: BulkJobType
    below: str
    """What the path says of the kind."""

    @property
    def job(self) -> BulkJob:
        """The caller's job that the path names."""
        try:
            key = ids.decode(ids.BULK_JOB, str(self.kwargs["job_id"]))
        except ids.MalformedId as error:
            raise not_found() from error
        job = bulk_jobs.jobs_of(self.actor, self.kind).filter(pk=key).first()
        if job is None:
            raise not_found()
        return job

    def answer(self, job: BulkJob) -> Response:
        return Response(shown(job, self.version))

    def page(self, request: Request) -> Response:
        """The caller's jobs of this kind, the newest first."""
        asked = request.query_params
        jobs = bulk_jobs.jobs_of(self.actor, self.kind).defer("query").order_by("-pk")
        if asked.get("jobType", self.kind).lower() != self.kind.lower():
            jobs = jobs.none()
        if asked.get("isPkChunkingEnabled", "").lower() == "true":
            jobs = jobs.none()
        if locator := asked.get("queryLocator"):
            jobs = jobs.filter(pk__lt=self._locator(locator))
        found = list(jobs[: _PAGE + 1])
        done = len(found) <= _PAGE
        url = None
        if not done:
            start = f"{DATA_PATH}/{self.version}/jobs/{self.below}"
            url = f"{start}?queryLocator={found[_PAGE - 1].record_id}"
        records = [shown(job, self.version) for job in found[:_PAGE]]
        return Response({"done": done, "records": records, "nextRecordsUrl": url})

    @staticmethod
    def _locator(text: str) -> int:
        try:
            return ids.decode(ids.BULK_JOB, text)
        except ids.MalformedId as error:
            raise wrong("invalid query locator", "INVALID_QUERY_LOCATOR") from error


class JobView(JobsView):
    """One job."""

    def get(self, request: Request, **path: str) -> Response:
        return self.answer(self.job)

    def patch(self, request: Request, **path: str) -> Response:
        """Says that the data has come, or that the job isn't wanted any more."""
        state = text_of(properties(json_body(request), ("state",)), "state")
        job = self.job
        try:
            if state == BulkState.ABORTED:
                bulk_jobs.abort(job, at=self.at)
            elif state == BulkState.UPLOAD_COMPLETE and self.kind == BulkJobType.INGEST:
                bulk_jobs.complete_upload(job, at=self.at)
            else:
                raise wrong_state(f"A job's state can't be set to {str(state)[:80]}.")
        except WrongState as error:
            raise wrong_state(str(error)) from error
        return self.answer(job)

    def delete(self, request: Request, **path: str) -> Response:
        try:
            bulk_jobs.delete_job(self.job)
        except WrongState as error:
            raise wrong_state(str(error)) from error
        return Response(status=204)


class OfIngest(JobsView):
    kind = BulkJobType.INGEST
    below = "ingest"


class IngestJobsView(OfIngest):
    """``jobs/ingest``."""

    def get(self, request: Request, **path: str) -> Response:
        return self.page(request)

    @idempotent
    def post(self, request: Request, **path: str) -> Response:
        """Makes a job; status 200, as existing clients know it."""
        job = ingest_job(json_body(request), by=self.actor, version=self.version)
        return self.answer(bulk_jobs.create_job(job, by=self.actor, at=self.at))


class IngestJobView(OfIngest, JobView):
    """``jobs/ingest/<id>``."""


class BatchesView(OfIngest):
    """``jobs/ingest/<id>/batches``: where the data comes, once."""

    def put(self, request: Request, **path: str) -> Response:
        """Takes the data, of any length, as it comes; 201 and nothing else."""
        plain = request._request
        job = self.job
        try:
            bulk_jobs.require_no_data(job)
            self._check_type(request)
            blocks = body_blocks(plain)
            file = bulk_jobs.receive(blocks, announced=announced_size(plain))
            bulk_jobs.attach(job, file, at=self.at)
        except WrongState as error:
            raise wrong_state(str(error)) from error
        except OSError as error:
            if error.errno not in FULL:
                raise
            log.exception("bulk job %s", job.record_id)
            raise no_room() from error
        return Response(status=201)

    @staticmethod
    def _check_type(request: Request) -> None:
        kind, parameters = parse_header_parameters(request.META.get("CONTENT_TYPE") or "")
        encoding = request.headers.get("Content-Encoding", "identity").lower()
        charset = parameters.get("charset", "utf-8").lower()
        if kind not in _MEDIA_TYPES or charset not in ("utf-8", "utf8") or encoding != "identity":
            detail = "Send the rows as CSV in UTF-8, with the header Content-Type: text/csv."
            raise refuse("unsupported_media_type", detail)


class ResultsView(OfIngest):
    """``jobs/ingest/<id>/successfulResults`` and so on, in any case of letters."""

    def get(self, request: Request, **path: str) -> HttpResponseBase:
        job = self.job
        match str(self.kwargs["which"]).lower():
            case "successfulresults":
                rows = self._results(job, SUCCESSFUL)
            case "failedresults":
                rows = self._results(job, FAILED)
            case _:
                rows = unprocessed(job)
        return table_response(rows)

    def _results(self, job: BulkJob, ending: str) -> Iterator[bytes]:
        if size_of(job, ending):
            require_file(job, ending)
        return results(job, ending)


def no_room() -> CallFailed:
    message = "The service has no room on its disk left. Try again later."
    return CallFailed(Problem("STORAGE_LIMIT_EXCEEDED", message), status=507)


def table_response(parts: Iterator[bytes]) -> StreamingHttpResponse:
    return StreamingHttpResponse(parts, content_type="text/csv; charset=UTF-8")


class OfQuery(JobsView):
    kind = BulkJobType.QUERY
    below = "query"


class QueryJobsView(OfQuery):
    """``jobs/query``."""

    def get(self, request: Request, **path: str) -> Response:
        return self.page(request)

    @idempotent
    def post(self, request: Request, **path: str) -> Response:
        """Asks; status 200, as existing clients know it."""
        body = json_body(request)
        job = query_job(body, by=self.actor, at=self.at, version=self.version)
        return self.answer(bulk_jobs.create_job(job, by=self.actor, at=self.at))


class QueryJobView(OfQuery, JobView):
    """``jobs/query/<id>``."""


class QueryResultsView(OfQuery):
    """``jobs/query/<id>/results``: what was found, in pages."""

    def get(self, request: Request, **path: str) -> HttpResponseBase:
        job = self.job
        if job.state != BulkState.JOB_COMPLETE:
            message = f"The job is {job.state}: ask for its results once it is JobComplete."
            raise wrong_state(message)
        asked = request.query_params
        page = page_of(job, asked.get("locator"), asked.get("maxRecords"))
        response = table_response(page.parts)
        response["Sforce-NumberOfRecords"] = str(page.rows)
        response["Sforce-Locator"] = page.locator
        return response
