"""The database's constraints, each broken once past all services."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from promotions.models import IdempotentRequest, Partner, RecordView
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

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
_number = count(1)


def usage(**item: Any) -> PromotionPartyUsage:
    return enroll_contact(make_contact(), make_promotion(), at=NOW, **item)


def history() -> PromotionPartyUsageHistory:
    row = usage().history.first()
    assert isinstance(row, PromotionPartyUsageHistory)
    return row


def partner() -> Partner:
    return make_partner().partner


def view() -> RecordView:
    return RecordView.objects.create(
        user=make_user(), key_prefix="0c8", record_key=1, last_referenced_date=NOW
    )


def idempotent_request() -> IdempotentRequest:
    return IdempotentRequest.objects.create(
        partner=partner(), path="/x", key="k", body_hash=b"", created_date=NOW
    )


Make = Callable[[], models.Model]

RECORDS: dict[str, Make] = {
    "promotion": make_promotion,
    "account": make_account,
    "contact": make_contact,
    "offer": make_offer,
    "promotionpartyusage": usage,
}

CHECKS: list[tuple[str, Make, dict[str, Any]]] = [
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
    ("promotion_one_owner", make_promotion, {"owner_group": 1}),
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


@pytest.mark.parametrize(
    ("name", "make", "values"),
    CHECKS,
    ids=[f"{name} {', '.join(values)}" for name, _, values in CHECKS],
)
def test_checks(name: str, make: Make, values: dict[str, Any]) -> None:
    record = make()
    if isinstance(record, PromotionPartyUsageHistory):
        # Is only ever added to, so the bad row is a new one.
        for field, value in {"pk": None, **values}.items():
            setattr(record, field, value)
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            record.save()
    else:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            type(record)._base_manager.filter(pk=record.pk).update(**values)


def usage_of_account() -> PromotionPartyUsage:
    return enroll_account(make_account(), make_promotion(), at=NOW)


UNIQUES: list[tuple[str, Make, list[str]]] = [
    ("promotion_code_once", make_promotion, ["promotion_code_key"]),
    (
        "account_external_id_once",
        lambda: make_account(external_id=str(next(_number))),
        ["external_id"],
    ),
    (
        "contact_external_id_once",
        lambda: make_contact(external_id=str(next(_number))),
        ["external_id"],
    ),
    ("offer_code_once", make_offer, ["code_key"]),
    ("usage_once_per_promotion_and_contact", usage, ["promotion_id", "contact_id"]),
    ("usage_once_per_promotion_and_account", usage_of_account, ["promotion_id", "account_id"]),
    ("promotion_view_once", view, ["user_id", "promotion_id"]),
    ("idempotent_request_once", idempotent_request, ["partner_id", "key", "path"]),
]


@pytest.mark.parametrize(("name", "make", "fields"), UNIQUES, ids=[name for name, *_ in UNIQUES])
def test_uniques(name: str, make: Make, fields: list[str]) -> None:
    first, second = make(), make()
    if connection.vendor == "sqlite":  # names the columns instead
        table = first._meta.db_table
        name = ", ".join(f"{table}.{field}" for field in fields)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        type(second)._base_manager.filter(pk=second.pk).update(
            **{field: getattr(first, field) for field in fields}
        )


def test_every_constraint_has_a_case() -> None:
    declared = {
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in ("promotions", "enrollments")
        for constraint in model._meta.constraints
    }
    assert declared == {name for name, *_ in CHECKS} | {name for name, *_ in UNIQUES}


@pytest.mark.parametrize(
    ("make", "field"),
    [(make_promotion, "promotion_code_key"), (make_offer, "code_key")],
    ids=["promotion", "offer"],
)
def test_a_deleted_record_keeps_its_code_from_nobody(make: Make, field: str) -> None:
    first, second = make(), make()
    manager = type(first)._base_manager
    manager.filter(pk=first.pk).update(is_deleted=True, deleted_date=NOW)
    manager.filter(pk=second.pk).update(**{field: getattr(first, field)})
    assert manager.filter(**{field: getattr(first, field)}).count() == 2


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


@pytest.mark.postgresql
@pytest.mark.parametrize("statement", ["UPDATE {} SET reason = 'other'", "DELETE FROM {}"])
def test_history_is_append_only(statement: str) -> None:
    row = history()
    with (
        pytest.raises(IntegrityError, match="history is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(row._meta.db_table))
    row.refresh_from_db()
    assert row.reason is None
