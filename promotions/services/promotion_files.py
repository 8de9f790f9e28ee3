"""Promotions as the rows of a table, in the words and on the clocks of the organisation: what an
export has, and what an import reads. Files come and go elsewhere."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from promotions import sections
from promotions.dictionary import Field, fields_of
from promotions.errors import refuse
from promotions.models import Promotion
from promotions.moments import format_moment, on_the_clock, parse_moment, read_clock
from promotions.rules import promotion_status
from promotions.typed_dates import read_clock as read_typed
from promotions.typed_dates import read_day
from promotions.wording.states import STATUS_WORDS
from promotions.wording.words import END_OF_DAY

RECORD_ID: Final = "Record id"
MOST_EXPORTED: Final = 10_000
_ONLY_SHOWN: Final = ("Status", "Active", "Owner")
_WHOLE: Final = re.compile(r"\d{1,10}", re.ASCII)
_WITH_OFFSET: Final = re.compile(r".*\d[Tt]\d.*(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII)
_YES: Final = {"yes": True, "y": True, "true": True, "1": True, "on": True}
_NO: Final = {"no": False, "n": False, "false": False, "0": False, "off": False}


@dataclass(frozen=True, slots=True)
class Clocks:
    """How days and times are written and read."""

    zone: ZoneInfo
    today: date


def columns() -> dict[str, Field]:
    """The columns that can be written, by heading, in the order of the promotion's form. References
    are none of them, nor is whether it is active: that is switched where it is said what it means.
    """
    by_column = {f.columns[0]: f for f in fields_of(Promotion).values() if len(f.columns) == 1}
    order = [name for names in sections.PROMOTION_SECTIONS.values() for name in names]
    fields = [by_column[name] for name in order if name in by_column]
    taken = [f for f in fields if f.writable and f.type != "reference"]
    return {heading(f): f for f in taken if f.columns[0] != "is_active"}


def heading(field: Field) -> str:
    label = field.label.removeprefix("is ")  # a field is active, a column is not
    return label[:1].upper() + label[1:]


def known_headings() -> dict[str, str]:
    """What a file may call its columns, with the heading that is meant: a property's name will do,
    too. Those that are only shown are passed over."""
    names = {name: name for name in (RECORD_ID, *columns(), *_ONLY_SHOWN, "Related promotion")}
    names |= {"id": RECORD_ID, "isActive": "Active"}
    return names | {field.json_name: name for name, field in columns().items()}


def exported(promotions: Iterable[Promotion], clocks: Clocks, at: datetime) -> Iterator[list[str]]:
    """The rows of a table: its header, then each promotion."""
    fields = columns()
    yield [RECORD_ID, *_ONLY_SHOWN, *fields]
    for promotion in promotions:
        yield [
            promotion.record_id,
            STATUS_WORDS[promotion_status(promotion, at, clocks.zone)].capitalize(),
            "Yes" if promotion.is_active else "No",
            str(promotion.owner_group or promotion.owner_user),
            *(shown(promotion, field, clocks) for field in fields.values()),
        ]


def shown(promotion: Promotion, field: Field, clocks: Clocks) -> str:
    """What a promotion's cell says."""
    value = getattr(promotion, field.columns[0])
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return _moment_text(value, clocks.zone, ends=field.columns[0].startswith("end"))
        case date():
            return value.isoformat()
        case str() if field.values:
            return dict(field.values).get(value, value)
        case _:
            return str(value).replace("\r\n", "\n").strip()


def _moment_text(moment: datetime, zone: ZoneInfo, *, ends: bool) -> str:
    clock = on_the_clock(moment, zone)
    if read_back(clock, zone) != moment:  # the second of a time that happens twice
        return format_moment(moment)
    if ends and clock.time() == time() and clock.date() != date.min:
        return f"{(clock - timedelta(days=1)).date().isoformat()} {END_OF_DAY}"
    if clock.microsecond:
        return clock.isoformat(sep=" ")
    return clock.isoformat(sep=" ", timespec="seconds" if clock.second else "minutes")


def read_back(clock: datetime, zone: ZoneInfo) -> datetime | None:
    try:
        return read_clock(clock, zone)
    except ValueError:
        return None


def value_of(field: Field, text: str, clocks: Clocks) -> Any:
    """What the text in a cell means. Raises ``Refused``, with what to write instead."""
    if field.type == "boolean":
        return _yes_or_no(text)
    if not text:
        return None
    if field.type in ("dateTime", "date"):
        try:
            if field.type == "date":
                return read_day(text, today=clocks.today)
            return _moment(text, clocks, ends=field.columns[0].startswith("end"))
        except ValueError as error:
            raise refuse("invalid_datetime", str(error)) from error
    if field.type == "int":
        if not _WHOLE.fullmatch(text):
            raise refuse("invalid_value", "Write a whole number.")
        return int(text)
    if field.values:
        return _choice(field, text)
    return text


def _yes_or_no(text: str) -> bool:
    found = {**_YES, **_NO}.get(text.casefold())
    if found is None:
        raise refuse("invalid_value", "Write Yes or No.")
    return found


def _moment(text: str, clocks: Clocks, *, ends: bool) -> datetime:
    if _WITH_OFFSET.fullmatch(text):
        return parse_moment(text)
    text = text.removesuffix(f"({clocks.zone.key})").strip()  # as pages show a moment
    return read_clock(read_typed(text, "", today=clocks.today, ends=ends), clocks.zone)


def _choice(field: Field, text: str) -> str:
    for value, label in field.values:
        if text.casefold() in (value.casefold(), label.casefold()):
            return value
    labels = ", ".join(label for _, label in field.values)
    raise refuse("invalid_value", f"Write one of: {labels}.")
