"""Creating an enrollment record enrolls its customer, by the rules of enrolling."""

from decimal import Decimal

import pytest

from enrollments.models import EnrollmentPlaces, PromotionPartyUsage
from enrollments.services import usages as service
from enrollments.services.places import places_taken
from enrollments.services.usages import create_usage
from enrollments.usage_values import MOST
from promotions import ids
from promotions.errors import Refused
from promotions.models import Promotion
from promotions.services.promotions import update_promotion
from tests.factories import NOW, actor, make_account, make_offer, make_promotion
from tests.services.usages.records import DAY, Values, created, history, left, of_contact, refusals

pytestmark = pytest.mark.django_db


# --- What is made ---------------------------------------------------------------------------------


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


# --- What is refused ------------------------------------------------------------------------------


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
