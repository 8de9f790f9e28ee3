"""``/api/v1/enrollments``."""

from functools import partial
from typing import Any, ClassVar, Final

from django.db.models import DateTimeField, F
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollments.api import documentation
from enrollments.api.enrollment_filters import (
    EnrollmentFilters,
    default_order,
    has_ranges,
    promotions_first,
)
from enrollments.api.refusals import KeepsRefusals
from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory, RefusedCall
from enrollments.reading import Usages, read_enrollments
from enrollments.rendering import PROPERTIES, ShownEnrollment, properties
from enrollments.selectors import enrollments_shown
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import change_period, withdraw
from enrollments.services.outcomes import Enrolled
from enrollments.standing import Standing, standing
from enrollments.wire import PERIOD, parse_item, parse_period, unknown_properties
from promotions import ids
from promotions.api.filters import read_filters
from promotions.api.pagination import Page
from promotions.api.serializers import Moment, ReadOnlyText, Reference
from promotions.api.views import decode_path_id, expected_versions
from promotions.errors import DomainError, Refused, refuse
from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.models.base import etag
from promotions.prepared import Parameter

NO_SUCH_ENROLLMENT: Final = "There is no such enrollment."
ORDERED_BY: Final = {"createdDate": "created_date", "lastModifiedDate": "last_modified_date"}
"""What lists can be ordered by, and the columns that hold it."""


class EnrollmentSerializer(serializers.ModelSerializer[PromotionPartyUsage]):
    """Renders an enrollment; written ones come as items of the wire format."""

    id = ReadOnlyText(source="record_id")
    name = ReadOnlyText()
    promotionId = Reference(ids.PROMOTION, source="promotion_id", read_only=True)
    promotionCode = ReadOnlyText(source="promotion.promotion_code", allow_null=True)
    type = serializers.ChoiceField(PromotionPartyUsage.Type.choices, read_only=True)
    accountId = Reference(ids.ACCOUNT, source="account_id", read_only=True, allow_null=True)
    contactId = Reference(ids.CONTACT, source="contact_id", read_only=True, allow_null=True)
    enrollmentOfferId = Reference(
        ids.OFFER, source="enrollment_offer_id", read_only=True, allow_null=True
    )
    status = serializers.SerializerMethodField()
    isPartyEnrolled = serializers.BooleanField(source="is_party_enrolled", read_only=True)
    enrollmentEffectiveDateTime = Moment(source="enrollment_effective_date_time", read_only=True)
    enrollmentExpirationDateTime = Moment(
        source="enrollment_expiration_date_time", read_only=True, allow_null=True
    )
    withdrawnDate = Moment(source="withdrawn_date", read_only=True, allow_null=True)
    withdrawnBy = ReadOnlyText(source="withdrawn_by.display_name", allow_null=True, default=None)
    withdrawalReason = ReadOnlyText(source="withdrawal_reason", allow_null=True)
    usageCount = serializers.IntegerField(source="usage_count", read_only=True)
    createdDate = Moment(source="created_date", read_only=True)
    lastModifiedDate = Moment(source="last_modified_date", read_only=True)

    class Meta:
        model = PromotionPartyUsage
        fields = PROPERTIES

    @extend_schema_field({"type": "string", "enum": [s.value for s in Standing]})
    def get_status(self, usage: PromotionPartyUsage) -> str:
        return standing(usage, usage.promotion, self.context["view"].at).value


class HistorySerializer(serializers.ModelSerializer[PromotionPartyUsageHistory]):
    """Renders one thing that happened to an enrollment."""

    field = serializers.SerializerMethodField()
    oldValue = ReadOnlyText(source="old_value", allow_null=True)
    newValue = ReadOnlyText(source="new_value", allow_null=True)
    reason = ReadOnlyText(allow_null=True)
    source = ReadOnlyText()  # type: ignore[assignment]  # the property's name is also DRF's
    createdBy = ReadOnlyText(source="created_by.display_name")
    createdDate = Moment(source="created_date", read_only=True)

    class Meta:
        model = PromotionPartyUsageHistory
        fields = ("field", "oldValue", "newValue", "reason", "source", "createdBy", "createdDate")

    def get_field(self, row: PromotionPartyUsageHistory) -> str:
        return row.field[0].lower() + row.field[1:]


class EnrollmentViewSet(KeepsRefusals, viewsets.GenericViewSet[PromotionPartyUsage]):
    """Enrollments. Withdrawing keeps the record; one in the recycle bin is not shown."""

    queryset = PromotionPartyUsage.objects.none()  # tells the API's description the model
    serializer_class = EnrollmentSerializer
    filterset_class = EnrollmentFilters
    read_scope = "enrollments:read"
    write_scope = "enrollments:write"
    door = RefusedCall.Door.PLAIN
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"
    orderings: ClassVar = {name: F(column) for name, column in ORDERED_BY.items()}

    @property
    def enrolls(self) -> bool:
        return self.action == "create"

    @property
    def key(self) -> int:
        """The primary key that the path names."""
        return decode_path_id(ids.PROMOTION_PARTY_USAGE, self.kwargs["id"])

    def list(self, request: Request) -> Response:
        """Find enrollments, page by page."""
        values = read_filters(EnrollmentFilters, request.query_params)
        page = Page(request, self.orderings, default_order(values))
        form, stand_ins, parts = EnrollmentFilters.prepare(values)
        moment = Parameter("at", DateTimeField())

        def narrow(usages: Usages) -> Usages:
            found: Usages = EnrollmentFilters(stand_ins, usages, at=moment).qs
            return page.narrow(found, Parameter)[: page.size + 1]

        in_order = page.ordered_by == "id"
        found = read_enrollments(
            (form, page.form),
            narrow,
            {**parts, **page.place, "at": self.at},
            by=self.actor,
            promotions=promotions_first(values, moment) if in_order else None,
            anew=has_ranges(values),
        )
        rows = page.cut(found)
        by = ORDERED_BY.get(page.ordered_by)
        ends = [(row.id, by and getattr(row, by)) for row in (rows[0], rows[-1])] if rows else []
        return page.answer(ends, [properties(row, self.at) for row in rows])

    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """One enrollment, and where its customer stands now."""
        return self._answer(self.key)

    @extend_schema(request=documentation.ITEM, responses={201: EnrollmentSerializer})
    @partial(idempotent, may_claim=True)
    def create(self, request: Request) -> Response:
        """Enroll a customer in a promotion."""
        item = parse_item(json_body(request))
        (outcome,) = enroll([item], by=self.actor, at=self.at, claim=self.claim)
        if not isinstance(outcome, Enrolled):
            raise Refused(*outcome.errors)
        response = self._rendered(outcome.shown(self.at), status=201)
        response["Location"] = self.reverse_action("detail", args=[outcome.record_id])
        return response

    @extend_schema(request=documentation.PERIOD, responses={200: EnrollmentSerializer})
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """Change the customer's own period.

        A date-time that is absent stays as it is. Null as expiration lets the enrollment end with
        the promotion; null as beginning makes it begin now.
        """
        body = _object(json_body(request))
        period, errors = parse_period(body)
        reason = _reason(body, [*unknown_properties(body, (*PERIOD, "reason")), *errors])
        usage = change_period(
            self.key,
            period,
            by=self.actor,
            at=self.at,
            reason=reason,
            expected=expected_versions(request),
        )
        return self._answer(usage.pk)

    @extend_schema(request=documentation.WITHDRAWAL, responses={200: EnrollmentSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """Withdraw the customer from the promotion. The record stays, with who, when and why."""
        body = _object(json_body(request))
        usage = withdraw(
            self.key,
            by=self.actor,
            at=self.at,
            reason=_reason(body, unknown_properties(body, ("reason",))),
            expected=expected_versions(request),
        )
        return self._answer(usage.pk)

    @extend_schema(responses={200: HistorySerializer(many=True)}, filters=False)
    @action(detail=True, methods=["get"], filterset_class=None, orderings={})
    def history(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """What happened to the enrollment, newest first."""
        usage = enrollments_shown(self.actor).filter(pk=self.key).first()
        if usage is None:
            raise refuse("not_found", NO_SUCH_ENROLLMENT)
        rows: Any = usage.history.select_related("created_by")
        return self.get_paginated_response(
            HistorySerializer(self.paginate_queryset(self.filter_queryset(rows)), many=True).data
        )

    def _answer(self, key: int) -> Response:
        found = read_enrollments("one", _of_key, {"key": key}, by=self.actor)
        if not found:
            raise refuse("not_found", NO_SUCH_ENROLLMENT)
        return self._rendered(found[0])

    def _rendered(self, row: ShownEnrollment, status: int = 200) -> Response:
        headers = {"ETag": etag(row.version)}
        return Response(properties(row, self.at), status=status, headers=headers)


def _of_key(usages: Usages) -> Usages:
    return usages.filter(pk=Parameter("key")).order_by("pk")


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise refuse("invalid_type", "Send a JSON object.")
    return body


def _reason(body: dict[str, Any], errors: list[DomainError]) -> str:
    """The reason in a body; raises ``Refused`` with the other ``errors`` where there are any."""
    reason = body.get("reason")
    if reason is not None and not isinstance(reason, str):
        errors.append(DomainError("invalid_type", "reason must be a string.", "reason"))
    elif reason is not None and "\x00" in reason:
        detail = "This must not contain the NUL character."
        errors.append(DomainError("invalid_value", detail, "reason"))
    if errors:
        raise Refused(*errors)
    return reason or ""
