"""The wire format of an enrollment, property by property: the contract's "The wire format"."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollments import wire
from enrollments.wire import (
    MOST_ITEMS,
    Item,
    Unreadable,
    certain,
    parse_item,
    parse_period,
    parse_request,
    unknown_properties,
)
from promotions import ids
from promotions.errors import DomainError, Refused
from tests.unit.fakes import utc

ACCOUNT = ids.encode(ids.ACCOUNT, 1)
CONTACT = ids.encode(ids.CONTACT, 2)
PROMOTION = ids.encode(ids.PROMOTION, 3)
OFFER = ids.encode(ids.OFFER, 4)


@pytest.fixture(autouse=True, params=["at once", "with all that may be told"])
def read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Well-formed items are read at once; the way of the others has to read them the same."""
    if request.param != "at once":
        monkeypatch.setattr(wire, "_well_formed", lambda *given: None)


MINIMAL = {"contact": {"id": CONTACT}, "promotion": {"id": PROMOTION}}


def places(errors: tuple[DomainError, ...]) -> list[tuple[str, str]]:
    return [(error.code, error.pointer) for error in errors]


def refusals(body: object, pointer: str = "") -> list[tuple[str, str]]:
    """Code and pointer of everything that is wrong with an item."""
    item = parse_item(body, pointer)
    assert isinstance(item, Unreadable)
    assert all(error.detail for error in item.errors)
    return places(item.errors)


# --- What an item may look like -------------------------------------------------------------------

READABLE: dict[str, tuple[dict[str, Any], Item]] = {
    "contact by id": (
        {"contact": {"id": CONTACT}, "promotion": {"id": PROMOTION}},
        Item(contact_id=2, promotion_id=3),
    ),
    "15-character ids": (
        {"contact": {"id": CONTACT[:15]}, "promotion": {"id": PROMOTION[:15]}},
        Item(contact_id=2, promotion_id=3),
    ),
    "contact by last name": (
        {"contact": {"lastName": "Ng"}, "promotion": {"code": "SUMMER"}},
        Item(last_name="Ng", promotion_code="SUMMER"),
    ),
    "contact by e-mail": (
        {"contact": {"email": "a@b.example"}, "promotion": {"code": "SUMMER"}},
        Item(email="a@b.example", promotion_code="SUMMER"),
    ),
    "account": (
        {"account": {"id": ACCOUNT}, "promotion": {"id": PROMOTION}},
        Item(account_id=1, promotion_id=3),
    ),
    "everything": (
        {
            "account": {"id": ACCOUNT},
            "contact": {"id": CONTACT, "lastName": "Ng", "email": "a@b.example"},
            "promotion": {"id": PROMOTION, "code": "SUMMER"},
            "enrollmentOffer": {"id": OFFER, "code": "MAIL"},
            "enrollmentEffectiveDateTime": "2026-05-01T00:00:00+02:00",
            "enrollmentExpirationDateTime": "2026-06-01T00:00:00Z",
        },
        Item(
            account_id=1,
            contact_id=2,
            last_name="Ng",
            email="a@b.example",
            promotion_id=3,
            promotion_code="SUMMER",
            offer_id=4,
            offer_code="MAIL",
            effective=utc("2026-04-30 22:00:00"),
            expiration=utc("2026-06-01 00:00:00"),
        ),
    ),
    "null is absent": (
        {
            "account": None,
            "contact": {"id": CONTACT, "lastName": None, "email": None},
            "promotion": {"id": None, "code": "SUMMER"},
            "enrollmentOffer": None,
            "enrollmentEffectiveDateTime": None,
            "enrollmentExpirationDateTime": None,
        },
        Item(contact_id=2, promotion_code="SUMMER"),
    ),
    "an offer by code only": (
        {**MINIMAL, "enrollmentOffer": {"code": "MAIL"}},
        Item(contact_id=2, promotion_id=3, offer_code="MAIL"),
    ),
    "text is taken as it is": (
        {"contact": {"lastName": " O’Neill "}, "promotion": {"code": "ß"}},
        Item(last_name=" O’Neill ", promotion_code="ß"),
    ),
}


@pytest.mark.parametrize(("body", "item"), READABLE.values(), ids=READABLE.keys())
def test_readable(body: dict[str, Any], item: Item) -> None:
    assert parse_item(body) == item


@pytest.mark.parametrize(
    ("item", "names"),
    [
        (Item(account_id=1), (True, False, False)),
        (Item(contact_id=1), (False, True, False)),
        (Item(last_name="x"), (False, True, False)),
        (Item(email="x"), (False, True, False)),
        (Item(offer_id=1), (False, False, True)),
        (Item(offer_code="x"), (False, False, True)),
        (Item(account_id=0, contact_id=0, offer_id=0), (True, True, True)),
    ],
)
def test_what_an_item_names(item: Item, names: tuple[bool, bool, bool]) -> None:
    assert (item.names_account, item.names_contact, item.names_offer) == names


# --- What it may not look like --------------------------------------------------------------------


def with_value(path: str, value: object) -> dict[str, Any]:
    """A good item with every property, except that ``path`` is ``value``."""
    body: dict[str, Any] = {
        "account": {"id": ACCOUNT},
        "contact": {"id": CONTACT, "lastName": "Ng", "email": "a@b.example"},
        "promotion": {"id": PROMOTION, "code": "SUMMER"},
        "enrollmentOffer": {"id": OFFER, "code": "MAIL"},
        "enrollmentEffectiveDateTime": "2026-05-01T00:00:00Z",
        "enrollmentExpirationDateTime": "2026-06-01T00:00:00Z",
    }
    part, _, name = path.rpartition(".")
    (body[part] if part else body)[name] = value
    return body


OBJECTS = ["account", "contact", "promotion", "enrollmentOffer"]
IDS = ["account.id", "contact.id", "promotion.id", "enrollmentOffer.id"]
TEXTS = ["contact.lastName", "contact.email", "promotion.code", "enrollmentOffer.code"]
MOMENTS = ["enrollmentEffectiveDateTime", "enrollmentExpirationDateTime"]


@pytest.mark.parametrize("path", OBJECTS)
@pytest.mark.parametrize("value", [True, False, 0, 1, 1.5, "", CONTACT, [], [{}]], ids=repr)
def test_a_part_is_an_object(path: str, value: object) -> None:
    assert ("invalid_type", path) in refusals(with_value(path, value))


@pytest.mark.parametrize("path", IDS + TEXTS + MOMENTS)
@pytest.mark.parametrize("value", [True, False, 0, 1, 1.5, [], ["x"], {}, {"id": "x"}], ids=repr)
def test_ids_texts_and_moments_are_strings(path: str, value: object) -> None:
    assert refusals(with_value(path, value)) == [("invalid_type", path)]


@pytest.mark.parametrize("path", IDS)
@pytest.mark.parametrize(
    "value", ["", " ", "1", "x" * 18, "005000000000001AAA", ACCOUNT + " ", CONTACT[:17] + "Z"]
)
def test_malformed_ids(path: str, value: str) -> None:
    assert refusals(with_value(path, value)) == [("malformed_id", path)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("account.id", CONTACT),
        ("contact.id", ACCOUNT),
        ("promotion.id", OFFER),
        ("enrollmentOffer.id", PROMOTION),
    ],
)
def test_an_id_of_another_kind_is_malformed_and_never_looked_up(path: str, value: str) -> None:
    assert refusals(with_value(path, value)) == [("malformed_id", path)]


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("value", ["", " ", "\t\n", "\u00a0", "a\x00b"], ids=repr)
def test_blank_texts_and_nul(path: str, value: str) -> None:
    assert refusals(with_value(path, value)) == [("invalid_value", path)]


@pytest.mark.parametrize("path", MOMENTS)
@pytest.mark.parametrize("value", ["", "2026-05-01", "2026-05-01T00:00:00", "soon"], ids=repr)
def test_a_date_time_without_an_offset_is_refused(path: str, value: str) -> None:
    assert refusals(with_value(path, value)) == [("invalid_datetime", path)]


@pytest.mark.parametrize(
    "path",
    ["account.name", "contact.Id", "contact.lastname", "promotion.name", "enrollmentOffer.offer"],
)
def test_an_unknown_property_of_a_part(path: str) -> None:
    assert refusals(with_value(path, None)) == [("unknown_property", path)]


@pytest.mark.parametrize("name", ["Account", "allOrNone", "promotionCode", "id", ""])
def test_an_unknown_property_of_an_item(name: str) -> None:
    assert refusals({**MINIMAL, name: 1}, "inputParameters[0]") == [
        ("unknown_property", f"inputParameters[0].{name}".removesuffix("."))
    ]


def test_a_long_unknown_name_is_not_repeated_in_full() -> None:
    [(code, pointer)] = refusals({**MINIMAL, "x" * 10_000: 1})
    assert (code, len(pointer)) == ("unknown_property", 80)


@pytest.mark.parametrize("body", [None, True, 1, "x", [], [MINIMAL]], ids=repr)
def test_an_item_is_an_object(body: object) -> None:
    assert refusals(body) == [("invalid_type", "")]
    assert refusals(body, "inputParameters[7]") == [("invalid_type", "inputParameters[7]")]


ABSENT: dict[str, tuple[Mapping[str, object], list[tuple[str, str]]]] = {
    "nothing": ({}, [("customer_required", ""), ("promotion_required", "")]),
    "no customer": ({"promotion": {"id": PROMOTION}}, [("customer_required", "")]),
    "customers null": (
        {"account": None, "contact": None, "promotion": {"id": PROMOTION}},
        [("customer_required", "")],
    ),
    "empty contact": (
        {"contact": {}, "promotion": {"id": PROMOTION}},
        [("customer_required", "contact")],
    ),
    "contact of nulls": (
        {"contact": {"id": None, "email": None}, "promotion": {"id": PROMOTION}},
        [("customer_required", "contact")],
    ),
    "empty account": (
        {"account": {}, "promotion": {"id": PROMOTION}},
        [("customer_required", "account")],
    ),
    "both empty": (
        {"account": {}, "contact": {}, "promotion": {"id": PROMOTION}},
        [("customer_required", "account"), ("customer_required", "contact")],
    ),
    "empty account beside a contact": (
        {**MINIMAL, "account": {}},
        [("customer_required", "account")],
    ),
    "empty contact beside an account": (
        {"account": {"id": ACCOUNT}, "contact": {}, "promotion": {"id": PROMOTION}},
        [("customer_required", "contact")],
    ),
    "no promotion": ({"contact": {"id": CONTACT}}, [("promotion_required", "")]),
    "promotion null": (
        {"contact": {"id": CONTACT}, "promotion": None},
        [("promotion_required", "")],
    ),
    "empty promotion": (
        {"contact": {"id": CONTACT}, "promotion": {}},
        [("promotion_required", "promotion")],
    ),
    "empty offer": ({**MINIMAL, "enrollmentOffer": {}}, [("required", "enrollmentOffer")]),
    "offer of nulls": (
        {**MINIMAL, "enrollmentOffer": {"id": None, "code": None}},
        [("required", "enrollmentOffer")],
    ),
}


@pytest.mark.parametrize(("body", "expected"), ABSENT.values(), ids=ABSENT.keys())
def test_what_must_be_there(body: Mapping[str, object], expected: list[tuple[str, str]]) -> None:
    assert refusals(body) == expected
    item = "inputParameters[2]"
    assert refusals(body, item) == [
        (code, f"{item}.{pointer}".removesuffix(".")) for code, pointer in expected
    ]


def test_everything_that_is_wrong_with_an_item_is_said_at_once() -> None:
    body = {
        "account": "x",
        "contact": {"id": "x", "lastName": "", "email": 5, "phone": "x"},
        "promotion": {"id": True, "code": []},
        "enrollmentOffer": {"id": "x"},
        "enrollmentEffectiveDateTime": "x",
        "enrollmentExpirationDateTime": 1,
        "offer": None,
    }
    expected = {
        ("invalid_type", "account"),
        ("malformed_id", "contact.id"),
        ("invalid_value", "contact.lastName"),
        ("invalid_type", "contact.email"),
        ("unknown_property", "contact.phone"),
        ("invalid_type", "promotion.id"),
        ("invalid_type", "promotion.code"),
        ("malformed_id", "enrollmentOffer.id"),
        ("invalid_datetime", "enrollmentEffectiveDateTime"),
        ("invalid_type", "enrollmentExpirationDateTime"),
        ("unknown_property", "offer"),
    }
    found = refusals(body)
    assert (set(found), len(found)) == (expected, len(expected))


# --- The request around the items -----------------------------------------------------------------


def request_refusals(body: object) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        parse_request(body)
    return places(caught.value.errors)


@pytest.mark.parametrize("body", [None, True, 1, 1.5, "x", [], [MINIMAL]], ids=repr)
def test_a_request_is_an_object(body: object) -> None:
    assert request_refusals(body) == [("invalid_type", "")]


REFUSED_REQUESTS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "no items property": ({}, [("empty_request", "inputParameters")]),
    "items null": ({"inputParameters": None}, [("empty_request", "inputParameters")]),
    "no items": ({"inputParameters": []}, [("empty_request", "inputParameters")]),
    "an item outside a list": (
        {"inputParameters": MINIMAL},
        [("invalid_type", "inputParameters")],
    ),
    "an empty object": ({"inputParameters": {}}, [("invalid_type", "inputParameters")]),
    "a text": ({"inputParameters": "x"}, [("invalid_type", "inputParameters")]),
    "an empty text": ({"inputParameters": ""}, [("invalid_type", "inputParameters")]),
    "false": ({"inputParameters": False}, [("invalid_type", "inputParameters")]),
    "0": ({"inputParameters": 0}, [("invalid_type", "inputParameters")]),
    "201 items": (
        {"inputParameters": [MINIMAL] * 201},
        [("too_many_items", "inputParameters")],
    ),
    "201 items that are none": (
        {"inputParameters": [None] * 201},
        [("too_many_items", "inputParameters")],
    ),
    "unknown property": (
        {"inputParameters": [MINIMAL], "items": []},
        [("unknown_property", "items")],
    ),
    "several": (
        {"allOrNone": "false", "items": []},
        [
            ("unknown_property", "items"),
            ("invalid_type", "allOrNone"),
            ("empty_request", "inputParameters"),
        ],
    ),
}


@pytest.mark.parametrize(
    ("body", "expected"), REFUSED_REQUESTS.values(), ids=REFUSED_REQUESTS.keys()
)
def test_refused_requests(body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert request_refusals(body) == expected


@pytest.mark.parametrize("count", [1, 2, MOST_ITEMS])
def test_one_to_two_hundred_items_each_at_its_place(count: int) -> None:
    request = parse_request({"inputParameters": [MINIMAL] * count})
    assert MOST_ITEMS == 200
    assert request.items == [
        Item(pointer=f"inputParameters[{n}]", contact_id=2, promotion_id=3) for n in range(count)
    ]


@pytest.mark.parametrize(
    ("given_value", "meant"), [(True, True), (False, False), (None, True)], ids=repr
)
def test_all_or_none(given_value: bool | None, meant: bool) -> None:
    body = {"inputParameters": [MINIMAL], "allOrNone": given_value}
    assert parse_request(body).all_or_none is meant


def test_all_or_none_by_default() -> None:
    assert parse_request({"inputParameters": [MINIMAL]}).all_or_none is True


@pytest.mark.parametrize("value", [0, 1, "", "true", "false", [], {}], ids=repr)
def test_all_or_none_is_a_boolean(value: object) -> None:
    body = {"inputParameters": [MINIMAL], "allOrNone": value}
    assert request_refusals(body) == [("invalid_type", "allOrNone")]


def test_bad_items_stand_between_the_good_ones_with_all_their_errors() -> None:
    request = parse_request(
        {
            "inputParameters": [
                MINIMAL,
                None,
                {"contact": {"id": CONTACT}},
                {"contact": {"email": 5, "lastName": ""}, "promotion": {"code": "SUMMER"}},
                MINIMAL,
            ]
        }
    )
    assert [
        places(item.errors) if isinstance(item, Unreadable) else item.pointer
        for item in request.items
    ] == [
        "inputParameters[0]",
        [("invalid_type", "inputParameters[1]")],
        [("promotion_required", "inputParameters[2]")],
        [
            ("invalid_value", "inputParameters[3].contact.lastName"),
            ("invalid_type", "inputParameters[3].contact.email"),
        ],
        "inputParameters[4]",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["inputParameters", "allOrNone", "contact", "promotion", "id", "code"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_is_sent_is_read_or_refused_with_reasons(body: object) -> None:
    try:
        items = parse_request(body).items
    except Refused as refused:
        items = [Unreadable(refused.errors)]
    for item in items:
        if isinstance(item, Unreadable):
            assert item.errors
        else:
            assert item.names_account or item.names_contact


# --- What is certain of an item that can't be read as a whole -------------------------------------

SENT: dict[str, Any] = {
    "contact": {"lastName": "Ashworth", "email": "tom@example.com"},
    "promotion": {"code": "SUMMER"},
    "enrollmentOffer": {"code": "MAIL"},
    "enrollmentExpirationDateTime": "2026-05-31T00:00:00Z",
}
CUSTOMER = {"last_name": "Ashworth", "email": "tom@example.com"}
SAID = {
    **CUSTOMER,
    "promotion_code": "SUMMER",
    "offer_code": "MAIL",
    "expiration": utc("2026-05-31 00:00:00"),
}
NOT_OF_THE_CUSTOMER = dict.fromkeys(CUSTOMER)


@pytest.mark.parametrize("pointer", ["", "inputParameters[3]"])
@pytest.mark.parametrize(
    ("sent", "certain_is"),
    [
        ({"note": "x"}, {}),
        ({"promotion": None}, {"promotion_code": None}),
        ({"promotion": {"code": "SUMMER", "id": "nonsense"}}, {"promotion_code": None}),
        ({"promotion": {"code": "SUMMER", "name": "x"}}, {"promotion_code": None}),
        ({"enrollmentOffer": {"code": "MAIL", "id": "nonsense"}}, {"offer_code": None}),
        ({"enrollmentEffectiveDateTime": "2026-05-01"}, {"expiration": None}),
        ({"contact": {**SENT["contact"], "id": "nonsense"}}, NOT_OF_THE_CUSTOMER),
        ({"contact": {**SENT["contact"], "externalId": "4711"}}, NOT_OF_THE_CUSTOMER),
        ({"account": {"id": "nonsense"}}, NOT_OF_THE_CUSTOMER),
        ({"account": {}}, NOT_OF_THE_CUSTOMER),
        ({"account": {"id": ACCOUNT}, "contact": 5}, NOT_OF_THE_CUSTOMER),
        (
            {"account": {"id": ACCOUNT}, "contact": None, "note": "x"},
            NOT_OF_THE_CUSTOMER,  # a misspelled "contact" would be the customer
        ),
        (
            {"account": {"id": ACCOUNT}, "contact": None, "promotion": 5},
            {**NOT_OF_THE_CUSTOMER, "account_id": 1, "promotion_code": None},
        ),
    ],
)
def test_of_customer_promotion_offer_and_period_each_is_certain_or_nothing_of_it(
    sent: dict[str, Any], certain_is: dict[str, Any], pointer: str
) -> None:
    item = parse_item({**SENT, **sent}, pointer)
    assert isinstance(item, Unreadable)
    assert certain(item.item, item.errors) == Item(pointer, **{**SAID, **certain_is})


# --- Changing a period ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "period"),
    [
        ({}, {}),
        ({"reason": "x"}, {}),
        ({"enrollmentExpirationDateTime": None}, {"expiration": None}),
        (
            {
                "enrollmentEffectiveDateTime": "2026-05-01T02:00:00+02:00",
                "enrollmentExpirationDateTime": "2026-06-01T00:00:00Z",
            },
            {
                "effective": utc("2026-05-01 00:00:00"),
                "expiration": utc("2026-06-01 00:00:00"),
            },
        ),
    ],
)
def test_a_period_holds_what_is_present_and_null_clears(
    body: dict[str, Any], period: dict[str, Any]
) -> None:
    assert parse_period(body) == (period, [])


def test_a_bad_period_says_what_is_wrong_with_both_ends() -> None:
    _, errors = parse_period(
        {"enrollmentEffectiveDateTime": "x", "enrollmentExpirationDateTime": False}
    )
    assert places(tuple(errors)) == [
        ("invalid_datetime", "enrollmentEffectiveDateTime"),
        ("invalid_type", "enrollmentExpirationDateTime"),
    ]


def test_unknown_properties() -> None:
    errors = unknown_properties({"reason": "x", "Reason": "x", "y": 1}, ("reason",))
    assert places(tuple(errors)) == [("unknown_property", "Reason"), ("unknown_property", "y")]
