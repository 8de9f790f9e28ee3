"""Users, roles, failed log-ins and partner systems: for superusers."""

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from promotions.admin.site import ModelAdmin
from promotions.models import Partner, User
from tests.admin.pages import admin_url, sent, text
from tests.factories import make_partner, make_promotion, make_user, token_for

USERS = "/admin/promotions/user/"
PARTNERS = "/admin/promotions/partner/"
ATTEMPTS = "/admin/axes/accessattempt/"


@pytest.mark.parametrize("url", [USERS, PARTNERS, "/admin/auth/group/", ATTEMPTS])
def test_only_superusers_see_them(
    superuser: Client, marketer: Client, support: Client, url: str
) -> None:
    assert superuser.get(url).status_code == 200
    assert marketer.get(url).status_code == support.get(url).status_code == 403


def test_who_may_change_users_does_not_become_a_superuser(sign_in: Any) -> None:
    clerk = sign_in()
    rights = Permission.objects.filter(codename__in=["view_user", "change_user"])
    User.objects.get(pk=clerk.session["_auth_user_id"]).user_permissions.set(rights)
    assert clerk.get(USERS).status_code == 403


def test_every_admin_class_is_one_of_ours() -> None:
    assert all(isinstance(one, ModelAdmin) for one in admin.site._registry.values())
    assert not admin.site.is_registered(get_access_token_model())
    assert not admin.site.is_registered(get_refresh_token_model())


def test_makes_a_user_and_gives_them_a_role(superuser: Client) -> None:
    secret = "correct horse battery"
    response = sent(
        superuser,
        f"{USERS}add/",
        username="new",
        password1=secret,
        password2=secret,
        usable_password="true",
    )
    user = User.objects.get(username="new")
    assert response.headers["Location"] == admin_url("promotions_user", "change", user.pk)
    role = Group.objects.get(name="Support")
    sent(
        superuser, admin_url("promotions_user", "change", user.pk), groups=[role.pk], is_staff="on"
    )
    user.refresh_from_db()
    assert user.is_staff
    assert user.has_perm("enrollments.add_promotionpartyusage")


def test_nobody_is_deleted_who_did_something(superuser: Client) -> None:
    user = make_user()
    make_promotion()
    assert superuser.get(admin_url("promotions_user", "delete", user.pk)).status_code == 403


def test_a_role_says_what_it_lets_people_do(superuser: Client) -> None:
    role = Group.objects.get(name="Support")
    page = text(superuser.get(admin_url("auth_group", "change", role.pk)))
    for words in (
        "Enroll customers",
        "Withdraw enrollments and change their periods",
        "See every promotion",
        "Manage every promotion",
    ):
        assert words in page
    assert "log entry" not in page
    assert "promotion tier" not in page.lower(), "parts have no permissions of their own"
    kept = set(role.permissions.all())
    rights = [str(right.pk) for right in kept]
    sent(superuser, admin_url("auth_group", "change", role.pk), permissions=rights)
    assert set(role.permissions.all()) == kept


def test_a_failed_log_in_is_seen_and_forgiven(superuser: Client) -> None:
    attempt = AccessAttempt.objects.create(
        username="mia", ip_address="10.0.0.1", failures_since_start=10, attempt_time=timezone.now()
    )
    assert "mia" in text(superuser.get(ATTEMPTS))
    assert "10.0.0.1" in text(superuser.get(f"{ATTEMPTS}{attempt.pk}/change/"))
    superuser.post(f"{ATTEMPTS}{attempt.pk}/delete/", {"post": "yes"})
    assert not AccessAttempt.objects.exists()


def test_a_partner_is_seen_without_its_secret(superuser: Client) -> None:
    made = make_partner(["promotions:read"], name="Web shop")
    page = admin_url("promotions_partner", "change", made.partner.pk)
    for url in (PARTNERS, page):
        shown = text(superuser.get(url))
        assert made.partner.client_id in shown
        assert "promotions:read" in shown
        assert "create_partner" in shown
        assert made.partner.client_secret not in shown
        assert made.client_secret not in shown
    assert superuser.get(f"{PARTNERS}add/").status_code == 403
    assert superuser.post(page, {"name": "X"}).status_code == 403


def test_deleting_a_partner_revokes_its_tokens(superuser: Client) -> None:
    made = make_partner()
    token_for(made)
    url = admin_url("promotions_partner", "delete", made.partner.pk)
    assert "cut off at once" in text(superuser.get(url))
    superuser.post(url, {"post": "yes"})
    assert not Partner.objects.exists()
    assert not get_access_token_model().objects.exists()


def test_whom_an_admin_cuts_off_gets_no_further_answer(
    superuser: Client, django_capture_on_commit_callbacks: Any
) -> None:
    def answers(headers: dict[str, str]) -> int:
        return Client().get("/api/v1/me", headers=headers).status_code

    for cut_off in ("delete", "delete several", "switch off"):
        made = make_partner()
        headers = {"Authorization": f"Bearer {token_for(made)}"}
        assert answers(headers) == 200
        with django_capture_on_commit_callbacks(execute=True):
            if cut_off == "delete":
                url = admin_url("promotions_partner", "delete", made.partner.pk)
                superuser.post(url, {"post": "yes"})
            elif cut_off == "delete several":
                chosen = {"action": "delete_selected", "_selected_action": made.partner.pk}
                superuser.post(PARTNERS, {**chosen, "post": "yes"})
            else:
                url = admin_url("promotions_user", "change", made.partner.acting_user.pk)
                sent(superuser, url, is_active=None)
        assert answers(headers) == 401, cut_off
