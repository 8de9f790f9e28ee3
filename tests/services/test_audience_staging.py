"""The quick way of an audience's rows: whom it enrolls, whom it leaves to be told row by row.

That the outcomes are those of single requests is shown by ``test_audience_rows.py``.
"""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from enrollments.models import Account, Contact, PromotionPartyUsage
from enrollments.services import copied_rows, job_staging
from enrollments.services.enrolling import enroll
from enrollments.services.enrollment_sql import staged as staged_columns
from enrollments.services.job_staging import enroll_staged, stage
from enrollments.services.loading import read_facts
from enrollments.wire import Item, Unreadable
from promotions.errors import DomainError
from promotions.models import Promotion
from promotions.request_ids import request_id_for
from promotions.services.promotions import update_promotion
from promotions.services.transactions import LostRace
from tests.factories import (
    NOW,
    actor,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
)
from tests.services.threads import at_once, until_somebody_waits

DAY = timedelta(days=1)


def quickly_enrolled(*items: Item) -> list[int]:
    """Which of the items, by number."""
    with transaction.atomic():
        done = enroll_staged(stage(list(enumerate(items))), by=actor(), at=NOW, reason="x")
    return sorted(done)


# --- Staging: pure --------------------------------------------------------------------------------


def staged(*items: Item | Unreadable) -> list[dict[str, str]]:
    staging = stage(list(enumerate(items)))
    names = [name for name, _ in staged_columns(staging.given)]
    return [dict(zip(names, line.split("\t"), strict=True)) for line in staging.text.splitlines()]


def test_rows_are_numbered_and_say_how_their_customer_is_named() -> None:
    bad = Unreadable((DomainError("malformed_id", "Send the record's id.", "contactId"),))
    rows = staged(
        Item(contact_id=7, promotion_id=1),
        bad,
        Item(account_id=3, promotion_id=1),  # an account alone is told row by row
        Item(email="ÄNNE@example.com", account_id=3, promotion_id=1),
    )
    nothing = r"\N"
    assert rows == [
        {"n": "0", "about": "0", "contact": "7", "account": nothing, "email": nothing},
        {"n": "3", "about": "0", "contact": nothing, "account": "3", "email": "änne@example.com"},
    ]


@pytest.mark.parametrize(
    ("name", "copied"),
    [
        ("a\tb", r"a\tb"),
        ("a\nb", r"a\nb"),
        ("a\rb", r"a\rb"),
        (r"a\b", r"a\\b"),
        (r"\N", r"\\N"),
        (r"\.", r"\\."),
        ("ä 😀\u2028", "ä 😀\u2028"),
    ],
)
def test_a_text_is_copied_as_it_is(name: str, copied: str) -> None:
    staging = stage([(2, Item(contact_external_id=name, promotion_id=1))])
    assert staging.text == f"0\t0\t{copied}\n"


def test_what_rows_say_beside_their_customers_is_kept_once() -> None:
    plain, later = Item(contact_id=7, promotion_id=1), Item(promotion_id=1, effective=NOW)
    rows = [plain, later._replace(email="a@b.c"), later._replace(contact_external_id="x"), plain]
    staging = stage(list(enumerate(rows)))
    assert staging.terms == [Item(promotion_id=1), later]
    assert [row["about"] for row in staged(*rows)] == ["0", "1", "1", "0"]
    assert staging.by == ("contact", "external_id", "email")


# --- Whom it enrolls ------------------------------------------------------------------------------


@pytest.fixture
def promotion() -> Promotion:
    return make_promotion(end_date_time=NOW + 9 * DAY)


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def contact(account: Account) -> Contact:
    return make_contact(
        account=account, last_name="Éire\t\\N", email="Ann@Example.com", external_id="a\\b\n"
    )


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "is_enrolled"),
    [
        ({"contact_id": "contact"}, True),
        ({"contact_external_id": "a\\b\n"}, True),
        ({"email": "ANN@example.COM"}, True),
        ({"last_name": "éire\t\\n"}, True),
        ({"contact_id": "contact", "email": "ann@example.com", "last_name": "Éire\t\\N"}, True),
        ({"contact_id": "contact", "account_id": "account"}, True),
        ({"last_name": "éire\t\\n", "account_id": "account"}, True),
        ({"contact_id": "contact", "effective": NOW + DAY, "expiration": NOW + 2 * DAY}, True),
        ({"contact_id": "contact", "email": "bob@example.com"}, False),
        ({"contact_external_id": "A\\B\n"}, False),
        ({"contact_id": "contact", "account_id": 1_000_000}, False),
        ({"contact_id": 1_000_000}, False),
        ({"account_id": "account"}, False),
        ({"contact_id": "contact", "expiration": NOW - DAY}, False),
        ({"contact_id": "contact", "effective": NOW + 10 * DAY}, False),
        ({"contact_id": "contact", "offer_id": 1_000_000}, False),
    ],
    ids=str,
)
def test_whom_exactly_one_contact_is_meant_by(
    given: dict[str, Any],
    is_enrolled: bool,
    promotion: Promotion,
    account: Account,
    contact: Contact,
) -> None:
    keys = {"contact": contact.pk, "account": account.pk}
    values = {name: keys.get(str(value), value) for name, value in given.items()}
    assert quickly_enrolled(Item(promotion_id=promotion.pk, **values)) == [0] * is_enrolled
    if is_enrolled:
        usage = PromotionPartyUsage.objects.get()
        assert (usage.contact, usage.promotion, usage.type) == (contact, promotion, "Contact")
        assert usage.account == (account if "account_id" in given else None)
        assert usage.enrollment_effective_date_time == given.get("effective", NOW)
        assert usage.enrollment_expiration_date_time == given.get("expiration")
        [row] = usage.history.all()
        assert (row.field, row.reason, row.created_date) == ("created", "x", NOW)


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("reason", [None, "a\ttab, a \\N,\na line, 'é🎉'"])
def test_a_record_and_its_history_are_those_of_a_request(
    promotion: Promotion, account: Account, reason: str | None
) -> None:
    offer = make_offer()
    for terms in (
        {},
        {"account_id": account.pk},
        {"offer_id": offer.pk, "effective": NOW + DAY, "expiration": NOW + 2 * DAY},
    ):
        rows = []
        for quickly in (True, False):
            contact = make_contact(account=account)
            item = Item(contact_id=contact.pk, promotion_id=promotion.pk, **terms)
            with request_id_for("0hJ000000000001"), transaction.atomic():
                if quickly:
                    assert enroll_staged(stage([(1, item)]), by=actor(), at=NOW, reason=reason)
                else:
                    enroll([item], by=actor(), at=NOW, reason=reason, at_once=False)
            usage = PromotionPartyUsage.objects.filter(contact=contact)
            [history] = usage.get().history.values()
            told = {**usage.values()[0], **{f"history_{name}": it for name, it in history.items()}}
            for own in ("id", "contact_id", "history_id", "history_usage_id"):
                assert told.pop(own)
            rows.append(told)
        assert rows[0] == rows[1]
        assert rows[0]["history_reason"] == reason


@pytest.mark.postgresql
@pytest.mark.django_db
def test_more_than_are_copied_in_one_piece(
    promotion: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copied_rows, "_ROWS_IN_PIECE", 2)
    people = [make_contact() for _ in range(5)]
    items = [Item(contact_id=person.pk, promotion_id=promotion.pk) for person in people]
    assert quickly_enrolled(*items) == [*range(5)]
    made = PromotionPartyUsage.objects.order_by("pk").values_list("contact", "history__field")
    assert list(made) == [(person.pk, "created") for person in people]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_each_row_has_its_own_terms(promotion: Promotion) -> None:
    offers = [make_offer(), make_offer(), make_offer(is_active=False)]
    people = [make_contact() for _ in range(5)]
    given: list[dict[str, Any]] = [
        {"offer_id": offers[0].pk},
        {"offer_code": offers[1].code, "expiration": NOW + DAY},
        {"offer_id": offers[2].pk},
        {},
        {"effective": NOW + DAY},
    ]
    items = [
        Item(contact_id=person.pk, promotion_id=promotion.pk, **more)
        for person, more in zip(people, given, strict=True)
    ]
    assert quickly_enrolled(*items) == [0, 1, 3, 4]
    assert list(
        PromotionPartyUsage.objects.order_by("contact").values_list(
            "enrollment_offer",
            "enrollment_effective_date_time",
            "enrollment_expiration_date_time",
        )
    ) == [
        (offers[0].pk, NOW, None),
        (offers[1].pk, NOW, NOW + DAY),
        (None, NOW, None),
        (None, NOW + DAY, None),
    ]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_whose_name_several_have_and_who_has_a_record_are_left(promotion: Promotion) -> None:
    for _ in range(2):
        make_contact(last_name="Miller")
    known, new = make_contact(), make_contact()
    enroll_contact(known, promotion, at=NOW)
    here = Item(promotion_id=promotion.pk)
    assert quickly_enrolled(
        here._replace(last_name="miller"),
        here._replace(contact_id=known.pk),
        here._replace(email=new.email),
        here._replace(contact_id=new.pk),
    ) == [2]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_rows_are_staged_for_one_batch(promotion: Promotion) -> None:
    here = Item(promotion_id=promotion.pk)
    people = [make_contact(email=f"p{n}@example.com") for n in range(4)]
    assert quickly_enrolled(*(here._replace(contact_id=one.pk) for one in people[:2])) == [0, 1]
    assert quickly_enrolled(here._replace(contact_id=people[2].pk)) == [0]
    # One that names its customers in another way has other columns.
    assert quickly_enrolled(here._replace(email=people[3].email)) == [0]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_only_some_rows_name_an_account_or_an_offer(promotion: Promotion, account: Account) -> None:
    here, offer = Item(promotion_id=promotion.pk), make_offer()
    people = [make_contact(account=account) for _ in range(4)]
    accounts, offers = [None, account.pk, None, account.pk], [None, None, offer.pk, offer.pk]
    told = [(one.pk, *more) for one, *more in zip(people, accounts, offers, strict=True)]
    items = [
        here._replace(contact_id=person, account_id=account_id, offer_id=offer_id)
        for person, account_id, offer_id in told
    ]
    assert quickly_enrolled(*items) == [*range(4)]
    made = PromotionPartyUsage.objects.order_by("contact")
    assert [*made.values_list("contact", "account", "enrollment_offer")] == told


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    "state",
    [{"maximum_enrollment_count": 9}, {"is_active": False}, {"enrollment_end_date": NOW - 2 * DAY}],
    ids=str,
)
def test_nobody_is_enrolled_quickly_where_the_promotion_has_something_to_tell(
    state: dict[str, Any],
) -> None:
    promotion = make_promotion(**state)
    assert quickly_enrolled(Item(contact_id=make_contact().pk, promotion_id=promotion.pk)) == []


# --- Meanwhile ------------------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_limit_that_came_since_the_promotion_was_read_is_seen(
    promotion: Promotion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_and_be_overtaken(*given: Any, **how: Any) -> Any:
        facts = read_facts(*given, **how)

        def limit() -> None:
            change = {"maximum_enrollment_count": 1}
            update_promotion(promotion.pk, change, by=actor(), at=NOW)

        at_once([limit])
        return facts

    monkeypatch.setattr(job_staging, "read_facts", read_and_be_overtaken)
    people = [make_contact() for _ in range(2)]
    items = [Item(contact_id=person.pk, promotion_id=promotion.pk) for person in people]
    assert quickly_enrolled(*items) == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("comes_about", [True, False])
def test_who_is_being_enrolled_by_a_request_is_waited_for(
    promotion: Promotion, comes_about: bool
) -> None:
    people = [make_contact() for _ in range(3)]
    items = [Item(contact_id=person.pk, promotion_id=promotion.pk) for person in people]
    answers: list[list[int] | str] = []

    def enroll_them() -> None:
        try:
            answers.append(quickly_enrolled(*items))
        except LostRace:
            answers.append("lost the race")
        finally:
            connection.close()

    other = threading.Thread(target=enroll_them)
    with transaction.atomic():
        enroll_contact(people[1], promotion, at=NOW)
        other.start()
        until_somebody_waits()
        transaction.set_rollback(not comes_about)
    other.join(timeout=30)
    assert answers == ["lost the race" if comes_about else [0, 1, 2]]
    assert PromotionPartyUsage.objects.count() == (1 if comes_about else 3)
