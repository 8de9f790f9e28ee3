"""How a constraint is broken once, past all services: a valid record, and what is changed in it.

The tables beside the tests name a constraint, who makes the record, and the values; a value that
can be called stands for what it makes.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from promotions.models.trail import HistoryRow
from tests.factories import NOW

Make = Callable[[], models.Model]
Values = dict[str, Any]
Check = tuple[str, Make, Values]
Unique = tuple[str, Make]
"""The constraint, and who makes records that differ in its fields."""
Valid = tuple[Make, Values]


def names_of_checks(checks: Sequence[Check]) -> list[str]:
    return [f"{name} {_in_words(values)}" for name, _, values in checks]


def names_of_valid(valid: Sequence[Valid]) -> list[str]:
    return [f"{make.__name__} {_in_words(values)}" for make, values in valid]


def assert_refused(name: str, record: models.Model, values: Values) -> None:
    """The database refuses ``values``, by the name of the constraint."""
    with pytest.raises(IntegrityError, match=rf"\b{name}\b"), transaction.atomic():
        put(record, values)


def put(record: models.Model, values: Values) -> None:
    """Writes ``values`` into the row, or into a new one where rows are only added to."""
    made = {name: value() if callable(value) else value for name, value in values.items()}
    if isinstance(record, HistoryRow):
        for name, value in {"pk": None, **made}.items():
            setattr(record, name, value)
        record.save()
    else:
        type(record)._base_manager.filter(pk=record.pk).update(**made)


def assert_once(name: str, make: Make) -> None:
    """The database refuses a second row with the first one's values."""
    first, second = make(), make()
    same = _same(name, first)
    if connection.vendor == "sqlite":  # names the columns instead
        name = ", ".join(rf"{first._meta.db_table}\.{field}" for field in same)
    assert_refused(name, second, same)


def assert_free_again(name: str, make: Make) -> None:
    """The values of a deleted record may be another's, and are not kept from it by coming back."""
    first, second = make(), make()
    same = _same(name, first)
    put(first, {"is_deleted": True, "deleted_date": NOW})
    put(second, same)
    assert type(first)._base_manager.filter(**same).count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        put(first, {"is_deleted": False, "deleted_date": None})


def constraints() -> list[models.BaseConstraint]:
    """All that the two apps declare."""
    return [
        constraint
        for model in apps.get_models()
        if model._meta.app_label in ("promotions", "enrollments")
        for constraint in model._meta.constraints
    ]


LIVE = {
    constraint.name
    for constraint in constraints()
    if isinstance(constraint, models.UniqueConstraint)
    and constraint.condition == models.Q(is_deleted=False)
}
"""The unique constraints that leave out deleted records."""


def _same(name: str, record: models.Model) -> Values:
    """The values of ``record`` that a unique constraint keeps from others, by column."""
    [unique] = (c for c in record._meta.constraints if c.name == name)
    assert isinstance(unique, models.UniqueConstraint)
    columns = {c.name: c.attname for c in record._meta.concrete_fields}
    return {columns[name]: getattr(record, columns[name]) for name in unique.fields}


def _in_words(values: Values) -> str:
    return ", ".join(
        f"{name}={value.__name__ if callable(value) else value}" for name, value in values.items()
    )
