"""The database's constraints, each broken once past all services: of promotions, partners,
enrollments and customers here, of the rest in the modules beside this one."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory, RefusedCall
from promotions.models import (
    IdempotentRequest,
    KeptFigure,
    Organization,
    Partner,
    PromotionHistory,
)
from promotions.models.query_locators import QueryLocator, QueryPosition
from promotions.models.trail import HistoryRow
from promotions.services.query_locators import Kept, note_position, open_locator
from tests.factories import (
    LONG_AGO,
    NOW,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_partner,
    make_promotion,
    make_user,
)
from tests.models import (
    test_bulk_job_constraints,
    test_discount_constraints,
    test_job_constraints,
    test_part_constraints,
    test_sharing_and_trail_constraints,
)
from tests.models.breaking import (
    LIVE,
    Check,
    Make,
    Unique,
    Valid,
    Values,
    assert_free_again,
    assert_once,
    assert_refused,
    constraints,
    names_of_checks,
    names_of_valid,
    put,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
_number = count(1)


def kept_figure() -> KeptFigure:
    return KeptFigure.objects.create(
        kind="k", subject=str(next(_number)), value={}, counted_date=NOW, asked_date=NOW
    )


def refused_call() -> RefusedCall:
    return RefusedCall.objects.create(
        created_date=NOW,
        created_by=make_user(),
        door=RefusedCall.Door.PLAIN,
        code="promotion_ended",
        detail="It ended.",
    )


def usage(**item: Any) -> PromotionPartyUsage:
    return enroll_contact(make_contact(), make_promotion(), at=NOW, **item)


def history() -> PromotionPartyUsageHistory:
    row = usage().history.first()
    assert isinstance(row, PromotionPartyUsageHistory)
    return row


def partner() -> Partner:
    return make_partner().partner


def a_group() -> Group:
    return Group.objects.get(name="Support")


def the_organization() -> Organization:
    return Organization.objects.get()


def query_locator() -> QueryLocator:
    kept = Kept(
        user=make_user(),
        text="",
        all_rows=False,
        page_size=200,
        asked_at=NOW,
        last_key=1,
        at=NOW,
    )
    return open_locator(kept, total=1)


def query_position() -> QueryPosition:
    locator = query_locator()
    note_position(locator, offset=200, values=[1], at=NOW)
    return locator.positions.get()


def idempotent_request() -> IdempotentRequest:
    return IdempotentRequest.objects.create(
        partner=partner(), path="/x", key="k", body_hash=b"", created_date=NOW
    )


RECORDS: dict[str, Make] = {
    "promotion": make_promotion,
    "account": make_account,
    "contact": make_contact,
    "offer": make_offer,
    "promotionpartyusage": usage,
}

CHECKS: list[Check] = [
    ("kept_figure_counted_has_date", kept_figure, {"counted_date": None}),
    ("kept_figure_counted_has_date", kept_figure, {"value": None}),
    ("kept_figure_seconds_not_negative", kept_figure, {"seconds": -0.1}),
    ("refused_call_says_why", refused_call, {"code": ""}),
    ("refused_call_says_why", refused_call, {"detail": ""}),
    ("refused_call_door_known", refused_call, {"door": "window"}),
    *[
        case
        for kind, make in RECORDS.items()
        for case in (
            (f"{kind}_deleted_has_date", make, {"is_deleted": True}),
            (f"{kind}_deleted_has_date", make, {"deleted_date": NOW}),
            (f"{kind}_modified_after_created", make, {"last_modified_date": LONG_AGO - DAY}),
        )
    ],
    ("promotion_name_not_blank", make_promotion, {"name": ""}),
    ("promotion_promotion_code_not_blank", make_promotion, {"promotion_code": ""}),
    ("promotion_external_id_not_blank", make_promotion, {"external_id": ""}),
    ("organization_name_not_blank", the_organization, {"name": ""}),
    ("organization_is_one", the_organization, {"id": 2}),
    ("query_locator_child_has_parent", query_locator, {"child": 0}),
    ("query_locator_child_has_parent", query_locator, {"parent_key": 1}),
    (
        "promotion_ends_after_start",
        make_promotion,
        {"start_date_time": NOW, "end_date_time": NOW},
    ),
    (
        "promotion_enrollment_closes_after_opening",
        make_promotion,
        {
            "enrollment_start_date": date(2026, 5, 2),
            "enrollment_end_date": date(2026, 5, 1),
        },
    ),
    ("promotion_maximum_usage_count_positive", make_promotion, {"maximum_usage_count": 0}),
    (
        "promotion_maximum_enrollment_count_positive",
        make_promotion,
        {"maximum_enrollment_count": 0},
    ),
    ("promotion_one_owner", make_promotion, {"owner_user": None}),
    (
        "promotion_one_owner",
        make_promotion,
        {"owner_group": a_group},
    ),
    ("promotion_qualifier_criteria_known", make_promotion, {"qualifier_criteria": "all"}),
    ("promotion_target_criteria_known", make_promotion, {"target_criteria": ""}),
    ("promotion_discount_order_known", make_promotion, {"discount_order": "Any"}),
    ("promotion_exclusivity_type_known", make_promotion, {"exclusivity_type": "Never"}),
    ("promotion_not_related_to_itself", make_promotion, {"related_promotion": F("id")}),
    ("promotion_discount_restriction_known", make_promotion, {"discount_restriction": "x"}),
    ("account_name_not_blank", make_account, {"name": ""}),
    ("account_external_id_not_blank", make_account, {"external_id": ""}),
    ("contact_last_name_not_blank", make_contact, {"last_name": ""}),
    ("contact_first_name_not_blank", make_contact, {"first_name": ""}),
    ("contact_email_not_blank", make_contact, {"email": ""}),
    ("contact_phone_not_blank", make_contact, {"phone": ""}),
    ("contact_external_id_not_blank", make_contact, {"external_id": ""}),
    ("offer_name_not_blank", make_offer, {"name": ""}),
    ("offer_code_not_blank", make_offer, {"code": ""}),
    ("usage_type_names_party", usage, {"type": "Account"}),
    ("usage_type_names_party", usage, {"type": "Household"}),
    ("usage_type_names_party", usage, {"contact": None}),
    ("usage_type_names_party", usage, {"type": "Account", "contact": None}),
    ("usage_expires_after_effective", usage, {"enrollment_expiration_date_time": NOW}),
    ("usage_withdrawn_with_date_person_reason", usage, {"is_party_enrolled": False}),
    ("usage_withdrawn_with_date_person_reason", usage, {"withdrawn_date": NOW}),
    ("usage_withdrawn_with_date_person_reason", usage, {"withdrawal_reason": "moved"}),
    (
        "usage_withdrawn_with_date_person_reason",
        usage,
        {"is_party_enrolled": False, "withdrawn_date": NOW, "withdrawal_reason": "moved"},
    ),
    (
        "usage_withdrawn_with_date_person_reason",
        usage,
        {
            "is_party_enrolled": False,
            "withdrawn_date": NOW,
            "withdrawn_by": 1,
            "withdrawal_reason": "",
        },
    ),
    ("usage_points_not_negative", usage, {"points_credited": -1}),
    ("usage_history_source_known", history, {"source": "rumour"}),
    (
        "partner_confidential_client_credentials",
        partner,
        {"client_type": Partner.CLIENT_PUBLIC},
    ),
    (
        "partner_confidential_client_credentials",
        partner,
        {"authorization_grant_type": Partner.GRANT_PASSWORD},
    ),
    ("partner_has_user", partner, {"user": None}),
]


@pytest.mark.parametrize(("name", "make", "values"), CHECKS, ids=names_of_checks(CHECKS))
def test_checks(name: str, make: Make, values: Values) -> None:
    assert_refused(name, make(), values)


VALID: list[Valid] = [
    *((make, {}) for make in RECORDS.values()),
    *((make, {"is_deleted": True, "deleted_date": NOW}) for make in RECORDS.values()),
    *((make, {"last_modified_date": NOW}) for make in RECORDS.values()),
    (make_promotion, {"owner_user": None, "owner_group": a_group}),
    (make_promotion, {"promotion_code": None}),
    (make_promotion, {"start_date_time": NOW, "end_date_time": NOW + DAY}),
    (make_promotion, {"start_date_time": NOW}),
    (make_promotion, {"end_date_time": NOW}),
    (
        make_promotion,
        {"enrollment_start_date": date(2026, 5, 1), "enrollment_end_date": date(2026, 5, 1)},
    ),
    (make_promotion, {"enrollment_start_date": date(2026, 5, 1)}),
    (make_promotion, {"enrollment_end_date": date(2026, 5, 1)}),
    (make_promotion, {"maximum_usage_count": 1}),
    (make_promotion, {"maximum_enrollment_count": 1}),
    (make_promotion, {"related_promotion": make_promotion}),
    *(
        (make_promotion, {field: value})
        for field, values in {
            "qualifier_criteria": (None, "All", "Any"),
            "target_criteria": (None, "All", "Any"),
            "discount_order": (None, "LeastExpensive", "MostExpensive"),
            "discount_restriction": (None, "LeastExpensive", "None"),
            "exclusivity_type": (None, "No", "Class", "Global"),
        }.items()
        for value in values
    ),
    (
        usage,
        {
            "is_party_enrolled": False,
            "withdrawn_date": NOW,
            "withdrawn_by": make_user,
            "withdrawal_reason": "moved",
        },
    ),
    (usage, {"enrollment_expiration_date_time": NOW + DAY}),
    (usage, {"points_credited": 0}),
    (kept_figure, {"value": None, "counted_date": None}),
]


@pytest.mark.parametrize(("make", "values"), VALID, ids=names_of_valid(VALID))
def test_what_is_valid_is_accepted(make: Make, values: Values) -> None:
    put(make(), values)


def usage_of_account() -> PromotionPartyUsage:
    return enroll_account(make_account(), make_promotion(), at=NOW)


UNIQUES: list[Unique] = [
    ("kept_figure_once", kept_figure),
    ("promotion_code_once", make_promotion),
    ("promotion_external_id_once", lambda: make_promotion(external_id=str(next(_number)))),
    ("account_external_id_once", lambda: make_account(external_id=str(next(_number)))),
    ("contact_external_id_once", lambda: make_contact(external_id=str(next(_number)))),
    ("offer_code_once", make_offer),
    ("usage_once_per_promotion_and_contact", usage),
    ("usage_once_per_promotion_and_account", usage_of_account),
    ("idempotent_request_once", idempotent_request),
    ("query_position_once", query_position),
]


@pytest.mark.parametrize(("name", "make"), UNIQUES, ids=[name for name, _ in UNIQUES])
def test_uniques(name: str, make: Make) -> None:
    assert_once(name, make)


EVERY_CHECK = [
    *CHECKS,
    *test_bulk_job_constraints.CHECKS,
    *test_discount_constraints.CHECKS,
    *test_job_constraints.CHECKS,
    *test_part_constraints.CHECKS,
    *test_sharing_and_trail_constraints.CHECKS,
]
EVERY_UNIQUE = [
    *UNIQUES,
    *test_job_constraints.UNIQUES,
    *test_part_constraints.UNIQUES,
    *test_sharing_and_trail_constraints.UNIQUES,
]


def test_every_constraint_has_a_case() -> None:
    declared = {constraint.name for constraint in constraints()}
    assert declared == {name for name, *_ in EVERY_CHECK} | {name for name, _ in EVERY_UNIQUE}


OF_LIVE = [(name, make) for name, make in EVERY_UNIQUE if name in LIVE]


@pytest.mark.parametrize(("name", "make"), OF_LIVE, ids=[name for name, _ in OF_LIVE])
def test_what_is_unique_is_free_again_when_its_record_is_deleted(name: str, make: Make) -> None:
    assert_free_again(name, make)


def test_an_account_is_enrolled_beside_its_contacts() -> None:
    """The account beside a contact is no party: it can be one itself, and be beside many."""
    account, promotion = make_account(), make_promotion()
    enroll_account(account, promotion, at=NOW)
    for _ in range(2):
        enroll_contact(make_contact(account=account), promotion, at=NOW, account_id=account.pk)
    assert PromotionPartyUsage.objects.filter(promotion=promotion, account=account).count() == 3


@pytest.mark.parametrize(
    "make", [make_promotion, make_account, make_contact, make_offer], ids=list(RECORDS)[:4]
)
def test_what_an_enrollment_names_cannot_be_removed(make: Make) -> None:
    account, promotion, offer = make_account(), make_promotion(), make_offer()
    contact = make_contact(account=account)
    enroll_contact(contact, promotion, at=NOW, account_id=account.pk, offer_id=offer.pk)
    named: dict[type[models.Model], models.Model] = {
        type(record): record for record in (promotion, account, contact, offer)
    }
    record = named[type(make())]
    with pytest.raises(models.ProtectedError):
        record.delete()


def promotion_history() -> PromotionHistory:
    row = make_promotion().history.first()
    assert row is not None
    return row


HISTORIES = pytest.mark.parametrize("make", [history, promotion_history])


@HISTORIES
@pytest.mark.postgresql
@pytest.mark.parametrize("purging", ["off", "on"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET reason = 'other'", "DELETE FROM {}"])
def test_history_is_append_only_save_for_a_purge(make: Make, statement: str, purging: str) -> None:
    row = make()
    assert isinstance(row, HistoryRow)
    statement = statement.format(row._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL promotions.purging = '{purging}'")
        if purging == "on" and statement.startswith("DELETE"):
            cursor.execute(statement)
            assert not type(row)._base_manager.exists()
            return
        with pytest.raises(IntegrityError, match="history is append-only"), transaction.atomic():
            cursor.execute(statement)
    row.refresh_from_db()
    assert row.reason is None


@HISTORIES
@pytest.mark.postgresql
def test_history_stays_where_nothing_is_said_of_purging(make: Make) -> None:
    """The setting is unknown to a session in which nobody ever purged."""
    row = make()
    with (
        pytest.raises(IntegrityError, match="history is append-only: DELETE"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {row._meta.db_table}")
    assert type(row)._base_manager.filter(pk=row.pk).exists()
