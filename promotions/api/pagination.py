"""Pages by key: the next page begins behind the last row seen, wherever that is.

A page costs the same at any depth, and no row is shown twice or passed over while others are
added. A view declares in ``orderings`` what its lists can be ordered by.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.core import signing
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigIntegerField,
    BooleanField,
    F,
    Field,
    Func,
    IntegerField,
    QuerySet,
    Value,
)
from django.db.models.expressions import Combinable, Expression
from django.db.models.sql.compiler import SQLCompiler
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from promotions.errors import refuse
from promotions.prepared import planned_anew

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports this module, through the settings

Row = TypeVar("Row")
Given = Callable[[str, "Field[Any, Any]"], Expression]
"""What stands in a query for a value: of its name, and the field it is of."""

NEWEST_FIRST: Final = "-id"
PAGE_SIZE: Final = 50
MAX_PAGE_SIZE: Final = 500
PARAMETERS: Final = ("cursor", "ordering", "page_size")

_BY: Final = "ordered_by"
_SALT: Final = "promotions.cursor"
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


class Page:
    """Which page of a list a request asks for, and what was found of it.

    Raises ``Refused`` where that can't be read. ``orderings`` are what the list can be ordered by,
    ``default`` by what it is unless the request says.
    """

    def __init__(
        self, request: Request, orderings: Mapping[str, Combinable], default: str = NEWEST_FIRST
    ) -> None:
        query = request.query_params
        self._request, self._orderings = request, orderings
        self._ordering = self._read_ordering(query.get("ordering", default))
        self.size = self._read_size(query.get("page_size"))
        self._cursor = self._read_cursor(query.get("cursor"))
        self._backwards = self._cursor is not None and self._cursor.backwards
        self.ordered_by = self._ordering.removeprefix("-")
        """The name of what the list is ordered by."""

    @property
    def form(self) -> Hashable:
        """What of the page a query depends on; the rest is ``place``."""
        return self._ordering, self.size, self._cursor is not None, self._backwards

    @property
    def place(self) -> dict[str, Any]:
        """Between which rows the page begins: ``key``, and ``value`` of what is ordered by."""
        cursor = self._cursor
        return {} if cursor is None else {"key": cursor.key, "value": cursor.value}

    def narrow(self, queryset: QuerySet[Any], given: Given) -> QuerySet[Any]:
        """``queryset`` in order from where the page begins, annotated with what it is ordered by;
        ``given`` makes an expression of the name of a part of ``place``, and the field it is of."""
        descending = self._ordering.startswith("-") != self._backwards
        sign, operator = ("-", "<") if descending else ("", ">")
        if self.ordered_by == "id":
            if self._cursor is not None:
                behind = {"pk__lt" if descending else "pk__gt": given("key", BigIntegerField())}
                queryset = queryset.filter(**behind)
            return queryset.order_by(f"{sign}pk")
        queryset = queryset.annotate(**{_BY: self._orderings[self.ordered_by]})
        if self._cursor is not None:
            value = given("value", queryset.query.annotations[_BY].output_field)
            key = given("key", BigIntegerField())
            queryset = queryset.filter(_RowComparison(operator, F(_BY), F("pk"), value, key))
        return queryset.order_by(f"{sign}{_BY}", f"{sign}pk")

    def cut(self, rows: list[Row]) -> list[Row]:
        """The page, of the rows from where it begins: one more than it has, where there are."""
        self._has_more = len(rows) > self.size
        page = rows[: self.size]
        return page[::-1] if self._backwards else page

    def answer(self, ends: Sequence[tuple[int, Any]], results: Any) -> Response:
        """The answer with ``results``; ``ends`` are key and value of the first and the last."""
        has_next = self._has_more or self._backwards
        has_previous = self._has_more if self._backwards else self._cursor is not None
        return Response(
            {
                "next": self._link(ends[-1], False) if has_next and ends else None,
                "previous": self._link(ends[0], True) if has_previous and ends else None,
                "results": results,
            }
        )

    def _link(self, end: tuple[int, Any], backwards: bool) -> str:
        key, value = end
        if isinstance(value, date):  # a datetime is one
            value = value.isoformat()
        cursor = _Cursor(self._ordering, backwards, value, key)
        token = signing.dumps(asdict(cursor), salt=_SALT)
        return replace_query_param(self._request.build_absolute_uri(), "cursor", token)

    def _read_ordering(self, wanted: str) -> str:
        if wanted.removeprefix("-") not in ("id", *self._orderings):
            known = ", ".join(sorted(self._orderings))
            detail = f"Order by one of {known}; put a - before it to reverse the order."
            raise refuse("invalid_filter", detail, "ordering")
        return wanted

    def _read_size(self, text: str | None) -> int:
        if text is None:
            return PAGE_SIZE
        if not _PAGE_SIZE.fullmatch(text) or int(text) > MAX_PAGE_SIZE:
            detail = f"A page has 1 to {MAX_PAGE_SIZE} entries."
            raise refuse("invalid_filter", detail, "page_size")
        return int(text)

    def _read_cursor(self, token: str | None) -> _Cursor | None:
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


class KeysetPagination(BasePagination):
    """Answers ``{"next", "previous", "results"}``; the links hold a signed cursor."""

    def paginate_queryset(  # type: ignore[override]  # pages of lists are not by key
        self, queryset: QuerySet[Any], request: Request, view: "APIView | None" = None
    ) -> list[Any]:
        page = self._page = Page(request, getattr(view, "orderings", {}))
        place = page.place
        found = page.narrow(queryset, lambda name, field: Value(place[name], field))
        by = Value(None, IntegerField()) if page.ordered_by == "id" else F(_BY)
        with planned_anew():  # what the filters leave over may be much or little
            self._keys = page.cut(list(found.values_list("pk", by)[: page.size + 1]))
        # The keys alone come off an index; joined to what a row shows, a wrong guess of the
        # planner's would make it sort the whole table.
        rows = queryset.order_by().in_bulk([key for key, _ in self._keys])
        return [rows[key] for key, _ in self._keys if key in rows]

    def get_paginated_response(self, data: Any) -> Response:
        return self._page.answer(self._keys, data)

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
