"""Where people find the records of objects, for clients that draw menus: tabs, and their look."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from promotions.actors import Actor
from promotions.sobjects.declare import SObject, every_sobject, may_read


def tabs(by: Actor, base: str) -> list[dict[str, Any]]:
    """One tab of each object that ``by`` may read and whose records the service has a page of;
    ``base`` is the service's address without a slash at its end. There are no pictures."""
    found = [(one, _page(one)) for one in every_sobject() if may_read(one, by)]
    return [
        {
            "colors": [],
            "custom": False,
            "iconUrl": None,
            "icons": [],
            "label": one.label_plural,
            "miniIconUrl": None,
            "name": _name(one),
            "sobjectName": one.name,
            "url": f"{base}{page}",
        }
        for one, page in found
        if page is not None
    ]


def theme(by: Actor) -> dict[str, Any]:
    """The colours and icons of the objects that ``by`` may read: none has any of its own."""
    readable = [one for one in every_sobject() if may_read(one, by) and one.layoutable]
    return {"themeItems": [{"colors": [], "icons": [], "name": one.name} for one in readable]}


def _name(one: SObject) -> str:
    return f"standard-{one.name}"


def _page(one: SObject) -> str | None:
    """The path of the list of an object's records, if people have one."""
    meta = one.model._meta
    try:
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    except NoReverseMatch:
        return None
