"""What the beginning of a file of customers tells: its format, its columns and what stands between
them; and what to do where it is no such file."""

import gzip
import os
from collections.abc import Callable
from io import BytesIO

import pytest

from enrollments.audience_files import LONGEST_ROW, Header, read_header
from promotions.errors import Refused
from tests.unit.audience_reading import (
    header_of,
    refusals,
    rows_of,
    told,
)


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
