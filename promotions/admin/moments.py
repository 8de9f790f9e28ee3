"""Moments in the admin: shown and typed on the clocks of the organisation's time zone.

"For ever" (9999-12-31T23:59:59Z) lies outside every calendar east of Greenwich. The last day of the
calendar, and the first, are therefore shown and read in UTC, whatever the zone.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from promotions.moments import in_zone

_ENDS_OF_TIME = (date.min, date.max)


def organisation_zone() -> ZoneInfo:
    """The time zone in which staff read and type."""
    return ZoneInfo(settings.TIME_ZONE)


def show_moment(moment: datetime | None, *, otherwise: str = "–") -> str:
    """``31 May 2026, 23:59 (Europe/Berlin)``; ``otherwise`` where there is none."""
    if moment is None:
        return otherwise
    local = _on_the_clock(moment)
    zone = "UTC" if local.date() in _ENDS_OF_TIME else organisation_zone().key
    return f"{show_day(local.date())}, {local:%H:%M} ({zone})"


def show_short(moment: datetime | None, *, otherwise: str = "–") -> str:
    """The same without the zone, where a heading names it."""
    return show_moment(moment, otherwise=otherwise).partition(" (")[0]


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
    """The moment that a date and time typed by staff mean, in UTC.

    Of a time that happens twice (clocks go back) the first is meant. Raises ``ValueError`` for one
    that never happens (clocks go forward) and for moments outside the calendar.
    """
    zone = organisation_zone()
    if clock.date() in _ENDS_OF_TIME:
        return clock.replace(tzinfo=UTC)
    try:
        moment = clock.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("There is no such moment.") from error
    if moment.astimezone(zone).replace(tzinfo=None) != clock:
        raise ValueError(f"At this time the clocks of {zone.key} are put forward. Choose another.")
    return moment


def _on_the_clock(moment: datetime) -> datetime:
    """What the clocks show at ``moment``, without a zone; the inverse of ``read_clock``."""
    utc = moment.astimezone(UTC)
    local = utc if utc.date() in _ENDS_OF_TIME else in_zone(moment, organisation_zone())
    return local.replace(tzinfo=None)


class MomentWidget(UnfoldAdminSplitDateTimeWidget):  # type: ignore[misc]  # the theme is not typed
    """A date and a time beside each other."""

    def decompress(self, value: datetime | None) -> list[date | time | None]:
        if value is None:
            return [None, None]
        clock = _on_the_clock(value) if value.tzinfo else value
        return [clock.date(), clock.time()]


class MomentField(forms.SplitDateTimeField):
    """A moment, typed as date and time on the organisation's clocks."""

    widget = MomentWidget

    def __init__(self, **options: Any) -> None:
        zone = f"On the clocks of {organisation_zone().key}."
        options["help_text"] = f"{options.get('help_text', '')} {zone}".strip()
        super().__init__(**options)

    def compress(self, data_list: Sequence[Any] | None) -> datetime | None:
        if not data_list:
            return None
        day, clock = data_list
        if day in self.empty_values:
            raise ValidationError(self.error_messages["invalid_date"], code="invalid_date")
        if clock in self.empty_values:
            raise ValidationError("Enter a time, too, such as 00:00.", code="invalid_time")
        try:
            return read_clock(datetime.combine(day, clock))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


class DayRangeFilter(RangeDateFilter):  # type: ignore[misc]  # the theme is not typed
    """From one day to another, both inclusive; for moments, days of the organisation's zone."""

    def queryset(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]"
    ) -> "models.QuerySet[Any]":
        moments = isinstance(self.field, models.DateTimeField)
        for lookup, day in self._bounds():
            value: date | datetime = day
            if moments and lookup == "lte":
                lookup, value = "lt", midnight(day, days_later=1)
            elif moments:
                value = midnight(day)
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
        return unbroken(show_short(getattr(record, name)))

    return column
