"""The search box on every page: whatever somebody has at hand, the likeliest first."""

from typing import Any

import pytest
from django.test import Client

from enrollments.services.customers import contacts
from promotions.admin.search_box import MOST_OF_A_KIND
from tests.admin.conftest import SignIn
from tests.admin.pages import text
from tests.api.conftest import COMPATIBLE, Api
from tests.audiences import make_job
from tests.factories import (
    LONG_AGO,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)
from tests.part_factories import make_coupon

FIND = "/admin/promotions/promotion/find/"
pytestmark = pytest.mark.django_db


def hits(client: Client, asked: str) -> list[tuple[str, str]]:
    """Kind and title of what is answered while typing."""
    response = client.get(FIND, {"q": asked}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<html" not in text(response)
    return [(hit.kind, hit.title) for hit in response.context["hits"]]


def test_whatever_somebody_has_at_hand(support: Client, subtests: pytest.Subtests) -> None:
    household = make_account(name="Household Zeta", external_id="ERP-7")
    zoe = make_contact(
        first_name="Zoë",
        last_name="Zander",
        email="zoe@example.org",
        phone="+49 (0)30 23125-600",
        external_id="CRM-7",
        account=household,
    )
    promotion = make_promotion(name="Summer of shoes", promotion_code="SHOES26")
    coupon = make_coupon(promotion, coupon_code="GRAB-IT")
    offer = make_offer(name="Leaflet")
    usage = enroll_contact(zoe, promotion)
    other = enroll_account(household, promotion)
    job = make_job(promotion)
    Api(name="Till").post(COMPATIBLE, raw="{", X_Request_Id="till-4711")
    contact = ("Contact", "Zoë Zander")
    account = ("Account", "Household Zeta")
    for asked, first in {
        "zoe@example.org": contact,
        "ZOE@EX": contact,
        "zander": contact,
        "Zoë Za": contact,
        "zander, zoë": contact,
        "030 23125600": contact,
        "+49 30 / 23 12 56 00": contact,
        "0049-30-23125-600": contact,
        "CRM-7": contact,
        zoe.record_id: contact,
        zoe.record_id[:15]: contact,
        "ERP-7": account,
        "household": account,
        household.record_id: account,
        usage.name: ("Enrollment", usage.name),
        f"ppu-{usage.pk}": ("Enrollment", usage.name),
        usage.record_id: ("Enrollment", usage.name),
        other.name: ("Enrollment", other.name),
        "grab-it": ("Coupon", "GRAB-IT"),
        coupon.record_id: ("Coupon", "GRAB-IT · Summer of shoes"),
        "shoes26": ("Promotion", "Summer of shoes"),
        "summer": ("Promotion", "Summer of shoes"),
        "of shoes": ("Promotion", "Summer of shoes"),
        promotion.record_id: ("Promotion", "Summer of shoes (SHOES26)"),
        offer.record_id: ("Offer", f"Leaflet ({offer.code})"),
        job.name: ("Audience", job.name),
        job.record_id: ("Audience", job.name),
    }.items():
        with subtests.test(asked):
            assert hits(support, asked)[0] == first
    [(kind, title)] = hits(support, "till-4711")
    assert kind == "Refused call"
    assert title.startswith("The body is not readable as JSON")
    for nothing in ("", "z", "  ", "nobody at all", "zoe\x00", "0815", "%", "__", "9" * 300):
        assert hits(support, nothing) == [], nothing


def test_exact_first_then_names_then_what_begins_so(support: Client) -> None:
    make_contact(first_name="A", last_name="Sommers", email="b@example.com")
    make_contact(first_name="B", last_name="Sommer", email="sommer@example.com")
    make_promotion(name="Late sommer")
    make_promotion(name="Nothing", promotion_code="SOMMER")
    assert hits(support, "Sommer") == [
        ("Promotion", "Nothing"),
        ("Contact", "B Sommer"),
        ("Contact", "A Sommers"),
        ("Promotion", "Late sommer"),
    ]


def test_what_is_called_so_is_not_lost_among_many_that_contain_it(support: Client) -> None:
    make_promotion(name="Nothing", promotion_code="MAY")
    make_promotion(name="Other", external_id="ERP may")
    for number in range(MOST_OF_A_KIND * 2):
        make_promotion(name=f"A day in May {number}")
    assert hits(support, "may")[0] == ("Promotion", "Nothing")
    assert hits(support, "ERP may") == [("Promotion", "Other")]


def test_each_tells_what_it_is_and_leads_there(support: Client) -> None:
    account = make_account(name="Acme")
    anna = make_contact(last_name="Anders", email="a@example.com", account=account)
    [hit] = support.get(FIND, {"q": "anders"}, headers={"HX-Request": "true"}).context["hits"]
    assert hit.more == "a@example.com · Acme"
    assert support.get(hit.url).context["customer"] == anna


def test_enter_goes_to_the_only_exact_hit_else_to_a_page(support: Client) -> None:
    anna = make_contact(last_name="Anders", email="a@example.com")
    make_contact(last_name="Anders")
    response = support.get(FIND, {"q": "a@example.com"})
    assert response.status_code == 302
    assert anna.record_id in response.headers["Location"]
    page = text(support.get(FIND, {"q": "anders"}))
    assert "Found for “anders”" in page
    assert "Nothing found for “&lt;x&gt;”" in text(support.get(FIND, {"q": "<x>"}))
    assert "Type at least 2 characters" in text(support.get(FIND, {"q": "a"}))


def test_the_box_is_on_every_page_and_not_in_pop_ups(support: Client, marketer: Client) -> None:
    contact = make_contact()
    for client, path in (
        (support, "/admin/"),
        (support, "/admin/enrollments/promotionpartyusage/"),
        (support, f"/admin/enrollments/contact/{contact.pk}/change/"),
        (support, "/admin/enrollments/promotionpartyusage/enroll"),
        (marketer, "/admin/promotions/promotion/add/"),
    ):
        page = text(client.get(path, follow=True))
        assert page.count('id="search-box"') == 1, path
    assert 'id="search-box"' not in text(support.get("/admin/enrollments/contact/add/?_popup=1"))
    assert 'id="search-box"' not in text(Client().get("/admin/login/"))


def test_finds_only_what_the_role_may_see(
    support: Client, nobody: Client, sign_in: SignIn, settings: Any
) -> None:
    settings.PROMOTION_SHARING = "private"
    hidden = make_promotion(
        name="Secret sale", promotion_code="SECRET", by=actor(user=make_user(is_superuser=True))
    )
    owner = actor(user=make_user(is_superuser=True))
    owner = type(owner)(owner.user, owner.source, frozenset(["promotions:all"]))
    make_coupon(hidden, coupon_code="HUSHHUSH", by=owner)
    usage = enroll_contact(make_contact(), hidden, by=owner)
    stranger = sign_in("Marketers")
    for asked in ("secret", "SECRET", hidden.record_id, "hushhush", usage.name, usage.record_id):
        assert hits(stranger, asked) == [], asked
        assert hits(nobody, asked) == [], asked
        assert hits(support, asked) != [], asked
    assert hits(nobody, make_contact(last_name="Zander").last_name) == []
    assert Client().get(FIND, {"q": "secret"}).status_code == 302


def test_deleted_customers_are_not_found(support: Client) -> None:
    gone = make_contact(last_name="Gone")
    contacts.delete(gone.pk, by=actor(), at=LONG_AGO)
    assert hits(support, "gone") == hits(support, gone.record_id) == []


@pytest.mark.parametrize(
    "asked",
    ["anna maria van der berg", "x@example.com", "+49 30 23125600", "PPU-000000001", "SUMMER26"],
)
def test_is_quick_even_where_nothing_is_found(
    support: Client, asked: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(19):
        hits(support, asked)


def test_no_more_of_a_kind_than_fit(support: Client) -> None:
    for _ in range(9):
        make_contact(last_name="Same")
        make_promotion(name="Same")
    found = hits(support, "same")
    assert [kind for kind, _ in found].count("Contact") == 6
    assert [kind for kind, _ in found].count("Promotion") == 6
