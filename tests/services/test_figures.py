"""Figures: counted anew where that is quick, else kept with the moment they are from."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from promotions import figures as registry
from promotions.actors import Actor, Source
from promotions.figures import EVERYTHING, FRESH, Figure, Kind
from promotions.management.figures import FigureCounting
from promotions.models import KeptFigure
from promotions.services import figures
from promotions.services.figures import FORGOTTEN, asked_for, figure, kept_figure, renew
from tests.factories import NOW, actor, make_user
from tests.marketing import takes_long

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


class Counted:
    """Something to count, and how often it was."""

    def __init__(self) -> None:
        self.value = 1
        self.times = 0

    def __call__(self, subject: str, at: datetime) -> dict[str, Any]:
        self.times += 1
        return {"of": subject, "count": self.value}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted = Counted()
    kinds = {
        "quick": Kind("quick", counted),
        "slow": Kind("slow", counted, at_once=takes_long),
    }
    monkeypatch.setattr(registry, "_kinds", {**registry._kinds, **kinds})
    return counted


def test_a_quick_figure_is_counted_each_time_and_not_kept(counted: Counted) -> None:
    assert figure("quick", "a", at=NOW) == Figure({"of": "a", "count": 1})
    counted.value = 2
    assert figure("quick", "a", at=NOW) == Figure({"of": "a", "count": 2})
    assert not KeptFigure.objects.exists()


def test_a_slow_one_is_counted_by_the_worker_and_shown_with_its_moment(counted: Counted) -> None:
    assert figure("slow", "a", at=NOW) == Figure(None)
    assert counted.times == 0
    [asked] = asked_for()
    renew(asked, at=NOW + MINUTE)
    assert asked_for() == []
    KeptFigure.objects.update(seconds=3)
    counted.value = 2
    later = NOW + MINUTE + FRESH - timedelta(seconds=1)
    assert figure("slow", "a", at=later) == Figure({"of": "a", "count": 1}, NOW + MINUTE)
    assert asked_for() == []


def test_an_old_one_is_shown_once_more_and_renewed(counted: Counted) -> None:
    figure("slow", "a", at=NOW)
    worker = FigureCounting()
    assert [worker.look(threading.Event(), print) for _ in range(2)] == [True, False]
    KeptFigure.objects.update(seconds=3, counted_date=NOW)
    counted.value = 2
    old = figure("slow", "a", at=NOW + FRESH)
    assert old == Figure({"of": "a", "count": 1}, NOW)
    assert kept_figure("slow", "a", at=NOW + FRESH) == old
    [asked] = asked_for()
    renew(asked, at=NOW + FRESH + MINUTE)
    shown = figure("slow", "a", at=NOW + FRESH + 2 * MINUTE)
    assert shown == Figure({"of": "a", "count": 2}, NOW + FRESH + MINUTE)


def test_nobody_else_asks_while_it_is_asked_for(counted: Counted) -> None:
    for minutes in range(3):
        assert figure("slow", "a", at=NOW + minutes * MINUTE) == Figure(None)
    assert KeptFigure.objects.get().asked_date == NOW


def test_one_that_became_quick_is_counted_each_time_again(counted: Counted) -> None:
    row = KeptFigure.objects.create(kind="quick", subject="a", asked_date=NOW)
    renew(row, at=NOW)
    KeptFigure.objects.update(seconds=3)
    counted.value = 2
    assert figure("quick", "a", at=NOW).counted == NOW
    KeptFigure.objects.update(seconds=0.01)
    assert figure("quick", "a", at=NOW) == Figure({"of": "a", "count": 2})


def test_what_a_page_waited_for_too_long_is_kept(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "LONG", 0)
    assert figure("quick", "a", at=NOW) == Figure({"of": "a", "count": 1})
    KeptFigure.objects.update(seconds=3)
    counted.value = 2
    assert figure("quick", "a", at=NOW + MINUTE) == Figure({"of": "a", "count": 1}, NOW)
    assert asked_for() == []


def test_several_at_once_until_one_takes_long(counted: Counted) -> None:
    wanted = [("quick", "a"), ("slow", "a"), ("quick", "b")]
    found = figures.figures(wanted, at=NOW)
    assert [found[one].value and found[one].value["of"] for one in wanted] == ["a", None, None]
    assert {(kept.kind, kept.subject) for kept in asked_for()} == {("slow", "a"), ("quick", "b")}


def test_what_nobody_counts_any_more_is_forgotten(counted: Counted) -> None:
    for kind, subject in (("gone", ""), ("enrollments.per_day", "seen-by-987654")):
        renew(KeptFigure.objects.create(kind=kind, subject=subject, asked_date=NOW), at=NOW)
    assert not KeptFigure.objects.exists()


def test_what_nobody_looks_at_is_forgotten(counted: Counted) -> None:
    figure("slow", "a", at=NOW)
    figure("slow", "b", at=NOW + MINUTE)
    assert figures.forget_old_figures(at=NOW + FORGOTTEN) == 1
    assert [kept.subject for kept in KeptFigure.objects.all()] == ["b"]


def test_who_sees_every_promotion_shares_the_figures_of_all(settings: Any) -> None:
    user = Actor(make_user("Marketers"), Source.ADMIN)
    assert registry.seen_by(user) == EVERYTHING
    settings.PROMOTION_SHARING = "private"
    subject = registry.seen_by(user)
    assert subject == f"seen-by-{user.user.pk}"
    assert registry.actor_in(subject) == user
    assert registry.seen_by(actor(Source.COMMAND)) == EVERYTHING
    assert registry.promotion_in(subject) is None
    assert registry.promotion_in(registry.of_promotion(7)) == 7


@pytest.mark.postgresql
def test_a_statement_that_takes_long_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def count(subject: str, at: datetime) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [float(subject)])
        return 1

    monkeypatch.setattr(registry, "_kinds", {"sleep": Kind("sleep", count)})
    wanted = [("sleep", "0"), ("sleep", "5"), ("sleep", "0.01")]
    found = figures.figures(wanted, at=NOW)
    assert [found[one].value for one in wanted] == [1, None, None]
    assert [kept.subject for kept in asked_for()] == ["5", "0.01"]
    assert figures.quickly(lambda: count("5", NOW)) is None
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
