"""An idempotency key that enrolling claims by its one statement: not the answer is kept then, but
what was made, of which the same answer is made again. Rule 12; PostgreSQL's way."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from enrollments.api.refusals import KeepsRefusals
from enrollments.models import Contact, Offer, PromotionPartyUsage
from enrollments.services.enrollments import withdraw
from promotions.models import IdempotentRequest, Promotion
from tests.api.conftest import COMPATIBLE, Api, codes
from tests.factories import (
    actor,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    token_for,
)
from tests.services.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

V1 = "/api/v1/enrollments"
BOTH = pytest.mark.parametrize("path", [V1, COMPATIBLE])


def _item(named: dict[str, Any], **contact: Any) -> dict[str, Any]:
    return {"contact": contact or {"id": make_contact().record_id}, **named}


@pytest.fixture
def named(api: Api) -> dict[str, Any]:
    """Promotion and offer, as requests name them; this process knows them."""
    begins = timezone.now() - timedelta(days=1)
    promotion = make_promotion(
        start_date_time=begins,
        end_date_time=begins + timedelta(days=30),
        enrollment_start_date=begins.date(),
        enrollment_end_date=begins.date() + timedelta(days=20),
    )
    named = {
        "promotion": {"code": promotion.promotion_code},
        "enrollmentOffer": {"code": make_offer().code},
    }
    assert api.enroll(_item(named)).status_code == 201
    return named


def _post(api: Api, path: str, *items: dict[str, Any], key: str = "k") -> Any:
    body = items[0] if path == V1 else {"inputParameters": items}
    return api.post(path, body, Idempotency_Key=key)


def _kept_by_outcome() -> bool:
    """Whether the only request that is kept was claimed by the act's own statement."""
    kept = IdempotentRequest.objects.get()
    assert (kept.status is None) is (kept.outcome is not None)
    return kept.outcome is not None


def _everything_changes() -> None:
    for promotion in Promotion.objects.all():
        code = f"OTHER{promotion.pk}"
        Promotion.objects.filter(pk=promotion.pk).update(
            promotion_code=code, promotion_code_key=code.lower(), is_active=False
        )
    Offer.objects.update(code="OTHER", code_key="other")
    Contact.objects.update(last_name="Other", last_name_key="other", email=None, email_key=None)
    for usage in PromotionPartyUsage.objects.all():
        withdraw(usage.pk, by=actor(), at=timezone.now(), reason="x")


def _same(first: Any, again: Any) -> None:
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("Content-Type", "ETag", "Location"):
        assert again.get(name) == first.get(name)
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"


@BOTH
@pytest.mark.parametrize(
    "period",
    [{}, {"enrollmentExpirationDateTime": "2999-01-01T00:00:00Z"}],
    ids=["no period", "its own period"],
)
def test_the_answer_is_the_first_one_whatever_has_changed(
    api: Api, path: str, period: dict[str, str], named: dict[str, Any]
) -> None:
    item = _item(named, email=make_contact(last_name='Ñandú "\\').email) | period
    first = _post(api, path, item)
    assert first.status_code == 201
    assert _kept_by_outcome()
    _everything_changes()
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        api.headers = {"Authorization": f"Bearer {token_for(api.partner)}"}
        _same(first, _post(api, path, item))
    assert PromotionPartyUsage.objects.count() == 2


def test_of_several_customers_each_has_what_it_had(api: Api, named: dict[str, Any]) -> None:
    other = {"promotion": {"id": make_promotion().record_id}}
    api.enroll(_item(other))
    account = make_account()
    items = [
        _item(named),
        _item(other),
        _item(other, email=make_contact().email),
        _item(named, lastName=make_contact(last_name="Only one").last_name),
        {**_item(named, id=make_contact(account=account).record_id)}
        | {"account": {"id": account.record_id}},
    ]
    first = _post(api, COMPATIBLE, *items)
    assert len(first.json()["results"]) == len(items)
    assert _kept_by_outcome()
    _everything_changes()
    _same(first, _post(api, COMPATIBLE, *items))


@BOTH
def test_another_body_is_refused(api: Api, path: str, named: dict[str, Any]) -> None:
    _post(api, path, _item(named))
    other = _post(api, path, _item(named))
    assert (other.status_code, codes(other)) == (422, ["idempotency_key_reused"])
    assert PromotionPartyUsage.objects.count() == 2


def test_a_request_that_the_rules_refuse_is_kept_as_it_is(api: Api, named: dict[str, Any]) -> None:
    item = _item(named)
    assert _post(api, V1, item).status_code == 201
    IdempotentRequest.objects.all().delete()
    first = _post(api, V1, item)
    assert codes(first) == ["already_enrolled"]
    assert not _kept_by_outcome()
    _everything_changes()
    _same(first, _post(api, V1, item))


@BOTH
def test_after_a_day_the_key_begins_anew(api: Api, path: str, named: dict[str, Any]) -> None:
    item = _item(named)
    first = _post(api, path, item)
    for usage in PromotionPartyUsage.objects.all():
        withdraw(usage.pk, by=actor(), at=timezone.now(), reason="x")
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        api.headers = {"Authorization": f"Bearer {token_for(api.partner)}"}
        again = _post(api, path, item)
        assert again.status_code == 201
        assert again.content != first.content
        assert not _kept_by_outcome(), "coming back takes more than the one statement"
        _same(again, _post(api, path, item))


def test_an_answer_that_failed_is_made_when_it_is_asked_for_again(
    api: Api, named: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    item = _item(named)
    with monkeypatch.context() as patch:

        def fail(*args: object) -> None:
            raise RuntimeError("out of order")

        patch.setattr("enrollments.api.promotion_enrollments._result", fail)
        for _ in range(2):
            with pytest.raises(RuntimeError):
                _post(api, COMPATIBLE, item)
    again = _post(api, COMPATIBLE, item)
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert PromotionPartyUsage.objects.count() == 2


@BOTH
def test_copies_at_once_get_one_answer(api: Api, path: str, named: dict[str, Any]) -> None:
    item = _item(named)
    answers = at_once([lambda: _post(api, path, item)] * 12)
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert sum("Idempotency-Replayed" not in one for one in answers) == 1
    assert _kept_by_outcome()
    assert PromotionPartyUsage.objects.count() == 2


def test_other_keys_for_the_same_customer_are_refused(api: Api, named: dict[str, Any]) -> None:
    item = _item(named)
    answers = at_once([partial(_post, api, V1, item, key=f"k{n}") for n in range(12)])
    assert sorted(one.status_code for one in answers) == [201, *[409] * 11]
    assert IdempotentRequest.objects.count() == 12
    assert IdempotentRequest.objects.filter(outcome__isnull=True, status=409).count() == 11


@BOTH
def test_a_refusal_that_a_copy_overtook_is_not_given_as_the_first_answer(
    api: Api, path: str, named: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = make_contact()
    gone = Contact.objects.filter(pk=contact.pk)
    gone.update(is_deleted=True, deleted_date=timezone.now())
    item = _item(named, id=contact.record_id)
    refuse_in_turn, overtaking = KeepsRefusals.handle_exception, []

    def overtaken(view: KeepsRefusals, exc: Exception) -> Any:
        refused = refuse_in_turn(view, exc)
        gone.update(is_deleted=False, deleted_date=None)
        overtaking.extend(at_once([lambda: _post(api, path, item)]))
        return refused

    with monkeypatch.context() as patch:
        patch.setattr(KeepsRefusals, "handle_exception", overtaken)
        refused = _post(api, path, item)
    [first] = overtaking
    assert first.status_code == 201
    assert _kept_by_outcome()
    _same(first, refused)
    _same(first, _post(api, path, item))


def test_a_key_that_begins_anew_and_still_runs_is_refused(
    api: Api, named: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    item = _item(named)
    _post(api, V1, item)
    IdempotentRequest.objects.update(created_date=timezone.now() - timedelta(days=2))
    monkeypatch.setattr("promotions.services.idempotency._LONGEST_WAIT", "200ms")
    with transaction.atomic():
        IdempotentRequest.objects.select_for_update().get()
        [response] = at_once([lambda: _post(api, V1, item)])
    assert (response.status_code, codes(response)) == (409, ["idempotency_in_progress"])


def test_other_waiting_is_not_taken_for_waiting_for_the_key(
    api: Api, named: dict[str, Any]
) -> None:
    def impatient() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout TO '200ms'")
        api._client.raise_request_exception = False
        return _post(api, V1, _item(named))

    with transaction.atomic():
        Promotion.objects.select_for_update().get()
        [response] = at_once([impatient])
    assert response.status_code == 503
    assert not IdempotentRequest.objects.exists()


def test_inside_another_transaction_what_follows_an_answer_given_again_may_wait(
    api: Api, named: dict[str, Any]
) -> None:
    item = _item(named)
    first = _post(api, V1, item)
    with transaction.atomic(), connection.cursor() as cursor:
        _same(first, _post(api, V1, item))
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_what_was_kept_by_an_earlier_version_can_be_read(api: Api, named: dict[str, Any]) -> None:
    item = _item(named)
    first = _post(api, V1, item).json()
    kept = IdempotentRequest.objects.get()
    usage, contact = PromotionPartyUsage.objects.order_by("-pk")[0], Contact.objects.latest("pk")
    moment = "2020-01-02T04:05:06.789012+00:00"
    kept.outcome = {
        "made": [[0, usage.pk, contact.pk, "Doe", None]],
        "terms": [
            {
                "promotion": usage.promotion_id,
                "code": "SPRING",
                "start": None,
                "end": "2999-01-01T00:00:00+00:00",
                "offer": [usage.enrollment_offer_id, "TEN"],
                "period": [moment, None],
            }
        ],
    }
    kept.save()
    again = _post(api, V1, item).json()
    changed = {name for name in first if again[name] != first[name]}
    assert changed == {"promotionCode", "enrollmentEffectiveDateTime"}
    assert (again["promotionCode"], again["id"]) == ("SPRING", first["id"])
    assert again["enrollmentEffectiveDateTime"].startswith("2020-01-02T04:05:06")
