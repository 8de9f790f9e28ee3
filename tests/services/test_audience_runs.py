"""Running jobs: to the end, in sessions, stopped and gone on with, for whom they are run."""

import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from enrollments.audience_files import Row
from enrollments.models import (
    Contact,
    EnrollmentJob,
    EnrollmentPlaces,
    JobStatus,
    PromotionPartyUsage,
    PromotionPartyUsageHistory,
)
from enrollments.services import job_runs, jobs
from enrollments.services.job_batches import Batch, Done, Way, run_batch
from enrollments.services.job_files import locked, path_of
from enrollments.services.job_runs import Progress, Run, run_job
from promotions.actors import Actor, Source
from promotions.models import Promotion
from tests.audiences import counts_of, csv_of, make_job, operators_job, refusals_of
from tests.factories import (
    NOW,
    actor,
    enroll_contact,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


def run(job: EnrollmentJob, **options: Any) -> EnrollmentJob:
    said = {
        "clock": timezone.now,
        "stop": threading.Event(),
        "left_as": JobStatus.STOPPED,
        **options,
    }
    done = run_job(EnrollmentJob.objects.select_related("promotion").get(pk=job.pk), Run(**said))
    job.refresh_from_db()
    assert done.status == job.status
    return job


def enrolled_in(promotion: Promotion) -> Counter[int | None]:
    usages = PromotionPartyUsage.objects.filter(promotion=promotion)
    return Counter(usages.values_list("contact_id", flat=True))


def mixed(people: Sequence[Contact]) -> str:
    """Rows of everybody: some twice, by id and by address, bad rows between them."""
    rows = []
    for n, person in enumerate(people):
        rows.append(f"{person.record_id},")
        if n % 5 == 0:
            rows.append(f",{person.email}")
        if n % 7 == 0:
            rows.append("nonsense,")
    return "\n".join(["contactId,email", *rows])


@pytest.mark.parametrize(
    "bad",
    [
        '{"contact": {"email": "x@example.com"}, "a%b": 1}',
        '{"contact": {"email": "x@example.com", "a%b": 1}}',
        '{"contact": {"email": "x%@example.com"}}',
        '{"contact": {"email": "x@example.com"}, "enrollmentExpirationDateTime": "2026%"}',
        '{"contact": {"email": "x@example.com"}, "promotion": {"code": "a%"}}',
        '{"contact": {"id": "003%"}}',
    ],
)
def test_a_row_with_the_character_that_postgresql_has_not_is_a_bad_row(bad: str) -> None:
    good = make_contact()
    rows = [bad.replace("%", "\\u0000"), json.dumps({"contact": {"id": good.record_id}})]
    job = run(make_job(make_promotion(), "\n".join(rows)))
    assert (job.status, counts_of(job)) == (JobStatus.FINISHED, (2, 1, 1))
    assert [line for line, _ in refusals_of(job)] == [1]


@pytest.mark.parametrize("sessions", [1, 2])
def test_every_good_row_is_enrolled_once_and_every_bad_one_told(sessions: int) -> None:
    promotion = make_promotion()
    people = [make_contact() for _ in range(35)]
    job = run(make_job(promotion, mixed(people), sessions=sessions, batch_size=4))
    assert job.status == JobStatus.FINISHED
    assert enrolled_in(promotion) == Counter(person.pk for person in people)
    assert Counter(code for _, code in refusals_of(job)) == {
        "already_enrolled": 7,
        "malformed_id": 5,
    }
    assert counts_of(job) == (47, 35, 12)
    assert EnrollmentJob.objects.with_progress().get().progress == 1


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "ndjson", "ndjson.gz"])
def test_every_kind_of_file(kind: str) -> None:
    promotion, offer = make_promotion(), make_offer()
    person, other = make_contact(external_id="crm-1"), make_contact()
    table = f"contactExternalId,email,enrollmentOfferCode\ncrm-1,,{offer.code}\n,{other.email},\n"
    items = [
        {"contact": {"externalId": "crm-1"}, "enrollmentOffer": {"code": offer.code}},
        {"contact": {"email": other.email}},
    ]
    text = table if kind.startswith("csv") else "\n".join(json.dumps(item) for item in items)
    data = text.encode()
    job = run(make_job(promotion, gzip.compress(data) if kind.endswith("gz") else data))
    assert counts_of(job) == (2, 2, 0)
    assert (job.format, job.is_compressed) == (kind.partition(".")[0], kind.endswith("gz"))
    assert PromotionPartyUsage.objects.get(contact=person).enrollment_offer == offer
    assert PromotionPartyUsage.objects.get(contact=other).enrollment_offer is None


def stopped_after(batches: int) -> tuple[threading.Event, Callable[[float], None]]:
    stop = threading.Event()
    left = iter(range(batches - 1))

    def after_batch(seconds: float) -> None:
        if next(left, None) is None:
            stop.set()

    return stop, after_batch


@pytest.mark.parametrize("sessions", [1, 2])
@pytest.mark.parametrize("left_as", [JobStatus.STOPPED, JobStatus.QUEUED])
def test_a_job_that_was_stopped_goes_on_where_it_was(sessions: int, left_as: JobStatus) -> None:
    promotion = make_promotion()
    people = [make_contact() for _ in range(30)]
    job = make_job(promotion, mixed(people), sessions=sessions, batch_size=3)
    rows, runs = [0], 0
    while job.status != JobStatus.FINISHED:
        stop, after_batch = stopped_after(2)
        job = run(job, stop=stop, after_batch=after_batch, left_as=left_as)
        assert job.status in (left_as, JobStatus.FINISHED)
        rows.append(counts_of(job)[0])
        runs += 1
    assert rows == sorted(rows)
    assert runs > 3
    assert enrolled_in(promotion) == Counter(person.pk for person in people)
    assert counts_of(job) == (41, 30, 11)
    history = PromotionPartyUsageHistory.objects.all()
    assert history.count() == 30
    assert {row.request_id for row in history} == {job.record_id}


def test_who_stops_a_job_is_heeded_after_the_batch() -> None:
    promotion, by = make_promotion(), actor()
    job = make_job(promotion, mixed([make_contact() for _ in range(30)]), batch_size=3)
    asked: list[int] = []

    def now() -> Any:
        if not asked and job.partitions.get().batches_done == 2:
            asked.append(jobs.stop_job(job.pk, by=by, at=timezone.now()).pk)
        return timezone.now()

    job = run(job, clock=now, left_as=JobStatus.QUEUED)
    assert job.status == JobStatus.STOPPED
    assert job.partitions.get().batches_done == 3
    jobs.resume_job(job.pk, by=by, at=timezone.now())
    job = run(job)
    assert (job.status, counts_of(job)) == (JobStatus.FINISHED, (41, 30, 11))


@pytest.mark.parametrize("limit", [None, 7])
def test_a_dry_run_tells_what_the_job_then_does(limit: int | None) -> None:
    promotion = make_promotion(maximum_enrollment_count=limit)
    people = [make_contact() for _ in range(20)]
    enroll_contact(people[3], promotion, at=NOW)
    content = mixed(people)
    tried = run(make_job(promotion, content, is_dry_run=True, sessions=2, batch_size=4))
    assert enrolled_in(promotion) == {people[3].pk: 1}
    done = run(make_job(promotion, content, batch_size=6))
    assert refusals_of(tried) == refusals_of(done)
    assert counts_of(tried) == counts_of(done)
    assert sum(enrolled_in(promotion).values()) == (limit or 20)


def test_a_dry_run_begins_anew() -> None:
    promotion = make_promotion()
    job = make_job(promotion, mixed([make_contact() for _ in range(10)]), is_dry_run=True)
    job = run(job)
    counts, told = counts_of(job), refusals_of(job)
    jobs.release(job, JobStatus.STOPPED, at=NOW)
    job = run(job)
    assert (counts_of(job), refusals_of(job)) == (counts, told)


def test_places_go_in_the_order_of_the_file() -> None:
    promotion = make_promotion(maximum_enrollment_count=5)
    people = [make_contact() for _ in range(12)]
    content = csv_of("contactId", (person.record_id for person in people))
    job = make_job(promotion, content, sessions=4, batch_size=2)
    assert job.sessions == 1
    run(job)
    assert enrolled_in(promotion) == Counter(person.pk for person in people[:5])
    assert {code for _, code in refusals_of(job)} == {"enrollment_limit_reached"}
    assert EnrollmentPlaces.objects.get().taken == 5


@pytest.mark.postgresql
def test_where_one_has_a_record_others_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    promotion = make_promotion()
    people = [make_contact() for _ in range(10)]
    enroll_contact(people[4], promotion, at=NOW)
    content = csv_of("contactId", (person.record_id for person in people))
    ways = []

    def noting(*args: Any, **options: Any) -> Done:
        done = run_batch(*args, **options)
        ways.append((options["way"], done.way))
        return done

    monkeypatch.setattr(job_runs, "run_batch", noting)
    job = run(make_job(promotion, content, batch_size=2))
    assert ways == [
        (Way.UNSEEN, Way.UNSEEN),
        (Way.UNSEEN, Way.UNSEEN),
        (Way.UNSEEN, Way.LOOKING),
        (Way.LOOKING, Way.LOOKING),
        (Way.LOOKING, Way.LOOKING),
    ]
    assert enrolled_in(promotion) == Counter(person.pk for person in people)
    assert refusals_of(job) == [(6, "already_enrolled")]


def test_the_file_is_read_on_while_a_session_waits_for_commit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = csv_of("contactId", (make_contact().record_id for _ in range(12)))
    read: list[Batch] = []
    another = threading.Condition()
    begun = 0

    def noting(*args: Any, **options: Any) -> Batch:
        with another:
            read.append(Batch(*args, **options))
            another.notify()
        return read[-1]

    def waiting(*args: Any, **options: Any) -> Done:
        nonlocal begun
        begun += 1
        time.sleep(0.02)  # as if it were at work
        assert len(read) <= begun + 1

        def before_commit() -> None:
            options["before_commit"]()
            with another:
                assert another.wait_for(lambda: len(read) == min(begun + 2, 12), timeout=30)

        return run_batch(*args, **{**options, "before_commit": before_commit})

    monkeypatch.setattr(job_runs, "Batch", noting)
    monkeypatch.setattr(job_runs, "run_batch", waiting)
    job = run(make_job(content=content, batch_size=1))
    assert counts_of(job) == (12, 12, 0)
    assert begun == len(read) == 12


def test_the_reader_frees_what_was_worked_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Freeing thousands of rows takes time, in which the session could be at work."""
    content = csv_of("contactId", (make_contact().record_id for _ in range(6)))
    freed_by: list[str] = []

    class Noted(list[Row]):
        def __del__(self) -> None:
            freed_by.append(threading.current_thread().name)

    def noting(partition: int, begins_at: int, rows: Sequence[Row], *args: Any) -> Batch:
        time.sleep(0.02)  # so that the session has to wait
        return Batch(partition, begins_at, Noted(rows), *args)

    monkeypatch.setattr(job_runs, "Batch", noting)
    assert counts_of(run(make_job(content=content, batch_size=1))) == (6, 6, 0)
    # Not all: while the reader sleeps, the session may be done with another.
    assert freed_by.count(threading.current_thread().name) >= 2


def test_sessions_work_off_their_last_rows_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [make_contact() for _ in range(40)]
    content = csv_of("contactId", (person.record_id for person in people))
    all_at_work = threading.Barrier(4)

    def waiting(*args: Any, **options: Any) -> Done:
        all_at_work.wait(timeout=30)
        return run_batch(*args, **options)

    monkeypatch.setattr(job_runs, "run_batch", waiting)
    job = run(make_job(content=content, sessions=4, batch_size=100))
    assert (job.status, counts_of(job)) == (JobStatus.FINISHED, (40, 40, 0))


def test_progress_is_told() -> None:
    told: list[Progress] = []
    job = make_job(content=mixed([make_contact() for _ in range(30)]), batch_size=3)
    run(job, progress=told.append)
    assert [progress.rows for progress in told] == sorted(progress.rows for progress in told)
    last = told[-1]
    assert (last.rows, last.refused, last.size, last.position) == (41, 11, job.size, job.size)


def test_a_job_without_rows_fails_and_says_what_to_do() -> None:
    job = run(make_job(content="email\n" + "\n" * 2_000))
    assert (job.status, counts_of(job)) == (JobStatus.FAILED, (0, 0, 0))
    assert job.failure == (
        "The file has a header and no rows. Write a row for each customer below it."
    )


def test_a_compressed_file_that_breaks_off_fails_behind_its_rows() -> None:
    promotion = make_promotion()
    people = [make_contact() for _ in range(20)]
    filler = (f"x{n}-{'x' * 600}@example.com" for n in range(1_000))
    whole = gzip.compress(csv_of("email", [*(p.email or "" for p in people), *filler]).encode())
    job = run(make_job(promotion, whole[: len(whole) - 20], batch_size=500))
    assert job.status == JobStatus.FAILED
    assert job.failure is not None
    assert "breaks off behind line" in job.failure
    assert enrolled_in(promotion) == Counter(person.pk for person in people)
    rows, _, refused = counts_of(job)
    assert refused == rows - 20 > 0


def test_a_file_that_was_changed_meanwhile_fails(tmp_path: Path) -> None:
    promotion, person = make_promotion(), make_contact()
    path = tmp_path / "list.csv"
    path.write_text(f"email\n{person.email}\n")
    job = operators_job(promotion, path)
    path.write_text(f"email\nother{person.email}\n")
    job = run(job)
    assert job.status == JobStatus.FAILED
    assert job.failure == "list.csv has been changed since. Start a new job with it."


@pytest.mark.parametrize("sessions", [1, 2])
@pytest.mark.parametrize("change", ["cut", "emptied", "longer", "another", "touched"])
def test_a_file_that_is_changed_while_it_is_read_fails_and_none_of_what_is_new_is_enrolled(
    change: str, sessions: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promotion = make_promotion()
    people = [make_contact() for _ in range(800)]  # more than is read ahead of the sessions
    others = [make_contact() for _ in range(800 if change == "another" else 0)]
    path = tmp_path / "list.csv"
    before, after = (
        csv_of("contactId", [one.record_id for one in some]) for some in (people, others)
    )
    path.write_text(before)
    job = operators_job(promotion, path, sessions=sessions, batch_size=20)
    changed = threading.Event()

    def changing(*args: Any, **options: Any) -> Done:
        if not changed.is_set():
            changed.set()
            now = {
                "cut": before[: len(before) // 2],
                "emptied": "",
                "longer": before + people[0].record_id,
                "another": after,
                "touched": before,
            }
            with path.open("r+" if change == "longer" else "w") as file:
                file.write(now[change])
        return run_batch(*args, **options)

    monkeypatch.setattr(job_runs, "run_batch", changing)
    run(job)
    assert job.status == JobStatus.FAILED
    assert job.failure is not None
    assert "was changed while it was read. Start a new job" in job.failure
    enrolled = enrolled_in(promotion)
    assert {*enrolled} <= {person.pk for person in people}
    assert enrolled.total() == counts_of(job)[0] < len(people)


def test_a_file_that_is_gone_leaves_the_job_as_it_is() -> None:
    job = make_job()
    path_of(job).unlink()
    with pytest.raises(FileNotFoundError):
        run(job)
    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED


def test_a_defect_of_ours_fails_the_job_and_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job(content=mixed([make_contact() for _ in range(9)]), batch_size=2, sessions=2)

    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(job_runs, "run_batch", fail)
        with pytest.raises(RuntimeError):
            run(job)
    job.refresh_from_db()
    assert (job.status, counts_of(job)) == (JobStatus.FAILED, (0, 0, 0))
    jobs.resume_job(job.pk, by=actor(), at=NOW)
    assert run(job).status == JobStatus.FINISHED


def test_a_database_that_is_away_leaves_the_job_to_be_gone_on_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = make_job()

    def away(*args: object, **options: object) -> None:
        raise OperationalError("no connection")

    with monkeypatch.context() as patch:
        patch.setattr(job_runs, "run_batch", away)
        with pytest.raises(OperationalError):
            run(job)
    job.refresh_from_db()
    assert job.status == JobStatus.RUNNING
    assert run(job).status == JobStatus.FINISHED


def test_of_long_rows_a_batch_has_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_runs, "_HEAVIEST", 50_000)
    content = "\n".join(["lastName", *("x" * 20_000 + str(n) for n in range(7))])
    job = run(make_job(content=content))
    assert counts_of(job) == (7, 0, 7)
    assert job.partitions.get().batches_done == 3


@pytest.mark.parametrize(("sessions", "batches"), [(1, {5}), (4, {2})])
def test_what_is_read_for_others_or_passed_over_makes_no_batch_smaller(
    sessions: int, batches: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_runs, "_HEAVIEST", 12_000)
    content = csv_of("email", (f"{n:07}@example.com" for n in range(2_000)))
    job = make_job(content=content, sessions=sessions, batch_size=400)
    stop, after_batch = stopped_after(2)
    job = run(job, stop=stop, after_batch=after_batch)
    assert job.status == JobStatus.STOPPED
    job = run(job)
    assert counts_of(job) == (2_000, 0, 2_000)
    assert {*job.partitions.values_list("batches_done", flat=True)} == batches


@pytest.mark.parametrize("scopes", [frozenset(), frozenset({"promotions:all"})])
def test_a_job_may_do_what_its_client_may(scopes: frozenset[str], settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    user, person = make_user(), make_contact()
    by = Actor(user, Source.API, scopes)
    promotion = make_promotion(by=by)
    content = f"email\n{person.email}\n"
    job = make_job(promotion, content, by=by)
    promotion.shares.all().delete()
    run(job)
    told = refusals_of(job)
    assert told == ([] if scopes else [(2, "promotion_not_found")])


def test_nothing_is_enrolled_for_who_has_been_switched_off() -> None:
    user = make_user()
    promotion = make_promotion()
    job = make_job(promotion, f"email\n{make_contact().email}\n", by=Actor(user, Source.API))
    user.is_active = False
    user.save()
    job = run(job)
    assert (job.status, counts_of(job)) == (JobStatus.FAILED, (0, 0, 0))


def test_a_job_is_run_by_one_at_a_time() -> None:
    job, other = make_job(), make_job()
    with locked(job) as ours:
        assert ours
        with locked(job) as theirs, locked(other) as free:
            assert not theirs
            assert free
    with locked(job) as again:
        assert again
