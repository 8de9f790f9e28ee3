"""Files of customers, as an operator has them."""

from collections.abc import Iterator
from pathlib import Path

import psycopg

from promotions import ids

BAD_EVERY = 1000
"""One row in so many names nobody."""


def write(connection: psycopg.Connection, path: Path, contacts: int) -> int:
    """A CSV file that names the first ``contacts`` contacts, one in three each by id, by external
    id and by e-mail address, and here and there nobody; answers with how many rows are bad."""
    with path.open("w", encoding="utf-8") as file:
        file.write("contactId,contactExternalId,email\n")
        file.writelines(_lines(connection, contacts))
    return contacts // BAD_EVERY


def _lines(connection: psycopg.Connection, contacts: int) -> Iterator[str]:
    rows = connection.execute(
        "SELECT id, external_id, email FROM enrollments_contact WHERE id <= %s ORDER BY id",
        [contacts],
    )
    for number, (key, external_id, email) in enumerate(rows, 1):
        match number % 3:
            case 0:
                yield f"{ids.encode(ids.CONTACT, key)},,\n"
            case 1:
                yield f",{external_id},\n"
            case _:
                yield f",,{email}\n"
        if number % BAD_EVERY == 0:
            yield f",nobody-{number},\n"
