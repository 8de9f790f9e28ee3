"""What holds for every act on enrollment records: places are counted, who doesn't see the promotion
finds no record, and acts at the same moment leave one."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from enrollments.models import EnrollmentPlaces, PromotionPartyUsage
from enrollments.services.places import places_taken
from enrollments.services.usages import create_usage, delete_usage, undelete_usage, update_usage
from promotions import ids
from promotions.actors import Actor, Source
from promotions.errors import Refused
from tests.factories import NOW, actor, enroll_contact, make_contact, make_promotion, make_user
from tests.services.threads import at_once
from tests.services.usages.records import LATER, created, of_contact, refusals, updated

pytestmark = pytest.mark.django_db


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
