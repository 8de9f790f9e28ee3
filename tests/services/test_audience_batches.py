"""A batch's enrollments, refusals and progress are written together, once."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from enrollments.audience_files import Row
from enrollments.models import (
    Contact,
    EnrollmentJob,
    EnrollmentJobPartition,
    EnrollmentJobRefusal,
    PromotionPartyUsage,
)
from enrollments.services import job_batches
from enrollments.services.enrollments import withdraw
from enrollments.services.job_batches import Batch, Displaced, Way, run_batch
from enrollments.services.job_staging import stage
from enrollments.services.job_trials import Trial
from enrollments.wire import Item, Unreadable
from promotions.errors import DomainError
from promotions.services import transactions
from promotions.services.transactions import in_transaction
from tests.audiences import counts_of, make_job, refusals_of
from tests.factories import NOW, actor, enroll_contact, make_contact, make_promotion
from tests.services.threads import at_once, until_somebody_waits

BAD = Unreadable(
    (
        DomainError("malformed_id", "Send the record's id as it was given.", "contactId"),
        DomainError("invalid_datetime", "Write a date-time.", "enrollmentEffectiveDateTime"),
    )
)


def batch_of(job: EnrollmentJob, **options: Any) -> Batch:
    """Two good rows, two bad ones."""
    promotion = job.promotion_id
    rows: list[Row] = [
        (2, Item(contact_id=make_contact().pk, promotion_id=promotion)),
        (3, BAD),
        (4, Item(contact_id=make_contact().pk, promotion_id=promotion)),
        (6, Item(email="nobody@example.com", promotion_id=promotion)),
    ]
    return Batch(**{"partition": 0, "begins_at": 0, "rows": rows, "position": 99, **options})


def run(job: EnrollmentJob, batch: Batch) -> int:
    return run_batch(job, batch, by=actor(), at=NOW).refused


@pytest.mark.django_db
def test_a_batch_leaves_enrollments_refusals_and_progress() -> None:
    job = make_job()
    assert run(job, batch_of(job)) == 2
    assert PromotionPartyUsage.objects.filter(promotion=job.promotion).count() == 2
    assert list(job.refusals.order_by("line").values_list("line", "code", "detail", "pointer")) == [
        (
            3,
            "malformed_id",
            "contactId: Send the record's id as it was given. "
            "enrollmentEffectiveDateTime: Write a date-time.",
            "contactId",
        ),
        (
            6,
            "customer_not_found",
            "No contact matches. Check the identifiers, or create the contact first.",
            "email",
        ),
    ]
    partition = job.partitions.get()
    assert (partition.batches_done, partition.position) == (1, 99)
    assert counts_of(job) == (4, 2, 2)


@pytest.mark.django_db
def test_a_line_of_json_is_pointed_into_as_in_a_request() -> None:
    job = make_job(content='{"contact": {"email": "nobody@example.com"}}')
    run(job, batch_of(job))
    assert job.refusals.get(line=6).pointer == "contact.email"


@pytest.mark.django_db
def test_a_batch_that_was_committed_unnoticed_is_not_done_again() -> None:
    job = make_job()
    batch = batch_of(job)
    assert run(job, batch) == run(job, batch) == 2
    assert counts_of(job) == (4, 2, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("begins_at", [1, 4, 8])
def test_a_batch_that_does_not_follow_the_last_is_refused(begins_at: int) -> None:
    job = make_job()
    with pytest.raises(Displaced):
        run(job, batch_of(job, begins_at=begins_at))
    assert counts_of(job) == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("fails", [EnrollmentJobRefusal, EnrollmentJobPartition])
def test_of_a_batch_that_fails_on_the_way_nothing_is_left(
    fails: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job()
    batch = batch_of(job)

    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("out of order")

    with monkeypatch.context() as patch:
        if fails is EnrollmentJobRefusal:
            patch.setattr(EnrollmentJobRefusal.objects, "bulk_create", fail)
        else:
            patch.setattr(EnrollmentJobPartition, "save", fail)
        with pytest.raises(RuntimeError):
            run(job, batch)
    assert not PromotionPartyUsage.objects.exists()
    assert refusals_of(job) == []
    run(job, batch)
    assert counts_of(job) == (4, 2, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("committed", [False, True])
def test_a_lost_connection_is_made_good(committed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()
    batch = batch_of(job)
    whole = in_transaction
    losses = iter([True, True])

    def losing(act: Any) -> Any:
        if next(losses, False):
            if committed:
                whole(act)
            raise OperationalError("the connection is gone")
        return whole(act)

    monkeypatch.setattr(job_batches, "in_transaction", losing)
    monkeypatch.setattr(transactions, "LONGEST_ABSENCE", 0)
    assert run(job, batch) == 2
    assert counts_of(job) == (4, 2, 2)
    assert PromotionPartyUsage.objects.count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("had", "way", "went"),
    [
        ("nothing", Way.UNSEEN, Way.UNSEEN),
        ("nothing", Way.LOOKING, Way.LOOKING),
        ("nothing", Way.ROW_BY_ROW, Way.ROW_BY_ROW),
        ("a record", Way.UNSEEN, Way.LOOKING),
        ("a record", Way.LOOKING, Way.LOOKING),
        ("a record", Way.ROW_BY_ROW, Way.ROW_BY_ROW),
        ("withdrawn", Way.UNSEEN, Way.LOOKING),
    ],
)
def test_a_record_that_is_there_is_found_whether_it_is_looked_for_or_not(
    had: str, way: Way, went: Way
) -> None:
    job = make_job()
    batch = batch_of(job)
    batch = replace(batch, staging=stage(batch.rows))
    if had != "nothing":
        usage = enroll_contact(Contact.objects.latest("pk"), job.promotion, at=NOW)
        if had == "withdrawn":
            withdraw(usage.pk, by=actor(), at=NOW, reason="moved")
    done = run_batch(job, batch, by=actor(), at=NOW, way=way)
    already = [(4, "already_enrolled")] if had == "a record" else []
    assert (done.refused, done.way) == (2 + len(already), went)
    assert refusals_of(job) == sorted([(3, "malformed_id"), (6, "customer_not_found"), *already])
    usages = PromotionPartyUsage.objects.filter(promotion=job.promotion, withdrawn_date=None)
    assert usages.count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_whom_somebody_else_enrolls_meanwhile_is_told_so_and_the_others_are_enrolled() -> None:
    job = make_job()
    batch = batch_of(job)
    met = Contact.objects.latest("pk")
    batch = replace(batch, staging=stage(batch.rows))
    refused: list[int] = []

    def run_it() -> None:
        refused.append(run(job, batch))
        connection.close()

    other = threading.Thread(target=run_it)
    with transaction.atomic():
        enroll_contact(met, job.promotion, at=NOW)
        other.start()
        until_somebody_waits()
    other.join(timeout=30)
    assert refused == [3]
    assert job.refusals.get(line=4).code == "already_enrolled"
    assert PromotionPartyUsage.objects.filter(promotion=job.promotion).count() == 2
    assert counts_of(job) == (4, 1, 3)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_a_batch_whose_customer_is_taken_out_by_sql_before_its_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = make_job()
    batch = batch_of(job)
    gone = Contact.objects.latest("pk")
    batch = replace(batch, staging=stage(batch.rows))
    save = EnrollmentJobPartition.save

    def take_him_out() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM enrollments_contact WHERE id = %s", [gone.pk])

    def save_and_be_overtaken(partition: EnrollmentJobPartition) -> None:
        save(partition)
        at_once([take_him_out])

    with monkeypatch.context() as patch:
        patch.setattr(EnrollmentJobPartition, "save", save_and_be_overtaken)
        with pytest.raises(IntegrityError, match="contact_id"):
            run(job, batch)
    assert not Contact.objects.filter(pk=gone.pk).exists()
    assert not PromotionPartyUsage.objects.exists()
    assert (refusals_of(job), counts_of(job)) == ([], (0, 0, 0))
    run(job, batch)  # he is told then, and the others are enrolled
    assert job.refusals.get(line=4).code == "customer_not_found"
    assert counts_of(job) == (4, 1, 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("loses", [False, True])
def test_a_dry_run_forgets_whom_a_lost_try_had_met(
    loses: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    promotion = make_promotion(maximum_enrollment_count=3)
    job = make_job(promotion, is_dry_run=True)
    batch = batch_of(job)
    first, *_ = batch.rows
    people = [Item(contact_id=make_contact().pk, promotion_id=promotion.pk) for _ in range(2)]
    rows: list[Row] = [(7, first[1]), (8, people[0]), (9, people[1])]
    later = Batch(0, len(batch.rows), rows, 120)
    save = EnrollmentJobPartition.save
    losses = iter([loses, False] * 2)

    def losing(partition: EnrollmentJobPartition) -> None:
        save(partition)
        if next(losses):
            raise OperationalError("the connection is gone")

    monkeypatch.setattr(EnrollmentJobPartition, "save", losing)
    monkeypatch.setattr(transactions, "LONGEST_ABSENCE", 0)
    trial = Trial()
    for one in (batch, later):
        run_batch(job, one, by=actor(), at=NOW, trial=trial)
    assert refusals_of(job) == [
        (3, "malformed_id"),
        (6, "customer_not_found"),
        (7, "already_enrolled"),
        (9, "enrollment_limit_reached"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_away_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()
    tries: list[int] = []

    def away(act: Any) -> Any:
        tries.append(1)
        raise OperationalError("no connection")

    monkeypatch.setattr(job_batches, "in_transaction", away)
    monkeypatch.setattr(transactions, "LONGEST_ABSENCE", 0)
    with pytest.raises(OperationalError):
        run(job, batch_of(job))
    assert len(tries) == 10


@pytest.mark.django_db
def test_each_enrollment_tells_of_the_job_that_made_it() -> None:
    promotion = make_promotion()
    job = make_job(promotion, reason="The list of May")
    run(job, batch_of(job))
    usages = PromotionPartyUsage.objects.filter(promotion=promotion)
    rows = [row for usage in usages for row in usage.history.all()]
    assert {(row.reason, row.source) for row in rows} == {("The list of May", "api")}
