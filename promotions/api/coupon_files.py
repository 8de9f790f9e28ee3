"""Coupons as CSV files: ``/api/v1/promotions/{promotionId}/coupons/import`` and ``…/export``."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Any, Final

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from promotions.api.sharing import BelowPromotion
from promotions.errors import DomainError, Refused, common_status, refuse
from promotions.http.errors import PROBLEM_MEDIA_TYPE, problem
from promotions.http.idempotency import idempotent
from promotions.services.coupon_files import Import, RefusedRow, export_coupons, import_coupons

MOST_REPORTED: Final = 1_000
_FLAGS: Final = {
    "allOrNone": "true: a single bad row refuses the whole file",
    "dryRun": "true: only say what is wrong with the file",
}


class RefusalSerializer(serializers.Serializer[Any]):
    """Renders a row that became no coupon, and why."""

    line = serializers.IntegerField()
    couponCode = serializers.CharField(source="coupon_code")
    code = serializers.CharField(source="error.code")
    detail = serializers.CharField(source="error.detail")
    pointer = serializers.CharField(source="error.pointer")


class ImportSerializer(serializers.Serializer[Any]):
    """Renders what became of a file."""

    batchId = serializers.CharField(allow_null=True)
    rows = serializers.IntegerField()
    created = serializers.IntegerField()
    refused = serializers.IntegerField()
    refusals = RefusalSerializer(many=True, help_text=f"The first {MOST_REPORTED:,}.")


class CouponFileViewSet(BelowPromotion, viewsets.ViewSet):
    """All coupons of a promotion at once."""

    read_scope = "promotions:read"
    write_scope = "promotions:write"

    @extend_schema(
        operation_id="coupons_export",
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def export(self, request: Request, promotionId: str) -> StreamingHttpResponse:  # noqa: N803
        """All coupons of a promotion as a CSV file, with how often each was redeemed."""
        _read_flags(request, known=())
        parts = export_coupons(self.promotion_key, by=self.actor)
        name = f"coupons-{self.find_promotion().record_id}.csv"
        return StreamingHttpResponse(
            parts,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @extend_schema(
        operation_id="coupons_import",
        request={"text/csv": {"type": "string"}},
        parameters=[
            OpenApiParameter(name, {"type": "string", "enum": ["true", "false"]}, description=text)
            for name, text in _FLAGS.items()
        ],
        responses={200: ImportSerializer, 201: ImportSerializer},
    )
    @partial(idempotent, read=lambda request: _csv_body(request))
    def import_file(self, request: Request, promotionId: str) -> Response:  # noqa: N803
        """Make coupons of the rows of a CSV file, whose header names properties of coupons.

        Good rows are written though others are bad, unless ``allOrNone``. 200 answers a
        ``dryRun``; where no coupon was made, the answer is a problem with an error for each row.
        """
        flags = _read_flags(request, known=_FLAGS)
        rows: list[RefusedRow] = []

        def note(row: RefusedRow) -> None:
            if len(rows) < MOST_REPORTED:
                rows.append(row)

        done = import_coupons(
            self.promotion_key,
            BytesIO(_csv_body(request)),
            by=self.actor,
            at=self.at,
            all_or_none="allOrNone" in flags,
            trial="dryRun" in flags,
            refused=note,
        )
        if done.created or "dryRun" in flags:
            status = 200 if "dryRun" in flags else 201
            return Response(_report(done, rows), status=status)
        errors = [row.error.under(f"lines[{row.line}]") for row in rows]
        return Response(
            {**problem(errors), "rows": done.read, "refused": done.refused},
            status=common_status(errors),
            content_type=PROBLEM_MEDIA_TYPE,
        )


def _report(done: Import, rows: Sequence[RefusedRow]) -> dict[str, Any]:
    return {
        "batchId": None if done.batch is None else done.batch.record_id,
        "rows": done.read,
        "created": done.created,
        "refused": done.refused,
        "refusals": RefusalSerializer(rows, many=True).data,
    }


def _csv_body(request: Request) -> bytes:
    """The file that a request holds."""
    media_type, _, parameters = (request.content_type or "").partition(";")
    charset = parameters.replace(" ", "").lower().removeprefix("charset=").strip('"')
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if media_type.strip().lower() != "text/csv" or charset not in ("", "utf-8", "header=present"):
        detail = "Send the file as it is, in UTF-8, with the header Content-Type: text/csv."
        raise refuse("unsupported_media_type", detail)
    if encoding != "identity":
        detail = "Send the file as it is, not compressed."
        raise refuse("unsupported_media_type", detail)
    body = request._request.body
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and len(body) < int(announced[:9]):
        raise refuse("invalid_value", "The body is shorter than announced. Send it again.")
    return body


def _read_flags(request: Request, known: Any) -> set[str]:
    """The flags that the query sets."""
    errors: list[DomainError] = []
    for name, values in request.query_params.lists():
        if name not in known:
            words = ", ".join(known) or "none"
            detail = f"There is no such parameter; known are {words}."
            errors.append(DomainError("invalid_filter", detail, name[:80]))
        elif values[-1] not in ("true", "false") or len(values) > 1:
            errors.append(DomainError("invalid_filter", "Write true or false.", name))
    if errors:
        raise Refused(*errors)
    return {name for name in known if request.query_params.get(name) == "true"}
