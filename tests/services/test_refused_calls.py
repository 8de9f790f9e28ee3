"""Refused calls are kept: who, what, which rule, when, and no more of anybody than that."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollments.models import Contact, PromotionPartyUsage, RefusedCall
from enrollments.services import refused_calls
from promotions.models import Promotion
from promotions.services.purging import purge_promotion
from promotions.services.recycle_bin import delete_promotion
from tests.api.conftest import COMPATIBLE, Api
from tests.factories import (
    actor,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)

pytestmark = pytest.mark.django_db
PLAIN = "/api/v1/enrollments"


@pytest.fixture
def api(db: None) -> Api:
    return Api()


def kept() -> list[RefusedCall]:
    return list(RefusedCall.objects.order_by("id"))


def item(contact: Contact, promotion: Promotion, **more: Any) -> dict[str, Any]:
    return {
        "contact": {"id": contact.record_id},
        "promotion": {"code": promotion.promotion_code},
        **more,
    }


def test_keeps_who_what_which_rule_and_when(api: Api) -> None:
    contact, promotion = make_contact(), make_promotion(is_active=False)
    offer = make_offer()
    expires = "2099-01-01T00:00:00Z"
    sent = item(
        contact,
        promotion,
        enrollmentOffer={"code": offer.code},
        enrollmentExpirationDateTime=expires,
    )
    before = timezone.now()
    for path, body in ((COMPATIBLE, {"inputParameters": [sent]}), (PLAIN, sent)):
        assert api.post(path, body, X_Request_Id="call-7").status_code == 400
    compatible, plain = kept()
    for one, door, place in (
        (compatible, RefusedCall.Door.COMPATIBLE, "inputParameters[0].promotion"),
        (plain, RefusedCall.Door.PLAIN, "promotion"),
    ):
        assert before <= one.created_date <= timezone.now()
        assert one.created_by == api.partner.acting_user
        assert (one.door, one.request_id, one.item_count) == (door, "call-7", 1)
        assert (one.party, one.account, one.promotion, one.offer) == (
            contact,
            None,
            promotion,
            offer,
        )
        assert (one.code, one.pointer) == ("promotion_inactive", place)
        assert one.detail.startswith("The promotion is not active.")
        assert one.named_by == "contact.id promotion.code enrollmentOffer.code"
        assert one.effective is None
        assert one.expiration is not None
        assert one.expiration.year == 2099
        assert not one.is_of_another_item


def test_of_an_unknown_customer_only_by_what_it_was_named(api: Api) -> None:
    promotion = make_promotion()
    api.post(
        COMPATIBLE,
        {
            "inputParameters": [
                {
                    "contact": {"lastName": "Geheim", "email": "geheim@example.com"},
                    "promotion": {"code": "NOSUCH"},
                },
                {"contact": {"geheim@example.com": 1}, "promotion": {"id": promotion.record_id}},
            ]
        },
    )
    unknown, unreadable = kept()
    assert unknown.party is None
    assert unknown.promotion is None
    assert unknown.code == "customer_not_found"
    assert [code for code, *_ in unknown.further or []] == ["promotion_not_found"]
    assert unknown.named_by == "contact.lastName contact.email promotion.code"
    assert (unreadable.code, unreadable.pointer) == ("unknown_property", "inputParameters[1]")
    assert unreadable.named_by == "promotion.id"
    assert (unreadable.party, unreadable.promotion) == (None, promotion)
    everything = str(list(RefusedCall.objects.values())).casefold()
    assert "geheim" not in everything
    assert "nosuch" not in everything


MALFORMED: dict[str, dict[str, Any]] = {
    "a bad value": {"enrollmentExpirationDateTime": "2026-12-31"},
    "an unknown property": {"note": "x"},
}


@pytest.mark.parametrize("malformed", MALFORMED.values(), ids=MALFORMED.keys())
def test_of_an_item_that_is_malformed_in_part_it_keeps_the_rest(
    api: Api, malformed: dict[str, Any]
) -> None:
    tom, promotion, offer = make_contact(email="tom@example.com"), make_promotion(), make_offer()
    sent = {
        "contact": {"email": "Tom@example.com"},
        "promotion": {"code": promotion.promotion_code},
        "enrollmentOffer": {"code": offer.code},
        **malformed,
    }
    good = item(make_contact(), promotion)
    api.post(PLAIN, sent)
    api.post(COMPATIBLE, {"inputParameters": [sent, good], "allOrNone": True})
    plain, compatible, other = kept()
    for one in (plain, compatible):
        assert (one.party, one.promotion, one.offer) == (tom, promotion, offer)
        assert one.named_by == "contact.email promotion.code enrollmentOffer.code"
    assert [one.item_count for one in kept()] == [1, 2, 2]
    assert other.is_of_another_item


def test_what_is_malformed_is_never_looked_up(api: Api) -> None:
    """And half of what names a customer might find another."""
    make_contact(email="tom@example.com")
    promotion = make_promotion()
    sent = {
        "contact": {"email": "tom@example.com", "id": "00300000000009MAAX"},
        "promotion": {"code": promotion.promotion_code},
        "enrollmentOffer": {"id": 5},
    }
    with CaptureQueriesContext(connection) as queries:
        api.post(PLAIN, sent)
    [one] = kept()
    assert (one.party, one.promotion, one.offer) == (None, promotion, None)
    assert one.named_by == "contact.email promotion.code"
    assert not any("tom@example.com" in query["sql"] for query in queries)


def test_what_malformed_items_name_is_read_by_one_statement_for_all(api: Api) -> None:
    promotion = make_promotion()
    counts = []
    for items in (1, 5):
        sent = [item(make_contact(), promotion, note="x") for _ in range(items)]
        with CaptureQueriesContext(connection) as queries:
            api.post(COMPATIBLE, {"inputParameters": sent})
        counts.append(sum("promotions_promotion" in query["sql"] for query in queries))
    assert counts == [1, 1]


def test_a_malformed_item_finds_no_promotion_that_its_caller_may_not_see(
    db: None, settings: Any
) -> None:
    settings.PROMOTION_SHARING = "private"
    tom, hidden = make_contact(), make_promotion(by=actor(user=make_user(is_superuser=True)))
    for api in (Api(["enrollments:read", "enrollments:write"], name="Till"), Api()):
        api.post(PLAIN, item(tom, hidden, note="x"))
    till, shop = kept()
    assert (till.party, till.promotion) == (tom, None)
    assert shop.promotion == hidden


def test_all_or_none_keeps_the_good_items_with_the_reason_of_the_bad_one(api: Api) -> None:
    anna, otto, promotion = make_contact(), make_contact(), make_promotion()
    usage = enroll_contact(otto, promotion)
    body = {"inputParameters": [item(anna, promotion), item(otto, promotion)]}
    assert api.post(COMPATIBLE, body).status_code == 409
    good, bad = kept()
    assert (good.contact, good.is_of_another_item, good.code) == (anna, True, "already_enrolled")
    assert good.pointer == "inputParameters[1]"
    assert (bad.contact, bad.is_of_another_item) == (otto, False)
    assert usage.record_id in bad.detail
    assert {good.item_count, bad.item_count} == {2}


def test_a_good_item_tells_nothing_of_another_items_promotion(api: Api) -> None:
    """Who sees its promotion needn't see the other, nor who is enrolled there."""
    anna, otto = make_contact(), make_contact()
    mine, others = make_promotion(), make_promotion()
    usage = enroll_contact(otto, others)
    body = {"inputParameters": [item(anna, mine), item(otto, others)]}
    assert api.post(COMPATIBLE, body).status_code == 409
    good, bad = kept()
    assert (good.promotion, good.is_of_another_item, good.code) == (mine, True, "already_enrolled")
    assert (good.detail, good.pointer) == ("Another item of the call was refused.", "")
    assert good.further is None
    assert usage.record_id in bad.detail


def test_one_by_one_keeps_the_bad_items_once_the_good_ones_are_enrolled(
    api: Api, django_capture_on_commit_callbacks: Any
) -> None:
    anna, otto, promotion = make_contact(), make_contact(), make_promotion()
    enroll_contact(otto, promotion)
    body = {"inputParameters": [item(anna, promotion), item(otto, promotion)], "allOrNone": False}
    with django_capture_on_commit_callbacks() as callbacks:
        assert api.post(COMPATIBLE, body, Idempotency_Key="k").status_code == 201
    assert kept() == []
    for callback in callbacks:
        callback()
    [one] = kept()
    assert (one.contact, one.item_count) == (otto, 2)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.post(COMPATIBLE, body, Idempotency_Key="k").status_code == 201
    assert len(kept()) == 1  # the kept answer was given again: nothing was refused anew


def test_calls_without_items_are_kept_where_the_partner_is_known(api: Api) -> None:
    for path in (COMPATIBLE, PLAIN):
        api.post(path, raw="{")
        api.post(path, {"inputParameters": "x"} if path is COMPATIBLE else {"contact": 1})
    Api(["enrollments:read"], name="Reader").post(COMPATIBLE, {})
    codes = [one.code for one in kept()]
    assert codes == [
        "malformed_json",
        "invalid_type",
        "malformed_json",
        "invalid_type",
        "insufficient_scope",
    ]
    assert [one.item_count for one in kept()] == [None, None, None, 1, None]
    api.headers = {"Authorization": "Bearer nonsense"}
    assert api.post(COMPATIBLE, {}).status_code == 401
    api.headers = {}
    assert api.post(COMPATIBLE, {}).status_code == 401
    assert len(kept()) == 5


def test_a_refusal_under_an_idempotency_key_is_kept_once(api: Api) -> None:
    contact, promotion = make_contact(), make_promotion(is_active=False)
    body = {"inputParameters": [item(contact, promotion)]}
    for _ in range(2):
        assert api.post(COMPATIBLE, body, Idempotency_Key="once").status_code == 400
    assert [one.code for one in kept()] == ["promotion_inactive"]


def test_what_enrolls_nobody_and_what_is_accepted_costs_and_keeps_nothing(api: Api) -> None:
    contact, promotion = make_contact(), make_promotion()
    with CaptureQueriesContext(connection) as queries:
        assert api.post(COMPATIBLE, {"inputParameters": [item(contact, promotion)]}).status_code
    assert not any("refusedcall" in query["sql"] for query in queries)
    usage = PromotionPartyUsage.objects.get()
    assert api.post(f"{PLAIN}/{usage.record_id}/withdraw", {}).status_code == 400
    assert api.get(f"{PLAIN}/{promotion.record_id}").status_code == 400
    assert api.get(COMPATIBLE).status_code == 405
    assert kept() == []


def test_a_call_is_kept_by_one_statement_and_no_more_items_than_it_can_have(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused_calls, "MOST_KEPT", 3)
    promotion = make_promotion(is_active=False)
    items = [item(make_contact(), promotion) for _ in range(5)]
    with CaptureQueriesContext(connection) as queries:
        api.post(COMPATIBLE, {"inputParameters": items})
    assert sum("INSERT" in q["sql"] and "refusedcall" in q["sql"] for q in queries) == 1
    assert len(kept()) == 3


def test_the_caller_is_answered_even_if_nothing_can_be_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise DatabaseError("no space left")

    monkeypatch.setattr(refused_calls, "read_facts", fail)
    assert api.post(PLAIN, item(make_contact(), make_promotion(), note="x")).status_code == 400
    assert "could not be kept" in caplog.text
    caplog.clear()
    monkeypatch.setattr(type(RefusedCall.objects.all()), "bulk_create", fail)
    assert api.post(COMPATIBLE, raw="{").status_code == 400
    assert "could not be kept" in caplog.text


def test_is_forgotten_after_its_days(api: Api, settings: Any, capsys: Any) -> None:
    settings.REFUSED_CALLS_DAYS = 7
    for _ in range(3):
        api.post(COMPATIBLE, raw="{")
    old, edge, new = kept()
    now = timezone.now()
    for one, days in ((old, 8), (edge, 7), (new, 6)):
        RefusedCall.objects.filter(pk=one.pk).update(created_date=now - timedelta(days=days))
    call_command("clean_up")
    assert kept() == [new]
    assert "Refused calls forgotten: 2." in capsys.readouterr().out


def test_stands_in_nobodys_way(api: Api) -> None:
    """A purged promotion takes its rows along; whatever else is removed isn't held back."""
    contact, account = make_contact(), make_account()
    promotion = make_promotion(is_active=False)
    api.post(COMPATIBLE, {"inputParameters": [item(contact, promotion)]})
    body = {"account": {"id": account.record_id}, "promotion": {"code": promotion.promotion_code}}
    api.post(PLAIN, body)
    assert [one.party for one in kept()] == [contact, account]
    Contact.objects.filter(pk=contact.pk).delete()
    assert [one.party for one in kept()] == [account]
    promotion = Promotion.objects.get(pk=promotion.pk)
    by = actor(user=promotion.created_by)
    by = type(by)(by.user, by.source, frozenset(["promotions:all"]))
    delete_promotion(promotion.pk, by=by, at=timezone.now(), confirmed=True)
    purge_promotion(promotion.pk, by=by, at=timezone.now(), destroy_enrollment_history=True)
    assert kept() == []
