"""What docs/bulk.md says is tried: its table is sent, its commands run, its calls made."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from promotions.models import Partner
from tests.commands.running import output_of
from tests.docs.curl import read_curl
from tests.factories import token_for

PAGE = (Path(__file__).parents[2] / "docs" / "bulk.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
TABLE, FAILED = (text for language, text in BLOCKS if language == "csv")


@pytest.mark.django_db(transaction=True)
def test_the_examples_work(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.DATA_DIR = str(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(TABLE)
    known = {"URL": "http://localhost"}
    answers: list[Any] = []
    for block in (text for language, text in BLOCKS if language == "sh"):
        if not block.startswith("curl "):
            words = shlex.split(block)
            printed = output_of(*words[words.index("manage.py") + 1 :])
            if "create_partner" in block:
                partner = Partner.objects.get(client_id=json.loads(printed)["client_id"])
                known["TOKEN"] = token_for(partner)
            continue
        for line in re.split(r"\n(?=curl )", block.strip()):
            answers.append(read_curl(line, **known).send(client))
            assert answers[-1].status_code in (200, 201), answers[-1]
            if not answers[-1].streaming and answers[-1].content:
                told = answers[-1].json()
                known["BATCH" if "jobId" in told else "JOB"] = told["id"]
    *answers, _, _, _, batch, results = answers
    assert (batch.json()["state"], batch.json()["numberRecordsFailed"]) == ("Completed", 1)
    assert [row["success"] for row in json.loads(text_of(results))] == [True, False]
    *_, done, successful, failed, unprocessed, _, found = answers
    assert (done.json()["state"], done.json()["numberRecordsFailed"]) == ("JobComplete", 2)
    assert len(text_of(successful).splitlines()) == 3
    assert text_of(failed) == FAILED
    assert text_of(unprocessed) == TABLE.splitlines(keepends=True)[0]
    assert found["Sforce-Locator"] == "null"
    assert text_of(found) == "ExternalId,LastName\nW-1,Meyer\nW-2,Kunz\n"


def text_of(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()
