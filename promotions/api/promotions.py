"""``/api/v1/promotions``."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import django_filters
from django.conf import settings
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from promotions import ids
from promotions.api.filters import (
    DayFilter,
    EitherFilter,
    FlagFilter,
    FoldedFilter,
    IdFilter,
    RecordFilters,
    WholeFilter,
    after,
    before,
)
from promotions.api.serializers import Moment, RecordSerializer, decode_reference
from promotions.api.views import BEGINNING_OF_TIME, END_OF_TIME, RecordViewSet
from promotions.models import Promotion
from promotions.rules import PromotionStatus, promotion_status
from promotions.selectors import promotions_seen_by
from promotions.services.promotions import create_promotion, delete_promotion, update_promotion
from promotions.status import status_case

FIELDS = (
    "name",
    "display_name",
    "promotion_code",
    "description",
    "objective",
    "image_url",
    "related_promotion",
    "is_cloned",
    "terms_and_conditions",
    "is_active",
    "start_date_time",
    "end_date_time",
    "is_enrollment_required",
    "enrollment_start_date",
    "enrollment_end_date",
    "maximum_enrollment_count",
    "is_automatic",
    "is_commerce_promotion",
    "is_tiered",
    "priority_number",
    "maximum_usage_count",
    "qualifier_criteria",
    "target_criteria",
    "discount_order",
    "discount_restriction",
    "exclusivity_type",
    "is_approaching_discount_applicable",
    "are_qual_items_excl_from_discounts",
    "currency_iso_code",
)


@extend_schema_field({"type": "string", "description": "A user's or a group's id"})
class OwnerField(serializers.Field[Any, Any, str, Any]):
    """The owner: a user or a group, told apart by the id's prefix."""

    def to_internal_value(self, data: Any) -> dict[str, int | None]:
        prefix, key = decode_reference(data, ids.USER, ids.GROUP)
        owner: dict[str, int | None] = {"owner_user_id": None, "owner_group_id": None}
        return owner | {"owner_user_id" if prefix == ids.USER else "owner_group_id": key}

    def to_representation(self, value: str) -> str:
        return value


class PromotionSerializer(RecordSerializer[Promotion]):
    ownerId = OwnerField(source="owner_id", required=False)  # the API's name
    status = serializers.SerializerMethodField()
    lastViewedDate = Moment(
        source="last_viewed_date", read_only=True, allow_null=True, default=None
    )
    lastReferencedDate = Moment(
        source="last_referenced_date", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = Promotion
        fields = FIELDS

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        if not settings.CURRENCIES:  # the described object: only where there are several
            del fields["currencyIsoCode"]
        return fields

    @extend_schema_field({"type": "string", "enum": [s.value for s in PromotionStatus]})
    def get_status(self, promotion: Promotion) -> str:
        at = self.context["view"].at
        return promotion_status(promotion, at, ZoneInfo(settings.TIME_ZONE)).value

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        values = super().to_internal_value(data)
        owner: dict[str, Any] = values.pop("owner_id", {})
        return values | owner


class PromotionFilters(RecordFilters):
    name = FoldedFilter(field_name="name_key")
    displayName = django_filters.CharFilter(field_name="display_name")
    promotionCode = FoldedFilter(field_name="promotion_code_key")
    status = django_filters.ChoiceFilter(
        choices=[(s.value, s.value) for s in PromotionStatus], method="filter_status"
    )
    isActive = FlagFilter(field_name="is_active")
    isEnrollmentRequired = FlagFilter(field_name="is_enrollment_required")
    isAutomatic = FlagFilter(field_name="is_automatic")
    isCommercePromotion = FlagFilter(field_name="is_commerce_promotion")
    isTiered = FlagFilter(field_name="is_tiered")
    isCloned = FlagFilter(field_name="is_cloned")
    relatedPromotionId = IdFilter((ids.PROMOTION,), field_name="related_promotion")
    exclusivityType = django_filters.ChoiceFilter(
        field_name="exclusivity_type", choices=Promotion.ExclusivityType.choices
    )
    priorityNumber = WholeFilter(field_name="priority_number")
    ownerId = EitherFilter(
        {ids.USER: lambda key: Q(owner_user=key), ids.GROUP: lambda key: Q(owner_group=key)}
    )
    startDateTime_after = after("start_date_time")
    startDateTime_before = before("start_date_time")
    endDateTime_after = after("end_date_time")
    endDateTime_before = before("end_date_time")
    enrollmentStartDate_after = DayFilter(field_name="enrollment_start_date", lookup_expr="gte")
    enrollmentStartDate_before = DayFilter(field_name="enrollment_start_date", lookup_expr="lt")
    enrollmentEndDate_after = DayFilter(field_name="enrollment_end_date", lookup_expr="gte")
    enrollmentEndDate_before = DayFilter(field_name="enrollment_end_date", lookup_expr="lt")

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
        return promotions_seen_by(self.user)
