"""Settings from the environment: a bad value stops the process and names the variable."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Environment, make_directory, secret_key

Reader = Callable[[Environment], Any]


def flag(env: Environment) -> bool:
    return env.flag("V")


def number(env: Environment) -> int:
    return env.number("V", 7, least=1, most=100)


def choice(env: Environment) -> str:
    return env.choice("V", "INFO", ("DEBUG", "INFO"))


def zone(env: Environment) -> str:
    return env.zone("V", "UTC")


def rate(env: Environment) -> str | None:
    return env.rate("V", "5/second")


def words(env: Environment) -> list[str]:
    return env.words("V", ("a",))


def origins(env: Environment) -> list[str]:
    return env.origins("V")


def currencies(env: Environment) -> list[str]:
    return env.currencies("V")


def text(env: Environment) -> str:
    return env.text("V", "default")


def database(env: Environment) -> dict[str, Any]:
    return env.database("V", default=Path("/data/db.sqlite3"))


READ: list[tuple[Reader, str | None, Any]] = [
    (text, None, "default"),
    (text, "", "default"),
    (text, "  ", "default"),
    (text, " x ", "x"),
    (flag, None, False),
    (flag, "", False),
    *[(flag, value, True) for value in ("1", "true", "TRUE", "yes", "On")],
    *[(flag, value, False) for value in ("0", "false", "No", "off")],
    (number, None, 7),
    (number, "1", 1),
    (number, "100", 100),
    (words, None, ["a"]),
    (words, " , ", ["a"]),
    (words, "x, y ,,z", ["x", "y", "z"]),
    (origins, None, []),
    (origins, "https://a.example,http://b.example:8000", ["https://a.example", "http://b.example:8000"]),
    (choice, None, "INFO"),
    (choice, "debug", "DEBUG"),
    (rate, None, "5/second"),
    (rate, "off", None),
    (rate, "600/minute", "600/minute"),
    (zone, None, "UTC"),
    (zone, "Europe/Berlin", "Europe/Berlin"),
    (currencies, None, []),
    (currencies, "EUR, USD", ["EUR", "USD"]),
]  # fmt: skip


@pytest.mark.parametrize(("reader", "value", "expected"), READ)
def test_good_values(reader: Reader, value: str | None, expected: Any) -> None:
    assert reader(Environment({} if value is None else {"V": value})) == expected


BAD: list[tuple[Reader, str]] = [
    *[(flag, value) for value in ("2", "ja", "truee", "1 0")],
    *[(number, value) for value in ("0", "101", "-1", "1.5", "x", "1e2", "9" * 20)],
    *[(origins, value) for value in ("a.example", "ftp://a.example", "https://a/b", "https://")],
    *[(choice, value) for value in ("LOUD", "INFO,DEBUG")],
    *[(rate, value) for value in ("600", "0/minute", "5/week", "x/minute", "-1/hour", "1/m")],
    *[(zone, value) for value in ("Europe/Atlantis", "../etc/passwd", "/etc/localtime", "CET+1")],
    *[(currencies, value) for value in ("eur", "EURO", "EUR,€")],
    (database, "mysql://user@host/database"),
    (database, "nonsense"),
    (database, "sqlite://"),
    (database, "sqlite://relative/path"),
    (database, "postgresql://user@host"),
    (database, "postgresql://user@host/database?no_such_option=1"),
]


@pytest.mark.parametrize(("reader", "value"), BAD)
def test_bad_values_stop_the_process_and_name_the_variable(reader: Reader, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^V=.* is not usable: \w"):
        reader(Environment({"V": value}))


def test_a_bad_database_url_does_not_show_its_password() -> None:
    for url in (
        "mysql://user:s3cret@host/database",
        "postgresql://user:s3cret@host",
        "postgresql://user:s3cret@host/database?no_such_option=1",
        "postgresql://user:s3cret%zz@host/database",
        "postgresql://user:s3cret@[host/database",
    ):
        with pytest.raises(ImproperlyConfigured) as caught:
            database(Environment({"V": url}))
        assert "s3cret" not in str(caught.value), url


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", "/data/db.sqlite3"),
        ("sqlite:///relative/db.sqlite3", "relative/db.sqlite3"),
        ("sqlite:////absolute/db.sqlite3", "/absolute/db.sqlite3"),
        ("sqlite:////with%20space.sqlite3", "/with space.sqlite3"),
    ],
)
def test_sqlite(url: str, path: str) -> None:
    settings = database(Environment({"V": url}))
    assert settings["ENGINE"] == "django.db.backends.sqlite3"
    assert settings["NAME"] == Path(path)
    assert settings["CONN_MAX_AGE"] is None, "connections are kept"
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_postgresql(scheme: str) -> None:
    url = f"{scheme}://user:p%40ss@db.example:5433/promotions?sslmode=require"
    settings = database(Environment({"V": url}))
    assert {key: settings[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "promotions",
        "USER": "user",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
    }
    assert settings["ENGINE"] == "config.postgresql"
    assert settings["CONN_MAX_AGE"] is None, "connections are kept"
    assert settings["CONN_HEALTH_CHECKS"]
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert settings["OPTIONS"]["server_side_binding"], "without it nothing is prepared"
    assert settings["OPTIONS"]["prepare_threshold"]


@pytest.mark.parametrize(("query", "seconds"), [("", 5), ("?connect_timeout=20", "20")])
def test_a_database_that_does_not_answer_is_given_up_soon(query: str, seconds: int | str) -> None:
    settings = database(Environment({"V": f"postgresql://user@host/database{query}"}))
    assert settings["OPTIONS"]["connect_timeout"] == seconds


def test_postgresql_through_a_socket() -> None:
    settings = database(Environment({"V": "postgresql:///promotions?host=/run/postgresql"}))
    assert (settings["HOST"], settings["NAME"], settings["USER"]) == (
        "/run/postgresql",
        "promotions",
        "",
    )


# --- The secret key -------------------------------------------------------------------------------


def test_a_given_key_is_used_and_nothing_is_kept(tmp_path: Path) -> None:
    assert secret_key("k" * 50, tmp_path / "secret_key") == "k" * 50
    assert list(tmp_path.iterdir()) == []


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is too short"):
        secret_key("k" * 49, tmp_path / "secret_key")


def test_without_one_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    key = secret_key("", file)
    assert len(key) >= 50
    assert secret_key("", file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert secret_key("", tmp_path / "another") != key


def test_where_none_can_be_kept_the_process_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise PermissionError("read-only file system")

    monkeypatch.setattr("config.env.os.link", refuse)
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY is not set .*read-only"):
        secret_key("", tmp_path / "secret_key")


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ImproperlyConfigured, match=r"^DATA_DIR='.*/file' is not usable"):
        make_directory("DATA_DIR", file)
    make_directory("DATA_DIR", tmp_path / "new" / "directory")
    assert (tmp_path / "new" / "directory").is_dir()
