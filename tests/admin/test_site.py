"""What all pages share: the home page, the sidebar, the content security policy."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from promotions.services.recycle_bin import delete_promotion
from tests.admin.pages import text
from tests.audiences import make_job
from tests.factories import (
    actor,
    enroll_contact,
    make_contact,
    make_offer,
    make_partner,
    make_promotion,
)
from tests.part_factories import make_coupon, make_product, make_segment, make_tier


def test_the_home_page_says_what_each_role_can_do(marketer: Client, support: Client) -> None:
    home = text(marketer.get("/admin/"))
    assert "New promotion" in home
    assert "Enroll a customer" not in home
    home = text(support.get("/admin/"))
    assert "New promotion" not in home
    assert "Find a customer" in home
    assert "Enroll a customer" in home


def test_the_keyboard_comes_past_the_sidebar_and_to_the_filters(support: Client) -> None:
    contact = make_contact()
    for url in ("", "enrollments/refusedcall/", f"enrollments/contact/{contact.pk}/change/"):
        page = text(support.get(f"/admin/{url}"))
        [first, *_] = re.findall(r"<(?:a|button|input|select)\b[^>]*>", page[page.index("<body") :])
        assert first == '<a class="skip-link" href="#content">'
        assert 'id="content"' in page
    opener = re.search(
        r'<(\w+)[^>]* id="open-filters"', text(support.get("/admin/enrollments/offer/"))
    )
    assert opener is not None
    assert opener[1] == "button"
    assert "skip-link" not in text(Client().get("/admin/login/"))


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
    contact, promotion = make_contact(), make_promotion(is_tiered=True)
    usage = enroll_contact(contact, promotion)
    gone = make_promotion()
    delete_promotion(gone.pk, by=actor(), at=timezone.now())
    tier, coupon, job = make_tier(promotion), make_coupon(promotion), make_job(promotion)
    of_promotion = f"/admin/promotions/promotion/{promotion.pk}"
    pages = {
        "promotions/promotiontier": tier.pk,
        "promotions/coupon": coupon.pk,
        "promotions/promotionsegment": make_segment().pk,
        "promotions/product": make_product().pk,
        "promotions/promotion": promotion.pk,
        "enrollments/offer": make_offer().pk,
        "enrollments/contact": contact.pk,
        "enrollments/promotionpartyusage": usage.pk,
        "enrollments/enrollmentjob": job.pk,
        "promotions/partner": make_partner().partner.pk,
    }
    enrollments = "/admin/enrollments/promotionpartyusage"
    return [
        "/admin/",
        *(f"/admin/{model}/" for model in pages),
        *(f"/admin/{model}/{key}/change/" for model, key in pages.items()),
        f"/admin/promotions/promotion/{promotion.pk}/delete/",
        *(
            f"{of_promotion}/{page}/"
            for page in (
                "history",
                "share",
                "deactivate",
                "close",
                "clone",
                "generate-coupons",
                "import-coupons",
            )
        ),
        f"/admin/promotions/promotion/{gone.pk}/restore/",
        "/admin/promotions/promotion/recycle-bin/",
        "/admin/promotions/promotion/calendar/",
        f"/admin/promotions/promotiontier/{tier.pk}/history/",
        f"/admin/promotions/promotiontarget/add/?promotion={promotion.pk}",
        f"{enrollments}/enroll/",
        f"{enrollments}/withdraw/?usage={usage.pk}",
        f"{enrollments}/change-period/?usage={usage.pk}",
        f"{enrollments}/figures/{promotion.pk}/",
        f"{enrollments}/attention/",
        f"{enrollments}/customers/",
        f"{enrollments}/customers/{contact.record_id}/",
        "/admin/enrollments/enrollmentjob/enroll/",
        *(f"/admin/enrollments/enrollmentjob/{job.pk}/{page}/" for page in ("stop", "progress")),
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


ODD = [
    "",
    "0",
    "abc",
    "²",
    "-1",
    "%",
    "_",
    "\\",
    "'",
    "a\x00b",
    "9" * 25,
    "9999-12-31",
    "0001-01-01",
]
PARAMETERS = {
    "/admin/promotions/promotion/": [
        "q", "status", "is_active__exact", "start_date_time_from", "end_date_time_to", "p", "o",
        "view", "runs",
    ],
    "/admin/promotions/promotion/calendar/": [
        "month", "q", "status", "start_date_time_from", "view", "runs", "p", "o",
    ],
    "/admin/enrollments/promotionpartyusage/": [
        "q", "standing", "type", "promotion__id__exact", "created_date_from",
        "created_date_to", "p", "o",
    ],
    "/admin/enrollments/promotionpartyusage/enroll/": ["contact", "account", "promotion", "next"],
    "/admin/enrollments/promotionpartyusage/withdraw/": ["usage", "next"],
    "/admin/enrollments/promotionpartyusage/customers/": ["q"],
    "/admin/enrollments/enrollmentjob/": [
        "q", "status", "promotion__id__exact", "created_date_from", "created_date_to", "p", "o",
    ],
    "/admin/enrollments/enrollmentjob/enroll/": ["promotion"],
    "/admin/enrollments/offer/": ["q", "promotion__id__exact"],
    "/admin/enrollments/contact/": ["q", "p"],
    "/admin/enrollments/account/": ["q"],
    "/admin/promotions/user/": ["q"],
    "/admin/promotions/partner/": ["q"],
}  # fmt: skip


def test_nothing_in_a_link_breaks_a_page(
    superuser: Client, settings: Any, everything: bool
) -> None:
    """Parameter by parameter, if there is time; else half of them at once, with half the values."""
    settings.TIME_ZONE = "Pacific/Kiritimati"  # where the calendar ends first
    enroll_contact(make_contact(), make_promotion())
    for place, (url, names) in enumerate(PARAMETERS.items()):
        for some in [[name] for name in names] if everything else [names[::2], names[1::2]]:
            for value in ODD if everything else ODD[place % 2 :: 2]:
                response = superuser.get(url, dict.fromkeys(some, value))
                assert response.status_code in (200, 302), (url, some, value)


NOT_ASKED = {
    "/admin/enrollments/promotionpartyusage/": [
        "additional_attribute_info__phone__startswith=03", "additional_attribute_info__phone=03",
        "withdrawal_reason__icontains=a", "pk__contains=1", "standing__contains=act",
        "type__startswith=C", "created_date__year=2026", "promotion__name__contains=a",
    ],
    "/admin/enrollments/refusedcall/": [
        "detail__icontains=a", "request_id__contains=a", "is_named=1", "further__0__contains=a",
    ],
    "/admin/enrollments/enrollmentjob/": ["file_name__contains=a"],
    "/admin/enrollments/contact/": ["phone__contains=99", "email_key__startswith=a"],
    "/admin/enrollments/account/": ["name__contains=a"],
    "/admin/enrollments/offer/": ["name__contains=a"],
    "/admin/promotions/coupon/": ["coupon_code__icontains=a", "description__contains=a"],
    "/admin/promotions/couponcoderedemption/": ["buyer__startswith=q", "transaction__contains=1"],
    "/admin/promotions/promotion/": ["description__contains=a"],
    "/admin/promotions/user/": ["password__startswith=a", "email__contains=a"],
}  # fmt: skip


def test_a_list_is_narrowed_by_its_filters_alone(
    superuser: Client, subtests: pytest.Subtests
) -> None:
    """By no other column, whoever asks: letter by letter it would tell what isn't shown, and every
    row of a big table would be read for it. Such an address leads to the list."""
    for url, asked in NOT_ASKED.items():
        for query in asked:
            with subtests.test(url=url, query=query):
                response = superuser.get(f"{url}?{query}")
                assert response.status_code == 302
                assert response.headers["Location"] == f"{url}?e=1"
        assert superuser.get(f"{url}?e=1").status_code == 200


@pytest.mark.parametrize("value", ODD)
def test_nothing_in_a_form_breaks_a_page(superuser: Client, value: str) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    forms = {
        "/admin/promotions/promotion/add/": [
            "name", "promotion_code", "description", "start_date_time_0", "end_date_time_0",
            "enrollment_end_date", "priority_number", "maximum_usage_count", "owner_user",
            "qualifier_criteria",
        ],
        "/admin/enrollments/contact/add/": ["last_name", "email", "account", "external_id"],
        "/admin/enrollments/promotionpartyusage/enroll/": [
            "contact", "account", "promotion", "offer", "effective_0", "expiration_0", "reason",
        ],
        "/admin/enrollments/enrollmentjob/enroll/": ["promotion", "reason", "sessions", "file"],
        f"/admin/enrollments/promotionpartyusage/change-period/?usage={usage.pk}": [
            "effective_0", "expiration_0", "reason", "usage",
        ],
    }  # fmt: skip
    for url, names in forms.items():
        data = {"usage": usage.pk} | dict.fromkeys(names, value)
        clocks = {"start_date_time_1", "end_date_time_1", "effective_1", "expiration_1"}
        response = superuser.post(url, data | dict.fromkeys(clocks, "00:00"))
        assert response.status_code in (200, 302), (url, value)


def test_an_odd_key_in_a_path_is_not_found(superuser: Client) -> None:
    for key in ("abc", "9" * 25, "%00", "-1"):
        for model in ("promotions/promotion", "enrollments/contact"):
            assert superuser.get(f"/admin/{model}/{key}/change/").status_code == 302
        enrollments = "/admin/enrollments/promotionpartyusage"
        assert superuser.get(f"{enrollments}/{key}/change/").status_code == 404
        assert superuser.get(f"{enrollments}/customers/{key}/").status_code == 404
