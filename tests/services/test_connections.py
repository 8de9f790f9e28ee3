"""The connections that threads keep: asked after cheaply, replaced when gone, ended with them."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper as DjangosWrapper
from django.db.models import IntegerField, Value
from django.db.models.functions import Coalesce

from config.connections import end_connections_with_threads
from config.postgresql import base as ours
from promotions.models import Promotion
from tests.factories import make_promotion

postgresql: Any = connection
"""The tests' own connection, where it is one to PostgreSQL."""


def answer() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 42")
        return int(cursor.fetchone()[0])


def hang_up() -> None:
    """Ends the thread's connection from another, as a server does that is started anew."""
    process = postgresql.connection.info.backend_pid

    def terminate() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
        connection.close()

    in_a_thread(terminate)


def in_a_thread(act: Callable[[], object]) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def begin_request() -> None:
    connection.close_if_unusable_or_obsolete()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that Django's own question has sent."""
    sent: list[str] = []
    ask = DjangosWrapper.is_usable

    def is_usable(self: Any) -> bool:
        sent.append("SELECT 1")
        return bool(ask(self))

    monkeypatch.setattr(DjangosWrapper, "is_usable", is_usable)
    return sent


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_connection_in_use_is_kept_without_a_statement(asked: list[str]) -> None:
    answer()
    connection.is_usable()
    asked.clear()
    process = postgresql.connection.info.backend_pid
    for _ in range(5):
        begin_request()
        assert answer() == 42
    assert postgresql.connection.info.backend_pid == process
    assert asked == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_that_the_server_has_ended_is_replaced_before_it_is_used() -> None:
    answer()
    connection.is_usable()
    before = postgresql.connection.info.backend_pid
    hang_up()
    assert not connection.is_usable()
    begin_request()
    assert answer() == 42
    assert postgresql.connection.info.backend_pid != before


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_that_was_quiet_for_long_is_asked(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(ours, "monotonic", lambda: now)
    answer()
    connection.is_usable()
    asked.clear()
    now += 29
    assert connection.is_usable()
    assert asked == []
    now += 31
    assert connection.is_usable()
    assert asked == ["SELECT 1"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_on_which_something_failed_is_asked(asked: list[str]) -> None:
    answer()
    connection.is_usable()
    asked.clear()
    connection.errors_occurred = True
    begin_request()
    assert asked == ["SELECT 1"]
    assert answer() == 42


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_notice_is_not_taken_for_an_end() -> None:
    answer()
    connection.is_usable()
    before = postgresql.connection.info.backend_pid

    def notify() -> None:
        with connection.cursor() as cursor:
            cursor.execute("NOTIFY news")
        connection.close()

    with connection.cursor() as cursor:
        cursor.execute("LISTEN news")
    in_a_thread(notify)
    assert connection.is_usable()
    assert postgresql.connection.info.backend_pid == before


@pytest.mark.django_db
@pytest.mark.parametrize("number", [2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**40])
def test_no_number_is_cut_off(number: int) -> None:
    promotion = make_promotion(priority_number=None)
    value = Coalesce("priority_number", Value(number, output_field=IntegerField()))
    found = Promotion.objects.annotate(value=value).get(pk=promotion.pk)
    assert found.value == number


@pytest.mark.django_db(transaction=True)
def test_the_servers_connections_end_with_their_threads() -> None:
    seen: list[Any] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        assert answer() == 42
        seen.append(connections["default"].connection)
        return [b"ok"]

    serve = end_connections_with_threads(application)

    def two_requests() -> None:
        for _ in range(2):
            assert list(serve({}, None)) == [b"ok"]

    in_a_thread(two_requests)
    first, second = seen
    assert first is second, "it is kept from request to request"
    with pytest.raises(Exception, match="closed"):
        first.cursor().execute("SELECT 1")
