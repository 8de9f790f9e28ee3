"""What belongs to a record, as tables on its page: each row leads to the part, buttons to a new one
and to the list of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    label_for_field,
    lookup_field,
)
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

MOST_ROWS: Final = 20
"""The most rows of a table; the list has all."""
_EMPTY: Final = "–"

Under = Mapping[type[models.Model], Mapping[str, Any]]
"""The kinds of records that belong to another, each with what its own name it by."""
Found = Mapping[type[models.Model], Sequence[Any]]
"""The records of each kind."""


@dataclass(frozen=True, slots=True)
class Row:
    url: str
    cells: Sequence[tuple[str, Any]]
    """Heading and value; the first one is what the record is called."""


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    headings: Sequence[str]
    rows: Sequence[Row]
    all_url: str
    """Where there are more rows than these."""
    add_url: str
    """Where the user may add one."""
    add: str


def records_under(request: HttpRequest, under: Under, *, most: int | None = None) -> Found:
    """Those of each kind, at most so many, with all that their tables show."""
    found = {}
    for model, filters in under.items():
        shown: Any = admin.site._registry[model]
        records = shown.get_queryset(request).filter(**filters)
        records = records.select_related(*(shown.list_select_related or ()))
        found[model] = list(records.order_by(*shown.order_below)[:most])
    return found


def tables(
    request: HttpRequest, under: Under, *, may_add: bool, records: Found | None = None
) -> list[Table]:
    """A table for each kind of record; of ``records``, where they are read already."""
    if records is None:
        records = records_under(request, under, most=MOST_ROWS + 1)
    return [
        _table(request, model, filters, may_add, records[model]) for model, filters in under.items()
    ]


def _table(
    request: HttpRequest,
    model: type[models.Model],
    filters: Mapping[str, Any],
    may_add: bool,
    found: Sequence[Any],
) -> Table:
    shown: Any = admin.site._registry[model]
    kind = f"{model._meta.app_label}_{model._meta.model_name}"
    columns = ("__str__", *shown.summary_for(request))
    headings = [capfirst(str(label_for_field(name, model, shown))) for name in columns]
    headings[0] = capfirst(_short(model._meta.verbose_name))
    by_key = urlencode(
        {
            f"{name}__id__exact" if isinstance(key, int) else f"{name}__exact": key
            for name, key in filters.items()
        }
    )
    return Table(
        title=capfirst(_short(model._meta.verbose_name_plural)),
        headings=headings,
        rows=[
            Row(
                reverse(f"admin:{kind}_change", args=[record.pk]),
                [
                    (heading, _cell(shown, record, name))
                    for heading, name in zip(headings, columns, strict=True)
                ],
            )
            for record in found[:MOST_ROWS]
        ],
        all_url=f"{reverse(f'admin:{kind}_changelist')}?{by_key}" if found[MOST_ROWS:] else "",
        add_url=f"{reverse(f'admin:{kind}_add')}?{urlencode(filters)}"
        if may_add and shown.has_add_permission(request)
        else "",
        add=f"Add {_short(model._meta.verbose_name)}",
    )


def _short(name: Any) -> str:
    """On a promotion's page its tiers are tiers, not promotion tiers."""
    return str(name).removeprefix("promotion ")


def _cell(shown: Any, record: models.Model, name: str) -> Any:
    column, _, value = lookup_field(name, record, shown)
    if column is not None and column.is_relation:
        return _EMPTY if value is None else str(getattr(record, name))
    if column is not None:
        return display_for_field(value, column, _EMPTY)
    return display_for_value(value, _EMPTY) if value not in (None, "") else _EMPTY
