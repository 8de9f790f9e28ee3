"""The whole service over a real socket, as partners use it."""

import gzip
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx
import pytest

from tests.e2e.server import Server

COMPATIBLE = "/services/data/v67.0/global-promotions-management/promotion-enrollments"
_number = count(1)


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    scopes = [
        f"{what}:{how}"
        for what in ("enrollments", "promotions", "customers")
        for how in ("read", "write")
    ]
    with server.client(*scopes) as client:
        yield client


def _create(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _promotion(client: httpx.Client, **more: Any) -> str:
    open_to_all = {"name": "May", "isActive": True, "isEnrollmentRequired": True}
    return str(_create(client, "promotions", **open_to_all, **more)["id"])


def _contact(client: httpx.Client) -> str:
    email = f"c{next(_number)}@example.com"
    return str(_create(client, "contacts", lastName="Meyer", email=email)["id"])


def _at_once(times: int, act: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """What ``times`` calls answer that begin at the same moment."""
    barrier = threading.Barrier(times)

    def run(number: int) -> httpx.Response:
        barrier.wait(timeout=60)
        return act(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.fixture
def many(request: pytest.FixtureRequest) -> int:
    """How many clients call at once: SQLite has one writer at a time, and is for smaller ones."""
    return 64 if request.config.getoption("database") == "postgresql" else 32


def test_a_customer_is_enrolled_and_found(client: httpx.Client) -> None:
    promotion, contact = _promotion(client), _contact(client)
    item = {"contact": {"id": contact}, "promotion": {"id": promotion}}
    answer = client.post(COMPATIBLE, json={"inputParameters": [item]})
    assert answer.status_code == 201
    [result] = answer.json()["results"]
    found = client.get("/api/v1/enrollments", params={"contactId": contact}).json()["results"]
    assert [e["id"] for e in found] == [result["promotionPartyUsageId"]]


def test_identical_requests_at_once_leave_one_record(client: httpx.Client, many: int) -> None:
    promotion, contact = _promotion(client), _contact(client)
    body = {"inputParameters": [{"contact": {"id": contact}, "promotion": {"id": promotion}}]}
    answers = _at_once(many, lambda _: client.post(COMPATIBLE, json=body))
    assert Counter(a.status_code for a in answers) == {201: 1, 409: many - 1}
    enrolled = next(a for a in answers if a.status_code == 201).json()
    record = enrolled["results"][0]["promotionPartyUsageId"]
    refusals = [a.json() for a in answers if a.status_code == 409]
    assert {(e["code"], e["promotionPartyUsageId"]) for [e] in refusals} == {
        ("already_enrolled", record)
    }
    found = client.get("/api/v1/enrollments", params={"promotionId": promotion}).json()["results"]
    assert [e["id"] for e in found] == [record]


@pytest.mark.parametrize("path", [COMPATIBLE, "/api/v1/enrollments"])
def test_identical_requests_with_one_key_get_one_answer(
    client: httpx.Client, many: int, path: str
) -> None:
    promotion, contact = _promotion(client), _contact(client)
    item: dict[str, Any] = {"contact": {"id": contact}, "promotion": {"id": promotion}}
    body = {"inputParameters": [item]} if path == COMPATIBLE else item
    headers = {"Idempotency-Key": f"key-{contact}"}
    answers = _at_once(many, lambda _: client.post(path, json=body, headers=headers))
    assert {(a.status_code, a.content) for a in answers} == {(201, answers[0].content)}
    found = client.get("/api/v1/enrollments", params={"promotionId": promotion}).json()["results"]
    assert len(found) == 1


def test_different_customers_at_once_are_all_enrolled(client: httpx.Client, many: int) -> None:
    promotion = _promotion(client)
    contacts = [_contact(client) for _ in range(many)]

    def enroll(number: int) -> httpx.Response:
        item = {"contact": {"id": contacts[number]}, "promotion": {"id": promotion}}
        return client.post(COMPATIBLE, json={"inputParameters": [item]})

    assert {a.status_code for a in _at_once(many, enroll)} == {201}


def test_no_more_customers_than_there_are_places(client: httpx.Client, many: int) -> None:
    promotion = _promotion(client, maximumEnrollmentCount=10)
    contacts = [_contact(client) for _ in range(many)]

    def enroll(number: int) -> httpx.Response:
        item = {"contact": {"id": contacts[number]}, "promotion": {"id": promotion}}
        return client.post(COMPATIBLE, json={"inputParameters": [item]})

    answers = _at_once(many, enroll)
    assert Counter(a.status_code for a in answers) == {201: 10, 409: many - 10}
    codes = {a.json()[0]["errorCode"] for a in answers if a.status_code == 409}
    assert codes == {"LIMIT_EXCEEDED"}


def test_overlapping_batches_in_any_order_neither_deadlock_nor_double(client: httpx.Client) -> None:
    promotions = [_promotion(client) for _ in range(2)]
    contacts = [_contact(client) for _ in range(20)]
    pairs = [(c, p) for c in contacts for p in promotions]

    def enroll(number: int) -> httpx.Response:
        wanted = random.Random(number).sample(pairs, 25)
        items = [{"contact": {"id": c}, "promotion": {"id": p}} for c, p in wanted]
        return client.post(COMPATIBLE, json={"inputParameters": items, "allOrNone": False})

    answers = _at_once(16, enroll)
    assert {a.status_code for a in answers} <= {201, 400}
    made = [
        result["promotionPartyUsageId"]
        for answer in answers
        for result in answer.json()["results"]
        if "errors" not in result
    ]
    assert len(made) == len(set(made))
    refused = {
        error["code"]
        for answer in answers
        for result in answer.json()["results"]
        for error in result.get("errors", [])
    }
    assert refused == {"already_enrolled"}


def test_two_editors_at_once_of_one_version(client: httpx.Client) -> None:
    path = f"/api/v1/promotions/{_promotion(client)}"
    tag = client.get(path).headers["ETag"]

    def edit(number: int) -> httpx.Response:
        return client.patch(path, json={"name": str(number)}, headers={"If-Match": tag})

    assert Counter(a.status_code for a in _at_once(8, edit)) == {200: 1, 412: 7}


def test_one_code_for_many_at_once(client: httpx.Client) -> None:
    code = f"RACE{next(_number)}"

    def create(number: int) -> httpx.Response:
        return client.post("/api/v1/promotions", json={"name": "x", "promotionCode": code})

    assert Counter(a.status_code for a in _at_once(8, create)) == {201: 1, 409: 7}


def test_one_external_id_upserted_by_many_at_once(client: httpx.Client) -> None:
    path = f"/api/v1/contacts/by-external-id/race-{next(_number)}"
    answers = _at_once(8, lambda n: client.put(path, json={"lastName": str(n)}))
    assert Counter(a.status_code for a in answers) == {201: 1, 200: 7}
    assert len({a.json()["id"] for a in answers}) == 1


def test_a_body_in_chunks_without_a_length(client: httpx.Client) -> None:
    promotion, contact = _promotion(client), _contact(client)
    item = {"contact": {"id": contact}, "promotion": {"id": promotion}}
    body = json.dumps({"inputParameters": [item]})

    def chunks() -> Iterator[bytes]:
        for start in range(0, len(body), 10):
            yield body[start : start + 10].encode()

    headers = {"Content-Type": "application/json"}
    answer = client.post(COMPATIBLE, content=chunks(), headers=headers)
    assert answer.request.headers["Transfer-Encoding"] == "chunked"
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large(client: httpx.Client, chunked: bool) -> None:
    block = b" " * 65536

    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield block

    answer = client.post(
        COMPATIBLE,
        content=chunks() if chunked else block * 100,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    assert answer.json()[0]["errorCode"] == "EXCEEDED_MAX_SIZE_REQUEST"


def test_a_body_in_chunks_that_is_packed_and_a_packed_answer(client: httpx.Client) -> None:
    body = gzip.compress(json.dumps({"name": "May", "description": "x" * 2_000}).encode())

    def chunks() -> Iterator[bytes]:
        for start in range(0, len(body), 10):
            yield body[start : start + 10]

    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = client.post("/api/v1/promotions", content=chunks(), headers=headers)
    assert answer.request.headers["Transfer-Encoding"] == "chunked"
    assert answer.status_code == 201, answer.text
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["description"] == "x" * 2_000


def test_the_pages_are_there(client: httpx.Client) -> None:
    for path in ("/healthz", "/readyz", "/api/docs", "/api/schema", "/api/errors", "/admin/login/"):
        assert client.get(path).status_code == 200, path
    assert httpx.get(f"{client.base_url}/").headers["Location"] == "/admin/"
