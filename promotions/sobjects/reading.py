"""Reading single records as clients see them: all their fields, or those that are asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.expressions import Combinable

from promotions import ids
from promotions.actors import Actor
from promotions.dictionary import Field
from promotions.sobjects.columns import Column, column_of
from promotions.sobjects.declare import SObject
from promotions.sobjects.paths import Place, Reached

DATA_PATH = "/services/data"
"""Where all versions of the surface begin."""


def record_url(one: SObject, key: int, version: str) -> str:
    """The path of a record in the version (``v59.0``) that the caller speaks."""
    return f"{record_url_start(one, version)}{ids.encode(one.key_prefix, key)}"


def record_url_start(one: SObject, version: str) -> str:
    return f"{DATA_PATH}/{version}/sobjects/{one.name}/"


@dataclass(frozen=True, slots=True)
class Shape:
    """What some fields of an object ask the database for, and what a row of it becomes."""

    sobject: SObject
    version: str
    columns: Sequence[tuple[str, Column]]

    @classmethod
    def of(cls, one: SObject, fields: Iterable[Field], *, by: Actor, version: str) -> "Shape":
        place = Place(one)
        named = [(f.name, column_of(Reached((f.name,), ((place, f),)), by)) for f in fields]
        return cls(one, version, named)

    @property
    def expressions(self) -> list[Combinable]:
        return [expression for _, column in self.columns for expression in column.expressions]

    def record(self, key: int, values: Sequence[Any]) -> dict[str, Any]:
        """The JSON object of a record, from the values of ``expressions``."""
        url = record_url(self.sobject, key, self.version)
        shown: dict[str, Any] = {"attributes": {"type": self.sobject.name, "url": url}}
        at = 0
        for name, column in self.columns:
            end = at + len(column.expressions)
            shown[name] = column.show(values[at:end])
            at = end
        return shown


def read_records(
    one: SObject,
    keys: Sequence[int],
    fields: Iterable[Field] | None = None,
    *,
    by: Actor,
    version: str,
) -> Mapping[int, dict[str, Any]]:
    """The live records with these keys that ``by`` may see, by key, with all their fields or those
    given."""
    wanted = list(one.fields.values() if fields is None else fields)
    shape = Shape.of(one, wanted, by=by, version=version)
    rows = one.rows(by).filter(pk__in=keys).order_by()
    if one.deleted_column is not None:
        rows = rows.filter(**{one.deleted_column: False})
    found = rows.values_list("pk", *shape.expressions)
    return {key: shape.record(key, values) for key, *values in found}
