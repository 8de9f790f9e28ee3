"""Private promotions in the admin: what each role finds of one behind each door."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.urls.resolvers import RoutePattern
from django.utils import timezone

from enrollments.models import PromotionPartyUsage
from enrollments.services.enrollments import withdraw
from enrollments.services.offers import offers
from promotions.access import Access
from promotions.models import Coupon, Promotion, RecordView
from promotions.services.recycle_bin import delete_promotion
from promotions.services.sharing import share
from tests.admin.conftest import SignIn, staff, user_of
from tests.admin.pages import admin_url, text
from tests.factories import (
    actor,
    enroll_contact,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)
from tests.part_factories import (
    make_coupon,
    make_limit,
    make_line_item_rule,
    make_market_segment,
    make_product,
    make_qualifier,
    make_target,
    make_tier,
)

NAME = "Zebra crossing"
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Who:
    """A role, what its permissions are about, and how far the promotion is shared with it."""

    role: str | None = None
    share: Access = Access.NONE
    through_group: bool = False
    owns: bool = False
    is_superuser: bool = False

    @property
    def works(self) -> bool:
        """Whether the role works on promotions; else it may look at best."""
        return self.is_superuser or self.role in ("Marketers", "Marketing leads")

    @property
    def access(self) -> Access:
        if self.owns or self.is_superuser or self.role == "Marketing leads":
            return Access.ALL
        return Access.READ if self.role in ("Support", "Auditors") else self.share

    @property
    def has_role(self) -> bool:
        return self.is_superuser or self.role is not None


EVERYBODY = {
    "nobody": Who(),
    "stranger": Who("Marketers"),
    "owner": Who("Marketers", owns=True),
    "reader": Who("Marketers", Access.READ),
    "editor": Who("Marketers", Access.EDIT),
    "deputy": Who("Marketers", Access.ALL),
    "by group": Who("Marketers", Access.EDIT, through_group=True),
    "lead": Who("Marketing leads"),
    "support": Who("Support"),
    "auditor": Who("Auditors"),
    "superuser": Who(is_superuser=True),
}


@dataclass(frozen=True)
class Scene:
    """A private promotion with everything under it, and somebody at the door."""

    who: Who
    client: Client
    promotion: Promotion
    usage: PromotionPartyUsage
    coupon: Coupon
    parts: dict[str, int]


@pytest.fixture(params=EVERYBODY, ids=lambda name: name.replace(" ", "_"))
def scene(request: Any, sign_in: SignIn, settings: Any) -> Scene:
    settings.PROMOTION_SHARING = "private"
    who = EVERYBODY[request.param]
    client = sign_in(who.role, is_superuser=who.is_superuser)
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
    return _scene(who, client, promotion, type(lead)(lead.user, staff(client).source))


def _scene(who: Who, client: Client, promotion: Promotion, by: Any) -> Scene:
    tier = make_tier(promotion, by=by)
    qualifier = make_qualifier(promotion, by=by, promotion_tier=tier)
    parts = {
        "promotiontier": tier,
        "promotionqualifier": qualifier,
        "promotiontarget": make_target(promotion, by=by, promotion_tier=tier),
        "promotionlineitemrule": make_line_item_rule(qualifier, by=by),
        "promotionlimit": make_limit(promotion, by=by),
        "promotionmarketsegment": make_market_segment(promotion, by=by),
    }
    make_offer(name=f"{NAME} offer", code="ZEBRAOFFER", promotion=promotion, by=by)
    coupon = make_coupon(promotion, coupon_code="STRIPES", by=by)
    usage = enroll_contact(make_contact(), promotion, by=by)
    keys = {kind: part.pk for kind, part in parts.items()}
    return Scene(who, client, promotion, usage, coupon, {**keys, "coupon": coupon.pk})


def shown(response: Any) -> str:
    """``see``, ``not``, or the status of a page that isn't there or isn't for the role."""
    if response.status_code in (302, 403, 404):
        return str(response.status_code)
    assert response.status_code == 200
    return "see" if NAME in text(response) or "STRIPES" in text(response) else "not"


def expected(who: Who, *, hidden: str) -> str:
    if not who.has_role:
        return "403"
    return "see" if who.access >= Access.READ else hidden


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


def test_a_page_to_read_names_no_unseen_promotion_either(marketer: Client, settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    secret, shared = make_promotion(name=NAME, by=actor()), make_promotion(by=actor())
    Promotion.objects.filter(pk=shared.pk).update(related_promotion=secret)
    reader = user_of(marketer)
    share(shared.pk, Access.READ, user=reader.pk, by=actor(), at=timezone.now())
    url = admin_url("promotions_promotion", "change", shared.pk)
    assert NAME not in text(marketer.get(url))
    share(secret.pk, Access.READ, user=reader.pk, by=actor(), at=timezone.now())
    assert NAME in text(marketer.get(url))


def test_an_offer_that_went_over_to_an_unseen_promotion(support: Client, settings: Any) -> None:
    """The enrollment that it brought may be seen, the offer no more: not in the list, on the
    customer's page, in the history."""
    settings.PROMOTION_SHARING = "private"
    everything = Permission.objects.get(codename="view_all_promotions")
    Group.objects.get(name="Support").permissions.remove(everything)
    secret, shared = make_promotion(by=actor()), make_promotion(by=actor())
    share(shared.pk, Access.READ, user=user_of(support).pk, by=actor(), at=timezone.now())
    offer = make_offer(name=NAME)
    contact = make_contact()
    later = timezone.now() + timedelta(days=1)
    first = enroll_contact(contact, shared, expiration=later)
    withdraw(first.pk, by=actor(), at=timezone.now(), reason="r", expected=None)
    usage = enroll_contact(contact, shared, offer_id=offer.pk)
    pages = (
        "/admin/enrollments/promotionpartyusage/",
        admin_url("enrollments_promotionpartyusage", "change", usage.pk),
        reverse("admin:customer", args=[contact.record_id]),
    )
    assert all(NAME in text(support.get(page)) for page in pages)
    offers.update(offer.pk, {"promotion": secret}, by=actor(), at=timezone.now())
    for page in pages:
        shown_page = text(support.get(page))
        assert usage.name in shown_page
        assert NAME not in shown_page, page


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


@pytest.mark.parametrize("role", ["Auditors", "Support"])
def test_a_share_gives_no_more_than_the_role(sign_in: SignIn, role: str) -> None:
    """Shared with All, who only looks at promotions still only looks."""
    client = sign_in(role)
    promotion = make_promotion(by=actor())
    share(promotion.pk, Access.ALL, user=user_of(client).pk, by=actor(), at=timezone.now())
    somebody = make_user("Marketers")
    posts: dict[str, dict[str, Any]] = {
        "share": {"act": "share", "share-user": somebody.pk, "share-access_level": "Read"},
        "change": {"name": "Changed", "version": 1, "owner_user": somebody.pk},
        "deactivate": {"version": 1},
        "clone": {"version": 1, "name": "Copy"},
        "delete": {"post": "yes"},
        "generate_coupons": {"pattern": "********", "quantity": 1, "status": "Active"},
        "history": {"body": "said"},
    }
    for page, data in posts.items():
        response = client.post(admin_url("promotions_promotion", page, promotion.pk), data)
        assert response.status_code == 403, page


# --- Auditors change nothing anywhere -------------------------------------------------------------


def admin_urls(scene: Scene) -> Iterator[str]:
    """Every address of the admin, with keys of what is there."""
    keys = {model: model._base_manager.order_by("pk").first() for model in admin.site._registry}
    kinds = {f"{m._meta.app_label}_{m._meta.model_name}": one for m, one in keys.items()}

    def below(patterns: Any, prefix: str) -> Iterator[str]:
        for pattern in patterns:
            if not isinstance(pattern.pattern, RoutePattern):
                continue
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from below(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern):
                for name in pattern.pattern.converters:
                    kind = (pattern.name or "").rsplit("_", 1)[0]
                    record = kinds.get(kind) or scene.promotion
                    contact = scene.usage.contact
                    key = contact.record_id if name == "record_id" and contact else record.pk
                    for converter in ("str:", "path:", "int:", ""):
                        route = route.replace(f"<{converter}{name}>", str(key))
                yield f"/admin/{route}"

    yield from below(admin.site.get_urls(), "")


def state() -> dict[str, list[Any]]:
    """Everything there is, but for who looked at what when."""
    kinds: list[type[models.Model]] = [
        *apps.get_app_config("promotions").get_models(),
        *apps.get_app_config("enrollments").get_models(),
        Group,
    ]
    looked = {"last_login"}
    return {
        model.__name__: list(
            model._base_manager.order_by("pk").values(
                *(f.attname for f in model._meta.concrete_fields if f.name not in looked)
            )
        )
        for model in kinds
        if model is not RecordView
    }


def _post_everywhere(scene: Scene) -> Iterator[tuple[str, Any]]:
    contact = scene.usage.contact
    assert contact is not None
    payload = {
        "post": "yes", "confirmed": "on", "action": "delete_selected", "version": "1",
        "_selected_action": [scene.promotion.pk, scene.usage.pk], "body": "said", "name": "Changed",
        "act": "share", "share-user": scene.promotion.owner_user_id, "share-access_level": "All",
        "reason": "why", "usage": scene.usage.pk, "contact": contact.pk, "code": "NEW",
        "promotion": make_promotion().pk, "last_name": "Changed", "rank": "9",
    }  # fmt: skip
    for url in sorted(set(admin_urls(scene))):
        if "logout" not in url and "password" not in url:
            yield url, scene.client.post(url, payload)


@pytest.mark.parametrize(
    ("name", "changes"), [("auditor", False), ("superuser", True)], ids=["auditor", "superuser"]
)
def test_auditors_change_nothing_anywhere(
    sign_in: SignIn, name: str, changes: bool, settings: Any
) -> None:
    who = EVERYBODY[name]
    client = sign_in(who.role, is_superuser=who.is_superuser)
    promotion = make_promotion(is_tiered=True)
    scene = _scene(who, client, promotion, actor())
    make_product()
    posted = _post_everywhere(scene)
    first = next(posted)
    before = state()
    answers = [first, *posted]
    assert len(answers) > 100
    assert all(response.status_code < 500 for _, response in answers)
    assert (state() != before) == changes


def test_nobody_without_a_role_sees_an_entry_in_the_sidebar(
    nobody: Client, auditor: Client, lead: Client
) -> None:
    entries = ("Recycle bin", "Coupons", "Promotions for segments", "Products", "Sharing rules")

    def shown_to(client: Client) -> list[str]:
        return [entry for entry in entries if entry in text(client.get("/admin/"))]

    assert shown_to(nobody) == []
    assert shown_to(auditor) == ["Recycle bin", "Coupons", "Promotions for segments", "Products"]
    assert shown_to(lead) == list(entries)
