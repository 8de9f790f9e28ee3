"""What docs/audiences.md says is tried: its files are written, its commands run, its calls sent."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from enrollments.models import PromotionPartyUsage
from enrollments.wire import COLUMNS
from promotions.models import Partner
from tests.commands.running import output_of
from tests.docs.curl import read_curl
from tests.factories import token_for

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "audiences.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def text_of(language: str, number: int) -> str:
    found: list[str] = [text for name, text in BLOCKS if name == language]
    return found[number]


@pytest.mark.django_db(transaction=True)
def test_the_examples_work(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output_of("load_demo")
    monkeypatch.chdir(tmp_path)
    for name, text in (("csv", text_of("csv", 0)), ("ndjson", text_of("ndjson", 0))):
        assert f"`customers.{name}`" in PAGE
        (tmp_path / f"customers.{name}").write_text(text)
    known = {"URL": "http://localhost"}
    printed: list[str] = []
    answers: list[Any] = []
    for block in (text for language, text in BLOCKS if language == "sh"):
        if block.startswith("curl "):
            answers.append(read_curl(block, **known).send(client))
            assert answers[-1].status_code in (200, 202), answers[-1].content
            if answers[-1].status_code == 202:
                known["JOB"] = answers[-1].json()["id"]
            continue
        words = shlex.split(block)
        printed.append(output_of(*words[words.index("manage.py") + 1 :]))
        if "create_partner" in block:
            partner = Partner.objects.get(client_id=json.loads(printed[-1])["client_id"])
            known["TOKEN"] = token_for(partner)
    tried, done, _, worked = printed
    assert "6 rows, 3 would be enrolled, 3 would be refused." in tried
    assert "6 rows, 3 enrolled, 3 refused." in done
    assert worked.strip().endswith("finished.")
    assert "`customers.csv.dry-run.refused.csv`" in PAGE
    assert (tmp_path / "customers.csv.dry-run.refused.csv").read_text().count("\n") == 4
    refused = (tmp_path / "customers.csv.refused.csv").read_text()
    assert _without_ids(refused) == _without_ids(text_of("csv", 1))
    _, status, refusals = answers
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
