"""Envelopes: reading those that clients send, and writing what they can read. Pure.

Source: the client contract, sections 0.11 and 1. Of an answer clients look at prefixes and
attributes, so these are exactly as they know them: a prefix on Envelope, Body and Fault only, and
no attribute on anything below Envelope.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from promotions.sobjects.elements import BadXml, Content, Node, element, read_tree

LARGEST: Final = 512 * 1024
"""Bytes of an envelope: 200 ids take a twentieth of it."""
_SCHEMAS: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_HEADER: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{_SCHEMAS}"'
)


class BadEnvelope(ValueError):
    """A request that can't be read; its message says why."""


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
    try:
        root = read_tree(body)
    except BadXml as error:
        raise BadEnvelope(str(error)) from None
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


def write_reply(operation: str, results: Sequence[Content], *, namespace: str) -> bytes:
    """The envelope that answers a call; one ``<result>`` each."""
    inside = element(f"{operation}Response", {"result": list(results)})
    return _envelope(f' xmlns="{namespace}"', inside)


def write_fault(code: str, message: str, *, kind: str = "ApiFault", prefix: str = "sf") -> bytes:
    """The envelope that refuses a call as a whole."""
    exception = (
        ""
        if prefix != "sf"
        else (
            f"<detail><sf:{kind}>{element('sf:exceptionCode', code)}"
            f"{element('sf:exceptionMessage', message)}</sf:{kind}></detail>"
        )
    )
    inside = (
        f"<soapenv:Fault>{element('faultcode', f'{prefix}:{code}')}"
        f"{element('faultstring', f'{code}: {message}')}{exception}</soapenv:Fault>"
    )
    return _envelope(' xmlns:sf="urn:fault.partner.soap.sforce.com"', inside)


def _envelope(namespaces: str, inside: str) -> bytes:
    whole = f"{_HEADER}{namespaces}><soapenv:Body>{inside}</soapenv:Body></soapenv:Envelope>"
    return whole.encode()
