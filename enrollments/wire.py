"""The wire format of an enrollment: from parsed JSON to items, with every error at its place. Pure.

Source: the enrollment contract, "The wire format". Types are strict, null means absent, and what
is not known is refused. Used by both surfaces: the compatible one sends a list of items, the plain
one a single item.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice, repeat
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeVar

from promotions import ids
from promotions.errors import DomainError, Refused, join_pointer, refuse
from promotions.moments import parse_moment

MOST_ITEMS: Final = 200
_MOST_SHOWN: Final = 80
_IN_PLACE_OF_NUL: Final = "\ufffd"
"""Of a name that callers give: PostgreSQL keeps no NUL."""
_MOST_UNKNOWN: Final = 20
"""Of unknown properties no more are reported: an answer must not be many times its request."""
PERIOD: Final = {
    "enrollmentEffectiveDateTime": "effective",
    "enrollmentExpirationDateTime": "expiration",
}
"""The two date-times by their names on the wire, and here."""


class Item(NamedTuple):
    """One customer to be enrolled in one promotion, as the caller names them.

    Ids are primary keys. ``pointer`` is where the item stands in the caller's request
    (``inputParameters[3]``), empty where the request is the item.
    """

    pointer: str = ""
    account_id: int | None = None
    contact_id: int | None = None
    last_name: str | None = None
    email: str | None = None
    contact_external_id: str | None = None
    """Audiences name contacts by it; on the wire there is none."""
    promotion_id: int | None = None
    promotion_code: str | None = None
    offer_id: int | None = None
    offer_code: str | None = None
    effective: datetime | None = None
    expiration: datetime | None = None

    @property
    def names_account(self) -> bool:
        return self.account_id is not None

    @property
    def names_contact(self) -> bool:
        return not (
            self.contact_id is None
            and self.last_name is None
            and self.email is None
            and self.contact_external_id is None
        )

    @property
    def names_offer(self) -> bool:
        return not (self.offer_id is None and self.offer_code is None)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that is not of the wire format, with all that is wrong with it."""

    errors: tuple[DomainError, ...]
    item: Item = field(default=Item(), compare=False)
    """What could be read of it; ``certain`` says what of that is."""


@dataclass(frozen=True, slots=True)
class EnrollmentRequest:
    items: list[Item | Unreadable]
    all_or_none: bool


def parse_request(body: object) -> EnrollmentRequest:
    """The compatible surface's body: ``{"inputParameters": [item, …], "allOrNone": true}``.

    Raises ``Refused`` where the request as a whole cannot be read; an item that cannot be read
    stands in the result as ``Unreadable``, so that all bad items are reported at once.
    """
    if not isinstance(body, dict):
        raise refuse("invalid_type", "Send a JSON object with inputParameters.")
    errors = list(_unknown(body, {"inputParameters", "allOrNone"}, ""))
    all_or_none = body.get("allOrNone")
    if all_or_none is not None and not isinstance(all_or_none, bool):
        errors.append(DomainError("invalid_type", "Write true or false.", "allOrNone"))
    items = body.get("inputParameters")
    if items is None or items == []:
        detail = f"Put 1 to {MOST_ITEMS} items into inputParameters."
        errors.append(DomainError("empty_request", detail, "inputParameters"))
    elif not isinstance(items, list):
        errors.append(
            DomainError(
                "invalid_type", "inputParameters must be a list of items.", "inputParameters"
            )
        )
    elif len(items) > MOST_ITEMS:
        detail = f"Send at most {MOST_ITEMS} items in one request; this one has {len(items)}."
        errors.append(DomainError("too_many_items", detail, "inputParameters"))
    if errors:
        raise Refused(*errors)
    return EnrollmentRequest(
        items=[
            _item_or_errors(item, pointer)
            for pointer, item in zip(_POINTERS, items or [], strict=False)
        ],
        all_or_none=all_or_none is not False,
    )


def parse_item(body: object, pointer: str = "") -> Item | Unreadable:
    """One item of the wire format, standing at ``pointer`` of the caller's request."""
    return _item_or_errors(body, pointer)


def parse_audience_item(body: object) -> Item | Unreadable:
    """An item of an audience, in a line of its own: the wire's, or with the contact named by
    ``externalId``."""
    return _item_or_errors(body, "", _AUDIENCE_PARTS)


class TableReader:
    """Reads the rows of a table with some of the ``COLUMNS``: each says an item of the promotion
    with this key. Blank cells are absent; pointers are names of columns."""

    def __init__(self, columns: Sequence[str], promotion_id: int) -> None:
        self.columns = columns
        self._known = [COLUMNS[column] for column in columns]
        self._blank = _BLANK.copy()
        self._blank[_FIRST_TERM] = promotion_id
        self._nobody = self._blank[_CUSTOMER]

    def item(self, cells: Sequence[str]) -> Item | Unreadable:
        """What a row with a cell for each column says."""
        values = self._blank.copy()
        try:
            for n, text in enumerate(cells):
                if text:
                    place, read = self._known[n]
                    values[place] = read(text)
        except _Bad:
            return _told_cells(self.columns, cells)
        if values[_CUSTOMER] == self._nobody:
            return _told_cells(self.columns, cells)
        return _made_of(values)

    def items(self, rows: Sequence[Sequence[str]]) -> list[Item] | None:
        """What rows say, read column by column, which takes half as long; None where there is
        something to tell of one of them, as of a row that is too short."""
        values: list[Iterable[Any]] = [*map(repeat, self._blank)]
        try:
            columns = zip(*rows, strict=True)
            for (place, read), cells in zip(self._known, columns, strict=True):
                values[place] = [read(text) if text else None for text in cells]
        except (_Bad, ValueError):
            return None
        items = [*map(_made_of, zip(*values, strict=False))]
        nobody = tuple(self._nobody)
        return None if any(item[_CUSTOMER] == nobody for item in items) else items


def _told_cells(columns: Sequence[str], cells: Sequence[str]) -> Unreadable:
    """All that is wrong with a row of a table."""
    errors = []
    for column, text in zip(columns, cells, strict=True):
        if text:
            try:
                COLUMNS[column][1](text)
            except _Bad as bad:
                errors.append(DomainError(bad.code, bad.detail, column))
    if not errors:
        detail = "Name the customer, in one of the columns for contacts or as an account."
        errors.append(DomainError("customer_required", detail))
    return Unreadable(tuple(errors))


def parse_period(
    body: Mapping[str, object],
) -> tuple[dict[str, datetime | None], list[DomainError]]:
    """The two date-times of a change of period, as ``effective`` and ``expiration``: those that are
    present, null where they are to be cleared; and what is wrong with them."""
    errors: list[DomainError] = []
    period = {
        name: _read(body, wire_name, "", _moment, errors)
        for wire_name, name in PERIOD.items()
        if wire_name in body
    }
    return period, errors


def different_terms(items: Iterable[Item]) -> tuple[list[Item], list[int]]:
    """What the items say beside their customers: promotion, offer and period, each once, as an item
    of nobody; and which of that each item says."""
    numbers: dict[tuple[Any, ...], int] = {}
    numbered = [numbers.setdefault(terms, len(numbers)) for terms in map(_terms_of, items)]
    nobody = _BLANK[:_FIRST_TERM]
    return [Item._make((*nobody, *terms)) for terms in numbers], numbered


def certain(item: Item, errors: Iterable[DomainError]) -> Item:
    """What an item of the wire format says for certain that has these ``errors``: customer,
    promotion, offer and period, each only where nothing of it is wrong. By half of what names a
    customer another might be found."""
    doubted = {
        error.pointer.removeprefix(item.pointer).removeprefix(".").partition(".")[0]
        for error in errors
    }
    if not (item.names_contact or doubted <= {"", *_PROPERTIES}):
        doubted.add("account")  # what is not known may have been a contact, who is then the party
    values = [*item]
    for together in _SAID_TOGETHER:
        if not doubted.isdisjoint(together):
            for place in (place for name in together for place in _PLACES[name]):
                values[place] = None
    return Item._make(values)


def unknown_properties(body: Mapping[str, object], known: Collection[str]) -> list[DomainError]:
    """An error for each property of ``body`` that is not among the known ones."""
    return list(_unknown(body, known, ""))


_Part = Mapping[str, tuple[int, Callable[[str], Any]]]
"""The properties of an object of an item: which place of the item each has, and how it is read."""
_Parts = Mapping[str, _Part]


def _item_or_errors(raw: object, pointer: str, kinds: _Parts | None = None) -> Item | Unreadable:
    kinds = kinds or _PARTS
    return _well_formed(raw, pointer, kinds) or _told(raw, pointer, kinds)


def _well_formed(raw: Any, pointer: str, kinds: _Parts) -> Item | None:
    """What nearly all items are, read at once; None where there may be something to tell."""
    values = _BLANK.copy()
    values[_PLACE_OF["pointer"]] = pointer
    try:
        for name, part in raw.items():
            if part.__class__ is str:
                values[_PERIOD_PLACES[name]] = _moment(part)
                continue
            known = kinds[name]
            if not part:
                return None
            for property_, value in part.items():
                if value.__class__ is not str:
                    return None
                place, read = known[property_]
                values[place] = read(value)
    except (AttributeError, KeyError, _Bad):
        return None
    # Each part that is there says something.
    return _made_of(values) if "promotion" in raw and not raw.keys().isdisjoint(_PARTIES) else None


def _told(raw: object, pointer: str, kinds: _Parts) -> Item | Unreadable:
    """Any item, with all that is wrong with it."""
    if not isinstance(raw, dict):
        return Unreadable((DomainError("invalid_type", "An item must be a JSON object.", pointer),))
    errors: list[DomainError] = []
    if not raw.keys() <= _PROPERTIES:
        errors += _unknown(raw, _PROPERTIES, pointer)
    parts = {
        name: _part(raw, name, pointer, known, errors)
        for name, known in kinds.items()
        if name in raw
    }
    values = _BLANK.copy()
    values[_PLACE_OF["pointer"]] = pointer
    for name, part in parts.items():
        at = join_pointer(pointer, name)
        for property_, (place, read) in kinds[name].items():
            if property_ in part:
                values[place] = _read(part, property_, at, read, errors)
    for name, place in _PERIOD_PLACES.items():
        values[place] = _read(raw, name, pointer, _moment, errors)
    item = Item._make(values)
    if not errors:
        errors.extend(_absent(raw, item, pointer))
    return Unreadable(tuple(errors), item) if errors else item


def _absent(raw: Mapping[str, object], item: Item, pointer: str) -> list[DomainError]:
    """What an otherwise readable item fails to name."""
    errors = []
    if raw.get("account") is not None and not item.names_account:
        errors.append(("customer_required", "Give the account's id.", "account"))
    if raw.get("contact") is not None and not item.names_contact:
        errors.append(("customer_required", "Give the contact's id, lastName or email.", "contact"))
    if not errors and not (item.names_account or item.names_contact):
        errors.append(("customer_required", "Name the customer: give a contact or an account.", ""))
    if item.promotion_id is None and item.promotion_code is None:
        at = "promotion" if raw.get("promotion") is not None else ""
        errors.append(
            ("promotion_required", "Name the promotion: give its id or its code, or both.", at)
        )
    if raw.get("enrollmentOffer") is not None and not item.names_offer:
        errors.append(
            ("required", "Give the offer's id or its code, or leave it out.", "enrollmentOffer")
        )
    return [DomainError(code, detail, join_pointer(pointer, at)) for code, detail, at in errors]


def _part(
    raw: Mapping[str, object], name: str, pointer: str, known: _Part, errors: list[DomainError]
) -> Mapping[str, object]:
    """The object at property ``name``, empty where it is absent."""
    part = raw[name]
    if part is None:
        return {}
    if not isinstance(part, dict):
        detail = f"{name} must be a JSON object with {', '.join(known)}."
        errors.append(DomainError("invalid_type", detail, join_pointer(pointer, name)))
        return {}
    if not part.keys() <= known.keys():
        errors += _unknown(part, known, join_pointer(pointer, name))
    return part


def _unknown(raw: Mapping[str, object], known: Collection[str], pointer: str) -> list[DomainError]:
    return [
        DomainError(
            "unknown_property",
            f"There is no such property here; known are {', '.join(sorted(known))}.",
            join_pointer(pointer, name[:_MOST_SHOWN].replace("\x00", _IN_PLACE_OF_NUL)),
        )
        for name in islice((name for name in raw if name not in known), _MOST_UNKNOWN)
    ]


T = TypeVar("T")


def _read(
    raw: Mapping[str, object],
    name: str,
    pointer: str,
    read: Callable[[str], T],
    errors: list[DomainError],
) -> T | None:
    """The text at property ``name``, read; None, and an error, where it cannot be."""
    value: Any = raw.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, str):
            return read(value)
        code, detail = "invalid_type", f"{name} must be a string."
    except _Bad as bad:
        code, detail = bad.code, bad.detail
    errors.append(DomainError(code, detail, join_pointer(pointer, name)))
    return None


class _Bad(Exception):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def _id(prefix: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            return ids.decode(prefix, text)
        except ids.MalformedId as error:
            raise _Bad("malformed_id", f"Send the record's id as it was given: {error}.") from error

    return read


def _text(text: str) -> str:
    if not text.strip():
        raise _Bad("invalid_value", "This must not be blank; leave it out instead.")
    if "\x00" in text:
        raise _Bad("invalid_value", "This must not contain the NUL character.")
    return text


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise _Bad("invalid_datetime", str(error)) from error


_POINTERS: Final = [f"inputParameters[{n}]" for n in range(MOST_ITEMS)]
_PLACE_OF: Final = {attribute: place for place, attribute in enumerate(Item._fields)}
_FIRST_TERM: Final = _PLACE_OF["promotion_id"]
_terms_of: Final[Callable[[Item], tuple[Any, ...]]] = itemgetter(slice(_FIRST_TERM, None))
_CUSTOMER: Final = slice(_PLACE_OF["account_id"], _FIRST_TERM)
_PERIOD_PLACES: Final = {name: _PLACE_OF[attribute] for name, attribute in PERIOD.items()}
_BLANK: Final[list[Any]] = [*Item()]
"""The values of an item that says nothing; of a list an item is made in half the time."""
_made_of: Final[Callable[[Iterable[Any]], Item]] = partial(tuple.__new__, Item)
"""``Item._make``, which takes twice as long to count the values once more."""
_PARTS: Final[_Parts] = {
    "account": {"id": (_PLACE_OF["account_id"], _id(ids.ACCOUNT))},
    "contact": {
        "id": (_PLACE_OF["contact_id"], _id(ids.CONTACT)),
        "lastName": (_PLACE_OF["last_name"], _text),
        "email": (_PLACE_OF["email"], _text),
    },
    "promotion": {
        "id": (_PLACE_OF["promotion_id"], _id(ids.PROMOTION)),
        "code": (_PLACE_OF["promotion_code"], _text),
    },
    "enrollmentOffer": {
        "id": (_PLACE_OF["offer_id"], _id(ids.OFFER)),
        "code": (_PLACE_OF["offer_code"], _text),
    },
}
_AUDIENCE_PARTS: Final[_Parts] = {
    **_PARTS,
    "contact": {**_PARTS["contact"], "externalId": (_PLACE_OF["contact_external_id"], _text)},
}
_PARTIES: Final = frozenset({"account", "contact"})
_PROPERTIES: Final = frozenset({*_PARTS, *PERIOD})
_PLACES: Final = {
    **{name: [place for place, _ in part.values()] for name, part in _PARTS.items()},
    **{name: [place] for name, place in _PERIOD_PLACES.items()},
}
_SAID_TOGETHER: Final = ({"account", "contact"}, {"promotion"}, {"enrollmentOffer"}, {*PERIOD})
"""Properties of an item that are certain together or not at all."""
COLUMNS: Final[_Part] = {
    "contactId": _AUDIENCE_PARTS["contact"]["id"],
    "contactExternalId": _AUDIENCE_PARTS["contact"]["externalId"],
    "email": _AUDIENCE_PARTS["contact"]["email"],
    "lastName": _AUDIENCE_PARTS["contact"]["lastName"],
    "accountId": _PARTS["account"]["id"],
    "enrollmentOfferId": _PARTS["enrollmentOffer"]["id"],
    "enrollmentOfferCode": _PARTS["enrollmentOffer"]["code"],
    **{name: (place, _moment) for name, place in _PERIOD_PLACES.items()},
}
"""The columns of a table of items: which place of an item each has, and how a cell is read."""
