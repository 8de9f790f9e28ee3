"""``/api/v1/promotions/{id}/enrollments/export``."""

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from enrollments.exporting import MEDIA_TYPES, Form
from enrollments.services.exports import export_enrollments
from promotions import ids
from promotions.api.views import decode_path_id
from promotions.errors import DomainError, Refused
from promotions.http.context import RequestContext


class EnrollmentExportView(RequestContext):
    """All enrollments of a promotion in one answer, streamed."""

    read_scope = "enrollments:read"
    write_scope = "enrollments:write"

    @extend_schema(
        operation_id="promotion_enrollments_export",
        tags=["enrollments"],
        parameters=[
            OpenApiParameter("id", str, OpenApiParameter.PATH),
            OpenApiParameter(
                "format",
                {"type": "string", "enum": [form.value for form in Form], "default": "csv"},
                OpenApiParameter.QUERY,
            ),
        ],
        responses={
            (200, media_type.partition(";")[0]): OpenApiTypes.STR
            for media_type in MEDIA_TYPES.values()
        },
    )
    def get(self, request: Request, id: str) -> StreamingHttpResponse:  # noqa: A002  # the path's name
        """Read all enrollments of a promotion, as CSV or as a JSON object a line.

        They have the properties of a single enrollment. An answer that breaks off on the way ends
        with a line that says so.
        """
        key = decode_path_id(ids.PROMOTION, id)
        form = _form(request)
        parts = export_enrollments(key, form, by=self.actor, at=self.at)
        return StreamingHttpResponse(
            (part for part, _ in parts),
            content_type=MEDIA_TYPES[form],
            headers={
                "Content-Disposition": f'attachment; filename="enrollments-{id}.{form.value}"'
            },
        )


def _form(request: Request) -> Form:
    errors = [
        DomainError("invalid_filter", "There is no such parameter; known is format.", name[:80])
        for name in request.query_params
        if name != "format"
    ]
    wanted = request.query_params.get("format", Form.CSV.value)
    if wanted not in [form.value for form in Form]:
        errors.append(DomainError("invalid_filter", "Write csv or ndjson.", "format"))
    if errors:
        raise Refused(*errors)
    return Form(wanted)
