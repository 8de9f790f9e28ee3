"""The compatible endpoint, at the path and in the form that existing clients know.

Source: the enrollment contract, "The wire format" and rule 11.
"""

from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrollments.api import documentation
from enrollments.api.refusals import KeepsRefusals
from enrollments.facts import OfferFacts, PromotionFacts
from enrollments.models import RefusedCall
from enrollments.rules import Period
from enrollments.services.enrolling import enroll
from enrollments.services.outcomes import Enrolled, NotEnrolled, Outcome
from enrollments.wire import parse_request
from promotions import ids
from promotions.http.compatible import CompatibleView, error_entries
from promotions.http.idempotency import idempotent
from promotions.http.json import json_body, rendered
from promotions.moments import format_moment


class PromotionEnrollmentsView(KeepsRefusals, CompatibleView):
    """``POST /services/data/vNN.0/global-promotions-management/promotion-enrollments``."""

    read_scope = "enrollments:read"
    write_scope = "enrollments:write"
    door = RefusedCall.Door.COMPATIBLE

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
    @partial(idempotent, may_claim=True)
    def post(self, request: Request, version: str) -> Response:
        """Enroll up to 200 customers in promotions, all or none unless told otherwise."""
        wanted = parse_request(json_body(request))
        outcomes = enroll(
            wanted.items,
            by=self.actor,
            at=self.at,
            all_or_none=wanted.all_or_none,
            claim=self.claim,
        )
        enrolled = sum(isinstance(outcome, Enrolled) for outcome in outcomes)
        if enrolled < len(outcomes):
            self.keep_items(outcomes)
        common: dict[object, dict[str, Any]] = {}
        return Response(
            {"results": [rendered(_result(outcome, common)) for outcome in outcomes]},
            status=201 if enrolled else 400,
        )


def _result(outcome: Outcome, common: dict[object, dict[str, Any]]) -> dict[str, Any]:
    """What is said of one item. ``common`` keeps what is said of all items of a request that have
    their terms in common."""
    if isinstance(outcome, NotEnrolled):
        return {"errors": error_entries(outcome.errors)}
    decision = outcome.decision
    account, contact = outcome.item.account_id, outcome.contact
    promotion, offer = decision.promotion, decision.offer
    assert promotion is not None
    terms = promotion.key, None if offer is None else offer.key, decision.period
    said = common.get(terms)
    if said is None:
        said = common[terms] = _of_terms(promotion, offer, decision.period)
    result = said.copy()
    result["promotionPartyUsageId"] = ids.encode(ids.PROMOTION_PARTY_USAGE, outcome.key)
    if contact is None:
        del result["contact"]
    else:
        result["contact"] = {
            "id": ids.encode(ids.CONTACT, contact.key),
            "lastName": contact.last_name,
            "email": contact.email,
        }
    return (
        result
        if account is None
        else {"account": {"id": ids.encode(ids.ACCOUNT, account)}, **result}
    )


def _of_terms(
    promotion: PromotionFacts, offer: OfferFacts | None, period: Period
) -> dict[str, Any]:
    """A result in the order in which it is told, with the places of what is each item's own."""
    said: dict[str, Any] = {
        "contact": None,
        "promotion": rendered(
            {"id": ids.encode(ids.PROMOTION, promotion.key), "code": promotion.code}
        ),
    }
    if offer is not None:
        said["enrollmentOffer"] = rendered(
            {"id": ids.encode(ids.OFFER, offer.key), "code": offer.code}
        )
    return {**said, "promotionPartyUsageId": None, **_of_period(period)}


def _of_period(period: Period) -> dict[str, str]:
    said = {"enrollmentEffectiveDateTime": format_moment(period.effective)}
    if period.expiration is not None:
        said["enrollmentExpirationDateTime"] = format_moment(period.expiration)
    return said
