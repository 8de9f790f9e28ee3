"""Which database the service runs on."""

from functools import cache

from django.db import connection


@cache
def is_postgresql() -> bool:
    """Whether it is PostgreSQL; else it is SQLite."""
    return connection.vendor == "postgresql"
