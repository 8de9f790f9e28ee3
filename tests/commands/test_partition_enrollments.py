"""``manage.py partition_enrollments``: everything about enrollments goes on in partitions."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, models, transaction

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from enrollments.services.copied_rows import NewRecords
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import change_period, withdraw
from enrollments.services.job_staging import enroll_staged, stage
from enrollments.services.outcomes import Enrolled
from enrollments.wire import Item
from promotions.errors import Refused
from promotions.services.purging import purge_promotion
from promotions.services.recycle_bin import delete_promotion
from promotions.services.transactions import LostRace
from tests.api.conftest import Api
from tests.commands.running import output_of
from tests.factories import (
    NOW,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_promotion,
)
from tests.services.threads import at_once

TABLE = PromotionPartyUsage._meta.db_table
PATH = "/api/v1/enrollments"


def divide(partitions: int) -> str:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # what a test has written before, is checked first
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return output_of("partition_enrollments", "--partitions", str(partitions))


def asked(sql: str, *parameters: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows


def shape() -> dict[str, list[Any]]:
    """What the table and its history are like, keys that depend on partitions left out."""
    return {
        "columns": asked(
            "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
            TABLE,
        ),
        "constraints": asked(
            "SELECT conname, pg_get_constraintdef(oid), condeferrable, condeferred"
            " FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('u', 'f', 'c')"
            " ORDER BY conname",
            TABLE,
        ),
        "indexes": sorted(
            definition.replace(" ON ONLY ", " ON ")
            for (definition,) in asked(
                "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
                " WHERE indrelid = %s::regclass AND NOT indisprimary",
                TABLE,
            )
        ),
    }


def references() -> list[Any]:
    return asked(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE confrelid = %s::regclass AND contype = 'f'",
        TABLE,
    )


@pytest.fixture
def some(db: None) -> list[PromotionPartyUsage]:
    """Enrollments from before: of contacts, an account, one that was withdrawn."""
    promotions = [make_promotion() for _ in range(5)]
    contact = make_contact()
    usages = [enroll_contact(contact, promotion, at=NOW) for promotion in promotions]
    usages.append(enroll_account(make_account(), promotions[0], at=NOW))
    withdraw(usages[1].pk, by=actor(), at=NOW, reason="moved")
    return usages


@pytest.mark.postgresql
def test_says_what_it_does_and_keeps_every_row(some: list[PromotionPartyUsage]) -> None:
    before = list(PromotionPartyUsage.objects.order_by("pk").values())
    output = divide(4)
    assert "6 enrollments are in 4 partitions now" in output
    assert list(PromotionPartyUsage.objects.order_by("pk").values()) == before
    [(pieces,)] = asked("SELECT count(*) FROM pg_inherits WHERE inhparent = %s::regclass", TABLE)
    assert pieces == 4


@pytest.mark.postgresql
def test_keeps_columns_constraints_and_indexes_there_and_back(
    some: list[PromotionPartyUsage],
) -> None:
    whole, referring = shape(), references()
    assert len(referring) == 1
    divide(4)
    assert shape() == whole
    assert references() == []
    divide(3)
    assert shape() == whole
    assert "6 enrollments are in one table now" in divide(0)
    assert (shape(), references()) == (whole, referring)
    enroll_contact(make_contact(), make_promotion(), at=NOW)


@pytest.mark.postgresql
def test_new_keys_follow_those_there_are(some: list[PromotionPartyUsage]) -> None:
    last = max(usage.pk for usage in some)
    divide(4)
    divided = enroll_contact(make_contact(), make_promotion(), at=NOW)
    divide(0)
    whole = enroll_contact(make_contact(), make_promotion(), at=NOW)
    assert last < divided.pk < whole.pk


@pytest.mark.postgresql
def test_enrolling_changing_and_withdrawing_in_partitions(some: list[PromotionPartyUsage]) -> None:
    divide(4)
    usage = enroll_contact(make_contact(), some[0].promotion, at=NOW)
    change_period(
        usage.pk, {"expiration": NOW + timedelta(days=5)}, by=actor(), at=NOW, reason="a gift"
    )
    withdraw(usage.pk, by=actor(), at=NOW, reason="moved")
    contact = usage.contact
    assert contact is not None
    again = enroll_contact(contact, usage.promotion, at=NOW)
    assert again.pk == usage.pk
    fields = list(usage.history.order_by("pk").values_list("field", flat=True))
    assert fields[0] == "created"
    assert fields.count("IsPartyEnrolled") == 2
    item = Item(contact_id=contact.pk, promotion_id=usage.promotion_id)
    with pytest.raises(Refused) as refused:
        enroll([item], by=actor(), at=NOW)
    [error] = refused.value.errors
    assert (error.code, error.extra) == (
        "already_enrolled",
        {"promotionPartyUsageId": usage.record_id},
    )


@pytest.mark.postgresql
def test_the_api_reads_partitions_as_it_reads_one_table(
    some: list[PromotionPartyUsage],
) -> None:
    api = Api()

    def answers() -> list[Any]:
        contact = some[0].contact
        assert contact is not None
        return [
            api.get(f"{PATH}?{query}").json()["results"]
            for query in (
                "",
                "ordering=createdDate&page_size=2",
                f"contactId={contact.record_id}",
                f"promotionId={some[0].promotion.record_id}",
                "status=withdrawn",
                "status=active",
                "type=Account",
            )
        ] + [api.get(f"{PATH}/{some[1].record_id}/history").json()["results"]]

    whole = answers()
    divide(4)
    assert answers() == whole


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"type": "Household"}, "usage_type_names_party"),
        ({"points_credited": -1}, "usage_points_not_negative"),
    ],
)
def test_constraints_hold_in_partitions(
    some: list[PromotionPartyUsage], values: dict[str, Any], name: str
) -> None:
    divide(4)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PromotionPartyUsage.objects.filter(pk=some[0].pk).update(**values)


@pytest.mark.postgresql
def test_history_stays_append_only(some: list[PromotionPartyUsage]) -> None:
    divide(4)
    rows = PromotionPartyUsageHistory.objects.filter(usage=some[0].pk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(reason="other")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows._raw_delete("default")


@pytest.mark.postgresql
def test_a_promotion_is_purged_with_all_it_has(some: list[PromotionPartyUsage]) -> None:
    divide(4)
    promotion = some[0].promotion
    delete_promotion(promotion.pk, by=actor(), at=NOW, confirmed=True)
    purge_promotion(promotion.pk, by=actor(), at=NOW, destroy_enrollment_history=True)
    assert not PromotionPartyUsage.objects.filter(promotion=promotion.pk).exists()
    assert PromotionPartyUsage.objects.count() == 4


@pytest.mark.postgresql
def test_migrations_go_on(some: list[PromotionPartyUsage]) -> None:
    divide(4)
    index = models.Index(name="usage_tried", fields=["withdrawal_reason"])
    column = models.TextField(null=True)
    column.set_attributes_from_name("remark")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor:
        editor.add_index(PromotionPartyUsage, index)
        editor.add_field(PromotionPartyUsage, column)
        editor.remove_field(PromotionPartyUsage, column)
        editor.remove_index(PromotionPartyUsage, index)
    enroll_contact(make_contact(), make_promotion(), at=NOW)


@pytest.fixture
def divided(transactional_db: None) -> Iterator[None]:
    divide(4)
    try:
        yield
    finally:
        divide(0)


def enrolling(item: Item) -> Callable[[], str]:
    by = actor()

    def act() -> str:
        try:
            [outcome] = enroll([item], by=by, at=NOW)
        except Refused as refused:
            return refused.errors[0].code
        assert isinstance(outcome, Enrolled)
        return outcome.record_id

    return act


@pytest.mark.postgresql
def test_many_enroll_the_same_customer_and_one_does(divided: None) -> None:
    item = Item(contact_id=make_contact().pk, promotion_id=make_promotion().pk)
    answers = Counter(at_once([enrolling(item)] * 16))
    usage = PromotionPartyUsage.objects.get()
    assert answers == {usage.record_id: 1, "already_enrolled": 15}
    assert PromotionPartyUsageHistory.objects.count() == 1


@pytest.mark.postgresql
def test_an_audience_is_copied_into_partitions(divided: None) -> None:
    promotions, people = [make_promotion() for _ in range(4)], [make_contact() for _ in range(3)]
    for promotion in promotions:
        items = [Item(contact_id=person.pk, promotion_id=promotion.pk) for person in people]
        with transaction.atomic():
            staging = stage(list(enumerate(items)))
            assert enroll_staged(staging, by=actor(), at=NOW, reason=None) == (0, 1, 2)
    made = PromotionPartyUsage.objects.filter(history__field="created")
    assert sorted(made.values_list("promotion", "contact")) == [
        (promotion.pk, person.pk) for promotion in promotions for person in people
    ]
    [(filled,)] = asked(f"SELECT count(DISTINCT tableoid) FROM {TABLE}")
    assert filled > 1


@pytest.mark.postgresql
def test_an_audience_that_meets_a_request_in_partitions_is_begun_anew(
    divided: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, promotion = make_contact(), make_promotion()
    item = Item(contact_id=person.pk, promotion_id=promotion.pk)
    records = NewRecords.records

    def records_and_be_overtaken(new: NewRecords) -> Iterator[bytes]:
        at_once([enrolling(item)])
        return records(new)

    monkeypatch.setattr(NewRecords, "records", records_and_be_overtaken)
    with pytest.raises(LostRace), transaction.atomic():
        enroll_staged(stage([(0, item)]), by=actor(), at=NOW, reason=None)
    assert PromotionPartyUsage.objects.count() == 1


# --- What it refuses


@pytest.mark.postgresql
@pytest.mark.parametrize("partitions", [-1, 1, 257])
@pytest.mark.django_db
def test_a_number_that_makes_no_sense(partitions: int) -> None:
    with pytest.raises(CommandError, match="Choose 2 to 256 partitions, or 0 for one table"):
        divide(partitions)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_what_is_so_already() -> None:
    with pytest.raises(CommandError, match="in one table already"):
        divide(0)
    divide(2)
    with pytest.raises(CommandError, match="in 2 partitions already"):
        divide(2)


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (f"CREATE UNIQUE INDEX odd ON {TABLE} (created_date)", "have to contain promotion_id.*odd"),
        (f"CREATE TABLE odd (usage bigint REFERENCES {TABLE})", r"refer to enrollments.*odd"),
        (
            f"CREATE TRIGGER odd BEFORE UPDATE ON {TABLE} FOR EACH ROW"
            " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "triggers that would be lost: odd",
        ),
    ],
)
def test_what_would_be_lost(sql: str, message: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
    with pytest.raises(CommandError, match=message):
        divide(4)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_privileges_would_be_lost(some: list[PromotionPartyUsage]) -> None:
    def privileges() -> list[Any]:
        return asked("SELECT relacl::text FROM pg_class WHERE oid = %s::regclass", TABLE)

    whole, rows = shape(), list(PromotionPartyUsage.objects.order_by("pk").values())
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT ON {TABLE} TO PUBLIC")
    granted = privileges()
    with pytest.raises(CommandError, match="Privileges on the table were granted, and would be"):
        divide(4)
    assert (shape(), privileges()) == (whole, granted)
    assert list(PromotionPartyUsage.objects.order_by("pk").values()) == rows
    assert asked("SELECT 1 FROM pg_inherits WHERE inhparent = %s::regclass", TABLE) == []


@pytest.mark.django_db
def test_sqlite_has_no_partitions() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("this is about SQLite")
    with pytest.raises(CommandError, match="Only PostgreSQL divides tables"):
        divide(4)
