"""The month of promotions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from promotions.admin.calendar_page import MOST_LANES
from promotions.models import Promotion
from tests.admin.conftest import SignIn
from tests.admin.pages import text
from tests.factories import make_promotion

CALENDAR = "/admin/promotions/promotion/calendar/"


def may(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def month(client: Client, text: str = "2026-05", **query: str) -> Any:
    response = client.get(CALENDAR, {"month": text, **query})
    assert response.status_code == 200, response
    return response


def bars(response: Any) -> list[list[tuple[str, int, int]]]:
    """Of each week: name, first day of the week, days."""
    return [
        [(bar.name, bar.column, bar.days) for bar in week.bars]
        for week in response.context["weeks"]
    ]


def test_a_promotion_is_drawn_from_its_first_day_to_its_last(marketer: Client) -> None:
    make_promotion(name="Sale", start_date_time=may(8, 18), end_date_time=may(13))
    page = month(marketer)
    # May 2026 begins on a Friday. It ends as Wednesday begins, so Tuesday is its last day.
    assert bars(page) == [[], [("Sale", 5, 3)], [("Sale", 1, 2)], [], []]
    second, third = page.context["weeks"][1].bars[0], page.context["weeks"][2].bars[0]
    assert (second.came, second.goes_on) == (False, True)
    assert (third.came, third.goes_on) == (True, False)
    assert "Sale<span" in text(page)
    assert "ended, 8 May 2026, 18:00 to 12 May 2026, 24:00" in text(page)
    assert [(day.title, day.happens[0][:2]) for day in page.context["agenda"]] == [
        ("Friday, 8 May 2026", ("Starts", "Sale")),
        ("Tuesday, 12 May 2026", ("Ends", "Sale")),
    ]


def test_days_are_the_organisations(marketer: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Kiritimati"
    make_promotion(name="Sale", start_date_time=may(7, 10), end_date_time=may(8, 10))
    page = month(marketer)
    assert bars(page)[1] == [("Sale", 5, 1)]
    assert "Pacific/Kiritimati" in text(page)


def test_what_runs_through_the_month_and_what_has_no_period(marketer: Client) -> None:
    make_promotion(name="Always")
    make_promotion(name="Idea", is_active=False)
    make_promotion(name="For ever", end_date_time=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    page = month(marketer)
    assert bars(page) == [[("Always", 1, 7), ("For ever", 1, 7)]] * 5
    assert page.context["through"] == page.context["total"] == 2


def test_a_week_draws_so_many_and_tells_of_the_others(marketer: Client) -> None:
    for number in range(MOST_LANES + 3):
        make_promotion(name=f"Always {number}")
    make_promotion(name="New", start_date_time=may(13))
    page = month(marketer)
    weeks = page.context["weeks"]
    assert len(weeks[0].bars) == MOST_LANES
    assert weeks[0].more == 3
    assert "New" in [bar.name for bar in weeks[2].bars]
    assert weeks[2].more == 4
    listed = marketer.get(weeks[2].more_url).context["cl"]
    assert listed.result_count == len(weeks[2].bars) + weeks[2].more
    assert "and 4 more" in text(page)


def test_one_lane_holds_what_does_not_overlap(marketer: Client) -> None:
    make_promotion(name="A", start_date_time=may(4), end_date_time=may(6))
    make_promotion(name="B", start_date_time=may(6), end_date_time=may(8))
    make_promotion(name="C", start_date_time=may(5), end_date_time=may(7))
    lanes = {bar.name: bar.lane for bar in month(marketer).context["weeks"][1].bars}
    assert lanes == {"A": 1, "B": 1, "C": 2}


def test_the_lists_search_views_and_filters(marketer: Client) -> None:
    make_promotion(name="Summer", start_date_time=may(5), end_date_time=may(7))
    make_promotion(name="Winter", start_date_time=may(5), end_date_time=may(7), is_active=False)

    def drawn(**query: str) -> set[str]:
        return {bar[0] for week in bars(month(marketer, **query)) for bar in week}

    assert drawn() == {"Summer", "Winter"}
    assert drawn(q="summ") == {"Summer"}
    assert drawn(is_active__exact="0") == {"Winter"}
    assert drawn(view="running") == set()
    page = month(marketer, q="summ", view="mine")
    assert page.context["following"] == "?q=summ&view=mine&month=2026-06"
    assert page.context["previous"] == "?q=summ&view=mine&month=2026-04"
    assert {tab.title: tab.url for tab in page.context["view_tabs"]}["All"] == (
        "?q=summ&month=2026-05"
    )
    assert "Nothing runs in May 2026 of what you are looking for." in text(page)


def test_tells_in_which_other_months_there_is_what_is_searched(marketer: Client) -> None:
    make_promotion(
        name="Shoes in July",
        start_date_time=may(1) + timedelta(70),
        end_date_time=may(1) + timedelta(72),
    )
    make_promotion(
        name="Shoes in March",
        start_date_time=may(1) - timedelta(50),
        end_date_time=may(1) - timedelta(40),
    )
    make_promotion(
        name="Hats in July",
        start_date_time=may(1) + timedelta(70),
        end_date_time=may(1) + timedelta(72),
    )
    page = month(marketer, q="shoes")
    assert page.context["elsewhere"] == [
        ("Shoes in July", "July 2026", "?q=shoes&month=2026-07"),
        ("Shoes in March", "March 2026", "?q=shoes&month=2026-03"),
    ]
    assert "Found in other months:" in text(page)
    assert not month(marketer).context["elsewhere"], "nobody looks for anything"
    assert not month(marketer, q="nothing").context["elsewhere"]


def test_months_that_are_none_show_this_one(marketer: Client) -> None:
    this = month(marketer, "").context["month_text"]
    for text_ in ("rubbish", "2026-13", "0000-01", "9999-12", "0001-01", "2026-05-01", "²"):
        assert month(marketer, text_).context["month_text"] == this
    assert month(marketer, "2026-12").context["following"].endswith("month=2027-01")
    assert marketer.get(CALENDAR, {"nonsense": "1"}).status_code == 302
    assert month(marketer, "2026-05").context["month_text"] == "2026-05" != this


def test_nobody_sees_what_is_not_shared(
    marketer: Client, sign_in: SignIn, nobody: Client, settings: Any
) -> None:
    settings.PROMOTION_SHARING = "private"
    make_promotion(name="Secret", start_date_time=may(5))
    assert "Secret" not in text(month(marketer))
    assert month(marketer).context["total"] == 0
    assert "Secret" in text(month(sign_in("Auditors")))
    assert nobody.get(CALENDAR).status_code == 403


def test_a_busy_month_takes_as_many_statements(
    marketer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    one = make_promotion(name="One", start_date_time=may(1))
    Promotion.objects.bulk_create(
        Promotion(
            name=f"P{number}",
            is_active=True,
            start_date_time=may(number % 28 + 1),
            end_date_time=may(number % 28 + 3),
            owner_user=one.owner_user,
            created_by=one.created_by,
            last_modified_by=one.created_by,
            created_date=one.created_date,
            last_modified_date=one.created_date,
        )
        for number in range(400)
    )
    with django_assert_max_num_queries(8):
        page = month(marketer)
    assert page.context["total"] == 401
    assert sum(week.more for week in page.context["weeks"]) > 300
