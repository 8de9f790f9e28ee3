"""Record ids: the contract's "Identifiers". The vectors were computed by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotions import ids
from promotions.ids import MalformedId, decode, encode

LARGEST = 2**63 - 1
KEYS = st.integers(min_value=0, max_value=LARGEST)

VECTORS = [
    ("001", 0, "001000000000000AAA"),
    ("0c8", 1, "0c8000000000001AAA"),
    ("0c8", 9, "0c8000000000009AAA"),
    ("0hP", 42, "0hP00000000000gEAA"),  # P is the third of its five: bit 2, 4, E
    ("0kW", 35, "0kW00000000000ZEAQ"),  # Z is the fifth of its five: bit 4, 16, Q
    ("0kW", 36, "0kW00000000000aEAA"),
    ("003", 61, "00300000000000zAAA"),
    ("003", 62, "003000000000010AAA"),
    ("00G", 62**2, "00G000000000100EAA"),
    ("0c8", LARGEST, "0c80AzL8n0Y58m7QCB"),
]


@pytest.mark.parametrize(("prefix", "key", "text"), VECTORS, ids=lambda value: str(value))
def test_known_vectors_both_ways(prefix: str, key: int, text: str) -> None:
    assert encode(prefix, key) == text
    assert decode(prefix, text) == key
    assert decode(prefix, text[:15]) == key, "the 15-character form is taken too"


@pytest.mark.parametrize(
    ("short_id", "expected"),
    [
        ("aaaaaaaaaaaaaaa", "AAA"),
        ("AAAAAAAAAAAAAAA", "555"),
        ("Aaaaa00000zzzzz", "BAA"),
        ("aAaAA00000zzzzz", "0AA"),  # 2 + 8 + 16 = 26, the first digit
        ("0000Z0000Z0000Z", "QQQ"),
        ("00000Z0000Z0000", "ABB"),
    ],
)
def test_checksum(short_id: str, expected: str) -> None:
    assert ids.checksum(short_id) == expected


@given(KEYS, st.sampled_from(["001", "003", "0c8", "0hP", "0kW", "00G"]))
def test_every_key_has_an_id_and_comes_back_from_it(key: int, prefix: str) -> None:
    text = encode(prefix, key)
    assert (len(text), text[:3], text.isascii() and text.isalnum()) == (18, prefix, True)
    assert decode(prefix, text) == decode(prefix, text[:15]) == key


@given(KEYS, KEYS)
def test_ids_sort_and_differ_as_their_keys_do(one: int, other: int) -> None:
    assert (encode("001", one)[:15] < encode("001", other)[:15]) == (one < other)


@given(KEYS)
def test_an_id_whose_case_was_folded_on_the_way_is_noticed(key: int) -> None:
    text = encode("0c8", key)
    for folded in (text[:15].upper() + text[15:], text[:15].lower() + text[15:]):
        if folded != text:
            with pytest.raises(MalformedId):
                decode("0c8", folded)


GOOD = "0hP00000000000gEAA"
MALFORMED = {
    "empty": "",
    "14 characters": GOOD[:14],
    "16 characters": GOOD[:16],
    "17 characters": GOOD[:17],
    "19 characters": GOOD + "A",
    "another kind": "0c8000000000001AAA",
    "another kind, short": "0c8000000000001",
    "prefix in other case": "0HP00000000000gGAA",
    "a character outside the alphabet": "0hP0000000000-g",
    "a space": " hP00000000000gEAA",
    "blank around it": f" {GOOD[:13]} ",
    "a letter with an accent": "0hP0000000000ég",
    "a digit of another script": "0hP0000000000٣g",
    "NUL": "0hP0000000000\x00g",
    "a wrong checksum": "0hP00000000000gEAB",
    "the checksum in lower case": "0hP00000000000geaa",
    "a checksum outside its alphabet": "0hP00000000000gE-A",
    "case folded up": "0HP00000000000GEAA",
    "case of one digit changed": "0hP00000000000GEAA",
    "one past 63 bits": "0hP0AzL8n0Y58m8",
    "one past 63 bits, with its checksum": "0hP0AzL8n0Y58m8UCB",
    "the most that twelve digits hold": "0hPzzzzzzzzzzzz",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_ids_are_refused_never_repaired(text: str) -> None:
    with pytest.raises(MalformedId):
        decode(ids.PROMOTION_PARTY_USAGE, text)


@given(st.text(max_size=20))
def test_whatever_the_text_it_is_an_id_or_malformed(text: str) -> None:
    try:
        key = decode("001", text)
    except MalformedId:
        return
    assert encode("001", key).startswith(text)


@pytest.mark.parametrize("key", [-1, 2**63, 62**12])
def test_a_key_that_does_not_fit_has_no_id(key: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode("001", key)


def test_prefixes_are_those_of_the_contract() -> None:
    assert {
        "Promotion": ids.PROMOTION,
        "Account": ids.ACCOUNT,
        "Contact": ids.CONTACT,
        "User": ids.USER,
        "Group": ids.GROUP,
        "PromotionPartyUsage": ids.PROMOTION_PARTY_USAGE,
        "Offer": ids.OFFER,
    } == {
        "Promotion": "0c8",
        "Account": "001",
        "Contact": "003",
        "User": "005",
        "Group": "00G",
        "PromotionPartyUsage": "0hP",
        "Offer": "0kW",
    }
    prefixes = [getattr(ids, name) for name in dir(ids) if name.isupper() and name[0] != "_"]
    assert len(set(prefixes)) == len(prefixes), "a prefix names one kind of record"


@given(block=st.integers(min_value=0, max_value=LARGEST // 62**2 - 1))
def test_neighbours_differ_in_their_last_digits_only(block: int) -> None:
    keys = range(block * 62**2, (block + 1) * 62**2, 479)
    encoded = [encode("0hP", key) for key in keys]
    assert {text[:13] for text in encoded} == {encoded[0][:13]}
    assert [decode("0hP", text) for text in encoded] == list(keys)
