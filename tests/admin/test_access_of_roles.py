"""What roles and shares let through in the admin, where one scene is not enough to tell."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.urls.resolvers import RoutePattern
from django.utils import timezone

from enrollments.services.enrollments import withdraw
from enrollments.services.offers import offers
from promotions.access import Access
from promotions.models import Promotion, RecordView
from promotions.services.sharing import share
from tests.admin.conftest import SignIn, user_of
from tests.admin.pages import admin_url, text
from tests.admin.scenes import EVERYBODY, NAME, Scene, make_scene
from tests.factories import (
    actor,
    enroll_contact,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)
from tests.part_factories import make_product

pytestmark = pytest.mark.django_db


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


def admin_urls(scene: Scene) -> Iterator[str]:
    """Every address of the admin, with keys of what is there."""
    import_module(settings.ROOT_URLCONF)  # which registers all; this may be the first test
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
    scene = make_scene(who, client, promotion, actor())
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
