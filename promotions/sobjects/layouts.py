"""How a record is laid out for people: sections with its fields, buttons, and what belongs to it.

There is one layout of each object, which every record has: its sections are declared, or the fields
one after the other. Source: the client contract, section 2 (describeLayout).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from promotions import ids
from promotions.actors import Actor
from promotions.dictionary import Field
from promotions.sobjects.declare import SObject, children_of, may_read, may_write
from promotions.sobjects.describe import MASTER_RECORD_TYPE, layout_url
from promotions.sobjects.describe_fields import describe_field, label_of, picklist_values

COLUMNS: Final = 2
_LAYOUT: Final = "00h"
_SECTION: Final = "01B"
_MOST_SECTIONS: Final = 100
"""Of a layout: their ids follow one after the other."""
_ROWS_OF_LIST: Final = 5
_LINES: Final = 6
"""Of a long text."""
_COMPACT: Final = "SYSTEM"
_COMPACT_FIELDS: Final = 5
_INFORMATION: Final = "Information"
_FURTHER: Final = "Further Information"
_SYSTEM_INFORMATION: Final = "System Information"
_TOLD: Final = ("CreatedById", "CreatedDate", "LastModifiedById", "LastModifiedDate")
"""Of what the service keeps itself, what people are told."""


def describe_layouts(one: SObject, by: Actor, version: str) -> dict[str, Any]:
    """All layouts of an object, and which kind of record has which."""
    picklists = [f for f in one.fields.values() if f.type == "picklist"]
    mapping = {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "layoutId": layout_id(one),
        "master": True,
        "name": "Master",
        "picklistsForRecordType": [
            {"picklistName": f.name, "picklistValues": picklist_values(one, f)} for f in picklists
        ],
        "recordTypeId": MASTER_RECORD_TYPE,
        "urls": {"layout": layout_url(one, version)},
    }
    return {
        "layouts": [describe_layout(one, by)],
        "recordTypeMappings": [mapping],
        "recordTypeSelectorRequired": [False],
    }


def describe_layout(one: SObject, by: Actor) -> dict[str, Any]:
    """The layout of an object."""
    return {
        "buttonLayoutSection": {"detailButtons": _buttons(one, by)},
        "detailLayoutSections": list(_sections(one, by, editing=False)),
        "editLayoutSections": list(_sections(one, by, editing=True)),
        "feedView": None,
        "highlightsPanelLayoutSection": None,
        "id": layout_id(one),
        "multirowEditLayoutSections": [],
        "offlineLinks": [],
        "quickActionList": {"quickActionListItems": []},
        "relatedContent": None,
        "relatedLists": [_related_list(*found) for found in _related(one, by)],
        "saveOptions": [],
    }


def describe_compact_layouts(one: SObject, by: Actor, version: str) -> dict[str, Any]:
    """The few fields that stand for a record, in the form in which all compact layouts are
    listed."""
    return {
        "compactLayouts": [compact_layout(one, by)],
        "defaultCompactLayoutId": None,
        "recordTypeCompactLayoutMappings": [
            {
                "available": True,
                "compactLayoutId": None,
                "compactLayoutName": _COMPACT,
                "recordTypeId": MASTER_RECORD_TYPE,
                "recordTypeName": "Master",
                "urls": {"compactLayouts": layout_url(one, version, "compactLayouts")},
            }
        ],
        "urls": {},
    }


def compact_layout(one: SObject, by: Actor) -> dict[str, Any]:
    """The few fields that stand for a record: its name, and what comes first of the rest."""
    fields = [field for _, fields in grouped(one) for field in fields]
    fields.sort(key=lambda field: field.name != "Name")
    return {
        "actions": [],
        "fieldItems": [_item(one, f, by, n + 1) for n, f in enumerate(fields[:_COMPACT_FIELDS])],
        "id": None,
        "imageItems": [],
        "label": "System Default",
        "name": _COMPACT,
        "objectType": one.name,
    }


def describe_approval_layouts() -> dict[str, Any]:
    """Nothing here waits for somebody's approval."""
    return {"approvalLayouts": []}


def layout_id(one: SObject) -> str:
    """Stable, and another for each object."""
    return ids.encode(_LAYOUT, one.number)


def grouped(one: SObject) -> list[tuple[str, list[Field]]]:
    """An object's fields under the headings of its layout; what the service keeps itself last."""
    shown_last = {*_TOLD, "LastReferencedDate", "LastViewedDate"}
    own = [f for f in one.fields.values() if not f.system and f.name not in shown_last]
    own.sort(key=lambda field: field.name != "Name")
    by_column = {column: field for field in own for column in field.columns}
    sections = {
        # Several columns may hold one field: it is shown once.
        heading: list(dict.fromkeys(by_column[name] for name in names if name in by_column))
        for heading, names in one.sections.items()
    }
    placed = {field.name for fields in sections.values() for field in fields}
    rest = [field for field in own if field.name not in placed]
    told = [field for name in _TOLD if (field := one.fields.get(name)) is not None]
    sections[_FURTHER if placed else _INFORMATION] = rest
    sections[_SYSTEM_INFORMATION] = told
    return [(heading, fields) for heading, fields in sections.items() if fields]


def _sections(one: SObject, by: Actor, *, editing: bool) -> Iterable[dict[str, Any]]:
    tab = 0
    for number, (heading, fields) in enumerate(grouped(one)):
        shown = [f for f in fields if not editing or _is_editable(one, f, by)]
        if not shown:
            continue
        items = [_item(one, field, by, tab + n + 1) for n, field in enumerate(shown)]
        tab += len(items)
        rows = list(_rows(items))
        yield {
            "collapsed": False,
            "columns": COLUMNS,
            "heading": heading,
            "layoutRows": rows,
            "layoutSectionId": ids.encode(_SECTION, one.number * _MOST_SECTIONS + number),
            "parentLayoutId": layout_id(one),
            "rows": len(rows),
            "tabOrder": "LeftToRight",
            "useCollapsibleSection": True,
            "useHeading": True,
        }


def _rows(items: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for start in range(0, len(items), COLUMNS):
        row = list(items[start : start + COLUMNS])
        row += [_placeholder() for _ in range(COLUMNS - len(row))]
        yield {"layoutItems": row, "numItems": COLUMNS}


def _is_editable(one: SObject, field: Field, by: Actor) -> bool:
    new = one.create is not None and field.createable
    old = one.update is not None and field.updateable
    return may_write(one, by) and (new or old)


def _item(one: SObject, field: Field, by: Actor, tab: int) -> dict[str, Any]:
    details = describe_field(one, field, by)
    return {
        "editableForNew": details["createable"],
        "editableForUpdate": details["updateable"],
        "label": label_of(field),
        "layoutComponents": [
            {
                "details": details,
                "displayLines": _LINES if field.type == "textarea" else 1,
                "tabOrder": tab,
                "type": "Field",
                "value": field.name,
            }
        ],
        "placeholder": False,
        "required": details["createable"] and is_required(field),
    }


def is_required(field: Field) -> bool:
    """Whether a new record needs a value to be named."""
    return not (field.nillable or field.defaulted_on_create or field.default is not None)


def _placeholder() -> dict[str, Any]:
    """The empty place at the end of a row."""
    return {
        "editableForNew": False,
        "editableForUpdate": False,
        "label": "",
        "layoutComponents": [],
        "placeholder": True,
        "required": False,
    }


def _buttons(one: SObject, by: Actor) -> list[dict[str, Any]]:
    writable = may_write(one, by)
    offered = {"Edit": one.update, "Delete": one.delete}
    return [_button(name) for name, act in offered.items() if writable and act is not None]


def _button(name: str) -> dict[str, Any]:
    """A button of the system's own: nothing of it is to be drawn or opened."""
    nothing = dict.fromkeys(
        (
            "behavior",
            "colors",
            "content",
            "contentSource",
            "encoding",
            "height",
            "icons",
            "url",
            "width",
            "windowPosition",
        )
    )
    off = dict.fromkeys(
        (
            "custom",
            "menubar",
            "overridden",
            "resizeable",
            "scrollbars",
            "showsLocation",
            "showsStatus",
            "toolbar",
        ),
        False,
    )
    return {**nothing, **off, "label": name, "name": name}


def _related(one: SObject, by: Actor) -> list[tuple[SObject, Field, str, Actor]]:
    return [
        (child, field, name, by)
        for child, field, name in children_of(one)
        if name is not None and may_read(child, by)
    ]


def _related_list(child: SObject, field: Field, name: str, by: Actor) -> dict[str, Any]:
    fields = [f for _, shown in grouped(child) for f in shown if f.name != field.name]
    fields.sort(key=lambda f: f.name != "Name")
    creates = may_write(child, by) and child.create is not None
    return {
        "accessLevelRequiredForCreate": None,
        "buttons": [_button("New")] if creates else [],
        "columns": [
            {
                "field": f"{child.name}.{f.name}",
                "fieldApiName": f.name,
                "format": {"date": "date", "dateTime": "datetime"}.get(f.type),
                "label": label_of(f),
                "lookupId": f"{child.name}.Id" if f.name == "Name" else None,
                "name": f.name,
                "sortable": f.sortable,
            }
            for f in fields[:_COMPACT_FIELDS]
        ],
        "custom": False,
        "field": field.name,
        "label": child.label_plural,
        "limitRows": _ROWS_OF_LIST,
        "name": name,
        "sobject": child.name,
        "sort": [],
    }
