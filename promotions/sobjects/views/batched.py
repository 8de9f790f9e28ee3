"""``/services/async/NN.0/job``: the older bulk calls.

What a caller is told of a job is in XML or JSON as its request is; what it is told of a batch, as
the job's batches are (tap-salesforce makes its CSV jobs in JSON, and reads of their batches XML).
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from promotions import ids
from promotions.http.authentication import AnyToken, SessionHeaderAuthentication
from promotions.http.context import RequestContext
from promotions.http.errors import errors_of, headers_for
from promotions.http.fallback import NotThere, tell_plainly_below
from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.http.uploads import announced_size, body_blocks
from promotions.models import BatchedJob, BulkJob
from promotions.models.batched_jobs import BatchedJobState, BatchFormat
from promotions.services import batched_jobs, bulk_jobs
from promotions.services.batched_jobs import QUERYING, TooManyBatches
from promotions.services.bulk_jobs import WrongState
from promotions.services.transactions import is_passing, joins_another
from promotions.sobjects.batched import errors
from promotions.sobjects.batched.asked import batch_info, job_info, job_of, result_id
from promotions.sobjects.batched.documents import info, info_list, properties_in, result_ids
from promotions.sobjects.batched.errors import Wrong, wrong_batch, wrong_job
from promotions.sobjects.batched.intake import Brought, bring, take_query, take_rows
from promotions.sobjects.batched.results import (
    MEDIA_TYPES,
    found,
    request_of,
    require_results,
    row_results,
)
from promotions.sobjects.bulk.ingest import FULL
from promotions.sobjects.elements import BadXml
from promotions.sobjects.errors import CallFailed
from promotions.sobjects.views.bulk import no_room

log = logging.getLogger(__name__)

_XML: Final = ("application/xml", "text/xml")
_JSON: Final = "application/json"
_TAKEN: Final = {
    BatchFormat.CSV: ("text/csv", "application/csv"),
    BatchFormat.XML: _XML,
    BatchFormat.JSON: (_JSON,),
}
"""How batches of a format may be announced."""


def content_type_of(request: Request | HttpRequest) -> tuple[str, str]:
    """What a request says its body is, and in which charset."""
    kind, parameters = parse_header_parameters(request.META.get("CONTENT_TYPE") or "")
    return kind.lower(), parameters.get("charset", "utf-8").lower()


def speaks_json(request: Request | HttpRequest) -> bool:
    """Also of a request without a body: clients announce then what they want to read."""
    kind, _ = content_type_of(request)
    return kind == _JSON or (
        kind not in _XML and request.headers.get("Accept", "").lower().startswith(_JSON)
    )


def error_response(exc: Exception, context: Any) -> HttpResponse | None:
    """The exception handler of this dialect; None for a defect of ours."""
    match exc:
        case Wrong():
            wrong = exc
        case WrongState():
            wrong = Wrong("InvalidJobState", str(exc))
        case TooManyBatches():
            wrong = Wrong("ExceededQuota", str(exc))
        case CallFailed():
            wrong = errors.translated(exc)
        case OperationalError() if is_passing(exc) and not joins_another():
            wrong = Wrong("TooManyLockFailure", "The record is being changed by others. Try again.")
        case _:
            found_errors = errors_of(exc)
            if not found_errors:
                return None
            wrong = errors.of_domain(found_errors[0])
    return _refusal(context["request"], wrong, headers_for(exc))


def _refusal(
    request: Request | HttpRequest, wrong: Wrong, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    in_json = speaks_json(request)
    return HttpResponse(
        errors.body_of(wrong, in_json=in_json),
        status=wrong.status,
        content_type=_JSON if in_json else _XML[0],
        headers=headers,
    )


def plain_answer(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """What a caller gets where no view answers: we failed, or can't read the request."""
    return _refusal(request, errors.outside_of_views(status, detail))


tell_plainly_below("/services/async/", plain_answer)


class BatchedView(RequestContext):
    """Base of the views below ``/services/async/NN.0``."""

    authentication_classes = (SessionHeaderAuthentication,)
    permission_classes = (AnyToken,)
    schema = None

    def get_exception_handler(self) -> Any:
        return error_response

    @property
    def job(self) -> BatchedJob:
        """The caller's job that the path names."""
        text = str(self.kwargs["job_id"])
        try:
            key = ids.decode(ids.BULK_JOB, text)
        except ids.MalformedId as error:
            raise wrong_job(f"Invalid job id: {text[:80]}") from error
        job = batched_jobs.jobs_of(self.actor).filter(pk=key).first()
        if job is None:
            raise wrong_job(f"Unable to find job for id: {text[:80]}")
        return job

    def batch_of(self, job: BatchedJob) -> BulkJob:
        """The batch of the job that the path names."""
        text = str(self.kwargs["batch_id"])
        try:
            key = ids.decode(ids.BULK_BATCH, text)
        except ids.MalformedId as error:
            raise wrong_batch(f"Invalid batch id: {text[:80]}") from error
        batch = batched_jobs.batches_of(job).filter(pk=key).first()
        if batch is None:
            raise wrong_batch(f"Unable to find batch for id: {text[:80]}")
        return batch

    def told(
        self, job: BatchedJob, write: Callable[[bool], bytes], status: int = 200
    ) -> HttpResponse:
        """An answer that speaks of the job's batches."""
        in_json = job.content_type == BatchFormat.JSON
        kind = _JSON if in_json else _XML[0]
        return HttpResponse(write(in_json), status=status, content_type=kind)

    def streamed(self, job: BatchedJob, parts: Iterator[bytes]) -> StreamingHttpResponse:
        """What is in the job's own format."""
        return StreamingHttpResponse(parts, content_type=MEDIA_TYPES[job.content_type])


def properties_of(request: Request) -> dict[str, Any]:
    """What the body says of a job, in JSON or XML. Raises ``Wrong``."""
    if speaks_json(request):
        body = json_body(request)
        if not isinstance(body, dict):
            raise Wrong("ClientInputError", "Send a JSON object that describes the job.")
        return body
    try:
        return properties_in(request._request.body)
    except BadXml as error:
        raise Wrong("InvalidXML", str(error)) from error


class JobsView(BatchedView):
    """``job``."""

    @partial(idempotent, read=properties_of)
    def post(self, request: Request, version: str) -> HttpResponse:
        """Makes a job; 201."""
        job = job_of(properties_of(request), by=self.actor, version=version)
        made = batched_jobs.create_job(job, by=self.actor, at=self.at)
        return job_answer(request, made, status=201)


class JobView(BatchedView):
    """``job/<id>``."""

    def get(self, request: Request, **path: str) -> HttpResponse:
        return job_answer(request, self.job)

    @partial(idempotent, read=properties_of)
    def post(self, request: Request, **path: str) -> HttpResponse:
        """Says that no further batches come, or that none is wanted any more."""
        state = str(properties_of(request).get("state", ""))
        job = self.job
        if state == BatchedJobState.CLOSED:
            batched_jobs.close(job, at=self.at)
        elif state == BatchedJobState.ABORTED:
            batched_jobs.abort(job, at=self.at)
        else:
            raise Wrong("InvalidJobState", f"A job's state can't be set to {state[:80]}.")
        return job_answer(request, job)


def job_answer(request: Request, job: BatchedJob, status: int = 200) -> HttpResponse:
    """What is told of a job; to who doesn't say in which form, in that of its batches."""
    kind, _ = content_type_of(request)
    in_json = speaks_json(request) or (kind not in _XML and job.content_type == BatchFormat.JSON)
    body = info("jobInfo", job_info(job), in_json=in_json)
    return HttpResponse(body, status=status, content_type=_JSON if in_json else _XML[0])


def _brought(request: Request) -> Brought:
    """The batch of a request, received and made ready once: before its key is claimed, and however
    often the transaction that takes it is begun."""
    view: BatchesView = request.parser_context["view"]
    if view.brought is None:
        plain = request._request
        job = view.job
        _check_type(request, job)
        try:
            view.brought = bring(job, body_blocks(plain), announced=announced_size(plain))
        except OSError as error:
            if error.errno not in FULL:
                raise
            log.exception("a batch of job %s", view.kwargs["job_id"])
            raise no_room() from error
    return view.brought


def _check_type(request: Request, job: BatchedJob) -> None:
    """Raises ``Wrong`` for what is not announced as a batch of the job."""
    kind, charset = content_type_of(request)
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding != "identity" or charset not in ("utf-8", "utf8"):
        raise wrong_batch("Send the batch in UTF-8, as it is or compressed by gzip.")
    # Queries come under any name.
    if job.operation not in QUERYING and kind not in _TAKEN[BatchFormat(job.content_type)]:
        message = f"The job's batches are {job.content_type}: send them as "
        raise wrong_batch(f"{message}{MEDIA_TYPES[job.content_type]}.")


def _digest(request: Request) -> bytes:
    return bytes.fromhex(_brought(request).sha256)


class BatchesView(BatchedView):
    """``job/<id>/batch``."""

    brought: Brought | None = None
    made: BulkJob | None = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            self._settle()

    def _settle(self) -> None:
        """Removes what came unless a batch has it, now that no transaction is open: one that was
        rolled back may have been begun anew, or not."""
        if self.brought is None:
            return
        file = self.brought.file
        with suppress(OperationalError, InterfaceError):  # who cleans up will see whose it is
            if self.made is None or not batched_jobs.has_file(self.made, file):
                bulk_jobs.discard(file)

    def get(self, request: Request, **path: str) -> HttpResponse:
        job = self.job
        infos = [batch_info(batch, job) for batch in batched_jobs.batches_of(job)]
        return self.told(job, lambda in_json: info_list("batchInfo", infos, in_json=in_json))

    @partial(idempotent, read=_brought, digest=_digest)
    def post(self, request: Request, **path: str) -> HttpResponse:
        """Takes a batch, as it comes; 201."""
        job = self.job
        batched_jobs.require_open(job)
        take = take_query if job.operation in QUERYING else take_rows
        self.made = take(job, _brought(request), by=self.actor, at=self.at)
        told = batch_info(self.made, job)
        return self.told(job, lambda in_json: info("batchInfo", told, in_json=in_json), 201)


class BatchView(BatchedView):
    """``job/<id>/batch/<id>``."""

    def get(self, request: Request, **path: str) -> HttpResponse:
        job = self.job
        told = batch_info(self.batch_of(job), job)
        return self.told(job, lambda in_json: info("batchInfo", told, in_json=in_json))


class RequestView(BatchedView):
    """``job/<id>/batch/<id>/request``: what was sent."""

    def get(self, request: Request, **path: str) -> HttpResponseBase:
        job = self.job
        return self.streamed(job, request_of(self.batch_of(job)))


class ResultsView(BatchedView):
    """``job/<id>/batch/<id>/result``: what became of the rows, or which results a query has."""

    def get(self, request: Request, **path: str) -> HttpResponseBase:
        job = self.job
        batch = self.batch_of(job)
        if job.operation not in QUERYING:
            return self.streamed(job, row_results(job, batch))
        require_results(batch)
        results = [result_id(batch)]
        return self.told(job, lambda in_json: result_ids(results, in_json=in_json))


class ResultView(BatchedView):
    """``job/<id>/batch/<id>/result/<id>``: what a query found."""

    def get(self, request: Request, **path: str) -> HttpResponseBase:
        job = self.job
        batch = self.batch_of(job)
        if job.operation not in QUERYING or path["result_id"] != result_id(batch):
            raise wrong_batch(f"Unable to find result for id: {path['result_id'][:80]}")
        return self.streamed(job, found(job, batch))


@extend_schema(exclude=True)
class UnknownPathView(NotThere):
    """Any other path of this dialect; logged as those of the others."""

    def get_exception_handler(self) -> Any:
        return error_response
