"""``manage.py export_enrollments``."""

import gzip
import json
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from enrollments.services import exports
from tests.commands.running import output_of
from tests.factories import enroll_contact, make_contact, make_promotion

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "options", "first"),
    [
        ("all.csv", (), "id,name,"),
        ("all.ndjson", (), '{"id":'),
        ("all", (), "id,name,"),
        ("all.csv", ("--format", "ndjson"), '{"id":'),
    ],
)
def test_a_file_is_written(tmp_path: Path, name: str, options: tuple[str, ...], first: str) -> None:
    promotion = make_promotion()
    usages = [enroll_contact(make_contact(), promotion) for _ in range(3)]
    told = output_of("export_enrollments", promotion.record_id, str(tmp_path / name), *options)
    written = (tmp_path / name).read_text()
    assert written.startswith(first)
    assert [usage.record_id in written for usage in usages] == [True] * 3
    assert told == f"Wrote {tmp_path / name} (3 enrollments).\n"
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_file_is_compressed_where_its_name_says_so(tmp_path: Path) -> None:
    promotion = make_promotion()
    usage = enroll_contact(make_contact(), promotion)
    path = tmp_path / "all.ndjson.gz"
    output_of("export_enrollments", promotion.record_id, str(path))
    assert json.loads(gzip.decompress(path.read_bytes()))["id"] == usage.record_id


def test_a_file_is_complete_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> None:
        raise RuntimeError("the lights went out")

    promotion = make_promotion()
    path = tmp_path / "all.csv"
    path.write_text("what was there before")
    monkeypatch.setattr(exports, "read_in_parts", fail)
    with pytest.raises(RuntimeError):
        output_of("export_enrollments", promotion.record_id, str(path))
    assert path.read_text() == "what was there before"


def test_without_a_file_it_is_printed() -> None:
    promotion = make_promotion()
    usage = enroll_contact(make_contact(), promotion)
    told = output_of("export_enrollments", promotion.record_id, "--format", "ndjson")
    assert [json.loads(line)["id"] for line in told.splitlines()] == [usage.record_id]


def test_a_promotion_that_is_none() -> None:
    with pytest.raises(CommandError, match="There is no promotion"):
        output_of("export_enrollments", "NONE")


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        output_of("export_enrollments", make_promotion().record_id, str(tmp_path / "not/there.csv"))
