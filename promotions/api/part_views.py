"""The base of the views of what belongs to another record, above all to a promotion.

One declaration gives a resource of its own (``/promotion-tiers``) and the same records below what
they belong to (``/promotions/{promotionId}/tiers``).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import BaseRouter

from promotions.api.views import RecordViewSet, decode_path_id, expected_versions
from promotions.dictionary import property_of
from promotions.errors import refuse
from promotions.http.json import json_body
from promotions.models import Record, RecordQuerySet

R = TypeVar("R", bound=Record)


class ResourceViewSet(RecordViewSet[R]):
    """Records with a resource of their own, for who works on promotions. A subclass names the
    model, the service and ``flat``, the resource's name."""

    flat: ClassVar[str]
    read_scope = "promotions:read"
    write_scope = "promotions:write"


class PartViewSet(ResourceViewSet[R]):
    """Records that belong to another, by default to a promotion. A subclass names besides
    ``nested``, the resource's name below that one.

    There, only that one's records are found, and a new one belongs to it.
    """

    nested: ClassVar[str]
    parent: ClassVar[str] = "promotion"
    """The model's field that leads to the record it belongs to."""
    parents: ClassVar[str] = "promotions"
    """The resource of these."""
    parent_id: ClassVar[str] = "promotionId"
    """What the path calls the id of one."""

    parent_key: int | None = None
    """The primary key of the record below which the request came; None where it came flat."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._parent_id = kwargs.pop(self.parent_id, None)
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self._parent_id is not None:
            self.parent_key = self._find_parent(self._parent_id)

    def _find_parent(self, text: str) -> int:
        model = self._parent_column.related_model
        key = decode_path_id(model.key_prefix, text)
        seen: RecordQuerySet[Any] = RecordQuerySet(model).live().accessible(self.actor)
        if not seen.filter(pk=key).exists():
            raise refuse("not_found", "There is no such record, or it was deleted.")
        return key

    @property
    def _parent_column(self) -> Any:
        return self.model._meta.get_field(self.parent)

    def get_queryset(self) -> QuerySet[R]:
        records = super().get_queryset()
        if self.parent_key is not None:
            records = records.filter(**{self.parent: self.parent_key})
        return records

    def new_record(self, values: Mapping[str, Any]) -> R:
        if self.parent_key is None:
            return super().new_record(values)
        column = self._parent_column.attname
        if values.get(column, self.parent_key) != self.parent_key:
            detail = "The body names another record than the path. Leave it out of the body."
            raise refuse("invalid_value", detail, property_of(self.model, self.parent))
        return super().new_record({**values, column: self.parent_key})

    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """Delete a record; nothing is lost that refers to it."""
        if self.parent_key is not None:
            self.get_object()
        return super().destroy(request, id)

    def answer_created(self, record: R) -> Response:
        response = self.answer(record, status=201)
        response["Location"] = reverse(
            f"{self.flat}-detail", args=[record.record_id], request=self.request
        )
        return response


class ByExternalId(RecordViewSet[R]):
    """Records that the other system's key leads to as well."""

    @action(
        detail=False,
        methods=["put"],
        url_path="by-external-id/(?P<external_id>.+?)",
        url_name="upsert",
    )
    def upsert(self, request: Request, external_id: str) -> Response:
        """Create the record with this external id (201), or change it where it exists (200).

        A property that is absent stays as it is; null clears it.
        """
        body = json_body(request)
        try:
            fields: Any = self.get_serializer()
            accepted = fields.fields["externalId"].run_validation(external_id)
        except ValidationError:
            accepted = None
        if accepted != external_id:
            detail = "An external id has 1 to 255 characters, no blanks around it and no NUL."
            raise refuse("invalid_value", detail, "externalId")
        if isinstance(body, dict) and body.get("externalId", external_id) != external_id:
            detail = "The body names another external id than the path. Leave it out of the body."
            raise refuse("invalid_value", detail, "externalId")
        existing = self.get_queryset().filter(external_id=external_id).first()
        serializer = self.get_serializer(existing, data=body, partial=existing is not None)
        serializer.is_valid(raise_exception=True)
        values = {k: v for k, v in serializer.validated_data.items() if k != "external_id"}
        record, created = self.service.upsert(
            "external_id",
            external_id,
            values,
            by=self.actor,
            at=self.at,
            expected=expected_versions(request),
        )
        return self.answer_created(record) if created else self.answer(record)


def register(router: BaseRouter, *views: type[ResourceViewSet[Any]]) -> None:
    """Adds the routes of these views, below what their records belong to as well."""
    for view in views:
        router.register(view.flat, view, view.flat)
        if issubclass(view, PartViewSet):
            below = rf"{view.parents}/(?P<{view.parent_id}>[^/]+)/{view.nested}"
            router.register(below, view, f"{view.parents}-{view.nested}")
