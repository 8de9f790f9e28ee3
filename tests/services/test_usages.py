"""Enrollment records as objects: made, changed, deleted and restored, by the rules of enrolling."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from enrollments.dependents import Enrollments
from enrollments.models import EnrollmentPlaces, PromotionPartyUsage
from enrollments.reading import read_enrollments
from enrollments.selectors import enrollments_shown
from enrollments.services import usages as service
from enrollments.services.enrollments import change_period, withdraw
from enrollments.services.places import places_taken
from enrollments.services.usages import create_usage, delete_usage, undelete_usage, update_usage
from enrollments.usage_values import DEEPEST, MOST, MOST_POINTS
from promotions import ids
from promotions.actors import Actor, Source
from promotions.errors import Refused
from promotions.models import Promotion
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from tests.factories import (
    NOW,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = NOW + DAY
Values = dict[str, Any]


@pytest.fixture
def promotion() -> Promotion:
    return make_promotion(end_date_time=NOW + 30 * DAY)


@pytest.fixture
def usage(promotion: Promotion) -> PromotionPartyUsage:
    return enroll_contact(make_contact(), promotion, at=NOW, expiration=NOW + 9 * DAY)


def of_contact(promotion: Promotion, **more: Any) -> Values:
    """The values of a new record of somebody who has none."""
    return {"promotion_id": promotion.pk, "party_id": (ids.CONTACT, make_contact().pk), **more}


def created(values: Values) -> PromotionPartyUsage:
    return PromotionPartyUsage.objects.get(pk=create_usage(values, actor(), NOW))


def refusals(act: Callable[..., Any], *args: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        act(*args)
    return [(error.code, error.pointer) for error in caught.value.errors]


def updated(usage: PromotionPartyUsage, values: Values) -> PromotionPartyUsage:
    update_usage(usage.pk, values, actor(), LATER)
    return PromotionPartyUsage.objects.get(pk=usage.pk)


def left(usage: PromotionPartyUsage) -> PromotionPartyUsage:
    """The same, withdrawn."""
    withdraw(usage.pk, by=actor(), at=NOW, reason="moved")
    usage.refresh_from_db()
    return usage


def history(usage: PromotionPartyUsage) -> list[tuple[str, str | None, str | None]]:
    rows = usage.history.order_by("pk")
    return [(row.field, row.old_value, row.new_value) for row in rows]


def fields_of(usage: PromotionPartyUsage) -> Mapping[str, Any]:
    """All that the record holds but who changed it last, and when."""
    values = PromotionPartyUsage.objects.values().get(pk=usage.pk)
    touched = ("version", "last_modified_date", "last_modified_by_id")
    return {name: value for name, value in values.items() if name not in touched}


# --- Creating -------------------------------------------------------------------------------------


def test_a_record_that_is_created_enrolls_its_customer(promotion: Promotion) -> None:
    offer = make_offer()
    values = {
        "enrollment_offer_id": offer.pk,
        "enrollment_effective_date_time": NOW + DAY,
        "enrollment_expiration_date_time": NOW + 2 * DAY,
        "is_party_enrolled": True,
    }
    usage = created(of_contact(promotion, **values))
    assert {name: getattr(usage, name) for name in values} == values
    assert (usage.type, usage.version) == ("Contact", 1)
    assert history(usage) == [("created", None, None)]


def test_what_is_left_out_or_null_is_as_for_everybody_who_enrolls(promotion: Promotion) -> None:
    account = make_account()
    names = ("enrollment_offer_id", "enrollment_effective_date_time", "usage_count")
    usage = created(
        {
            "promotion_id": promotion.pk,
            "party_id": (ids.ACCOUNT, account.pk),
            **dict.fromkeys(names),
        }
    )
    assert (usage.type, usage.party) == ("Account", account)
    assert usage.is_party_enrolled
    assert usage.enrollment_effective_date_time == NOW
    assert (usage.enrollment_expiration_date_time, usage.usage_count) == (None, 0)


def test_counts_come_with_the_record_and_are_told(promotion: Promotion) -> None:
    usage = created(
        of_contact(
            promotion,
            usage_count=3,
            order_count=0,
            points_credited=Decimal("12.5"),
            additional_attribute_info={"b": 1, "a": ["ü"]},
        )
    )
    assert (usage.usage_count, usage.points_credited) == (3, Decimal("12.5"))
    assert usage.additional_attribute_info == {"b": 1, "a": ["ü"]}
    assert usage.version == 1
    assert history(usage) == [
        ("created", None, None),
        ("UsageCount", "0", "3"),
        ("PointsCredited", "0", "12.5"),
        ("AdditionalAttributeInfo", None, '{"a": ["ü"], "b": 1}'),
    ]


@pytest.mark.parametrize("frees", [True, False])
def test_one_that_is_not_enrolled_is_withdrawn_at_once(frees: bool) -> None:
    promotion = make_promotion(maximum_enrollment_count=1, is_place_freed_on_withdrawal=frees)
    usage = created(of_contact(promotion, is_party_enrolled=False, order_count=1))
    assert not usage.is_party_enrolled
    assert (usage.withdrawn_date, usage.withdrawn_by) == (NOW, actor().user)
    assert usage.withdrawal_reason == service.CREATED_WITHDRAWN
    assert (usage.version, usage.order_count) == (1, 1)
    assert ("IsPartyEnrolled", "true", "false") in history(usage)
    assert EnrollmentPlaces.objects.get().taken == places_taken(promotion) == (0 if frees else 1)


def test_who_was_withdrawn_gets_the_same_record_with_its_counts(
    usage: PromotionPartyUsage,
) -> None:
    PromotionPartyUsage.objects.filter(pk=usage.pk).update(usage_count=4, order_count=2)
    party = (ids.CONTACT, left(usage).contact_id)
    again = created({"promotion_id": usage.promotion_id, "party_id": party, "order_count": 5})
    assert (again.pk, again.is_party_enrolled, again.version) == (usage.pk, True, 3)
    assert (again.usage_count, again.order_count) == (4, 5)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"promotion_id": None, "party_id": None},
            [("required", "promotionId"), ("required", "partyId")],
        ),
        ({"party_id": (ids.USER, 1)}, [("invalid_value", "partyId")]),
        ({"party_id": (ids.ACCOUNT, 2**62)}, [("customer_not_found", "partyId")]),
        (
            {"promotion_id": 2**62, "party_id": (ids.CONTACT, 2**62)},
            [("customer_not_found", "partyId"), ("promotion_not_found", "promotionId")],
        ),
        ({"enrollment_offer_id": 2**62}, [("offer_not_found", "enrollmentOfferId")]),
        (
            {"enrollment_expiration_date_time": NOW},
            [("period_reversed", "enrollmentExpirationDateTime")],
        ),
        (
            {"enrollment_effective_date_time": NOW + 30 * DAY},
            [("period_outside_promotion", "enrollmentEffectiveDateTime")],
        ),
        (
            {"usage_count": -1, "points_credited": Decimal(-1), "order_count": MOST + 1},
            [
                ("invalid_value", "usageCount"),
                ("invalid_value", "orderCount"),
                ("invalid_value", "pointsCredited"),
            ],
        ),
    ],
    ids=["nothing", "a user", "no account", "neither", "no offer", "reversed", "outside", "counts"],
)
def test_what_is_refused_is_said_of_the_objects_fields(
    promotion: Promotion, values: Values, expected: list[tuple[str, str]]
) -> None:
    assert refusals(create_usage, {**of_contact(promotion), **values}, actor(), NOW) == expected
    assert not PromotionPartyUsage.objects.exists()


@pytest.mark.parametrize("enrolled", [True, False])
@pytest.mark.parametrize(
    ("change", "code"),
    [({"is_active": False}, "promotion_inactive"), ({"end_date_time": NOW}, "promotion_ended")],
)
def test_the_promotion_has_to_take_customers(
    promotion: Promotion, change: Values, code: str, enrolled: bool
) -> None:
    update_promotion(promotion.pk, change, by=actor(), at=NOW)
    values = of_contact(promotion, is_party_enrolled=enrolled)
    assert refusals(create_usage, values, actor(), NOW) == [(code, "promotionId")]


def test_who_is_enrolled_already_is_told_by_which_record(usage: PromotionPartyUsage) -> None:
    party = (ids.CONTACT, usage.contact_id)
    with pytest.raises(Refused) as caught:
        create_usage(
            {"promotion_id": usage.promotion_id, "party_id": party, "usage_count": 1},
            actor(),
            NOW,
        )
    [error] = caught.value.errors
    assert error.code == "already_enrolled"
    assert error.extra == {"promotionPartyUsageId": usage.record_id}


def _nested(depth: int) -> Any:
    return [] if depth == 1 else [_nested(depth - 1)]


@pytest.mark.parametrize(
    ("field", "value", "is_taken"),
    [
        ("usage_count", MOST, True),
        ("usage_count", True, False),
        ("order_count", Decimal("1.5"), False),
        ("points_credited", MOST_POINTS - Decimal("0.01"), True),
        ("points_credited", MOST_POINTS, False),
        ("points_credited", Decimal("0.006"), True),
        ("points_credited", "12", False),
        ("additional_attribute_info", "words", True),
        ("additional_attribute_info", {}, True),
        ("additional_attribute_info", "a\x00", False),
        ("additional_attribute_info", {"a": [{"\x00": 1}]}, False),
        ("additional_attribute_info", [float("inf")], False),
        ("additional_attribute_info", _nested(DEEPEST), True),
        ("additional_attribute_info", _nested(DEEPEST + 1), False),
    ],
    ids=repr,
)
def test_what_plain_fields_take(
    usage: PromotionPartyUsage, field: str, value: Any, is_taken: bool
) -> None:
    if is_taken:
        assert updated(usage, {field: value}).version == 2
    else:
        [(code, _)] = refusals(update_usage, usage.pk, {field: value}, actor(), LATER)
        assert code == "invalid_value"


# --- Changing -------------------------------------------------------------------------------------


def test_several_fields_change_together_by_one_step(usage: PromotionPartyUsage) -> None:
    offer = make_offer()
    values = {
        "enrollment_offer_id": offer.pk,
        "enrollment_expiration_date_time": None,
        "usage_count": 2,
        "issued_voucher_count": 1,
        "points_credited": Decimal(7),
    }
    changed = updated(usage, values)
    assert {name: getattr(changed, name) for name in values} == values
    assert (changed.version, changed.last_modified_date) == (2, LATER)
    assert {name for name, *_ in history(usage)} == {
        "created",
        "EnrollmentOfferId",
        "EnrollmentExpirationDateTime",
        "UsageCount",
        "IssuedVoucherCount",
        "PointsCredited",
    }


def test_all_or_nothing_of_it(usage: PromotionPartyUsage) -> None:
    values = {"usage_count": 2, "enrollment_expiration_date_time": NOW}
    before = fields_of(usage)
    [(code, _)] = refusals(update_usage, usage.pk, values, actor(), LATER)
    assert code == "period_reversed"
    assert fields_of(usage) == before


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_is_sent_as_it_was_changes_nothing(
    usage: PromotionPartyUsage, withdrawn: bool
) -> None:
    begins = NOW + timedelta(microseconds=123_456)
    PromotionPartyUsage.objects.filter(pk=usage.pk).update(enrollment_effective_date_time=begins)
    if withdrawn:
        left(usage)
    before = fields_of(usage), usage.version, usage.history.count()
    same = {
        "promotion_id": usage.promotion_id,
        "party_id": (ids.CONTACT, usage.contact_id),
        "is_party_enrolled": not withdrawn,
        "enrollment_offer_id": None,
        "enrollment_effective_date_time": begins.replace(microsecond=123_000),  # as clients read it
        "enrollment_expiration_date_time": usage.enrollment_expiration_date_time,
        "usage_count": 0,
        "points_credited": Decimal(0),
        "additional_attribute_info": None,
    }
    for values in (same, {}):
        after = updated(usage, values)
        assert (fields_of(after), after.version, after.history.count()) == before


def test_false_withdraws(usage: PromotionPartyUsage) -> None:
    changed = updated(usage, {"is_party_enrolled": False, "order_count": 1})
    assert not changed.is_party_enrolled
    assert (changed.withdrawn_date, changed.withdrawal_reason) == (LATER, service.WITHDRAWN)
    assert (changed.order_count, changed.version) == (1, 2)
    assert {row.reason for row in usage.history.exclude(field="created")} == {service.WITHDRAWN}


@pytest.mark.parametrize("dated", [False, True])
def test_true_enrolls_again(usage: PromotionPartyUsage, dated: bool) -> None:
    offer = make_offer()
    PromotionPartyUsage.objects.filter(pk=usage.pk).update(enrollment_offer=offer, usage_count=3)
    left(usage)
    values: Values = {"is_party_enrolled": True, "order_count": 1}
    if dated:
        values["enrollment_effective_date_time"] = LATER + DAY
    changed = updated(usage, values)
    assert changed.is_party_enrolled
    assert changed.enrollment_effective_date_time == (LATER + DAY if dated else LATER)
    assert (changed.enrollment_expiration_date_time, changed.withdrawn_date) == (None, None)
    assert (changed.enrollment_offer, changed.usage_count, changed.order_count) == (offer, 3, 1)
    assert changed.version == 3
    assert ("IsPartyEnrolled", "false", "true") in history(usage)


def test_the_account_beside_the_contact_stays_while_it_is_theirs(promotion: Promotion) -> None:
    account = make_account()
    for stays in (True, False):
        contact = make_contact(account=account)
        usage = left(enroll_contact(contact, promotion, at=NOW, account_id=account.pk))
        if not stays:
            type(contact).objects.filter(pk=contact.pk).update(account=make_account())
        changed = updated(usage, {"is_party_enrolled": True})
        assert changed.account_id == (account.pk if stays else None)


def test_an_account_is_enrolled_again(promotion: Promotion) -> None:
    usage = left(enroll_account(make_account(), promotion, at=NOW))
    assert updated(usage, {"is_party_enrolled": True}).is_party_enrolled


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"promotion_id": 2**62}, [("invalid_value", "promotionId")]),
        ({"party_id": (ids.ACCOUNT, 1)}, [("invalid_value", "partyId")]),
        ({"is_party_enrolled": None}, [("required", "isPartyEnrolled")]),
        ({"usage_count": -1}, [("invalid_value", "usageCount")]),
        ({"enrollment_offer_id": 2**62}, [("offer_not_found", "enrollmentOfferId")]),
        (
            {"enrollment_effective_date_time": NOW + 9 * DAY},
            [("period_reversed", "enrollmentExpirationDateTime")],
        ),
        (
            {"enrollment_effective_date_time": NOW + 40 * DAY, "enrollment_offer_id": 2**62},
            [
                ("offer_not_found", "enrollmentOfferId"),
                ("period_reversed", "enrollmentExpirationDateTime"),
            ],
        ),
    ],
    ids=["promotion", "party", "null", "count", "offer", "period", "several"],
)
def test_what_an_update_must_not_say(
    usage: PromotionPartyUsage, values: Values, expected: list[tuple[str, str]]
) -> None:
    assert refusals(update_usage, usage.pk, values, actor(), LATER) == expected
    usage.refresh_from_db()
    assert usage.version == 1


def test_the_rules_about_offers_hold(usage: PromotionPartyUsage) -> None:
    for offer, code in (
        (make_offer(is_active=False), "offer_inactive"),
        (make_offer(promotion=make_promotion()), "offer_not_for_promotion"),
    ):
        values = {"enrollment_offer_id": offer.pk}
        [refusal] = refusals(update_usage, usage.pk, values, actor(), LATER)
        assert refusal == (code, "enrollmentOfferId")


def test_of_a_withdrawn_record_only_what_is_counted_changes(usage: PromotionPartyUsage) -> None:
    left(usage)
    values = {"enrollment_offer_id": make_offer().pk, "enrollment_expiration_date_time": None}
    assert refusals(update_usage, usage.pk, values, actor(), LATER) == [
        ("not_enrolled", "enrollmentOfferId"),
        ("not_enrolled", "enrollmentExpirationDateTime"),
    ]
    changed = updated(usage, {"usage_count": 1, "is_party_enrolled": False})
    assert (changed.usage_count, changed.withdrawal_reason) == (1, "moved")


def test_places_are_counted_whatever_the_door() -> None:
    promotion = make_promotion(maximum_enrollment_count=1)
    first, second = (created(of_contact(promotion)), of_contact(promotion))
    full = [("enrollment_limit_reached", "promotionId")]
    assert refusals(create_usage, second, actor(), NOW) == full
    updated(first, {"is_party_enrolled": False})
    other = created(second)
    assert refusals(updated, first, {"is_party_enrolled": True}) == full
    delete_usage(other.pk, actor(), LATER)
    updated(first, {"is_party_enrolled": True})
    assert refusals(undelete_usage, other.pk, actor(), LATER) == full
    assert EnrollmentPlaces.objects.get().taken == places_taken(promotion) == 1


# --- Deleting and restoring -----------------------------------------------------------------------


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_is_deleted_comes_back_as_it_was(usage: PromotionPartyUsage, withdrawn: bool) -> None:
    if withdrawn:
        left(usage)
    before = fields_of(usage)
    delete_usage(usage.pk, actor(), LATER)
    assert fields_of(usage) == {**before, "is_deleted": True, "deleted_date": LATER}
    undelete_usage(usage.pk, actor(), LATER + DAY)
    assert fields_of(usage) == before
    deleted, restored = usage.history.order_by("-pk")[:2][::-1]
    assert (deleted.field, deleted.new_value, deleted.reason) == (
        "IsDeleted",
        "true",
        service.DELETED,
    )
    assert (restored.old_value, restored.new_value) == ("true", "false")
    assert restored.reason == service.RESTORED


def test_what_is_deleted_is_not_there(usage: PromotionPartyUsage, promotion: Promotion) -> None:
    assert Enrollments().current([promotion], NOW) == {promotion.pk: 1}
    delete_usage(usage.pk, actor(), LATER)
    assert not enrollments_shown(actor()).exists()
    assert not read_enrollments("all of them", lambda found: found.order_by("pk"), {}, by=actor())
    assert Enrollments().current([promotion], NOW) == {}
    assert Enrollments().kept(promotion) == 1
    for act in (
        lambda: delete_usage(usage.pk, actor(), LATER),
        lambda: update_usage(usage.pk, {"usage_count": 1}, actor(), LATER),
        lambda: withdraw(usage.pk, by=actor(), at=LATER, reason="x"),
        lambda: change_period(usage.pk, {}, by=actor(), at=LATER, reason="x"),
    ):
        assert refusals(act) == [("not_found", "")]


def test_only_what_is_deleted_is_restored(usage: PromotionPartyUsage) -> None:
    for key in (usage.pk, 2**62):
        assert refusals(undelete_usage, key, actor(), LATER) == [("not_found", "")]


@pytest.mark.parametrize("withdrawn", [False, True])
@pytest.mark.parametrize("by_contact", [False, True])
def test_enrolling_takes_the_record_out_of_the_bin(
    promotion: Promotion, by_contact: bool, withdrawn: bool
) -> None:
    if by_contact:
        contact = make_contact()
        usage = enroll_contact(contact, promotion, at=NOW, expiration=NOW + 9 * DAY)
    else:
        account = make_account()
        usage = enroll_account(account, promotion, at=NOW, expiration=NOW + 9 * DAY)
    if withdrawn:
        left(usage)
    delete_usage(usage.pk, actor(), NOW)
    again = (
        enroll_contact(contact, promotion, at=LATER)
        if by_contact
        else enroll_account(account, promotion, at=LATER)
    )
    assert again.pk == usage.pk
    assert (again.is_party_enrolled, again.is_deleted, again.deleted_date) == (True, False, None)
    assert (again.withdrawn_date, again.enrollment_expiration_date_time) == (None, None)
    assert again.enrollment_effective_date_time == LATER
    assert again.version == (4 if withdrawn else 3)
    renewal = [row.field for row in usage.history.filter(created_date=LATER)]
    assert {"IsDeleted", "IsPartyEnrolled"} <= set(renewal)


@pytest.mark.parametrize("counted", [True, False], ids=["counted before", "counted for it"])
@pytest.mark.parametrize("frees", [True, False])
def test_a_deleted_record_gives_its_place_back_as_a_withdrawn_one_does(
    frees: bool, counted: bool
) -> None:
    promotion = make_promotion(maximum_enrollment_count=2, is_place_freed_on_withdrawal=frees)
    usage = enroll_contact(make_contact(), promotion, at=NOW)
    gone = left(enroll_contact(make_contact(), promotion, at=NOW))
    for one in (usage, gone):
        delete_usage(one.pk, actor(), LATER)
    assert EnrollmentPlaces.objects.get().taken == places_taken(promotion) == (0 if frees else 2)
    if not counted:
        EnrollmentPlaces.objects.all().delete()
    for one in (usage, gone):
        undelete_usage(one.pk, actor(), LATER)
    if counted or frees:
        assert EnrollmentPlaces.objects.get().taken == places_taken(promotion)
    assert places_taken(promotion) == (1 if frees else 2)


def test_in_a_promotion_that_is_deleted_or_over_records_are_deleted_and_restored() -> None:
    promotion = make_promotion()
    usage = enroll_contact(make_contact(), promotion, at=NOW)
    update_promotion(promotion.pk, {"end_date_time": NOW + DAY / 2}, by=actor(), at=NOW)
    delete_promotion(promotion.pk, by=actor(), at=NOW, confirmed=True)
    delete_usage(usage.pk, actor(), LATER)
    undelete_usage(usage.pk, actor(), LATER)
    usage.refresh_from_db()
    assert (usage.is_party_enrolled, usage.is_deleted) == (True, False)


# --- Who may --------------------------------------------------------------------------------------


def test_who_does_not_see_the_promotion_does_not_find_the_record(
    usage: PromotionPartyUsage, settings: Any
) -> None:
    settings.PROMOTION_SHARING = "private"
    stranger = Actor(make_user("Support"), Source.API)
    deleted = enroll_contact(make_contact(), usage.promotion, at=NOW)
    delete_usage(deleted.pk, Actor(usage.created_by, Source.COMMAND), NOW)
    nothing = [("not_found", "")]
    assert refusals(update_usage, usage.pk, {"usage_count": 1}, stranger, LATER) == nothing
    assert refusals(update_usage, usage.pk, {"is_party_enrolled": False}, stranger, LATER) == (
        nothing
    )
    assert refusals(delete_usage, usage.pk, stranger, LATER) == nothing
    assert refusals(undelete_usage, deleted.pk, stranger, LATER) == nothing
    values = of_contact(usage.promotion, is_party_enrolled=False)
    assert refusals(create_usage, values, stranger, LATER) == [
        ("promotion_not_found", "promotionId")
    ]


# --- At the same moment ---------------------------------------------------------------------------


def _consistent(usage: PromotionPartyUsage) -> bool:
    """Each change of being deleted follows the one before, up to how the record is now."""
    usage.refresh_from_db()
    rows = list(usage.history.filter(field="IsDeleted").order_by("pk"))
    values = ["false", *(row.new_value for row in rows)]
    return [row.old_value for row in rows] == values[:-1] and values[-1] == (
        "true" if usage.is_deleted else "false"
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", [None, 2], ids=["open", "limited"])
@pytest.mark.parametrize(
    "threads",
    [
        pytest.param(12, marks=pytest.mark.postgresql),
        pytest.param(3, id="3, also where there is but one writer"),
    ],
)
def test_deleting_restoring_and_enrolling_one_customer_ends_in_one_record(
    threads: int, limit: int | None
) -> None:
    promotion, contact = make_promotion(maximum_enrollment_count=limit), make_contact()
    usage, by = enroll_contact(contact, promotion, at=NOW), actor()
    values = {"promotion_id": promotion.pk, "party_id": (ids.CONTACT, contact.pk)}
    acts: list[Callable[[], Any]] = [
        lambda: delete_usage(usage.pk, by, NOW),
        lambda: create_usage({**values, "usage_count": 1}, by, NOW),
        lambda: undelete_usage(usage.pk, by, NOW),
        lambda: create_usage({**values, "is_party_enrolled": False}, by, NOW),
        lambda: update_usage(usage.pk, {"is_party_enrolled": False}, by, NOW),
        lambda: update_usage(usage.pk, {"is_party_enrolled": True}, by, NOW),
    ]

    def answering(act: Callable[[], Any]) -> Callable[[], str]:
        def run() -> str:
            try:
                act()
            except Refused as refused:
                return refused.errors[0].code
            return "done"

        return run

    answers = Counter(at_once([answering(acts[n % len(acts)]) for n in range(threads)]))
    assert set(answers) <= {"done", "not_found", "already_enrolled", "not_enrolled"}
    assert answers["done"] >= 1
    assert PromotionPartyUsage.objects.count() == 1
    assert _consistent(usage)
    if limit is not None:
        assert EnrollmentPlaces.objects.get().taken == places_taken(promotion)
