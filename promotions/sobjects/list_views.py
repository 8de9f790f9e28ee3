"""List views: the records of an object in a table with a few columns, as people look at them.

There are no views but those that follow from the declarations, so none is kept: the id of a view
says of which object it is, and which of its views. Source: the client contract's clients, which
list, describe and open views, and ask how one is looked for (``query?explain=<id>``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from promotions import ids
from promotions.actors import Actor
from promotions.dictionary import Field
from promotions.sobjects.declare import SObject, may_read, sobject_with_number
from promotions.sobjects.describe_fields import label_of, type_of
from promotions.sobjects.layouts import grouped
from promotions.sobjects.paths import Reached, reach, targets_of
from promotions.sobjects.query.run import Caller, query
from promotions.sobjects.reading import record_url_start

MOST_ROWS: Final = 2000
MOST_PASSED_OVER: Final = 2000
ROWS: Final = 25
"""That a view shows unless another number is asked for."""
_LIST_VIEW: Final = "00B"
_MOST_KINDS: Final = 100
"""Of an object: the ids of its views follow one after the other."""
_COLUMNS: Final = 5
_HIDDEN: Final = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp")
"""What a row has besides what people see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What the views of one kind have in common, whatever they are of."""

    developer_name: str
    label: str
    order_by: str
    descending: bool = False
    only_with: str | None = None
    """A field that the records in the view have a value of."""


_KINDS: Final = (
    _Kind(developer_name="All", label="All", order_by="Name"),
    _Kind(
        developer_name="RecentlyViewed",
        label="Recently Viewed",
        order_by="LastViewedDate",
        descending=True,
        only_with="LastViewedDate",
    ),
)
"""Their places are in the ids that clients keep: further ones come behind."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table: a field of the object, or the name of what a reference leads to."""

    reached: Reached
    label: str
    hidden: bool = False

    @property
    def path(self) -> str:
        return ".".join(self.reached.names)

    @property
    def selected(self) -> str:
        """What SELECT says: of a choice its label."""
        return f"toLabel({self.path})" if self.reached.field.type == "picklist" else self.path


@dataclass(frozen=True, slots=True)
class ListView:
    """One view of an object."""

    sobject: SObject
    number: int
    """Its place among the kinds."""

    @property
    def id(self) -> str:
        return ids.encode(_LIST_VIEW, self.sobject.number * _MOST_KINDS + self.number)

    @property
    def kind(self) -> _Kind:
        return _KINDS[self.number]

    def columns(self, by: Actor) -> list[_Column]:
        """Those that ``by`` may see: of a reference to what may not be read, its id."""
        one = self.sobject
        fields = [f for _, fields in grouped(one) for f in fields if f.type != "textarea"]
        fields.sort(key=lambda field: field.name != "Name")
        shown = [_column(one, field, by) for field in fields[:_COLUMNS]]
        there = {column.path for column in shown}
        hidden = [one.fields[n] for n in _HIDDEN if n in one.fields and n not in there]
        return shown + [_Column(reach(one, [f.name]), label_of(f), hidden=True) for f in hidden]

    def query(self, by: Actor) -> str:
        """The view as a query, without a limit."""
        kind, selected = self.kind, ", ".join(column.selected for column in self.columns(by))
        where = [f"WHERE {kind.only_with} != null"] if kind.only_with else []
        orders = ", ".join(
            f"{entry['fieldNameOrPath']} {'DESC' if kind.descending else 'ASC'} NULLS FIRST"
            for entry in self.order_by()
        )
        start = [f"SELECT {selected}", f"FROM {self.sobject.name}"]
        return " ".join([*start, *where, f"ORDER BY {orders}"])

    def order_by(self) -> list[dict[str, Any]]:
        direction = "descending" if self.kind.descending else "ascending"
        return [
            {"fieldNameOrPath": name, "nullsPosition": "first", "sortDirection": direction}
            for name in (self.kind.order_by, "Id")
        ]


def list_views_of(one: SObject) -> list[ListView]:
    """The views of an object: none where records have no names to list them by, and none of what
    was viewed lately where that is not known."""
    if one.name_field is None:
        return []
    return [
        ListView(one, number)
        for number, kind in enumerate(_KINDS)
        if kind.only_with is None or kind.only_with in one.fields
    ]


def find_list_view(text: str) -> ListView | None:
    """The view with this id, of 15 or 18 characters; None where there is none."""
    try:
        key = ids.decode(_LIST_VIEW, text)
    except ids.MalformedId:
        return None
    one = sobject_with_number(key // _MOST_KINDS)
    views = list_views_of(one) if one is not None else []
    return next((view for view in views if view.number == key % _MOST_KINDS), None)


def listed(one: SObject, version: str) -> dict[str, Any]:
    """All views of an object, in short."""
    views = [summary(view, version) for view in list_views_of(one)]
    return {
        "done": True,
        "listviews": views,
        "nextRecordsUrl": None,
        "size": len(views),
        "sobjectType": one.name,
    }


def summary(view: ListView, version: str) -> dict[str, Any]:
    """A view in short: where the rest is told."""
    url = f"{record_url_start(view.sobject, version)}listviews/{view.id}"
    return {
        "describeUrl": f"{url}/describe",
        "developerName": view.kind.developer_name,
        "id": view.id,
        "label": view.kind.label,
        "resultsUrl": f"{url}/results",
        "soqlCompatible": True,
        "url": url,
    }


def described(view: ListView, by: Actor) -> dict[str, Any]:
    """Everything about a view; its query finds here what the view shows."""
    where: dict[str, Any] = {"conditions": [], "conjunction": "and"}
    if (name := view.kind.only_with) is not None:
        where = {"field": name, "operator": "notEqual", "values": ["null"]}
    return {
        "columns": _shown_columns(view, view.columns(by)),
        "id": view.id,
        "orderBy": view.order_by(),
        "query": view.query(by),
        "relatedEntityId": None,
        "scope": "everything",
        "scopeEntityId": None,
        "sobjectType": view.sobject.name,
        "whereCondition": where,
    }


def results(view: ListView, caller: Caller, *, limit: int, offset: int) -> dict[str, Any]:
    """``limit`` rows of a view, behind ``offset`` others. Raises what a query does."""
    columns = view.columns(caller.by)
    # One more than is shown has says whether there is more; nobody asks for how many.
    text = f"{view.query(caller.by)} LIMIT {limit + 1} OFFSET {offset}"
    whole = Caller(caller.by, caller.at, caller.version, limit + 1)
    found = query(text, whole)["records"]
    return {
        "columns": _shown_columns(view, columns),
        "developerName": view.kind.developer_name,
        "done": len(found) <= limit,
        "id": view.id,
        "label": view.kind.label,
        "records": [_row(record, columns) for record in found[:limit]],
        "size": min(len(found), limit),
    }


def _column(one: SObject, field: Field, by: Actor) -> _Column:
    targets = [target for _, target in targets_of(field)]
    named = all(target.name_field is not None and may_read(target, by) for target in targets)
    parts = [field.name]
    if field.relationship_name and targets and named:
        parts = [field.relationship_name, "Name"]
    return _Column(reach(one, parts), label_of(field))


def _shown_columns(view: ListView, columns: Sequence[_Column]) -> list[dict[str, Any]]:
    return [_shown_column(view, column) for column in columns]


def _shown_column(view: ListView, column: _Column) -> dict[str, Any]:
    orders = {entry["fieldNameOrPath"]: n for n, entry in enumerate(view.order_by())}
    place, field = orders.get(column.path), column.reached.field
    up, down = ("Z-A", "A-Z") if field.type == "string" else ("Low to High", "High to Low")
    return {
        "ascendingLabel": up if field.sortable else None,
        "descendingLabel": down if field.sortable else None,
        "fieldNameOrPath": column.path,
        "hidden": column.hidden,
        "label": column.label,
        "searchable": False,
        "selectListItem": column.selected,
        "sortDirection": None if place is None else view.order_by()[place]["sortDirection"],
        "sortIndex": place,
        "sortable": field.sortable,
        "type": type_of(field),
    }


def _row(record: dict[str, Any], columns: Sequence[_Column]) -> dict[str, Any]:
    cells = [
        {"fieldNameOrPath": column.path, "value": _text(record, column.reached.names)}
        for column in columns
    ]
    return {"columns": cells}


def _text(record: dict[str, Any], names: Sequence[str]) -> str | None:
    value: Any = record
    for name in names:
        value = None if value is None else value[name]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
