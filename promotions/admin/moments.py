"""Moments in the admin: shown and typed on the clocks of the organisation's time zone.

What people type is read by ``promotions/typed_dates.py``, and shown back while they type.

"For ever" (9999-12-31T23:59:59Z) lies outside every calendar east of Greenwich. The last day of the
calendar, and the first, are therefore shown and read in UTC, whatever the zone.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSplitDateTimeWidget

from promotions import moments
from promotions.moments import ENDS_OF_TIME, day_in
from promotions.typed_dates import read_clock as read_typed
from promotions.typed_dates import read_day
from promotions.wording.words import END_OF_DAY


def organisation_zone() -> ZoneInfo:
    """The time zone in which staff read and type."""
    return ZoneInfo(settings.TIME_ZONE)


def show_moment(moment: datetime | None, *, otherwise: str = "–", ends: bool = False) -> str:
    """``31 May 2026, 23:59 (Europe/Berlin)``; ``otherwise`` where there is none. What ``ends`` with
    a day ends on that day: ``31 May 2026, 24:00 (Europe/Berlin)``."""
    if moment is None:
        return otherwise
    local = _on_the_clock(moment)
    zone = "UTC" if local.date() in ENDS_OF_TIME else organisation_zone().key
    day, clock = _day_and_clock(local, ends=ends)
    return f"{show_day(day)}, {clock} ({zone})"


def _day_and_clock(local: datetime, *, ends: bool) -> tuple[date, str]:
    if ends and local.time() == time() and local.date() != date.min:
        return local.date() - timedelta(days=1), END_OF_DAY
    return local.date(), f"{local:%H:%M}"


def is_end(name: str) -> bool:
    """Whether the model's field, or the path to it, is the moment at which something ends."""
    return name.rpartition("__")[2] in ("end_date_time", "enrollment_expiration_date_time")


def show_short(moment: datetime | None, *, otherwise: str = "–", ends: bool = False) -> str:
    """The same without the zone, where a heading names it."""
    return show_moment(moment, otherwise=otherwise, ends=ends).partition(" (")[0]


def unbroken(moment: str) -> str:
    """A moment from ``show_short`` for a narrow column: broken only between day and time."""
    day, comma, clock = moment.partition(", ")
    return format_html(
        '<span><span class="whitespace-nowrap">{}{}</span> {}</span>', day, comma.strip(), clock
    )


def show_counted(moment: datetime, at: datetime) -> str:
    """When a figure was counted that is shown at ``at``: ``counted 10:32``; the day, too, where it
    is another."""
    shown, now = show_short(moment), show_short(at)
    same_day = shown.partition(", ")[0] == now.partition(", ")[0]
    return f"counted {shown.partition(', ')[2] if same_day else shown}"


def show_day(day: date) -> str:
    """``31 May 2026``."""
    return f"{day.day} {day:%b} {day.year}"


def read_clock(clock: datetime) -> datetime:
    """The moment that a date and time typed by staff mean, in UTC. Raises ``ValueError``."""
    return moments.read_clock(clock, organisation_zone())


def _on_the_clock(moment: datetime) -> datetime:
    """What the clocks show at ``moment``, without a zone; the inverse of ``read_clock``."""
    return moments.on_the_clock(moment, organisation_zone())


# --- Typing -------------------------------------------------------------------------------------


class _Typed:
    """What shows back, below the inputs of a widget, how that was understood which is typed."""

    kind = "moment"
    ends = False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        inputs = super().render(name, value, attrs, renderer)  # type: ignore[misc]  # a mixin: the widget has it
        key = (attrs or {}).get("id") or name
        about = {"name": name, "kind": self.kind, "ends": "1" if self.ends else ""}
        return render_to_string(
            "promotions/admin/typed.html",
            {
                "inputs": inputs,
                "read_id": f"{key}_read",
                "about": json.dumps(about),
                "said": self._said(value),
            },
        )

    def _said(self, value: Any) -> str:
        """How ``value`` was understood where it was typed and the form comes back; what can't be
        understood is the field's error."""
        typed = [value] if isinstance(value, str) else value
        if not isinstance(typed, list) or not all(isinstance(one, str) for one in typed):
            return ""
        try:
            return _read_back(self.kind, typed, ends=self.ends)
        except ValidationError:
            return ""


class DayWidget(_Typed, UnfoldAdminDateWidget):  # type: ignore[misc]  # the theme is not typed
    """A day, typed or chosen in a calendar."""

    kind = "day"


class MomentWidget(_Typed, UnfoldAdminSplitDateTimeWidget):  # type: ignore[misc]  # the theme is not typed
    """A day and a time beside each other."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets[1].attrs.update({"aria-label": "Time"})

    def decompress(self, value: datetime | None) -> list[str | None]:
        if value is None:
            return [None, None]
        clock = _on_the_clock(value) if value.tzinfo else value
        midnight = clock.time() == time()
        if self.ends and midnight and clock.date() != date.min:
            return [(clock.date() - timedelta(days=1)).isoformat(), END_OF_DAY]
        return [clock.date().isoformat(), f"{clock:%H:%M:%S}" if clock.second else f"{clock:%H:%M}"]


class DayField(forms.DateField):
    """A day, typed as people type it."""

    widget = DayWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.help_text = f"{options.get('help_text', '')} {_SUCH_AS}".strip()

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        try:
            return read_day(value, today=today())
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


class MomentField(forms.MultiValueField):
    """A moment, typed as day and time on the organisation's clocks. Without a time it is the
    beginning of the day or, of what ``ends``, the end."""

    widget = MomentWidget

    def __init__(self, *, ends: bool = False, **options: Any) -> None:
        self.ends = ends
        without = "end" if ends else "beginning"
        zone = f"In {organisation_zone().key}; without a time the {without} of the day."
        help_text = f"{options.pop('help_text', '')} {_SUCH_AS} {zone}".strip()
        options = {"help_text": help_text, "require_all_fields": False, **options}
        for name in ("input_date_formats", "input_time_formats"):
            options.pop(name, None)
        fields = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(fields, **options)
        if isinstance(self.widget, MomentWidget):
            self.widget.ends = ends

    def compress(self, data_list: Sequence[Any] | None) -> datetime | None:
        day, clock = data_list or ("", "")
        if not day and not clock:
            return None
        if not day:
            raise ValidationError("Write the day, too.", code="invalid_date")
        try:
            return read_clock(read_typed(day, clock or "", today=today(), ends=self.ends))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


def today() -> date:
    """The day that it is in the organisation's time zone."""
    return day_in(organisation_zone(), timezone.now())


def show_read(moment: datetime, *, ends: bool) -> str:
    """A moment that was typed, with its weekday: ``Sunday, 31 May 2026, 24:00 (Europe/Berlin)``."""
    day, _ = _day_and_clock(_on_the_clock(moment), ends=ends)
    return f"{day:%A}, {show_moment(moment, ends=ends)}"


def show_weekday(day: date) -> str:
    """``Sunday, 31 May 2026``."""
    return f"{day:%A}, {show_day(day)}"


def read_typed_page(request: HttpRequest) -> HttpResponse:
    """How the day or moment was understood that somebody types: a line for below the field."""
    name, ends = request.GET.get("name", ""), request.GET.get("ends") == "1"
    kind = request.GET.get("kind", "")
    names = [name] if kind == DayWidget.kind else [f"{name}_{part}" for part in (0, 1)]
    said, refused = "", ""
    try:
        said = _read_back(kind, [request.GET.get(one, "") for one in names], ends=ends)
    except ValidationError as error:
        refused = " ".join(error.messages)
    return render(request, "promotions/admin/read.html", {"said": said, "refused": refused})


def _read_back(kind: str, typed: Sequence[str], *, ends: bool) -> str:
    """What is said of a day, or of a moment's day and time, as somebody typed it; empty where
    nothing was. Raises ``ValidationError`` where it can't be understood."""
    if kind == DayWidget.kind:
        day = DayField(required=False).clean(typed[0])
        return show_weekday(day) if day else ""
    moment = MomentField(required=False, ends=ends).clean(typed)
    return show_read(moment, ends=ends) if moment else ""


_SUCH_AS: Final = "Such as 31 May, 31.5.2026 or tomorrow."


# --- Filters and columns ------------------------------------------------------------------------


class DayRangeFilter(RangeDateFilter):  # type: ignore[misc]  # the theme is not typed
    """From one day to another, both inclusive; for moments, days of the organisation's zone."""

    def queryset(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]"
    ) -> "models.QuerySet[Any]":
        has_time = isinstance(self.field, models.DateTimeField)
        # The midnight after a day is the end of that day, or the beginning of the next.
        after, before = ("gt", "lte") if is_end(self.field_path) else ("gte", "lt")
        for lookup, day in self._bounds():
            value: date | datetime = day
            if has_time and lookup == "lte":
                lookup, value = before, midnight(day, days_later=1)
            elif has_time:
                lookup, value = after, midnight(day)
            queryset = queryset.filter(**{f"{self.field_path}__{lookup}": value})
        return queryset

    def _bounds(self) -> Iterator[tuple[str, date]]:
        for end, lookup in (("from", "gte"), ("to", "lte")):
            text = self.used_parameters.get(f"{self.parameter_name}_{end}")
            if text:
                try:
                    yield lookup, forms.DateField().clean(text)
                except ValidationError:
                    continue  # the filter's own form says so


def midnight(day: date, *, days_later: int = 0) -> datetime:
    """The moment at which the day begins in the organisation's zone."""
    try:
        clock = datetime.combine(day + timedelta(days=days_later), time())
        return clock.replace(tzinfo=organisation_zone()).astimezone(UTC)
    except OverflowError:
        return (
            datetime.max.replace(tzinfo=UTC)
            if day > date(5000, 1, 1)
            else datetime.min.replace(tzinfo=UTC)
        )


def moment_column(name: str, description: str) -> Any:
    """A column or read-only field that shows, and sorts by, the moment in a record's ``name``."""

    @admin.display(description=description, ordering=name)
    def column(model_admin: object, record: models.Model) -> str:
        return unbroken(show_short(getattr(record, name), ends=is_end(name)))

    return column
