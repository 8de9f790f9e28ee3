"""Envelopes: reading those that clients send, and writing what they can read. Pure.

Source: the client contract, sections 0.11 and 1. Names count without their namespaces: some clients
get those wrong. Of an answer clients look at prefixes and attributes, so these are exactly as they
know them: a prefix on Envelope, Body and Fault only, and no attribute on anything below Envelope.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

LARGEST: Final = 512 * 1024
"""Bytes of an envelope: 200 ids take a twentieth of it."""
_DEEPEST: Final = 16
_MOST: Final = 5_000
_SCHEMAS: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_HEADER: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{_SCHEMAS}"'
)
_UNSAYABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no way to write."""

Content = Mapping[str, Any]
"""What an element holds, by the names of its children: text, True or False, None (it is left out),
further elements, or a list of any of these, which stands for as many elements of one name."""


class BadEnvelope(ValueError):
    """A request that can't be read; its message says why."""


@dataclass(slots=True)
class Node:
    """An element by its local name."""

    name: str
    children: list["Node"] = field(default_factory=list)
    text: str = ""

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


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a client asks, and as whom."""

    operation: Node
    """The first element of the body: its name is the call, its children are the arguments."""
    session: str
    """The access token; empty where there is none."""
    all_or_none: bool


def read_envelope(body: bytes) -> Envelope:
    """What the envelope says. Raises ``BadEnvelope`` for what is none, is too large or too deep, or
    declares entities, which could be used to make it so."""
    if len(body) > LARGEST:
        raise BadEnvelope(f"An envelope has at most {LARGEST // 1024} KB.")
    parser = DefusedXMLParser(target=_Nodes(), forbid_dtd=True)
    try:
        parser.feed(body)
        root = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        reason = error if isinstance(error, BadEnvelope) else "It is no well-formed XML."
        raise BadEnvelope(str(reason)) from None
    found = root.child("Body") if root.name == "Envelope" else None
    if found is None or not found.children:
        raise BadEnvelope("There is no Envelope with a Body that names an operation.")
    header = root.child("Header") or Node("Header")
    session = header.child("SessionHeader") or Node("SessionHeader")
    all_or_none = header.child("AllOrNoneHeader") or Node("AllOrNoneHeader")
    return Envelope(
        operation=found.children[0],
        session=session.text_of("sessionId"),
        all_or_none=all_or_none.text_of("allOrNone").lower() in ("true", "1"),
    )


class _Nodes:
    """What the parser tells of an envelope, as nodes."""

    def __init__(self) -> None:
        self._open = [Node("")]
        self._text: list[str] = []
        self._count = 0

    def start(self, tag: str, attributes: Any) -> None:
        self._count += 1
        if len(self._open) > _DEEPEST or self._count > _MOST:
            raise BadEnvelope("The envelope has too many elements, or too deep ones.")
        self._say()
        node = Node(tag.rpartition("}")[2])
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, tag: str) -> None:
        self._say()
        self._open.pop()

    def data(self, text: str) -> None:
        self._text.append(text)

    def _say(self) -> None:
        self._open[-1].text += "".join(self._text)
        self._text.clear()

    def close(self) -> Node:
        return self._open[0].children[0]


def write_reply(operation: str, results: Sequence[Content], *, namespace: str) -> bytes:
    """The envelope that answers a call; one ``<result>`` each."""
    inside = _element(f"{operation}Response", {"result": list(results)})
    return _envelope(f' xmlns="{namespace}"', inside)


def write_fault(code: str, message: str, *, kind: str = "ApiFault", prefix: str = "sf") -> bytes:
    """The envelope that refuses a call as a whole."""
    exception = (
        ""
        if prefix != "sf"
        else (
            f"<detail><sf:{kind}>{_element('sf:exceptionCode', code)}"
            f"{_element('sf:exceptionMessage', message)}</sf:{kind}></detail>"
        )
    )
    inside = (
        f"<soapenv:Fault>{_element('faultcode', f'{prefix}:{code}')}"
        f"{_element('faultstring', f'{code}: {message}')}{exception}</soapenv:Fault>"
    )
    return _envelope(' xmlns:sf="urn:fault.partner.soap.sforce.com"', inside)


def _envelope(namespaces: str, inside: str) -> bytes:
    whole = f"{_HEADER}{namespaces}><soapenv:Body>{inside}</soapenv:Body></soapenv:Envelope>"
    return whole.encode()


def _element(name: str, content: Any) -> str:
    return "".join(_elements(name, content))


def _elements(name: str, content: Any) -> Iterator[str]:
    match content:
        case None:
            return
        case list() | tuple():
            for one in content:
                yield from _elements(name, one)
        case Mapping():
            inside = "".join(_element(child, value) for child, value in content.items())
            yield f"<{name}>{inside}</{name}>"
        case bool():
            yield f"<{name}>{str(content).lower()}</{name}>"
        case _:
            yield f"<{name}>{escape(_UNSAYABLE.sub('�', str(content)))}</{name}>"
