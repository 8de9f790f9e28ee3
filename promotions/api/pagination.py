"""Pages by key: the next page begins behind the last row seen, wherever that is.

A page costs the same at any depth, and no row is shown twice or passed over while others are
added. A view declares in ``orderings`` what its lists can be ordered by.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.core import signing
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, IntegerField, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from promotions.errors import refuse

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports this module, through the settings

PAGE_SIZE: Final = 50
MAX_PAGE_SIZE: Final = 500
PARAMETERS: Final = ("cursor", "ordering", "page_size")

_BY: Final = "ordered_by"
_SALT: Final = "promotions.cursor"
_NEWEST_FIRST: Final = "-id"
_PAGE_SIZE: Final = re.compile(r"[1-9]\d{0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A place between two rows: behind the row with this value and key, seen in a direction."""

    ordering: str
    backwards: bool
    value: str | int | float | bool | None
    key: int


class _RowComparison(Func):
    """``(value, key) > (value, key)``: what an index over both columns answers in one look-up."""

    output_field = BooleanField()

    def __init__(self, operator: str, *expressions: Any) -> None:
        self.operator = operator
        super().__init__(*expressions)

    def as_sql(  # type: ignore[override]  # Func's takes the parts of a function call besides
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        compiled = [compiler.compile(expression) for expression in self.get_source_expressions()]
        left, right = ", ".join(c[0] for c in compiled[:2]), ", ".join(c[0] for c in compiled[2:])
        return f"({left}) {self.operator} ({right})", [p for c in compiled for p in c[1]]


class KeysetPagination(BasePagination):
    """Answers ``{"next", "previous", "results"}``; the links hold a signed cursor."""

    def paginate_queryset(  # type: ignore[override]  # pages of lists are not by key
        self, queryset: QuerySet[Any], request: Request, view: "APIView | None" = None
    ) -> list[Any]:
        self._request = request
        self._orderings: Mapping[str, Combinable] = getattr(view, "orderings", {})
        self._ordering = self._read_ordering()
        size = self._read_page_size()
        cursor = self._cursor = self._read_cursor()
        backwards = cursor is not None and cursor.backwards
        descending = self._ordering.startswith("-") != backwards
        keys = list(self._keys(queryset, cursor, descending)[: size + 1])
        self._has_more = len(keys) > size
        self._page = keys[:size][::-1] if backwards else keys[:size]
        # The keys alone come off an index; joined to what a row shows, a wrong guess of the
        # planner's would make it sort the whole table.
        rows = queryset.order_by().in_bulk([key for key, _ in self._page])
        return [rows[key] for key, _ in self._page if key in rows]

    def get_paginated_response(self, data: Any) -> Response:
        backwards = self._cursor is not None and self._cursor.backwards
        has_next = self._has_more or backwards
        has_previous = self._has_more if backwards else self._cursor is not None
        return Response(
            {
                "next": self._link(-1, backwards=False) if has_next else None,
                "previous": self._link(0, backwards=True) if has_previous else None,
                "results": data,
            }
        )

    def _keys(
        self, queryset: QuerySet[Any], cursor: _Cursor | None, descending: bool
    ) -> QuerySet[Any, tuple[int, Any]]:
        """Key and value ordered by, of the rows behind the cursor."""
        sign, name = "-" if descending else "", self._ordering.removeprefix("-")
        operator = "<" if descending else ">"
        if name == "id":
            if cursor is not None:
                queryset = queryset.filter(**{"pk__lt" if descending else "pk__gt": cursor.key})
            return queryset.order_by(f"{sign}pk").values_list("pk", Value(None, IntegerField()))
        queryset = queryset.annotate(**{_BY: self._orderings[name]})
        if cursor is not None:
            field = queryset.query.annotations[_BY].output_field
            value = Value(field.to_python(cursor.value), output_field=field)
            queryset = queryset.filter(
                _RowComparison(operator, F(_BY), F("pk"), value, Value(cursor.key))
            )
        return queryset.order_by(f"{sign}{_BY}", f"{sign}pk").values_list("pk", _BY)

    def _link(self, index: int, *, backwards: bool) -> str | None:
        if not self._page:
            return None
        key, value = self._page[index]
        if isinstance(value, date):  # a datetime is one
            value = value.isoformat()
        cursor = _Cursor(self._ordering, backwards, value, key)
        token = signing.dumps(asdict(cursor), salt=_SALT)
        return replace_query_param(self._request.build_absolute_uri(), "cursor", token)

    def _read_ordering(self) -> str:
        wanted = self._request.query_params.get("ordering", _NEWEST_FIRST)
        if wanted.removeprefix("-") not in ("id", *self._orderings):
            known = ", ".join(sorted(self._orderings))
            detail = f"Order by one of {known}; put a - before it to reverse the order."
            raise refuse("invalid_filter", detail, "ordering")
        return wanted

    def _read_page_size(self) -> int:
        text = self._request.query_params.get("page_size", str(PAGE_SIZE))
        if not _PAGE_SIZE.fullmatch(text) or int(text) > MAX_PAGE_SIZE:
            detail = f"A page has 1 to {MAX_PAGE_SIZE} entries."
            raise refuse("invalid_filter", detail, "page_size")
        return int(text)

    def _read_cursor(self) -> _Cursor | None:
        token = self._request.query_params.get("cursor")
        if token is None:
            return None
        try:
            cursor = _Cursor(**signing.loads(token, salt=_SALT))
        except signing.BadSignature:
            cursor = None
        if cursor is None or cursor.ordering != self._ordering:
            detail = "Follow the next and previous links as they are; this cursor is none of them."
            raise refuse("invalid_filter", detail, "cursor")
        return cursor

    # What the API's description says of pages.

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        orderings = sorted(getattr(view, "orderings", {}))
        return [
            _parameter("cursor", "From the next and previous links.", {"type": "string"}),
            _parameter(
                "page_size",
                "How many entries a page has.",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PAGE_SIZE,
                    "default": PAGE_SIZE,
                },
            ),
            _parameter(
                "ordering",
                "What the list is ordered by, - for descending; newest first by default.",
                {"type": "string", "enum": [s + name for name in orderings for s in ("", "-")]},
            ),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }
