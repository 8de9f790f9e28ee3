"""A month of promotions: the list's promotions, its views, search and filters, over the days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from promotions.admin.moments import midnight, organisation_zone, show_day, show_short, today
from promotions.admin.pages import page, promotion_url
from promotions.admin.promotion_list import CALENDAR, view_tabs, with_query
from promotions.admin.saved_views import days_text, runs_on
from promotions.moments import day_in
from promotions.wording.states import STATUS_WORDS
from promotions.wording.words import last_day

MOST_LANES: Final = 6
"""So many promotions of a week are drawn above each other; of more the number is told."""
MOST_READ: Final = 300
"""So many promotions of a month are looked at for what is drawn."""
MOST_LISTED: Final = 100
"""So many beginnings and ends are listed by day on a narrow screen."""
MOST_ELSEWHERE: Final = 5
"""So many promotions of other months are named where this one has none that is looked for."""
_YEARS: Final = range(1900, 9000)
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """A promotion and the first and the last day of it."""

    promotion: Any
    first: date
    last: date

    def fills(self, days: Sequence[date]) -> bool:
        """Whether it begins before these days and ends after them."""
        return self.first < days[0] and self.last > days[-1]


@dataclass(frozen=True, slots=True)
class Bar:
    """A promotion within a week."""

    name: str
    url: str
    status: str
    says: str
    """Its status and whole period, for whoever doesn't see the bar."""
    column: int
    """On which day of the week it begins, from 1."""
    days: int
    lane: int
    """From 1."""
    came: bool
    """Whether it comes from the week before."""
    goes_on: bool
    """Whether it goes on in the next one."""


@dataclass(frozen=True, slots=True)
class Square:
    """A day of a week."""

    day: date
    is_of_month: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Week:
    title: str
    squares: Sequence[Square]
    bars: Sequence[Bar]
    more: int
    """How many there are beside those of the bars."""
    more_url: str


@dataclass(slots=True)
class AgendaDay:
    """What begins and ends on a day, for a narrow screen."""

    title: str
    is_today: bool
    happens: list[tuple[str, str, str]] = field(default_factory=list)
    """Word, name and address: ``Starts``, ``Summer sale``, …"""


def calendar_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The month ``?month=2026-05``, this one unless told otherwise."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    first = _month(request.GET.get("month", ""))
    query = request.GET.copy()
    query.pop("month", None)
    request.GET = query  # type: ignore[assignment]  # the list knows nothing of months
    try:
        changelist = model_admin.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return HttpResponseRedirect(reverse(f"admin:{CALENDAR}"))
    mondays = _mondays(first)
    periods, counts = _read(changelist.queryset, first, mondays)
    weeks = [_week(monday, first, periods, counts[monday], request) for monday in mondays]
    return page(
        request,
        "promotions/admin/calendar.html",
        title="Calendar",
        cl=changelist,
        month=f"{first:%B} {first.year}",
        weekdays=[f"{mondays[0] + timedelta(days=number):%a}" for number in range(7)],
        weeks=weeks,
        agenda=_agenda(first, periods),
        total=counts[None],
        elsewhere=[] if counts[None] else _elsewhere(changelist, first, request),
        through=sum(one.fills(_days_of(first)) for one in periods),
        is_cut=counts[None] > MOST_READ,
        all_url=_list_url(request, first, _next_month(first) - timedelta(days=1)),
        view_tabs=view_tabs(request, month=_text(first)),
        previous=_month_url(request, (first - timedelta(days=1)).replace(day=1)),
        following=_month_url(request, _next_month(first)),
        this_month=_month_url(request, today().replace(day=1)),
        month_text=_text(first),
        zone=organisation_zone().key,
    )


def _elsewhere(changelist: Any, first: date, request: HttpRequest) -> list[tuple[str, str, str]]:
    """Of what is searched or filtered for and doesn't run in this month, what begins next, then
    what began last: name, month and the month's address."""
    if not (changelist.query or changelist.has_active_filters):
        return []
    found, month = changelist.queryset.order_by(), midnight(first)
    later = found.filter(start_date_time__gte=month).order_by("start_date_time", "pk")
    before = found.filter(start_date_time__lt=month).order_by("-start_date_time", "-pk")
    zone = organisation_zone()
    starts = [
        (one, day_in(zone, one.start_date_time).replace(day=1))
        for one in [*later[:MOST_ELSEWHERE], *before[:MOST_ELSEWHERE]][:MOST_ELSEWHERE]
    ]
    return [
        (one.name, f"{month:%B} {month.year}", _month_url(request, month)) for one, month in starts
    ]


# --- Months and weeks -----------------------------------------------------------------------------


def _month(text: str) -> date:
    """The first day of the month that a query names; of this month where it names none."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today().replace(day=1)
    return first if first.year in _YEARS else today().replace(day=1)


def _text(first: date) -> str:
    return first.isoformat()[:7]


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _mondays(first: date) -> list[date]:
    """The first days of the weeks that hold a day of the month."""
    monday = first - timedelta(days=first.weekday())
    mondays = []
    while monday < _next_month(first):
        mondays.append(monday)
        monday += _WEEK
    return mondays


def _month_url(request: HttpRequest, first: date) -> str:
    return with_query(request, {"month": _text(first)})


def _list_url(request: HttpRequest, first: date, last: date) -> str:
    """The list of what runs on these days, with the same search and filters."""
    shown = reverse("admin:promotions_promotion_changelist")
    return f"{shown}{with_query(request, {'runs': days_text(first, last)})}"


# --- Reading --------------------------------------------------------------------------------------

_Counts = dict[date | None, int]


def _read(
    queryset: "QuerySet[Any]", first: date, mondays: Sequence[date]
) -> tuple[list[Period], _Counts]:
    """The promotions of the month, those that begin or end in it before those that run through it;
    and how many there are in each week, and (None) in the month."""
    month = _days_of(first)
    weeks = {f"week_{number}": monday for number, monday in enumerate(mondays)}
    counted = queryset.order_by().aggregate(
        month=Count("pk", filter=runs_on(*month)),
        **{
            name: Count("pk", filter=runs_on(monday, monday + timedelta(days=6)))
            for name, monday in weeks.items()
        },
    )
    counts: _Counts = {None: counted["month"]}
    counts |= {monday: counted[name] for name, monday in weeks.items()}
    start, end = midnight(mondays[0]), midnight(mondays[-1] + _WEEK)
    has_an_edge = Q(start_date_time__gte=start) | Q(end_date_time__lte=end)
    promotions = (
        queryset.filter(runs_on(mondays[0], mondays[-1] + timedelta(days=6)))
        .select_related(None)
        .only("name", "start_date_time", "end_date_time")
        .order_by(
            Case(When(has_an_edge, then=Value(0)), default=Value(1)), "start_date_time", "pk"
        )[:MOST_READ]
    )
    return [_period(promotion) for promotion in promotions], counts


def _days_of(first: date) -> tuple[date, date]:
    return first, _next_month(first) - timedelta(days=1)


def _period(promotion: Any) -> Period:
    start: datetime | None = promotion.start_date_time
    end: datetime | None = promotion.end_date_time
    zone = organisation_zone()
    return Period(
        promotion,
        date.min if start is None else day_in(zone, start),
        date.max if end is None else last_day(end, zone),
    )


# --- Drawing --------------------------------------------------------------------------------------


def _week(
    monday: date, first: date, periods: Sequence[Period], count: int, request: HttpRequest
) -> Week:
    days = [monday + timedelta(days=number) for number in range(7)]
    bars = _bars(periods, days)
    return Week(
        title=f"Week from {show_day(monday)}",
        squares=[Square(day, day.month == first.month, day == today()) for day in days],
        bars=bars,
        more=count - len(bars),
        more_url=_list_url(request, days[0], days[-1]),
    )


def _bars(periods: Sequence[Period], days: Sequence[date]) -> list[Bar]:
    """As many as there are lanes for, each in the first that is free on its days; those that begin
    or end in this week before the others."""
    here = [one for one in periods if one.first <= days[-1] and one.last >= days[0]]
    here.sort(key=lambda one: (one.fills(days), max(one.first, days[0])))
    taken: list[set[int]] = [set() for _ in range(MOST_LANES)]
    bars = []
    for one in here:
        begin, end = max(one.first, days[0]), min(one.last, days[-1])
        wanted = set(range(begin.toordinal(), end.toordinal() + 1))
        lane = next((lane for lane, used in enumerate(taken) if not used & wanted), None)
        if lane is not None:
            taken[lane] |= wanted
            bars.append(_bar(one, begin, end, days, lane + 1))
    return sorted(bars, key=lambda bar: (bar.lane, bar.column))


def _bar(one: Period, begin: date, end: date, days: Sequence[date], lane: int) -> Bar:
    promotion = one.promotion
    starts = show_short(promotion.start_date_time, otherwise="always")
    ends = show_short(promotion.end_date_time, otherwise="no end", ends=True)
    return Bar(
        name=promotion.name,
        url=promotion_url(promotion),
        status=promotion.status,
        says=f"{STATUS_WORDS[promotion.status]}, {starts} to {ends}",
        column=(begin - days[0]).days + 1,
        days=(end - begin).days + 1,
        lane=lane,
        came=one.first < days[0],
        goes_on=one.last > days[-1],
    )


def _agenda(first: date, periods: Sequence[Period]) -> list[AgendaDay]:
    """The days of the month on which something begins or ends."""
    begin, end = _days_of(first)
    happens: dict[date, list[tuple[str, str, str]]] = {}
    for one in periods:
        name, url = one.promotion.name, promotion_url(one.promotion)
        for word, day in (("Starts", one.first), ("Ends", one.last)):
            if begin <= day <= end:
                happens.setdefault(day, []).append((word, name, url))
    agenda, left = [], MOST_LISTED
    for day in sorted(happens):
        listed = happens[day][:left]
        left -= len(listed)
        if listed:
            agenda.append(AgendaDay(f"{day:%A}, {show_day(day)}", day == today(), listed))
    return agenda
