"""``Idempotency-Key``, on every POST of both surfaces. Rule 12."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from enrollments.models import EnrollmentJob, PromotionPartyUsage
from promotions.errors import refuse
from promotions.models import IdempotentRequest, Promotion
from promotions.services import idempotency
from promotions.services.promotions import update_promotion
from promotions.services.transactions import LostRace
from tests.api.conftest import COMPATIBLE, Api, codes
from tests.factories import actor, enroll_contact, make_contact, make_promotion, token_for

V1 = "/api/v1/enrollments"


def _item() -> dict[str, Any]:
    return {
        "contact": {"id": make_contact().record_id},
        "promotion": {"id": make_promotion().record_id},
    }


@pytest.mark.parametrize("path", [V1, COMPATIBLE])
def test_the_same_key_gives_the_first_answer_again(api: Api, path: str) -> None:
    body = _item() if path == V1 else {"inputParameters": [_item()]}
    first, second, slashed = (
        api.post(p, body, Idempotency_Key="k1") for p in (path, path, f"{path}/")
    )
    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first
    for again in (second, slashed):
        assert (again.status_code, again.content) == (201, first.content)
        assert again["Idempotency-Replayed"] == "true"
        for name in ("Content-Type", "ETag", "Location"):
            assert again.get(name) == first.get(name)
    assert PromotionPartyUsage.objects.count() == 1


@pytest.mark.parametrize("path", [V1, COMPATIBLE, "/api/v1/enrollment-jobs"])
def test_a_request_that_loses_a_race_after_its_answer_is_answered_again(
    api: Api, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = idempotency._answer
    losses = iter([True])

    def lose(*given: Any) -> Any:
        answered = answer(*given)
        if next(losses, False):
            raise LostRace("somebody came first")
        return answered

    monkeypatch.setattr(idempotency, "_answer", lose)
    if path.endswith("jobs"):
        code, row = make_promotion().promotion_code, f"contactId\n{make_contact().record_id}\n"
        response = api.post(
            f"{path}?promotionCode={code}", raw=row, Content_Type="text/csv", Idempotency_Key="k1"
        )
    else:
        body = _item() if path == V1 else {"inputParameters": [_item()]}
        response = api.post(path, body, Idempotency_Key="k1")
    assert response.status_code in (201, 202), response.content
    assert next(losses, None) is None
    assert PromotionPartyUsage.objects.count() + EnrollmentJob.objects.count() == 1


def test_without_a_key_every_request_counts(api: Api) -> None:
    item = _item()
    assert [api.post(V1, item).status_code for _ in range(2)] == [201, 409]


def test_a_refusal_by_the_rules_is_given_again(api: Api) -> None:
    promotion = make_promotion(is_active=False)
    item = {
        "contact": {"id": make_contact().record_id},
        "promotion": {"id": promotion.record_id},
    }
    first = api.post(V1, item, Idempotency_Key="k")
    assert codes(first) == ["promotion_inactive"]
    update_promotion(promotion.pk, {"is_active": True}, by=actor(), at=timezone.now())
    again = api.post(V1, item, Idempotency_Key="k")
    assert (again.status_code, again.content) == (400, first.content)
    assert again["Content-Type"] == "application/problem+json"
    assert api.post(V1, item, Idempotency_Key="other").status_code == 201


def test_what_never_reached_the_rules_is_not_remembered(api: Api) -> None:
    item = _item()
    assert codes(api.post(V1, raw=b"{", Idempotency_Key="k")) == ["malformed_json"]
    token, api.headers = api.headers, {}
    assert api.post(V1, item, Idempotency_Key="k").status_code == 401
    api.headers = token
    assert api.post(V1, item, Idempotency_Key="k").status_code == 201


def test_a_defect_of_ours_is_not_remembered(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    item = _item()
    with monkeypatch.context() as patch:

        def fail(*args: object, **options: object) -> None:
            raise RuntimeError("out of order")

        patch.setattr("enrollments.api.enrollments.enroll", fail)
        with pytest.raises(RuntimeError):
            api.post(V1, item, Idempotency_Key="k")
    assert not IdempotentRequest.objects.exists()
    assert api.post(V1, item, Idempotency_Key="k").status_code == 201


def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    item = _item()
    api.post(V1, item, Idempotency_Key="k")
    response = api.post(V1, {**item, "enrollmentOffer": None}, Idempotency_Key="k")
    assert (response.status_code, codes(response)) == (422, ["idempotency_key_reused"])
    body = {"inputParameters": [_item()]}
    api.post(COMPATIBLE, body, Idempotency_Key="k")
    response = api.post(COMPATIBLE, {"inputParameters": []}, Idempotency_Key="k")
    assert response.status_code == 422
    assert response.json()[0]["errorCode"] == "INVALID_API_INPUT"


def test_a_key_belongs_to_its_client_and_path(api: Api) -> None:
    other = Api(name="Other")
    assert api.post(V1, _item(), Idempotency_Key="k").status_code == 201
    assert other.post(V1, _item(), Idempotency_Key="k").status_code == 201
    assert api.enroll(_item(), path=COMPATIBLE).status_code == 201
    again = api.post(COMPATIBLE, {"inputParameters": [_item()]}, Idempotency_Key="k")
    assert again.status_code == 201
    assert PromotionPartyUsage.objects.count() == 4


def test_a_key_is_forgotten_after_24_hours(api: Api) -> None:
    item = _item()
    first = api.post(V1, item, Idempotency_Key="k")
    path = f"/api/v1/enrollments/{first.json()['id']}/withdraw"
    api.post(path, {"reason": "x"})
    for hours, status in ((23.9, 201), (24.1, 201)):
        with time_machine.travel(timezone.now() + timedelta(hours=hours)):
            later = Api()
            later.partner = api.partner

            later.headers = {"Authorization": f"Bearer {token_for(api.partner)}"}
            again = later.post(V1, item, Idempotency_Key="k")
        assert again.status_code == status
        # Within a day it is the first answer; after it the customer is enrolled again.
        assert (again.content == first.content) is (hours < 24)
    assert IdempotentRequest.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_1_to_255_characters(api: Api, key: str) -> None:
    response = api.post(V1, _item(), Idempotency_Key=key)
    assert (response.status_code, codes(response)) == (400, ["invalid_value"])
    assert not PromotionPartyUsage.objects.exists()
    assert api.post(V1, _item(), Idempotency_Key="x" * 255).status_code == 201


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/promotions", {"name": "x"}),
        ("/api/v1/accounts", {"name": "x"}),
        ("/api/v1/contacts", {"lastName": "x"}),
        ("/api/v1/offers", {"name": "x", "code": "x"}),
    ],
)
def test_creating_records_once(api: Api, path: str, body: dict[str, str]) -> None:
    first, second = (api.post(path, body, Idempotency_Key="k") for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()


def test_withdrawing_once(api: Api) -> None:
    usage = enroll_contact(make_contact(), make_promotion())
    path = f"{V1}/{usage.record_id}/withdraw"
    first, second = (api.post(path, {"reason": "x"}, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert usage.history.count() == 5


@pytest.mark.postgresql  # whose tables have no place for the first two
@pytest.mark.parametrize("name", ["%00", "0hP%00", "0hP" + "x" * 500], ids=["NUL", "0hP", "long"])
@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k"}], ids=["no key", "a key"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("enrollments/{}/withdraw", {"reason": "x"}),
        ("promotions/{}/activate", {}),
        ("enrollment-jobs/{}/stop", {}),
    ],
)
def test_a_path_that_names_nothing_is_refused_with_a_key_as_without(
    api: Api, path: str, body: dict[str, str], headers: dict[str, str], name: str
) -> None:
    refused = api.post(f"/api/v1/{path.format(name)}", body, **headers)
    assert (refused.status_code, codes(refused)) == (400, ["malformed_id"])


def test_a_refused_request_leaves_nothing_but_its_answer(api: Api) -> None:
    api.post("/api/v1/promotions", {"name": ""}, Idempotency_Key="k")
    assert not Promotion.objects.exists()
    assert IdempotentRequest.objects.get().status == 400


def _post_handlers(patterns: list[Any]) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern) != "admin/":
                yield from _post_handlers(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            view: Any = getattr(pattern.callback, "cls", None)
            actions = getattr(pattern.callback, "actions", None) or {"post": "post"}
            if view is not None and "post" in actions and hasattr(view, actions["post"]):
                yield str(pattern.pattern), getattr(view, actions["post"])


def test_every_post_of_both_surfaces_heeds_the_key() -> None:
    handlers = dict(_post_handlers(get_resolver().url_patterns))
    # Forms and envelopes of other protocols, which can safely be sent again as they are.
    others = [route for route in handlers if "oauth2" in route or "Soap" in route]
    # A POST that only reads.
    others += [route for route in handlers if "earch" in route]
    assert len(others) == 5
    assert len(handlers) > 40
    for route, handler in handlers.items():
        assert getattr(handler, "is_idempotent", False) or route in others, route


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", [V1, COMPATIBLE])
def test_while_the_first_still_runs_the_key_is_refused(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    api = Api()
    monkeypatch.setattr("promotions.services.idempotency._LONGEST_WAIT", "200ms")
    body = _item() if path == V1 else {"inputParameters": [_item()]}
    with psycopg.connect(
        os.environ["DATABASE_URL"], dbname=connection.get_connection_params()["dbname"]
    ) as first:
        first.execute(
            "INSERT INTO promotions_idempotentrequest"
            " (partner_id, path, key, body_hash, created_date, headers, body)"
            " VALUES (%s, %s, 'k', '', now(), '{}', '')",
            [api.partner.pk, path],
        )
        response = api.post(path, body, Idempotency_Key="k")
        assert (response.status_code, codes(response)) == (409, ["idempotency_in_progress"])
        if path == COMPATIBLE:
            assert response.json()[0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
        first.rollback()
    assert api.post(path, body, Idempotency_Key="k").status_code == 201


@pytest.mark.postgresql
def test_only_the_key_is_waited_for_so_shortly(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = []

    def act(*args: object, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            waits.append(cursor.fetchone())
        raise refuse("not_found", "enough seen")

    monkeypatch.setattr("enrollments.api.enrollments.enroll", act)
    assert api.post(V1, _item(), Idempotency_Key="k").status_code == 404
    assert waits == [("0",)]
