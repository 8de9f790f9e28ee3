"""What is there beside the two surfaces: health, description, documentation, unknown paths."""

from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.middleware import client_address
from promotions.errors import CATALOGUE
from promotions.http.error_codes import ERROR_CODES
from tests.api.conftest import Api


@pytest.mark.parametrize("path", ["/healthz", "/healthz/"])
def test_healthz_touches_nothing(path: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_looks_at_the_database_and_its_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/readyz").status_code == 200
    plan = "config.health.MigrationExecutor.migration_plan"
    monkeypatch.setattr(plan, lambda *args: [("a migration", False)])
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, 1)

    def fail(*args: object) -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr(plan, fail)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "unreachable")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_paths_answer_in_the_form_of_their_surface(method: str) -> None:
    plain = Client().generic(method, "/api/v1/nothing")
    assert plain.status_code == 404
    assert plain["Content-Type"] == "application/problem+json"
    assert plain.json()["code"] == "not_found"
    compatible = Client().generic(method, "/services/data/v67.0/nothing")
    assert compatible.status_code == 404
    assert compatible.json()[0]["errorCode"] == "NOT_FOUND"


@pytest.mark.parametrize("path", ["/", "/admin/", "/api/v1/promotions", "/services/data", "/id/x"])
@pytest.mark.parametrize(("level", "lines"), [("WARNING", 1), ("ERROR", 0)])
def test_a_host_that_is_not_ours_is_one_warning(
    path: str, level: str, lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(level):
        assert Client(headers={"Host": "scanned.example.com"}).get(path).status_code == 400
    assert len(caplog.records) == lines
    for record in caplog.records:
        assert (record.name, record.levelname) == ("django.security.DisallowedHost", "WARNING")
        assert "'scanned.example.com'" in record.getMessage()
        assert (record.exc_info, record.exc_text) == (None, None)


def test_every_error_is_shown_by_both_surfaces() -> None:
    assert set(ERROR_CODES) == set(CATALOGUE)
    page = Client().get("/api/errors").content.decode()
    assert [code for code in CATALOGUE if f'id="{code}"' not in page] == []


def test_the_documentation_asks_no_outside_host() -> None:
    page = Client().get("/api/docs")
    assert page.status_code == 200
    html = page.content.decode()
    assert "/static/drf_spectacular_sidecar/" in html
    assert (
        "//"
        not in html.replace("http://testserver", "").replace("<!--", "").replace("https://", "OUT")
        or "OUT" not in html
    )
    assert "script-src 'self'" in page["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_description_names_every_operation_once() -> None:
    response = Client().get("/api/schema", headers={"Accept": "application/json"})
    assert response.status_code == 200
    schema: dict[str, Any] = response.json()
    assert schema["openapi"].startswith("3.1")
    operations = [
        operation["operationId"] for path in schema["paths"].values() for operation in path.values()
    ]
    assert len(operations) == len(set(operations))
    assert set(schema["paths"]) >= {
        "/api/v1/promotions",
        "/api/v1/enrollments/{id}/withdraw",
        "/api/v1/contacts/by-external-id/{external_id}",
        "/services/data/{version}/global-promotions-management/promotion-enrollments",
        "/services/oauth2/token",
    }


@pytest.mark.parametrize("path", ["/healthz", "/api/docs", "/api/v1/promotions"])
def test_every_answer_has_a_request_id_and_a_strict_policy(db: None, path: str) -> None:
    response = Client().get(path, headers={"X-Request-Id": "abc-1"})
    assert response["X-Request-Id"] == "abc-1"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    made_up = Client().get(path, headers={"X-Request-Id": "x" * 100})
    assert len(made_up["X-Request-Id"]) == 32


def test_too_many_calls_by_one_partner(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from promotions.http.throttling import PartnerThrottle

    rates: Any = {"partner": "1/minute"}
    monkeypatch.setattr(PartnerThrottle, "THROTTLE_RATES", rates)
    assert api.get("/api/v1/promotions").status_code == 200
    plain = api.get("/api/v1/promotions")
    assert (plain.status_code, plain.json()["code"]) == (429, "rate_limited")
    assert int(plain["Retry-After"]) > 0
    compatible = api.enroll({})
    assert compatible.status_code == 403
    assert compatible.json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "9.9.9.9", "127.0.0.1"),
        (1, "9.9.9.9", "9.9.9.9"),
        (1, "made up by the caller, 9.9.9.9", "9.9.9.9"),
        (2, "made up, 9.9.9.9, 10.0.0.1", "9.9.9.9"),
        (2, "9.9.9.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "9.9.9.9:5678", "9.9.9.9"),
        (1, "[2001:db8::1]:5678", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "unknown", "127.0.0.1"),
    ],
)
def test_the_callers_address_is_what_the_outermost_trusted_proxy_saw(
    settings: Any, proxies: int, header: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header})
    seen = client_address(lambda request: HttpResponse(request.META["REMOTE_ADDR"]))(request)
    assert seen.content.decode() == address


@pytest.mark.parametrize(("fault", "status"), [(OperationalError, 503), (RuntimeError, 500)])
def test_our_own_failures_have_the_form_of_their_surface(
    api: Api, monkeypatch: pytest.MonkeyPatch, fault: type[Exception], status: int
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise fault("out of order")

    monkeypatch.setattr("enrollments.api.promotion_enrollments.enroll", fail)
    monkeypatch.setattr("promotions.api.promotions.promotions_seen_by", fail)
    client = Client(raise_request_exception=False, headers=api.headers)
    path = "/services/data/v67.0/global-promotions-management/promotion-enrollments"
    compatible = client.post(path, {"inputParameters": [1]}, content_type="application/json")
    plain = client.get("/api/v1/promotions")
    assert (compatible.status_code, plain.status_code) == (status, status)
    assert compatible.json()[0]["errorCode"] == "UNKNOWN_EXCEPTION"
    assert plain["Content-Type"] == "application/problem+json"
    assert plain.json()["status"] == status
    assert ("Retry-After" in plain) is (status == 503)
    for answer in (compatible, plain):
        assert "out of order" not in answer.content.decode()


def test_a_host_that_is_none_of_ours() -> None:
    plain, compatible = (
        Client().get(path, headers={"Host": "evil.example"})
        for path in ("/api/v1/x", "/services/x")
    )
    assert (plain.status_code, plain["Content-Type"]) == (400, "application/problem+json")
    assert compatible.json()[0]["errorCode"] == "INVALID_API_INPUT"
    assert Client().get("/healthz", headers={"Host": "evil.example"}).status_code == 200
