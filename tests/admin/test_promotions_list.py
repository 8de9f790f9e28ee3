"""The list of promotions: what it shows of each, the saved views, what it says when it is empty."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enrollments import uptake as page_uptake
from enrollments.figures import UPTAKE
from promotions.admin.moments import midnight, today
from promotions.admin.saved_views import VIEWS, days_text, week_of
from promotions.figures import EVERYTHING
from promotions.models import KeptFigure, Promotion
from promotions.services.figures import renew
from tests.admin.conftest import staff, user_of
from tests.admin.pages import text
from tests.factories import make_promotion
from tests.marketing import make_scene

LIST = "/admin/promotions/promotion/"
DAY = timedelta(days=1)


def names(client: Client, **query: str) -> list[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200, response
    return [promotion.name for promotion in response.context["cl"].result_list]


def cells(client: Client, promotion: Promotion) -> tuple[str, str]:
    response = client.get(LIST)
    changelist = response.context["cl"]
    [shown] = [one for one in changelist.result_list if one.pk == promotion.pk]
    admin = changelist.model_admin
    return str(admin.enrolled(shown)), str(admin.uptake(shown))


def test_enrolled_and_uptake(marketer: Client) -> None:
    scene = make_scene(timezone.now())
    assert cells(marketer, scene.limited) == ("3", "75 % of 4 places")
    assert cells(marketer, scene.unlimited) == ("2", "no limit, 0 used")
    assert cells(marketer, scene.draft) == ("1", "no limit, 0 used")
    assert cells(marketer, scene.empty) == ("0", "–")
    assert cells(marketer, make_promotion()) == ("0", "no limit")


def test_many_are_shown_with_the_time_they_were_counted(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make_scene(timezone.now())
    kept = KeptFigure.objects.create(
        kind=UPTAKE.name, subject=EVERYTHING, asked_date=timezone.now()
    )
    renew(kept, at=timezone.now())
    monkeypatch.setattr(page_uptake, "FEW", 3)
    assert "counted " in cells(marketer, scene.limited)[0]
    assert "counted " not in cells(marketer, scene.unlimited)[0]
    KeptFigure.objects.all().delete()
    monkeypatch.setattr(page_uptake, "quickly", lambda count: None)
    assert cells(marketer, scene.limited) == ("being counted", "being counted")


def test_saved_views(marketer: Client, subtests: Any) -> None:
    now = timezone.now()
    sunday = week_of(today())[1]
    group = Group.objects.create(name="Team")
    user_of(marketer).groups.add(group)
    month = 30 * DAY
    # What is mine has nothing odd about it, and none of the others is.
    make_promotion(name="Running", start_date_time=now - month, end_date_time=now + month)
    make_promotion(name="Draft", is_active=False)
    make_promotion(name="Over", start_date_time=now - month, end_date_time=now - DAY)
    make_promotion(name="Soon over", start_date_time=now - month, end_date_time=now + 3 * DAY)
    make_promotion(name="Starts", start_date_time=midnight(sunday), end_date_time=now + 2 * month)
    make_promotion(name="Own", by=staff(marketer), is_active=False)
    team = make_promotion(name="Team", is_active=False)
    Promotion.objects.filter(pk=team.pk).update(owner_user=None, owner_group=group)
    starts_now = midnight(sunday) <= now
    expected = {
        "running": {"Running", "Soon over"} | ({"Starts"} if starts_now else set()),
        "starting": {"Starts"},
        "ending": {"Soon over"},
        "mine": {"Own", "Team"},
        "attention": {"Running", "Soon over", "Starts"},
    }
    assert expected.keys() == VIEWS.keys()
    for view, found in expected.items():
        with subtests.test(view):
            assert set(names(marketer, view=view)) == found
            response = marketer.get(LIST, {"view": view})
            [active] = [tab for tab in response.context["view_tabs"] if tab.active]
            assert active.title == VIEWS[view].title
    assert len(names(marketer)) == 7
    assert names(marketer, view="rubbish") == []
    assert "discounts nothing yet" in text(marketer.get(LIST, {"view": "attention"}))


def test_tabs_keep_the_search_and_lead_to_the_calendar(marketer: Client) -> None:
    make_promotion(name="Summer")
    response = marketer.get(LIST, {"q": "summer", "view": "running", "p": "1"})
    tabs = {tab.title: tab.url for tab in response.context["view_tabs"]}
    assert tabs["Ending soon"] == "?q=summer&view=ending"
    assert tabs["All"] == "?q=summer"
    assert response.context["calendar_url"] == f"{LIST}calendar/?q=summer&view=running"
    assert 'aria-current="page"' in text(response)


def test_by_the_days_of_its_period(marketer: Client) -> None:
    monday, sunday = week_of(today())
    begin, end = midnight(monday), midnight(sunday, days_later=1)
    tick = timedelta(microseconds=1)
    make_promotion(name="Before", end_date_time=begin)
    make_promotion(name="Just in", end_date_time=begin + tick)
    make_promotion(name="Still in", start_date_time=end - tick)
    make_promotion(name="After", start_date_time=end)
    make_promotion(name="Always")
    make_promotion(name="Idea", is_active=False)
    expected = {"Just in", "Still in", "Always"}
    assert set(names(marketer, runs="this-week")) == expected
    assert set(names(marketer, runs=days_text(monday, sunday))) == expected
    assert "Still in" in names(marketer, runs="next-week")
    for rubbish in ("2026-05-04", "x..y", "..", "2026-13-01..2026-13-02"):
        assert names(marketer, runs=rubbish) == []
    assert len(names(marketer, runs="0001-01-01..9999-12-31")) == 5


def test_is_found_by_the_whole_external_id(marketer: Client) -> None:
    promotion = make_promotion(external_id="ERP-7")
    make_promotion(name="ERP")
    for asked, found in {"ERP-7": [promotion], "ERP-": []}.items():
        assert list(marketer.get(LIST, {"q": asked}).context["cl"].result_list) == found
    assert marketer.get(LIST, {"q": "a\x00b"}).status_code == 200


def test_sorts_by_name_and_dates(marketer: Client) -> None:
    make_promotion(name="B", start_date_time=timezone.now())
    make_promotion(name="a", start_date_time=timezone.now() + DAY)
    assert names(marketer, o="1") == ["a", "B"]
    assert names(marketer, o="-3") == ["a", "B"]


def test_an_empty_list_says_what_to_do(marketer: Client, auditor: Client) -> None:
    page = text(marketer.get(LIST))
    assert "No promotions yet." in page
    assert "New promotion" in page
    assert "New promotion" not in text(auditor.get(LIST))
    page = text(marketer.get(LIST, {"view": "mine"}))
    assert "No promotion belongs to you" in page
    page = text(marketer.get(LIST, {"q": "nothing"}))
    assert "match “nothing”" in page
    assert "Show all promotions" in page
    for url in ("/admin/enrollments/offer/", "/admin/promotions/coupon/"):
        page = text(marketer.get(url))
        assert "yielded" not in page
        assert "yet." in page


def test_the_heading_says_promotions_once(marketer: Client) -> None:
    promotion = make_promotion(name="Summer")
    for url in (LIST, f"{LIST}{promotion.pk}/change/"):
        page = text(marketer.get(url))
        assert 'href="/admin/promotions/"' not in page
        assert f'href="{LIST}"' in page


def test_the_list_takes_few_statements(
    marketer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_scene(timezone.now())
    for _ in range(10):
        make_promotion()
    with django_assert_max_num_queries(15):
        marketer.get(LIST)
    # Where they are many, what needs attention is kept, and read by one statement.
    with django_assert_max_num_queries(20):
        names(marketer, view="attention")
