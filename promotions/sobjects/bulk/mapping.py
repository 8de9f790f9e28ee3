"""From a row of a table to the body of a record, as the columns of the table say.

Source: the client contract, section 2, "Bulk 2.0": an empty cell says nothing of its field,
``#N/A`` clears it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from promotions.models import BatchedJob, BulkJob
from promotions.models.bulk_jobs import BulkOperation
from promotions.sobjects.declare import SObject
from promotions.sobjects.paths import targets_of

NULL: Final = "#N/A"
_ID: Final = "id"


class WrongColumns(Exception):
    """The table can't be used for what its job is to do; says why."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a row says."""

    key: str
    """The value that tells which record is meant: its id, or that of the external id."""
    body: Mapping[str, Any]


Put = Callable[[dict[str, Any], str], None]
"""Says in a body what a cell that is not empty says."""


class Columns:
    """What each column of a table means to its job."""

    def __init__(self, job: BulkJob | BatchedJob, one: SObject, header: Sequence[str]) -> None:
        """Raises ``WrongColumns``: a name that is no field's, one that comes twice, none that tells
        the records."""
        names = [name.lower() for name in header]
        seen: set[str] = set()
        for name in header:
            if name.lower() in seen:
                raise WrongColumns(f"Duplicate field name : {name[:80]}")
            seen.add(name.lower())
        self._key = self._key_column(job, one, names)
        self._puts: list[tuple[int, Put]] = [
            (place, _put(one, name)) for place, name in enumerate(header) if place != self._key
        ]
        if job.operation == BulkOperation.DELETE and self._puts:
            raise WrongColumns("The 'delete' batch must contain only ids")

    @staticmethod
    def _key_column(job: BulkJob | BatchedJob, one: SObject, names: Sequence[str]) -> int | None:
        if job.operation == BulkOperation.INSERT:
            return None
        wanted = job.external_id_field if job.operation == BulkOperation.UPSERT else "Id"
        assert wanted is not None
        if wanted.lower() not in names:
            raise WrongColumns(f"The '{job.operation}' batch must contain the column {wanted}")
        return names.index(wanted.lower())

    def read(self, cells: Sequence[str]) -> Mapped:
        """What a row says."""
        body: dict[str, Any] = {}
        for place, put in self._puts:
            if cell := cells[place]:
                put(body, cell)
        return Mapped("" if self._key is None else cells[self._key].strip(), body)


def _put(one: SObject, name: str) -> Put:
    """What a column of this name means. Raises ``WrongColumns``."""
    if name.lower() == _ID:
        return _field("Id")
    field = one.field(name)
    if field is not None:
        return _field(field.name)
    if "." in name:
        return _relationship(one, name)
    raise _not_found(name)


def _field(name: str) -> Put:
    def put(body: dict[str, Any], cell: str) -> None:
        body[name] = None if cell == NULL else cell

    return put


def _relationship(one: SObject, name: str) -> Put:
    """``Account.ExternalId``, or ``User:Owner.Username`` where a reference leads to one of several
    objects: the other record by a field that identifies it."""
    kind, colon, path = name.partition(":") if ":" in name else ("", "", name)
    relationship, _, key = path.partition(".")
    for field in one.fields.values():
        if (field.relationship_name or "").lower() != relationship.lower():
            continue
        for _, target in targets_of(field):
            found = target.field(key)
            wanted = not colon or target.name.lower() == kind.lower()
            if wanted and found is not None and (found.id_lookup or found.external_id):
                said = {"attributes": {"type": target.name}} if colon else {}
                return _related(field.relationship_name or relationship, found.name, said)
    raise _not_found(name)


def _related(relationship: str, key: str, said: Mapping[str, Any]) -> Put:
    def put(body: dict[str, Any], cell: str) -> None:
        body[relationship] = None if cell == NULL else {**said, key: cell}

    return put


def _not_found(name: str) -> WrongColumns:
    return WrongColumns(f"Field name not found : {name[:80]}")
