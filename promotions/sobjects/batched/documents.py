"""The documents of the older bulk calls: their properties, in XML or in JSON. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from promotions.sobjects.elements import element, read_tree

NAMESPACE: Final = "http://www.force.com/2009/06/asyncapi/dataload"
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'


def start_of(name: str, more: str = "") -> str:
    """How a document begins, its root open."""
    return f'{DECLARATION}\n<{name} xmlns="{NAMESPACE}"{more}>'


def document(name: str, inside: str) -> bytes:
    """A document of this root."""
    return f"{start_of(name)}{inside}</{name}>".encode()


def info(name: str, said: Mapping[str, Any], *, in_json: bool) -> bytes:
    """What is told of one thing."""
    if in_json:
        return orjson.dumps(said)
    return document(name, "".join(element(key, value) for key, value in said.items()))


def info_list(name: str, said: Sequence[Mapping[str, Any]], *, in_json: bool) -> bytes:
    """What is told of some things of one name."""
    if in_json:
        return orjson.dumps({name: said})
    return document(f"{name}List", element(name, said))


def result_ids(ids: Sequence[str], *, in_json: bool) -> bytes:
    """Which results a query has."""
    if in_json:
        return orjson.dumps(ids)
    return document("result-list", element("result", ids))


def properties_in(body: bytes) -> dict[str, Any]:
    """What a document in XML says of one thing: texts by their names; of what is empty, nothing.
    Raises ``BadXml``."""
    root = read_tree(body)
    return {child.name: child.text.strip() for child in root.children if child.text.strip()}
