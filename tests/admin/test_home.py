"""The home page: what there is to see and to do today, for each role."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enrollments.models import PromotionPartyUsage, RefusedCall
from promotions import figures
from promotions.admin.charts import Chart
from promotions.admin.moments import midnight, today
from promotions.admin.saved_views import week_of
from promotions.attention import IN_SHORT
from promotions.figures import Kind
from promotions.models import KeptFigure, Promotion
from promotions.services.figures import asked_for, renew
from promotions.warnings import AdviceCode
from tests.admin.conftest import SignIn
from tests.admin.pages import text
from tests.factories import enroll_contact, make_contact, make_promotion, make_user
from tests.marketing import make_scene, takes_long
from tests.part_factories import make_target

HOME = "/admin/"
ATTENTION = "/admin/enrollments/promotionpartyusage/attention/"
DAY = timedelta(days=1)


def home(client: Client) -> Any:
    response = client.get(HOME)
    assert response.status_code == 200
    return response


def few(response: Any, title: str) -> Any:
    [found] = [one for one in response.context["week"]["few"] if one.title == title]
    return found


def test_a_new_installation_says_what_to_do_first(
    marketer: Client, auditor: Client, support: Client, nobody: Client
) -> None:
    page = text(home(marketer))
    assert "Begin here" in page
    assert "Make a promotion." in page
    for other in (auditor, support):
        page = text(home(other))
        assert "Begin here" in page
        assert "Make a promotion." not in page
    assert "Begin here" not in text(home(nobody))


def test_what_starts_and_ends_this_week(marketer: Client) -> None:
    monday, sunday = week_of(today())
    begin, end = midnight(monday), midnight(sunday, days_later=1)
    tick = timedelta(microseconds=1)
    for name, moment in (("Before", begin - tick), ("First", begin), ("Last", end - tick),
                         ("After", end)):  # fmt: skip
        make_promotion(name=f"{name} start", start_date_time=moment, is_active=name != "Last")
        make_promotion(name=f"{name} end", end_date_time=moment)
    make_promotion(name="Draft end", end_date_time=end - tick, is_active=False)
    response = home(marketer)
    starts, ends = few(response, "Starts this week"), few(response, "Ends this week")
    assert [line.name for line in starts.lines] == ["First start", "Last start"]
    assert [line.is_inactive for line in starts.lines] == [False, True]
    # The midnight with which a week ends is the end of its Sunday: 24:00.
    assert [line.name for line in ends.lines] == ["Last end", "After end"]
    for one in (starts, ends):
        assert one.count == len(one.lines)
        listed = marketer.get(one.url).context["cl"].result_list
        assert {p.name for p in listed} == {line.name for line in one.lines}
    at = timezone.now()
    week = response.context["week"]
    running = [
        one
        for one in Promotion.objects.filter(is_active=True)
        if (one.start_date_time or at) <= at and (one.end_date_time or at + DAY) > at
    ]
    assert week["running"] == len(running)
    for url, count in ((week["running_url"], "running"), (week["this_week_url"], "this_week")):
        assert marketer.get(url).context["cl"].result_count == week[count]


def test_more_than_fit_are_counted_and_linked(marketer: Client) -> None:
    for _ in range(9):
        make_promotion(start_date_time=midnight(today()))
    page = home(marketer)
    starts = few(page, "Starts this week")
    assert (len(starts.lines), starts.count) == (6, 9)
    assert "All 9" in text(page)


def test_the_chart_and_its_table_equal_a_direct_count(marketer: Client) -> None:
    make_scene(timezone.now())
    response = home(marketer)
    chart: Chart = response.context["per_day"]
    counted = dict(chart.rows)
    for usage in PromotionPartyUsage.objects.all():
        day = usage.created_date.date()
        if day > today() - 30 * DAY:
            counted[f"{day.day} {day:%b}"] -= 1
    assert set(counted.values()) == {0}
    assert len(counted) == 30
    table = re.findall(
        r'<th scope="row"[^>]*>([^<]+)</th>\s*<td[^>]*>([\d,]+)</td>', text(response)
    )
    assert [(name, int(count)) for name, count in table][:30] == list(chart.rows)


def test_uptake_of_the_running_promotions_most_customers_first(marketer: Client) -> None:
    make_scene(timezone.now())
    rows = home(marketer).context["top"]["rows"]
    assert [(one.name, one.enrolled, one.percent, one.words) for one in rows] == [
        ("Limited", "3", 75, "75 % of 4 places"),
        ("Unlimited", "2", None, "no limit, 0 used"),
    ]


def test_what_needs_attention_comes_by_itself(marketer: Client, nobody: Client) -> None:
    make_promotion(name="Odd")
    late = make_promotion(name="Late", is_active=False, start_date_time=timezone.now() - DAY)
    make_promotion(name="Work in progress", is_active=False)
    make_promotion(name="Over", end_date_time=timezone.now())
    assert f'hx-get="{ATTENTION}"' in text(home(marketer))
    response = marketer.get(ATTENTION)
    lines = {line.name: line.words for line in response.context["attention"]["lines"]}
    assert lines == {
        "Odd": ["discounts nothing yet", "has no end"],
        "Late": ["should have started, and is inactive"],
    }
    assert "All 2 that need attention" in text(response)
    make_target(late)
    assert nobody.get(ATTENTION).status_code == 403


def test_every_warning_has_words_in_short() -> None:
    assert set(IN_SHORT) == set(AdviceCode) - {AdviceCode.OVERLAPS_EXCLUSIVE}


def test_nothing_needs_attention(marketer: Client, settings: Any) -> None:
    settings.COMMERCE_FIELDS = False
    make_promotion(end_date_time=timezone.now() + DAY)
    assert "Nothing:" in text(marketer.get(ATTENTION))


def test_what_takes_long_is_being_counted_then_shown_with_its_time(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_scene(timezone.now())
    slow = {
        name: Kind(name, kind.count, at_once=takes_long) for name, kind in figures._kinds.items()
    }
    monkeypatch.setattr(figures, "_kinds", slow)
    assert text(home(marketer)).count("This is being counted") == 2
    assert "is being looked for" in text(marketer.get(ATTENTION))
    for kept in asked_for():
        renew(kept, at=timezone.now())
    KeptFigure.objects.update(seconds=2)
    page = home(marketer)
    assert "This is being counted" not in text(page)
    assert re.search(r"Counted \d\d:\d\d\.", text(page))
    assert [one.name for one in page.context["top"]["rows"]] == ["Limited", "Unlimited"]
    assert "counted " in text(marketer.get(ATTENTION))


def test_what_one_may_not_see_appears_nowhere(sign_in: SignIn, settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    now = timezone.now()
    secret = make_promotion(name="Secret", start_date_time=midnight(today()))
    enroll_contact(make_contact(), secret, at=now)
    stranger = sign_in("Marketers")
    response = home(stranger)
    assert "Secret" not in text(response) + text(stranger.get(ATTENTION))
    assert response.context["week"]["promotions"] == 0
    assert response.context["per_day"].total == "0"
    assert response.context["top"]["rows"] == []


def test_support_begins_with_finding_customers(
    support: Client, marketer: Client, lead: Client, auditor: Client
) -> None:
    """And with what was refused; marketers with a new promotion and the week."""

    def acts(client: Client) -> list[str]:
        [nav] = re.findall(r'aria-label="What you can do">(.*?)</nav>', text(home(client)), re.S)
        return [one.strip() for one in re.findall(r"(?:</span>|>)\s*([A-Z][a-z ]+)\s*</a>", nav)]

    make_promotion()
    assert acts(support)[:3] == ["Find a customer", "Enroll a customer", "Enroll an audience"]
    assert "New promotion" not in acts(support)
    assert acts(marketer)[0] == acts(lead)[0] == "New promotion"
    assert acts(auditor) == ["Promotions", "Calendar", "Find a customer", "Enrollments"]
    for client, begins in ((support, "refused lately"), (marketer, "This week")):
        page = text(home(client))
        assert begins == min(("refused lately", "This week"), key=page.index)


def test_what_was_refused_lately_with_the_reason(
    marketer: Client, support: Client, nobody: Client, settings: Any
) -> None:
    assert "None. What partners ask for" in text(home(marketer))
    by = make_user(username="till", first_name="Till")
    sale = make_promotion(name="Sale")
    for number in range(8):
        RefusedCall.objects.create(
            created_date=timezone.now(),
            created_by=by,
            door="enrollments",
            promotion=sale if number else None,
            contact=make_contact(last_name="Zander"),
            code="promotion_not_active",
            detail=f"The promotion is not active ({number}).",
            is_of_another_item=number == 7,
        )
    response = home(marketer)
    failures = response.context["failures"]
    assert [one.reason for one in failures] == [
        f"The promotion is not active ({number})." for number in range(6, 0, -1)
    ]
    assert {(one.promotion, one.partner) for one in failures} == {("Sale", "Till")}
    assert marketer.get(failures[0].url).status_code == 200
    assert "Zander" not in text(response)
    assert all(one.customer.startswith("Contact 003") for one in failures)
    assert all("Zander" in one.customer for one in home(support).context["failures"])
    assert "refused lately" not in text(home(nobody))
    settings.PROMOTION_SHARING = "private"
    assert [one.promotion for one in home(marketer).context["failures"]] == ["promotion not known"]


def test_the_page_takes_few_statements(
    marketer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_scene(timezone.now())
    for _ in range(5):
        make_promotion(start_date_time=midnight(today()))
    with django_assert_max_num_queries(18):
        home(marketer)
    with django_assert_max_num_queries(20):
        marketer.get(ATTENTION)


def test_weeks_begin_on_monday() -> None:
    assert week_of(date(2026, 5, 31)) == (date(2026, 5, 25), date(2026, 5, 31))
    assert week_of(date(2026, 6, 1)) == (date(2026, 6, 1), date(2026, 6, 7))
