"""The service as a partner sees it: HTTP on a real socket, and nothing else.

Everything in this folder is written from ``enrollment-contract.md`` alone: the catalogue of
errors, the rules and the names below are copied from its words, not from the code's.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from typing import Any, Self

import httpx
import time_machine
from django.core.management import call_command

ENROLL = "/services/data/v67.0/global-promotions-management/promotion-enrollments"
PLAIN = "/api/v1/enrollments"
SCOPES = tuple(
    f"{area}:{right}"
    for area in ("enrollments", "promotions", "customers")
    for right in ("read", "write")
)

_FIELD_INTEGRITY = ("FIELD_INTEGRITY_EXCEPTION", 400)
_INPUT = ("INVALID_API_INPUT", 400)
_NOT_FOUND = ("ITEM_NOT_FOUND", 404)
_TAKEN = ("DUPLICATE_VALUE", 409)

CATALOGUE: dict[str, tuple[str, int]] = {
    "customer_required": _INPUT,
    "promotion_required": _INPUT,
    "invalid_datetime": _INPUT,
    "malformed_id": ("MALFORMED_ID", 400),
    "too_many_items": _INPUT,
    "empty_request": _INPUT,
    "unknown_property": _INPUT,
    "customer_not_found": _NOT_FOUND,
    "promotion_not_found": _NOT_FOUND,
    "offer_not_found": _NOT_FOUND,
    "customer_ambiguous": ("DUPLICATES_DETECTED", 400),
    "account_contact_mismatch": _FIELD_INTEGRITY,
    "offer_not_for_promotion": _FIELD_INTEGRITY,
    "promotion_inactive": _FIELD_INTEGRITY,
    "promotion_ended": _FIELD_INTEGRITY,
    "enrollment_not_enabled": _FIELD_INTEGRITY,
    "enrollment_not_open": _FIELD_INTEGRITY,
    "enrollment_closed": _FIELD_INTEGRITY,
    "offer_inactive": _FIELD_INTEGRITY,
    "period_reversed": _FIELD_INTEGRITY,
    "period_in_past": _FIELD_INTEGRITY,
    "period_outside_promotion": _FIELD_INTEGRITY,
    "already_enrolled": _TAKEN,
    "duplicate_in_request": _TAKEN,
    "duplicate_value": _TAKEN,
    "not_enrolled": ("FIELD_INTEGRITY_EXCEPTION", 409),
    "enrollment_limit_reached": ("LIMIT_EXCEEDED", 409),
    "invalid_type": _INPUT,
    "invalid_value": _INPUT,
    "required": _INPUT,
    "reason_required": _INPUT,
    "invalid_filter": _INPUT,
    "malformed_json": ("JSON_PARSER_ERROR", 400),
    "unauthenticated": ("INVALID_SESSION_ID", 401),
    "insufficient_scope": ("INSUFFICIENT_ACCESS", 403),
    "idempotency_in_progress": ("UNABLE_TO_LOCK_ROW", 409),
    "idempotency_key_reused": ("INVALID_API_INPUT", 422),
    "not_found": ("NOT_FOUND", 404),
    "method_not_allowed": ("METHOD_NOT_ALLOWED", 405),
    "version_conflict": ("FIELD_INTEGRITY_EXCEPTION", 412),
    "payload_too_large": ("EXCEEDED_MAX_SIZE_REQUEST", 413),
    "unsupported_media_type": ("UNSUPPORTED_MEDIA_TYPE", 415),
    "rate_limited": ("REQUEST_LIMIT_EXCEEDED", 429),
}
"""Own code → the compatible ``errorCode`` and the status, row for row of the contract's table."""

EXTRAS = ("promotionPartyUsageId", "matches")
"""What entries carry beyond their shape, and only where the contract says so."""


@dataclass(frozen=True)
class Bad:
    """One expected error of one item.

    ``path`` is that of the offending input within the item. The contract fixes it to the letter
    for the shape of the input (``exact``); for a rule it only has to lie at or below ``path``.
    ``code`` lists several where the contract's words allow more than one.
    """

    code: str | tuple[str, ...]
    path: str = ""
    exact: bool = False
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.code,) if isinstance(self.code, str) else self.code

    @property
    def status(self) -> int:
        [status] = {CATALOGUE[code][1] for code in self.codes}
        return status


def at_path(code: str | tuple[str, ...], path: str, **extras: Any) -> Bad:
    """An error whose path the contract fixes to the letter."""
    return Bad(code, path, exact=True, extras=extras)


def bad(code: str | tuple[str, ...], path: str = "", **extras: Any) -> Bad:
    return Bad(code, path, extras=extras)


def expected_status(expected: Sequence[Bad]) -> int:
    statuses = {one.status for one in expected}
    return statuses.pop() if len(statuses) == 1 else 400


def _join(prefix: str, path: str) -> str:
    return f"{prefix}.{path}" if prefix and path else prefix or path


def _check_path(actual: str, expected: Bad, prefix: str, told: str) -> None:
    wanted = _join(prefix, expected.path)
    fits = actual == wanted or (
        not expected.exact and (not wanted or actual.startswith((f"{wanted}.", f"{wanted}[")))
    )
    assert fits, f"path {actual!r}, expected {'' if expected.exact else 'below '}{wanted!r}: {told}"


def _check_extras(entry: dict[str, Any], expected: Bad, told: str) -> None:
    for name in EXTRAS:
        if name in expected.extras:
            wanted = expected.extras[name]
            assert entry.get(name, "absent") == wanted, f"{name}, expected {wanted!r}: {told}"
        else:
            assert name not in entry, f"{name} has no business here: {told}"


def check_entries(entries: Any, expected: Sequence[tuple[Bad, str]], told: str) -> None:
    """The compatible surface's errors: each expected one with the path that it is below."""
    assert isinstance(entries, list), f"not a list of errors: {told}"
    assert len(entries) == len(expected), f"expected {len(expected)} errors: {told}"
    for entry, (wanted, prefix) in zip(entries, expected, strict=True):
        assert entry["code"] in wanted.codes, f"code, expected {wanted.codes}: {told}"
        assert entry["errorCode"] == CATALOGUE[entry["code"]][0], f"errorCode: {told}"
        assert isinstance(entry["message"], str), f"message: {told}"
        assert entry["message"], f"message: {told}"
        assert isinstance(entry["fields"], list), f"fields: {told}"
        if wanted.path or prefix:
            assert len(entry["fields"]) >= 1, f"fields are empty: {told}"
        for path in entry["fields"]:
            _check_path(path, wanted, prefix, told)
        _check_extras(entry, wanted, told)


def check_compatible(
    response: httpx.Response, *expected: Bad | tuple[int, Bad], status: int | None = None
) -> None:
    """The answer is these errors; those of an item with its index, others of the whole body."""
    told = tell(response)
    pairs = [
        (one[1], f"inputParameters[{one[0]}]") if isinstance(one, tuple) else (one, "")
        for one in expected
    ]
    wanted = status or expected_status([one for one, _ in pairs])
    assert response.status_code == wanted, f"expected {wanted}: {told}"
    assert response.headers["content-type"].split(";")[0] == "application/json", told
    check_entries(response.json(), pairs, told)


def check_problem(response: httpx.Response, *expected: Bad, status: int | None = None) -> None:
    """The answer is this problem document (RFC 9457)."""
    told = tell(response)
    wanted = status or expected_status(expected)
    assert response.status_code == wanted, f"expected {wanted}: {told}"
    assert response.headers["content-type"].split(";")[0] == "application/problem+json", (
        f"content type {response.headers['content-type']}: {told}"
    )
    body = response.json()
    missing = {"type", "title", "status", "detail", "code", "errors"} - body.keys()
    assert not missing, f"without {missing}: {told}"
    assert body["status"] == response.status_code, told
    for name in ("type", "title", "detail"):
        assert isinstance(body[name], str), f"{name}: {told}"
        assert body[name], f"{name}: {told}"
    entries = body["errors"]
    assert len(entries) == len(expected), f"expected {len(expected)} errors: {told}"
    own = entries[0]["code"] if len(entries) == 1 else "several_errors"
    assert body["code"] == own, f"code, expected {own!r}: {told}"
    for entry, one in zip(entries, expected, strict=True):
        assert entry["code"] in one.codes, f"code, expected {one.codes}: {told}"
        assert isinstance(entry["detail"], str), f"detail: {told}"
        assert entry["detail"], f"detail: {told}"
        _check_path(entry.get("pointer") or "", one, "", told)
        _check_extras(entry, one, told)


def tell(response: httpx.Response) -> str:
    request = response.request
    sent = request.content[:400].decode(errors="replace")
    return (
        f"{request.method} {request.url.raw_path.decode()} {sent}\n"
        f"-> {response.status_code} {response.text[:1500]}"
    )


def instant(text: Any) -> datetime:
    """A date-time of an answer: ISO 8601, UTC, with ``Z``."""
    assert isinstance(text, str), f"not a date-time: {text!r}"
    assert text.endswith("Z"), f"not in UTC with Z: {text!r}"
    assert text[10] == "T", f"not ISO 8601: {text!r}"
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    """``2026-05-15T12:00:00`` of a table, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def z(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Partner:
    """One client of the service, with the records that a row of a table needs."""

    def __init__(self, url: str, *scopes: str, name: str = "Matrix") -> None:
        # No HTTPS: reading the certificates that are trusted takes longer than most requests.
        self.http = httpx.Client(base_url=url, timeout=60, trust_env=False, verify=False)  # noqa: S501
        out = StringIO()
        call_command("create_partner", name, "--scope", *(scopes or SCOPES), stdout=out)
        self._credentials = json.loads(out.getvalue())
        self._number = itertools.count(1)
        self.token = ""
        self.authorize()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def authorize(self) -> None:
        answer = self.http.post(
            "/services/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": self._credentials["client_id"],
                "client_secret": self._credentials["client_secret"],
            },
        )
        assert answer.status_code == 200, tell(answer)
        self.token = answer.json()["access_token"]

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """The service's clock stands still at this moment, at which the token is fresh."""
        with time_machine.travel(moment, tick=False):
            self.authorize()
            yield

    # Calls

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        token: str | None = None,
    ) -> httpx.Response:
        """``token`` "" sends none; ``raw`` are the very bytes of the body."""
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **(headers or {})}
        bearer = self.token if token is None else token
        if bearer:
            sent["Authorization"] = f"Bearer {bearer}"
        return self.http.request(method, path, content=content, headers=sent)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.send("POST", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.send("PATCH", path, body, **options)

    def fetch(self, path: str) -> dict[str, Any]:
        answer = self.get(path)
        assert answer.status_code == 200, tell(answer)
        body: dict[str, Any] = answer.json()
        return body

    def change(self, path: str, **values: Any) -> dict[str, Any]:
        answer = self.patch(path, values)
        assert answer.status_code == 200, tell(answer)
        body: dict[str, Any] = answer.json()
        return body

    def create(self, resource: str, values: dict[str, Any]) -> dict[str, Any]:
        answer = self.post(f"/api/v1/{resource}", values)
        assert answer.status_code == 201, tell(answer)
        body: dict[str, Any] = answer.json()
        return body

    def delete(self, path: str) -> None:
        answer = self.send("DELETE", path)
        assert answer.status_code in (200, 204), tell(answer)

    def listed(self, path: str) -> set[str]:
        """The ids of a list, all of its pages."""
        found: set[str] = set()
        following: str | None = path
        while following:
            page = self.fetch(following)
            found |= {row["id"] for row in page["results"]}
            following = page["next"]
        return found

    # Records

    def promotion(self, **values: Any) -> dict[str, Any]:
        """An active promotion, open to enrollment, without dates."""
        number = next(self._number)
        given = {
            "name": f"Promotion {number}",
            "promotionCode": f"PROMO{number}",
            "isActive": True,
            "isEnrollmentRequired": True,
        }
        return self.create("promotions", {**given, **values})

    def account(self, **values: Any) -> dict[str, Any]:
        return self.create("accounts", {"name": f"Account {next(self._number)}", **values})

    def contact(self, **values: Any) -> dict[str, Any]:
        number = next(self._number)
        given = {
            "firstName": "Robin",
            "lastName": f"Customer{number}",
            "email": f"customer{number}@example.com",
        }
        return self.create("contacts", {**given, **values})

    def offer(self, **values: Any) -> dict[str, Any]:
        number = next(self._number)
        given = {"name": f"Offer {number}", "code": f"OFFER{number}", "isActive": True}
        return self.create("offers", {**given, **values})

    # Enrolling

    def enroll(self, *items: Any, path: str = ENROLL, **more: Any) -> httpx.Response:
        """The compatible call."""
        options = {
            name: more.pop(name) for name in ("headers", "token") if more.get(name) is not None
        }
        return self.post(path, {"inputParameters": list(items), **more}, **options)

    def enrolled(self, item: dict[str, Any]) -> dict[str, Any]:
        """The entry of the results for an item that must be enrolled."""
        answer = self.enroll(item)
        assert answer.status_code == 201, tell(answer)
        [result] = answer.json()["results"]
        entry: dict[str, Any] = result
        return entry

    def enrollment(self, item: dict[str, Any]) -> dict[str, Any]:
        """The same through the plain surface: the new enrollment."""
        return self.create("enrollments", item)

    def check_refused(self, item: Any, *expected: Bad) -> None:
        """Both surfaces refuse this item, each in its own shape."""
        check_compatible(self.enroll(item), *((0, one) for one in expected))
        check_problem(self.post(PLAIN, item), *expected)

    def check_not_there(self, promotion: dict[str, Any]) -> None:
        """Nobody is enrolled in the promotion."""
        found = self.listed(f"{PLAIN}?promotionId={promotion['id']}")
        assert not found, f"enrolled after all: {found}"
