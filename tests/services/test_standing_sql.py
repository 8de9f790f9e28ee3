"""The words that are derived twice, in Python and in SQL: equal for every combination."""

from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from enrollments.in_turn import IN_TURN, keys_in_turn
from enrollments.models import Contact, PromotionPartyUsage
from enrollments.selectors import enrollments_with_standing, of_standing
from enrollments.standing import Standing, standing
from promotions.models import Promotion, User
from promotions.rules import PromotionStatus, promotion_status
from promotions.status import status_case
from tests.factories import LONG_AGO, NOW, actor, make_contact, make_user

pytestmark = pytest.mark.django_db

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
AROUND = (NOW - DAY, NOW, NOW + TICK)
TODAY = date(2026, 5, 15)
ZONES = ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago")


def promotion_grid(user: User) -> list[Promotion]:
    """Every promotion that differs in what the rules read, at, before and after the moment."""
    stamps = {
        "created_by": user,
        "last_modified_by": user,
        "created_date": LONG_AGO,
        "last_modified_date": LONG_AGO,
        "owner_user": user,
    }
    days = (None, TODAY - DAY, TODAY, TODAY + DAY)
    return Promotion.objects.bulk_create(
        Promotion(
            name="P",
            start_date_time=start,
            end_date_time=end,
            is_active=active,
            is_deleted=deleted,
            deleted_date=LONG_AGO if deleted else None,
            is_enrollment_required=enrollable,
            enrollment_start_date=opens,
            enrollment_end_date=closes,
            **stamps,
        )
        for start, end, active, deleted, enrollable, opens, closes in product(
            (None, *AROUND),
            (None, *AROUND),
            (True, False),
            (True, False),
            (True, False),
            days,
            days,
        )
        if not (start and end and end <= start)
        and not (opens and closes and closes < opens)
        and not (deleted and (opens or closes))  # deletion is no matter of the window
    )


@pytest.mark.parametrize("zone", ZONES)
def test_a_promotions_status(zone: str) -> None:
    promotions = promotion_grid(make_user())
    in_sql = dict(
        Promotion.objects.annotate(status=status_case(NOW, ZoneInfo(zone))).values_list(
            "pk", "status"
        )
    )
    in_python = {p.pk: promotion_status(p, NOW, ZoneInfo(zone)).value for p in promotions}
    assert in_sql == in_python
    assert set(in_python.values()) == set(PromotionStatus), "the grid reaches every status"


def usage_grid(user: User, contact: Contact) -> list[PromotionPartyUsage]:
    promotions = [
        p
        for p in promotion_grid(user)
        if p.is_enrollment_required and not (p.enrollment_start_date or p.enrollment_end_date)
    ]
    usages = []
    for promotion, effective, expiration, enrolled in product(
        promotions, AROUND, (None, *AROUND), (True, False)
    ):
        if expiration and expiration <= effective:
            continue
        # One record per customer and promotion: each needs a promotion of its own.
        promotion = Promotion(**{f.attname: getattr(promotion, f.attname) for f in FIELDS})
        usages.append(
            PromotionPartyUsage(
                promotion=promotion,
                contact=contact,
                type="Contact",
                enrollment_effective_date_time=effective,
                enrollment_expiration_date_time=expiration,
                is_party_enrolled=enrolled,
                withdrawn_date=None if enrolled else NOW,
                withdrawn_by=None if enrolled else user,
                withdrawal_reason=None if enrolled else "x",
                created_by=user,
                last_modified_by=user,
                created_date=LONG_AGO,
                last_modified_date=LONG_AGO,
            )
        )
    Promotion.objects.bulk_create(usage.promotion for usage in usages)
    for usage in usages:
        usage.promotion_id = usage.promotion.pk
    return PromotionPartyUsage.objects.bulk_create(usages)


FIELDS = [field for field in Promotion._meta.concrete_fields if not field.primary_key]


def test_where_a_customer_stands() -> None:
    usages = usage_grid(make_user(), make_contact())

    def in_python(at: datetime) -> dict[int, str]:
        return {usage.pk: standing(usage, usage.promotion, at).value for usage in usages}

    for at in (NOW, NOW - DAY, NOW + DAY):
        found = enrollments_with_standing(actor(), at)
        in_sql = {usage.pk: vars(usage)["standing"] for usage in found}
        assert in_sql == in_python(at)
        assert in_sql == {
            key: word.value
            for word in Standing
            for key in of_standing(PromotionPartyUsage.objects.all(), word, at).values_list(
                "pk", flat=True
            )
        }
        for word in IN_TURN:
            in_turn = keys_in_turn(
                PromotionPartyUsage.objects.all(), word, by=actor(), at=at, most=len(usages)
            )
            assert len(in_turn) == len(set(in_turn))
            assert set(in_turn) == {key for key, found in in_python(at).items() if found == word}
    assert set(in_python(NOW).values()) == set(Standing), "the grid reaches every standing"
