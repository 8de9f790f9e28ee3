"""Trying what describe calls say of an object's fields by writing: each ``try_`` notes the fields
of which something isn't so, and which property says it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.db import transaction
from django.utils import timezone

from promotions import ids
from promotions.sobjects import records
from promotions.sobjects.columns import format_wire_moment
from promotions.sobjects.declare import SObject
from promotions.sobjects.describe import describe
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.identifying import decode, keys_with, lookup_field
from tests.sobjects.specimens import SPECIMENS, TOGETHER, Body, Maker, Specimen

T = TypeVar("T")
Wrong = set[tuple[str, str]]
"""Fields, each with the property of its entry that isn't so."""

TEXTS: Final = ("string", "textarea", "email", "url", "phone")
NUMBERS: Final = ("int", "double", "currency", "percent")
BROAD: Final = "𝄞"
"""A character of four bytes in UTF-8, of which there are none longer."""


class _Undone(Exception):
    pass


def attempt(act: Callable[[], T]) -> tuple[T | None, tuple[Problem, ...]]:
    """What comes of an act, which is undone; or what is wrong with it."""
    found: list[T] = []
    try:
        with transaction.atomic():
            found.append(act())
            raise _Undone
    except _Undone:
        return found[0], ()
    except CallFailed as failed:
        return None, failed.problems


def refused(problems: Iterable[Problem], code: str) -> set[str]:
    """The fields that are refused with this code."""
    return {name for one in problems if one.code == code for name in one.fields}


class Trial:
    """One object whose fields are tried."""

    def __init__(self, one: SObject, make: Maker) -> None:
        self.one, self.make, self.by = one, make, make.by
        self.told: dict[str, dict[str, Any]] = {
            field["name"]: field for field in describe(one, make.by, "v59.0")["fields"]
        }
        self.specimens = [factory(make) for factory in SPECIMENS[one.name]]
        self.made = [self.create(specimen.body) for specimen in self.specimens]
        self.shown = [self.read(record_id) for record_id in self.made]
        self.wrong: Wrong = set()

    # --- The calls ---

    def create(self, body: Body) -> str:
        return records.create(self.one, body, by=self.by, at=timezone.now())

    def update(self, record_id: str, body: Body) -> Body:
        records.update(self.one, record_id, body, by=self.by, at=timezone.now())
        return self.read(record_id)

    def read(self, record_id: str) -> Body:
        return records.retrieve(self.one, record_id, by=self.by, version="v59.0")

    def made_of(self, body: Body) -> tuple[Body | None, tuple[Problem, ...]]:
        return attempt(lambda: self.read(self.create(body)))

    def changed(self, n: int, **body: Any) -> tuple[Body | None, tuple[Problem, ...]]:
        return attempt(lambda: self.update(self.made[n], body))

    # --- What is compared ---

    def saying(self, **properties: Any) -> list[str]:
        """The fields of which all this is said."""
        return [
            name
            for name, field in self.told.items()
            if all(field[key] == value for key, value in properties.items())
        ]

    def expect(self, is_so: bool, name: str, property_: str) -> None:
        if not is_so:
            self.wrong.add((name, property_))

    def other(self, specimen: Specimen, name: str, value: Any) -> Any:
        """Another value of the field."""
        if name in specimen.changes:
            return specimen.changes[name]
        field = self.told[name]
        match field["type"]:
            case "boolean":
                return not value
            case "int":
                return value + 1
            case "double" | "currency" | "percent":
                return round(value + 10 ** -field["scale"], field["scale"])
            case "date":
                return str(datetime.fromisoformat(value).date() + timedelta(days=1))
            case "datetime":
                return format_wire_moment(datetime.fromisoformat(value) + timedelta(days=1))
            case "picklist":
                return next(v["value"] for v in field["picklistValues"] if v["value"] != value)
            case "reference" if name == "OwnerId":
                return self.by.user.record_id
        return f"Other {value}"[: field["length"]]


def try_creating(trial: Trial) -> None:
    """What can be created is kept as it was sent; what can't is refused by name."""
    tried: set[str] = set()
    for specimen, shown in zip(trial.specimens, trial.shown, strict=True):
        for name, value in specimen.body.items():
            trial.expect(shown[name] == value, name, "createable")
            tried.add(name)
    for name in set(trial.saying(createable=True)) ^ tried:
        trial.expect(False, name, "createable")
    fixed = set(trial.saying(createable=False)) - {"Id"}
    _, problems = trial.made_of({**trial.specimens[0].body, **dict.fromkeys(fixed, "x")})
    for name in fixed ^ refused(problems, "INVALID_FIELD_FOR_INSERT_UPDATE"):
        trial.expect(False, name, "createable")
    _, problems = trial.made_of({**trial.specimens[0].body, "Id": trial.made[0]})
    trial.expect(refused(problems, "INVALID_FIELD") == {"Id"}, "Id", "createable")


def try_updating(trial: Trial) -> None:
    """What can be changed has its new value; what can't is refused by name."""
    others: list[Body] = [
        {
            name: trial.other(specimen, name, shown[name])
            for name in trial.saying(updateable=True)
            if shown[name] is not None
        }
        for specimen, shown in zip(trial.specimens, trial.shown, strict=True)
    ]
    differ = {
        n
        for other, shown in zip(others, trial.shown, strict=True)
        for n in other
        if other[n] != shown[n]
    }
    taken = _taken(trial, others) & differ
    for name in set(trial.saying(updateable=True)) - taken:
        trial.expect(False, name, "updateable")
    fixed = set(trial.saying(updateable=False)) - {"Id"}
    _, problems = trial.changed(0, **dict.fromkeys(fixed, "x"))
    for name in fixed ^ refused(problems, "INVALID_FIELD_FOR_INSERT_UPDATE"):
        trial.expect(False, name, "updateable")


def _taken(trial: Trial, values: Iterable[Body]) -> set[str]:
    """The fields of which some record takes its value, which is then shown; each record's values
    all at once, or one by one where that can't be."""
    taken: set[str] = set()
    for n, wanted in enumerate(values):
        rest = {name: value for name, value in wanted.items() if name not in taken}
        for body in (rest, *({name: value} for name, value in rest.items())):
            if body.keys() <= taken:
                continue
            shown, _ = trial.changed(n, **body)
            if shown is not None:
                taken |= {name for name, value in body.items() if shown[name] == value}
    return taken


def try_leaving_out(trial: Trial) -> None:
    """What must be there is asked for by name; what need not be is null, or has its default."""
    required = {
        name
        for name in trial.saying(createable=True, nillable=False, defaultedOnCreate=False)
        if trial.told[name]["defaultValue"] is None
    }
    _, problems = trial.made_of({})
    for name in required ^ refused(problems, "REQUIRED_FIELD_MISSING"):
        trial.expect(False, name, "nillable")
    left_out: set[str] = set()
    for factory in SPECIMENS[trial.one.name]:
        body = _least(trial, factory(trial.make).body, required)
        shown, problems = trial.made_of(body)
        assert shown is not None, problems
        for name in set(trial.saying(createable=True)) - set(body):
            left_out.add(name)
            _compare_default(trial, name, shown[name])
        for name in trial.saying(createable=False, defaultedOnCreate=True):
            trial.expect(shown[name] is not None, name, "defaultedOnCreate")
    for name in set(trial.saying(createable=True)) - required - left_out:
        trial.expect(False, name, "nillable")


def _least(trial: Trial, body: Body, required: set[str]) -> Body:
    """What of a body can't be left out: no more than is required, or what the rules want of such a
    record; that it is no must, another one shows."""
    least = {name: value for name, value in body.items() if name in required}
    if trial.made_of(least)[0] is not None:
        return least
    for name in body.keys() - required:
        shorter = {other: value for other, value in body.items() if other != name}
        if trial.made_of(shorter)[0] is not None:
            body = shorter
    return body


def _compare_default(trial: Trial, name: str, value: Any) -> None:
    field = trial.told[name]
    trial.expect((value is not None) == field["defaultedOnCreate"], name, "defaultedOnCreate")
    if field["defaultValue"] is not None:
        trial.expect(value == field["defaultValue"], name, "defaultValue")
    defaults = [v["value"] for v in field["picklistValues"] if v["defaultValue"]]
    if defaults:
        trial.expect([value] == defaults, name, "picklistValues")


def try_clearing(trial: Trial) -> None:
    """Null is taken where it may be, and refused by name elsewhere; and it is nowhere else."""
    nillable = trial.saying(updateable=True, nillable=True)
    cleared = _taken(trial, [dict.fromkeys(nillable)] * len(trial.made))
    for name in set(nillable) - cleared:
        trial.expect(False, name, "nillable")
    needed = trial.saying(updateable=True, nillable=False)
    missing = {
        name
        for names in _in_parts(needed)
        for name in refused(trial.changed(0, **dict.fromkeys(names))[1], "REQUIRED_FIELD_MISSING")
    }
    nulls = {name for shown in trial.shown for name, value in shown.items() if value is None}
    for name in (set(needed) - missing) | (nulls & set(trial.saying(nillable=False))):
        trial.expect(False, name, "nillable")


def _in_parts(names: list[str]) -> Iterable[list[str]]:
    """No more problems than these are told at once."""
    return (names[n : n + 15] for n in range(0, len(names), 15))


def try_repeating(trial: Trial) -> None:
    """No two records have the same in a unique field; in the others they may."""
    unique = trial.saying(unique=True, createable=True)
    for factory, specimen in zip(SPECIMENS[trial.one.name], trial.specimens, strict=True):
        fresh = factory(trial.make).body
        body = {**specimen.body, **{n: fresh[n] for n in unique if n in fresh}}
        for name in TOGETHER.get(trial.one.name, ("",)):
            again = dict(body)
            if name:
                value = specimen.body[name]
                same = fresh[name] == value
                again[name] = trial.other(specimen, name, value) if same else fresh[name]
            shown, problems = trial.made_of(again)
            repeated = refused(problems, "DUPLICATE_VALUE") or {"Id"}
            for field in repeated if shown is None else ():
                trial.expect(False, field, "unique")
        for name in unique:
            value = specimen.body[name]
            _, problems = trial.made_of({**fresh, name: value})
            trial.expect(refused(problems, "DUPLICATE_VALUE") == {name}, name, "unique")
            shown, _ = trial.made_of({**fresh, name: value.swapcase()})
            case_sensitive = trial.told[name]["caseSensitive"]
            trial.expect((shown is not None) == case_sensitive, name, "caseSensitive")


def try_filling(trial: Trial) -> None:
    """A text is as long as its length, and no longer; numbers have so many digits; picklists and
    references take no other values."""
    full = {
        name: _filled(trial.told[name])
        for name in trial.saying(createable=True)
        if trial.told[name]["type"] in TEXTS
    }
    for name, longest in full.items():
        trial.expect(len(longest.encode()) <= trial.told[name]["byteLength"], name, "byteLength")
    changing = {n: longest for n, longest in full.items() if trial.told[n]["updateable"]}
    taken = _taken(trial, [changing] * len(trial.made))
    taken |= {n for n in full.keys() - changing.keys() if _takes_when_new(trial, n, full[n])}
    for name in full.keys() - taken:
        trial.expect(False, name, "length")
    largest = {
        name: 10 ** (_whole_digits(trial.told[name]) - 1)
        for name in trial.saying(updateable=True)
        if trial.told[name]["type"] in NUMBERS
    }
    # Some are compared with each other: then the others are larger.
    larger = {name: 2 * value for name, value in largest.items()}
    taken = _taken(trial, [largest] * len(trial.made))
    for name in largest.keys() - taken:
        taken |= {name} & _taken(trial, [{**larger, name: largest[name]}] * len(trial.made))
    for name in largest.keys() - taken:
        trial.expect(False, name, "precision")
    wrong_values = {
        name: found for name in trial.saying(createable=True) if (found := _beyond(trial, name))
    }
    for names in _in_parts(list(wrong_values)):
        beyond = {name: wrong_values[name][0] for name in names}
        _, problems = trial.made_of({**trial.specimens[0].body, **beyond})
        for name in names:
            _, property_, code = wrong_values[name]
            trial.expect(name in refused(problems, code), name, property_)


def _filled(field: dict[str, Any]) -> str:
    """The longest text that the field takes."""
    start = {"url": "https://example.com/"}.get(field["type"], "")
    end = {"email": "@example.com"}.get(field["type"], "")
    filling = "x" if field["type"] == "url" else BROAD
    room: int = field["length"] - len(start) - len(end)
    return start + filling * room + end


def _whole_digits(field: dict[str, Any]) -> int:
    """How many digits a number of the field has before the point."""
    digits: int = field["digits"] or field["precision"] - field["scale"]
    return digits


def _takes_when_new(trial: Trial, name: str, value: Any) -> bool:
    """Whether some new record can have the value."""
    for factory in SPECIMENS[trial.one.name]:
        shown, _ = trial.made_of({**factory(trial.make).body, name: value})
        if shown is not None and shown[name] == value:
            return True
    return False


def _beyond(trial: Trial, name: str) -> tuple[Any, str, str] | None:
    """What the field doesn't take, the property that says so, and the code of the refusal."""
    field = trial.told[name]
    if field["type"] in TEXTS:
        return _filled(field) + "x", "length", "STRING_TOO_LONG"
    if field["type"] in NUMBERS:
        digits = _whole_digits(field)
        property_ = "digits" if field["digits"] else "precision"
        return 10**digits, property_, "NUMBER_OUTSIDE_VALID_RANGE"
    if field["restrictedPicklist"]:
        return "?", "restrictedPicklist", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    if field["type"] == "reference":
        return ids.encode(ids.ORGANIZATION, 1), "referenceTo", "MALFORMED_ID"
    return None


def try_identifying(trial: Trial) -> None:
    """Records are found by an id look-up's value, and by no other field's."""
    identified(trial.one, trial.make, trial.told, trial.shown, trial.wrong)


def identified(
    one: SObject, make: Maker, told: dict[str, Any], shown: list[Body], wrong: Wrong
) -> None:
    for name, field in told.items():
        is_lookup = field["idLookup"] or field["externalId"]
        try:
            lookup = lookup_field(one, name)
        except CallFailed:
            if is_lookup:
                wrong.add((name, "idLookup"))
            continue
        if not is_lookup:
            wrong.add((name, "idLookup"))
        for record in shown:
            if record[name] is None:
                continue
            keys = keys_with(one, lookup, record[name], by=make.by)
            if decode(one, record["Id"]) not in keys or (field["unique"] and len(keys) != 1):
                wrong.add((name, "idLookup"))


def try_numbering(trial: Trial) -> None:
    """Who makes a record doesn't number it, and each has another number."""
    for name in trial.saying(autoNumber=True):
        numbers = [shown[name] for shown in trial.shown]
        numbers.append(trial.read(trial.create(_fresh(trial)))[name])
        is_numbered = None not in numbers and len(set(numbers)) == len(numbers)
        trial.expect(is_numbered and not trial.told[name]["createable"], name, "autoNumber")


def _fresh(trial: Trial) -> Body:
    return SPECIMENS[trial.one.name][0](trial.make).body


def try_removing(trial: Trial, told: dict[str, Any]) -> None:
    """A record can be deleted and restored where that is offered."""
    at = timezone.now()
    record_id = trial.create(_fresh(trial))
    deleted, _ = attempt(lambda: records.delete(trial.one, record_id, by=trial.by, at=at))
    assert (deleted is not None) == told["deletable"]
    if told["deletable"]:
        records.delete(trial.one, record_id, by=trial.by, at=at)
        restored, _ = attempt(lambda: records.undelete(record_id, by=trial.by, at=at))
        assert (restored is not None) == told["undeletable"]
