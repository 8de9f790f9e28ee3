"""Migrations can be applied while the release before them still serves."""

from pathlib import Path

import pytest
from django_migration_linter import MigrationLinter

UNDISTURBED = (
    "0001_initial",
    "0009_party_first",
    "0014_remove_promotion_views",
    "0019_external_ids",
)
"""There is no release yet that these could disturb; whatever comes after the first one must not
drop what that still reads. (What 0009 makes unique was so before, in another order of columns; what
0019 does is a new column, in which nothing stands.)"""


@pytest.mark.postgresql
@pytest.mark.django_db
def test_no_migration_breaks_the_release_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """On PostgreSQL: SQLite rebuilds tables, which the linter takes for changes."""
    linter = MigrationLinter(
        str(Path(__file__).parent.parent.parent),
        include_apps=["promotions", "enrollments"],
        ignore_name=UNDISTURBED,
        no_cache=True,
    )
    linter.lint_all_migrations()
    linter.print_summary()
    assert linter.nb_valid > 0
    assert not linter.has_errors, capsys.readouterr().out
