"""From a batch in JSON or XML to the table that bulk jobs are worked off from.

A property that a record doesn't have is an empty cell, null (``xsi:nil``) the one that clears; a
relationship that names the other record by a key of its own is a column such as
``Account.ExternalId``, as it is in CSV, and cleared by null as well, there or in its place.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO, Final

import orjson

from promotions.dictionary import Field
from promotions.models.bulk_jobs import ColumnDelimiter, LineEnding
from promotions.sobjects.batched.errors import Wrong
from promotions.sobjects.bulk.mapping import NULL, WrongColumns
from promotions.sobjects.bulk.tables import Table, UnreadableTable, table_lines
from promotions.sobjects.declare import SObject
from promotions.sobjects.elements import BadXml, Node, read_children

MOST_ROWS: Final = 10_000
_MOST_PARTS: Final = 500_000
"""Objects and lists in JSON: each takes many times the memory of its two letters."""
_MORE_COLUMNS: Final = 100
"""Than the object has fields: those that name another record by one of its own."""
_AT_ONCE: Final = 500
_FORM: Final = {"delimiter": ColumnDelimiter.COMMA.label, "newline": LineEnding.LF.label}
_TYPE: Final = "type"
_ATTRIBUTES: Final = "attributes"


class TooManyRows(Exception):
    """A batch has more than ``MOST_ROWS``."""

    def __init__(self) -> None:
        super().__init__(
            f"InvalidBatch : Exceeded number of records: {MOST_ROWS + 1}. Number of records should "
            f"be less than or equal to {MOST_ROWS}"
        )


class Rows:
    """The records of a batch as rows of one table."""

    def __init__(self, one: SObject) -> None:
        self._one = one
        self._columns: dict[str, str] = {}
        """As they are spelled first, by their names in small letters."""
        self._rows: list[dict[str, str]] = []

    @property
    def header(self) -> list[str]:
        """Never empty: a line without a cell is none."""
        return list(self._columns.values()) or ["Id"]

    def add(self, cells: Iterable[tuple[str, str]]) -> None:
        """Adds a row by its columns' names. Raises ``TooManyRows``, ``WrongColumns`` where there
        are more than the object can have, and ``Wrong`` where one comes twice or can't be any."""
        if len(self._rows) == MOST_ROWS:
            raise TooManyRows
        row: dict[str, str] = {}
        for name, cell in cells:
            key = name.lower()
            if key in row:
                raise Wrong("ClientInputError", f"{name[:80]} is said twice in one record.")
            if key not in self._columns:
                self._add_column(key, name)
            row[key] = cell
        self._rows.append(row)

    def _add_column(self, key: str, name: str) -> None:
        if "\x00" in name:
            raise Wrong("ClientInputError", "The name of a field has a NUL character.")
        if len(self._columns) == len(self._one.fields) + _MORE_COLUMNS:
            # Each takes memory, and a cell of every row: the rest is not looked at.
            message = f"The records have more different fields than {self._one.name} has"
            raise WrongColumns(f"{message}, {name[:80]} among them.")
        self._columns[key] = name

    @property
    def are_any(self) -> bool:
        return bool(self._rows)

    def parts(self) -> Iterator[bytes]:
        """The table, some rows at a time; nothing where there are no rows."""
        if not self._rows:
            return
        yield table_lines([self.header], **_FORM)
        columns = list(self._columns) or [""]
        for begins in range(0, len(self._rows), _AT_ONCE):
            rows = self._rows[begins : begins + _AT_ONCE]
            yield table_lines([[row.get(key, "") for key in columns] for row in rows], **_FORM)

    def cleared(self, name: str) -> str:
        """The column by which what has this name is cleared: of a relationship, its field's."""
        field = self.reference(name)
        return name if field is None else field.name

    def reference(self, name: str) -> Field | None:
        """The field whose relationship has this name; None where it is a field's, or nothing's."""
        if self._one.field(name) is not None:
            return None
        fields = self._one.fields.values()
        found = (f for f in fields if (f.relationship_name or "").lower() == name.lower())
        return next(found, None)


def has_too_many_rows(file: BinaryIO) -> bool:
    """Whether a table that came as such does; whoever works it off says what else is wrong."""
    try:
        table = Table(file, _FORM["delimiter"])
        rows = table.rows(begins=table.begins, line=table.first_line)
        return next(islice(rows, MOST_ROWS, None), None) is not None
    except UnreadableTable:
        return False


# --- JSON -----------------------------------------------------------------------------------------


def rows_of_json(body: bytes, one: SObject) -> Rows:
    """Raises ``Wrong`` for what is no list of records, and what ``Rows.add`` raises."""
    if body.count(b"{") + body.count(b"[") > _MOST_PARTS:
        raise Wrong("ClientInputError", "The batch has too many parts. Send several.")
    try:
        records = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Wrong("ClientInputError", f"The batch is not valid JSON: {error}.") from error
    if not isinstance(records, list):
        raise Wrong("ClientInputError", "Send a JSON array of records.")
    rows = Rows(one)
    for record in records:
        if not isinstance(record, Mapping):
            raise Wrong("ClientInputError", "Each element of the array must be a JSON object.")
        rows.add(_json_cells(record, rows))
    return rows


def _json_cells(record: Mapping[str, Any], rows: Rows) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if name == _ATTRIBUTES:
            continue
        if value is None:
            yield rows.cleared(name), NULL
        elif isinstance(value, Mapping):
            said = {key: one for key, one in value.items() if key != _ATTRIBUTES}
            attributes = value.get(_ATTRIBUTES)
            kind = attributes.get(_TYPE) if isinstance(attributes, Mapping) else None
            cells = {key: NULL if one is None else _text(key, one) for key, one in said.items()}
            yield _related(name, cells, kind)
        else:
            yield name, _text(name, value)


def _text(name: str, value: Any) -> str:
    match value:
        case str():
            return value
        case bool() | int() | float():
            return orjson.dumps(value).decode()
    message = f"{name[:80]} has a value that no field takes: a list, or an object in an object."
    raise Wrong("ClientInputError", message)


# --- XML ------------------------------------------------------------------------------------------


def rows_of_xml(body: bytes, one: SObject) -> Rows:
    """Raises ``Wrong`` for what is no list of records, and what ``Rows.add`` raises."""
    rows = Rows(one)
    try:
        root = read_children(body, lambda node: rows.add(_xml_cells(node, rows, one)))
    except BadXml as error:
        raise Wrong("InvalidXML", str(error)) from error
    if root != "sObjects":
        raise Wrong("InvalidXML", "Send an element sObjects that has an sObject of each record.")
    return rows


def _xml_cells(record: Node, rows: Rows, one: SObject) -> Iterator[tuple[str, str]]:
    for node in record.children:
        if node.name == _TYPE and node.text.strip().lower() == one.name.lower():
            continue  # says what the record is; Account has a field of that name
        if node.is_nil:
            yield rows.cleared(node.name), NULL
        elif node.children:
            inside = node.child("sObject") or node
            said = {
                child.name: NULL if child.is_nil else child.text
                for child in inside.children
                if child.name != _TYPE
            }
            kind = inside.text_of(_TYPE)
            if said or kind:
                yield _related(node.name, said, kind)
        elif node.text.strip() or rows.reference(node.name) is None:
            yield node.name, node.text


# --- Both -----------------------------------------------------------------------------------------


def _related(name: str, said: Mapping[str, str], kind: Any) -> tuple[str, str]:
    """The column of a record that is named by one field of its own."""
    if len(said) != 1:
        message = f"{name[:80]} must name the other record by one field that identifies it."
        raise Wrong("ClientInputError", message)
    (key, value), *_ = said.items()
    return f"{kind}:{name}.{key}" if kind else f"{name}.{key}", value


READERS: Final[Mapping[str, Callable[[bytes, SObject], Rows]]] = {
    "JSON": rows_of_json,
    "XML": rows_of_xml,
}
"""By the format of the job."""
