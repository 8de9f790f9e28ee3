"""Elements of XML: reading those that anybody may have sent, within limits, and writing them. Pure.

Names count without their namespaces: some clients get those wrong.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

SCHEMA_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
_DEEPEST: Final = 16
_MOST: Final = 5_000
_MOST_IN_ALL: Final = 1_000_000
"""Elements of a document that is read child by child: each takes some microseconds."""
_NIL: Final = f"{{{SCHEMA_INSTANCE}}}nil"
_UNSAYABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no way to write."""

Content = Mapping[str, Any]
"""What an element holds, by the names of its children: text, True or False, None (it is left out),
further elements, or a list of any of these, which stands for as many elements of one name."""


class BadXml(ValueError):
    """Something that can't be read; its message says why."""


@dataclass(slots=True)
class Node:
    """An element by its local name."""

    name: str
    children: list["Node"] = field(default_factory=list)
    text: str = ""
    is_nil: bool = False
    """Whether it says ``xsi:nil="true"``."""

    def child(self, name: str) -> "Node | None":
        """The first child of this name."""
        return next((child for child in self.children if child.name == name), None)

    def text_of(self, name: str) -> str:
        """What the first child of this name says; empty where there is none."""
        child = self.child(name)
        return child.text.strip() if child else ""

    def texts_of(self, name: str) -> list[str]:
        """What each child of this name says."""
        return [child.text.strip() for child in self.children if child.name == name]


def read_tree(body: bytes) -> Node:
    """The root of a document. Raises ``BadXml`` for what is none, has too many elements or too deep
    ones, or declares entities, which could be used to make it so."""
    return _read(body, _Nodes())


def read_children(body: bytes, take: Callable[[Node], None]) -> str:
    """Has ``take`` called with each child of the root, which is forgotten then: for documents that
    have many; the name of the root. Raises ``BadXml`` as ``read_tree``, where the limits are those
    of one child, and of all together, and what ``take`` raises."""
    return _read(body, _Nodes(take)).name


def _read(body: bytes, nodes: "_Nodes") -> Node:
    parser = DefusedXMLParser(target=nodes, forbid_dtd=True)
    try:
        parser.feed(body.lstrip())
        root: Node = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        reason = error if isinstance(error, BadXml) else "It is no well-formed XML."
        raise BadXml(str(reason)) from None
    return root


class _Nodes:
    """What the parser tells of a document, as nodes."""

    def __init__(self, take: Callable[[Node], None] | None = None) -> None:
        self._open = [Node("")]
        self._texts: list[list[str]] = [[]]
        """The pieces of what each open element says."""
        self._count = self._before = 0
        """The elements of this child, and of those before it."""
        self._take = take

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        too_many = self._count > _MOST or self._before + self._count > _MOST_IN_ALL
        if too_many or len(self._open) > _DEEPEST:
            raise BadXml("There are too many elements, or too deep ones.")
        is_nil = attributes.get(_NIL, "").strip() in ("true", "1")
        node = Node(tag.rpartition("}")[2], is_nil=is_nil)
        self._open[-1].children.append(node)
        self._open.append(node)
        self._texts.append([])

    def end(self, tag: str) -> None:
        node = self._open.pop()
        node.text = "".join(self._texts.pop())
        if self._take is not None and len(self._open) == 2:
            self._open[-1].children.clear()
            self._texts[-1].clear()
            self._before, self._count = self._before + self._count, 0
            self._take(node)

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def close(self) -> Node:
        return self._open[0].children[0]


def element(name: str, content: Any) -> str:
    """An element, or as many as ``content`` stands for."""
    return "".join(_elements(name, content))


def escaped(text: str) -> str:
    """A text as an element has it; what XML can't say is replaced."""
    return escape(_UNSAYABLE.sub("\ufffd", text))


def _elements(name: str, content: Any) -> Iterator[str]:
    match content:
        case None:
            return
        case list() | tuple():
            for one in content:
                yield from _elements(name, one)
        case Mapping():
            inside = "".join(element(child, value) for child, value in content.items())
            yield f"<{name}>{inside}</{name}>"
        case bool():
            yield f"<{name}>{str(content).lower()}</{name}>"
        case _:
            yield f"<{name}>{escaped(str(content))}</{name}>"
