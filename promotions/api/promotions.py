"""``/api/v1/promotions``."""

from typing import ClassVar
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
from promotions.api.serializers import RecordSerializer
from promotions.api.views import BEGINNING_OF_TIME, END_OF_TIME, RecordViewSet
from promotions.models import Promotion
from promotions.rules import PromotionStatus, promotion_status
from promotions.selectors import promotions_seen_by
from promotions.services.promotions import create_promotion, update_promotion
from promotions.services.recycle_bin import delete_promotion
from promotions.status import status_case


class PromotionSerializer(RecordSerializer[Promotion]):
    status = serializers.SerializerMethodField()

    class Meta:
        model = Promotion

    @extend_schema_field({"type": "string", "enum": [s.value for s in PromotionStatus]})
    def get_status(self, promotion: Promotion) -> str:
        at = self.context["view"].at
        return promotion_status(promotion, at, ZoneInfo(settings.TIME_ZONE)).value


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
        return promotions_seen_by(self.actor)
