"""The catalogue from CSV files of any length: products and categories, by the key that they have in
the system they come from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final

from django.db import transaction

from promotions.actors import Actor
from promotions.csv_files import Row, read_rows
from promotions.errors import DomainError, Refused, refuse
from promotions.services.parts import product_categories, products
from promotions.services.records import RecordService

COLUMNS: Final = ("kind", "externalId", "name", "stockKeepingUnit")
REQUIRED: Final = ("externalId", "name")
_SERVICES: Final[Mapping[str, RecordService[Any]]] = {
    "product": products,
    "category": product_categories,
}
_CHUNK: Final = 500
"""Rows that are written together: others wait for no more."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row of a file that was not written."""

    line: int
    external_id: str
    errors: tuple[DomainError, ...]


@dataclass(slots=True)
class Import:
    """What became of a file's rows."""

    created: int = 0
    updated: int = 0
    """Those that were there already, changed or not."""
    refused: int = 0
    broken_off: tuple[DomainError, ...] = ()
    """Why the rest of the file could not be read."""

    @property
    def read(self) -> int:
        return self.created + self.updated + self.refused


def import_products(
    file: BinaryIO,
    *,
    by: Actor,
    at: datetime,
    trial: bool = False,
    refused: Callable[[RefusedRow], None] = lambda row: None,
    progress: Callable[[int], None] = lambda read: None,
) -> Import:
    """Creates the products and categories that a CSV file names, or sets their fields where they
    exist: a column that the file lacks stays as it is, an empty cell clears.

    A bad row is told to ``refused``, the others are written; with ``trial`` none is. A key that
    comes twice is written twice, the later row last. ``progress`` is told how many rows were read.
    Raises ``Refused`` for a file whose header is wrong; of one that breaks off behind that, the
    rows before are written.
    """
    done = Import()
    for chunk in _chunks(read_rows(file, columns=COLUMNS, required=REQUIRED), done):
        with transaction.atomic():
            for row in chunk:
                try:
                    _write(row, done, by=by, at=at)
                except Refused as refusal:
                    done.refused += 1
                    external_id = row.cells.get("externalId", "")
                    refused(RefusedRow(row.line, external_id, refusal.errors))
            transaction.set_rollback(trial)
        progress(done.read)
    return done


def _chunks(rows: Iterator[Row], done: Import) -> Iterator[list[Row]]:
    readable = _readable(rows, done)
    while chunk := list(islice(readable, _CHUNK)):
        yield chunk


def _readable(rows: Iterator[Row], done: Import) -> Iterator[Row]:
    """The rows up to where the file breaks off."""
    try:
        yield from rows
    except Refused as refusal:
        done.broken_off = refusal.errors


def _write(row: Row, done: Import, *, by: Actor, at: datetime) -> None:
    if row.problem:
        raise refuse("invalid_value", row.problem)
    kind = row.cells.get("kind", "").lower() or "product"
    if kind not in _SERVICES:
        detail = f"Write one of {', '.join(_SERVICES)}; an empty cell is a product."
        raise refuse("invalid_value", detail, "kind")
    external_id, number = row.cells["externalId"], row.cells.get("stockKeepingUnit")
    if not external_id:
        raise refuse("required", "Give the key that it has where it comes from.", "externalId")
    changes: dict[str, str | None] = {"name": row.cells["name"]}
    if kind == "product" and number is not None:
        changes["stock_keeping_unit"] = number or None
    elif number:
        detail = "A category has no article number. Leave the cell empty."
        raise refuse("invalid_value", detail, "stockKeepingUnit")
    _, is_new = _SERVICES[kind].upsert("external_id", external_id, changes, by=by, at=at)
    if is_new:
        done.created += 1
    else:
        done.updated += 1
