"""Enrolling, withdrawing and changing periods, as staff do it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from enrollments.services.enrollments import withdraw
from promotions.admin.moments import show_day
from tests.admin.conftest import user_of
from tests.admin.pages import errors, messages, sent, text
from tests.factories import (
    actor,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
)

LIST = "/admin/enrollments/promotionpartyusage/"
ENROLL = f"{LIST}enroll/"
WITHDRAW = f"{LIST}withdraw/"
PERIOD = f"{LIST}change-period/"


def only() -> PromotionPartyUsage:
    return PromotionPartyUsage.objects.get()


# --- Enroll ---------------------------------------------------------------------------------------


def test_enrolls_a_customer_with_all_that_the_form_says(support: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    account = make_account()
    contact, promotion, offer = make_contact(account=account), make_promotion(), make_offer()
    response = sent(
        support,
        f"{ENROLL}?promotion={promotion.pk}&contact={contact.pk}",
        account=account.pk,
        offer=offer.pk,
        reason="at the fair",
        effective_0="2026-01-01",
        effective_1="00:00",
        expiration_0="2099-01-01",
        expiration_1="00:00",
    )
    usage = only()
    assert response.headers["Location"].endswith(f"/customers/{contact.record_id}/")
    assert (usage.contact, usage.account, usage.enrollment_offer) == (contact, account, offer)
    assert usage.enrollment_effective_date_time == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert usage.created_by == user_of(support)
    row = PromotionPartyUsageHistory.objects.get()
    assert (row.reason, row.source) == ("at the fair", "admin")


def test_enrolls_an_account(support: Client) -> None:
    account, promotion = make_account(), make_promotion()
    sent(support, ENROLL, account=account.pk, promotion=promotion.pk, reason="why")
    assert only().party == account


@pytest.mark.parametrize(
    ("promotion", "values", "field", "says"),
    [
        ({"is_active": False}, {}, "promotion", "not active"),
        ({"is_enrollment_required": False}, {}, "promotion", "needs no enrollment"),
        ({}, {"reason": " "}, "reason", "Say why"),
        ({}, {"promotion": ""}, "promotion", "required"),
        ({}, {"promotion": "abc"}, "promotion", "valid choice"),
        ({}, {"contact": ""}, "contact", "Name the customer"),
        (
            {},
            {"expiration_0": "2020-01-01", "expiration_1": "00:00"},
            "expiration",
            "before it begins",
        ),
    ],
)
def test_says_at_the_field_why_not(
    support: Client, promotion: dict[str, Any], values: dict[str, str], field: str, says: str
) -> None:
    contact, made = make_contact(), make_promotion(**promotion)
    data = {"contact": contact.pk, "promotion": made.pk, "reason": "why", **values}
    response = sent(support, ENROLL, **data)
    assert says in " ".join(errors(response)[field])
    assert not PromotionPartyUsage.objects.exists()


def test_a_full_promotion_is_refused_at_the_promotion(support: Client) -> None:
    promotion = make_promotion(maximum_enrollment_count=1)
    enroll_contact(make_contact(), promotion)
    data = {"contact": make_contact().pk, "promotion": promotion.pk, "reason": "why"}
    assert "No place is left" in errors(sent(support, ENROLL, **data))["promotion"][0]


def test_an_offer_of_another_promotion_is_refused_at_the_offer(support: Client) -> None:
    offer = make_offer(promotion=make_promotion())
    data = {"contact": make_contact().pk, "promotion": make_promotion().pk, "reason": "why"}
    response = sent(support, ENROLL, offer=offer.pk, **data)
    assert "another promotion" in errors(response)["offer"][0]


def test_a_contact_of_another_account_is_refused_at_the_contact(support: Client) -> None:
    data = {"contact": make_contact().pk, "promotion": make_promotion().pk, "reason": "why"}
    response = sent(support, ENROLL, account=make_account().pk, **data)
    assert "does not belong to this account" in errors(response)["contact"][0]


def test_who_is_enrolled_already_leads_to_the_enrollment(support: Client) -> None:
    contact, promotion = make_contact(), make_promotion()
    usage = enroll_contact(contact, promotion)
    response = sent(support, ENROLL, contact=contact.pk, promotion=promotion.pk, reason="why")
    assert "enrolled already" in errors(response)["__all__"][0]
    assert f'href="{LIST}{usage.pk}/change/"' in text(response)


LOOKUP = "/admin/promotions/promotion/lookup/"
FIELD = {"app_label": "enrollments", "model_name": "promotionpartyusage"}


def test_choices_are_told_apart_while_typing(support: Client, nobody: Client) -> None:
    make_contact(first_name="Anna", last_name="Müller", email="anna.1@example.com")
    make_contact(first_name="Anna", last_name="Müller", email="anna.2@example.com")
    query = {"term": "MÜLLER", **FIELD, "field_name": "contact"}
    results = support.get(LOOKUP, query).json()["results"]
    assert {r["text"] for r in results} == {
        "Anna Müller · anna.1@example.com",
        "Anna Müller · anna.2@example.com",
    }
    assert nobody.get(LOOKUP, query).status_code == 403


def test_promotions_say_whether_one_can_enroll_before_they_are_chosen(support: Client) -> None:
    at = timezone.now()
    opens = at.date() + timedelta(days=20)
    scenes: dict[str, dict[str, Any]] = {
        "inactive": {"is_active": False},
        "ended": {"end_date_time": at - timedelta(days=1)},
        "running, enrollment open": {},
        f"running, enrollment opens {show_day(opens)}": {"enrollment_start_date": opens},
        "running, no enrollment": {"is_enrollment_required": False},
    }
    for number, values in enumerate(scenes.values()):
        make_promotion(name=f"Box {number}", **values)
    query = {"term": "box", **FIELD, "field_name": "promotion"}
    results = support.get(LOOKUP, query).json()["results"]
    assert {one["text"].partition(" · ")[2] for one in results} == set(scenes)
    first = make_promotion(name="Fox", promotion_code="FOX", is_active=False)
    assert "Fox (FOX) · inactive" in text(support.get(f"{ENROLL}?promotion={first.pk}"))


@pytest.mark.parametrize(
    "query", ["contact=abc", "promotion=9999999999999999999999", "contact=4711"]
)
def test_a_link_that_fills_in_nonsense_does_no_harm(support: Client, query: str) -> None:
    assert support.get(f"{ENROLL}?{query}").status_code == 200


# --- Withdraw -------------------------------------------------------------------------------------


def test_withdraws_with_a_reason_and_goes_back(support: Client) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    url = f"{WITHDRAW}?usage={usage.pk}&next=/admin/promotions/promotion/"
    assert errors(sent(support, url, reason=""))["reason"] == ["Say why, in a few words."]
    response = sent(support, url, reason="asked by phone")
    assert response.headers["Location"] == "/admin/promotions/promotion/"
    usage.refresh_from_db()
    assert (usage.is_party_enrolled, usage.withdrawn_by) == (False, user_of(support))
    assert usage.withdrawal_reason == "asked by phone"
    assert messages(response) == ["1 enrollment withdrawn."]


def test_looking_at_the_form_withdraws_nobody(support: Client) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    support.get(f"{WITHDRAW}?usage={usage.pk}&reason=x")
    usage.refresh_from_db()
    assert usage.is_party_enrolled


def test_the_forms_are_protected_against_forgery(support: Client) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = support.cookies
    data = {"usage": f"{usage.pk}:1", "reason": "x"}
    assert strict.post(WITHDRAW, data).status_code == 403


def test_never_goes_back_to_another_site(support: Client) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    url = f"{WITHDRAW}?usage={usage.pk}&next=//evil.example/"
    assert sent(support, url, reason="x").headers["Location"] == LIST


def test_several_are_withdrawn_each_for_itself(support: Client) -> None:
    usages = [enroll_contact(make_contact(), make_promotion()) for _ in range(3)]
    chosen = {"action": "withdraw_selected", "_selected_action": [u.pk for u in usages]}
    form = support.post(LIST, chosen)
    assert form.status_code == 302
    page = support.get(form.headers["Location"])
    assert all(usage.name in text(page) for usage in usages)
    withdraw(usages[1].pk, by=actor(), at=timezone.now(), reason="faster")
    data = {"usage": [f"{u.pk}:1" for u in usages], "reason": "all of them"}
    response = support.post(WITHDRAW, data)
    assert messages(response) == ["2 enrollments withdrawn."]
    assert "1 of 3 not withdrawn" in errors(response)["__all__"][0]
    assert [one.usage.pk for one in response.context["chosen"]] == [usages[1].pk]
    assert "after you opened this page" in text(response)


def test_without_a_choice_it_says_so(support: Client) -> None:
    response = support.get(WITHDRAW)
    assert response.headers["Location"] == LIST
    assert messages(response) == ["Choose 1 to 100 enrollments from the list first."]
    assert support.get(f"{WITHDRAW}?usage=abc").status_code == 302


def test_withdrawing_twice_is_refused_in_words(support: Client) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    withdraw(usage.pk, by=actor(), at=timezone.now(), reason="first")
    response = sent(support, f"{WITHDRAW}?usage={usage.pk}", reason="second")
    assert "was withdrawn" in errors(response)["__all__"][0]


# --- Change the period ----------------------------------------------------------------------------


def test_changes_one_end_and_leaves_the_other(support: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    usage = enroll_contact(make_contact(), make_promotion())
    began = usage.enrollment_effective_date_time
    data = {"expiration_0": "2099-07-01", "expiration_1": "00:00", "reason": "goodwill"}
    response = sent(support, f"{PERIOD}?usage={usage.pk}", **data)
    assert response.status_code == 302, errors(response)
    usage.refresh_from_db()
    assert usage.enrollment_effective_date_time == began
    assert usage.enrollment_expiration_date_time == datetime(2099, 6, 30, 22, tzinfo=UTC)


def test_says_moments_on_the_organisations_clocks(support: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    usage = enroll_contact(make_contact(), make_promotion())
    data = {"expiration_0": "2020-01-01", "expiration_1": "00:00", "reason": "x"}
    response = sent(support, f"{PERIOD}?usage={usage.pk}", **data)
    assert "would end (31 Dec 2019, 24:00, Europe/Berlin)" in errors(response)["expiration"][0]


def test_offers_only_what_can_be_done_about_the_end(support: Client) -> None:
    """What ends with the promotion isn't made longer: neither without an end of its own nor with
    one that comes later. It can be given an end; the page says until when the promotion runs."""
    end = datetime(2099, 12, 31, tzinfo=UTC)
    promotion = make_promotion(end_date_time=end)
    without = enroll_contact(make_contact(), promotion)
    earlier = enroll_contact(make_contact(), promotion, expiration=end - timedelta(days=30))
    later = enroll_contact(make_contact(), promotion, expiration=end + timedelta(days=30))
    page = support.get(f"{PERIOD}?usage={without.pk}")
    assert list(page.context["form"].fields) == ["effective", "expiration", "reason"]
    assert "Give it an end of its own" in text(page)
    assert "The promotion runs until 30 Dec 2099, 24:00 (UTC)" in text(page)
    offered = list(support.get(f"{PERIOD}?usage={earlier.pk}").context["form"].fields)
    assert offered == ["longer", "effective", "expiration", "ends_with_promotion", "reason"]
    assert "longer" not in support.get(f"{PERIOD}?usage={later.pk}").context["form"].fields
    both = support.get(f"{PERIOD}?usage={earlier.pk}&usage={without.pk}")
    assert "longer" in both.context["form"].fields


def test_the_cursor_stands_where_typing_begins(support: Client) -> None:
    ends = timezone.now() + timedelta(days=1)
    usage = enroll_contact(make_contact(), make_promotion(), expiration=ends)
    for url, name in (
        (f"{WITHDRAW}?usage={usage.pk}", "reason"),
        (f"{PERIOD}?usage={usage.pk}&longer=7", "reason"),
        (f"{PERIOD}?usage={usage.pk}", "expiration_0"),
    ):
        [focused] = re.findall(r"<[^>]* autofocus[^>]*>", text(support.get(url)))
        assert f'name="{name}"' in focused


def test_lets_it_end_with_the_promotion(support: Client) -> None:
    ends = timezone.now() + timedelta(days=1)
    usage = enroll_contact(make_contact(), make_promotion(), expiration=ends)
    sent(support, f"{PERIOD}?usage={usage.pk}", ends_with_promotion="on", reason="goodwill")
    usage.refresh_from_db()
    assert usage.enrollment_expiration_date_time is None


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({}, "effective", "Give a new beginning or a new end"),
        ({"expiration_0": "2020-01-01", "expiration_1": "00:00"}, "expiration", "before it begins"),
        ({"effective_0": "2101-01-01", "effective_1": "00:00"}, "effective", "promotion is over"),
        (
            {"expiration_0": "2099-01-01", "expiration_1": "00:00", "ends_with_promotion": "on"},
            "expiration",
            "let it end with the promotion",
        ),
        ({"expiration_0": "2099-01-01", "expiration_1": "00:00", "reason": ""}, "reason", "why"),
    ],
)
def test_says_at_the_field_why_the_period_does_not_change(
    support: Client, values: dict[str, str], field: str, says: str
) -> None:
    promotion = make_promotion(end_date_time=datetime(2100, 1, 1, tzinfo=UTC))
    ends = datetime(2102, 6, 1, tzinfo=UTC)
    usage = enroll_contact(make_contact(), promotion, expiration=ends)
    response = sent(support, f"{PERIOD}?usage={usage.pk}", **{"reason": "why", **values})
    assert says in " ".join(errors(response)[field])
    usage.refresh_from_db()
    assert usage.version == 1


def test_takes_for_ever_in_any_zone(support: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Kiritimati"
    usage = enroll_contact(make_contact(), make_promotion())
    data = {"expiration_0": "9999-12-31", "expiration_1": "23:59:59", "reason": "life-long"}
    assert sent(support, f"{PERIOD}?usage={usage.pk}", **data).status_code == 302
    usage.refresh_from_db()
    for_ever = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert usage.enrollment_expiration_date_time == for_ever


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [ENROLL, WITHDRAW, PERIOD])
def test_only_support_acts(marketer: Client, nobody: Client, url: str) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    for client in (marketer, nobody):
        assert client.get(f"{url}?usage={usage.pk}").status_code == 403
        assert client.post(url, {"usage": usage.pk, "reason": "x"}).status_code == 403
    assert Client().get(url).status_code == 302
