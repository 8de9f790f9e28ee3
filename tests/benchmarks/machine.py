"""What the figures were measured on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psycopg


def description(connection: psycopg.Connection) -> str:
    """Cores, memory, and the versions that matter, on a few lines."""
    row = connection.execute(
        "SELECT current_setting('server_version'), current_setting('fsync'),"
        " current_setting('synchronous_commit'), current_setting('shared_buffers')"
    ).fetchone()
    assert row is not None
    return "\n".join(
        [
            f"{os.cpu_count()} cores ({_first('/proc/cpuinfo', 'model name')}), "
            f"{_memory():.0f} GB of memory, {platform.system()} {platform.machine()}",
            f"PostgreSQL {row[0].split()[0]}: fsync {row[1]}, synchronous_commit {row[2]}, "
            f"shared_buffers {row[3]}",
            f"Python {platform.python_version()}, "
            + ", ".join(
                f"{name} {version(name)}"
                for name in (
                    *("django", "djangorestframework", "psycopg", "granian"),
                    *("fastapi", "asyncpg", "uvicorn"),
                )
            ),
        ]
    )


def _memory() -> float:
    return int(_first("/proc/meminfo", "MemTotal").split()[0]) / 1024**2


def _first(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "?"
