"""Refused calls in the admin: the list, a page for each, and what would be said now."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enrollments.models import RefusedCall
from promotions.admin.moments import show_day
from promotions.models import Promotion
from promotions.services.promotions import update_promotion
from tests.admin.conftest import SignIn
from tests.admin.pages import text
from tests.api.conftest import COMPATIBLE, Api
from tests.factories import (
    actor,
    enroll_contact,
    make_account,
    make_contact,
    make_promotion,
    make_user,
)

CALLS = "/admin/enrollments/refusedcall/"
CUSTOMERS = "/admin/enrollments/promotionpartyusage/customers/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def api(db: None) -> Api:
    return Api(name="Till")


def refuse(api: Api, customer: Any, promotion: Any, **headers: str) -> RefusedCall:
    """The call that was kept; ``customer`` and ``promotion`` as they stand in an item."""
    named = {"contact": customer, "promotion": promotion}
    sent = {"inputParameters": [named]}
    assert api.post(COMPATIBLE, sent, **headers).status_code >= 400
    return RefusedCall.objects.latest("id")


def page_of(call: RefusedCall) -> str:
    return f"{CALLS}{call.pk}/change/"


def test_why_was_she_refused_yesterday(support: Client, api: Api) -> None:
    """The call as it was sent, by kinds; the rule, in words; and what would be said now."""
    anna = make_contact(first_name="Anna", last_name="Muster", email="anna@example.com")
    promotion = make_promotion(name="Sale", promotion_code="SALE", is_active=False)
    call = refuse(
        api,
        {"email": "anna@example.com", "lastName": "Muster"},
        {"code": "SALE"},
        X_Request_Id="till-4711",
    )
    RefusedCall.objects.filter(pk=call.pk).update(created_date=timezone.now() - timedelta(days=1))
    [row] = support.get(f"{CUSTOMERS}{anna.record_id}/").context["refused"]
    assert (row["url"], row["promotion"], row["partner"]) == (page_of(call), "Sale", "Till")
    assert "The promotion is not active." in row["reason"]

    then = support.get(page_of(call))
    shown = text(then)
    for words in (
        "Refused then: Promotion was inactive",
        "contact by last name, contact by e-mail",
        "promotion by its code",
        "Till, through the promotion-enrollments call",
        "till-4711",
        "inputParameters[0].promotion",
        "No, it would be refused",
    ):
        assert words in shown
    version = Promotion.objects.get(pk=promotion.pk).version
    changes = {"is_active": True}
    by = actor()
    by = type(by)(by.user, by.source, frozenset(["promotions:all"]))
    update_promotion(promotion.pk, changes, by=by, at=timezone.now(), expected=(version,))
    now = support.get(page_of(call))
    assert now.context["answer"].is_yes
    assert "Refused then: Promotion was inactive" in text(now)
    assert "refused again until" not in text(now)


def test_a_call_with_a_malformed_value_is_on_its_customers_page(support: Client, api: Api) -> None:
    tom = make_contact(last_name="Ashworth", email="tom@example.com")
    sent = {
        "contact": {"email": "tom@example.com"},
        "promotion": {"id": make_promotion(name="Birthday treat").record_id},
        "enrollmentExpirationDateTime": "2026-12-31",
    }
    api.post("/api/v1/enrollments", sent)
    call = RefusedCall.objects.get()
    [row] = support.get(f"{CUSTOMERS}{tom.record_id}/").context["refused"]
    assert (row["url"], row["promotion"]) == (page_of(call), "Birthday treat")
    page = support.get(page_of(call))
    assert ("Items in the call", "1", "") in page.context["facts"]
    assert page.context["answer"].is_yes
    assert "refused again until what was wrong then is mended" in text(page)


def test_titles_and_dates_say_what_was_wrong_as_people_say_it(support: Client, api: Api) -> None:
    """Not what was to hold, and not in the words of programs: everywhere a call is shown."""
    anna = make_contact(first_name="Anna", last_name="Muster")
    opens = timezone.now().date() + timedelta(days=20)
    later = make_promotion(name="Later", enrollment_start_date=opens)
    usage = enroll_contact(anna, make_promotion(name="Sale"))
    refuse(api, {"id": anna.record_id}, {"id": later.record_id}, X_Request_Id="till-4711")
    enrolled_in = {"id": usage.promotion.record_id}
    refuse(api, {"id": anna.record_id}, enrolled_in, X_Request_Id="till-4711")
    pages = {
        "home": "/admin/",
        "list": CALLS,
        "customer": f"{CUSTOMERS}{anna.record_id}/",
    }
    for name, url in pages.items():
        shown = text(support.get(url))
        assert "Enrollment was not open yet" in shown, name
        assert "Customer was enrolled already" in shown, name
        assert f"Enrollment opens on {show_day(opens)} (" in shown, name
        assert f"Use the existing enrollment {usage.name}." in shown, name
        assert usage.record_id not in shown, name
    found = text(support.get("/admin/promotions/promotion/find/", {"q": "till-4711"}))
    assert "Enrollment was not open yet" in found


def test_of_somebody_unknown_only_what_kind_of_name_was_sent(support: Client, api: Api) -> None:
    call = refuse(api, {"email": "geheim@example.com"}, {"code": "NIX"})
    page = support.get(page_of(call))
    assert page.context["answer"] is None
    shown = text(page)
    assert "Not known (named: contact by e-mail)" in shown
    assert "Not known (named: promotion by its code)" in shown
    assert "No such promotion." in shown  # what else was wrong
    assert "geheim" not in shown
    assert "Ask about a customer and a promotion" in shown


def test_a_good_item_of_a_refused_call_says_whose_fault_it_was(support: Client, api: Api) -> None:
    anna, promotion = make_contact(), make_promotion()
    items = [
        {"contact": {"id": anna.record_id}, "promotion": {"id": promotion.record_id}},
        {"contact": {"lastName": "Nobody"}, "promotion": {"id": promotion.record_id}},
    ]
    api.post(COMPATIBLE, {"inputParameters": items})
    call = RefusedCall.objects.get(contact=anna)
    page = support.get(page_of(call))
    assert "another item was refused" in text(page)
    assert page.context["answer"].is_yes


def test_of_an_item_for_another_promotion_it_says_no_more(support: Client, api: Api) -> None:
    anna, otto, sale, secret = make_contact(), make_contact(), make_promotion(), make_promotion()
    usage = enroll_contact(otto, secret)
    pairs = ((anna, sale), (otto, secret))
    items = [{"contact": {"id": c.record_id}, "promotion": {"id": p.record_id}} for c, p in pairs]
    api.post(COMPATIBLE, {"inputParameters": items})
    page = text(support.get(page_of(RefusedCall.objects.get(contact=anna))))
    assert "All or none was asked for. Another item of the call was refused." in page
    assert usage.record_id not in page
    assert usage.name not in page


def test_who_sees_no_personal_data_is_told_what_to_search_by(
    support: Client, auditor: Client
) -> None:
    assert "name, phone" in text(support.get(CALLS))
    page = text(auditor.get(CALLS))
    assert "complete e-mail address" in page
    assert "phone" not in page


def test_the_list_is_searched_by_request_and_customer(support: Client, api: Api) -> None:
    anna, otto = make_contact(last_name="Anders"), make_contact(last_name="Ohm")
    off = make_promotion(is_active=False)
    for number, who in enumerate((anna, otto)):
        refuse(api, {"id": who.record_id}, {"id": off.record_id}, X_Request_Id=f"request-{number}")
    api.post(COMPATIBLE, raw="{")
    assert support.get(CALLS).context["cl"].result_count == 3
    for asked, found in (
        ("request-1", 1),
        ("anders", 1),
        (otto.record_id, 1),
        ("nobody", 0),
    ):
        assert support.get(CALLS, {"q": asked}).context["cl"].result_count == found, asked
    chosen = support.get(CALLS, {"promotion__id__exact": off.pk})
    assert chosen.context["cl"].result_count == 2


def test_an_accounts_page_has_its_own_calls(support: Client, api: Api) -> None:
    account, promotion = make_account(), make_promotion(is_active=False)
    api.post(
        "/api/v1/enrollments",
        {"account": {"id": account.record_id}, "promotion": {"id": promotion.record_id}},
    )
    page = support.get(f"{CUSTOMERS}{account.record_id}/")
    [row] = page.context["refused"]
    assert row["was_wrong"] == "Promotion was inactive"
    assert account.name in text(support.get(row["url"]))


def test_what_is_not_shared_appears_nowhere(api: Api, sign_in: SignIn, settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    hidden = make_promotion(
        name="Secret", is_active=False, by=actor(user=make_user(is_superuser=True))
    )
    anna = make_contact()
    call = refuse(api, {"id": anna.record_id}, {"id": hidden.record_id})
    stranger = sign_in("Marketers")
    assert stranger.get(page_of(call)).status_code == 404
    assert stranger.get(CALLS).context["cl"].result_count == 0
    assert stranger.get(f"{CUSTOMERS}{anna.record_id}/").context["refused"] == []


def test_nobody_else_and_nothing_to_change(support: Client, nobody: Client, api: Api) -> None:
    api.post(COMPATIBLE, raw="{")
    call = RefusedCall.objects.get()
    for url in (CALLS, page_of(call)):
        assert nobody.get(url).status_code == 403
        assert Client().get(url).status_code == 302
    assert support.get(f"{CALLS}add/").status_code == 403
    assert support.get(f"{CALLS}{call.pk}/delete/").status_code == 403
    for key in ("0", "x", "9" * 30):
        assert support.get(f"{CALLS}{key}/change/").status_code == 404


def test_is_quick(support: Client, api: Api, django_assert_max_num_queries: Any) -> None:
    anna, promotion = make_contact(), make_promotion(is_active=False)
    for _ in range(12):
        call = refuse(api, {"id": anna.record_id}, {"id": promotion.record_id})
    with django_assert_max_num_queries(14):
        support.get(page_of(call))
    with django_assert_max_num_queries(10):
        page = support.get(f"{CUSTOMERS}{anna.record_id}/")
    assert len(page.context["refused"]) == 10
    with django_assert_max_num_queries(10):
        support.get(CALLS)
