"""Every field's describe entry is proved by behaviour: by asking.

Every field of every object is selected, filtered, sorted, grouped and aggregated by, where describe
calls say that it can be, and is refused by name where they say that it can't. What holds is asked
for together, what doesn't by itself.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from promotions.sobjects import records
from promotions.sobjects.declare import every_sobject
from promotions.sobjects.describe import describe
from promotions.sobjects.errors import CallFailed
from promotions.sobjects.query.run import Caller, query
from tests.sobjects.specimens import SPECIMENS, Body, Maker, declared
from tests.sobjects.told import rows_told_of

pytestmark = pytest.mark.django_db

AT_ONCE: Final = 8
"""Fields that a clause of one query names."""
NUMBERS: Final = ("int", "double", "currency", "percent")


class Trial:
    """One object that is asked about, with records of it."""

    def __init__(self, name: str) -> None:
        self.name, self.make = name, Maker.new()
        self.one = declared(name)
        self.told = describe(self.one, self.make.by, "v59.0")
        self.fields = {field["name"]: field for field in self.told["fields"]}
        self.shown: list[Body] = list(self._records())
        self.wrong: set[tuple[str, str]] = set()

    def _records(self) -> Iterator[Body]:
        if self.name not in SPECIMENS:
            yield from rows_told_of(self.one, self.make)
        for factory in SPECIMENS.get(self.name, ()):
            record_id = self.make.make(self.name, **factory(self.make).body)
            yield records.retrieve(self.one, record_id, by=self.make.by, version="v59.0")

    def ask(self, select: str, rest: str = "") -> list[Body]:
        answer = query(
            f"SELECT {select} FROM {self.name} {rest}",
            Caller(self.make.by, timezone.now(), "v59.0"),
        )
        found: list[Body] = answer["records"]
        return found

    def saying(self, property_: str, value: bool) -> list[str]:
        return [name for name, field in self.fields.items() if field[property_] is value]

    def holds(self, property_: str, ask: "Ask") -> None:
        """``ask`` is right of the fields of which the property is said: of all of them at once, or
        else one by one, to see of which it isn't. It is refused of the others."""
        said = self.saying(property_, True)
        for names in (said[n : n + AT_ONCE] for n in range(0, len(said), AT_ONCE)):
            if not _is_right(self, ask, names):
                wrong = [name for name in names if not _is_right(self, ask, [name])]
                self.wrong |= {(name, property_) for name in wrong or names}
        for name in self.saying(property_, False):
            if not _is_refused(self, ask, name):
                self.wrong.add((name, property_))


Ask = Callable[[Trial, list[str]], bool]
"""Asks by these fields; whether the answer is right."""


def _is_right(trial: Trial, ask: Ask, names: list[str]) -> bool:
    try:
        return ask(trial, names)
    except CallFailed:
        return False


def _is_refused(trial: Trial, ask: Ask, name: str) -> bool:
    try:
        ask(trial, [name])
    except CallFailed as failed:
        return [one.code for one in failed.problems] == ["INVALID_FIELD"]
    return False


def condition(field: dict[str, Any], value: Any) -> str:
    """That the field has this value, as retrieved."""
    name = field["name"]
    if value is None:
        return f"{name} = null"
    match field["type"]:
        case "datetime":
            # What is kept is finer than what is shown.
            moment = datetime.fromisoformat(value)
            later = moment + timedelta(seconds=1)
            return f"{name} >= {moment:%Y-%m-%dT%H:%M:%SZ} AND {name} <= {later:%Y-%m-%dT%H:%M:%SZ}"
        case "date":
            return f"{name} = {value}"
        case "boolean" | "int" | "double" | "currency" | "percent":
            return f"{name} = {json.dumps(value)}"
    quoted = str(value).replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"{name} = '{quoted}'"


def found_by(trial: Trial, names: list[str]) -> bool:
    for record in trial.shown:
        conditions = " AND ".join(condition(trial.fields[n], record[n]) for n in names)
        if record["Id"] not in [row["Id"] for row in trial.ask("Id", f"WHERE {conditions}")]:
            return False
    return True


def sorted_by(trial: Trial, names: list[str]) -> bool:
    return len(trial.ask("Id", f"ORDER BY {', '.join(names)}")) >= len(trial.shown)


def grouped_by(trial: Trial, names: list[str]) -> bool:
    listed = ", ".join(names)
    groups = trial.ask(f"{listed}, COUNT(Id) n", f"GROUP BY {listed} ORDER BY {names[0]}")
    shown = {tuple(record[n] for n in names) for record in trial.shown}
    return shown <= {tuple(group[n] for n in names) for group in groups}


def counted(trial: Trial, names: list[str]) -> bool:
    asked = [f"COUNT({n}) c{i}, COUNT_DISTINCT({n}) d{i}" for i, n in enumerate(names)]
    asked += [f"SUM({n})" for n in names if trial.fields[n]["type"] in NUMBERS]
    (row,) = trial.ask(", ".join(asked))
    return all(
        row[f"c{i}"] >= sum(record[n] is not None for record in trial.shown)
        and row[f"d{i}"] >= len({record[n] for record in trial.shown} - {None})
        for i, n in enumerate(names)
    )


ASKED: Final[dict[str, Ask]] = {
    "filterable": found_by,
    "sortable": sorted_by,
    "groupable": grouped_by,
    "aggregatable": counted,
}
"""How it is tried, by the property that says that it can be done."""


@pytest.fixture(autouse=True)
def every_field(settings: Settings) -> None:
    """Also those that only some organisations have."""
    settings.CURRENCIES, settings.COMMERCE_FIELDS = ["CHF", "EUR"], True


@pytest.mark.parametrize("name", [one.name for one in every_sobject()])
def test_what_is_said_of_asking_is_so(name: str) -> None:
    trial = Trial(name)
    assert trial.shown
    assert trial.told["queryable"]
    _select_what_is_retrieved(trial)
    for property_, ask in ASKED.items():
        trial.holds(property_, ask)
    assert trial.wrong == set()


@pytest.mark.parametrize(
    ("name", "field", "property_"),
    [
        ("Account", "Name", "filterable"),
        ("Promotion", "TermsAndConditions", "filterable"),
        ("Account", "Name", "sortable"),
        ("Promotion", "TermsAndConditions", "sortable"),
        ("Account", "Name", "groupable"),
        ("Account", "CreatedDate", "groupable"),
        ("Account", "Name", "aggregatable"),
        ("Account", "IsDeleted", "aggregatable"),
    ],
)
def test_a_wrong_entry_is_found(name: str, field: str, property_: str) -> None:
    trial = Trial(name)
    trial.fields[field][property_] = not trial.fields[field][property_]
    trial.holds(property_, ASKED[property_])
    assert trial.wrong == {(field, property_)}


def _select_what_is_retrieved(trial: Trial) -> None:
    """Every field is selected as it is retrieved; by a relationship's name the record is reached
    that the field names, and the records that name this one."""
    related = {
        name: field["relationshipName"]
        for name, field in trial.fields.items()
        if field["relationshipName"] and any(map(declared_or_none, field["referenceTo"]))
    }
    for record in trial.shown:
        where = f"WHERE Id = '{record['Id']}'"
        (row,) = trial.ask(", ".join(trial.fields), where)
        assert row == record
        if related:
            (row,) = trial.ask(", ".join(f"{one}.Id" for one in related.values()), where)
        for name, relationship in related.items():
            reached = row[relationship]
            assert (reached and reached["Id"]) == record[name], name
    children = [c["relationshipName"] for c in trial.told["childRelationships"]]
    for name in filter(None, children):
        trial.ask(f"Id, (SELECT Id FROM {name})")
    scopes = {scope["name"] for scope in trial.told["supportedScopes"]}
    for scope in ("everything", "mine", "team", "delegated"):
        try:
            trial.ask("Id", f"USING SCOPE {scope}")
        except CallFailed:
            assert scope not in scopes
        else:
            assert scope in scopes


def declared_or_none(name: str) -> bool:
    return any(one.name == name for one in every_sobject())
