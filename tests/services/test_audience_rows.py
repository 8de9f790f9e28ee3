"""The rows of a batch have the outcomes of as many requests, one after the other, whatever they are
together with; and a dry run tells the same without writing."""

import random
import sys
from collections.abc import Sequence
from datetime import timedelta

import pytest

from enrollments.audience_files import Row
from enrollments.models import Contact, EnrollmentPlaces, PromotionPartyUsage
from enrollments.services import job_rows
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import withdraw
from enrollments.services.job_rows import enroll_rows
from enrollments.services.job_staging import stage
from enrollments.services.job_trials import Parties, Trial
from enrollments.wire import Item, Unreadable
from promotions.errors import DomainError, Refused
from promotions.models import Promotion
from tests.factories import (
    NOW,
    actor,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
STAGED = False


@pytest.fixture(
    autouse=True,
    params=[
        pytest.param((False, 1_000), id="row by row"),
        pytest.param((False, 2), id="in pieces"),
        pytest.param((True, 1_000), id="staged", marks=pytest.mark.postgresql),
    ],
)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All ways have the same outcomes."""
    is_staged, together = request.param
    monkeypatch.setattr(sys.modules[__name__], "STAGED", is_staged)
    monkeypatch.setattr(job_rows, "_TOGETHER", together)


def item(promotion: Promotion, contact: Contact, **more: object) -> Item:
    return Item(contact_id=contact.pk, promotion_id=promotion.pk)._replace(**more)  # type: ignore[arg-type]


def numbered(items: Sequence[Item | Unreadable]) -> list[Row]:
    return list(enumerate(items, 2))


def outcomes(
    items: Sequence[Item | Unreadable], *, trial: Trial | None = None, in_order: bool = False
) -> list[str]:
    """``enrolled``, or the code of the error and the record that it names."""
    rows = numbered(items)
    refusals = enroll_rows(
        rows,
        by=actor(),
        at=NOW,
        reason="list of May",
        in_order=in_order,
        trial=trial,
        staging=stage(rows) if STAGED else None,
    )
    return [_in_words(refusals.get(n, ())) for n in range(len(rows))]


def _in_words(errors: Sequence[DomainError]) -> str:
    if not errors:
        return "enrolled"
    record = errors[0].extra.get("promotionPartyUsageId")
    return f"{errors[0].code} {record}" if record else errors[0].code


def one_by_one(items: Sequence[Item | Unreadable]) -> list[str]:
    """The same by as many requests."""
    told = []
    for one in items:
        try:
            enroll([one], by=actor(), at=NOW)
            told.append("enrolled")
        except Refused as refused:
            told.append(refused.errors[0].code)
    return told


def record_of(contact: Contact) -> str:
    return PromotionPartyUsage.objects.get(contact=contact).record_id


def test_good_rows_are_enrolled_and_bad_ones_told_at_their_place() -> None:
    promotion, contact, other = make_promotion(), make_contact(), make_contact()
    bad = Unreadable((DomainError("malformed_id", "Send the record's id.", "contactId"),))
    nobody = Item(email="nobody@example.com", promotion_id=promotion.pk)
    assert outcomes([item(promotion, contact), bad, nobody, item(promotion, other)]) == [
        "enrolled",
        "malformed_id",
        "customer_not_found",
        "enrolled",
    ]
    assert PromotionPartyUsage.objects.count() == 2
    assert {h.reason for u in PromotionPartyUsage.objects.all() for h in u.history.all()} == {
        "list of May"
    }


def test_who_stands_twice_is_enrolled_by_the_first_row_and_already_is_at_the_second() -> None:
    promotion, contact = make_promotion(), make_contact()
    by_id = item(promotion, contact)
    by_email = Item(email=contact.email, promotion_id=promotion.pk)
    told = outcomes([by_id, by_id, by_email, by_email])
    assert told == ["enrolled", *[f"already_enrolled {record_of(contact)}"] * 3]


def test_a_later_row_is_enrolled_where_the_first_was_refused() -> None:
    promotion, contact = make_promotion(), make_contact()
    offer = make_offer(is_active=False)
    bad, good = item(promotion, contact, offer_id=offer.pk), item(promotion, contact)
    told = outcomes([bad, bad, good, bad, good])
    assert told == [
        "offer_inactive", "offer_inactive", "enrolled", "offer_inactive",
        f"already_enrolled {record_of(contact)}",
    ]  # fmt: skip


def test_who_was_enrolled_before_is_told_so_at_every_row() -> None:
    promotion, contact = make_promotion(), make_contact()
    usage = enroll_contact(contact, promotion, at=NOW)
    by_email = Item(email=contact.email, promotion_id=promotion.pk)
    told = outcomes([item(promotion, contact), by_email, item(promotion, contact)])
    assert told == [f"already_enrolled {usage.record_id}"] * 3


def test_who_was_withdrawn_is_enrolled_again_once() -> None:
    promotion, contact = make_promotion(), make_contact()
    usage = enroll_contact(contact, promotion, at=NOW)
    withdraw(usage.pk, by=actor(), at=NOW, reason="x")
    by_email = Item(email=contact.email, promotion_id=promotion.pk)
    told = outcomes([item(promotion, contact), by_email])
    assert told == ["enrolled", f"already_enrolled {usage.record_id}"]


def test_places_go_in_the_order_of_the_rows() -> None:
    promotion = make_promotion(maximum_enrollment_count=2)
    first, second, third = make_contact(), make_contact(), make_contact()
    offer = make_offer(is_active=False)
    rows = [
        item(promotion, first, offer_id=offer.pk),
        item(promotion, second),
        item(promotion, first),  # takes the last place, though its first row was refused
        item(promotion, third),
        item(promotion, third, offer_code=None, effective=NOW + DAY),
        item(promotion, second),
    ]
    assert outcomes(rows, in_order=True) == [
        "offer_inactive",
        "enrolled",
        "enrolled",
        "enrollment_limit_reached",
        "enrollment_limit_reached",
        f"already_enrolled {record_of(second)}",
    ]
    assert EnrollmentPlaces.objects.get().taken == 2


def scene(chance: random.Random, *, limit: int | None) -> list[Item | Unreadable]:
    """Rows about few customers, so that they meet each other in every way."""
    promotion = make_promotion(maximum_enrollment_count=limit, end_date_time=NOW + 9 * DAY)
    account = make_account()
    people = [make_contact(account=account if n % 3 else None) for n in range(6)]
    for person in people[:2]:
        usage = enroll_contact(person, promotion, at=NOW - DAY)
        if person is people[0]:
            withdraw(usage.pk, by=actor(), at=NOW - DAY, reason="x")
    offers = [make_offer(), make_offer(is_active=False)]
    rows: list[Item | Unreadable] = []
    for _ in range(40):
        person = chance.choice(people)
        named = chance.choice(
            [
                {"contact_id": person.pk},
                {"email": person.email},
                {"last_name": person.last_name},
                {"account_id": account.pk},
                {"contact_id": person.pk, "account_id": account.pk},
                {"email": "nobody@example.com"},
            ]
        )
        more = chance.choice(
            [
                {},
                {},
                {"offer_id": chance.choice(offers).pk},
                {"effective": NOW + chance.choice([-DAY, DAY, 10 * DAY])},
                {"expiration": NOW + chance.choice([-DAY, DAY])},
            ]
        )
        rows.append(Item(promotion_id=promotion.pk)._replace(**named, **more))  # type: ignore[arg-type]
    return rows


def batches(
    chance: random.Random, rows: Sequence[Item | Unreadable]
) -> list[list[Item | Unreadable]]:
    cuts = sorted(chance.sample(range(1, len(rows)), 3))
    return [list(rows[a:b]) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]


@pytest.mark.parametrize("limit", [None, 3, 5])
@pytest.mark.parametrize("seed", range(8))
def test_outcomes_are_those_of_single_requests_wherever_batches_end(
    seed: int, limit: int | None
) -> None:
    rows = scene(random.Random(seed), limit=limit)
    expected = one_by_one(rows)
    assert len(set(expected)) > 4
    rows = scene(random.Random(seed), limit=limit)
    trial = Trial()
    tried, done = [], []
    for batch in batches(random.Random(seed), rows):
        tried += outcomes(batch, trial=trial, in_order=limit is not None)
    for batch in batches(random.Random(seed + 1), rows):
        done += outcomes(batch, in_order=limit is not None)
    assert [told.split()[0] for told in done] == expected
    assert [told.split()[0] for told in tried] == expected


def test_a_dry_run_writes_nothing() -> None:
    promotion, contact = make_promotion(), make_contact()
    assert outcomes([item(promotion, contact)] * 2, trial=Trial()) == [
        "enrolled",
        "already_enrolled",
    ]
    assert not PromotionPartyUsage.objects.exists()


def test_a_dry_run_names_records_that_exist() -> None:
    promotion, contact = make_promotion(), make_contact()
    usage = enroll_contact(contact, promotion, at=NOW)
    told = outcomes([item(promotion, contact)], trial=Trial())
    assert told == [f"already_enrolled {usage.record_id}"]


def test_parties_are_remembered_by_kind_and_key() -> None:
    parties = Parties()
    keys = [0, 1, 7, 8, 4095, 4096, 2**40, 2**63 - 1]
    for key in keys:
        assert (1, True, key) not in parties
        parties.add((1, True, key))
    for key in keys:
        assert (1, True, key) in parties
        assert (1, False, key) not in parties
    assert (1, True, 2) not in parties
