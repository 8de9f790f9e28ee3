"""What docs/audiences.md says is tried: its files are written, its commands run, its calls sent."""

import re
from pathlib import Path

import pytest
from django.test import Client

from enrollments.models import PromotionPartyUsage
from enrollments.wire import COLUMNS
from tests.commands.running import output_of
from tests.demo import with_demo
from tests.docs.curl import printed_calls
from tests.docs.reader import Reader, texts_of

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "audiences.md").read_text()
TABLE, REFUSED = texts_of(PAGE, "csv")
(OBJECTS,) = texts_of(PAGE, "ndjson")


@pytest.mark.django_db(transaction=True)
def test_the_examples_work_behind_the_call_that_the_demo_prints(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_demo()
    enrolling, _ = printed_calls(output_of("announce_demo"))
    monkeypatch.chdir(tmp_path)
    for name, text in (("csv", TABLE), ("ndjson", OBJECTS)):
        assert f"`customers.{name}`" in PAGE
        (tmp_path / f"customers.{name}").write_text(text)
    reader = Reader(PAGE, client)
    assert enrolling.send(client).status_code == 201
    reader.read()
    tried, done, _, worked = reader.printed
    assert "6 rows, 3 would be enrolled, 3 would be refused." in tried
    assert "6 rows, 3 enrolled, 3 refused." in done
    assert worked.strip().endswith("finished.")
    assert "`customers.csv.dry-run.refused.csv`" in PAGE
    assert (tmp_path / "customers.csv.dry-run.refused.csv").read_text().count("\n") == 4
    refused = (tmp_path / "customers.csv.refused.csv").read_text()
    assert _without_ids(refused) == _without_ids(REFUSED)
    header, *rows = TABLE.splitlines()
    assert (tmp_path / "mend.csv").read_text().splitlines() == [header, *rows[3:]]
    _, taken, status, refusals = reader.answers
    assert taken.status_code == 202
    assert (status.json()["status"], status.json()["enrolledCount"]) == ("finished", 2)
    assert b"".join(refusals).decode() == "line,code,reason,pointer\r\n"
    reasons = PromotionPartyUsage.objects.filter(history__reason__startswith="The list of")
    assert reasons.count() == 5


def _without_ids(text: str) -> str:
    return re.sub(r"0hP\w{15}", "an id", text.replace("\r\n", "\n"))


def test_the_columns_are_those_there_are() -> None:
    table = PAGE.split("\n| column")[1].split("\n\n")[0]
    first = [row.split("|")[1] for row in table.splitlines()[2:]]
    assert [name for cell in first for name in re.findall(r"`(\w+)`", cell)] == list(COLUMNS)
