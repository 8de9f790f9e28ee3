"""Every index of the tables that enrolling writes to is one that something reads: docs/decisions/
0015-indexes.md says what. Each is written for every customer who enrolls."""

import re
from pathlib import Path

import pytest
from django.db import connection

from enrollments.models import Account, Contact, PromotionPartyUsage, PromotionPartyUsageHistory

RECORD = Path(__file__).parents[2] / "docs" / "decisions" / "0015-indexes.md"


def justified(table: str) -> set[str]:
    """The indexes that the record has a row for, below the heading with the table's name."""
    section = re.search(rf"## `{table}`\n(.*?)(?=\n## |\Z)", RECORD.read_text(), re.DOTALL)
    assert section, f"the record says nothing of {table}"
    return set(re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE))


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    "model",
    [PromotionPartyUsage, PromotionPartyUsageHistory, Contact, Account],
    ids=lambda model: model.__name__,
)
def test_no_index_that_nothing_reads(model: type[PromotionPartyUsage]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [table])
        # A foreign key's index has a hash in its name.
        there = {re.sub(r"_[0-9a-f]{8}$", "", name) for (name,) in cursor.fetchall()}
    assert there == justified(table)
