"""``/api/v1/promotions``."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import django_filters
from django.conf import settings
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from promotions import ids
from promotions.api.declared_filters import DeclaredFilters
from promotions.api.serializers import EitherReference, Moment, RecordSerializer, Text
from promotions.api.views import (
    BEGINNING_OF_TIME,
    END_OF_TIME,
    RecordViewSet,
    expected_versions,
)
from promotions.errors import DomainError, Refused
from promotions.http.bodies import Body, read_body, refuse_body
from promotions.http.idempotency import idempotent, idempotent_act
from promotions.http.json import json_body, json_body_or_none
from promotions.models import Promotion
from promotions.moments import format_moment
from promotions.rules import PromotionStatus, promotion_status
from promotions.selectors import deleted_promotions, promotions_seen_by, with_views
from promotions.services.cloning import clone_promotion
from promotions.services.promotions import (
    activate,
    close,
    create_promotion,
    deactivate,
    update_promotion,
)
from promotions.services.recycle_bin import delete_promotion, restore_promotion
from promotions.status import status_case


class PromotionSerializer(RecordSerializer[Promotion]):
    status = serializers.SerializerMethodField()

    class Meta:
        model = Promotion

    @extend_schema_field(serializers.ChoiceField([(s.value, s.name) for s in PromotionStatus]))
    def get_status(self, promotion: Promotion) -> str:
        at = self.context["view"].at
        return promotion_status(promotion, at, ZoneInfo(settings.TIME_ZONE)).value


class DeletedPromotionSerializer(PromotionSerializer):
    """A promotion in the recycle bin."""

    deletedDate = Moment(source="deleted_date", read_only=True)
    purgedAfter = serializers.SerializerMethodField(
        method_name="purged_after",
        help_text="Until then it can be restored; after it, it may be gone for ever.",
    )

    @extend_schema_field({"type": "string", "format": "date-time"})
    def purged_after(self, promotion: Promotion) -> str | None:
        if promotion.deleted_date is None:
            return None
        return format_moment(promotion.deleted_date + timedelta(days=settings.RECYCLE_BIN_DAYS))


class CloneBody(Body):
    name = Text(
        required=False,
        allow_null=True,
        max_length=255,
        help_text="The name of the copy. Absent: Copy of, and the name of the original.",
    )


class TransferBody(Body):
    ownerId = EitherReference({ids.USER: "owner_user_id", ids.GROUP: "owner_group_id"})


class PromotionFilters(DeclaredFilters):
    model = Promotion
    status = django_filters.ChoiceFilter(
        choices=[(s.value, s.value) for s in PromotionStatus], method="filter_status"
    )

    def filter_status(
        self, queryset: QuerySet[Promotion], name: str, value: str
    ) -> QuerySet[Promotion]:
        case = status_case(self.at, ZoneInfo(settings.TIME_ZONE))
        return queryset.annotate(status_now=case).filter(status_now=value)


_FAR = 2**31
"""Behind every number that a promotion can have: blank comes last."""


class PromotionViewSet(RecordViewSet[Promotion]):
    """Promotions. Deleting one is soft: its enrollments stay and are paused."""

    model = Promotion
    queryset = Promotion.objects.none()  # tells the API's description the model
    serializer_class = PromotionSerializer
    filterset_class = PromotionFilters
    read_scope = "promotions:read"
    write_scope = "promotions:write"
    orderings: ClassVar = {
        "createdDate": F("created_date"),
        "lastModifiedDate": F("last_modified_date"),
        "name": F("name_key"),
        "priorityNumber": Coalesce("priority_number", Value(_FAR)),
        "startDateTime": Coalesce("start_date_time", Value(BEGINNING_OF_TIME)),
        "endDateTime": Coalesce("end_date_time", Value(END_OF_TIME)),
    }
    create_record = staticmethod(create_promotion)
    update_record = staticmethod(update_promotion)
    delete_record = staticmethod(delete_promotion)

    def get_queryset(self) -> QuerySet[Promotion]:
        if self.action == "deleted":
            return with_views(deleted_promotions(self.actor), self.actor)
        return promotions_seen_by(self.actor)

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "confirm",
                {"type": "string", "enum": ["true"]},
                description="That pausing the customers who are enrolled now is meant.",
            )
        ]
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """Put a promotion into the recycle bin. Its enrollments stay and are paused.

        Where customers are enrolled now, this is refused with how many they are, unless the call
        confirms it.
        """
        confirmed = _confirmed(request.query_params.lists())
        expected = expected_versions(request)
        delete_promotion(
            self.key, by=self.actor, at=self.at, expected=expected, confirmed=confirmed
        )
        return Response(status=204)

    @extend_schema(responses={200: DeletedPromotionSerializer(many=True)})
    @action(
        detail=False,
        methods=["get"],
        serializer_class=DeletedPromotionSerializer,
        orderings={**orderings, "deletedDate": F("deleted_date")},
    )
    def deleted(self, request: Request) -> Response:
        """The promotions in the recycle bin, page by page."""
        return self.list(request)

    @extend_schema(request=None, responses={200: PromotionSerializer})
    @action(detail=True, methods=["post"])
    @idempotent_act
    def activate(self, request: Request, id: str) -> Response:  # noqa: A002
        """Let a promotion run."""
        return self._act(activate, request)

    @extend_schema(request=None, responses={200: PromotionSerializer})
    @action(detail=True, methods=["post"])
    @idempotent_act
    def deactivate(self, request: Request, id: str) -> Response:  # noqa: A002
        """Pause a promotion: nobody can enroll, and who is enrolled is paused."""
        return self._act(deactivate, request)

    @extend_schema(request=None, responses={200: PromotionSerializer})
    @action(detail=True, methods=["post"])
    @idempotent_act
    def close(self, request: Request, id: str) -> Response:  # noqa: A002
        """End a promotion now, for good."""
        return self._act(close, request)

    @extend_schema(request=None, responses={200: PromotionSerializer})
    @action(detail=True, methods=["post"])
    @idempotent_act
    def restore(self, request: Request, id: str) -> Response:  # noqa: A002
        """Take a promotion out of the recycle bin, with everything that went in with it."""
        return self._act(restore_promotion, request)

    @extend_schema(request=CloneBody, responses={201: PromotionSerializer})
    @action(detail=True, methods=["post"])
    @idempotent_act
    def clone(self, request: Request, id: str) -> Response:  # noqa: A002
        """Make a copy of a promotion with everything under it, as an inactive draft of your own.

        Enrollments, uses of coupons and shares stay with the original; the copy has no code, and
        its coupons have new ones.
        """
        body = read_body(CloneBody, json_body_or_none(request))
        copy = clone_promotion(
            self.key,
            by=self.actor,
            at=self.at,
            expected=expected_versions(request),
            name=body.get("name"),
        )
        return self.answer_created(copy)

    @extend_schema(request=TransferBody, responses={200: PromotionSerializer})
    @action(detail=True, methods=["post"])
    @idempotent
    def transfer(self, request: Request, id: str) -> Response:  # noqa: A002
        """Give a promotion to another owner, a user or a group; like setting its ownerId."""
        changes = read_body(TransferBody, json_body(request))
        promotion = update_promotion(
            self.key,
            changes,
            by=self.actor,
            at=self.at,
            expected=expected_versions(request),
        )
        return self.answer(promotion)

    def _act(self, act: Callable[..., Promotion], request: Request) -> Response:
        """Does what needs no body, and answers with the promotion."""
        refuse_body(request)
        expected = expected_versions(request)
        return self.answer(act(self.key, by=self.actor, at=self.at, expected=expected))


def _confirmed(parameters: Iterable[tuple[str, list[str]]]) -> bool:
    """Whether a call says that a deletion is meant. Strict: what is nearly a confirmation is not
    one, and is not passed over either."""
    given = dict(parameters)
    errors = [
        DomainError("unknown_property", "There is no such parameter; known is confirm.", name[:80])
        for name in given
        if name != "confirm"
    ]
    if given.get("confirm", ["true"]) != ["true"]:
        detail = "Write confirm=true to confirm, or leave it out."
        errors.append(DomainError("invalid_value", detail, "confirm"))
    if errors:
        raise Refused(*errors)
    return "confirm" in given
