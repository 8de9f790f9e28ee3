"""Why: the page's verdict is that of the rules, check by check, for every reason there is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from enrollments.admin.why_words import WAS_WRONG, WORDS
from enrollments.checks import TERMS, CheckName, Outcome, walked
from enrollments.models import Contact, EnrollmentPlaces, PromotionPartyUsage
from enrollments.services.customers import contacts
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import withdraw
from enrollments.services.explaining import explain
from enrollments.services.offers import offers
from enrollments.services.outcomes import NotEnrolled
from enrollments.standing import STANDING_OF, Cause, standing_case
from enrollments.wire import Item
from promotions.models import Promotion
from promotions.services.recycle_bin import delete_promotion
from tests.admin.conftest import SignIn, staff
from tests.admin.pages import text
from tests.factories import (
    LONG_AGO,
    actor,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)

WHY = "/admin/enrollments/promotionpartyusage/why/"
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def item(promotion: Promotion, contact: Contact | None = None, **more: Any) -> Item:
    return Item(contact_id=(contact or make_contact()).pk, promotion_id=promotion.pk, **more)


def gone(contact: Contact) -> Contact:
    contacts.delete(contact.pk, by=actor(), at=timezone.now())
    return contact


def deleted(promotion: Promotion) -> Promotion:
    by = actor()
    by = type(by)(by.user, by.source, frozenset(["promotions:all"]))
    delete_promotion(promotion.pk, by=by, at=timezone.now(), confirmed=True)
    return promotion


def enrolled(**promotion: Any) -> Item:
    contact, into = make_contact(), make_promotion(**promotion)
    enroll_contact(contact, into)
    return item(into, contact)


def withdrawn() -> Item:
    asked = enrolled()
    usage = PromotionPartyUsage.objects.get(contact=asked.contact_id)
    withdraw(usage.pk, by=actor(), at=timezone.now(), reason="moved")
    return asked


def full() -> Item:
    promotion = make_promotion(maximum_enrollment_count=1)
    enroll_contact(make_contact(), promotion)
    return item(promotion)


def inactive_offer() -> int:
    return offers.create(
        make_offer().__class__(name="Off", code="OFF", is_active=False), by=actor(), at=LONG_AGO
    ).pk


def cases() -> dict[str, tuple[Callable[[], Item], str | None]]:
    now = timezone.now()
    today = now.date()
    return {
        "accepted": (lambda: item(make_promotion()), None),
        "accepted, with all": (
            lambda: item(
                make_promotion(maximum_enrollment_count=9),
                offer_id=make_offer().pk,
                expiration=now + DAY,
            ),
            None,
        ),
        "accepted again": (withdrawn, None),
        "no customer": (lambda: item(make_promotion(), gone(make_contact())), "customer_not_found"),
        "another account": (
            lambda: item(make_promotion(), account_id=make_account().pk),
            "account_contact_mismatch",
        ),
        "ambiguous": (_ambiguous, "customer_ambiguous"),
        "no promotion": (lambda: item(deleted(make_promotion())), "promotion_not_found"),
        "no offer": (lambda: item(make_promotion(), offer_id=4711), "offer_not_found"),
        "inactive": (lambda: item(make_promotion(is_active=False)), "promotion_inactive"),
        "ended": (lambda: item(make_promotion(end_date_time=now)), "promotion_ended"),
        "not enabled": (
            lambda: item(make_promotion(is_enrollment_required=False)),
            "enrollment_not_enabled",
        ),
        "not open": (
            lambda: item(make_promotion(enrollment_start_date=today + 3 * DAY)),
            "enrollment_not_open",
        ),
        "closed": (
            lambda: item(make_promotion(enrollment_end_date=today - 3 * DAY)),
            "enrollment_closed",
        ),
        "offer of another": (
            lambda: item(make_promotion(), offer_id=make_offer(promotion=make_promotion()).pk),
            "offer_not_for_promotion",
        ),
        "offer inactive": (
            lambda: item(make_promotion(), offer_id=inactive_offer()),
            "offer_inactive",
        ),
        "reversed": (
            lambda: item(make_promotion(), effective=now + 2 * DAY, expiration=now + DAY),
            "period_reversed",
        ),
        "past": (
            lambda: item(make_promotion(), effective=LONG_AGO, expiration=now - DAY),
            "period_in_past",
        ),
        "too late": (
            lambda: item(make_promotion(end_date_time=now + DAY), effective=now + 2 * DAY),
            "period_outside_promotion",
        ),
        "too early": (
            lambda: item(make_promotion(start_date_time=now + 2 * DAY), expiration=now + DAY),
            "period_outside_promotion",
        ),
        "enrolled": (enrolled, "already_enrolled"),
        "full": (full, "enrollment_limit_reached"),
    }


def _ambiguous() -> Item:
    make_contact(last_name="Ng")
    make_contact(last_name="Ng")
    return Item(last_name="Ng", promotion_id=make_promotion().pk)


def query(asked: Item) -> dict[str, Any]:
    known = {
        "contact": asked.contact_id,
        "account": asked.account_id,
        "promotion": asked.promotion_id,
        "offer": asked.offer_id,
    }
    sent: dict[str, Any] = {name: key for name, key in known.items() if key is not None}
    for name in ("effective", "expiration"):
        moment = getattr(asked, name)
        if moment is not None:
            sent |= {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": f"{moment:%H:%M:%S.%f}"}
    return sent


CHECK_OF = {
    "customer_not_found": CheckName.CUSTOMER,
    "customer_ambiguous": CheckName.CUSTOMER,
    "account_contact_mismatch": CheckName.CUSTOMER,
    "promotion_not_found": CheckName.PROMOTION,
    "offer_not_found": CheckName.OFFER,
    "promotion_inactive": CheckName.ACTIVE,
    "promotion_ended": CheckName.NOT_OVER,
    "enrollment_not_enabled": CheckName.TAKES_ENROLLMENTS,
    "enrollment_not_open": CheckName.WINDOW,
    "enrollment_closed": CheckName.WINDOW,
    "offer_not_for_promotion": CheckName.OFFER_LEADS_HERE,
    "offer_inactive": CheckName.OFFER_ACTIVE,
    "period_reversed": CheckName.PERIOD_ORDER,
    "period_in_past": CheckName.PERIOD_NOT_OVER,
    "already_enrolled": CheckName.NOT_ENROLLED,
    "enrollment_limit_reached": CheckName.PLACE,
}
"""Which check refuses with which code, where only one does."""

CHOSEN_FROM_LIVE_ONES = {"no customer", "no promotion", "no offer", "ambiguous"}
"""Cases that the form on the page can't be brought to; a refused call can."""


def test_the_verdict_is_that_of_a_dry_run_for_every_reason(
    support: Client, subtests: pytest.Subtests
) -> None:
    by, codes = staff(support), set()
    for name, (make, code) in cases().items():
        with subtests.test(name):
            asked, at = make(), timezone.now()
            explained = explain(asked, by=by, at=at)
            [dry] = enroll([asked], by=by, at=at, all_or_none=False, dry_run=True)
            errors = list(dry.errors) if isinstance(dry, NotEnrolled) else []
            assert [error.code for error in errors] == ([code] if code else [])
            assert [e.code for e in explained.errors] == [e.code for e in errors]
            failed = [n for n, o in explained.outcomes.items() if o is Outcome.FAILED]
            assert failed == ([CHECK_OF.get(code, failed[0])] if code else [])
            if not code:
                assert set(explained.outcomes.values()) == {Outcome.PASSED}
            codes.add(code)
            if name in CHOSEN_FROM_LIVE_ONES:
                continue
            page = support.get(WHY, query(asked))
            answer = page.context["answer"]
            assert answer.is_yes == (code is None)
            shown = {row.title: row.outcome for row in answer.rows}
            assert shown == {WORDS[n].title: o.value for n, o in explained.outcomes.items()}
            assert ("Yes, it would be accepted" in text(page)) == (code is None)
            [real] = enroll([asked], by=by, at=timezone.now(), all_or_none=False)
            assert isinstance(real, NotEnrolled) == (code is not None)
    # Every reason that a single item can be refused for, once its customer and promotion are known.
    assert codes - {None} == set(WAS_WRONG) - {"duplicate_in_request"}


def test_every_check_has_words_and_a_place_in_the_order() -> None:
    assert list(WORDS) == list(CheckName)
    names = [check.name for check in TERMS]
    assert names == [name for name in CheckName if name in names]
    outcomes = walked([CheckName.WINDOW], names_offer=False)
    assert CheckName.OFFER not in outcomes
    assert list(outcomes.values()).count(Outcome.FAILED) == 1
    assert outcomes[CheckName.PLACE] is Outcome.NOT_REACHED


def test_nothing_is_written(support: Client) -> None:
    contact, promotion = make_contact(), make_promotion(maximum_enrollment_count=5)
    page = support.get(WHY, {"contact": contact.pk, "promotion": promotion.pk})
    assert "0 of 5 places are taken." in text(page)
    assert not PromotionPartyUsage.objects.exists()
    assert not EnrollmentPlaces.objects.exists()


def test_words_what_was_found_and_leads_on(support: Client, marketer: Client) -> None:
    contact, promotion = make_contact(), make_promotion(name="Sale", is_active=False)
    asked = {"contact": contact.pk, "promotion": promotion.pk}
    shown = text(support.get(WHY, asked))
    for words in (
        "No, it would be refused",
        "It is inactive.",
        "Not looked at",
        "Not enrolled",
    ):
        assert words in shown
    open_ = make_promotion()
    answer = support.get(WHY, {**asked, "promotion": open_.pk}).context["answer"]
    assert f"contact={contact.pk}" in answer.enroll_url
    assert marketer.get(WHY, {**asked, "promotion": open_.pk}).context["answer"].enroll_url == ""


def test_asks_for_what_is_missing(support: Client) -> None:
    assert "Choose a customer and a promotion" in text(support.get(WHY))
    page = support.get(WHY, {"promotion": make_promotion().pk})
    assert page.context["form"].errors["contact"] == [
        "Name the customer: give a contact or an account."
    ]
    first = support.get(WHY, {"contact": make_contact().pk}).context["form"]
    assert not first.is_bound
    for nonsense in ({"promotion": "x", "contact": "y"}, {"promotion": "9" * 30}):
        assert support.get(WHY, nonsense).status_code == 200


def test_what_is_not_shared_does_not_exist_here_either(sign_in: SignIn, settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    hidden = make_promotion(name="Secret", by=actor(user=make_user("Marketers")))
    stranger = sign_in("Marketers")
    page = stranger.get(WHY, {"contact": make_contact().pk, "promotion": hidden.pk})
    assert page.context["answer"] is None
    assert "Secret" not in text(page)


def test_only_who_sees_enrollments(nobody: Client) -> None:
    assert nobody.get(WHY).status_code == 403
    assert Client().get(WHY).status_code == 302


# --- Where the customer stands, and what makes it so ----------------------------------------------


def test_says_which_condition_decides_where_the_customer_stands(
    support: Client, subtests: pytest.Subtests
) -> None:
    """The app says enrolled, the shop says no: each cause has its words, beside the standing."""
    now = timezone.now()
    scenes: dict[Cause, tuple[dict[str, Any], dict[str, Any], str]] = {
        Cause.OWN_PERIOD_OVER: ({}, {"expiration": now - DAY}, "own period ended on"),
        Cause.PROMOTION_OVER: ({"end_date_time": now - DAY}, {}, "The promotion ended on"),
        Cause.PROMOTION_INACTIVE: ({}, {}, "The promotion is inactive."),
        Cause.PROMOTION_DELETED: ({}, {}, "recycle bin"),
        Cause.OWN_PERIOD_TO_COME: ({}, {"effective": now + DAY}, "own period begins on"),
        Cause.PROMOTION_TO_COME: ({"start_date_time": now + DAY}, {}, "The promotion begins on"),
        Cause.NOTHING_AGAINST: ({}, {}, "The promotion is running"),
        Cause.WITHDRAWN: ({}, {}, "It was withdrawn on"),
    }
    assert scenes.keys() == set(Cause)
    for cause, (promotion, period, words) in scenes.items():
        with subtests.test(cause.value):
            contact, into = make_contact(), make_promotion(**promotion)
            usage = enroll_contact(contact, into, at=LONG_AGO, **period)
            if cause is Cause.WITHDRAWN:
                withdraw(usage.pk, by=actor(), at=now, reason="moved")
            elif cause is Cause.PROMOTION_INACTIVE:
                Promotion.objects.filter(pk=into.pk).update(is_active=False)
            elif cause is Cause.PROMOTION_DELETED:
                deleted(into)
            url = f"/admin/enrollments/promotionpartyusage/customers/{contact.record_id}/"
            [card] = support.get(url).context["cards"]
            assert words in card.because
            assert STANDING_OF[cause].value in card.standing
            found = PromotionPartyUsage.objects.annotate(now=standing_case(now)).get(pk=usage.pk)
            assert found.now == STANDING_OF[cause].value
            assert bool(card.why_url) == (cause is not Cause.PROMOTION_DELETED)
            if card.why_url:
                page = text(support.get(card.why_url))
                assert words.replace("'", "&#x27;") in page
                applies = "A shop that asks now is told that it applies." in page
                assert applies == (cause is Cause.NOTHING_AGAINST)


def test_who_is_enrolled_is_told_first_whether_the_promotion_applies(support: Client) -> None:
    """Whether one more enrollment would be accepted comes second; the page doesn't lead to itself,
    and names the enrollment as every other page does."""
    contact, promotion = (
        make_contact(first_name="Anna", last_name="Ng"),
        make_promotion(name="Sale"),
    )
    usage = enroll_contact(contact, promotion)
    asked = {"contact": contact.pk, "promotion": promotion.pk}
    page = support.get(WHY, asked)
    shown = text(page)
    assert page.context["title"] == "Does Sale apply to Anna Ng?"
    first, second = (
        shown.index(words)
        for words in ("the promotion applies to this customer now", "No, it would be refused")
    )
    assert first < second
    assert f"Use the existing enrollment {usage.name}." in shown
    assert usage.record_id not in shown
    assert "Why…" not in shown
    Promotion.objects.filter(pk=promotion.pk).update(is_active=False)
    paused = text(support.get(WHY, asked))
    assert "Enrolled, but paused: the promotion does not apply now" in paused
    withdraw(usage.pk, by=actor(), at=timezone.now(), reason="moved")
    assert "The enrollment was withdrawn" in text(support.get(WHY, asked))


def test_is_quick(support: Client, django_assert_max_num_queries: Any) -> None:
    contact, promotion = make_contact(), make_promotion(maximum_enrollment_count=5)
    enroll_contact(contact, promotion)
    url = f"{WHY}?{urlencode({'contact': contact.pk, 'promotion': promotion.pk})}"
    with django_assert_max_num_queries(16):
        assert support.get(url).status_code == 200
