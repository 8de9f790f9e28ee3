"""Finding a customer, and their page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enrollments.admin import customer_page
from enrollments.models import Contact, EnrollmentJob, PromotionPartyUsage
from enrollments.services.customers import contacts
from enrollments.services.enrollments import withdraw
from enrollments.services.jobs import actor_of
from promotions.request_ids import request_id_for
from tests.admin import audiences
from tests.admin.pages import text
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

FIND = "/admin/enrollments/promotionpartyusage/customers/"


def page_of(customer: Any) -> str:
    return f"{FIND}{customer.record_id}/"


def ways(card: Any) -> set[str]:
    """Which ways to act a card offers."""
    return {
        name
        for name in ("withdraw", "change_period", "enroll_again")
        if getattr(card, f"{name}_url")
    }


def events_of(page: Any) -> list[list[Any]]:
    """The history of each enrollment on the page."""
    return [card.events for card in page.context["cards"]]


# --- Finding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["ANNA.GROSS@example.com", "anna gross", "Groß", "crm-7", "{id}", "ppu-{usage}", "  Groß  "],
)
def test_a_single_hit_goes_straight_to_the_page(support: Client, query: str) -> None:
    anna = make_contact(
        first_name="Anna", last_name="Groß", email="anna.gross@example.com", external_id="crm-7"
    )
    usage = enroll_contact(anna, make_promotion())
    make_contact()
    response = support.get(FIND, {"q": query.format(id=anna.record_id, usage=usage.pk)})
    assert response.status_code == 302
    assert response.headers["Location"] == page_of(anna)


def test_an_enrollment_number_means_its_party_not_the_account_beside_it(support: Client) -> None:
    account = make_account()
    contact = make_contact(account=account)
    usage = enroll_contact(contact, make_promotion(), account_id=account.pk)
    for query in (usage.name, usage.record_id):
        assert support.get(FIND, {"q": query}).headers["Location"] == page_of(contact)


def test_several_hits_are_told_apart(support: Client) -> None:
    account = make_account(name="Anna & Co")
    make_contact(first_name="Anna", email="a1@example.com", account=account)
    make_contact(first_name="Anna", email="a2@example.com")
    page = text(support.get(FIND, {"q": "anna"}))
    for words in ("a1@example.com", "a2@example.com", "Anna &amp; Co"):
        assert words in page


def test_says_what_to_do_next_where_nobody_is_found(support: Client, marketer: Client) -> None:
    page = text(support.get(FIND, {"q": "<nobody>"}))
    assert "Nobody found for “&lt;nobody&gt;”" in page
    assert "New contact" in page
    assert "New contact" not in text(marketer.get(FIND, {"q": "nobody"}))
    assert "Type what the customer gives you" in text(support.get(FIND))
    assert support.get(FIND, {"q": "a\x00b"}).status_code == 200


# --- The page -------------------------------------------------------------------------------------


def test_shows_enrollments_past_and_present_with_what_can_be_done(support: Client) -> None:
    contact, now = make_contact(phone="0815"), timezone.now()
    active = enroll_contact(contact, make_promotion(name="Active"), offer_id=make_offer().pk)
    gone = enroll_contact(contact, make_promotion(name="Gone"))
    withdraw(gone.pk, by=actor(), at=timezone.now(), reason="moved away")
    over = enroll_contact(contact, make_promotion(), at=LONG_AGO, expiration=now)
    ended = enroll_contact(contact, make_promotion(end_date_time=now), at=LONG_AGO)
    page = support.get(page_of(contact))
    cards = {card.number: card for card in page.context["cards"]}
    assert ways(cards[active.name]) == {"withdraw", "change_period"}
    assert ways(cards[gone.name]) == {"enroll_again"}
    assert "enroll_again" in ways(cards[over.name])
    assert "enroll_again" not in ways(cards[ended.name])  # it would be refused
    shown = text(page)
    for words in ("0815", "Active", "moved away", "active", "withdrawn", "expired"):
        assert words in shown


def test_enroll_again_brings_the_customer_and_the_promotion_along(support: Client) -> None:
    contact, promotion = make_contact(), make_promotion()
    usage = enroll_contact(contact, promotion)
    withdraw(usage.pk, by=actor(), at=timezone.now(), reason="x")
    [card] = support.get(page_of(contact)).context["cards"]
    form = support.get(card.enroll_again_url).context["form"]
    assert form.initial == {"promotion": promotion.pk, "contact": contact.pk}


def test_an_accounts_page_shows_its_own_enrollments_and_its_contacts(support: Client) -> None:
    account = make_account(name="Blumen Groß")
    contact = make_contact(account=account, last_name="Mitglied")
    own = enroll_account(account, make_promotion())
    enroll_contact(contact, make_promotion(), account_id=account.pk)
    page = support.get(page_of(account))
    assert [card.number for card in page.context["cards"]] == [own.name]
    assert page_of(contact) in text(page)


def test_a_customer_without_enrollments_is_told_what_to_do(support: Client) -> None:
    assert "Choose “Enroll”" in text(support.get(page_of(make_contact())))


def enroll_by(job: EnrollmentJob, contact: Contact) -> PromotionPartyUsage:
    """As the worker does it."""
    with request_id_for(job.record_id):
        return enroll_contact(contact, job.promotion, by=actor_of(job))


def test_the_history_names_the_audience_that_enrolled(
    support: Client, django_assert_max_num_queries: Any
) -> None:
    contact, by = make_contact(), actor()
    jobs = [make_job(by=by) for _ in range(3)]
    for job in jobs:
        enroll_by(job, contact)
    with django_assert_max_num_queries(10):
        page = support.get(page_of(contact))
    told = {(event.audience, event.audience_url) for [event] in events_of(page)}
    assert told == {(job.name, audiences.page_of(job)) for job in jobs}
    name, url = jobs[0].name, audiences.page_of(jobs[0])
    assert f'by audience <a class="text-link" href="{url}">{name}</a>' in text(page)


def test_the_history_names_no_audience_for_a_request_that_has_its_id(support: Client) -> None:
    """Callers choose the ids of their requests."""
    contact, job = make_contact(), make_job()
    with request_id_for(job.record_id):
        enroll_contact(contact, job.promotion, by=actor(user=make_user()))
    [[event]] = events_of(support.get(page_of(contact)))
    assert event.audience == ""


def test_the_history_names_no_audience_that_is_not_shown(superuser: Client) -> None:
    """Nor one that isn't kept any more."""
    contact, job = make_contact(), make_job()
    enroll_by(job, contact)
    EnrollmentJob.objects.filter(pk=job.pk).delete()
    [[event]] = events_of(superuser.get(page_of(contact)))
    assert event.audience == ""


def test_a_deleted_customer_still_has_a_past_but_no_future(support: Client) -> None:
    contact = make_contact()
    enroll_contact(contact, make_promotion())
    contacts.delete(contact.pk, by=actor(), at=timezone.now())
    page = support.get(page_of(contact))
    assert "(deleted)" in text(page)
    assert page.context["enroll_url"] == page.context["edit_url"] == ""


def test_many_enrollments_are_paged_and_bounded(
    support: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(customer_page, "PER_PAGE", 4)
    contact, now = make_contact(account=make_account()), timezone.now()
    for days in range(6):
        usage = enroll_contact(contact, make_promotion(), at=now - timedelta(days=days))
        withdraw(usage.pk, by=actor(), at=now, reason="x")
    with django_assert_max_num_queries(9):
        first = support.get(page_of(contact))
    assert len(first.context["cards"]) == 4
    assert len(support.get(page_of(contact), {"page": 2}).context["cards"]) == 2
    assert "Older" in text(first)


def test_only_staff_who_may_view_enrollments(nobody: Client, marketer: Client) -> None:
    contact = make_contact()
    enroll_contact(contact, make_promotion())
    for url in (FIND, page_of(contact)):
        assert nobody.get(url).status_code == 403
        assert Client().get(url).status_code == 302
        assert marketer.get(url).status_code == 200
    [card] = marketer.get(page_of(contact)).context["cards"]
    assert ways(card) == set()


@pytest.mark.parametrize("record_id", ["nonsense", "003000000000ABCAAA", "0c8000000000001AAA"])
def test_nobody_there_is_not_found(support: Client, record_id: str) -> None:
    assert support.get(f"{FIND}{record_id}/").status_code == 404


# --- Five tickets, each in at most three clicks from the search box -------------------------------


def hit(client: Client, asked: str) -> str:
    """Where the first hit of the search box leads: the first click."""
    answer = client.get(
        "/admin/promotions/promotion/find/", {"q": asked}, headers={"HX-Request": "true"}
    )
    return str(answer.context["hits"][0].url)


def test_which_promotions_is_this_customer_in(support: Client) -> None:
    anna = make_contact(email="anna@example.com")
    enroll_contact(anna, make_promotion(name="Sale"))
    page = support.get(hit(support, "anna@example.com"))
    [card] = page.context["cards"]
    assert (card.promotion, "active" in card.standing) == ("Sale", True)


def test_withdraw_him(support: Client) -> None:
    otto = make_contact(phone="+49 30 23125600")
    usage = enroll_contact(otto, make_promotion())
    [card] = support.get(hit(support, "030 23 12 56 00")).context["cards"]  # first click
    form = support.get(card.withdraw_url).context["chosen"][0]  # second
    sent = {"usage": form.choice, "reason": "He asked for it."}
    assert support.post(card.withdraw_url, sent).status_code == 302  # third
    usage.refresh_from_db()
    assert (usage.is_party_enrolled, usage.withdrawal_reason) == (False, "He asked for it.")


def test_extend_her_by_a_week(support: Client) -> None:
    anna, ends = make_contact(), timezone.now() + timedelta(days=3)
    usage = enroll_contact(anna, make_promotion(), expiration=ends)
    found = support.get(hit(support, usage.name)).context["card"]  # first click
    page = support.get(found.extend_url)  # second click: a week is chosen already
    assert page.context["form"]["longer"].value() == "7"
    sent = {"usage": page.context["chosen"][0].choice, "longer": "7", "reason": "Was ill."}
    assert support.post(found.extend_url, sent).status_code == 302  # third
    usage.refresh_from_db()
    assert usage.enrollment_expiration_date_time == ends + timedelta(days=7)


def test_the_app_says_enrolled_but_the_shop_says_no(support: Client) -> None:
    anna, promotion = make_contact(external_id="crm-9"), make_promotion()
    enroll_contact(anna, promotion)
    type(promotion).objects.filter(pk=promotion.pk).update(is_active=False)
    [card] = support.get(hit(support, "crm-9")).context["cards"]
    assert "paused" in card.standing
    assert card.because == "The promotion is inactive."
    assert "paused: the promotion does not apply now" in text(support.get(card.why_url))


# Why was she refused yesterday: tests/admin/test_refused_calls.py


# --- Making it longer -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"longer": "7", "ends_with_promotion": "on"}, "expiration"),
        ({"longer": "7", "expiration_0": "2099-01-01", "expiration_1": "00:00"}, "expiration"),
        ({"longer": "3"}, "longer"),
        ({"longer": "7", "reason": ""}, "reason"),
        ({}, "effective"),
    ],
)
def test_what_cannot_be_made_longer_is_said_at_its_field(
    support: Client, sent: dict[str, str], field: str
) -> None:
    ends = timezone.now() + timedelta(days=3)
    usage = enroll_contact(make_contact(), make_promotion(), expiration=ends)
    url = f"/admin/enrollments/promotionpartyusage/change-period/?usage={usage.pk}"
    page = support.post(url, {"usage": f"{usage.pk}:1", "reason": "x", **sent})
    assert field in page.context["form"].errors
    usage.refresh_from_db()
    assert usage.enrollment_expiration_date_time == ends


def test_longer_from_now_where_it_is_over_and_not_without_an_end(support: Client) -> None:
    now = timezone.now()
    over = enroll_contact(
        make_contact(), make_promotion(), at=LONG_AGO, expiration=now - timedelta(days=30)
    )
    endless = enroll_contact(make_contact(), make_promotion())
    url = "/admin/enrollments/promotionpartyusage/change-period/"
    sent = {"usage": [f"{over.pk}:1", f"{endless.pk}:1"], "longer": "14", "reason": "x"}
    page = support.post(url, sent)
    [refused] = page.context["chosen"]
    assert refused.usage.pk == endless.pk
    assert "no end of its own" in refused.refusal
    over.refresh_from_db()
    longer = over.enrollment_expiration_date_time
    assert longer is not None
    assert abs(longer - now - timedelta(days=14)) < timedelta(minutes=5)
    [card] = support.get(page_of(endless.party)).context["cards"]
    assert card.extend_url == ""
