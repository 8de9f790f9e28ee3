"""The API's requests pass by what is there for browsers, and lose nothing by it."""

import gc
import logging
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from rest_framework.views import APIView

from promotions.api.sharing import MeView
from tests.api.conftest import COMPATIBLE, Api
from tests.factories import make_contact, make_promotion

PATHS = ["/api/v1/me", "/api/v1/nothing", COMPATIBLE, "/services/nothing"]

pytestmark = pytest.mark.django_db


def test_nothing_for_browsers_runs(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    get = MeView.get

    def look(view: Any, request: Any) -> Any:
        seen.append(request._request)
        return get(view, request)

    monkeypatch.setattr(MeView, "get", look)
    assert api.get("/api/v1/me").status_code == 200
    [request] = seen
    assert [
        n for n in ("session", "_messages", "csrf_processing_done") if hasattr(request, n)
    ] == []


def test_pages_have_what_is_there_for_browsers() -> None:
    page = Client().get("/admin/login/")
    assert {"sessionid", "csrftoken"} & set(page.cookies)
    assert "'unsafe-eval'" in page["Content-Security-Policy"]


@pytest.mark.parametrize("path", PATHS)
def test_the_headers_that_protect_an_answer(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Request-Id"]
    assert not answer.cookies


@pytest.mark.parametrize("path", PATHS)
def test_the_length_is_said(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer["Content-Length"] == str(len(answer.content))


def test_what_is_streamed_has_no_length(api: Api) -> None:
    path = f"/api/v1/promotions/{make_promotion().record_id}/coupons/export"
    answer = api.get(path)
    assert answer.status_code == 200
    assert answer.streaming
    assert "Content-Length" not in answer


@pytest.mark.parametrize("path", PATHS)
def test_with_https_alone_http_is_sent_there(settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 3600
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{path}")
    assert Client().get(path, secure=True)["Strict-Transport-Security"] == "max-age=3600"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "/api/v1/me", 405),
        ("OPTIONS", "/api/v1/me", 405),
        ("GET", COMPATIBLE, 405),
        ("GET", "/api/v1/promotions/x", 400),
        ("HEAD", "/api/v1/promotions", 200),
    ],
)
def test_other_methods_and_paths(api: Api, method: str, path: str, status: int) -> None:
    answer = api.send(method, path)
    assert answer.status_code == status
    assert answer["Allow"]


def test_a_failure_of_ours_is_logged_once(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(view: Any, request: Any) -> Any:
        raise RuntimeError("out of order")

    monkeypatch.setattr(MeView, "get", fail)
    with caplog.at_level(logging.ERROR):
        answer = Client(raise_request_exception=False).get("/api/v1/me", headers=api.headers)
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Request-Id"]
    [record] = caplog.records
    assert record.getMessage() == "Internal Server Error: /api/v1/me"
    assert record.exc_info


@pytest.fixture
def no_search_for_garbage() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def note_calls(monkeypatch: pytest.MonkeyPatch) -> "tuple[WeakSet[Any], list[int]]":
    """From now on, the views that were called, and their calls, as far as they are still there; and
    how many these were as each began."""
    there: WeakSet[Any] = WeakSet()
    seen: list[int] = []
    initial = APIView.initial

    def note(view: Any, *args: Any, **kwargs: Any) -> None:
        there.update([view, view.request])
        seen.append(len(there))
        initial(view, *args, **kwargs)

    monkeypatch.setattr(APIView, "initial", note)
    return there, seen


@pytest.fixture
def living(monkeypatch: pytest.MonkeyPatch) -> "Iterator[WeakSet[Any]]":
    there, seen = note_calls(monkeypatch)
    yield there
    assert {*seen} == {2}


@pytest.mark.usefixtures("no_search_for_garbage")
@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", COMPATIBLE, {}),
        ("POST", COMPATIBLE, {"Idempotency_Key": "k1"}),
        ("GET", "/api/v1/enrollments", {}),
        ("GET", "/api/v1/me", {}),
        ("HEAD", "/api/v1/me", {}),
        ("GET", "/services/data/v67.0/limits", {}),
        ("GET", "/services/data/v67.0/query?q=SELECT+Id+FROM+Promotion", {}),
        ("GET", "/services/data/v67.0/sobjects/Promotion/describe", {}),
    ],
    ids=str,
)
def test_nothing_of_a_call_is_kept_when_it_is_over(
    api: Api, method: str, path: str, headers: dict[str, str], living: "WeakSet[Any]"
) -> None:
    item = {
        "contact": {"id": make_contact().record_id},
        "promotion": {"id": make_promotion().record_id},
    }
    body = {"inputParameters": [item]} if method == "POST" else None
    for _ in range(2 if headers else 1):  # the second answer is a replay
        answer = api.send(method, path, body, **headers)
        assert answer.status_code in (200, 201)
        assert not living


@pytest.mark.usefixtures("no_search_for_garbage")
@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k1"}], ids=["without a key", "key"])
@pytest.mark.parametrize(
    ("contact", "status"),
    [({"id": "x"}, 400), ({"id": 5}, 400), ({"email": "nobody@example.com"}, 404)],
    ids=str,
)
def test_nothing_of_a_refused_call_is_kept(
    api: Api,
    contact: dict[str, Any],
    status: int,
    headers: dict[str, str],
    living: "WeakSet[Any]",
) -> None:
    item = {"contact": contact, "promotion": {"id": make_promotion().record_id}}
    assert api.post(COMPATIBLE, {"inputParameters": [item]}, **headers).status_code == status
    assert not living


@pytest.mark.usefixtures("no_search_for_garbage")
@pytest.mark.parametrize(("error", "status"), [(RuntimeError, 500), (OperationalError, 503)])
def test_nothing_that_a_call_had_is_kept_when_it_fails(
    api: Api,
    error: type[Exception],
    status: int,
    living: "WeakSet[Any]",
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    def fail(*args: Any, **options: Any) -> Any:
        raise error("out of order")

    monkeypatch.setattr("enrollments.api.promotion_enrollments.enroll", fail)
    # Tests keep what was logged of it, and Django's client what was raised.
    logging.disable()
    request.addfinalizer(lambda: logging.disable(logging.NOTSET))
    item = {"contact": {"email": "x@example.com"}, "promotion": {"code": "X"}}
    made = RequestFactory().post(
        COMPATIBLE,
        {"inputParameters": [item]},
        content_type="application/json",
        headers=api.headers,
    )
    assert ClientHandler()(made.environ).status_code == status
    # Frames of what was raised keep them for a while, but nothing that they had.
    assert not any(map(vars, living))


@pytest.mark.usefixtures("no_search_for_garbage")
def test_nothing_of_calls_within_a_call_is_kept(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    there, seen = note_calls(monkeypatch)
    inner = [{"method": "GET", "url": "v67.0/sobjects/Promotion/describe"}] * 3
    answer = api.post("/services/data/v67.0/composite/batch", {"batchRequests": inner})
    assert (answer.status_code, answer.json()["hasErrors"]) == (200, False)
    assert seen == [2, 4, 4, 4]  # with the one around them
    assert not there


def test_what_serializers_hold_of_a_large_body_goes_with_the_call(
    api: Api, request: pytest.FixtureRequest
) -> None:
    thresholds = gc.get_threshold()
    request.addfinalizer(lambda: gc.set_threshold(*thresholds))
    gc.set_threshold(500, 1_000_000, 1_000_000)
    # So many that they are searched while they are in use, and then taken for old.
    body = {"name": "x", "unknown": [[] for _ in range(40_000)]}
    assert api.post("/api/v1/promotions", body).status_code == 400
    made = len(gc.get_objects())
    assert api.post("/api/v1/promotions", body).status_code == 400
    assert len(gc.get_objects()) - made < 500
