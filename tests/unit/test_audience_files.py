"""Files of customers: every row is told once, with its line; bad ones don't keep others from it."""

import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from io import BufferedReader, BytesIO
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollments import audience_files
from enrollments.audience_files import LONGEST_ROW, Header, read_audience, read_header
from enrollments.wire import COLUMNS, Item, Unreadable
from promotions import ids
from promotions.errors import Refused

PROMOTION = 7
CONTACT = ids.encode(ids.CONTACT, 42)
ACCOUNT = ids.encode(ids.ACCOUNT, 3)
OFFER = ids.encode(ids.OFFER, 9)
OPENED = datetime(2026, 5, 1, tzinfo=UTC)


def rows_of(data: bytes, code: str | None = "SPRING") -> list[tuple[int, Item | Unreadable]]:
    file = BufferedReader(BytesIO(data))
    read = read_audience(file, promotion_id=PROMOTION, promotion_code=code)
    return [row for some in read for row in some.rows]


def items_of(data: bytes) -> list[Item]:
    items = [item for _, item in rows_of(data)]
    assert all(isinstance(item, Item) for item in items), items
    return cast("list[Item]", items)


def told(data: bytes) -> list[tuple[int, str]]:
    """Each row by its line, with what it says: an e-mail address, or the code of its error."""
    return [
        (line, item.email or "" if isinstance(item, Item) else item.errors[0].code)
        for line, item in rows_of(data)
    ]


def pointers(data: bytes) -> list[str]:
    [(_, row)] = rows_of(data)
    assert isinstance(row, Unreadable)
    return [f"{error.code} {error.pointer}".strip() for error in row.errors]


def header_of(data: bytes) -> Header:
    return read_header(BufferedReader(BytesIO(data)))


def refusals(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        header_of(data)
    return [(error.code, error.pointer) for error in caught.value.errors]


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


def test_a_header_with_columns_that_are_not_known_is_refused_with_those_that_are() -> None:
    assert refusals(b"email,phone,Email\n") == [
        ("unknown_property", "phone"),
        ("invalid_value", "email"),
    ]
    with pytest.raises(Refused) as caught:
        header_of(b"phone,mobile\n1\n")
    known, same = (error.detail for error in caught.value.errors)
    assert known.startswith("There is no such column. Known are contactId, contactExternalId,")
    assert same == "There is no such column."
    with pytest.raises(Refused, match=r"no such column\. Known") as caught:
        header_of(b"lastName,firstName\n")  # not “Is it lastName?”: that is there


@pytest.mark.parametrize(
    "first",
    [
        b"ann@example.com",
        b"C-1",
        b"003000000000001AAA,2099-12-31",
        b"Berg;ann@example.com",
        b"ann@example.com,",
        b",C-30009,,,",
        b"'+4930123,Berg",
        b"CUST-30021",
        b"Berg,ABC123",
    ],
)
def test_a_file_that_begins_with_a_customer_is_told_so(first: bytes) -> None:
    with pytest.raises(Refused) as caught:
        header_of(first + b"\nbea@example.com\n")
    (error,) = caught.value.errors
    assert "looks like a row. Begin the file with a line that names the columns" in error.detail


@pytest.mark.parametrize(
    "name", ["email1", "e-mail 1", "contact id 18", "phone1", "Column1", "E@mail", "1st name"]
)
def test_a_wrong_name_with_a_digit_is_a_name_all_the_same(name: str) -> None:
    assert refusals(name.encode() + b"\nann@example.com\n") == [("unknown_property", name)]


@pytest.mark.parametrize(
    "first",
    [
        b"sep=;\n",
        b'\xef\xbb\xbf"sep=;"\r\n',
        b"\nSEP=;\n\n",
        b"sep=,\n",
        b"sep = ;\n",
        b"sep=;;;\n",
        b' sep=";"\n',
        b"sep=\t\n",
    ],
)
def test_what_spreadsheets_write_before_the_header_is_passed_over(first: bytes) -> None:
    data = first + b"email;lastName\nann@example.com;\n?;;\n"
    assert header_of(data) == Header("csv", False, ["email", "lastName"], ";")
    before = first.count(b"\n")
    assert [line for line, _ in rows_of(data)] == [before + 2, before + 3]
    old = header_of(data.replace(b"\r", b"").replace(b"\n", b"\r"))
    assert (old.columns, old.delimiter) == (["email", "lastName"], ";")


def test_what_stands_between_columns_is_what_was_named_where_the_header_has_one() -> None:
    data = b"sep=;\nlastName\nSmith, Jr\nBerg;\n"
    assert told(data) == [(3, ""), (4, "invalid_value")]


def test_another_delimiter_is_told_which_there_are() -> None:
    with pytest.raises(Refused, match="by commas, semicolons or tabs instead of"):
        header_of(b"sep=|\nemail|lastName\n")


def test_columns_without_a_name_are_told_once() -> None:
    with pytest.raises(Refused) as caught:
        header_of(b"email,,\n")
    detail = "Column 2 of the header has no name. Name it, or take it out."
    assert [error.detail for error in caught.value.errors] == [detail]


@pytest.mark.parametrize("data", [b'[{"contact": {}}]', b" [\n", b'{\n  "contact": {}\n}\n'])
def test_json_that_is_no_object_a_line_is_told_how_to_write_it(data: bytes) -> None:
    with pytest.raises(Refused, match="a JSON object in a line of its own"):
        header_of(data)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf\n", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusals(data) == [("empty_request", "")]


@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
@pytest.mark.parametrize(
    "data",
    [
        b"email",
        b"email\n",
        b"email\r\n\r\n \t\n",
        b"\n\nemail,lastName\n,\n , \n",
        b"email;lastName\n;",
    ],
)
def test_a_file_without_rows_is_refused(data: bytes, wrap: Callable[[bytes], bytes]) -> None:
    assert refusals(wrap(data)) == [("empty_request", "")]
    with pytest.raises(Refused, match="a header and no rows"):
        rows_of(wrap(data))


@pytest.mark.parametrize("row", [b"a", b'"', b";", b"\xff", b" " * LONGEST_ROW])
def test_a_row_that_can_not_be_read_is_a_row(row: bytes) -> None:
    data = b"email,lastName\n\n" + row
    assert header_of(data).columns == ["email", "lastName"]
    assert told(data) == [(3, "invalid_value")]


@pytest.mark.parametrize("blank", [b"\n" * 2_000_000, b"\xc2\xa0\n"], ids=["many", "odd"])
def test_rows_are_not_looked_for_in_all_that_a_small_file_unpacks_to(blank: bytes) -> None:
    file = BytesIO(gzip.compress(b"email\n" + blank + os.urandom(1_000_000)))
    read_header(file)
    assert file.tell() < 500_000
    with pytest.raises(Refused, match="a header and no rows"):
        rows_of(gzip.compress(b"email\n" + blank))


def test_what_is_no_table_is_refused() -> None:
    assert refusals(b"<html>\n")[0][0] == "unknown_property"
    assert refusals(b"x\r" * LONGEST_ROW)[0] == ("unknown_property", "x")
    assert refusals(b"x" * LONGEST_ROW * 2) == [("invalid_value", "")]


@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_who_sends_a_workbook_is_told_how_to_save_it(beginning: bytes) -> None:
    with pytest.raises(Refused, match="Save the list as “CSV UTF-8”"):
        header_of(beginning + b"\x00 and so on")


ENCODED = {
    "a table": "email,lastName\na@example.com,Meyer\n",
    "a table with tabs": "email\tlastName\r\na@example.com\tMeyer\r\n",
    "a table below a blank line": "\r\nemail\r\na@example.com\r\n",
    "JSON": '{"contact": {"email": "a@example.com"}}\n',
    "a letter that is not in ASCII": "größe\n1\n",
}


@pytest.mark.parametrize("text", ENCODED.values(), ids=ENCODED)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
def test_who_sends_another_encoding_is_told_how_to_save_it(
    wrap: Callable[[bytes], bytes], encoding: str, text: str
) -> None:
    with pytest.raises(
        Refused, match=r"not encoded in UTF-8\. Save the file as “CSV UTF-8”"
    ) as told:
        header_of(wrap(text.encode(encoding)))
    assert [error.pointer for error in told.value.errors] == [""]


def test_a_column_in_latin_1_is_another_encoding() -> None:
    with pytest.raises(Refused, match="Save the file as “CSV UTF-8”"):
        header_of("größe\n1\n".encode("latin-1"))


@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
def test_a_header_is_not_looked_for_in_all_that_a_small_file_unpacks_to(
    wrap: Callable[[bytes], bytes],
) -> None:
    assert header_of(wrap(b"\n" * 999 + b"email\na\n")).columns == ["email"]
    with pytest.raises(Refused, match="begins with 1,000 blank lines"):
        header_of(wrap(b"\n" * 1000 + b"email\n"))


def test_the_header_tells_what_the_file_is() -> None:
    assert header_of(b"email;contactId\na;\n") == Header("csv", False, ["email", "contactId"], ";")
    assert header_of(b"email\tcontactId\na\t\n").delimiter == "\t"
    assert header_of(gzip.compress(b"email\na\n")) == Header("csv", True, ["email"], ",")
    assert header_of(b' \n {"contact": {}}') == Header("ndjson", False)


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
