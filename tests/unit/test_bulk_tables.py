"""Tables of bulk jobs: what is written can be read again, and one row too long is one row."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotions.sobjects.bulk import tables
from promotions.sobjects.bulk.tables import Row, Table, UnreadableTable, table_lines

TEXTS = st.text(st.sampled_from('ab",\r\n é'), max_size=8)
LONG = 10_000


def rows_of(table: bytes, *, is_ours: bool = False) -> list[Row]:
    read = Table(io.BytesIO(table), ",", is_ours=is_ours)
    return list(read.rows(begins=read.begins, line=read.first_line))


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2)), st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read_again(rows: list[list[str]], newline: str) -> None:
    table = table_lines([["A", "B"], *rows], delimiter=",", newline=newline)
    assert [list(row.cells) for row in rows_of(table)] == rows
    assert list(csv.reader(io.StringIO(table.decode(), newline="")))[1:] == rows


def test_a_row_is_written_as_short_as_it_can_be() -> None:
    table = table_lines([["a\rb", "c d"], ["e", ""]], delimiter=",", newline="\n")
    assert table == b'"a\rb",c d\ne,\n'


@pytest.mark.parametrize(("size", "fits"), [(131_072, True), (131_073, False)])
def test_a_cell_has_so_many_characters(size: int, fits: bool) -> None:
    for cell in ("x" * size, "," * size):
        table = table_lines([["A"], [cell], ["y"]], delimiter=",", newline="\n")
        row, behind = rows_of(table, is_ours=True)
        assert (row.problem is None, row.cells[0] == cell) == (fits, fits)
        assert (behind.line, behind.cells) == (3, ["y"])


@pytest.mark.parametrize(
    "long",
    ["x" * LONG, "x\n" * LONG, '"' * LONG, "\r" * LONG, 'x"\n' * (LONG // 2), "é" * LONG],
    ids=["plain", "lines", "quotes", "carriage returns", "all", "of two bytes"],
)
def test_a_row_that_is_too_long_is_one_row(long: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_LONGEST_ROW", LONG // 2)
    monkeypatch.setattr(tables, "_BLOCK", 1000)
    lines = [["A", "B"], ["1", "2"], [long, "3"], ["4", long], ["5", "6\n7"], ["8", "9"]]
    table = table_lines(lines, delimiter=",", newline="\n")
    rows = rows_of(table, is_ours=True)
    assert [row.cells for row in rows if row.problem is None] == [lines[1], *lines[4:]]
    too_long = [row for row in rows if row.problem is not None]
    assert [row.cells for row in too_long] == [["", ""]] * 2
    assert str(too_long[0].problem) == (
        "The row at line 3 is too long: it has more than 1 MB, or a value of more than 131,072 "
        "characters."
    )
    # Whoever goes on behind it reads the same.
    again = Table(io.BytesIO(table), ",", is_ours=True)
    behind = again.rows(begins=too_long[1].ends, line=too_long[1].next_line)
    assert list(behind) == rows[3:]


def test_in_a_table_of_somebody_else_a_quote_leaves_open_where_a_long_row_ends() -> None:
    long = b"x" * (2 * tables._LONGEST_ROW)
    assert [row.problem is None for row in rows_of(b"A\n" + long + b"\nx\n")] == [False, True]
    for row in (b'"' + long + b'"', b'"' + b"x\n" * 2 * tables._LONGEST_ROW):
        with pytest.raises(UnreadableTable, match="A row at line 2 has more than 1 MB"):
            rows_of(b"A\n" + row + b"\nx\n")
    with pytest.raises(UnreadableTable, match="header"):
        rows_of(long)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        *(
            (text.encode(encoding), r"^The table is not encoded in UTF-8\.$")
            for text in ("A\tB\r\n1\t2\r\n", "\r\nA,B\r\n", "A,B\n1,2\n")
            for encoding in ("utf-16", "utf-16-le", "utf-16-be")
        ),
        ("é\n1\n".encode("latin-1"), r"^The table is not encoded in UTF-8\.$"),
        (b"A,B\r1,2\r", "from line 1 on: a carriage return alone ends no line"),
        (b"A,B\n1,2\n3,4\r5,6\n", "from line 3 on: a carriage return alone ends no line"),
    ],
)
def test_what_is_no_table_says_what_it_is(table: bytes, said: str) -> None:
    with pytest.raises(UnreadableTable, match=said):
        rows_of(table)


def test_no_more_of_a_long_row_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watched(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert 0 < size <= tables._LONGEST_ROW + 1
            return super().readline(size)

    table = Table(Watched(b"A\n" + b"x" * (2 * tables._LONGEST_ROW) + b"\n"), ",")
    assert [row.line for row in table.rows(begins=table.begins, line=2)] == [2]
