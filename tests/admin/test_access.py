"""Private promotions in the admin: what each role finds of one behind each door."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from promotions.access import Access
from promotions.models import Promotion
from promotions.services.recycle_bin import delete_promotion
from promotions.services.sharing import share
from tests.admin.conftest import another_window, sign_in_as, staff, user_of
from tests.admin.pages import admin_url, text
from tests.admin.scenes import EVERYBODY, NAME, Scene, Who, expected, make_scene, shown
from tests.factories import actor, make_promotion, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", params=EVERYBODY, ids=lambda name: name.replace(" ", "_"))
def kept_scene(
    request: Any, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Scene]:
    """One for all the tests of somebody: making it takes longer than what is tried in it. It lies
    in a transaction around theirs."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        with override_settings(PROMOTION_SHARING="private"):
            kept = _private_scene(EVERYBODY[request.param])
    yield kept
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def scene(kept_scene: Scene, db: None, settings: Any) -> Scene:
    """The scene as it was made, whatever was done in it by the test before."""
    settings.PROMOTION_SHARING = "private"
    return replace(
        kept_scene,
        client=another_window(kept_scene.client),
        promotion=Promotion.objects.get(pk=kept_scene.promotion.pk),
    )


def _private_scene(who: Who) -> Scene:
    client = sign_in_as(who.role, is_superuser=who.is_superuser)
    owner = staff(client) if who.owns else actor(user=make_user("Marketers"))
    promotion = make_promotion(
        name=NAME, promotion_code="ZEBRA", is_tiered=True, by=owner, description=NAME
    )
    if who.share:
        group = Group.objects.create(name="Shoe team")
        user_of(client).groups.add(group)
        whom = {"group": group.pk} if who.through_group else {"user": user_of(client).pk}
        share(promotion.pk, who.share, **whom, by=owner, at=timezone.now())
    lead = actor(user=make_user("Marketing leads"))
    return make_scene(who, client, promotion, type(lead)(lead.user, staff(client).source))


PROMOTIONS = "/admin/promotions/promotion/"
LISTS: dict[str, str] = {
    "the list": PROMOTIONS,
    "the search": f"{PROMOTIONS}?q=zebra",
    "the search by code": f"{PROMOTIONS}?q=ZEBRA",
    "the offers": "/admin/enrollments/offer/",
    "the enrollments": "/admin/enrollments/promotionpartyusage/",
    "the tiers": "/admin/promotions/promotiontier/",
    "the qualifiers": "/admin/promotions/promotionqualifier/",
    "the targets": "/admin/promotions/promotiontarget/",
    "the line item rules": "/admin/promotions/promotionlineitemrule/",
    "the limits": "/admin/promotions/promotionlimit/",
    "the market segments": "/admin/promotions/promotionmarketsegment/",
    "the coupons": "/admin/promotions/coupon/",
    "the search for a coupon": "/admin/promotions/coupon/?q=stripes",
}


@pytest.mark.parametrize("door", LISTS)
def test_lists_and_searches(scene: Scene, door: str) -> None:
    assert shown(scene.client.get(LISTS[door], follow=True)) == expected(scene.who, hidden="not")


def test_the_name_in_a_filter(scene: Scene) -> None:
    """A link may filter by any key: the filter does not say whose it is."""
    for url in ("/admin/enrollments/offer/", "/admin/promotions/coupon/"):
        page = scene.client.get(f"{url}?promotion__id__exact={scene.promotion.pk}")
        assert shown(page) == expected(scene.who, hidden="not"), url


LOOKUPS = [
    ("promotions", "promotion", "related_promotion", "zebra"),
    ("promotions", "promotiontier", "promotion", "zebra"),
    ("enrollments", "offer", "promotion", "zebra"),
    ("enrollments", "promotionpartyusage", "promotion", "zebra"),
    ("enrollments", "promotionpartyusage", "enrollment_offer", "zebra"),
    ("promotions", "promotionqualifier", "promotion_tier", ""),
    ("promotions", "couponcoderedemption", "coupon", "stripes"),
]


@pytest.mark.parametrize("path", ["promotions/promotion/lookup/", "autocomplete/"])
@pytest.mark.parametrize("lookup", LOOKUPS, ids=lambda lookup: ".".join(lookup[:3]))
def test_choosing_while_typing(scene: Scene, path: str, lookup: tuple[str, ...]) -> None:
    query = dict(zip(("app_label", "model_name", "field_name", "term"), lookup, strict=True))
    response = scene.client.get(f"/admin/{path}", query)
    if not scene.who.has_role:
        assert response.status_code == 403
    else:
        assert bool(response.json()["results"]) == (scene.who.access >= Access.READ)


def test_its_pages(scene: Scene) -> None:
    """Django's own pages lead away from what is not there, ours answer 404; in both what one may
    not see is answered for like what there never was."""
    for page, hidden in (("change", "302"), ("history", "404"), ("share", "404")):
        url = admin_url("promotions_promotion", page, scene.promotion.pk)
        response = scene.client.get(url)
        assert shown(response) == expected(scene.who, hidden=hidden), page
        if scene.who.has_role and scene.who.access is Access.NONE:
            unknown = scene.client.get(admin_url("promotions_promotion", page, 4711))
            assert (unknown.status_code, unknown.headers.get("Location")) == (
                response.status_code,
                response.headers.get("Location"),
            )


def test_the_pages_of_its_parts(scene: Scene) -> None:
    for kind, key in scene.parts.items():
        page = scene.client.get(admin_url(f"promotions_{kind}", "change", key))
        assert shown(page) == expected(scene.who, hidden="302"), kind
        history = scene.client.get(admin_url(f"promotions_{kind}", "history", key))
        wanted = expected(scene.who, hidden="404").replace("see", "200")
        assert str(history.status_code) == wanted, kind


def test_what_its_forms_offer(scene: Scene) -> None:
    """A form with fields for who may edit, a page to read for who may see."""
    page = scene.client.get(admin_url("promotions_promotion", "change", scene.promotion.pk))
    may_edit = scene.who.works and scene.who.access >= Access.EDIT
    assert ('name="description"' in text(page)) == may_edit
    assert ('name="owner_user"' in text(page)) == (may_edit and scene.who.access is Access.ALL)
    tier = scene.client.get(
        admin_url("promotions_promotiontier", "change", scene.parts["promotiontier"])
    )
    assert ('name="name"' in text(tier)) == may_edit


def test_changing_it(scene: Scene) -> None:
    url = admin_url("promotions_promotion", "change", scene.promotion.pk)
    version = Promotion.objects.get(pk=scene.promotion.pk).version
    response = scene.client.post(url, {"name": "Changed", "version": version})
    scene.promotion.refresh_from_db()
    may = scene.who.works and scene.who.access >= Access.EDIT
    if may and scene.who.access is Access.ALL:
        assert response.status_code == 200  # a form without an owner
        data = {"name": "Changed", "version": version, "owner_user": user_of(scene.client).pk}
        response = scene.client.post(url, data)
        scene.promotion.refresh_from_db()
    assert (scene.promotion.name == "Changed") == may
    if not may:
        hidden = scene.who.works and scene.who.access is Access.NONE
        assert response.status_code == (302 if hidden else 403) or not scene.who.works


VERBS = {"deactivate": Access.EDIT, "close": Access.EDIT, "clone": Access.READ}


@pytest.mark.parametrize("verb", VERBS)
def test_verbs(scene: Scene, verb: str) -> None:
    url = admin_url("promotions_promotion", verb, scene.promotion.pk)
    may = scene.who.works and scene.who.access >= VERBS[verb]
    count = Promotion.objects.count()
    page = scene.client.get(url)
    if may:
        assert page.status_code == 200
    elif not scene.who.has_role or scene.who.access >= Access.READ:
        assert page.status_code in (403, 404)
    else:
        assert page.status_code == 404
    promotion = Promotion.objects.get(pk=scene.promotion.pk)
    scene.client.post(url, {"version": promotion.version, "name": "Copy"})
    promotion.refresh_from_db()
    changed = not promotion.is_active or promotion.end_date_time is not None
    assert (changed or Promotion.objects.count() > count) == may


def test_deleting_and_restoring(scene: Scene) -> None:
    may = scene.who.works and scene.who.access is Access.ALL
    url = admin_url("promotions_promotion", "delete", scene.promotion.pk)
    scene.client.post(url, {"post": "yes", "confirmed": "on"})
    scene.promotion.refresh_from_db()
    assert scene.promotion.is_deleted == may
    if not may:
        _delete(scene.promotion)
    bin_ = scene.client.get(reverse("admin:recycle_bin"))
    assert shown(bin_) == expected(scene.who, hidden="not")
    restore = admin_url("promotions_promotion", "restore", scene.promotion.pk)
    assert (restore in text(bin_)) == may
    version = Promotion.objects.get(pk=scene.promotion.pk).version
    scene.client.post(restore, {"version": version})
    scene.promotion.refresh_from_db()
    assert scene.promotion.is_deleted != may


def _delete(promotion: Promotion) -> None:
    lead = actor(user=make_user(is_superuser=True))
    by = type(lead)(lead.user, lead.source, frozenset(["promotions:all"]))
    delete_promotion(promotion.pk, by=by, at=timezone.now(), confirmed=True)


def test_deleting_several(scene: Scene) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [scene.promotion.pk]}
    scene.client.post(PROMOTIONS, {**chosen, "post": "yes", "confirmed": "on"})
    scene.promotion.refresh_from_db()
    assert scene.promotion.is_deleted == (scene.who.works and scene.who.access is Access.ALL)


def test_adding_changing_and_deleting_parts(scene: Scene) -> None:
    may = scene.who.works and scene.who.access >= Access.EDIT
    add = admin_url("promotions_promotiontier", "add")
    scene.client.post(add, {"promotion": scene.promotion.pk, "name": "New tier", "rank": 5})
    assert scene.promotion.tiers.filter(name="New tier").exists() == may
    page = scene.client.get(f"{add}?promotion={scene.promotion.pk}")
    assert (NAME in text(page)) == may
    key = scene.parts["promotiontier"]
    change = admin_url("promotions_promotiontier", "change", key)
    scene.client.post(change, {"name": "Changed", "rank": 1, "version": 1})
    assert scene.promotion.tiers.filter(name="Changed").exists() == may
    limit = admin_url("promotions_promotionlimit", "delete", scene.parts["promotionlimit"])
    scene.client.post(limit, {"post": "yes"})
    assert scene.promotion.limits.get().is_deleted == may


def test_naming_an_unseen_promotion_in_a_form_tells_nothing(scene: Scene) -> None:
    if not scene.who.works:
        return
    sees = scene.who.access >= Access.READ
    data = {"name": "Mine", "related_promotion": scene.promotion.pk}
    page = scene.client.post(f"{PROMOTIONS}add/", data, follow=True)
    mine = Promotion.objects.filter(name="Mine")
    assert mine.filter(related_promotion=scene.promotion).exists() == sees
    if not sees:
        assert NAME not in text(page)
        assert "There is no such record" in text(page)
        offer = {"name": "O", "code": "O", "promotion": scene.promotion.pk}
        assert NAME not in text(scene.client.post("/admin/enrollments/offer/add/", offer))


def test_a_related_promotion_that_one_may_not_see(scene: Scene) -> None:
    """It is not named to whoever sees the promotion that names it, and stays when that is saved."""
    if not scene.who.works:
        return
    client = scene.client
    by = actor(user=user_of(client))
    mine = make_promotion(name="Mine", by=by)
    Promotion.objects.filter(pk=mine.pk).update(related_promotion=scene.promotion)
    url = admin_url("promotions_promotion", "change", mine.pk)
    assert (NAME in text(client.get(url))) == (scene.who.access >= Access.READ)
    data = {"name": "Renamed", "version": 1, "owner_user": user_of(client).pk}
    if scene.who.access >= Access.READ:
        data["related_promotion"] = scene.promotion.pk
    client.post(url, data)
    mine.refresh_from_db()
    assert (mine.name, mine.related_promotion) == ("Renamed", scene.promotion)


def test_customers_and_their_enrollments(scene: Scene) -> None:
    contact = scene.usage.contact
    assert contact is not None
    customer = reverse("admin:customer", args=[contact.record_id])
    assert shown(scene.client.get(customer)) == expected(scene.who, hidden="not")
    enrollment = admin_url("enrollments_promotionpartyusage", "change", scene.usage.pk)
    assert shown(scene.client.get(enrollment)) == expected(scene.who, hidden="404")
    find = scene.client.get(reverse("admin:customers"), {"q": scene.usage.name})
    if scene.who.has_role:
        assert (find.status_code == 302) == (scene.who.access >= Access.READ)


def test_sharing_it(scene: Scene) -> None:
    may = scene.who.works and scene.who.access is Access.ALL
    somebody = make_user("Marketers")
    url = admin_url("promotions_promotion", "share", scene.promotion.pk)
    data = {"act": "share", "share-user": somebody.pk, "share-access_level": "Read"}
    scene.client.post(url, data)
    assert scene.promotion.shares.filter(user=somebody).exists() == may
    given = scene.promotion.shares.filter(user=somebody).first()
    scene.client.post(url, {"act": "unshare", "share": given.pk if given else 0})
    assert not scene.promotion.shares.filter(user=somebody).exists()
    version = Promotion.objects.get(pk=scene.promotion.pk).version
    transfer = {"act": "transfer", "transfer-user": somebody.pk, "transfer-version": version}
    scene.client.post(url, transfer)
    scene.promotion.refresh_from_db()
    assert (scene.promotion.owner_user == somebody) == may


def test_saying_something_about_it(scene: Scene) -> None:
    url = admin_url("promotions_promotion", "history", scene.promotion.pk)
    scene.client.post(url, {"body": "Well done"})
    may = scene.who.works and scene.who.access >= Access.READ
    assert scene.promotion.feed.filter(body="Well done").exists() == may
