"""Files of customers: every row is told once, with its line; bad ones don't keep others from it."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from io import BufferedReader, BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollments import audience_files
from enrollments.audience_files import LONGEST_ROW, read_audience
from enrollments.wire import COLUMNS, Item, Unreadable
from promotions import ids
from promotions.errors import Refused
from tests.unit.audience_reading import (
    ACCOUNT,
    CONTACT,
    OFFER,
    OPENED,
    PROMOTION,
    items_of,
    pointers,
    refusals,
    rows_of,
    told,
)

# --- CSV ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"email,lastName\na@example.com,Meyer\n",
        b"email,lastName\r\na@example.com,Meyer",
        b"\xef\xbb\xbfemail,lastName\na@example.com,Meyer\n",
        b"email,lastName\ra@example.com,Meyer\r",
        b"\r\r\xef\xbb\xbfemail,lastName\r\ra@example.com,Meyer",
        b"email,lastName\r\r\na@example.com,Meyer\r\r\n",
        b"email;lastName\na@example.com;Meyer\n",
        b"email\tlastName\r\na@example.com\tMeyer\r\n",
        b'"email","lastName"\n"a@example.com","Meyer"\n',
        b"LASTNAME , EMail\n Meyer , a@example.com \n",
        b'email,lastName\n" a@example.com","Meyer\t"\n',
        b'email, "lastName"\n "a@example.com", "Meyer"\n',
        b"email,lastName\n\x0ba@example.com,\x1fMeyer\t\n",
        "email,lastName\na@example.com\u2028,\u00a0Meyer\u2003\n".encode(),
        b"\n\nemail,lastName\n\na@example.com,Meyer\n,\n\n",
        gzip.compress(b"email,lastName\na@example.com,Meyer\n", mtime=0),
        gzip.compress(b"email,lastName\ra@example.com,Meyer\r", mtime=0),
    ],
)
def test_a_table_is_the_same_however_it_was_saved(data: bytes) -> None:
    [item] = items_of(data)
    assert item == Item(email="a@example.com", last_name="Meyer", promotion_id=PROMOTION)


def test_every_column_is_read() -> None:
    cells = [
        CONTACT, "crm-1", "a@example.com", "Meyer", ACCOUNT, OFFER, "MAIL",
        "2026-05-01T00:00:00Z", "2026-06-01T02:00:00+02:00",
    ]  # fmt: skip
    [item] = items_of(f"{','.join(COLUMNS)}\n{','.join(cells)}".encode())
    assert item == Item(
        contact_id=42,
        contact_external_id="crm-1",
        email="a@example.com",
        last_name="Meyer",
        account_id=3,
        promotion_id=PROMOTION,
        offer_id=9,
        offer_code="MAIL",
        effective=OPENED,
        expiration=datetime(2026, 6, 1, tzinfo=UTC),
    )


def test_blank_cells_are_absent() -> None:
    [item] = items_of(f"contactId,email,enrollmentOfferId\n{CONTACT}, ,\n".encode())
    assert item == Item(contact_id=42, promotion_id=PROMOTION)


def test_what_a_spreadsheet_must_not_calculate_is_read_without_its_apostrophe() -> None:
    [item] = items_of(b"email\n'+49@example.com\n")
    assert item.email == "+49@example.com"
    [item] = items_of(b'lastName,email\n"O\nHara",\'+49@example.com\n')
    assert item.email == "+49@example.com"


def test_a_quoted_cell_may_have_commas_quotes_and_lines() -> None:
    data = b'lastName,email\n"O""Hara,\nJr.",a@example.com\nMeyer,b@example.com\n'
    assert told(data) == [(2, "a@example.com"), (4, "b@example.com")]
    assert items_of(data)[0].last_name == 'O"Hara,\nJr.'


def test_blank_cells_between_tabs_are_cells() -> None:
    [item] = items_of(b"accountId\temail\tlastName\tcontactId\n\ta@example.com\t\t\n")
    assert item == Item(email="a@example.com", promotion_id=PROMOTION)


@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
def test_lines_that_end_with_carriage_returns_are_lines_however_many(
    wrap: Callable[[bytes], bytes],
) -> None:
    rows = [b"c%d@example.com,Meyer" % n for n in range(2 * LONGEST_ROW // 20)]
    data = b"\r".join([b"email,lastName", b'"a@example.com","O\rHara"', b"x", *rows])
    assert told(wrap(data)) == [
        (2, "a@example.com"),
        (4, "invalid_value"),
        *((n + 5, f"c{n}@example.com") for n in range(len(rows))),
    ]


BAD_ROWS = {
    "too few cells": (b"a@example.com", "invalid_value"),
    "too many cells": (b"a@example.com,Meyer,x", "invalid_value"),
    "not in UTF-8": (b"a@example.com,M\xfcller", "invalid_value"),
    "NUL": (b"a@example.com,M\x00", "invalid_value"),
    "too long": (b"a@example.com," + b"x" * LONGEST_ROW, "invalid_value"),
    "a quote too many": (b'a@example.com,"Meyer"x', "invalid_value"),
    "not in UTF-8, quoted": (b'a@example.com,"M\xfcller"', "invalid_value"),
    "too long, quoted": (b'"' + b"x" * LONGEST_ROW + b'",Meyer', "invalid_value"),
}


@pytest.mark.parametrize("bad", BAD_ROWS)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_bad_row_is_told_and_the_rest_goes_on(bad: str, end: bytes) -> None:
    row, code = BAD_ROWS[bad]
    data = end.join([b"email,lastName", b"b@example.com,A", row, b"c@example.com,B", row])
    assert told(data) == [(2, "b@example.com"), (3, code), (4, "c@example.com"), (5, code)]


@pytest.mark.parametrize("behind", [0, 3, 300], ids="{} rows behind it".format)
def test_a_quote_that_is_not_closed_swallows_no_other_row(behind: int) -> None:
    rows = [b'"a@example.com,Meyer', *(b"b%d@example.com,Meyer" % n for n in range(behind))]
    data = b"\n".join([b"email,lastName", *rows])
    assert told(data) == [
        (2, "invalid_value"),
        *((n + 3, f"b{n}@example.com") for n in range(behind)),
    ]


def test_a_quote_closed_far_below_swallows_no_other_row() -> None:
    rows = [b'"a', *(b"b@example.com" for _ in range(200)), b'"']
    found = told(b"\n".join([b"email", *rows]))
    assert found == [
        (2, "invalid_value"),
        *((n + 3, "b@example.com") for n in range(200)),
        (203, "invalid_value"),
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (b"nonsense,,,", ["malformed_id contactId"]),
        (ids.encode(ids.ACCOUNT, 3).encode() + b",,,", ["malformed_id contactId"]),
        (b",,,2026-05-01", ["invalid_datetime enrollmentEffectiveDateTime"]),
        (b",nonsense,,", ["malformed_id accountId"]),
        (b",,MAIL,", ["customer_required"]),
        (b"x,x,,x", [
            "malformed_id contactId", "malformed_id accountId",
            "invalid_datetime enrollmentEffectiveDateTime",
        ]),
    ],
)  # fmt: skip
def test_cells_obey_the_rules_of_the_wire(row: bytes, expected: list[str]) -> None:
    header = b"contactId,accountId,enrollmentOfferCode,enrollmentEffectiveDateTime\n"
    assert pointers(header + row) == expected


# --- Newline-delimited JSON -----------------------------------------------------------------------


def ndjson(*bodies: Any) -> bytes:
    return b"\n".join(json.dumps(body).encode() for body in bodies)


def test_lines_are_items_of_the_wire_format() -> None:
    data = ndjson(
        {"contact": {"id": CONTACT}, "enrollmentOffer": {"code": "MAIL"}},
        {"contact": {"externalId": "crm-1"}, "enrollmentEffectiveDateTime": "2026-05-01T00:00:00Z"},
        {"account": {"id": ACCOUNT}, "promotion": None},
    )
    assert items_of(b"\xef\xbb\xbf" + data) == [
        Item(contact_id=42, promotion_id=PROMOTION, offer_code="MAIL"),
        Item(contact_external_id="crm-1", promotion_id=PROMOTION, effective=OPENED),
        Item(account_id=3, promotion_id=PROMOTION),
    ]


@pytest.mark.parametrize(
    "promotion",
    [
        {"id": ids.encode(ids.PROMOTION, PROMOTION)},
        {"code": "spring"},
        {"id": ids.encode(ids.PROMOTION, PROMOTION), "code": "SPRING"},
    ],
)
def test_a_line_may_name_the_promotion_of_the_job(promotion: Any) -> None:
    [item] = items_of(ndjson({"contact": {"id": CONTACT}, "promotion": promotion}))
    assert item == Item(contact_id=42, promotion_id=PROMOTION)


@pytest.mark.parametrize(
    "promotion",
    [
        {"id": ids.encode(ids.PROMOTION, PROMOTION + 1)},
        {"code": "OTHER"},
        {"id": ids.encode(ids.PROMOTION, PROMOTION), "code": "OTHER"},
    ],
)
def test_a_line_that_names_another_promotion_is_bad(promotion: Any) -> None:
    data = ndjson({"contact": {"id": CONTACT}, "promotion": promotion})
    assert pointers(data) == ["invalid_value promotion"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"{", ["malformed_json"]),
        (b"[]", ["invalid_type"]),
        (b'{"promotion":\r5}', ["invalid_type promotion"]),
        (b'{"contact":\x00}', ["malformed_json"]),
        (b"5", ["invalid_type"]),
        (b'{"contact": {"id": "\xff"}}', ["malformed_json"]),
        (b'{"contact": {"externalId": 5}}', ["invalid_type contact.externalId"]),
        (b'{"contact": {"externalId": " "}}', ["invalid_value contact.externalId"]),
        (b'{"contact": {"phone": "1"}}', ["unknown_property contact.phone"]),
        (b'{"promotion": 5}', ["invalid_type promotion"]),
        (b"{}", ["customer_required"]),
        (b'{"contact": {"email": "' + b"x" * LONGEST_ROW + b'"}}', ["invalid_value"]),
    ],
)
def test_a_bad_line_is_told_and_the_rest_goes_on(line: bytes, expected: list[str]) -> None:
    good = ndjson({"contact": {"email": "a@example.com"}})
    rows = rows_of(b"\n".join([good, line, b"", good]))
    assert [number for number, _ in rows] == [1, 2, 4]
    bad = rows[1][1]
    assert isinstance(bad, Unreadable)
    assert [f"{error.code} {error.pointer}".strip() for error in bad.errors] == expected


def test_a_line_in_another_encoding_is_told_as_that() -> None:
    (row,) = (row for _, row in rows_of('{"contact": {"lastName": "Müller"}}'.encode("latin-1")))
    assert isinstance(row, Unreadable)
    assert row.errors[0].detail == "The line is not encoded in UTF-8. Save the file in UTF-8."


def test_on_the_wire_there_is_no_external_id() -> None:
    from enrollments.wire import parse_item

    item = parse_item({"contact": {"externalId": "crm-1"}, "promotion": {"code": "SPRING"}})
    assert isinstance(item, Unreadable)
    assert [error.code for error in item.errors] == ["unknown_property"]


# --- Compressed -----------------------------------------------------------------------------------


def test_a_compressed_file_that_breaks_off_is_refused_behind_its_rows() -> None:
    lines = [b"email", *(b"c%d@example.com" % n for n in range(50_000))]
    whole = gzip.compress(b"\n".join(lines))
    file = BufferedReader(BytesIO(whole[: len(whole) // 2]))
    rows = read_audience(file, promotion_id=PROMOTION, promotion_code=None)
    read: list[Any] = []
    with pytest.raises(Refused, match="breaks off behind line"):
        read.extend(row for some in rows for row in some.rows)
    assert 0 < len(read) < 50_000


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [b"e@example.com", b'"e@example', b'"e@example.com"'])
def test_all_rows_before_the_break_are_told(last: bytes, end: bytes) -> None:
    compressor = zlib.compressobj(wbits=31)
    lines = end.join([b"email", *(b"%d@example.com" % n for n in range(5_000)), last])
    broken = compressor.compress(lines) + compressor.flush(zlib.Z_SYNC_FLUSH)
    rows = read_audience(BytesIO(broken), promotion_id=PROMOTION, promotion_code=None)
    read: list[Any] = []
    with pytest.raises(Refused, match="breaks off behind line"):
        read.extend(row for some in rows for row in some.rows)
    assert [item.email for _, item in read] == [f"{n}@example.com" for n in range(5_000)]


@pytest.mark.parametrize(
    "data", [b"\x1f\x8b", b"\x1f\x8bnonsense", gzip.compress(b"email", mtime=0)[:12]]
)
def test_what_only_begins_like_gzip_is_refused(data: bytes) -> None:
    assert refusals(data) == [("invalid_value", "")]


# --- In pieces ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row", [b"a@example.com,b\n", b'"a@example.com",b\n', b'"a@example.com,b\n']
)
def test_rows_come_in_pieces_however_they_are_written(row: bytes) -> None:
    file = BytesIO(b"email,lastName\n" + row * 20_000)
    pieces = list(read_audience(file, promotion_id=PROMOTION, promotion_code=None))
    assert max(len(piece.rows) for piece in pieces) <= 2_000
    assert sum(piece.size for piece in pieces) == len(row) * 20_000
    assert [line for piece in pieces for line, _ in piece.rows] == [*range(2, 20_002)]


# --- Whatever comes -------------------------------------------------------------------------------


def lines_of(parts: Iterable[bytes]) -> bytes:
    """Parts that may be blank all of them, with a row before them."""
    return b"\n".join([b"email,lastName", b"a@example.com,b", *parts])


PARTS = [
    *(b"a@b.c,d", b" a@b.c ,'d", b"'=x,d", b'"', b'"a\nb",c', b'a"b,c', b"", b"a\r", b"x", b","),
    *(b"\xff", b"\t,d", b'{"contact": {"email": "a@b.c"}}', b"a" * 190 + b",b", b"a" * 250),
]


@given(
    st.lists(st.sampled_from(PARTS), min_size=1),
    st.sampled_from([b"email,lastName\n", b"email\tlastName\n", b'{"account": {}}\n']),
    st.sampled_from([b"", b"\n"]),
    st.integers(1, 90),
)
def test_it_is_all_the_same_where_a_file_is_cut_while_it_is_read(
    parts: list[bytes], begin: bytes, end: bytes, together: int
) -> None:
    data = begin + b"a@b.c\td\n" + b"\n".join(parts) + end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audience_files, "LONGEST_ROW", 200)
        patch.setattr(audience_files, "_TOGETHER", 100)
        at_once = rows_of(data)
        patch.setattr(audience_files, "_TOGETHER", together)
        assert rows_of(data) == at_once
        patch.setattr(audience_files._Lines, "together", lambda lines: (0, b""))
        assert rows_of(data) == at_once


@given(
    st.lists(st.sampled_from([b"a,b", b'"', b'"a\nb",c', b'a"b,c', b"", b'"x"y,z', b"\xff", b","]))
)
def test_no_row_is_told_twice_and_rows_are_told_in_order(parts: list[bytes]) -> None:
    lines = [line for line, _ in rows_of(lines_of(parts))]
    assert lines == sorted(set(lines))


@given(st.binary(max_size=300))
def test_nothing_is_an_error_of_ours(data: bytes) -> None:
    with suppress(Refused):
        rows_of(data)


@given(st.lists(st.sampled_from([b"a@example.com,b", b"\xff,x", b'"x"y,z', b'x,"y"z', b"x"])))
def test_every_row_is_told_whatever_stands_around_it(parts: list[bytes]) -> None:
    good = b"a@example.com,b"
    expected = ["a@example.com" if part == good else "invalid_value" for part in [good, *parts]]
    assert told(lines_of(parts)) == list(enumerate(expected, 2))
