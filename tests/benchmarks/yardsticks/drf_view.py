"""How one writes it with Django REST framework: a generic view, a model serializer, the ORM.

Related fields look up what an item names, the serializer validates, ``save`` creates. Tokens and
scopes are django-oauth-toolkit's own. One item or many, by ``many=True``.
"""

import uuid
from typing import Any

from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist
from django.db import transaction
from django.urls import path
from django.utils import timezone
from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasScope
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from enrollments.models import Contact, Offer, PromotionPartyUsage, PromotionPartyUsageHistory
from promotions import ids
from promotions.models import Promotion


class ReferenceField(serializers.RelatedField):  # type: ignore[type-arg]
    """A record named by ``id`` or by another of its properties."""

    def __init__(self, prefix: str, properties: dict[str, str], **options: Any) -> None:
        self.prefix, self.properties = prefix, properties
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        wanted: dict[str, Any] = {"is_deleted": False}
        if not isinstance(data, dict) or not data:
            raise serializers.ValidationError("Name the record.")
        for name, value in data.items():
            if name == "id":
                try:
                    wanted["pk"] = ids.decode(self.prefix, value)
                except ids.MalformedId as error:
                    raise serializers.ValidationError(str(error)) from error
            elif name in self.properties:
                wanted[f"{self.properties[name]}_key"] = value.casefold()
        queryset = self.get_queryset()
        assert queryset is not None
        try:
            return queryset.get(**wanted)
        except ObjectDoesNotExist as error:
            raise serializers.ValidationError("There is no such record.") from error
        except MultipleObjectsReturned as error:
            raise serializers.ValidationError("Several records match.") from error

    def to_representation(self, value: Any) -> dict[str, Any]:
        shown = {name: getattr(value, field) for name, field in self.properties.items()}
        return {"id": value.record_id, **shown}

    def use_pk_only_optimization(self) -> bool:
        return False


class EnrollmentSerializer(serializers.ModelSerializer[PromotionPartyUsage]):
    contact = ReferenceField(
        ids.CONTACT,
        {"lastName": "last_name", "email": "email"},
        queryset=Contact.objects.all(),
    )
    promotion = ReferenceField(
        ids.PROMOTION, {"code": "promotion_code"}, queryset=Promotion.objects.all()
    )
    enrollmentOffer = ReferenceField(  # noqa: N815
        ids.OFFER,
        {"code": "code"},
        source="enrollment_offer",
        queryset=Offer.objects.all(),
        required=False,
    )
    promotionPartyUsageId = serializers.CharField(source="record_id", read_only=True)  # noqa: N815
    enrollmentEffectiveDateTime = serializers.DateTimeField(  # noqa: N815
        source="enrollment_effective_date_time", required=False
    )
    enrollmentExpirationDateTime = serializers.DateTimeField(  # noqa: N815
        source="enrollment_expiration_date_time", required=False
    )

    class Meta:
        model = PromotionPartyUsage
        fields = (
            "contact",
            "promotion",
            "enrollmentOffer",
            "promotionPartyUsageId",
            "enrollmentEffectiveDateTime",
            "enrollmentExpirationDateTime",
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        promotion, offer = attrs["promotion"], attrs.get("enrollment_offer")
        begins = attrs.setdefault("enrollment_effective_date_time", now)
        expires = attrs.get("enrollment_expiration_date_time")
        today = timezone.localdate(now)
        if not promotion.is_active or not promotion.is_enrollment_required:
            raise serializers.ValidationError("The promotion is not open to enrollment.")
        if promotion.end_date_time and promotion.end_date_time <= now:
            raise serializers.ValidationError("The promotion is over.")
        if (promotion.enrollment_start_date and today < promotion.enrollment_start_date) or (
            promotion.enrollment_end_date and today > promotion.enrollment_end_date
        ):
            raise serializers.ValidationError("The promotion's window is not open.")
        if expires and (expires <= begins or expires <= now):
            raise serializers.ValidationError("The period is reversed or over.")
        if (promotion.end_date_time and begins >= promotion.end_date_time) or (
            expires and promotion.start_date_time and expires <= promotion.start_date_time
        ):
            raise serializers.ValidationError("The period lies outside of the promotion's.")
        if offer and (not offer.is_active or offer.promotion_id not in (None, promotion.pk)):
            raise serializers.ValidationError("The offer is not for this promotion.")
        return attrs

    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> PromotionPartyUsage:
        now, user = timezone.now(), self.context["request"].auth.application.user
        usage = PromotionPartyUsage.objects.create(
            **validated_data,
            type=PromotionPartyUsage.Type.CONTACT,
            created_by=user,
            created_date=now,
            last_modified_by=user,
            last_modified_date=now,
        )
        PromotionPartyUsageHistory.objects.create(
            usage=usage,
            field="created",
            source="api",
            request_id=uuid.uuid4().hex,
            created_by=user,
            created_date=now,
        )
        return usage


class PromotionEnrollments(generics.CreateAPIView[PromotionPartyUsage]):
    authentication_classes = [OAuth2Authentication]
    permission_classes = [TokenHasScope]
    required_scopes = ["enrollments:write"]
    throttle_classes = [UserRateThrottle]
    serializer_class = EnrollmentSerializer

    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body: Any = request.data
        serializer = self.get_serializer(data=body["inputParameters"], many=True)
        serializer.is_valid(raise_exception=True)
        self.perform_create(serializer)
        return Response({"results": serializer.data}, status=201)


urlpatterns = [
    path(
        "services/data/<str:version>/global-promotions-management/promotion-enrollments",
        PromotionEnrollments.as_view(),
    )
]
