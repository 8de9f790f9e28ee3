"""Deleting enrollment records and restoring them, and what enrolling makes of a deleted one."""

import pytest

from enrollments.dependents import Enrollments
from enrollments.models import EnrollmentPlaces, PromotionPartyUsage
from enrollments.reading import read_enrollments
from enrollments.selectors import enrollments_shown
from enrollments.services import usages as service
from enrollments.services.enrollments import change_period, withdraw
from enrollments.services.places import places_taken
from enrollments.services.usages import delete_usage, undelete_usage, update_usage
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
    make_promotion,
)
from tests.services.usages.records import DAY, LATER, fields_of, left, refusals

pytestmark = pytest.mark.django_db


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
