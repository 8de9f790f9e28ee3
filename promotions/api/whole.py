"""A promotion with everything under it as one document, and in plain English.

``POST /api/v1/promotions/whole`` takes the promotion's properties with its parts in lists, each
where it belongs: qualifiers and targets of a tiered promotion below their tiers, rules below what
they narrow. ``GET /api/v1/promotions/{id}/whole`` answers the same, and that can be sent again:
what the service sets itself (ids, dates, ``couponSummary``) may be there and is passed over. A
code that is taken is refused, so a copy needs another ``promotionCode``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from promotions.api.promotions import PromotionSerializer
from promotions.api.serializers import RecordSerializer
from promotions.api.views import decode_path_id
from promotions.errors import DomainError, Refused, refuse
from promotions.http.context import RequestContext
from promotions.http.errors import errors_of
from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.models import (
    Coupon,
    Promotion,
    PromotionLimit,
    PromotionLineItemRule,
    PromotionMarketSegment,
    PromotionPart,
    PromotionQualifier,
    PromotionTarget,
    PromotionTier,
    Record,
)
from promotions.selectors import promotions_seen_by
from promotions.services.whole import (
    SAID_BY_PLACE,
    Branch,
    all_parts,
    create_whole,
    parts_problems,
    whole_problems,
)
from promotions.snapshots import (
    Description,
    coupon_summary,
    described,
    description_of,
    others_of,
    whole_of_parts,
    with_parts,
)
from promotions.warnings import AdviceCode
from promotions.wording import Topic

M = TypeVar("M", bound=Record)

MOST_PARTS: Final = 1000
MOST_COUPONS: Final = 1000


class _Inside(RecordSerializer[M]):
    """A record inside a document: where it stands says what it belongs to. What the service sets
    may be there and is passed over, so that a document can be sent as it was read."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        return {name: field for name, field in fields.items() if name not in SAID_BY_PLACE}

    def _not_writable(self, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        return super()._not_writable({k: v for k, v in data.items() if not self._is_set_by_us(k)})

    def _is_set_by_us(self, name: str) -> bool:
        return name in self.fields and bool(self.fields[name].read_only)


class _Part(_Inside[M]):
    """A part of the promotion. When somebody viewed it, its own resource says."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        viewed = ("lastReferencedDate", "lastViewedDate")
        return {name: field for name, field in super().get_fields().items() if name not in viewed}


class WholeLineItemRuleSerializer(_Part[PromotionLineItemRule]):
    class Meta:
        model = PromotionLineItemRule


class WholeQualifierSerializer(_Part[PromotionQualifier]):
    lineItemRules = WholeLineItemRuleSerializer(
        many=True, required=False, allow_null=True, source="line_item_rules"
    )

    class Meta:
        model = PromotionQualifier


class WholeTargetSerializer(_Part[PromotionTarget]):
    lineItemRules = WholeLineItemRuleSerializer(
        many=True, required=False, allow_null=True, source="line_item_rules"
    )

    class Meta:
        model = PromotionTarget


class WholeTierSerializer(_Part[PromotionTier]):
    qualifiers = WholeQualifierSerializer(many=True, required=False, allow_null=True)
    targets = WholeTargetSerializer(many=True, required=False, allow_null=True)

    class Meta:
        model = PromotionTier


class WholeLimitSerializer(_Part[PromotionLimit]):
    class Meta:
        model = PromotionLimit


class WholeMarketSegmentSerializer(_Part[PromotionMarketSegment]):
    class Meta:
        model = PromotionMarketSegment


class WholeCouponSerializer(_Part[Coupon]):
    class Meta:
        model = Coupon


class CouponSummarySerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(read_only=True)
    codes = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="The first few of them."
    )


class WholePromotionSerializer(_Inside[Promotion], PromotionSerializer):
    tiers = WholeTierSerializer(many=True, required=False, allow_null=True)
    qualifiers = WholeQualifierSerializer(many=True, required=False, allow_null=True)
    targets = WholeTargetSerializer(many=True, required=False, allow_null=True)
    limits = WholeLimitSerializer(many=True, required=False, allow_null=True)
    marketSegments = WholeMarketSegmentSerializer(
        many=True, required=False, allow_null=True, source="market_segments"
    )
    coupons = WholeCouponSerializer(many=True, required=False, allow_null=True, write_only=True)
    couponSummary = serializers.SerializerMethodField(method_name="coupon_summary")

    class Meta:
        model = Promotion

    @extend_schema_field(CouponSummarySerializer)
    def coupon_summary(self, promotion: Promotion) -> dict[str, Any]:
        return coupon_summary(promotion)


class SentenceSerializer(serializers.Serializer[Any]):
    topic = serializers.ChoiceField([topic.value for topic in Topic])
    text = serializers.CharField()


class WarningSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField([code.value for code in AdviceCode])
    text = serializers.CharField()
    pointer = serializers.CharField(
        help_text="The promotion's property; empty where it is about what belongs to it."
    )


class DescriptionSerializer(serializers.Serializer[Description]):
    """A promotion in plain English, and what is odd about it."""

    text = serializers.CharField(help_text="All in one sentence.")
    sentences = SentenceSerializer(many=True)
    warnings = WarningSerializer(many=True)


class _Document:
    """Reads a document: a promotion, its parts, and everything that can't be read in it."""

    def __init__(self, data: Any, context: Mapping[str, Any]) -> None:
        self._context = context
        self._readers: dict[type[Any], Any] = {}
        self.errors: list[DomainError] = []
        self.values = self._read(WholePromotionSerializer, data, "")
        self.parts = self._below(WholePromotionSerializer, data, "")
        self.is_tiered = isinstance(data, Mapping) and data.get("isTiered") is True

    @property
    def promotion(self) -> Promotion:
        return Promotion(**(self.values or {}))

    @property
    def given(self) -> list[str]:
        return list(self.values or {})

    def _reader(self, kind: type[Any]) -> Any:
        """One for all records of a kind: making one costs more than reading with it."""
        if kind not in self._readers:
            self._readers[kind] = kind(context=self._context)
        return self._readers[kind]

    def _read(self, kind: type[Any], data: Any, pointer: str) -> dict[str, Any] | None:
        """A record's own values; None where there is something wrong with them."""
        if isinstance(data, Mapping):
            data = {name: value for name, value in data.items() if name not in _lists_of(kind)}
        try:
            values: dict[str, Any] = self._reader(kind).run_validation(data)
        except serializers.ValidationError as error:
            self.errors += [one.under(pointer) for one in errors_of(error)]
            return None
        return values

    def _below(self, kind: type[Any], data: Any, pointer: str) -> list[Branch]:
        branches: list[Branch] = []
        for name, below in _lists_of(kind).items():
            entries = data.get(name) if isinstance(data, Mapping) else None
            place = f"{pointer}.{name}" if pointer else name
            if entries is not None and not isinstance(entries, list):
                self.errors.append(DomainError("invalid_type", "Send a list.", place))
                continue
            branches += [
                self._branch(below, entry, f"{place}[{number}]")
                for number, entry in enumerate(entries or [])
            ]
        return branches

    def _branch(self, kind: type[Any], data: Any, pointer: str) -> Branch:
        values = self._read(kind, data, pointer)
        below = self._below(kind, data, pointer)
        record: PromotionPart = kind.Meta.model(**(values or {}))
        return Branch(record, pointer, tuple(values or ()), below, readable=values is not None)


def _lists_of(kind: type[Any]) -> dict[str, type[Any]]:
    """The properties of a document's record that hold others, and what reads these."""
    declared: Mapping[str, Any] = kind._declared_fields
    return {
        name: type(field.child)
        for name, field in declared.items()
        if isinstance(field, serializers.ListSerializer)
    }


def _check_size(data: Any) -> None:
    """Raises ``too_many_items``, before anything is read."""
    coupons = data.get("coupons") if isinstance(data, Mapping) else None
    errors = []
    if isinstance(coupons, list) and len(coupons) > MOST_COUPONS:
        detail = (
            f"A document has at most {MOST_COUPONS:,} coupons; this one has {len(coupons):,}. "
            "Generate or import the others afterwards."
        )
        errors.append(DomainError("too_many_items", detail, "coupons"))
    parts = _count(WholePromotionSerializer, data) - len(coupons or ())
    if parts > MOST_PARTS:
        detail = (
            f"A document has at most {MOST_PARTS:,} parts; this one has {parts:,}. "
            "Add the others afterwards."
        )
        errors.append(DomainError("too_many_items", detail))
    if errors:
        raise Refused(*errors)


def _count(kind: type[Any], data: Any) -> int:
    if not isinstance(data, Mapping):
        return 0
    lists = [(below, data.get(name)) for name, below in _lists_of(kind).items()]
    return sum(
        len(entries) + sum(_count(below, entry) for entry in entries)
        for below, entries in lists
        if isinstance(entries, list)
    )


class WholePromotionViewSet(RequestContext, viewsets.GenericViewSet[Promotion]):
    """Promotions with everything under them, and what they say in plain English."""

    queryset = Promotion.objects.none()  # tells the API's description the model
    serializer_class = WholePromotionSerializer
    read_scope = "promotions:read"
    write_scope = "promotions:write"
    lookup_url_kwarg = "id"

    @extend_schema(responses={201: WholePromotionSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Create a promotion with everything under it: all of it, or nothing."""
        document = self._document(request)
        promotion = create_whole(
            document.promotion,
            document.parts,
            given=document.given,
            by=self.actor,
            at=self.at,
        )
        response = self._answer(self._find(promotion.pk), status=201)
        response["Location"] = reverse(
            "promotion-detail", args=[promotion.record_id], request=request
        )
        return response

    @extend_schema(operation_id="promotions_whole_check", responses={200: DescriptionSerializer})
    @idempotent
    def check(self, request: Request) -> Response:
        """Say in plain English what such a promotion would be, or what is wrong with it.

        Nothing is written."""
        document = self._document(request)
        promotion = document.promotion
        errors = whole_problems(
            promotion, document.parts, given=document.given, by=self.actor, at=self.at
        )
        if errors:
            raise Refused(*errors)
        whole = whole_of_parts(promotion, all_parts(document.parts))
        others = others_of(promotion, by=self.actor, at=self.at)
        return _told(described(whole, others, at=self.at))

    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """Read a promotion with everything under it; of its coupons, how many there are."""
        return self._answer(self._find(self.key))

    @extend_schema(responses={200: DescriptionSerializer})
    def describe(self, request: Request, id: str) -> Response:  # noqa: A002
        """Say what a promotion is in plain English, and what is odd about it.

        Of other promotions that get in its way, only those are named that the caller may see.
        """
        promotion = promotions_seen_by(self.actor).filter(pk=self.key).first()
        if promotion is None:
            raise _not_found()
        return _told(description_of(promotion, by=self.actor, at=self.at))

    @property
    def key(self) -> int:
        """The primary key that the path names."""
        return decode_path_id(Promotion.key_prefix, self.kwargs["id"])

    def _document(self, request: Request) -> _Document:
        """The document that was sent; raises ``Refused`` with everything that can't be read in it,
        and what the rules find wrong with the rest."""
        data = json_body(request)
        _check_size(data)
        document = _Document(data, self.get_serializer_context())
        if not document.errors:
            return document
        more: Sequence[DomainError]
        if document.values is None:
            more = parts_problems(
                document.parts, is_tiered=document.is_tiered, by=self.actor, at=self.at
            )
        else:
            more = whole_problems(
                document.promotion,
                document.parts,
                given=document.given,
                by=self.actor,
                at=self.at,
            )
        raise Refused(*document.errors, *more)

    def _find(self, key: int) -> Promotion:
        promotion = with_parts(promotions_seen_by(self.actor)).filter(pk=key).first()
        if promotion is None:
            raise _not_found()
        return promotion

    def _answer(self, promotion: Promotion, status: int = 200) -> Response:
        return Response(
            self.get_serializer(promotion).data, status=status, headers={"ETag": promotion.etag}
        )


def _not_found() -> Refused:
    return refuse("not_found", "There is no such record, or it was deleted.")


def _told(description: Description) -> Response:
    return Response(DescriptionSerializer(description).data)
