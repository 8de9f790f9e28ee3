"""The compatible endpoint, at the path and in the form that existing clients know.

Source: the enrollment contract, "The wire format" and rule 11.
"""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrollments.api import documentation
from enrollments.services.enrollments import Enrolled, NotEnrolled, enroll
from enrollments.wire import parse_request
from promotions import ids
from promotions.api.compatible import CompatibleView, error_entries
from promotions.api.idempotency import idempotent
from promotions.api.json import json_body
from promotions.api.views import RequestContext
from promotions.moments import format_moment


class PromotionEnrollmentsView(RequestContext, CompatibleView):
    """``POST /services/data/vNN.0/global-promotions-management/promotion-enrollments``."""

    read_scope = "enrollments:read"
    write_scope = "enrollments:write"

    @extend_schema(
        operation_id="promotion_enrollments",
        tags=["promotion-enrollments"],
        parameters=[
            OpenApiParameter(
                "version",
                {"type": "string", "pattern": "^v(?:[2-5][0-9]|6[0-8])\\.0$", "example": "v67.0"},
                OpenApiParameter.PATH,
            )
        ],
        request=documentation.REQUEST,
        responses={201: documentation.ANSWER, 400: documentation.NONE_ENROLLED},
    )
    @idempotent
    def post(self, request: Request, version: str) -> Response:
        """Enroll up to 200 customers in promotions, all or none unless told otherwise."""
        wanted = parse_request(json_body(request))
        outcomes = enroll(wanted.items, by=self.actor, at=self.at, all_or_none=wanted.all_or_none)
        any_enrolled = any(isinstance(outcome, Enrolled) for outcome in outcomes)
        return Response(
            {"results": [_result(outcome) for outcome in outcomes]},
            status=201 if any_enrolled else 400,
        )


def _result(outcome: Enrolled | NotEnrolled) -> dict[str, Any]:
    if isinstance(outcome, NotEnrolled):
        return {"errors": error_entries(outcome.errors)}
    item, usage = outcome.item, outcome.usage
    result: dict[str, Any] = {}
    if item.names_account and usage.account is not None:
        result["account"] = {"id": usage.account.record_id}
    if usage.contact is not None:
        result["contact"] = {
            "id": usage.contact.record_id,
            "lastName": usage.contact.last_name,
            "email": usage.contact.email,
        }
    result["promotion"] = {
        "id": ids.encode(ids.PROMOTION, usage.promotion_id),
        "code": usage.promotion.promotion_code,
    }
    if usage.enrollment_offer is not None:
        offer = usage.enrollment_offer
        result["enrollmentOffer"] = {"id": offer.record_id, "code": offer.code}
    result["promotionPartyUsageId"] = usage.record_id
    result["enrollmentEffectiveDateTime"] = format_moment(usage.enrollment_effective_date_time)
    if usage.enrollment_expiration_date_time is not None:
        result["enrollmentExpirationDateTime"] = format_moment(
            usage.enrollment_expiration_date_time
        )
    return result
