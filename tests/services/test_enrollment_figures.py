"""Every figure about enrollments equals what is counted one by one."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from enrollments import uptake as page_uptake
from enrollments.figures import (
    BY_OFFER,
    BY_STANDING,
    CURRENT,
    DAYS,
    PER_DAY,
    UPTAKE,
    current_in,
    last_days,
    uptake_of,
)
from enrollments.models import PromotionPartyUsage
from enrollments.standing import standing
from enrollments.uptake import EnrollmentUptake
from promotions.access import Access
from promotions.actors import Actor, Source
from promotions.figures import EVERYTHING, of_promotion, seen_by
from promotions.models import KeptFigure, Promotion
from promotions.services.figures import renew
from promotions.services.sharing import share
from promotions.uptake import CountedUptake, Uptake, whole_percent
from tests.factories import NOW, actor, enroll_contact, make_contact, make_promotion, make_user
from tests.marketing import DAY, Scene, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene(NOW)


def usages() -> list[PromotionPartyUsage]:
    return list(PromotionPartyUsage.objects.live().select_related("promotion"))


def test_enrolled_and_used(scene: Scene) -> None:
    expected = {
        promotion.pk: Uptake(
            sum(one.promotion_id == promotion.pk and one.is_party_enrolled for one in usages()),
            sum(
                one.promotion_id == promotion.pk and one.is_party_enrolled and one.usage_count > 0
                for one in usages()
            ),
        )
        for promotion in Promotion.objects.all()
    }
    assert uptake_of(expected) == expected
    assert expected[scene.limited.pk] == Uptake(3, 1)
    everywhere = UPTAKE.count(EVERYTHING, NOW)
    rows = Counter(one.promotion_id for one in usages())
    assert everywhere == {
        str(key): [one.enrolled, one.used, rows[key]] for key, one in expected.items() if rows[key]
    }


def test_where_customers_stand(scene: Scene) -> None:
    for promotion in Promotion.objects.all():
        for at in (NOW, NOW + 10 * DAY, NOW + 400 * DAY):
            expected = Counter(
                standing(one, one.promotion, at).value
                for one in usages()
                if one.promotion_id == promotion.pk
            )
            counted = BY_STANDING.count(of_promotion(promotion.pk), at)
            assert {word: count for word, count in counted.items() if count} == expected
            neither = expected.total() - expected["withdrawn"] - expected["expired"]
            assert CURRENT.count(of_promotion(promotion.pk), at) == neither
            assert current_in([promotion], at).get(promotion.pk, 0) == neither


def test_by_offer_the_most_first(scene: Scene) -> None:
    [with_offer] = [one for one in usages() if one.enrollment_offer_id]
    counted = BY_OFFER.count(of_promotion(scene.limited.pk), NOW)
    assert counted == [[None, 2], [with_offer.enrollment_offer_id, 1]]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_per_day_on_the_organisations_calendar(scene: Scene, settings: Any, zone: str) -> None:
    settings.TIME_ZONE = zone
    edge = datetime(2026, 5, 10, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for at in (edge - timedelta(microseconds=1), edge):
        enroll_contact(make_contact(), scene.unlimited, at=at)
    expected = Counter(
        one.created_date.astimezone(ZoneInfo(zone)).date().isoformat() for one in usages()
    )
    for subject, of in ((EVERYTHING, None), (of_promotion(scene.unlimited.pk), scene.unlimited)):
        expected = Counter(
            one.created_date.astimezone(ZoneInfo(zone)).date().isoformat()
            for one in usages()
            if of is None or one.promotion_id == of.pk
        )
        counted = PER_DAY.count(subject, NOW)
        assert list(counted) == [day.isoformat() for day in last_days(NOW)]
        assert len(counted) == DAYS
        assert counted == {day: expected[day] for day in counted}


def test_nobody_counts_what_they_may_not_see(scene: Scene, settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    user = make_user("Marketers")
    by = Actor(user, Source.ADMIN)
    assert sum(PER_DAY.count(seen_by(by), NOW).values()) == 0
    share(scene.unlimited.pk, Access.READ, user=user.pk, by=actor(Source.COMMAND), at=NOW)
    assert sum(PER_DAY.count(seen_by(by), NOW).values()) == 2


def test_a_page_counts_anew_what_is_few_and_shows_the_rest_as_kept(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [scene.limited.pk, scene.unlimited.pk, scene.empty.pk]
    counts = EnrollmentUptake()
    assert counts.uptakes(keys, NOW) == {
        scene.limited.pk: CountedUptake(Uptake(3, 1)),
        scene.unlimited.pk: CountedUptake(Uptake(2, 0)),
        scene.empty.pk: CountedUptake(Uptake(0, 0)),
    }
    kept = KeptFigure.objects.create(kind=UPTAKE.name, subject=EVERYTHING, asked_date=NOW)
    renew(kept, at=NOW)
    monkeypatch.setattr(page_uptake, "FEW", 3)
    for _ in range(2):
        for promotion in (scene.limited, scene.unlimited):
            promotion.maximum_enrollment_count = None
            Promotion.objects.filter(pk=promotion.pk).update(maximum_enrollment_count=None)
            enroll_contact(make_contact(), promotion, at=NOW)
    found = counts.uptakes(keys, NOW)
    assert found[scene.limited.pk] == CountedUptake(Uptake(3, 1), NOW)
    assert found[scene.unlimited.pk] == CountedUptake(Uptake(4, 0))
    monkeypatch.setattr(page_uptake, "quickly", lambda count: None)
    assert counts.uptakes(keys, NOW)[scene.unlimited.pk] == CountedUptake(Uptake(2, 0), NOW)
    KeptFigure.objects.all().delete()
    assert counts.uptakes(keys, NOW) == {}
    assert KeptFigure.objects.get().counted_date is None


def test_ten_promotions_take_as_many_statements_as_one(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys = [make_promotion().pk for _ in range(10)]
    with django_assert_num_queries(1):
        uptake_of(keys)


def test_hundred_percent_is_all() -> None:
    assert whole_percent(999, 1000) == 99
    assert whole_percent(1000, 1000) == 100
    assert whole_percent(0, 4) == 0
