"""Promotions from a table: first what it would change is said, row by row, then all of it is
written, or nothing.

A row is about the promotion that its record id names, else its external id, else its code; where
there is none it makes a new one. What a file does not have as a column stays as it is, an empty
cell clears.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from promotions import ids
from promotions.access import Access
from promotions.actors import Actor
from promotions.csv_files import Row
from promotions.dictionary import Field
from promotions.errors import DomainError, Refused, refuse
from promotions.folding import fold
from promotions.models import Promotion, User
from promotions.moments import format_moment, parse_moment
from promotions.services.promotion_files import (
    RECORD_ID,
    Clocks,
    columns,
    known_headings,
    shown,
    value_of,
)
from promotions.services.promotions import create_promotion, promotions, update_promotion
from promotions.services.records import fill_in, own_problems, taken
from promotions.services.transactions import in_transaction

MOST_ROWS: Final = 2_000
Written = tuple[int, int | None, int | None, dict[str, Any]]
"""What is written of a row: its number, the key and the version of what it changes (None: it is
new), and the values, as JSON has them, by the model's names."""


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that is other than what is stored."""

    column: str
    old: str
    new: str


@dataclass(slots=True)
class Planned:
    """What would become of a row."""

    line: int
    name: str
    promotion: Promotion | None = None
    """What it changes; None where it makes a new one."""
    changes: list[Change] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    """Column (empty: the row) and what to do."""

    @property
    def kind(self) -> Literal["refused", "new", "changed", "unchanged"]:
        if self.errors:
            return "refused"
        if self.promotion is None:
            return "new"
        return "changed" if self.values else "unchanged"


def plan_import(rows: Iterable[Row], *, by: Actor, at: datetime, clocks: Clocks) -> list[Planned]:
    """What the rows of a table would change. Raises ``Refused`` for one that has none, or too
    many. Nothing is written."""
    read = []
    for row in rows:
        read.append(_named(row))
        if len(read) > MOST_ROWS:
            detail = f"A file has at most {MOST_ROWS:,} rows. Send the others in another one."
            raise refuse("too_many_items", detail)
    if not read:
        raise refuse("empty_request", "The file has a header and no rows. Send one with rows.")
    known = _Known(read, by)
    planned = [_planned(row, known, by=by, at=at, clocks=clocks) for row in read]
    _refuse_repeated(planned)
    _refuse_taken(planned, known)
    return planned


def written(planned: Iterable[Planned]) -> list[Written]:
    """What is to be confirmed: what is new and what changes, in a form that can be sent along."""
    return [
        (
            one.line,
            None if one.promotion is None else one.promotion.pk,
            None if one.promotion is None else one.promotion.version,
            {name: _to_json(value) for name, value in one.values.items()},
        )
        for one in planned
        if one.kind in ("new", "changed")
    ]


def write_import(
    rows: Sequence[Written], *, name: str, by: Actor, at: datetime
) -> tuple[int, int] | None:
    """Writes what was planned, all or nothing; how many are new, and how many were changed. None
    where ``by`` has written the plan of this ``name`` already.

    Raises ``Refused``, ``version_conflict`` for what somebody changed since; pointers begin with
    the row: ``row 7``.
    """
    # Everybody holds promotions in the same order, so nobody waits for who waits for them.
    ordered = sorted(rows, key=lambda row: (row[1] is None, row[1] or row[0]))
    new = sum(key is None for _, key, _, _ in rows)
    done = new, len(rows) - new

    def act() -> tuple[int, int] | None:
        if not _claim(name, done, by=by, at=at):
            return None
        for row in ordered:
            _write(row, by=by, at=at)
        return done

    return in_transaction(act)


def _claim(name: str, done: tuple[int, int], *, by: Actor, at: datetime) -> bool:
    """Notes in the admin's log that the plan ``name`` is being written, unless that is there. Who
    imports is held until the transaction ends: a copy that comes meanwhile waits, and finds it."""
    User.objects.select_for_update(no_key=True).get(pk=by.user.pk)
    kind = ContentType.objects.get_for_model(Promotion)
    log = LogEntry.objects.filter(user=by.user, content_type=kind, object_id=name)
    if log.exists():
        return False
    LogEntry.objects.create(
        user=by.user,
        content_type=kind,
        object_id=name,
        object_repr="Import",
        action_flag=CHANGE,
        action_time=at,
        change_message=f"Imported: {done[0]} made, {done[1]} changed.",
    )
    return True


def _write(row: Written, *, by: Actor, at: datetime) -> None:
    line, key, version, sent = row
    fields = {one.columns[0]: one for one in columns().values()}
    values = {name: _from_json(fields[name], value) for name, value in sent.items()}
    try:
        if key is None:
            create_promotion(Promotion(**values), by=by, at=at)
        else:
            update_promotion(key, values, by=by, at=at, expected=(version or 0,))
    except Refused as refused:
        raise Refused(*(error.under(f"row {line}") for error in refused.errors)) from None


# --- Planning -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Read:
    """A row by the headings that are meant."""

    line: int
    cells: Mapping[str, str]
    problem: str | None


def _named(row: Row) -> _Read:
    names = known_headings()
    cells = {names[name]: text.replace("\r\n", "\n") for name, text in row.cells.items()}
    return _Read(row.line, cells, row.problem)


class _Known:
    """The promotions that the rows are about, found with one statement for each kind of key."""

    def __init__(self, rows: Sequence[_Read], by: Actor) -> None:
        rows = [row for row in rows if row.problem is None]
        seen = Promotion.objects.accessible(by)
        keys = {key for row in rows if (key := _key(row.cells.get(RECORD_ID, ""))) is not None}
        self.by_key = {one.pk: one for one in seen.filter(pk__in=keys)}
        external = {row.cells.get("External id", "") for row in rows} - {""}
        codes = {fold(row.cells.get("Promotion code", "")) for row in rows} - {""}
        # Of all there are: a code is taken, too, by a promotion that is not to be seen.
        everywhere = Promotion.objects.live()
        self.external = {
            one.external_id: one for one in everywhere.filter(external_id__in=external)
        }
        self.codes = {
            one.promotion_code_key: one for one in everywhere.filter(promotion_code_key__in=codes)
        }
        found = {one.pk for one in (*self.external.values(), *self.codes.values())}
        self.seen = {*self.by_key, *seen.filter(pk__in=found).values_list("pk", flat=True)}
        may = Promotion.objects.accessible(by, Access.EDIT)
        self.editable = set(may.filter(pk__in=self.seen).values_list("pk", flat=True))

    def find(self, row: _Read) -> Promotion | None:
        """The promotion that a row names; None where it makes a new one. Raises ``Refused``."""
        if text := row.cells.get(RECORD_ID, ""):
            found = self.by_key.get(_key(text) or 0)
            if found is None:
                detail = "There is no such promotion. Empty the cell to make a new one."
                raise refuse("not_found", detail, RECORD_ID)
        elif text := row.cells.get("External id", ""):
            found = self.external.get(text)
        else:
            found = self.codes.get(fold(row.cells.get("Promotion code", "")))
        if found is None or found.pk not in self.seen:
            return None
        if found.pk not in self.editable:
            detail = "You may see this promotion, but not change it. Take the row out."
            raise refuse("insufficient_access", detail)
        return found


def _key(text: str) -> int | None:
    try:
        return ids.decode(Promotion.key_prefix, text)
    except ids.MalformedId:
        return None


def _planned(row: _Read, known: _Known, *, by: Actor, at: datetime, clocks: Clocks) -> Planned:
    one = Planned(row.line, row.cells.get("Name", ""))
    if row.problem:
        one.errors.append(("", row.problem))
        return one
    try:
        one.promotion = known.find(row)
    except Refused as refused:
        one.errors += [(error.pointer, error.detail) for error in refused.errors]
        return one
    stored = one.promotion or Promotion()
    one.name = one.name or stored.name
    for name, column in columns().items():
        if name in row.cells:
            _read_cell(one, stored, name, column, row.cells[name], clocks)
    if not one.errors and one.kind != "unchanged":
        one.errors += _problems(stored, one.values, by=by, at=at)
    return one


def _read_cell(
    one: Planned, stored: Promotion, name: str, column: Field, text: str, clocks: Clocks
) -> None:
    """Notes what a cell changes. One that says what an export would say changes nothing."""
    old = shown(stored, column, clocks)
    if text == old or (not text and column.type == "boolean"):
        return
    try:
        value = value_of(column, text, clocks)
    except Refused as refused:
        one.errors += [(name, error.detail) for error in refused.errors]
        return
    attribute = column.columns[0]
    if value == getattr(stored, attribute):
        return
    if one.promotion is not None and not column.updateable:
        one.errors.append((name, "This can't be changed any more. Make a new promotion instead."))
        return
    one.values[attribute] = value
    after = copy(stored)
    setattr(after, attribute, value)
    one.changes.append(Change(name, old, shown(after, column, clocks)))


def _problems(
    stored: Promotion, values: Mapping[str, Any], *, by: Actor, at: datetime
) -> Iterator[tuple[str, str]]:
    """What the rules say of the promotion as it would be."""
    record = copy(stored)
    if record._state.adding:
        fill_in(record, by=by, at=at)
    for name, value in values.items():
        setattr(record, name, value)
    for error in (*own_problems(record, (), by), *promotions.problems(record)):
        yield _heading_of(error.pointer), error.detail


def _heading_of(pointer: str) -> str:
    return next((name for name, one in columns().items() if one.json_name == pointer), pointer)


def _refuse_repeated(planned: Sequence[Planned]) -> None:
    """Of rows about the same promotion, or with the same code, only the first counts."""
    seen: dict[tuple[str, Any], int] = {}
    for one in planned:
        same: list[tuple[str, Any, str]] = []
        if one.promotion is not None:
            same.append(("promotion", one.promotion.pk, ""))
        if code := one.values.get("promotion_code"):
            same.append(("code", fold(code), "Promotion code"))
        if external := one.values.get("external_id"):
            same.append(("external id", external, "External id"))
        for what, value, column in same:
            if (first := seen.setdefault((what, value), one.line)) != one.line:
                detail = f"Row {first} has the same {what}. Take one of them out."
                one.errors.append((column, detail))


def _refuse_taken(planned: Sequence[Planned], known: _Known) -> None:
    for one in planned:
        for name, by_value, column in (
            ("external_id", known.external, "External id"),
            ("promotion_code", known.codes, "Promotion code"),
        ):
            value = one.values.get(name)
            other = None
            if value:
                other = by_value.get(fold(value) if name == "promotion_code" else value)
            if other is not None and (one.promotion is None or other.pk != one.promotion.pk):
                one.errors.append((column, taken(Promotion, name)))


# --- Between the two ------------------------------------------------------------------------------


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_moment(value)
    return value.isoformat() if isinstance(value, date) else value


def _from_json(column: Field, value: Any) -> Any:
    if value is None:
        return None
    if column.type == "dateTime":
        return parse_moment(value)
    return date.fromisoformat(value) if column.type == "date" else value


def explained(errors: Iterable[DomainError]) -> list[str]:
    """Refusals of ``write_import`` as sentences, with their row."""
    said = []
    for error in errors:
        row, _, pointer = error.pointer.partition(".")
        where = f"{row}, {_heading_of(pointer)}" if pointer else row
        said.append(f"{where[:1].upper()}{where[1:]}: {error.detail}")
    return said
