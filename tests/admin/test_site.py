"""What all pages share: the home page, the sidebar, the content security policy."""

import re

import pytest
from django.test import Client

from tests.admin.pages import text
from tests.factories import enroll_contact, make_contact, make_offer, make_partner, make_promotion


def test_the_home_page_says_what_each_role_can_do(marketer: Client, support: Client) -> None:
    home = text(marketer.get("/admin/"))
    assert "New promotion" in home
    assert "Enroll a customer" not in home
    home = text(support.get("/admin/"))
    assert "New promotion" not in home
    assert "Find a customer" in home
    assert "Enroll a customer" in home


def test_the_sidebar_shows_what_a_role_may_see(
    marketer: Client, nobody: Client, superuser: Client
) -> None:
    sidebar = text(marketer.get("/admin/promotions/promotion/"))
    assert "Find a customer" in sidebar
    assert "Partner systems" not in sidebar
    assert "Partner systems" in text(superuser.get("/admin/"))
    assert "Find a customer" not in text(nobody.get("/admin/"))


@pytest.fixture
def urls(db: None) -> list[str]:
    """Every page there is."""
    contact, promotion = make_contact(), make_promotion()
    usage = enroll_contact(contact, promotion)
    pages = {
        "promotions/promotion": promotion.pk,
        "enrollments/offer": make_offer().pk,
        "enrollments/contact": contact.pk,
        "enrollments/promotionpartyusage": usage.pk,
        "promotions/partner": make_partner().partner.pk,
    }
    enrollments = "/admin/enrollments/promotionpartyusage"
    return [
        "/admin/",
        *(f"/admin/{model}/" for model in pages),
        *(f"/admin/{model}/{key}/change/" for model, key in pages.items()),
        f"/admin/promotions/promotion/{promotion.pk}/delete/",
        f"{enrollments}/enroll/",
        f"{enrollments}/withdraw/?usage={usage.pk}",
        f"{enrollments}/change-period/?usage={usage.pk}",
        f"{enrollments}/customers/",
        f"{enrollments}/customers/{contact.record_id}/",
    ]


def test_no_page_needs_more_than_the_content_security_policy_allows(
    superuser: Client, urls: list[str]
) -> None:
    for url in urls:
        response = superuser.get(url)
        page = text(response)
        policy = response.headers["Content-Security-Policy"]
        assert response.status_code == 200, url
        assert "script-src 'self' 'unsafe-eval'" in policy
        scripts = re.findall(r"<script([^>]*)>", page)
        assert all('src="/' in tag or "application/json" in tag for tag in scripts), (url, scripts)
        assert not re.search(r'\son(click|load|change|submit)="', page), url
        assert not re.search(r'(src|href)="(https?:)?//', page), url
