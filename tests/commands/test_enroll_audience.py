"""``manage.py enroll_audience``."""

import os
import signal
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from enrollments.management import job_telling
from enrollments.management.commands import enroll_audience
from enrollments.models import EnrollmentJob, JobStatus, PromotionPartyUsage
from enrollments.services import job_runs
from enrollments.services.job_batches import Done, run_batch
from enrollments.services.job_files import locked
from enrollments.services.job_runs import Run, run_job
from promotions.models import Promotion
from tests.commands.running import output_of
from tests.factories import make_contact, make_promotion

pytestmark = pytest.mark.django_db(transaction=True)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def promotion() -> Promotion:
    return make_promotion(promotion_code="MAY")


@pytest.fixture
def list_of_five(tmp_path: Path) -> Path:
    """Five customers, one twice, and two bad rows."""
    people = [make_contact() for _ in range(5)]
    rows = [p.record_id for p in people]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(["contactId", *rows, rows[0], "nonsense", "0034"]))
    return path


def run(*args: object, **options: Any) -> str:
    return output_of("enroll_audience", *(str(arg) for arg in args), **options)


def failing(*args: object, **options: Any) -> str:
    with pytest.raises(CommandError) as caught:
        run(*args, **options)
    return str(caught.value)


def leaving(monkeypatch: pytest.MonkeyPatch, path: Path) -> str:
    """What the command says whose database goes away, and leaves its job to be gone on with."""

    def away(*args: object, **options: object) -> None:
        raise OperationalError("no connection")

    with monkeypatch.context() as patch:
        patch.setattr(job_runs, "run_batch", away)
        return failing("MAY", path)


def test_a_list_is_enrolled_and_what_was_refused_lies_beside_it(
    promotion: Promotion, list_of_five: Path
) -> None:
    printed = run("may", list_of_five, reason="The list of May")
    refused = Path(f"{list_of_five}.refused.csv")
    job = EnrollmentJob.objects.get()
    assert printed.splitlines() == [
        f"{job.name}: 8 rows, 5 enrolled, 3 refused.",
        "Refused: 2 malformed_id, 1 already_enrolled. The rows, with the reasons, are in "
        f"{refused}.",
    ]
    lines = refused.read_text().splitlines()
    assert lines[0] == "line,code,reason,pointer"
    assert [line.split(",")[:2] for line in lines[1:]] == [
        ["7", "already_enrolled"],
        ["8", "malformed_id"],
        ["9", "malformed_id"],
    ]
    usages = PromotionPartyUsage.objects.filter(promotion=promotion)
    history = [row for usage in usages for row in usage.history.all()]
    assert Counter((row.source, row.reason, row.created_by.username) for row in history) == {
        ("command", "The list of May", "system"): 5
    }


def test_the_promotion_may_be_named_by_its_id_and_the_report_be_elsewhere(
    promotion: Promotion, list_of_five: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    run(promotion.record_id, list_of_five, "--refused", report)
    assert report.read_text().count("\n") == 4
    assert not Path(f"{list_of_five}.refused.csv").exists()


def test_where_nothing_is_refused_there_is_no_report(promotion: Promotion, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"email\n{make_contact().email}\n")
    assert "1 enrolled, 0 refused" in run("MAY", path)
    assert os.listdir(tmp_path) == ["list.csv"]


def test_what_an_earlier_list_was_refused_is_not_left_beside_the_next(
    promotion: Promotion, list_of_five: Path
) -> None:
    run("MAY", list_of_five)
    report = Path(f"{list_of_five}.refused.csv")
    assert report.read_text().count("\n") == 4
    list_of_five.write_text(f"email\n{make_contact().email}\n")
    run("MAY", list_of_five)
    assert report.read_text().count("\n") == 1


def test_a_list_is_not_written_over(promotion: Promotion, list_of_five: Path) -> None:
    list_ = list_of_five.read_text()
    (link := list_of_five.with_name("link.csv")).symlink_to(list_of_five)
    for path in (list_of_five, link):
        message = failing("MAY", list_of_five, "--refused", path)
        assert message == "--refused names the audience's own file. Name another."
    nowhere = list_of_five.with_name("nowhere")
    assert failing("MAY", list_of_five, "--refused", nowhere / "x.csv") == (
        f"--refused: there is no directory {nowhere}. Make it, or name another."
    )
    assert list_of_five.read_text() == list_
    assert not EnrollmentJob.objects.exists()


def test_a_dry_run_only_tells(promotion: Promotion, list_of_five: Path) -> None:
    for _ in range(2):
        printed = run("MAY", list_of_five, "--dry-run")
        assert "8 rows, 5 would be enrolled, 3 would be refused." in printed
    assert not PromotionPartyUsage.objects.exists()
    told = Path(f"{list_of_five}.dry-run.refused.csv")
    before = told.read_text()
    assert f"are in {told}." in printed
    assert not Path(f"{list_of_five}.refused.csv").exists()
    assert "8 rows, 5 enrolled, 3 refused." in run("MAY", list_of_five)
    assert told.read_text() == before != Path(f"{list_of_five}.refused.csv").read_text()


def test_a_dry_run_writes_its_report_where_it_is_told(
    promotion: Promotion, list_of_five: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    run("MAY", list_of_five, "--dry-run", "--refused", report)
    assert sorted(os.listdir(tmp_path)) == ["list.csv", "report.csv"]


def test_a_list_that_was_worked_off_is_not_again_unless_told(
    promotion: Promotion, list_of_five: Path
) -> None:
    first = run("MAY", list_of_five).splitlines()
    again = run("MAY", list_of_five).splitlines()
    [job] = EnrollmentJob.objects.all()
    assert again == [
        f"{job.name} has worked off this file. --restart begins anew.",
        *first,
    ]
    anew = run("MAY", list_of_five, "--restart")
    assert "8 rows, 0 enrolled, 8 refused." in anew
    assert EnrollmentJob.objects.count() == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_after_the_batch_and_the_same_command_goes_on(
    promotion: Promotion,
    list_of_five: Path,
    number: signal.Signals,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = signal.getsignal(number)
    batches, events = [], []

    def note_event(job: EnrollmentJob, run: Run) -> EnrollmentJob:
        events.append(run.stop)
        return run_job(job, run)

    def signal_in_the_second(*args: Any, **options: Any) -> Done:
        batches.append(run_batch(*args, **options))
        if len(batches) == 2:
            os.kill(os.getpid(), number)
            assert events[0].wait(timeout=30)
        return batches[-1]

    with monkeypatch.context() as patch:
        patch.setattr(job_runs, "run_batch", signal_in_the_second)
        patch.setattr(enroll_audience, "run_job", note_event)
        message = failing("MAY", list_of_five, "--batch-size", 2)
    assert message == "Stopped. Run the same command again to go on where it stopped."
    job = EnrollmentJob.objects.with_progress().get()
    assert (job.status, job.row_count) == (JobStatus.STOPPED, 4)
    assert signal.getsignal(number) == before
    printed = run("MAY", list_of_five)
    assert printed.startswith(f"Going on with {job.name}.")
    assert "8 rows, 5 enrolled, 3 refused." in printed


def test_what_a_stopped_job_refused_lies_beside_its_list(
    promotion: Promotion, list_of_five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_to_the_last_batch(*args: Any, **options: Any) -> Done:
        done = run_batch(*args, **options)
        if args[1].begins_at == 6:
            os.kill(os.getpid(), signal.SIGTERM)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(job_runs, "run_batch", run_to_the_last_batch)
        assert failing("MAY", list_of_five, "--batch-size", 2).startswith("Stopped.")
    refused = Path(f"{list_of_five}.refused.csv").read_text().splitlines()
    assert [line.partition(",")[0] for line in refused] == ["line", "7", "8", "9"]


def test_options_that_a_job_was_not_begun_with_are_not_passed_over_in_silence(
    promotion: Promotion, list_of_five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving(monkeypatch, list_of_five)
    name = EnrollmentJob.objects.get().name
    printed = run("MAY", list_of_five, "--reason", "The list of May", "--sessions", 2)
    assert printed.startswith(
        f"Going on with {name}, which was begun with --sessions 1 and --reason (none) and keeps "
        "that: --restart begins anew."
    )


def test_a_second_interrupt_breaks_off_wherever_it_comes(
    promotion: Promotion, list_of_five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt_twice(*args: Any, **options: Any) -> Any:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(enroll_audience.Command, "_report", interrupt_twice)
    assert failing("MAY", list_of_five) == (
        "Broken off. Run the same command again to go on where it stopped."
    )


def test_a_stopped_job_can_be_begun_anew(
    promotion: Promotion, list_of_five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving(monkeypatch, list_of_five)
    assert "8 rows, 5 enrolled" in run("MAY", list_of_five, "--restart")
    assert EnrollmentJob.objects.count() == 2
    assert "has worked off this file" in run("MAY", list_of_five)


def test_a_database_that_is_away_is_told_of(
    promotion: Promotion, list_of_five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert leaving(monkeypatch, list_of_five) == (
        "The database can't be reached. Run the same command again to go on where it stopped."
    )
    assert "8 rows, 5 enrolled" in run("MAY", list_of_five)


def test_a_job_that_another_process_runs_is_left_to_it(
    promotion: Promotion, list_of_five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving(monkeypatch, list_of_five)
    job = EnrollmentJob.objects.get()
    with locked(job):
        for options in ([], ["--restart"]):
            message = failing("MAY", list_of_five, *options)
            assert message.startswith(f"{job.name} is being run by another process. Wait until")


def test_who_changed_a_list_that_was_left_is_told_that_it_begins_anew(
    promotion: Promotion, list_of_five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving(monkeypatch, list_of_five)
    left = EnrollmentJob.objects.get()
    with list_of_five.open("a") as file:
        file.write("\n0035\n")
    assert "has been changed" not in run("MAY", list_of_five, "--dry-run")
    printed = run("MAY", list_of_five)
    assert f"list.csv has been changed since {left.name} began with it" in printed
    assert "9 rows, 5 enrolled" in printed


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ("NONE", "{path}"),
            "There is no promotion with the id or code NONE. Check it in the admin.",
        ),
        (("MAY", "nowhere.csv"), "nowhere.csv: No such file or directory."),
        (("MAY", "{pipe}"), "Save the list in a file, and name that:"),
        (("MAY", "{path}", "--sessions", "0"), "sessions: A job has 1 to 8 sessions."),
        (("MAY", "{path}", "--batch-size", "0"), "--batch-size: A batch has 1 to 10,000 rows."),
        (("MAY", "{other}"), "phone: There is no such column. Known are contactId,"),
        (("MAY", "{bare}"), "The file has a header and no rows."),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    promotion: Promotion,
    list_of_five: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    expected: str,
) -> None:
    other, bare = tmp_path / "other.csv", tmp_path / "bare.csv"
    other.write_text("phone\n1\n")
    bare.write_text("email\n\n")
    os.mkfifo(pipe := tmp_path / "pipe")
    paths = {"path": list_of_five, "other": other, "bare": bare, "pipe": pipe}
    named = [argument.format_map(paths) for argument in arguments]
    message = failing(*named)
    assert expected in message
    assert not EnrollmentJob.objects.exists()


def test_a_file_that_breaks_off_ends_in_an_error(
    promotion: Promotion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("email\na@example.com\n")

    def change_first(job: EnrollmentJob, *args: Any) -> EnrollmentJob:
        path.write_text("email\nb@example.com\n")
        return run_job(job, *args)

    monkeypatch.setattr(enroll_audience, "run_job", change_first)
    assert failing("MAY", path) == "list.csv has been changed since. Start a new job with it."


def test_a_terminal_sees_a_bar_and_a_log_lines(
    promotion: Promotion, list_of_five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_telling, "_ON_A_TERMINAL", 0)
    monkeypatch.setattr(job_telling, "_ELSEWHERE", 0)
    terminal = Terminal()
    call_command("enroll_audience", "MAY", str(list_of_five), "--batch-size=1", stdout=terminal)
    shown = terminal.getvalue().split("\n")[0]
    assert shown.startswith("\r[........................]   0%  0 rows, 0 refused")
    assert "[########################] 100%  8 rows, 3 refused  " in shown
    assert "rows/s  0:00 left" in shown
    lines = run("MAY", list_of_five, "--restart", "--batch-size=1").splitlines()
    assert lines[0] == "0%  0 rows, 0 refused"
    assert any(line.startswith("100%  8 rows, 8 refused") for line in lines)


def test_two_sessions(promotion: Promotion, list_of_five: Path) -> None:
    printed = run("MAY", list_of_five, "--sessions", 2, "--batch-size", 1)
    assert "8 rows, 5 enrolled, 3 refused." in printed
    assert EnrollmentJob.objects.get().partitions.count() == 2
