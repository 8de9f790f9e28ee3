"""Coupons and what was done with them: ``/api/v1/coupons`` (and below their promotion), the batches
they were made in, and their redemptions."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from promotions import ids
from promotions.api.declared_filters import DeclaredFilters, PromotionFilter
from promotions.api.filters import FoldedFilter, IdFilter
from promotions.api.part_views import PartViewSet
from promotions.api.serializers import (
    Moment,
    ReadOnlyText,
    RecordSerializer,
    Reference,
    Text,
    Whole,
)
from promotions.api.sharing import BelowPromotion
from promotions.coupon_codes import HOW_TO_WRITE, LONGEST_CODE, LONGEST_PATTERN
from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.models import Coupon, CouponBatch, CouponCodeRedemption
from promotions.services.coupon_generation import MOST_AT_ONCE, generate_coupons
from promotions.services.coupons import coupons
from promotions.services.redemptions import redeem, redemptions

_NEWEST: Mapping[str, Any] = {"id": F("id")}
"""What an index answers, however many there are; the order in which they were made."""


class CouponFilters(DeclaredFilters):
    model = Coupon
    batchId = IdFilter((ids.COUPON_BATCH,), field_name="batch")


class CouponViewSet(PartViewSet[Coupon]):
    """Coupons: codes that buyers enter to get a promotion."""

    model, service = Coupon, coupons
    flat, nested = "coupons", "coupons"
    filterset_class = CouponFilters
    orderings = _NEWEST


class CouponBatchSerializer(serializers.ModelSerializer[CouponBatch]):
    """Renders a batch of coupons."""

    id = ReadOnlyText(source="record_id")
    promotionId = Reference(ids.PROMOTION, source="promotion_id", read_only=True)
    kind = serializers.ChoiceField(CouponBatch.Kind.choices, read_only=True)
    pattern = ReadOnlyText(allow_null=True)
    quantity = serializers.IntegerField(read_only=True)
    createdBy = ReadOnlyText(source="created_by.display_name")
    createdDate = Moment(source="created_date", read_only=True)

    class Meta:
        model = CouponBatch
        fields = (
            "id",
            "promotionId",
            "kind",
            "pattern",
            "quantity",
            "createdBy",
            "createdDate",
        )


class GenerationSerializer(RecordSerializer[Coupon]):
    """How many coupons to make, with codes of which pattern, and what they have in common."""

    pattern = Text(max_length=LONGEST_PATTERN, help_text=HOW_TO_WRITE)
    quantity = Whole(min_value=1, max_value=MOST_AT_ONCE)

    class Meta:
        model = Coupon

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        left_out = ("couponCode", "promotionId")
        fields = super().get_fields().items()
        return {name: f for name, f in fields if not f.read_only and name not in left_out}


class CouponBatchViewSet(BelowPromotion, viewsets.GenericViewSet[CouponBatch]):
    """The batches of coupons that were generated, imported or cloned for a promotion."""

    queryset = CouponBatch.objects.none()  # tells the API's description the model
    serializer_class = CouponBatchSerializer
    read_scope = "promotions:read"
    write_scope = "promotions:write"
    filterset_class = None
    orderings = _NEWEST

    def get_queryset(self) -> QuerySet[CouponBatch]:
        return self.find_promotion().coupon_batches.select_related("created_by")

    def list(self, request: Request, promotionId: str) -> Response:  # noqa: N803  # the path's name
        """The batches of a promotion's coupons, newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=GenerationSerializer, responses={201: CouponBatchSerializer})
    @idempotent
    def create(self, request: Request, promotionId: str) -> Response:  # noqa: N803
        """Generate coupons with codes of a pattern that nobody can guess.

        All are made in one transaction; a million take about half a minute.
        """
        promotion = self.find_promotion()
        body = GenerationSerializer(data=json_body(request), context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        batch = generate_coupons(
            promotion.pk,
            pattern=values.pop("pattern"),
            quantity=values.pop("quantity"),
            values=values,
            by=self.actor,
            at=self.at,
        )
        return Response(self.get_serializer(batch).data, status=201)


class RedemptionSerializer(RecordSerializer[CouponCodeRedemption]):
    couponCode = Text(
        source="coupon.coupon_code",
        max_length=LONGEST_CODE,
        required=False,
        help_text="Names the coupon, in any case of letters, where couponId doesn't.",
    )

    class Meta:
        model = CouponCodeRedemption


class RedemptionFilters(DeclaredFilters):
    model = CouponCodeRedemption
    couponCode = FoldedFilter(field_name="coupon__coupon_code_key")
    promotionId = PromotionFilter((ids.PROMOTION,), field_name="promotion")


class RedemptionViewSet(PartViewSet[CouponCodeRedemption]):
    """That buyers used coupons."""

    model, service = CouponCodeRedemption, redemptions
    flat, nested = "coupon-code-redemptions", "redemptions"
    parent, parents, parent_id = "coupon", "coupons", "couponId"
    http_method_names = ["get", "head", "post", "delete"]
    serializer_class = RedemptionSerializer
    filterset_class = RedemptionFilters
    orderings = _NEWEST

    def get_queryset(self) -> QuerySet[CouponCodeRedemption]:
        return super().get_queryset().select_related("coupon")

    @idempotent
    def create(self, request: Request) -> Response:
        """Redeem a coupon, named by couponId or couponCode, where its rules allow it now."""
        serializer = self.get_serializer(data=json_body(request))
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        code = values.pop("coupon", {}).get("coupon_code")
        redemption = redeem(self.new_record(values), code=code, by=self.actor, at=self.at)
        return self.answer_created(redemption)

    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """Take a redemption back: the coupon can be used once more."""
        return super().destroy(request, id)
