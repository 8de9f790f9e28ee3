"""Typed reading of settings from the environment; a bad value stops the process with a sentence
that names the variable, the value and what would be right."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import psycopg.conninfo
from django.core.exceptions import ImproperlyConfigured

from promotions.currencies import MINOR_DIGITS

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_RATE = re.compile(r"[1-9]\d*/(second|minute|hour|day)")


class Environment:
    """The process environment, read by type. An empty variable counts as absent."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str, default: str = "") -> str:
        return self._variables.get(name, "").strip() or default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value not in _TRUE | _FALSE:
            raise _bad(name, value, "write 1 or 0")
        return value in _TRUE

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"-?\d{1,12}", value) or not least <= int(value) <= most:
            raise _bad(name, value, f"write a whole number from {least} to {most}")
        return int(value)

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """A comma-separated list."""
        value = self.text(name)
        return [word.strip() for word in value.split(",") if word.strip()] or list(default)

    def hosts(self, name: str, default: tuple[str, ...]) -> list[str]:
        hosts = self.words(name, default)
        for host in hosts:
            if not re.fullmatch(r"\*|\.?[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]", host):
                raise _bad(name, host, "write host names such as promotions.example.com")
        return hosts

    def origins(self, name: str) -> list[str]:
        origins = self.words(name)
        for origin in origins:
            if not re.fullmatch(r"https?://[^/\s]+", origin):
                raise _bad(name, origin, "write origins such as https://promotions.example.com")
        return origins

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default)
        for choice in choices:
            if choice.lower() == value.lower():
                return choice
        raise _bad(name, value, "write one of " + ", ".join(choices))

    def rate(self, name: str, default: str = "") -> str | None:
        """A rate limit such as ``600/minute``; ``off`` or nothing is no limit."""
        value = self.text(name, default)
        if value in ("", "off"):
            return None
        if not _RATE.fullmatch(value):
            raise _bad(name, value, "write a rate such as 600/minute, or off")
        return value

    def zone(self, name: str, default: str) -> str:
        """The name of an IANA time zone."""
        value = self.text(name, default)
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError) as error:  # ZoneInfoNotFoundError is a KeyError
            raise _bad(name, value, "write the name of a zone such as Europe/Berlin") from error
        return value

    def currencies(self, name: str) -> list[str]:
        codes = self.words(name)
        for code in codes:
            if code not in MINOR_DIGITS:
                raise _bad(name, code, "write ISO 4217 codes such as EUR,USD")
        return codes

    def database(self, name: str, *, default: Path) -> dict[str, Any]:
        """Django's settings for the database at a URL; SQLite at ``default`` without one."""
        url = self.text(name)
        if not url:
            return sqlite(default)
        scheme, _, _ = url.partition(":")
        if scheme == "sqlite":
            path = unquote(url.removeprefix("sqlite:///")) if ":///" in url else ""
            if not path:
                raise _bad(name, url, "write sqlite:///relative/path or sqlite:////absolute/path")
            return sqlite(Path(path))
        if scheme in ("postgresql", "postgres"):
            return postgresql(name, url)
        raise _bad(name, f"{scheme}:…", "write postgresql://… or sqlite:///…")


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite as a server's database: write-ahead log, and a transaction takes the write lock when
    it begins, because one that reads first and writes later fails at once under concurrency."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def postgresql(name: str, url: str) -> dict[str, Any]:
    """PostgreSQL with a connection per thread of the server, kept from request to request, on
    which statements that come again are prepared."""
    try:
        parts = dict(psycopg.conninfo.conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        # The library's own words may hold the password.
        advice = "it is not a connection URL such as postgresql://user:password@host/database"
        raise _bad(name, "postgresql:…", advice) from None
    if not parts.get("dbname"):
        raise _bad(name, "postgresql:…", "it names no database: postgresql://user@host/database")
    return {
        "ENGINE": "config.postgresql",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,  # finds out that the server was started anew
        "OPTIONS": {
            "connect_timeout": 5,
            **parts,
            "server_side_binding": True,  # else nothing can be prepared
            "prepare_threshold": 5,
        },
    }


def make_directory(name: str, path: Path) -> None:
    """Makes the directory that variable ``name`` chooses, where it isn't there yet."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _bad(name, str(path), f"no such directory can be made ({error.strerror})") from error


def secret_key(given: str, keep_in: Path) -> str:
    """The key that sessions are signed with: the given one, else one made once and kept in a file
    that only its owner can read, so that no installation runs with a known key."""
    if given:
        if len(given) < 50:
            raise ImproperlyConfigured(
                "SECRET_KEY is too short: give at least 50 random characters, "
                "or none to have one made and kept."
            )
        return given
    try:
        # Linked into place when complete: a second process never reads half a key.
        with tempfile.NamedTemporaryFile("w", dir=keep_in.parent) as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.link(file.name, keep_in)
    except FileExistsError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set and none can be kept in {keep_in}: {error}"
        ) from error
    return keep_in.read_text()


def _bad(name: str, value: str, advice: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}={value!r} is not usable: {advice}.")
