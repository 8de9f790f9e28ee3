"""The base of the plain surface's views of records."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from promotions import ids
from promotions.api.declared_filters import filters_of
from promotions.api.filters import FilterSet
from promotions.api.serializers import serializer_of
from promotions.dictionary import folded_column
from promotions.errors import refuse
from promotions.http.context import RequestContext, wants_view_noted
from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.models import Record, RecordQuerySet
from promotions.selectors import add_views, joined_by, with_views
from promotions.services.records import RecordService
from promotions.services.views import note_view

R = TypeVar("R", bound=Record)

BEGINNING_OF_TIME = datetime(1, 1, 1, tzinfo=UTC)
END_OF_TIME = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
"""What an absent beginning and an absent end are ordered as."""

_ETAG = re.compile(r'(W/)?"([^"]*)"')


def decode_path_id(prefix: str, text: str) -> int:
    """The key behind an id in a path; ``malformed_id`` where it is none."""
    try:
        return ids.decode(prefix, text)
    except ids.MalformedId as error:
        detail = f"Send the record's id as it was given: {error}."
        raise refuse("malformed_id", detail, "id") from error


def expected_versions(request: Request) -> list[int] | None:
    """The versions that ``If-Match`` allows; None where it allows any. A tag that is none of ours
    fits no version."""
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    return [
        int(tag)
        for weak, tag in _ETAG.findall(header)
        if not weak and tag.isascii() and tag.isdigit() and len(tag) < 10
    ]


def _orderings(model: type[Record]) -> dict[str, Combinable]:
    """What every kind of record can be ordered by."""
    orderings: dict[str, Combinable] = {
        "createdDate": F("created_date"),
        "lastModifiedDate": F("last_modified_date"),
    }
    if any(column.name == "name" for column in model._meta.concrete_fields):
        orderings["name"] = F(folded_column(model, "name") or "name")
    return orderings


class RecordViewSet(RequestContext, viewsets.GenericViewSet[R], Generic[R]):
    """Create, list, retrieve, change (PATCH) and delete records of one kind.

    A subclass names the model, the scopes and the service that writes (or the functions that do).
    Serializer, filters and orderings are the dictionary's unless it names its own.
    """

    model: type[R]
    service: ClassVar[RecordService[Any]]
    read_scope: ClassVar[str]
    write_scope: ClassVar[str]
    orderings: ClassVar[Mapping[str, Combinable]]
    filterset_class: ClassVar[type[FilterSet]]
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"

    create_record: ClassVar[Callable[..., Any]]
    update_record: ClassVar[Callable[..., Any]]
    delete_record: ClassVar[Callable[..., Any]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "model" in cls.__dict__:
            cls.queryset = (
                cls.model._default_manager.none()
            )  # tells the API's description the model
            cls.serializer_class = cls.serializer_class or serializer_of(cls.model)
            cls.filterset_class = getattr(cls, "filterset_class", None) or filters_of(cls.model)
            cls.orderings = getattr(cls, "orderings", None) or _orderings(cls.model)
        if service := cls.__dict__.get("service"):
            for act in ("create", "update", "delete"):
                if f"{act}_record" not in cls.__dict__:
                    setattr(cls, f"{act}_record", staticmethod(getattr(service, act)))

    def get_queryset(self) -> QuerySet[R]:
        records: QuerySet[R] = RecordQuerySet(self.model).live().accessible(self.actor)
        if self.model.viewable:
            records = with_views(records, self.actor)
        joined = joined_by(self.model)
        return records.select_related(*joined) if joined else records

    def get_object(self) -> R:
        record = self.get_queryset().filter(pk=self.key).first()
        if record is None:
            raise refuse("not_found", "There is no such record, or it was deleted.")
        return record

    @property
    def key(self) -> int:
        """The primary key that the path names."""
        return decode_path_id(self.model.key_prefix, self.kwargs["id"])

    def list(self, request: Request) -> Response:
        """Find records, page by page."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002  # the path's name
        """Read one record."""
        record = self.get_object()
        if self.model.viewable and wants_view_noted(request):
            note_view(record, user=self.user, at=self.at)
        return self.answer(record)

    @idempotent
    def create(self, request: Request) -> Response:
        """Create a record."""
        serializer = self.get_serializer(data=json_body(request))
        serializer.is_valid(raise_exception=True)
        record = self.new_record(serializer.validated_data)
        return self.answer_created(self.create_record(record, by=self.actor, at=self.at))

    def new_record(self, values: Mapping[str, Any]) -> R:
        """A record, yet unsaved, of what a body says."""
        return self.model(**values)

    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Change a record: what is absent stays, null clears."""
        serializer = self.get_serializer(self.get_object(), data=json_body(request), partial=True)
        serializer.is_valid(raise_exception=True)
        record = self.update_record(
            self.key,
            serializer.validated_data,
            by=self.actor,
            at=self.at,
            expected=expected_versions(request),
        )
        return self.answer(record)

    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Delete a record; nothing is lost that refers to it."""
        expected = expected_versions(request)
        self.delete_record(self.key, by=self.actor, at=self.at, expected=expected)
        return Response(status=204)

    def answer(self, record: R, status: int = 200) -> Response:
        """The record as it now is, with its version as ETag."""
        add_views(record, self.actor)
        return Response(
            self.get_serializer(record).data, status=status, headers={"ETag": record.etag}
        )

    def answer_created(self, record: R) -> Response:
        response = self.answer(record, status=201)
        response["Location"] = self.reverse_action("detail", args=[record.record_id])
        return response
