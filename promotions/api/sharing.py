"""Who may see a promotion and do more with it: ``/api/v1/promotions/{promotionId}/shares``, the
rules that share by themselves, ``/api/v1/sharing-rules``, and who calls, ``/api/v1/me``."""

from typing import Any, ClassVar

from django.db.models import F, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from promotions import ids
from promotions.access import Access
from promotions.api.serializers import Choice, EitherReference, Moment, ReadOnlyText, Reference
from promotions.api.views import RecordViewSet, decode_path_id
from promotions.errors import refuse
from promotions.http.authentication import AnyToken
from promotions.http.bodies import Body, read_body
from promotions.http.context import RequestContext
from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.models import Promotion, PromotionShare, SharingRule
from promotions.models.picklists import AccessLevel, RowCause
from promotions.permissions import reach
from promotions.services import sharing
from promotions.services.sharing import share, unshare

_WHOM = {ids.USER: "user_id", ids.GROUP: "group_id"}


class BelowPromotion(RequestContext):
    """What is below a promotion in the path, and no record of its own."""

    @property
    def promotion_key(self) -> int:
        """The primary key of the promotion that the path names."""
        return decode_path_id(Promotion.key_prefix, self.kwargs["promotionId"])

    def find_promotion(self, *, deleted_too: bool = False) -> Promotion:
        """The promotion that the path names, as far as the caller may see it."""
        promotions = Promotion.objects.get_queryset()
        seen = (promotions if deleted_too else promotions.live()).accessible(self.actor)
        promotion = seen.filter(pk=self.promotion_key).first()
        if promotion is None:
            raise refuse("not_found", "There is no such promotion, or it was deleted.")
        return promotion


class ShareBody(Body):
    userOrGroupId = EitherReference(_WHOM)
    accessLevel = Choice(choices=AccessLevel.choices)


class ShareSerializer(serializers.ModelSerializer[PromotionShare]):
    """Renders that somebody may do something with a promotion, and why."""

    id = ReadOnlyText(source="record_id")
    promotionId = Reference(ids.PROMOTION, source="promotion_id", read_only=True)
    userOrGroupId = EitherReference(_WHOM, read_only=True)
    accessLevel = serializers.ChoiceField(
        AccessLevel.choices, source="access_level", read_only=True
    )
    rowCause = serializers.ChoiceField(RowCause.choices, source="row_cause", read_only=True)
    lastModifiedDate = Moment(source="last_modified_date", read_only=True)

    class Meta:
        model = PromotionShare
        fields = (
            "id",
            "promotionId",
            "userOrGroupId",
            "accessLevel",
            "rowCause",
            "lastModifiedDate",
        )


class ShareViewSet(BelowPromotion, viewsets.GenericViewSet[PromotionShare]):
    """The shares of a promotion. Whoever sees it sees them; changing them takes access to all."""

    queryset = PromotionShare.objects.none()  # tells the API's description the model
    serializer_class = ShareSerializer
    read_scope = "promotions:read"
    write_scope = "promotions:write"
    filterset_class = None
    orderings: ClassVar[dict[str, Any]] = {}
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"

    def get_queryset(self) -> QuerySet[PromotionShare]:
        return PromotionShare.objects.filter(promotion=self.find_promotion())

    @property
    def key(self) -> int:
        """The primary key that the path names."""
        return decode_path_id(PromotionShare.key_prefix, self.kwargs["id"])

    def list(self, request: Request, promotionId: str) -> Response:  # noqa: N803  # the path's name
        """Who may do what with a promotion, and why."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=ShareBody, responses={201: ShareSerializer})
    @idempotent
    def create(self, request: Request, promotionId: str) -> Response:  # noqa: N803
        """Share a promotion with a user or a group, or change how much of it is shared."""
        body = read_body(ShareBody, json_body(request))
        given = share(
            self.promotion_key,
            Access.named(body["accessLevel"]),
            user=body["user_id"],
            group=body["group_id"],
            by=self.actor,
            at=self.at,
        )
        path = self.reverse_action("detail", args=[self.kwargs["promotionId"], given.record_id])
        return Response(self.get_serializer(given).data, status=201, headers={"Location": path})

    def retrieve(self, request: Request, promotionId: str, id: str) -> Response:  # noqa: A002, N803
        """Read one share."""
        found = self.get_queryset().filter(pk=self.key).first()
        if found is None:
            raise refuse("not_found", "There is no such share.")
        return Response(self.get_serializer(found).data)

    def destroy(self, request: Request, promotionId: str, id: str) -> Response:  # noqa: A002, N803
        """Take back what was shared by hand; the owner's share and the rules' stay."""
        unshare(self.promotion_key, self.key, by=self.actor, at=self.at)
        return Response(status=204)


class SharingRuleViewSet(RecordViewSet[SharingRule]):
    """Sharing rules: with whom an owner's promotions are shared. For those who work on every
    promotion."""

    model = SharingRule
    read_scope = "promotions:read"
    write_scope = "promotions:write"
    orderings: ClassVar = {
        "createdDate": F("created_date"),
        "lastModifiedDate": F("last_modified_date"),
        "name": F("name"),
    }
    create_record = staticmethod(sharing.create_rule)
    update_record = staticmethod(sharing.update_rule)
    delete_record = staticmethod(sharing.delete_rule)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if reach(self.actor) < Access.ALL:
            raise refuse(
                "insufficient_access",
                "Sharing rules are for those who work on every promotion: a token with the scope "
                "promotions:all.",
            )


class MeSerializer(serializers.Serializer[Any]):
    """Who calls, and what the token allows."""

    userId = serializers.CharField(help_text="The user that this caller acts as: share with it.")
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())


class MeView(RequestContext):
    """``GET /api/v1/me``."""

    permission_classes = (AnyToken,)

    @extend_schema(operation_id="me", responses={200: MeSerializer})
    def get(self, request: Request) -> Response:
        """Who the caller is: the user that it acts as, and the scopes of its token."""
        return Response(
            {
                "userId": self.user.record_id,
                "name": self.user.display_name,
                "scopes": sorted(self.actor.scopes),
            }
        )
