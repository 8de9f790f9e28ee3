"""What all tests share. Factories are plain functions, in ``tests/factories.py``."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.template import Context, Template
from django.test import client
from hypothesis import HealthCheck
from hypothesis import settings as examples

from promotions.http.throttling import window
from promotions.known_tokens import known_tokens
from tests.e2e.server import Server, Tls, running_server, serve_tls
from tests.migrated import copy_to_database, copy_to_file, one_before_the_others
from tests.rollback import keep_as_rows

# Hashing is slow by design; tests make many passwords and secrets and protect none of them.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Names with hashes need collectstatic to have run.
settings.STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Pages are put together from hundreds of templates, and Django's client keeps a copy of what each
# was given: a tenth of the time of a page. What the page itself was given is all that is read.
_keep_of_every_template = client.store_rendered_templates  # type: ignore[attr-defined]  # django-stubs lacks it


def _keep_of_pages(
    store: dict[str, Any],
    signal: Any,
    sender: Any,
    template: Template,
    context: Context,
    **more: Any,
) -> None:
    if context.template is template:  # else it is included, or extended
        _keep_of_every_template(store, signal, sender, template, context, **more)


client.store_rendered_templates = _keep_of_pages  # type: ignore[attr-defined]  # django-stubs lacks it
# How long an example takes says nothing on a busy machine.
examples.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("untimed")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """SQLite in a file, as in production: a database in memory is not shared between threads."""
    connection = connections["default"]
    if connection.vendor == "sqlite":
        worker = connection.settings_dict["TEST"].get("NAME") or "test.sqlite3"
        name = Path(worker).name.replace(":", "_")
        connection.settings_dict["TEST"]["NAME"] = str(Path(settings.DATA_DIR) / name)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """The database is there already, as a copy of one that was migrated."""
    connection = connections["default"]
    if connection.vendor == "sqlite":
        copy_to_file(Path(str(connection.settings_dict["TEST"]["NAME"])))
    else:
        copy_to_database(connection.creation._get_test_db_name())  # type: ignore[attr-defined]
    keep_as_rows(connection)
    return True


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process keeps in memory depends on no other test and on no clock: nobody has used
    up a rate limit, and what a token stands for is asked for once, however slow the machine."""
    window.cache_clear()
    monkeypatch.setattr(known_tokens, "lifetime", 3600)


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The service as it runs in production: one for all tests of a run that want one."""
    directory = tmp_path_factory.mktemp("service")
    with running_server(directory, request.config.getoption("database")) as server:
        yield server
        log = (directory / "server.log").read_text()
    assert "Traceback" not in log
    assert '"ERROR"' not in log


@pytest.fixture(scope="session")
def tls(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tls]:
    """The same by HTTPS."""
    with serve_tls(server, tmp_path_factory.mktemp("tls")) as tls:
        yield tls


@pytest.fixture(scope="session")
def everything(request: pytest.FixtureRequest) -> bool:
    """Whether the run is to take its time: ``--everything``."""
    return bool(request.config.getoption("everything"))


def is_driven_from_outside(item: pytest.Item) -> bool:
    """Whether a test drives a service in a process of its own. Those take longest, and begin: at
    the end all but one of the workers would wait for them."""
    return item.path.relative_to(Path(__file__).parent).parts[0] in ("browser", "clients", "e2e")


def is_the_same_everywhere(path: Path) -> bool:
    """Whether tests are about what no database has a part in: pure rules, the source, doors above
    services and queries that others try, and what the documentation shows. Once is enough, but for
    those that are marked."""
    return path.relative_to(Path(__file__).parent).parts[0] in _ONCE


def takes_long(item: pytest.Item) -> bool:
    """Whether a test tries something at length that shorter ones look at as well."""
    return "/".join(item.path.parts[-2:]) in _AT_LENGTH


def is_for_postgresql(path: Path) -> bool:
    """Whether a usual run leaves tests to PostgreSQL: services and object calls, which those of
    pages and of the plain API use on SQLite, models, and what drives a whole service, but for
    constraints and for what happens at once."""
    below_tests = path.relative_to(Path(__file__).parent).parts[0]
    return below_tests in _ON_POSTGRESQL and path.name not in _ON_BOTH


_AT_LENGTH = {
    "e2e/test_killed_jobs.py", "services/test_exports.py",
    "e2e/test_exports.py", "e2e/test_bulk.py", "services/test_rules_and_constraints.py",
    "api/test_enrollment_plans.py", "admin/test_plans.py", "services/test_coupon_generation.py",
}  # fmt: skip
"""Files that take a minute each, and that ``--everything`` has: CI's time is short."""
_ON_POSTGRESQL = ("clients", "contract", "e2e", "fuzzing", "models", "services", "sobjects")
_ON_BOTH = ("test_constraints.py", "test_exactness.py", "test_fills.py")
_ONCE = ("admin", "api", "architecture", "browser", "commands", "docs", "oauth", "unit")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Of several workers one loads the tests first: where nothing is compiled yet, as in CI, each
    would else compile all of it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    with one_before_the_others("loaded", session.config.getoption("database")):
        return (yield)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Modules of which a usual run would leave out every test are not even loaded."""
    if collection_path.suffix != ".py" or config.getoption("everything"):
        return None
    if config.getoption("database") == "sqlite":
        left_out = is_for_postgresql(collection_path)
    else:
        left_out = is_the_same_everywhere(collection_path)
        left_out = left_out and "mark.postgresql" not in collection_path.read_text()
    return left_out or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    deselected = []
    database, everything = config.getoption("database"), config.getoption("everything")
    for item in items:
        if database == "sqlite":
            left_out = bool(item.get_closest_marker("postgresql")) or (
                is_for_postgresql(item.path) and not everything
            )
        else:
            is_marked = bool(item.get_closest_marker("postgresql"))
            left_out = is_the_same_everywhere(item.path) and not is_marked and not everything
        if left_out or (takes_long(item) and not everything):
            deselected.append(item)
        # A test with real transactions empties the tables after itself; what the migrations put
        # there (the roles, the system user) must be there again for the next one.
        marker = item.get_closest_marker("django_db")
        options = marker.kwargs if marker else {}
        real = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", []))
        if real or options.get("transaction"):
            wanted = {**options, "transaction": True, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**wanted), append=False)
    items.sort(key=lambda item: not is_driven_from_outside(item))
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        without = set(deselected)
        items[:] = [item for item in items if item not in without]
