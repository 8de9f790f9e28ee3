"""What docs/exports.md says is tried: its commands run, its calls sent."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from django.test import Client

from enrollments.exporting import Form, break_off
from promotions.models import Promotion
from tests.demo import with_demo
from tests.docs.reader import Reader

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "exports.md").read_text()


@pytest.mark.django_db
def test_the_examples_work(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_demo()
    monkeypatch.chdir(tmp_path)
    reader = Reader(PAGE, client)
    reader.read()
    _, found, *exports = reader.answers
    promotion = Promotion.objects.get(promotion_code="WELCOME")
    assert [one["id"] for one in found.json()["results"]] == [promotion.record_id]
    table, objects = (b"".join(answer).decode() for answer in exports)
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
