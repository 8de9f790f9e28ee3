"""What is done to a promotion by POST: activate, deactivate, close, clone, restore, transfer; and
deleting it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from pytest_django import Settings

from promotions import ids
from promotions.models import Promotion, PromotionHistory, PromotionShare
from promotions.services import history
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from tests.api.callers import BOUND
from tests.api.conftest import Api, codes
from tests.factories import actor, enroll_contact, make_contact, make_promotion, make_user
from tests.part_factories import make_coupon, make_target

PATH = "/api/v1/promotions"
DAY = timedelta(days=1)
NO_BODY = ("activate", "deactivate", "close", "restore")
VERBS = (*NO_BODY, "clone", "transfer")


def path_of(promotion: Promotion, verb: str = "") -> str:
    return f"{PATH}/{promotion.record_id}" + (f"/{verb}" if verb else "")


def body_for(verb: str) -> dict[str, Any] | None:
    return {"ownerId": make_user().record_id} if verb == "transfer" else None


def ready_for(verb: str, **overrides: Any) -> Promotion:
    """A promotion to which the verb can be done."""
    promotion = make_promotion(**{"is_active": verb != "activate", **overrides})
    if verb == "restore":
        delete_promotion(promotion.pk, by=actor(), at=timezone.now())
    promotion.refresh_from_db()
    return promotion


# --- What each does -------------------------------------------------------------------------------


def test_activating_and_deactivating(api: Api) -> None:
    promotion = make_promotion(is_active=False)
    on = api.post(path_of(promotion, "activate"))
    assert (on.status_code, on.json()["isActive"], on["ETag"]) == (200, True, '"2"')
    off = api.post(path_of(promotion, "deactivate"))
    assert (off.status_code, off.json()["isActive"], off["ETag"]) == (200, False, '"3"')


def test_what_is_over_is_not_activated_but_told_what_to_do(api: Api) -> None:
    promotion = make_promotion(is_active=False, end_date_time=timezone.now() - DAY)
    response = api.post(path_of(promotion, "activate"))
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["code"], error["pointer"]) == ("invalid_value", "endDateTime")


def test_closing_ends_it_now(api: Api) -> None:
    promotion = make_promotion()
    response = api.post(path_of(promotion, "close"))
    assert (response.status_code, response.json()["status"]) == (200, "ended")
    promotion.refresh_from_db()
    assert promotion.end_date_time is not None
    assert timezone.now() - promotion.end_date_time < timedelta(minutes=1)
    again = api.post(path_of(promotion, "close"))
    assert (again.status_code, codes(again)) == (400, ["invalid_value"])


@pytest.mark.parametrize(
    ("body", "name"), [(None, "Copy of Summer"), ({}, "Copy of Summer"), ({"name": "B"}, "B")]
)
def test_a_clone_is_a_draft_of_its_own(api: Api, body: Any, name: str) -> None:
    promotion = make_promotion(name="Summer", promotion_code="SUMMER")
    make_target(promotion)
    make_coupon(promotion, coupon_code="SUN")
    response = api.post(path_of(promotion, "clone"), body)
    assert response.status_code == 201, response.content
    clone = response.json()
    assert response["Location"].endswith(f"{PATH}/{clone['id']}")
    assert (clone["name"], clone["isActive"], clone["isCloned"]) == (name, False, True)
    assert (clone["promotionCode"], clone["relatedPromotionId"]) == (None, promotion.record_id)
    assert clone["ownerId"] == api.partner.acting_user.record_id
    whole = api.get(f"{PATH}/{clone['id']}/whole").json()
    assert (len(whole["targets"]), whole["couponSummary"]["count"]) == (1, 1)


def test_a_transfer_is_the_same_as_setting_the_owner(api: Api) -> None:
    user, group = make_user(), Group.objects.get(name="Marketers")
    group_id = ids.encode(ids.GROUP, group.pk)
    by_verb, by_patch = make_promotion(), make_promotion()
    for owner in (user.record_id, group_id):
        answers = (
            api.post(path_of(by_verb, "transfer"), {"ownerId": owner}),
            api.patch(path_of(by_patch), {"ownerId": owner}),
        )
        assert [(a.status_code, a.json()["ownerId"]) for a in answers] == [(200, owner)] * 2
    for promotion in (by_verb, by_patch):
        [share] = PromotionShare.objects.filter(promotion=promotion, row_cause="Owner")
        assert (share.user, share.group) == (None, group)
    rows = PromotionHistory.objects.filter(field="OwnerId").values_list("old_value", "new_value")
    assert list(rows.filter(promotion=by_verb)) == list(rows.filter(promotion=by_patch))


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "required", "ownerId"),
        ({"ownerId": None}, "required", "ownerId"),
        ({"ownerId": 5}, "invalid_type", "ownerId"),
        ({"ownerId": "x"}, "malformed_id", "ownerId"),
        ({"ownerId": "005000000zzzzzz"}, "invalid_value", "ownerId"),
        ({"ownerId": "005000000zzzzzz", "reason": "x"}, "unknown_property", "reason"),
        ([], "invalid_type", ""),
    ],
)
def test_a_transfer_to_nobody(api: Api, body: Any, code: str, pointer: str) -> None:
    promotion = make_promotion()
    response = api.post(path_of(promotion, "transfer"), body)
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["code"], error["pointer"]) == (code, pointer)
    assert Promotion.objects.get().version == 1


# --- The recycle bin ------------------------------------------------------------------------------


def test_deleting_over_enrolled_customers_asks_for_it_in_so_many_words(api: Api) -> None:
    promotion = make_promotion()
    for _ in range(2):
        enroll_contact(make_contact(), promotion)
    refused = api.delete(path_of(promotion))
    assert (refused.status_code, codes(refused)) == (409, ["confirmation_required"])
    assert refused.json()["errors"][0]["enrollments"] == 2
    assert not Promotion.objects.get().is_deleted
    assert api.delete(f"{path_of(promotion)}?confirm=true").status_code == 204
    assert Promotion.objects.get().is_deleted


def test_deleting_what_affects_nobody_needs_no_confirmation(api: Api) -> None:
    for query in ("", "?confirm=true"):
        assert api.delete(path_of(make_promotion()) + query).status_code == 204


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("confirm=1", "invalid_value", "confirm"),
        ("confirm=True", "invalid_value", "confirm"),
        ("confirm=false", "invalid_value", "confirm"),
        ("confirm=", "invalid_value", "confirm"),
        ("confirm=true&confirm=true", "invalid_value", "confirm"),
        ("confirmed=true", "unknown_property", "confirmed"),
        ("Confirm=true", "unknown_property", "Confirm"),
    ],
)
def test_what_is_nearly_a_confirmation_is_refused(
    api: Api, query: str, code: str, pointer: str
) -> None:
    promotion = make_promotion()
    response = api.delete(f"{path_of(promotion)}?{query}")
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["code"], error["pointer"]) == (code, pointer)
    assert not Promotion.objects.get().is_deleted


def test_the_recycle_bin_lists_what_can_be_restored_and_until_when(
    api: Api, settings: Settings
) -> None:
    settings.RECYCLE_BIN_DAYS = 3
    first, second, live = make_promotion(name="a"), make_promotion(name="b"), make_promotion()
    for promotion in (second, first):
        assert api.delete(path_of(promotion)).status_code == 204
    listed = api.get(f"{PATH}/deleted?ordering=-deletedDate").json()["results"]
    assert [one["name"] for one in listed] == ["a", "b"]
    first.refresh_from_db()
    assert first.deleted_date is not None
    purged = (first.deleted_date + 3 * DAY).replace(tzinfo=None).isoformat() + "Z"
    assert listed[0]["purgedAfter"] == purged
    assert [one["name"] for one in api.get(f"{PATH}/deleted?name=B").json()["results"]] == ["b"]
    assert [one["id"] for one in api.get(PATH).json()["results"]] == [live.record_id]
    assert api.get(f"{PATH}/deleted?colour=red").status_code == 400


def test_restoring_brings_everything_back(api: Api) -> None:
    promotion = make_promotion()
    target, gone = make_target(promotion), make_target(promotion)
    assert api.delete(f"/api/v1/promotion-targets/{gone.record_id}").status_code == 204
    assert api.delete(path_of(promotion)).status_code == 204
    assert api.get(f"{path_of(promotion)}/whole").status_code == 404
    restored = api.post(path_of(promotion, "restore"))
    assert (restored.status_code, restored["ETag"]) == (200, '"3"')
    whole = api.get(f"{path_of(promotion)}/whole").json()
    assert [one["id"] for one in whole["targets"]] == [target.record_id]
    assert api.post(path_of(promotion, "restore")).status_code == 404


def test_a_code_that_was_given_away_meanwhile_is_named(api: Api) -> None:
    promotion = make_promotion(promotion_code="SUMMER")
    api.delete(path_of(promotion))
    make_promotion(promotion_code="summer")
    response = api.post(path_of(promotion, "restore"))
    assert (response.status_code, codes(response)) == (409, ["duplicate_value"])
    assert Promotion.objects.get(pk=promotion.pk).is_deleted


# --- What all have in common ----------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_two_editors_do_not_overwrite_each_other(api: Api, verb: str) -> None:
    promotion = ready_for(verb)
    body, stale = body_for(verb), f'"{promotion.version + 1}"'
    refused = api.post(path_of(promotion, verb), body, If_Match=stale)
    assert (refused.status_code, codes(refused)) == (412, ["version_conflict"])
    kept = Promotion.objects.get()
    assert kept.version == promotion.version
    good = api.post(path_of(promotion, verb), body, If_Match=promotion.etag)
    assert good.status_code == (201 if verb == "clone" else 200), good.content


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_key_does_it_once(api: Api, verb: str) -> None:
    promotion, body = ready_for(verb), body_for(verb)
    first, again = (api.post(path_of(promotion, verb), body, Idempotency_Key="k") for _ in "12")
    assert first.status_code == (201 if verb == "clone" else 200), first.content
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.get("Location") == first.get("Location")
    assert Promotion.objects.count() == (2 if verb == "clone" else 1)


@pytest.mark.parametrize("verb", NO_BODY)
@pytest.mark.parametrize(
    ("body", "raw", "code"),
    [
        ({"reason": "x"}, None, "unknown_property"),
        ([], None, "invalid_type"),
        (None, b"{", "malformed_json"),
    ],
)
def test_a_body_that_nobody_reads_is_refused(
    api: Api, verb: str, body: Any, raw: bytes | None, code: str
) -> None:
    promotion = ready_for(verb)
    response = api.post(path_of(promotion, verb), body, raw=raw)
    assert (response.status_code, codes(response)) == (400, [code])
    assert Promotion.objects.get().version == promotion.version


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_not_there(api: Api, verb: str) -> None:
    for key, status in (("0c8000000zzzzzz", 404), ("x", 400)):
        response = api.post(f"{PATH}/{key}/{verb}", body_for(verb))
        assert response.status_code == status, response.content
    live = make_promotion() if verb == "restore" else ready_for("restore")
    assert codes(api.post(path_of(live, verb), body_for(verb))) == ["not_found"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_token_that_only_reads(api: Api, verb: str) -> None:
    promotion = ready_for(verb)
    reader = Api([scope for scope in BOUND if scope != "promotions:write"])
    response = reader.post(path_of(promotion, verb), body_for(verb))
    assert (response.status_code, codes(response)) == (403, ["insufficient_scope"])


@pytest.mark.parametrize("verb", [*VERBS, "PATCH", "DELETE"])
def test_without_its_history_nothing_is_done(
    api: Api, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    promotion = ready_for(verb)
    make_coupon(make_promotion())
    counted = {model: model._default_manager.count() for model in (Promotion, PromotionShare)}
    body = body_for(verb) or ({"name": "x"} if verb == "PATCH" else None)

    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("no room for history")

    monkeypatch.setattr(history, "write", fail)
    method, path = ("POST", path_of(promotion, verb))
    if verb.isupper():
        method, path = verb, path_of(promotion)
    with pytest.raises(RuntimeError):
        api.send(method, path, body)
    after = Promotion.objects.get(pk=promotion.pk)
    fields = [field.attname for field in Promotion._meta.concrete_fields]
    assert {f: getattr(after, f) for f in fields} == {f: getattr(promotion, f) for f in fields}
    assert counted == {model: model._default_manager.count() for model in counted}


def test_a_change_in_between_is_noticed_by_the_first_editors_verb(api: Api) -> None:
    promotion = make_promotion()
    tag = api.get(path_of(promotion))["ETag"]
    update_promotion(promotion.pk, {"name": "Theirs"}, by=actor(), at=timezone.now())
    assert api.post(path_of(promotion, "close"), If_Match=tag).status_code == 412
    assert Promotion.objects.get().end_date_time is None
