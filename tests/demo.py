"""The demo's data in the database of a test, for those that try what is said of it.

``load_demo`` makes every record by its service, which takes longer than what is then tried: the
first test of a run that wants them keeps the rows, and the others put them into their databases.
"""

import pickle
from pathlib import Path

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection

from tests.commands.running import output_of
from tests.migrated import made_once
from tests.rollback import keep, put_back


def with_demo() -> None:
    """What ``load_demo`` leaves in an empty database."""
    with made_once(f"demo-{connection.vendor}", _load) as kept:
        put_back(connection, pickle.loads(Path(kept).read_bytes()))  # noqa: S301  # a file of ours
    # The next records come behind these.
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)


def _load(shared: Path) -> str:
    output_of("load_demo")
    rows = shared / f"demo-{connection.vendor}-rows"
    rows.write_bytes(pickle.dumps(keep(connection)))
    return str(rows)
