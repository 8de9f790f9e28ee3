"""``/api/v1/enrollment-jobs``: whole audiences, from files."""

from functools import partial
from typing import Any, Final

import django_filters
from django.db.models import F, QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollments.api.uploads import Received, receive_file
from enrollments.form_files import FILE
from enrollments.models import EnrollmentJob, JobStatus
from enrollments.models.jobs import MOST_SESSIONS
from enrollments.rules import LONGEST_REASON
from enrollments.services import jobs
from promotions import ids
from promotions.api.filters import IdFilter, RecordFilters
from promotions.api.serializers import Moment, ReadOnlyText, Reference
from promotions.api.views import decode_path_id
from promotions.errors import DomainError, Refused, refuse
from promotions.http.bodies import refuse_body
from promotions.http.context import RequestContext
from promotions.http.idempotency import REPLAYED, idempotent, idempotent_act

_PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "promotionId": {"type": "string", "description": "The promotion's id"},
    "promotionCode": {"type": "string", "description": "The promotion's code"},
    "dryRun": {
        "type": "string",
        "enum": ["true", "false"],
        "description": "true: only say what would become of each row",
    },
    "sessions": {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_SESSIONS,
        "description": "How many connections enroll at once",
    },
    "reason": {
        "type": "string",
        "maxLength": LONGEST_REASON,
        "description": "Goes into the history of each enrollment",
    },
}
_FILE: Final = {
    "text/csv": {"type": "string"},
    "application/x-ndjson": {"type": "string"},
    "multipart/form-data": {
        "type": "object",
        "properties": {
            FILE: {"type": "string", "format": "binary", "description": "The file"},
            **_PARAMETERS,
        },
        "required": [FILE],
    },
}


class Share(serializers.FloatField):
    """From 0 to 1, to six digits: 1 is all, and nothing else."""

    def to_representation(self, value: float) -> Any:
        return 1.0 if value == 1 else min(round(value, 6), 0.999999)


class EnrollmentJobSerializer(serializers.ModelSerializer[EnrollmentJob]):
    """Renders a job and how far it is."""

    id = ReadOnlyText(source="record_id")
    name = ReadOnlyText()
    promotionId = Reference(ids.PROMOTION, source="promotion_id", read_only=True)
    promotionCode = ReadOnlyText(source="promotion.promotion_code", allow_null=True)
    fileName = ReadOnlyText(source="file_name")
    fileSize = serializers.IntegerField(source="size", read_only=True)
    dryRun = serializers.BooleanField(source="is_dry_run", read_only=True)
    sessions = serializers.IntegerField(read_only=True)
    reason = ReadOnlyText(allow_null=True)
    status = serializers.ChoiceField(JobStatus.choices, read_only=True)
    progress = Share(read_only=True, min_value=0, max_value=1)
    rowCount = serializers.IntegerField(source="row_count", read_only=True)
    enrolledCount = serializers.IntegerField(source="enrolled_count", read_only=True)
    refusedCount = serializers.IntegerField(source="refused_count", read_only=True)
    failure = ReadOnlyText(allow_null=True)
    createdBy = ReadOnlyText(source="created_by.display_name")
    createdDate = Moment(source="created_date", read_only=True)
    startedDate = Moment(source="started_date", read_only=True, allow_null=True)
    finishedDate = Moment(source="finished_date", read_only=True, allow_null=True)
    lastModifiedDate = Moment(source="last_modified_date", read_only=True)

    class Meta:
        model = EnrollmentJob
        fields = (
            "id",
            "name",
            "promotionId",
            "promotionCode",
            "fileName",
            "fileSize",
            "dryRun",
            "sessions",
            "reason",
            "status",
            "progress",
            "rowCount",
            "enrolledCount",
            "refusedCount",
            "failure",
            "createdBy",
            "createdDate",
            "startedDate",
            "finishedDate",
            "lastModifiedDate",
        )


class EnrollmentJobFilters(RecordFilters):
    status = django_filters.ChoiceFilter(choices=JobStatus.choices)
    promotionId = IdFilter((ids.PROMOTION,), field_name="promotion")


def _receive(request: Request) -> Received:
    """The file of a request, received once."""
    view: EnrollmentJobViewSet = request.parser_context["view"]
    if view.received is None:
        view.received = receive_file(request, _PARAMETERS)
    return view.received


class EnrollmentJobViewSet(
    RequestContext, mixins.ListModelMixin, viewsets.GenericViewSet[EnrollmentJob]
):
    """Files of customers that are enrolled in a promotion, in the background."""

    queryset = EnrollmentJob.objects.get_queryset().none()  # tells the description the model
    serializer_class = EnrollmentJobSerializer
    filterset_class = EnrollmentJobFilters
    read_scope = "enrollments:read"
    write_scope = "enrollments:write"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"
    orderings: Any = {"createdDate": F("created_date")}
    received: Received | None = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        has_job = False
        try:
            response = super().dispatch(request, *args, **kwargs)
            has_job = response.status_code == 202 and REPLAYED not in response.headers
            return response
        finally:
            if self.received is not None and not has_job:
                self.received.file.discard()

    def get_queryset(self) -> QuerySet[EnrollmentJob]:
        return EnrollmentJob.objects.shown(self.actor)

    @property
    def key(self) -> int:
        """The primary key that the path names."""
        return decode_path_id(ids.ENROLLMENT_JOB, self.kwargs["id"])

    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """One job, and how far it is."""
        return self._answer(self.key)

    @extend_schema(
        request=_FILE,
        parameters=[
            OpenApiParameter(
                name,
                {k: v for k, v in schema.items() if k != "description"},
                description=schema["description"],
            )
            for name, schema in _PARAMETERS.items()
        ],
        responses={202: EnrollmentJobSerializer},
    )
    @partial(idempotent, read=_receive, digest=lambda request: _receive(request).digest)
    def create(self, request: Request) -> Response:
        """Enroll the customers in a file, row by row by the rules of a request.

        The file is CSV in UTF-8, or newline-delimited JSON with an item of the enrollment call in
        each line; either may be compressed by gzip. It is the body, or the part `file` of a form
        that may have the parameters too. The header
        `Content-Disposition: attachment; filename="may.csv"` gives the body a name. The job begins
        as soon as those before it are done.
        """
        received = _receive(request)
        job = jobs.create_job(
            file=received.file, by=self.actor, at=self.at, **self._options(received.said)
        )
        response = self._answer(job.pk, status=202)
        response["Location"] = self.reverse_action("detail", args=[job.record_id])
        return response

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    @action(detail=True, methods=["get"], filterset_class=None)
    def refusals(self, request: Request, id: str) -> StreamingHttpResponse:  # noqa: A002  # the path's name
        """The rows that were refused so far, each with its line, as a CSV file."""
        job = self._find(self.key)
        name = f"{job.name}-refused.csv"
        return StreamingHttpResponse(
            jobs.refusals_as_csv(job),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @extend_schema(request=None, responses={200: EnrollmentJobSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent_act
    def stop(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """Stop a job after the rows that it is at. One that is stopped stays so; one that has
        finished or failed is refused, with `invalid_value`."""
        refuse_body(request)
        return self._answer(jobs.stop_job(self.key, by=self.actor, at=self.at).pk)

    @extend_schema(request=None, responses={200: EnrollmentJobSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent_act
    def resume(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """Let a job that was stopped, or failed, go on where it was. One that waits or runs goes on
        doing so; one that has finished is refused, with `invalid_value`."""
        refuse_body(request)
        return self._answer(jobs.resume_job(self.key, by=self.actor, at=self.at).pk)

    def _find(self, key: int) -> EnrollmentJob:
        job = self.get_queryset().filter(pk=key).first()
        if job is None:
            raise refuse("not_found", "There is no such job.")
        return job

    def _answer(self, key: int, status: int = 200) -> Response:
        return Response(self.get_serializer(self._find(key)).data, status=status)

    def _options(self, said: Any) -> dict[str, Any]:
        """What the parameters ask for."""
        errors = []
        key = None
        if text := said.get("promotionId"):
            try:
                key = ids.decode(ids.PROMOTION, text)
            except ids.MalformedId as error:
                detail = f"Send the record's id as it was given: {error}."
                errors.append(DomainError("malformed_id", detail, "promotionId"))
        if said.get("dryRun", "false") not in ("true", "false"):
            errors.append(DomainError("invalid_value", "Write true or false.", "dryRun"))
        sessions = said.get("sessions", "1")
        if not (sessions.isascii() and sessions.isdigit() and len(sessions) < 4):
            detail = f"Write a whole number from 1 to {MOST_SESSIONS}."
            errors.append(DomainError("invalid_value", detail, "sessions"))
        if errors:
            raise Refused(*errors)
        return {
            "promotion_key": jobs.promotion_named(key, said.get("promotionCode"), by=self.actor),
            "is_dry_run": said.get("dryRun") == "true",
            "sessions": int(sessions),
            "reason": said.get("reason"),
        }
