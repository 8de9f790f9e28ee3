"""Every field's describe entry is proved by behaviour: by writing.

Each object's fields are made, changed, cleared, repeated and overfilled, and what comes of it is
compared with what describe calls say. What is asked for in queries is tried in
``test_describe_is_true_of_queries``.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from promotions import ids
from promotions.sobjects import records
from promotions.sobjects.columns import format_wire_moment
from promotions.sobjects.declare import SObject, every_sobject, sobject_with_prefix
from promotions.sobjects.describe import describe
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.identifying import decode, keys_with, lookup_field
from tests.sobjects.specimens import SPECIMENS, TOGETHER, Body, Maker, Specimen, declared
from tests.sobjects.told import rows_told_of

pytestmark = pytest.mark.django_db

T = TypeVar("T")
Wrong = set[tuple[str, str]]
"""Fields, each with the property of its entry that isn't so."""

KNOWN: Final[dict[str, dict[tuple[str, str], str]]] = {
    "Promotion": {
        (
            "QualifierCriteria",
            "defaultedOnCreate",
        ): "The described object gives it a default and doesn't call it that.",
    },
    "PromotionMarketSegment": {
        (
            "PromotionSegmentId",
            "nillable",
        ): "So the described object has it; here a promotion is for some segment or for everybody.",
    },
    "PromotionTier": {
        (
            "Rank",
            "defaultedOnCreate",
        ): "The described object doesn't call it that; a tier gets the next rank that is free.",
        (
            "Rank",
            "nillable",
        ): "So the described object has it, of new tiers; a tier that is there keeps a rank.",
    },
}
"""What the described objects say that isn't so here, each with its reason."""

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
    for name in trial.saying(updateable=True):
        trial.expect(
            any(_changes(trial, n, name) for n in range(len(trial.made))), name, "updateable"
        )
    fixed = set(trial.saying(updateable=False)) - {"Id"}
    _, problems = trial.changed(0, **dict.fromkeys(fixed, "x"))
    for name in fixed ^ refused(problems, "INVALID_FIELD_FOR_INSERT_UPDATE"):
        trial.expect(False, name, "updateable")


def _changes(trial: Trial, n: int, name: str) -> bool:
    before = trial.shown[n][name]
    if before is None:
        return False
    value = trial.other(trial.specimens[n], name, before)
    shown, _ = trial.changed(n, **{name: value})
    return shown is not None and shown[name] == value and value != before


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
    for name in trial.saying(updateable=True):
        cleared = False
        for n in range(len(trial.made)):
            shown, problems = trial.changed(n, **{name: None})
            cleared |= shown is not None and shown[name] is None
            if not trial.told[name]["nillable"]:
                missing = refused(problems, "REQUIRED_FIELD_MISSING")
                trial.expect(missing == {name}, name, "nillable")
        trial.expect(cleared == trial.told[name]["nillable"], name, "nillable")
    nulls = {name for shown in trial.shown for name, value in shown.items() if value is None}
    for name in nulls & set(trial.saying(nillable=False)):
        trial.expect(False, name, "nillable")


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
    """A text is as long as its length, and no longer; numbers have so many digits."""
    for name, field in trial.told.items():
        if not field["createable"]:
            continue
        if field["type"] in TEXTS:
            longest = _filled(field)
            trial.expect(len(longest.encode()) <= field["byteLength"], name, "byteLength")
            trial.expect(_takes(trial, name, longest), name, "length")
            problems = _problems_with(trial, name, longest + "x")
            trial.expect(refused(problems, "STRING_TOO_LONG") == {name}, name, "length")
        elif field["type"] in NUMBERS:
            digits = field["digits"] or field["precision"] - field["scale"]
            problems = _problems_with(trial, name, 10**digits)
            outside = refused(problems, "NUMBER_OUTSIDE_VALID_RANGE") == {name}
            trial.expect(outside, name, "digits" if field["digits"] else "precision")
        elif field["restrictedPicklist"]:
            problems = _problems_with(trial, name, "?")
            code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
            trial.expect(refused(problems, code) == {name}, name, "restrictedPicklist")
        elif field["type"] == "reference":
            problems = _problems_with(trial, name, ids.encode(ids.ORGANIZATION, 1))
            trial.expect(refused(problems, "MALFORMED_ID") == {name}, name, "referenceTo")


def _filled(field: dict[str, Any]) -> str:
    """The longest text that the field takes."""
    start = {"url": "https://example.com/"}.get(field["type"], "")
    end = {"email": "@example.com"}.get(field["type"], "")
    filling = "x" if field["type"] == "url" else BROAD
    room: int = field["length"] - len(start) - len(end)
    return start + filling * room + end


def _takes(trial: Trial, name: str, value: Any) -> bool:
    """Whether some record can have the value."""
    for n, specimen in enumerate(trial.specimens):
        if trial.told[name]["updateable"]:
            shown, _ = trial.changed(n, **{name: value})
        else:
            fresh = SPECIMENS[trial.one.name][n](trial.make).body
            shown, _ = (
                trial.made_of({**fresh, name: value}) if name in specimen.body else (None, ())
            )
        if shown is not None and shown[name] == value:
            return True
    return False


def _problems_with(trial: Trial, name: str, value: Any) -> tuple[Problem, ...]:
    return trial.made_of({**trial.specimens[0].body, name: value})[1]


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
        trial.expect(None not in numbers and len(set(numbers)) == len(numbers), name, "autoNumber")


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


@pytest.fixture(autouse=True)
def every_field(settings: Settings) -> None:
    """Also those that only some organisations have."""
    settings.CURRENCIES, settings.COMMERCE_FIELDS = ["CHF", "EUR"], True


@pytest.mark.parametrize("name", sorted(SPECIMENS))
def test_what_is_said_of_writing_is_so(name: str) -> None:
    trial = Trial(declared(name), Maker.new())
    told = describe(trial.one, trial.by, "v59.0")
    assert (told["createable"], told["updateable"]) == (True, True)
    try_creating(trial)
    try_updating(trial)
    try_leaving_out(trial)
    try_clearing(trial)
    try_repeating(trial)
    try_filling(trial)
    try_identifying(trial)
    try_numbering(trial)
    try_removing(trial, told)
    assert trial.wrong == set(KNOWN.get(name, ()))


@pytest.mark.parametrize("name", [one.name for one in every_sobject() if one.name not in SPECIMENS])
def test_what_is_said_of_objects_that_are_only_read_is_so(name: str) -> None:
    make = Maker.new()
    one = declared(name)
    told = describe(one, make.by, "v59.0")
    fields = {field["name"]: field for field in told["fields"]}
    shown = rows_told_of(one, make)
    assert shown
    at = timezone.now()
    record_id = shown[0]["Id"]
    acts = {
        "createable": lambda: records.create(one, {"Name": "x"}, by=make.by, at=at),
        "updateable": lambda: records.update(one, record_id, {"Name": "x"}, by=make.by, at=at),
        "deletable": lambda: records.delete(one, record_id, by=make.by, at=at),
        "undeletable": lambda: records.undelete(record_id, by=make.by, at=at),
    }
    for call, act in acts.items():
        _, problems = attempt(act)
        assert not told[call]
        assert [p.code for p in problems] == ["INSUFFICIENT_ACCESS_OR_READONLY"], call
    assert not any(field["createable"] or field["updateable"] for field in fields.values())
    nulls = {name for record in shown for name, value in record.items() if value is None}
    wrong: Wrong = {(name, "nillable") for name in nulls if not fields[name]["nillable"]}
    identified(one, make, fields, shown, wrong)
    assert wrong == set()


def test_the_exceptions_have_reasons() -> None:
    assert all(reason for exceptions in KNOWN.values() for reason in exceptions.values())


# --- Between objects ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SPECIMENS))
def test_what_is_said_of_deleting_what_it_refers_to_is_so(name: str) -> None:
    """Each reference's ``cascadeDelete`` and ``restrictedDelete``, by deleting what is named."""
    make = Maker.new()
    one = declared(name)
    fields = {field["name"]: field for field in describe(one, make.by, "v59.0")["fields"]}
    wrong = []
    for factory in SPECIMENS[name]:
        body = factory(make).body
        record_id = make.make(name, **body)
        for reference, target_id in body.items():
            if fields[reference]["type"] != "reference" or target_id is None:
                continue
            target = sobject_with_prefix(target_id[:3])
            assert target is not None
            if target.delete is not None:
                outcome = _deleting(make, target, target_id, one, record_id)
                entries = [
                    child
                    for child in describe(target, make.by, "v59.0")["childRelationships"]
                    if (child["childSObject"], child["field"]) == (name, reference)
                ]
                wrong += [
                    (reference, target.name, outcome)
                    for entry in (*entries, fields[reference])
                    if (entry["cascadeDelete"], entry["restrictedDelete"]) != outcome
                ]
    assert wrong == []


def _deleting(
    make: Maker, target: SObject, target_id: str, one: SObject, record_id: str
) -> tuple[bool, bool]:
    """Whether the record goes with what it refers to, and whether it keeps that from going."""

    def remove() -> bool:
        records.delete(target, target_id, by=make.by, at=timezone.now())
        record = one.rows(make.by).get(pk=decode(one, record_id))
        return bool(record.is_deleted)

    gone, problems = attempt(remove)
    return bool(gone), [problem.code for problem in problems] == ["DELETE_FAILED"]
