"""A promotion in figures."""

from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enrollments.models import PromotionPartyUsage
from enrollments.standing import Standing, standing
from promotions import figures
from promotions.figures import Kind
from promotions.models import Promotion
from promotions.services.recycle_bin import delete_promotion
from tests.admin.conftest import SignIn
from tests.admin.pages import text
from tests.factories import actor, enroll_contact, make_contact, make_offer, make_promotion
from tests.marketing import DAY, Scene, make_scene, takes_long


def url(promotion: Promotion | int) -> str:
    key = promotion if isinstance(promotion, int) else promotion.pk
    return f"/admin/enrollments/promotionpartyusage/figures/{key}/"


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene(timezone.now())


def test_every_number_equals_a_direct_count(marketer: Client, scene: Scene, subtests: Any) -> None:
    for promotion in (scene.limited, scene.unlimited, scene.draft, scene.empty):
        with subtests.test(promotion.name):
            at = timezone.now()
            page = marketer.get(url(promotion)).context
            usages = list(PromotionPartyUsage.objects.filter(promotion=promotion))
            stored = Promotion.objects.get(pk=promotion.pk)
            words = Counter(standing(one, stored, at) for one in usages)
            assert dict(page["standings"]["chart"].rows) == {
                word.value.capitalize(): words[word] for word in Standing
            }
            assert [count for _, count, _ in page["standings"]["means"]] == [
                str(count) for _, count in page["standings"]["chart"].rows
            ]
            assert page["enrolled"] == str(sum(one.is_party_enrolled for one in usages))
            lately = [one for one in usages if one.created_date > at - 29 * DAY]
            assert page["per_day"].total == str(len(lately))
            offers = Counter(
                str(one.enrollment_offer or "Without an offer")
                for one in usages
                if one.is_party_enrolled
            )
            assert dict(page["offers"]["rows"]) == {
                name: str(count) for name, count in offers.items()
            }


def test_the_charts_have_tables_beside_them(marketer: Client, scene: Scene) -> None:
    page = text(marketer.get(url(scene.limited)))
    assert page.count('data-type="bar"') == page.count("As a table") == 2
    assert "75 % of 4 places" in page
    assert "Nobody is enrolled yet" in text(marketer.get(url(scene.empty)))


def test_what_takes_long_is_being_counted(
    marketer: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = {
        name: Kind(name, kind.count, at_once=takes_long) for name, kind in figures._kinds.items()
    }
    monkeypatch.setattr(figures, "_kinds", slow)
    assert text(marketer.get(url(scene.limited))).count("This is being counted") == 3


def test_the_promotions_page_leads_there(marketer: Client, scene: Scene) -> None:
    page = text(marketer.get(f"/admin/promotions/promotion/{scene.limited.pk}/change/"))
    assert f'href="{url(scene.limited)}"' in page


def test_of_a_deleted_promotion(marketer: Client, scene: Scene) -> None:
    delete_promotion(scene.limited.pk, by=actor(), at=timezone.now(), confirmed=True)
    page = marketer.get(url(scene.limited))
    assert dict(page.context["standings"]["chart"].rows)["Paused"] == 3


def test_who_may_not_see_it(
    sign_in: SignIn, nobody: Client, marketer: Client, scene: Scene, settings: Any
) -> None:
    for role in ("Marketers", "Marketing leads", "Support", "Auditors"):
        assert sign_in(role).get(url(scene.limited)).status_code == 200
    assert nobody.get(url(scene.limited)).status_code == 403
    assert marketer.get(url(987654321)).status_code == 404
    settings.PROMOTION_SHARING = "private"
    assert marketer.get(url(scene.limited)).status_code == 404


def test_offers_that_one_may_not_see_have_no_name(
    marketer: Client, scene: Scene, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from promotions.access import Access
    from promotions.actors import Source
    from promotions.services.sharing import share
    from tests.admin.conftest import user_of

    offer = make_offer(name="Secret")
    enroll_contact(make_contact(), scene.unlimited, offer_id=offer.pk)
    offer.promotion = make_promotion()
    offer.save()
    settings.PROMOTION_SHARING = "private"
    command = actor(Source.COMMAND)
    user = user_of(marketer).pk
    share(scene.unlimited.pk, Access.READ, user=user, by=command, at=timezone.now())
    page = marketer.get(url(scene.unlimited))
    assert ("An offer that you can’t see", "1") in page.context["offers"]["rows"]
    assert "Secret" not in text(page)


def test_the_page_takes_few_statements(
    marketer: Client, scene: Scene, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(16):
        marketer.get(url(scene.limited))
