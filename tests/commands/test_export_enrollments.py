"""``manage.py export_enrollments``."""

import json
from pathlib import Path

import pytest
from django.core.management.base import CommandError

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
