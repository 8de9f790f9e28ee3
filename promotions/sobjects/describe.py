"""What there is: all objects, and one with its fields and what its records are related to.

Pure functions of the declarations, the organisation's settings and whoever asks: objects that a
token may not read are left out, and what it may not do is not offered. Source: the client contract,
section 4.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from promotions.actors import Actor
from promotions.sobjects.declare import (
    SObject,
    children_of,
    every_sobject,
    may_read,
    may_write,
    sobject,
)
from promotions.sobjects.describe_fields import describe_field
from promotions.sobjects.reading import DATA_PATH

MASTER_RECORD_TYPE: Final = "012000000000000AAA"
"""The record type of every record: there are no others."""
MOST_AT_ONCE: Final = 200
"""Records that one call takes."""
_TRAILS: Final = ("History", "Feed", "Share")
"""Endings of the names of objects that tell of another one's records."""


def describe_global(by: Actor, version: str) -> dict[str, Any]:
    """Every object that ``by`` may read, in short."""
    shown = [summary(one, by, version) for one in every_sobject() if may_read(one, by)]
    return {"encoding": "UTF-8", "maxBatchSize": MOST_AT_ONCE, "sobjects": shown}


def basic_info(
    one: SObject, by: Actor, version: str, recent_items: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """An object in short, and the records of it that the user viewed last."""
    return {"objectDescribe": summary(one, by, version), "recentItems": list(recent_items)}


def describe(one: SObject, by: Actor, version: str) -> dict[str, Any]:
    """Everything about an object."""
    return {
        **summary(one, by, version),
        "actionOverrides": [],
        "childRelationships": child_relationships(one, by),
        "compactLayoutable": one.layoutable,
        "defaultImplementation": None,
        "fields": [describe_field(one, field, by) for field in one.fields.values()],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": one.name_field is not None,
        "lookupLayoutable": False,
        "namedLayoutInfos": [
            {"name": name, "urls": {"layout": layout_url(one, version, f"namedLayouts/{name}")}}
            for name in one.named_layouts
        ],
        "networkScopeFieldName": None,
        "recordTypeInfos": [_master_record_type(one, version)],
        "searchLayoutable": False,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": _scopes(one),
    }


def summary(one: SObject, by: Actor, version: str) -> dict[str, Any]:
    """What the list of all objects says of one."""
    writable = may_write(one, by)
    kind, parent = _associated(one)
    return {
        "activateable": False,
        "associateEntityType": kind,
        "associateParentEntity": parent,
        "createable": writable and one.create is not None,
        "custom": False,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": writable and one.delete is not None,
        "deprecatedAndHidden": False,
        "feedEnabled": one.feed_enabled,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": one.key_prefix,
        "label": one.label,
        "labelPlural": one.label_plural,
        "layoutable": one.layoutable,
        "mergeable": False,
        "mruEnabled": one.viewable,
        "name": one.name,
        "queryable": True,
        "replicateable": one.replicateable,
        "retrieveable": True,
        "searchable": one.searchable,
        "triggerable": False,
        "undeletable": writable and one.undelete is not None,
        "updateable": writable and one.update is not None,
        "urls": _urls(one, version),
    }


def child_relationships(parent: SObject, by: Actor) -> list[dict[str, Any]]:
    """Which objects' records refer to this one's, by which field, of those that ``by`` may read."""
    return [
        {
            "cascadeDelete": field.name in child.cascades_from,
            "childSObject": child.name,
            "deprecatedAndHidden": False,
            "field": field.name,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": name,
            "restrictedDelete": any((child.model, c) in parent.kept_by for c in field.sources),
        }
        for child, field, name in children_of(parent)
        if may_read(child, by)
    ]


def layout_url(one: SObject, version: str, which: str = f"layouts/{MASTER_RECORD_TYPE}") -> str:
    """The path of a layout of an object."""
    return f"{_url(one, version)}/describe/{which}"


def _associated(one: SObject) -> tuple[str | None, str | None]:
    """Of what tells of another object's records: what kind of account it is, and of which."""
    for ending in _TRAILS:
        told_of = sobject(one.name.removesuffix(ending))
        if told_of is not None and told_of is not one:
            return ending, told_of.name
    return None, None


def _scopes(one: SObject) -> list[dict[str, str]]:
    """What ``USING SCOPE`` of a query may name."""
    scopes = [{"label": f"All {one.label_plural.lower()}", "name": "everything"}]
    if "OwnerId" in one.fields:
        scopes.append({"label": f"My {one.label_plural.lower()}", "name": "mine"})
    return scopes


def _url(one: SObject, version: str) -> str:
    return f"{DATA_PATH}/{version}/sobjects/{one.name}"


def _urls(one: SObject, version: str) -> dict[str, str]:
    url = _url(one, version)
    urls = {"sobject": url, "describe": f"{url}/describe", "rowTemplate": f"{url}/{{ID}}"}
    if one.name_field is not None:
        urls["listviews"] = f"{url}/listviews"
    if one.layoutable:
        kinds = ("layouts", "compactLayouts", "approvalLayouts")
        urls |= {kind: layout_url(one, version, kind) for kind in kinds}
    return urls


def _master_record_type(one: SObject, version: str) -> dict[str, Any]:
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": MASTER_RECORD_TYPE,
        "urls": {"layout": layout_url(one, version)} if one.layoutable else {},
    }
