"""Rule 12: the same request sent again gives the first answer again, and changes nothing."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pytest_django.live_server_helper import LiveServer

from tests.contract.identifiers import encode
from tests.contract.service import (
    ENROLL,
    PLAIN,
    Partner,
    bad,
    check_compatible,
    check_problem,
    tell,
    utc,
)

NOW = utc("2026-05-15T12:00:00")


class Keyed:
    """One surface of the service, on which every call has a key."""

    def __init__(self, partner: Partner, surface: str) -> None:
        self.partner = partner
        self.path = ENROLL if surface == "compatible" else PLAIN
        self.compatible = surface == "compatible"

    def body(self, item: dict[str, Any]) -> bytes:
        return json.dumps({"inputParameters": [item]} if self.compatible else item).encode()

    def send(self, key: str, raw: bytes, **options: Any) -> httpx.Response:
        partner = options.pop("partner", self.partner)
        path = options.pop("path", self.path)
        headers = {"Idempotency-Key": key, **options.pop("headers", {})}
        answer: httpx.Response = partner.post(path, raw=raw, headers=headers, **options)
        return answer

    def check(self, answer: httpx.Response, code: str, **extras: Any) -> None:
        error = bad(code, **extras)
        if self.compatible:
            at_item = code not in ("idempotency_key_reused", "malformed_json", "unauthenticated")
            check_compatible(answer, (0, error) if at_item else error)
        else:
            check_problem(answer, error)

    def usage(self, answer: httpx.Response) -> str:
        assert answer.status_code == 201, tell(answer)
        body = answer.json()
        found: str = body["results"][0]["promotionPartyUsageId"] if self.compatible else body["id"]
        return found


def _same(first: httpx.Response, second: httpx.Response) -> None:
    assert second.status_code == first.status_code, tell(second)
    assert second.content == first.content, tell(first) + tell(second)
    assert second.headers["content-type"] == first.headers["content-type"]


Step = Callable[[Keyed, dict[str, Any]], None]


def _replay(on: Keyed, item: dict[str, Any]) -> None:
    raw = on.body(item)
    first = on.send("replay", raw)
    usage = on.usage(first)
    _same(first, on.send("replay", raw))
    on.partner.post(f"{PLAIN}/{usage}/withdraw", {"reason": "Moved"})
    _same(first, on.send("replay", raw))
    assert on.partner.fetch(f"{PLAIN}/{usage}")["status"] == "withdrawn", "changed something"


def _replay_of_refusal(on: Keyed, item: dict[str, Any]) -> None:
    path = f"/api/v1/promotions/{item['promotion']['id']}"
    on.partner.change(path, isActive=False)
    raw = on.body(item)
    first = on.send("refusal", raw)
    on.check(first, "promotion_inactive")
    on.partner.change(path, isActive=True)
    _same(first, on.send("refusal", raw))
    on.usage(on.send("refusal-2", raw))


def _replay_of_already_enrolled(on: Keyed, item: dict[str, Any]) -> None:
    raw = on.body(item)
    usage = on.usage(on.send("already-1", raw))
    second = on.send("already-2", raw)
    on.check(second, "already_enrolled", promotionPartyUsageId=usage)
    _same(second, on.send("already-2", raw))


def _replay_of_not_found(on: Keyed, item: dict[str, Any]) -> None:
    raw = on.body({**item, "contact": {"id": encode("003", 987654321)}})
    first = on.send("not-found", raw)
    on.check(first, "customer_not_found")
    _same(first, on.send("not-found", raw))


def _other_body(on: Keyed, item: dict[str, Any]) -> None:
    raw = on.body(item)
    first = on.send("other", raw)
    on.usage(first)
    other = on.body({**item, "contact": {"id": on.partner.contact()["id"]}})
    on.check(on.send("other", other), "idempotency_key_reused")
    on.check(on.send("other", raw + b" "), "idempotency_key_reused")  # other bytes
    _same(first, on.send("other", raw))


def _other_key(on: Keyed, item: dict[str, Any]) -> None:
    raw = on.body(item)
    usage = on.usage(on.send("key", raw))
    on.check(on.send("KEY", raw), "already_enrolled", promotionPartyUsageId=usage)


def _other_client(on: Keyed, item: dict[str, Any]) -> None:
    raw = on.body(item)
    usage = on.usage(on.send("client", raw))
    url = str(on.partner.http.base_url)
    with Partner(url, name="Somebody else") as other:
        answer = on.send("client", raw, partner=other)
        on.check(answer, "already_enrolled", promotionPartyUsageId=usage)


def _other_path(on: Keyed, item: dict[str, Any]) -> None:
    usage = on.usage(on.send("path", on.body(item)))
    other = Keyed(on.partner, "plain" if on.compatible else "compatible")
    answer = other.send("path", other.body(item))
    other.check(answer, "already_enrolled", promotionPartyUsageId=usage)
    if on.compatible:
        answer = on.send("path", on.body(item), path=ENROLL.replace("v67.0", "v66.0"))
        on.check(answer, "already_enrolled", promotionPartyUsageId=usage)


def _broken_json_is_not_remembered(on: Keyed, item: dict[str, Any]) -> None:
    raw = on.body(item)
    on.check(on.send("broken", raw[:-1]), "malformed_json")
    on.usage(on.send("broken", raw))


def _no_token_is_not_remembered(on: Keyed, item: dict[str, Any]) -> None:
    raw = on.body(item)
    on.check(on.send("token", raw, token=""), "unauthenticated")
    on.check(on.send("token", raw, token="wrong"), "unauthenticated")
    on.usage(on.send("token", raw))


def _replay_needs_a_token(on: Keyed, item: dict[str, Any]) -> None:
    raw = on.body(item)
    on.usage(on.send("needs", raw))
    on.check(on.send("needs", raw, token=""), "unauthenticated")


def _key_lengths(on: Keyed, item: dict[str, Any]) -> None:
    raw = on.body(item)
    for key in ("", "k" * 256):
        answer = on.send(key, raw)
        assert answer.status_code == 400, f"{len(key)} characters: {tell(answer)}"
    first = on.send("k" * 255, raw)
    on.usage(first)
    _same(first, on.send("k" * 255, raw))


def _key_of_one_character(on: Keyed, item: dict[str, Any]) -> None:
    first = on.send("k", on.body(item))
    on.usage(first)
    _same(first, on.send("k", on.body(item)))


STEPS: list[Step] = [
    _replay,
    _replay_of_refusal,
    _replay_of_already_enrolled,
    _replay_of_not_found,
    _other_body,
    _other_key,
    _other_client,
    _other_path,
    _broken_json_is_not_remembered,
    _no_token_is_not_remembered,
    _replay_needs_a_token,
    _key_lengths,
    _key_of_one_character,
]


def test_keys(partner: Partner, live_server: LiveServer, subtests: pytest.Subtests) -> None:
    for surface in ("compatible", "plain"):
        for step in STEPS:
            with (
                subtests.test(f"{step.__name__.lstrip('_')}-{surface}"),
                Partner(live_server.url, name=f"{surface} {step.__name__}") as client,
            ):
                item = {
                    "contact": {"id": partner.contact()["id"]},
                    "promotion": {"id": partner.promotion()["id"]},
                }
                step(Keyed(client, surface), item)


def test_remembered_for_24_hours(partner: Partner, subtests: pytest.Subtests) -> None:
    for surface in ("compatible", "plain"):
        with subtests.test(surface):
            on = Keyed(partner, surface)
            with partner.at(NOW):
                item = {
                    "contact": {"id": partner.contact()["id"]},
                    "promotion": {"id": partner.promotion()["id"]},
                }
                raw = on.body(item)
                first = on.send("day", raw)
                usage = on.usage(first)
            with partner.at(NOW + timedelta(hours=24) - timedelta(seconds=1)):
                _same(first, on.send("day", raw))
            with partner.at(NOW + timedelta(hours=24, seconds=1)):
                answer = on.send("day", raw)
                on.check(answer, "already_enrolled", promotionPartyUsageId=usage)


def test_every_post(partner: Partner, subtests: pytest.Subtests) -> None:
    """A key works on every POST of the plain surface."""
    promotion, contact = partner.promotion()["id"], partner.contact()["id"]
    usage = partner.enrolled({"contact": {"id": contact}, "promotion": {"id": promotion}})
    withdraw = f"{PLAIN}/{usage['promotionPartyUsageId']}/withdraw"
    for name, path, body, status in (
        ("promotions", "/api/v1/promotions", {"name": "Once"}, 201),
        ("accounts", "/api/v1/accounts", {"name": "Once", "externalId": "once"}, 201),
        ("contacts", "/api/v1/contacts", {"lastName": "Once", "externalId": "once"}, 201),
        ("offers", "/api/v1/offers", {"name": "Once", "code": "ONCE"}, 201),
        ("withdraw", withdraw, {"reason": "Moved"}, 200),
    ):
        with subtests.test(name):
            headers = {"Idempotency-Key": f"every {name}"}
            first = partner.post(path, body, headers=headers)
            assert first.status_code == status, tell(first)
            _same(first, partner.post(path, body, headers=headers))
    for name, path, body, code in (
        ("accounts", "/api/v1/accounts", {"name": "Once", "externalId": "once"}, "duplicate_value"),
        ("withdraw", withdraw, {"reason": "Moved"}, "not_enrolled"),
    ):
        with subtests.test(f"{name}-refusal"):
            headers = {"Idempotency-Key": f"every {name} refused"}
            first = partner.post(path, body, headers=headers)
            check_problem(first, bad(code))
            _same(first, partner.post(path, body, headers=headers))
