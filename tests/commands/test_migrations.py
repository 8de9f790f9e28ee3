"""Migrations can be applied while the release before them still serves."""

from pathlib import Path

import pytest
from django_migration_linter import MigrationLinter

FIRST = ("0001_people", "0001_models", "0002_models")
"""There is no release before it that it could disturb."""


@pytest.mark.postgresql
@pytest.mark.django_db
def test_no_migration_breaks_the_release_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """On PostgreSQL: SQLite rebuilds tables, which the linter takes for changes."""
    linter = MigrationLinter(
        str(Path(__file__).parent.parent.parent),
        include_apps=["promotions", "enrollments"],
        ignore_name=FIRST,
        no_cache=True,
    )
    linter.lint_all_migrations()
    linter.print_summary()
    assert linter.nb_valid > 0
    assert not linter.has_errors, capsys.readouterr().out
