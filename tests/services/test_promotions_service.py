"""Creating, changing and deleting promotions."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from pytest_django import Settings

from promotions import ids
from promotions.errors import Refused
from promotions.models import Promotion
from promotions.services.promotions import create_promotion, update_promotion
from promotions.services.recycle_bin import delete_promotion
from tests.factories import NOW, actor, make_promotion, make_user

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def refusals(call: Any, *args: Any, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        call(*args, **{"by": actor(), "at": NOW, **options})
    return [(error.code, error.pointer) for error in caught.value.errors]


def test_a_name_is_enough_and_the_rest_has_the_described_objects_defaults() -> None:
    clerk = actor(user=make_user("Marketers"))
    promotion = create_promotion(Promotion(name="Summer"), by=clerk, at=NOW)
    promotion.refresh_from_db()
    assert promotion.record_id.startswith("0c8")
    assert promotion.owner_user == clerk.user
    assert promotion.owner_id == clerk.user.record_id
    defaults = {
        "is_active": False,
        "is_enrollment_required": False,
        "is_automatic": False,
        "is_tiered": False,
        "promotion_code": None,
        "promotion_code_key": None,
        "qualifier_criteria": "All",
        "target_criteria": None,
        "discount_order": "MostExpensive",
        "discount_restriction": "None",
        "currency_iso_code": None,
        "version": 1,
    }
    assert {name: getattr(promotion, name) for name in defaults} == defaults


def test_an_owner_that_is_named_stays_be_it_a_user_or_a_group() -> None:
    colleague, group = make_user(), Group.objects.get(name="Marketers")
    assert make_promotion(owner_user=colleague).owner_id == colleague.record_id
    assert make_promotion(owner_group=group).owner_id == ids.encode(ids.GROUP, group.pk)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": ""}, [("required", "name")]),
        ({"name": "x" * 256}, [("invalid_value", "name")]),
        ({"promotion_code": "x" * 256}, [("invalid_value", "promotionCode")]),
        ({"description": "x" * 32_001}, [("invalid_value", "description")]),
        ({"maximum_usage_count": 0}, [("invalid_value", "maximumUsageCount")]),
        ({"priority_number": -1}, [("invalid_value", "priorityNumber")]),
        ({"priority_number": 2**31}, [("invalid_value", "priorityNumber")]),
        ({"qualifier_criteria": "Some"}, [("invalid_value", "qualifierCriteria")]),
        ({"discount_order": "leastexpensive"}, [("invalid_value", "discountOrder")]),
        ({"currency_iso_code": "EUR"}, [("invalid_value", "currencyIsoCode")]),
        ({"start_date_time": NOW, "end_date_time": NOW}, [("invalid_value", "endDateTime")]),
        (
            {
                "name": "",
                "enrollment_start_date": date(2026, 5, 2),
                "enrollment_end_date": date(2026, 5, 1),
            },
            [("required", "name"), ("invalid_value", "enrollmentEndDate")],
        ),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_said_all_at_once(
    values: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refusals(create_promotion, Promotion(**{"name": "Summer", **values})) == expected
    promotion = make_promotion(name="Summer")
    assert refusals(update_promotion, promotion.pk, values) == expected
    promotion.refresh_from_db()
    assert (promotion.name, promotion.version) == ("Summer", 1)


def test_the_currencies_are_the_organisations(settings: Settings) -> None:
    settings.CURRENCIES = ["EUR", "USD"]
    assert make_promotion(currency_iso_code="USD").currency_iso_code == "USD"
    bad = Promotion(name="x", currency_iso_code="GBP")
    assert refusals(create_promotion, bad) == [("invalid_value", "currencyIsoCode")]


@pytest.mark.parametrize(("one", "other"), [("Summer", "SUMMER"), ("Straße", "strasse")])
def test_no_two_promotions_have_the_same_code_whatever_the_case(one: str, other: str) -> None:
    first = make_promotion(promotion_code=one)
    taken = [("duplicate_value", "promotionCode")]
    assert refusals(create_promotion, Promotion(name="x", promotion_code=other)) == taken
    second = make_promotion()
    assert refusals(update_promotion, second.pk, {"promotion_code": other}) == taken
    delete_promotion(first.pk, by=actor(), at=NOW)
    assert make_promotion(promotion_code=other).promotion_code == other


def test_many_promotions_have_no_code() -> None:
    assert {make_promotion(promotion_code=code).promotion_code for code in (None, "", None)} == {
        None
    }


@pytest.mark.parametrize("is_tiered", [True, False])
def test_whether_it_is_tiered_cannot_be_changed(is_tiered: bool) -> None:
    promotion = make_promotion(is_tiered=is_tiered)
    assert refusals(update_promotion, promotion.pk, {"is_tiered": not is_tiered}) == [
        ("invalid_value", "isTiered")
    ]
    same = update_promotion(promotion.pk, {"is_tiered": is_tiered, "name": "x"}, by=actor(), at=NOW)
    assert same.name == "x"


def test_a_change_that_depends_on_what_is_stored() -> None:
    promotion = make_promotion(start_date_time=NOW)
    assert refusals(update_promotion, promotion.pk, {"end_date_time": NOW - DAY}) == [
        ("invalid_value", "endDateTime")
    ]
    changed = update_promotion(
        promotion.pk,
        {"start_date_time": None, "end_date_time": NOW - DAY},
        by=actor(),
        at=NOW,
        expected=[1],
    )
    assert (changed.start_date_time, changed.version) == (None, 2)


def test_a_stale_version_is_a_conflict() -> None:
    promotion = make_promotion()
    update_promotion(promotion.pk, {"name": "x"}, by=actor(), at=NOW)
    conflict = [("version_conflict", "")]
    assert refusals(update_promotion, promotion.pk, {"name": "y"}, expected=[1]) == conflict
    assert refusals(delete_promotion, promotion.pk, expected=[1]) == conflict


def test_deleting_is_soft() -> None:
    promotion = make_promotion()
    deleted = delete_promotion(promotion.pk, by=actor(), at=NOW)
    assert (deleted.is_deleted, deleted.deleted_date) == (True, NOW)
    assert Promotion.objects.filter(pk=promotion.pk).exists()
    assert refusals(update_promotion, promotion.pk, {"name": "x"}) == [("not_found", "")]
