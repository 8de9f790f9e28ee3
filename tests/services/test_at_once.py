"""The quick way of a request: whom it enrolls, what it leaves to the way that asks all the rules,
and that nothing remembered is taken for true that has changed."""

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from enrollments.facts import Facts, PromotionFacts
from enrollments.models import Offer, PromotionPartyUsage
from enrollments.services import at_once, enrolling, loading
from enrollments.services.at_once import enroll_at_once
from enrollments.services.enrolling import enroll
from enrollments.services.enrollment_sql import enrolling_at_once
from enrollments.services.enrollments import withdraw
from enrollments.services.known_facts import LOOKS, KnownFacts
from enrollments.services.outcomes import Enrolled
from enrollments.wire import Item
from promotions.actors import Actor, Source
from promotions.database import is_postgresql
from promotions.errors import Refused
from promotions.models import Promotion
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from promotions.services.transactions import LostRace, in_transaction
from tests.factories import (
    NOW,
    actor,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)
from tests.services.threads import until_somebody_waits

DAY = timedelta(days=1)

postgresql = pytest.mark.postgresql


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> KnownFacts:
    """What this process knows: nothing, to begin with."""
    fresh = KnownFacts()
    monkeypatch.setattr(loading, "known_facts", fresh)
    monkeypatch.setattr(at_once, "known_facts", fresh)
    monkeypatch.setattr(enrolling, "known_facts", fresh)
    return fresh


@pytest.fixture
def offer() -> Offer:
    return make_offer()


@pytest.fixture
def promotion(offer: Offer) -> Promotion:
    """Known, with its offer, by code."""
    promotion = make_promotion(end_date_time=NOW + 9 * DAY)
    _enroll(_item(promotion, offer))
    return promotion


def _item(promotion: Promotion, offer: Offer | None = None, **more: Any) -> Item:
    named = more or {"contact_id": make_contact().pk}
    return Item(
        promotion_code=promotion.promotion_code, offer_code=offer.code if offer else None, **named
    )


def _enroll(*items: Item, **options: Any) -> list[str]:
    """``enrolled``, or the code of the error, by item."""
    outcomes = enroll(items, by=actor(), at=NOW, all_or_none=False, **options)
    return ["enrolled" if isinstance(one, Enrolled) else one.errors[0].code for one in outcomes]


def _at_once(*items: Item, by: Actor | None = None) -> bool:
    """Whether they are enrolled by one statement; if not, nothing is written."""
    before = PromotionPartyUsage.objects.count()
    try:
        with transaction.atomic():
            done = enroll_at_once(items, by=by or actor(), at=NOW, reason=None)
    except LostRace:
        done = None
    written = PromotionPartyUsage.objects.count() - before
    assert written == (0 if done is None else len(items))
    return done is not None


# --- Whom it enrolls ------------------------------------------------------------------------------


@postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    "named",
    [
        {"contact_id": True},
        {"email": True},
        {"last_name": True},
        {"contact_external_id": True},
        {"contact_id": True, "email": True, "last_name": True},
        {"contact_id": True, "account_id": True},
        {"last_name": True, "account_id": True},
    ],
    ids=" and ".join,
)
@pytest.mark.parametrize("count", [1, 2])
def test_customers_are_enrolled_however_they_are_named(
    named: dict[str, bool], count: int, promotion: Promotion, offer: Offer
) -> None:
    account = make_account()
    people = [
        make_contact(account=account, external_id=f"crm-{n}", last_name=f"Ñame {n}")
        for n in range(count)
    ]
    items = [
        _item(
            promotion,
            offer,
            **{
                name: {
                    "contact_id": person.pk,
                    "email": (person.email or "").upper(),
                    "last_name": person.last_name.upper(),
                    "contact_external_id": person.external_id,
                    "account_id": account.pk,
                }[name]
                for name in named
            },
        )
        for person in people
    ]
    done = enroll_at_once(items, by=actor(), at=NOW, reason="said so")
    assert done is not None
    for person, one in zip(people, done, strict=True):
        usage = PromotionPartyUsage.objects.get(contact=person)
        assert one.key == usage.pk
        assert one.contact == (person.pk, person.last_name, person.email)
        assert (usage.promotion, usage.enrollment_offer, usage.type) == (
            promotion, offer, "Contact",
        )  # fmt: skip
        assert usage.account == (account if "account_id" in named else None)
        assert usage.enrollment_effective_date_time == NOW
        assert usage.enrollment_expiration_date_time is None
        [row] = usage.history.all()
        assert (row.field, row.reason, row.created_by, row.source) == (
            "created", "said so", actor().user, "api",
        )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("at_once", [True, False])
def test_each_item_names_its_customer_in_its_own_way(at_once: bool, promotion: Promotion) -> None:
    def named(n: int, by: str, **more: Any) -> dict[str, Any]:
        person = make_contact(external_id=f"crm-{n}", last_name=f"Name {n}")
        said = {
            "contact_id": person.pk,
            "contact_external_id": person.external_id,
            "email": person.email,
            "last_name": person.last_name,
        }
        return {name: said[name] for name in by.split()} | more

    other = make_contact()
    ways = [
        "contact_id",
        "contact_external_id",
        "email",
        "last_name",
        "contact_id contact_external_id",
        "contact_id email",
        "contact_external_id email last_name",
        "email last_name",
        "contact_id last_name",
    ]
    items = [_item(promotion, **named(n, by)) for n, by in enumerate(ways)]
    strangers = [
        _item(promotion, **named(n, by, email=other.email))
        for n, by in enumerate(ways, len(ways))
        if by not in ("email", "last_name", "email last_name")
    ]
    refused = ["customer_not_found"] * len(strangers)
    assert _enroll(*items, *strangers, dry_run=True) == ["enrolled"] * len(ways) + refused
    if at_once and is_postgresql():
        assert _at_once(*items)
    else:
        assert _enroll(*items, at_once=False) == ["enrolled"] * len(ways)
    assert _enroll(*items, *strangers) == ["already_enrolled"] * len(ways) + refused


@postgresql
@pytest.mark.django_db
def test_each_item_has_its_own_promotion_offer_and_period(
    promotion: Promotion, offer: Offer
) -> None:
    other = make_promotion()
    _enroll(_item(other))
    contact = make_contact()
    items = [
        _item(other, contact_id=contact.pk, effective=NOW + DAY, expiration=NOW + 2 * DAY),
        _item(promotion, offer, contact_id=contact.pk),
        _item(promotion, contact_id=make_contact().pk, expiration=NOW + DAY),
    ]
    assert _at_once(*items)
    made = PromotionPartyUsage.objects.filter(contact=contact).order_by("promotion")
    assert [(u.promotion, u.enrollment_offer, u.enrollment_effective_date_time) for u in made] == [
        (promotion, offer, NOW),
        (other, None, NOW + DAY),
    ]


# --- What it leaves -------------------------------------------------------------------------------


@postgresql
@pytest.mark.django_db
def test_what_is_not_known_is_read(promotion: Promotion) -> None:
    assert not _at_once(_item(make_promotion()))
    assert not _at_once(_item(promotion, make_offer()))
    assert _at_once(_item(promotion))


@postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"contact_id": 1_000_000}, "customer_not_found"),
        ({"email": "nobody@example.com"}, "customer_not_found"),
        ({"last_name": "Miller"}, "customer_ambiguous"),
        ({"contact_id": "enrolled"}, "already_enrolled"),
        ({"contact_id": "withdrawn"}, "enrolled"),
        ({"contact_id": "new", "account_id": "account"}, "account_contact_mismatch"),
        ({"contact_id": "new", "account_id": 1_000_000}, "customer_not_found"),
        ({"account_id": "account"}, "enrolled"),
        ({"contact_id": "new", "expiration": NOW - DAY}, "period_reversed"),
        ({"contact_id": "new", "effective": NOW + 10 * DAY}, "period_outside_promotion"),
    ],
    ids=str,
)
def test_where_there_is_something_to_tell_nobody_is_enrolled_at_once(
    named: dict[str, Any], code: str, promotion: Promotion
) -> None:
    people = {name: make_contact() for name in ("enrolled", "withdrawn", "new")}
    for _ in range(2):
        make_contact(last_name="Miller")
    enroll_contact(people["enrolled"], promotion, at=NOW)
    gone = enroll_contact(people["withdrawn"], promotion, at=NOW)
    withdraw(gone.pk, by=actor(), at=NOW, reason="x")
    keys = {name: person.pk for name, person in people.items()} | {"account": make_account().pk}
    given = {name: keys.get(str(value), value) for name, value in named.items()}
    item, good = _item(promotion, **given), _item(promotion)
    assert not _at_once(item)
    assert not _at_once(good, item)
    assert _enroll(good, item) == ["enrolled", code]


@postgresql
@pytest.mark.django_db
def test_who_is_named_twice_is_told_so(promotion: Promotion) -> None:
    contact = make_contact()
    items = [
        _item(promotion, contact_id=contact.pk),
        _item(promotion, email=contact.email),
    ]
    assert _enroll(*items) == ["enrolled", "duplicate_in_request"]


@postgresql
@pytest.mark.django_db
def test_who_may_not_see_all_promotions_has_them_looked_up(
    promotion: Promotion, settings: Any
) -> None:
    settings.PROMOTION_SHARING = "private"
    stranger = Actor(make_user(), Source.API)
    assert not _at_once(_item(promotion), by=stranger)
    with pytest.raises(Refused) as refused:
        enroll([_item(promotion)], by=stranger, at=NOW)
    assert refused.value.errors[0].code == "promotion_not_found"


@postgresql
@pytest.mark.django_db
def test_what_somebody_read_who_may_not_see_all_is_not_remembered(
    known: KnownFacts, settings: Any
) -> None:
    settings.PROMOTION_SHARING = "private"
    by = Actor(make_user(), Source.API)
    promotion = make_promotion(by=by)
    enroll([_item(promotion)], by=by, at=NOW)
    assert known.promotions([(None, promotion.promotion_code)]) == {}


# --- What changed since ---------------------------------------------------------------------------


@postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_active": False}, "promotion_inactive"),
        ({"is_enrollment_required": False}, "enrollment_not_enabled"),
        ({"end_date_time": NOW}, "promotion_ended"),
        ({"enrollment_start_date": NOW.date() + 3 * DAY}, "enrollment_not_open"),
        ({"promotion_code": "B", "promotion_code_key": "b"}, "promotion_not_found"),
        ({"is_deleted": True, "deleted_date": NOW}, "promotion_not_found"),
        ({"maximum_enrollment_count": 1}, "enrollment_limit_reached"),
        ({"name": "Another"}, "enrolled"),
    ],
    ids=str,
)
@pytest.mark.parametrize("count", [1, 2])
def test_a_promotion_is_judged_as_it_is(
    change: dict[str, Any], code: str, count: int, promotion: Promotion
) -> None:
    assert _at_once(*(_item(promotion) for _ in range(count)))
    Promotion.objects.filter(pk=promotion.pk).update(**change)
    items = [_item(promotion) for _ in range(count)]
    assert not _at_once(*items)
    assert _enroll(*items) == [code] * count


@postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"maximum_enrollment_count": 9}, {"is_deleted": True}], ids=str)
def test_what_is_limited_or_gone_is_forgotten(
    change: dict[str, Any], promotion: Promotion, known: KnownFacts
) -> None:
    name = (None, promotion.promotion_code)
    assert known.promotions([name])
    deleted = {"deleted_date": NOW} if "is_deleted" in change else {}
    Promotion.objects.filter(pk=promotion.pk).update(**change, **deleted)
    _enroll(_item(promotion))
    assert not known.promotions([name])


@postgresql
@pytest.mark.django_db
def test_a_change_in_the_same_transaction_is_seen(promotion: Promotion) -> None:
    rows = Promotion.objects.filter(pk=promotion.pk)
    rows.update(name="Once")
    assert _enroll(_item(promotion)) == ["enrolled"]  # and it is remembered as this has made it
    rows.update(is_active=False)
    assert _enroll(_item(promotion)) == ["promotion_inactive"]


@postgresql
@pytest.mark.django_db
def test_a_code_is_remembered_however_it_is_written(promotion: Promotion) -> None:
    code = (promotion.promotion_code or "").lower()
    assert _at_once(Item(contact_id=make_contact().pk, promotion_code=code))


@pytest.mark.django_db
def test_nobody_is_nobody() -> None:
    assert enroll([], by=actor(), at=NOW) == []


@postgresql
@pytest.mark.parametrize("claims", [False, True])
@pytest.mark.parametrize("by", ["contact", "external_id", "email", "last_name"])
def test_the_driver_keeps_what_it_found_in_statements_for_a_single_customer(
    by: str, claims: bool
) -> None:
    assert (
        len(enrolling_at_once((by,), (by,), alone=True, looks=True, claims=claims, ends=True))
        < 4096
    )


@postgresql
@pytest.mark.parametrize("by", ["contact", "external_id", "email", "last_name", "contact email"])
def test_the_driver_keeps_what_it_found_in_statements_for_several(by: str) -> None:
    kinds = tuple(by.split())
    statement = enrolling_at_once(kinds, kinds, alone=False, looks=False, claims=False, ends=True)
    assert len(statement) < 4096


@postgresql
@pytest.mark.django_db(transaction=True)
def test_changing_the_limit_and_enrolling_never_wait_for_each_other_both_ways(
    promotion: Promotion,
) -> None:
    """Requests with an idempotency key hold what they have seen until their end."""
    by = actor()
    enough = threading.Event()
    items = [_item(promotion) for _ in range(400)]
    failures: list[BaseException] = []

    def enroll_on(mine: Sequence[Item]) -> None:
        try:
            for item in mine:
                if enough.is_set():
                    break
                with suppress(Refused):
                    in_transaction(partial(enroll, [item], by=by, at=NOW))
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    others = [threading.Thread(target=enroll_on, args=(items[n::3],)) for n in range(3)]
    for other in others:
        other.start()
    try:
        for number in range(40):
            limit = None if number % 2 else 1_000
            update_promotion(promotion.pk, {"maximum_enrollment_count": limit}, by=by, at=NOW)
    finally:
        enough.set()
        for other in others:
            other.join()
    assert failures == []


@postgresql
@pytest.mark.django_db
def test_a_code_that_another_promotion_has_now_leads_to_that(promotion: Promotion) -> None:
    code = promotion.promotion_code
    delete_promotion(promotion.pk, by=actor(), at=NOW, confirmed=True)
    successor = make_promotion(promotion_code=code)
    contact = make_contact()
    assert _enroll(_item(promotion, contact_id=contact.pk)) == ["enrolled"]
    assert PromotionPartyUsage.objects.get(contact=contact).promotion == successor


@postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_active": False}, "offer_inactive"),
        ({"code": "ANOTHER", "code_key": "another"}, "offer_not_found"),
        ({"is_deleted": True, "deleted_date": NOW}, "offer_not_found"),
    ],
    ids=str,
)
def test_an_offer_is_judged_as_it_is(
    change: dict[str, Any], code: str, promotion: Promotion, offer: Offer
) -> None:
    assert _at_once(_item(promotion, offer))
    Offer.objects.filter(pk=offer.pk).update(**change)
    item = _item(promotion, offer)
    assert not _at_once(item)
    assert _enroll(item) == [code]


@postgresql
@pytest.mark.django_db(transaction=True)
def test_a_limit_that_is_being_set_is_waited_for(promotion: Promotion) -> None:
    answers: list[str] = []
    item = _item(promotion)

    def ask() -> None:
        answers.extend(_enroll(item))
        connection.close()

    other = threading.Thread(target=ask)
    with transaction.atomic():
        change = {"maximum_enrollment_count": 1}
        update_promotion(promotion.pk, change, by=actor(), at=NOW)
        other.start()
        until_somebody_waits()
    other.join(timeout=30)
    assert answers == ["enrollment_limit_reached"]


@postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("comes_about", [True, False])
@pytest.mark.parametrize("count", [1, 3])
def test_who_is_being_enrolled_by_another_request_is_waited_for(
    promotion: Promotion, comes_about: bool, count: int
) -> None:
    contact = make_contact()
    items = [_item(promotion) for _ in range(count - 1)]
    answers: list[str] = []

    def ask() -> None:
        answers.extend(_enroll(*items, _item(promotion, contact_id=contact.pk)))
        connection.close()

    other = threading.Thread(target=ask)
    with transaction.atomic():
        enroll_contact(contact, promotion, at=NOW)
        other.start()
        until_somebody_waits()
        transaction.set_rollback(not comes_about)
    other.join(timeout=30)
    last = "already_enrolled" if comes_about else "enrolled"
    assert answers == ["enrolled"] * (count - 1) + [last]


# --- Both ways ------------------------------------------------------------------------------------


def _scene(chance: random.Random) -> list[list[Item]]:
    """Requests about few customers, promotions and offers, so that they meet in every way."""
    account = make_account()
    people = [
        make_contact(account=account if n % 2 else None, last_name=f"Smith {n // 2}")
        for n in range(8)
    ]
    promotions = [
        make_promotion(),
        make_promotion(end_date_time=NOW + DAY),
        make_promotion(maximum_enrollment_count=3),
        make_promotion(is_active=False),
    ]
    offers = [None, None, make_offer(), make_offer(is_active=False)]

    def item() -> Item:
        person = chance.choice(people)
        named: dict[str, Any] = chance.choice(
            [
                {"contact_id": person.pk},
                {"contact_id": person.pk},
                {"email": person.email},
                {"last_name": person.last_name},
                {"last_name": person.last_name, "account_id": account.pk},
                {"account_id": account.pk},
                {"contact_id": person.pk, "email": person.email},
                {"contact_id": person.pk, "last_name": chance.choice(people).last_name},
                {"email": chance.choice(people).email, "last_name": person.last_name},
            ]
        )
        more: dict[str, Any] = chance.choice(
            [{}, {}, {}, {"effective": NOW + 2 * DAY}, {"expiration": NOW + DAY}]
        )
        return _item(
            chance.choice([*promotions[:2] * 3, *promotions[2:]]),
            chance.choice(offers),
            **named,
            **more,
        )

    return [[item() for _ in range(chance.choice([1, 1, 1, 2, 5]))] for _ in range(60)]


def _told(requests: Sequence[Sequence[Item]], all_or_none: Callable[[int], bool]) -> list[Any]:
    told: list[Any] = []
    for number, items in enumerate(requests):
        try:
            outcomes = enroll(items, by=actor(), at=NOW, all_or_none=all_or_none(number))
        except Refused as refused:
            told.append([error.code for error in refused.errors])
        else:
            told.append(
                [
                    (one.shown(NOW).contact_id is None, one.shown(NOW).enrollment_offer_id is None)
                    if isinstance(one, Enrolled)
                    else one.errors[0].code
                    for one in outcomes
                ]
            )
    return told


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_outcomes_are_the_same_with_and_without_it(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def every_third_not(number: int) -> bool:
        return number % 3 > 0

    quick = _told(_scene(random.Random(seed)), every_third_not)
    with monkeypatch.context() as patch:
        patch.setattr(enrolling, "enroll_at_once", lambda *given, **how: None)
        slow = _told(_scene(random.Random(seed)), every_third_not)
    assert quick == slow


# --- What is remembered ---------------------------------------------------------------------------


def test_no_more_is_remembered_than_fits() -> None:
    def facts(number: int) -> PromotionFacts:
        return PromotionFacts(
            key=number, name="", code=None, is_active=True, is_deleted=False, start_date_time=None,
            end_date_time=None, is_enrollment_required=True, enrollment_start_date=None,
            enrollment_end_date=None, maximum_enrollment_count=None,
            is_place_freed_on_withdrawal=True, taken=None,
        )  # fmt: skip

    known = KnownFacts(most=3)
    for number in range(7):
        name = (number, None)
        known.remember(Facts(customers=[], promotions={name: facts(number)}), promotions=[name])
        known.found_record(number)
    assert list(known.promotions((n, None) for n in range(7))) == [(6, None)]
    assert [known.expects_records([n]) for n in range(7)] == [False] * 6 + [True]


def test_where_a_record_was_found_others_are_expected_for_a_while() -> None:
    known = KnownFacts()
    assert not known.expects_records([1, 2])
    known.found_record(1)
    assert [known.expects_records([1, 2]) for _ in range(LOOKS + 1)] == [True] * LOOKS + [False]
    known.found_record(1)
    assert not known.expects_records([2])
    assert known.expects_records([1])


@postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["enrolled", "withdrawn"])
def test_of_several_a_record_is_looked_for_once_one_was_met(
    state: str, promotion: Promotion, known: KnownFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pair() -> list[Item]:
        usage = enroll_contact(make_contact(), promotion, at=NOW)
        if state == "withdrawn":
            withdraw(usage.pk, by=actor(), at=NOW, reason="x")
        return [_item(promotion), _item(promotion, contact_id=usage.contact_id)]

    raised = []

    def noting(*items: Any, **options: Any) -> Any:
        try:
            return enroll_at_once(*items, **options)
        except LostRace as race:
            raised.append(race)
            raise

    pairs = [pair() for _ in range(3)]
    monkeypatch.setattr(known, "_looks", {})  # what making the pairs has found
    monkeypatch.setattr(enrolling, "enroll_at_once", noting)
    told = [_enroll(*one) for one in pairs]
    assert told == [["enrolled", "already_enrolled" if state == "enrolled" else "enrolled"]] * 3
    assert len(raised) == 1


@postgresql
@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_records_are_looked_for(
    promotion: Promotion, known: KnownFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = enroll_contact(make_contact(), promotion, at=NOW)
    items = [_item(promotion), _item(promotion, contact_id=usage.contact_id)]
    monkeypatch.setattr(known, "_looks", {})
    assert in_transaction(lambda: _enroll(*items)) == ["enrolled", "already_enrolled"]


@postgresql
@pytest.mark.django_db(transaction=True)
def test_the_second_request_for_a_promotion_is_one_statement() -> None:
    promotion, by = make_promotion(), actor()
    counts = []
    for _ in range(2):
        item = _item(promotion)
        with CaptureQueriesContext(connection) as queries:
            enroll([item], by=by, at=NOW)
        counts.append(len(queries))
    assert counts == [2, 1]
