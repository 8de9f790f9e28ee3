"""Statements that write rows of the service's tables, from the models as they are now.

A column that a later migration adds gets its default by itself.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models.fields import NOT_PROVIDED
from psycopg import sql
from psycopg.types.json import Json

ENROLLMENT = {
    "type": "'Contact'",
    "is_party_enrolled": "true",
    "is_deleted": "false",
    "version": "1",
}
"""What is the same in every new enrollment of a contact."""
CREATION = {"field": "'created'", "source": "'api'"}
"""What is the same in the row of history that says that a record was made."""


def insert(model: type[models.Model], values: Mapping[str, str], source: str = "") -> str:
    """``INSERT INTO … SELECT …`` with an SQL expression for each column in ``values``.

    ``source`` is what comes after the expressions: ``FROM …``. The other columns get their
    defaults; the primary key its next value, unless it is among ``values``.
    """
    named = dict(values)
    columns, expressions = [], []
    for field in model._meta.concrete_fields:
        column = str(field.column)  # concrete fields have one
        given = named.pop(column, None)
        if given is None and (field.primary_key or field.db_default is not NOT_PROVIDED):
            continue
        columns.append(column)
        expressions.append(_default(field) if given is None else given)
    if named:
        raise LookupError(f"{model._meta.db_table} has no columns {', '.join(named)}")
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})\n"
        f"SELECT {', '.join(expressions)}\n{source}"
    )


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns of a model's table."""
    return [str(field.column) for field in model._meta.concrete_fields]


def _default(field: "models.Field[Any, Any]") -> str:
    value = field.get_default()
    if isinstance(value, (dict, list)):
        value = Json(value)
    return sql.Literal(value).as_string(None)
