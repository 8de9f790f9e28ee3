"""``export_enrollments`` while the database changes, sleeps and dies. What is exported is in
``tests/api/test_enrollment_export.py``."""

import json
from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connection

from enrollments import exporting
from enrollments.exporting import Form
from enrollments.services.exports import export_enrollments
from promotions import streaming
from promotions.errors import Refused
from promotions.models import Promotion
from tests.factories import NOW, actor, enroll_contact, make_contact, make_promotion
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def promotion(monkeypatch: pytest.MonkeyPatch) -> Promotion:
    """With five enrollments, which are read two at a time."""
    monkeypatch.setattr(streaming, "PART", 2)
    promotion = make_promotion()
    for _ in range(5):
        enroll_contact(make_contact(), promotion)
    return promotion


def export(promotion: Promotion) -> Iterator[tuple[bytes, int]]:
    return export_enrollments(promotion.pk, Form.NDJSON, by=actor(), at=NOW)


def number_of_enrollments(parts: Iterator[tuple[bytes, int]]) -> int:
    return sum(count for _, count in parts)


def test_few_are_read_at_a_time(promotion: Promotion) -> None:
    assert [count for _, count in export(promotion)] == [0, 2, 2, 1]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_none_is_lost_where_parts_meet(promotion: Promotion, count: int) -> None:
    other = make_promotion()
    for _ in range(count):
        enroll_contact(make_contact(), other)
    assert number_of_enrollments(export(other)) == count


def test_a_promotion_that_is_not_there_is_said_at_once(promotion: Promotion) -> None:
    with pytest.raises(Refused) as refused:
        export_enrollments(promotion.pk + 1, Form.CSV, by=actor(), at=NOW)
    assert [error.code for error in refused.value.errors] == ["not_found"]


def test_all_are_as_they_were_when_it_began(promotion: Promotion) -> None:
    parts = export(promotion)
    first, second = next(parts), next(parts)
    # On another connection: this one is being read from.
    at_once([lambda: enroll_contact(make_contact(), promotion)])
    at_once([lambda: promotion.party_usages.update(usage_count=7)])
    lines = b"".join(part for part, _ in [first, second, *parts]).splitlines()
    assert [json.loads(line)["usageCount"] for line in lines] == [0] * 5


def test_one_that_is_left_leaves_the_connection_as_it_was(promotion: Promotion) -> None:
    parts = export(promotion)
    assert [next(parts)[1], next(parts)[1]] == [0, 2]
    parts.close()  # type: ignore[attr-defined]
    assert not connection.in_atomic_block
    assert number_of_enrollments(export(promotion)) == 5


@pytest.mark.postgresql
def test_when_the_database_hangs_up_the_export_says_so(promotion: Promotion) -> None:
    parts = export(promotion)
    read = [next(parts), next(parts)]
    backend = connection.connection.info.backend_pid
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [backend])
    with pytest.raises(OperationalError):
        read.extend(parts)
    assert read[-1] == (exporting.break_off(Form.NDJSON), 0)
    connection.close_if_unusable_or_obsolete()
    assert number_of_enrollments(export(promotion)) == 5
