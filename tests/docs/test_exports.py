"""What docs/exports.md says is tried: its commands run, its calls sent."""

import csv
import gzip
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from enrollments.exporting import Form, break_off
from promotions.models import Partner, Promotion
from tests.commands.running import output_of
from tests.docs.curl import read_curl
from tests.factories import token_for

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "exports.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.django_db
def test_the_examples_work(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output_of("load_demo")
    promotion = Promotion.objects.get(promotion_code="WELCOME")
    monkeypatch.chdir(tmp_path)
    known = {"URL": "http://localhost", "PROMOTION": promotion.record_id}
    answers: list[Any] = []
    for block in BLOCKS:
        if block.startswith("curl "):
            answers.append(read_curl(block, **known).send(client))
            assert answers[-1].status_code == 200
            continue
        words = shlex.split(block)
        printed = output_of(*words[words.index("manage.py") + 1 :])
        if "create_partner" in block:
            partner = Partner.objects.get(client_id=json.loads(printed)["client_id"])
            known["TOKEN"] = token_for(partner)
    table, objects = (b"".join(answer).decode() for answer in answers)
    written = (tmp_path / "enrollments.csv").read_text()
    compressed = gzip.decompress((tmp_path / "enrollments.ndjson.gz").read_bytes()).decode()
    rows = list(csv.DictReader(written.splitlines()))
    assert len(rows) == promotion.party_usages.count() > 10
    for text in (objects, compressed):
        assert [json.loads(line)["id"] for line in text.splitlines()] == [r["id"] for r in rows]
    assert len(table.splitlines()) == len(rows) + 1


def test_what_tells_a_broken_one_is_what_it_says() -> None:
    for form in Form:
        assert f"```text\n{break_off(form).decode().strip()}\n```" in PAGE
