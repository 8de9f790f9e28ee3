"""What happened to a promotion, and what the staff say about it:
``/api/v1/promotions/{promotionId}/history`` and ``…/feed``."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from promotions import ids
from promotions.actors import Source
from promotions.api.filters import EitherFilter, FilterSet, after, before
from promotions.api.serializers import Moment, ReadOnlyText, Text
from promotions.api.sharing import BelowPromotion
from promotions.api.views import decode_path_id
from promotions.errors import refuse
from promotions.http.bodies import Body, read_body
from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.models import PromotionFeed, PromotionFeedComment, PromotionHistory
from promotions.models.picklists import FeedType
from promotions.naming import property_name
from promotions.services import feed
from promotions.services.history import CREATED
from promotions.trail import (
    OBJECTS,
    OTHER_PROMOTION,
    comments_on,
    feed_of,
    hidden_ids,
    rows_shown,
    switched_off,
    with_what_they_tell,
)


class PromotionHistorySerializer(serializers.ModelSerializer[PromotionHistory]):
    """Renders one thing that happened to a promotion or to what belongs to it. ``hidden`` in the
    context are the ids that the caller may not see."""

    id = ReadOnlyText(source="record_id")
    object = ReadOnlyText(source="object_name")
    recordId = serializers.SerializerMethodField(method_name="record_id")
    field = serializers.SerializerMethodField(
        method_name="property", help_text="A property of that record, or created."
    )
    oldValue = serializers.SerializerMethodField(method_name="old_value")
    newValue = serializers.SerializerMethodField(method_name="new_value")
    values = serializers.SerializerMethodField(
        method_name="first_values", help_text="Of a new record: its properties as they were first."
    )
    reason = ReadOnlyText(allow_null=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # the name is also DRF's
        [source.value for source in Source], read_only=True
    )
    requestId = ReadOnlyText(source="request_id")
    createdBy = ReadOnlyText(source="created_by.display_name")
    createdDate = Moment(source="created_date", read_only=True)

    class Meta:
        model = PromotionHistory
        fields = (
            "id",
            "object",
            "recordId",
            "field",
            "oldValue",
            "newValue",
            "values",
            "reason",
            "source",
            "requestId",
            "createdBy",
            "createdDate",
        )

    def record_id(self, row: PromotionHistory) -> str:
        return ids.encode(OBJECTS[row.object_name].key_prefix, row.record_key)

    def property(self, row: PromotionHistory) -> str:
        return property_name(row.field)

    def old_value(self, row: PromotionHistory) -> str | None:
        return self._seen(row.field, row.old_value)

    def new_value(self, row: PromotionHistory) -> str | None:
        return self._seen(row.field, row.new_value)

    def first_values(self, row: PromotionHistory) -> dict[str, str] | None:
        if row.snapshot is None:
            return None
        off = switched_off(row.object_name)
        shown = {
            property_name(name): self._seen(name, value)
            for name, value in row.snapshot.items()
            if name not in off
        }
        return {name: value for name, value in shown.items() if value is not None}

    def _seen(self, field: str, value: str | None) -> str | None:
        is_hidden = field == OTHER_PROMOTION and value in self.context["hidden"]
        return None if is_hidden else value


class FeedCommentSerializer(serializers.ModelSerializer[PromotionFeedComment]):
    """Renders what somebody said about an entry."""

    id = ReadOnlyText(source="record_id")
    body = ReadOnlyText()
    createdById = ReadOnlyText(source="created_by.record_id")
    createdBy = ReadOnlyText(source="created_by.display_name")
    createdDate = Moment(source="created_date", read_only=True)

    class Meta:
        model = PromotionFeedComment
        fields = ("id", "body", "createdById", "createdBy", "createdDate")


class FeedEntrySerializer(serializers.Serializer[Any]):
    """Renders an entry of the feed with its first changes and comments."""

    id = ReadOnlyText(source="entry.record_id")
    type = serializers.ChoiceField(FeedType.choices, source="entry.type", read_only=True)
    body = ReadOnlyText(source="entry.body", allow_null=True)
    createdById = ReadOnlyText(source="entry.created_by.record_id")
    createdBy = ReadOnlyText(source="entry.created_by.display_name")
    createdDate = Moment(source="entry.created_date", read_only=True)
    changes = PromotionHistorySerializer(many=True, read_only=True)
    changeCount = serializers.IntegerField(source="change_count", read_only=True)
    comments = FeedCommentSerializer(many=True, read_only=True)
    commentCount = serializers.IntegerField(source="comment_count", read_only=True)


class PostBody(Body):
    body = Text(max_length=feed.LONGEST_BODY, help_text="1 to 10,000 characters.")


def _is_about(name: str, key: int) -> Q:
    return Q(object_name=name, record_key=key)


class HistoryFilters(FilterSet):
    object = django_filters.ChoiceFilter(
        field_name="object_name", choices=[(name, name) for name in OBJECTS]
    )
    recordId = EitherFilter(
        {model.key_prefix: partial(_is_about, name) for name, model in OBJECTS.items()}
    )
    field = django_filters.CharFilter(method="filter_field")
    createdDate_after = after("created_date")
    createdDate_before = before("created_date")

    def filter_field(
        self, queryset: QuerySet[PromotionHistory], name: str, value: str
    ) -> QuerySet[PromotionHistory]:
        is_field = value != CREATED
        return queryset.filter(field=value[:1].upper() + value[1:] if is_field else value)


class _Trail(BelowPromotion):
    read_scope = "promotions:read"
    write_scope = "promotions:write"
    orderings: ClassVar[dict[str, Any]] = {}

    def context_of(self, rows: Iterable[PromotionHistory]) -> dict[str, Any]:
        return {"hidden": hidden_ids(rows, self.actor)}


class HistoryViewSet(_Trail, mixins.ListModelMixin, viewsets.GenericViewSet[PromotionHistory]):
    """What happened to a promotion, live or in the recycle bin, and to everything under it."""

    queryset = PromotionHistory.objects.none()  # tells the API's description the model
    serializer_class = PromotionHistorySerializer
    filterset_class = HistoryFilters

    def get_queryset(self) -> QuerySet[PromotionHistory]:
        promotion = self.find_promotion(deleted_too=True)
        return rows_shown(PromotionHistory.objects.filter(promotion=promotion))

    def list(self, request: Request, promotionId: str) -> Response:  # noqa: N803
        """What happened to a promotion and to everything under it, newest first."""
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = PromotionHistorySerializer(page, many=True, context=self.context_of(page)).data
        return self.get_paginated_response(rows)


class FeedViewSet(_Trail, viewsets.GenericViewSet[PromotionFeed]):
    """The feed of a promotion: changes, and what the staff say."""

    queryset = PromotionFeed.objects.none()  # tells the API's description the model
    serializer_class = FeedEntrySerializer
    filterset_class = None
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"

    def get_queryset(self) -> QuerySet[PromotionFeed]:
        return feed_of(self.find_promotion(deleted_too=True))

    @property
    def key(self) -> int:
        """The primary key of the entry that the path names."""
        return decode_path_id(PromotionFeed.key_prefix, self.kwargs["id"])

    def list(self, request: Request, promotionId: str) -> Response:  # noqa: N803
        """The feed of a promotion, newest first, each entry with its changes and comments."""
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._shown(page))

    @extend_schema(request=PostBody, responses={201: FeedEntrySerializer})
    @idempotent
    def create(self, request: Request, promotionId: str) -> Response:  # noqa: N803
        """Write a post."""
        body = read_body(PostBody, json_body(request))
        entry = feed.post(self.promotion_key, body["body"], by=self.actor, at=self.at)
        return Response(self._shown([entry])[0], status=201)

    def destroy(self, request: Request, promotionId: str, id: str) -> Response:  # noqa: A002, N803
        """Take back a post of one's own, or any with access to all of the promotion."""
        feed.delete_post(self.promotion_key, self.key, by=self.actor, at=self.at)
        return Response(status=204)

    @extend_schema(responses={200: FeedCommentSerializer(many=True)})
    @action(detail=True, methods=["get"])
    def comments(self, request: Request, promotionId: str, id: str) -> Response:  # noqa: A002, N803
        """The comments on an entry, newest first."""
        entry = self.get_queryset().filter(pk=self.key).first()
        if entry is None:
            raise refuse("not_found", "There is no such entry, or it was deleted.")
        remarks: Any = comments_on([entry])
        page: Any = self.paginate_queryset(self.filter_queryset(remarks))
        return self.get_paginated_response(FeedCommentSerializer(page, many=True).data)

    @extend_schema(request=PostBody, responses={201: FeedCommentSerializer})
    @comments.mapping.post
    @idempotent
    def comment(self, request: Request, promotionId: str, id: str) -> Response:  # noqa: A002, N803
        """Comment on an entry."""
        body = read_body(PostBody, json_body(request))
        remark = feed.comment(self.promotion_key, self.key, body["body"], by=self.actor, at=self.at)
        return Response(FeedCommentSerializer(remark).data, status=201)

    @extend_schema(responses={204: None})
    @action(detail=True, methods=["delete"], url_path="comments/(?P<commentId>[^/]+)")
    def delete_comment(
        self,
        request: Request,
        promotionId: str,  # noqa: N803
        id: str,  # noqa: A002
        commentId: str,  # noqa: N803
    ) -> Response:
        """Take back a comment of one's own, or any with access to all of the promotion."""
        comment = decode_path_id(PromotionFeedComment.key_prefix, commentId)
        feed.delete_comment(self.promotion_key, self.key, comment, by=self.actor, at=self.at)
        return Response(status=204)

    def _shown(self, entries: Sequence[PromotionFeed]) -> Any:
        told = with_what_they_tell(entries)
        rows = [row for entry in told for row in entry.changes]
        return FeedEntrySerializer(told, many=True, context=self.context_of(rows)).data
