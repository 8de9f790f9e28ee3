# ruff: noqa: E501 (a row of a table is a line)
"""Authentication and scopes, on both surfaces."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer
from rest_framework.throttling import SimpleRateThrottle

from tests.contract.identifiers import encode
from tests.contract.service import (
    ENROLL,
    PLAIN,
    SCOPES,
    Partner,
    bad,
    check_compatible,
    check_problem,
    tell,
    utc,
)

NOW = utc("2026-05-15T12:00:00")
ITEM = {"contact": {"lastName": "Nobody"}, "promotion": {"code": "NONE"}}
PATHS: list[tuple[str, str, Any]] = [
    ("GET", "/api/v1/promotions", None),
    ("POST", "/api/v1/promotions", {"name": "X"}),
    ("GET", f"/api/v1/promotions/{encode('0c8', 1)}", None),
    ("PATCH", f"/api/v1/promotions/{encode('0c8', 1)}", {"name": "X"}),
    ("GET", "/api/v1/accounts", None),
    ("POST", "/api/v1/accounts", {"name": "X"}),
    ("PUT", "/api/v1/accounts/by-external-id/x", {"name": "X"}),
    ("GET", "/api/v1/contacts", None),
    ("POST", "/api/v1/contacts", {"lastName": "X"}),
    ("PUT", "/api/v1/contacts/by-external-id/x", {"lastName": "X"}),
    ("GET", "/api/v1/offers", None),
    ("POST", "/api/v1/offers", {"name": "X", "code": "X"}),
    ("GET", PLAIN, None),
    ("POST", PLAIN, ITEM),
    ("PATCH", f"{PLAIN}/{encode('0hP', 1)}", {"reason": "x"}),
    ("POST", f"{PLAIN}/{encode('0hP', 1)}/withdraw", {"reason": "x"}),
    ("GET", f"{PLAIN}/{encode('0hP', 1)}/history", None),
]


def test_unauthenticated(partner: Partner, subtests: pytest.Subtests) -> None:
    no = bad("unauthenticated")
    for name, token in (("none", ""), ("wrong", "nonsense"), ("almost", f"{partner.token}x")):
        with subtests.test(f"compatible-{name}"):
            check_compatible(partner.enroll(ITEM, token=token), no)
            check_compatible(partner.enroll(ITEM, token=token, path=f"{ENROLL}/"), no)
        for method, path, body in PATHS:
            with subtests.test(f"{method}-{path}-{name}"):
                check_problem(partner.send(method, path, body, token=token), no)
    for name, value in (
        ("basic", "Basic Og=="),
        ("bare", "token"),
        ("bearer-only", "Bearer"),
        ("two", "Bearer a b"),
        ("not-ascii", "Bearer \xff"),
    ):
        with subtests.test(f"header-{name}"):
            answer = partner.http.post(
                ENROLL,
                json={"inputParameters": [ITEM]},
                headers={b"Authorization": value.encode("latin-1")},
            )
            check_compatible(answer, no)
    with subtests.test("in-the-query"):
        answer = partner.post(f"{ENROLL}?access_token={partner.token}", {}, token="")
        check_compatible(answer, no)


def test_tokens_live_two_hours(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        token = partner.token
        assert partner.get(PLAIN, token=token).status_code == 200
    with subtests.test("not-yet"), partner.at(NOW + timedelta(hours=2) - timedelta(seconds=1)):
        assert partner.get(PLAIN, token=token).status_code == 200
    with subtests.test("expired"), partner.at(NOW + timedelta(hours=2, seconds=1)):
        check_problem(partner.get(PLAIN, token=token), bad("unauthenticated"))
        check_compatible(partner.enroll(ITEM, token=token), bad("unauthenticated"))


def test_token_endpoint(partner: Partner, subtests: pytest.Subtests) -> None:
    url = "/services/oauth2/token"
    given = {"client_id": partner._credentials["client_id"], "client_secret": "wrong"}
    for name, data in (
        ("wrong-secret", {"grant_type": "client_credentials", **given}),
        ("unknown-client", {"grant_type": "client_credentials", **given, "client_id": "x"}),
    ):
        with subtests.test(name):
            answer = partner.http.post(url, data=data)
            assert answer.status_code in (400, 401), tell(answer)
            assert "access_token" not in answer.text
    with subtests.test("secret-in-basic"):
        credentials = partner._credentials
        answer = partner.http.post(
            url,
            data={"grant_type": "client_credentials"},
            auth=(credentials["client_id"], credentials["client_secret"]),
        )
        assert answer.status_code == 200, tell(answer)
    with subtests.test("throttled"):
        answer = partner.http.get("/")
        for _ in range(301):
            answer = partner.http.post(url, data={"grant_type": "client_credentials"})
            if answer.status_code == 429:
                break
        assert answer.status_code == 429, tell(answer)
        assert int(answer.headers["Retry-After"]) > 0


# id, what is called, the scope without which it is refused
SCOPED: list[tuple[str, str, str, Any, str]] = [
    ("enroll-plain", "POST", PLAIN, ITEM, "enrollments:write"),
    ("enrollments-list", "GET", PLAIN, None, "enrollments:read"),
    ("enrollment", "GET", f"{PLAIN}/{{enrollment}}", None, "enrollments:read"),
    ("history", "GET", f"{PLAIN}/{{enrollment}}/history", None, "enrollments:read"),
    ("withdraw", "POST", f"{PLAIN}/{{enrollment}}/withdraw", {"reason": "x"}, "enrollments:write"),
    ("change", "PATCH", f"{PLAIN}/{{enrollment}}", {"reason": "x"}, "enrollments:write"),
    ("promotions-list", "GET", "/api/v1/promotions", None, "promotions:read"),
    ("promotion", "GET", "/api/v1/promotions/{promotion}", None, "promotions:read"),
    ("promotion-make", "POST", "/api/v1/promotions", {"name": "X"}, "promotions:write"),
    ("promotion-change", "PATCH", "/api/v1/promotions/{promotion}", {"name": "X"}, "promotions:write"),
    ("promotion-delete", "DELETE", "/api/v1/promotions/{promotion}", None, "promotions:write"),
    ("accounts-list", "GET", "/api/v1/accounts", None, "customers:read"),
    ("account-make", "POST", "/api/v1/accounts", {"name": "X"}, "customers:write"),
    ("account-upsert", "PUT", "/api/v1/accounts/by-external-id/x", {"name": "X"}, "customers:write"),
    ("contacts-list", "GET", "/api/v1/contacts", None, "customers:read"),
    ("contact", "GET", "/api/v1/contacts/{contact}", None, "customers:read"),
    ("contact-make", "POST", "/api/v1/contacts", {"lastName": "X"}, "customers:write"),
    ("contact-change", "PATCH", "/api/v1/contacts/{contact}", {"lastName": "X"}, "customers:write"),
]  # fmt: skip


def test_scopes(partner: Partner, live_server: LiveServer, subtests: pytest.Subtests) -> None:
    contact, promotion = partner.contact(), partner.promotion()
    item = {"contact": {"id": contact["id"]}, "promotion": {"id": promotion["id"]}}
    ids = {
        "contact": contact["id"],
        "promotion": promotion["id"],
        "enrollment": partner.enrolled(item)["promotionPartyUsageId"],
    }
    no = bad("insufficient_scope")
    only: dict[str, Partner] = {}
    try:
        for scope in SCOPES:
            only[scope] = Partner(live_server.url, scope, name=scope)
        for scope, client in only.items():
            with subtests.test(f"enroll-compatible-with-{scope}"):
                answer = client.enroll(item)
                if scope == "enrollments:write":
                    assert answer.status_code == 409, tell(answer)
                else:
                    check_compatible(answer, no)
        for name, method, path, body, needed in SCOPED:
            area = needed.split(":")[0]
            for scope, client in only.items():
                # Whether writing includes reading is not said.
                if scope.startswith(area) and needed.endswith(":read"):
                    continue
                if scope == needed:
                    continue
                with subtests.test(f"{name}-with-{scope}"):
                    check_problem(client.send(method, path.format(**ids), body), no)
        for resource in ("promotions", "accounts", "contacts", "offers"):
            with subtests.test(f"{resource}-with-enrollments"):
                check_problem(only["enrollments:read"].get(f"/api/v1/{resource}"), no)
                check_problem(only["enrollments:write"].post(f"/api/v1/{resource}", {}), no)
        for name, method, path, body, needed in SCOPED:
            if method == "DELETE" or name == "withdraw":
                continue
            with subtests.test(f"{name}-is-enough"):
                answer = only[needed].send(method, path.format(**ids), body)
                assert answer.status_code not in (401, 403), tell(answer)
    finally:
        for client in only.values():
            client.http.close()


def test_rate_limited(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    """429 with ``Retry-After``; the compatible surface's clients know it as 403."""
    no = bad("rate_limited")
    with partner.at(NOW):
        monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "partner", "3/minute")
        for _ in range(3):
            assert partner.get(PLAIN).status_code == 200
        answer = partner.get(PLAIN)
        check_problem(answer, no)
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        answer = partner.enroll(ITEM)
        check_compatible(answer, no, status=403)
    with partner.at(NOW + timedelta(seconds=61)):
        assert partner.get(PLAIN).status_code == 200
