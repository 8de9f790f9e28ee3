"""CSV files: read row by row, whoever wrote them, and written so that no spreadsheet runs them."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotions.csv_files import Row, read_rows, write_rows
from promotions.errors import Refused

COLUMNS = ["couponCode", "status", "description"]


def rows_of(data: bytes) -> list[Row]:
    return list(read_rows(BytesIO(data), columns=COLUMNS, required=["couponCode"]))


def refusals(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        rows_of(data)
    return [(error.code, error.pointer) for error in caught.value.errors]


@pytest.mark.parametrize(
    "data",
    [
        b"couponCode,status\nA1,Active\n",
        b"couponCode,status\r\nA1,Active",
        b"couponCode,status\rA1,Active\r",
        b"\xef\xbb\xbfcouponCode,status\nA1,Active\n",
        b"couponCode;status\nA1;Active\n",
        b"couponCode\tstatus\nA1\tActive\n",
        b'"couponCode","status"\n"A1","Active"\n',
        b"status,couponCode\nActive,A1\n",
        b"COUPONCODE , Status\n A1 , Active \n",
        b"couponCode,status\t\t\nA1,Active\t\t\n",
    ],
)
def test_a_table_is_the_same_however_it_was_saved(data: bytes) -> None:
    assert rows_of(data) == [Row(2, {"couponCode": "A1", "status": "Active"})]


def test_rows_are_told_by_the_line_where_they_begin() -> None:
    data = b'\n\ncouponCode,description\n\nA,"two\nlines"\n , \nB,\xc3\xa4\n"C"\n'
    assert rows_of(data) == [
        Row(5, {"couponCode": "A", "description": "two\nlines"}),
        Row(8, {"couponCode": "B", "description": "ä"}),
        Row(9, {"couponCode": "C", "description": ""}),
    ]


def test_what_spreadsheets_write_before_the_header_is_passed_over() -> None:
    assert rows_of(b'\n"sep=;"\r\ncouponCode;description\nA1;a,b\n') == [
        Row(4, {"couponCode": "A1", "description": "a,b"})
    ]
    assert rows_of(b"\xef\xbb\xbfsep=;\ncouponCode\nA,1\nsep=,\n") == [
        Row(3, {"couponCode": "A,1"}),
        Row(4, {"couponCode": "sep=,"}),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", [("empty_request", "")]),
        (b"sep=;\n", [("empty_request", "")]),
        (b"sep=|\ncouponCode|status\n", [("invalid_value", "")]),
        (b"sep=\xff\ncouponCode\n", [("invalid_value", "")]),
        (
            b"sep=\xc2\xa7\ncouponCode\n",
            [("unknown_property", "sep=§"), ("required", "couponCode")],
        ),
        (b"\n \n", [("empty_request", "")]),
        (b"couponCode,colour\n", [("unknown_property", "colour")]),
        (b"status\n", [("required", "couponCode")]),
        (b"couponCode,couponcode\n", [("invalid_value", "couponCode")]),
        (b"couponCode,\n", [("unknown_property", "")]),
        ("couponCode,status\n".encode("utf-16"), [("invalid_value", "")]),
        ("couponCode\tstatus\r\n".encode("utf-16-le"), [("invalid_value", "")]),
        ("\r\ncouponCode\tstatus\r\n".encode("utf-16-be"), [("invalid_value", "")]),
        (b"couponCode,gr\xf6\xdfe\n", [("invalid_value", "")]),
        (b'couponCode\n"A"B\n', [("invalid_value", "")]),
        (b'couponCode\nA\n"B\nC\n', [("invalid_value", "")]),
        (b"couponCode\n" + b"A" * 200_000, [("invalid_value", "")]),
    ],
)
def test_what_is_no_table_of_these_columns_is_refused(
    data: bytes, expected: list[tuple[str, str]]
) -> None:
    assert refusals(data) == expected


def test_a_refused_file_is_left_open() -> None:
    for data in (b"sep=|\n", b"colour\n", b"", b'couponCode\n"A\n'):
        file = BytesIO(data)
        with pytest.raises(Refused):
            list(read_rows(file, columns=COLUMNS, required=["couponCode"]))
        assert not file.closed


def test_where_a_file_stops_being_csv_the_line_is_named() -> None:
    with pytest.raises(Refused, match="from line 3 on"):
        rows_of(b'couponCode\nA\n"B\nC\n')


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"couponCode,status\nA,Active,x\n", "3 cells, the header 2"),
        (b"couponCode,status\nA,\xe4\n", "not encoded in UTF-8"),
        (b"couponCode,status\nA,B\x00\n", "not encoded in UTF-8"),
    ],
)
def test_a_bad_row_says_why_and_the_next_is_read(data: bytes, problem: str) -> None:
    bad, good = rows_of(data + b"B,\n")
    assert problem in (bad.problem or "")
    assert bad.cells["couponCode"] == "A"
    assert (good.line, good.problem) == (3, None)


def test_only_the_row_at_hand_is_read() -> None:
    class Endless(BytesIO):
        """A file that goes on for ever."""

        def read1(self, size: int | None = -1, /) -> bytes:
            return super().read1(size) or b"A,\n" * 1000

    rows: Iterator[Row] = read_rows(
        Endless(b"couponCode,status\n"), columns=COLUMNS, required=["couponCode"]
    )
    assert [next(rows).line for _ in range(10_000)] == list(range(2, 10_002))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-CODE", "'-CODE"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("'=1", "''=1"),
        ("'quoted'", "'quoted'"),
        ("a=b", "a=b"),
        ("a,b", '"a,b"'),
    ],
)
def test_what_a_spreadsheet_would_run_is_written_as_text(cell: str, written: str) -> None:
    assert write_rows([[cell]]) == f"{written}\r\n"


def _cell(text: str) -> str:
    return text.replace("\x00", "").strip()


@given(st.lists(st.text(min_size=1).map(_cell).filter(bool), min_size=1))
def test_what_was_written_is_read_again(codes: list[str]) -> None:
    data = write_rows([["couponCode"], *([code] for code in codes)]).encode()
    assert [row.cells["couponCode"] for row in rows_of(data)] == codes
