"""``/api/v1/promotions/{promotionId}/shares``, and who finds a promotion behind which door."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from pytest_django import Settings

from promotions import ids
from promotions.models import Promotion, PromotionHistory, PromotionShare
from promotions.services import history
from promotions.services.recycle_bin import delete_promotion
from tests.api.callers import BOUND, bound_api
from tests.api.conftest import Api, codes
from tests.factories import actor, make_promotion, make_user
from tests.part_factories import make_target

PATH = "/api/v1/promotions"
LEVELS = ("Read", "Edit", "All")


def path_of(promotion: Promotion, *parts: str) -> str:
    return "/".join([PATH, promotion.record_id, *parts])


# --- The shares themselves ------------------------------------------------------------------------


def test_the_owner_has_a_share_and_others_get_one(api: Api) -> None:
    owner, colleague = make_user(), make_user()
    promotion = make_promotion(owner_user=owner)
    response = api.post(
        path_of(promotion, "shares"), {"userOrGroupId": colleague.record_id, "accessLevel": "Edit"}
    )
    assert response.status_code == 201, response.content
    given = response.json()
    assert response["Location"].endswith(f"/shares/{given['id']}")
    assert api.get(response["Location"]).json() == given
    assert {k: v for k, v in given.items() if k not in ("id", "lastModifiedDate")} == {
        "promotionId": promotion.record_id,
        "userOrGroupId": colleague.record_id,
        "accessLevel": "Edit",
        "rowCause": "Manual",
    }
    listed = api.get(path_of(promotion, "shares")).json()["results"]
    assert [(s["userOrGroupId"], s["accessLevel"], s["rowCause"]) for s in listed] == [
        (colleague.record_id, "Edit", "Manual"),
        (owner.record_id, "All", "Owner"),
    ]


def test_sharing_again_changes_how_much(api: Api) -> None:
    promotion, group = make_promotion(), Group.objects.get(name="Marketers")
    body = {"userOrGroupId": ids.encode(ids.GROUP, group.pk)}
    first, second = (
        api.post(path_of(promotion, "shares"), {**body, "accessLevel": level})
        for level in ("Read", "All")
    )
    assert first.json()["id"] == second.json()["id"]
    [share] = PromotionShare.objects.filter(promotion=promotion, row_cause="Manual")
    assert (share.group, share.access_level) == (group, "All")
    rows = PromotionHistory.objects.filter(object_name="PromotionShare").order_by("pk")
    assert list(rows.values_list("field", "old_value", "new_value")) == [
        ("created", None, None),
        ("AccessLevel", "Read", "All"),
    ]


def test_what_was_shared_is_taken_back(api: Api) -> None:
    promotion, user = make_promotion(), make_user()
    shares = path_of(promotion, "shares")
    given = api.post(shares, {"userOrGroupId": user.record_id, "accessLevel": "Read"}).json()
    assert api.delete(f"{shares}/{given['id']}").status_code == 204
    for response in (api.get(f"{shares}/{given['id']}"), api.delete(f"{shares}/{given['id']}")):
        assert (response.status_code, codes(response)) == (404, ["not_found"])
    assert PromotionShare.objects.get().row_cause == "Owner"


def test_the_owners_share_stays(api: Api) -> None:
    promotion = make_promotion()
    [owners] = api.get(path_of(promotion, "shares")).json()["results"]
    response = api.delete(path_of(promotion, "shares", owners["id"]))
    assert (response.status_code, codes(response)) == (400, ["invalid_value"])
    assert "Transfer" in response.json()["detail"]


def test_a_share_of_another_promotion_is_not_there(api: Api) -> None:
    promotion, other = make_promotion(), make_promotion()
    [owners] = api.get(path_of(other, "shares")).json()["results"]
    for response in (
        api.get(path_of(promotion, "shares", owners["id"])),
        api.delete(path_of(promotion, "shares", owners["id"])),
    ):
        assert response.status_code == 404


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("required", "userOrGroupId"), ("required", "accessLevel")]),
        ({"userOrGroupId": "USER"}, [("required", "accessLevel")]),
        (
            {"userOrGroupId": "USER", "accessLevel": "None"},
            [("invalid_value", "accessLevel")],
        ),
        ({"userOrGroupId": "USER", "accessLevel": "read"}, [("invalid_value", "accessLevel")]),
        ({"userOrGroupId": "USER", "accessLevel": 1}, [("invalid_type", "accessLevel")]),
        ({"userOrGroupId": "x", "accessLevel": "Read"}, [("malformed_id", "userOrGroupId")]),
        ({"userOrGroupId": 1, "accessLevel": "Read"}, [("invalid_type", "userOrGroupId")]),
        (
            {"userOrGroupId": "005000000zzzzzz", "accessLevel": "Read"},
            [("invalid_value", "userOrGroupId")],
        ),
        (
            {"userOrGroupId": "00G000000zzzzzz", "accessLevel": "Read"},
            [("invalid_value", "userOrGroupId")],
        ),
        (
            {"userOrGroupId": "USER", "accessLevel": "Read", "rowCause": "Owner"},
            [("unknown_property", "rowCause")],
        ),
        ([], [("invalid_type", "")]),
    ],
)
def test_what_is_no_share(api: Api, body: Any, expected: list[tuple[str, str]]) -> None:
    promotion = make_promotion()
    if isinstance(body, dict) and body.get("userOrGroupId") == "USER":
        body = {**body, "userOrGroupId": make_user().record_id}
    response = api.post(path_of(promotion, "shares"), body)
    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == expected
    assert PromotionShare.objects.count() == 1


def test_nobody_shares_with_who_was_switched_off(api: Api) -> None:
    user = make_user(is_active=False)
    body = {"userOrGroupId": user.record_id, "accessLevel": "Read"}
    response = api.post(path_of(make_promotion(), "shares"), body)
    assert codes(response) == ["invalid_value"]


@pytest.mark.parametrize("act", ["share", "change", "unshare"])
def test_without_its_history_nothing_is_shared(
    api: Api, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    promotion, user = make_promotion(), make_user()
    shares = path_of(promotion, "shares")
    body = {"userOrGroupId": user.record_id, "accessLevel": "Read"}
    given = "" if act == "share" else api.post(shares, body).json()["id"]
    before = list(PromotionShare.objects.order_by("pk").values())

    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("no room for history")

    monkeypatch.setattr(history, "write", fail)
    method, path = ("DELETE", f"{shares}/{given}") if act == "unshare" else ("POST", shares)
    with pytest.raises(RuntimeError):
        api.send(method, path, {**body, "accessLevel": "All"})
    assert list(PromotionShare.objects.order_by("pk").values()) == before


# --- Who the caller is ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_client_can_tell_whom_to_share_with(settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    api, partner = Api(), Api(["promotions:read"], name="Till")
    me = partner.get("/api/v1/me")
    assert (me.status_code, me.json()) == (
        200,
        {
            "userId": partner.partner.acting_user.record_id,
            "name": "Till",
            "scopes": ["promotions:read"],
        },
    )
    promotion = make_promotion()
    assert partner.get(path_of(promotion)).status_code == 404
    body = {"userOrGroupId": me.json()["userId"], "accessLevel": "Read"}
    assert api.post(path_of(promotion, "shares"), body).status_code == 201
    assert partner.get(path_of(promotion)).status_code == 200


@pytest.mark.django_db
def test_who_calls_is_asked_with_a_token() -> None:
    api = Api([*BOUND])
    api.headers = {}
    response = api.get("/api/v1/me")
    assert (response.status_code, codes(response)) == (401, ["unauthenticated"])


# --- Door by door ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """A call about a promotion, what it takes, and how it answers those who have that."""

    method: str
    below: str
    needs: str
    status: int
    body: Callable[[], Any] = lambda: None
    deleted: bool = False

    def __str__(self) -> str:
        state = "deleted " if self.deleted else ""
        return f"{self.method} {state}{self.below or 'itself'}"


def _share() -> dict[str, str]:
    return {"userOrGroupId": make_user().record_id, "accessLevel": "Read"}


DOORS = [
    Door("GET", "", "Read", 200),
    Door("GET", "whole", "Read", 200),
    Door("GET", "description", "Read", 200),
    Door("GET", "history", "Read", 200),
    Door("GET", "feed", "Read", 200),
    Door("GET", "shares", "Read", 200),
    Door("GET", "targets", "Read", 200),
    Door("GET", "history", "Read", 200, deleted=True),
    Door("GET", "feed", "Read", 200, deleted=True),
    Door("POST", "feed", "Read", 201, lambda: {"body": "Hello"}),
    Door("POST", "clone", "Read", 201),
    Door("PATCH", "", "Edit", 200, lambda: {"name": "New"}),
    Door("POST", "activate", "Edit", 200),
    Door("POST", "deactivate", "Edit", 200),
    Door("POST", "close", "Edit", 200),
    Door("PATCH", "", "All", 200, lambda: {"ownerId": make_user().record_id}),
    Door("POST", "transfer", "All", 200, lambda: {"ownerId": make_user().record_id}),
    Door("POST", "shares", "All", 201, _share),
    Door("DELETE", "", "All", 204),
    Door("POST", "restore", "All", 200, deleted=True),
]


@pytest.mark.django_db
@pytest.mark.parametrize("level", [None, *LEVELS])
@pytest.mark.parametrize("door", DOORS, ids=str)
def test_what_a_share_opens(door: Door, level: str | None, settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    promotion = make_promotion()
    make_target(promotion)
    api = bound_api(promotion, level)
    if door.deleted:
        delete_promotion(promotion.pk, by=actor(), at=timezone.now())
    before = PromotionHistory.objects.count()
    path = path_of(promotion, door.below) if door.below else path_of(promotion)
    response = api.send(door.method, path, door.body())
    if level is None:
        assert (response.status_code, codes(response)) == (404, ["not_found"])
        assert promotion.name not in response.content.decode()
    elif LEVELS.index(level) < LEVELS.index(door.needs):
        assert (response.status_code, codes(response)) == (403, ["insufficient_access"])
    else:
        assert response.status_code == door.status, response.content
        return
    assert PromotionHistory.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("default", "reads", "edits", "deletes"),
    [
        ("private", 404, 404, 404),
        ("read", 200, 403, 403),
        ("read_write", 200, 200, 403),
    ],
)
def test_what_is_open_to_everybody_is_a_setting(
    settings: Settings, default: str, reads: int, edits: int, deletes: int
) -> None:
    settings.PROMOTION_SHARING = default
    promotion, api = make_promotion(), bound_api()
    assert api.get(path_of(promotion, "whole")).status_code == reads
    assert api.post(path_of(promotion, "activate")).status_code == edits
    assert api.delete(path_of(promotion)).status_code == deletes


@pytest.mark.django_db
def test_lists_leave_out_what_is_not_shared(settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    hidden, shown = make_promotion(name="Hidden"), make_promotion(name="Shown")
    api = bound_api(shown, "Read")
    assert [one["name"] for one in api.get(PATH).json()["results"]] == ["Shown"]
    for query in ("name=Hidden", f"promotionCode={hidden.promotion_code}"):
        assert api.get(f"{PATH}?{query}").json()["results"] == []
    for promotion in (hidden, shown):
        delete_promotion(promotion.pk, by=actor(), at=timezone.now())
    assert [one["name"] for one in api.get(f"{PATH}/deleted").json()["results"]] == ["Shown"]


@pytest.mark.django_db
def test_a_share_with_a_group_is_one_with_its_members(settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    promotion, group = make_promotion(), Group.objects.get(name="Marketers")
    api, owner = bound_api(), Api()
    body = {"userOrGroupId": ids.encode(ids.GROUP, group.pk), "accessLevel": "Edit"}
    assert owner.post(path_of(promotion, "shares"), body).status_code == 201
    assert api.get(path_of(promotion)).status_code == 404
    api.partner.acting_user.groups.add(group)
    assert api.post(path_of(promotion, "deactivate")).status_code == 200


@pytest.mark.django_db
def test_giving_a_promotion_away_is_giving_up_access(settings: Settings) -> None:
    settings.PROMOTION_SHARING = "private"
    promotion = make_promotion()
    api = bound_api(promotion, "All")
    mine = api.post(PATH, {"name": "Mine"}).json()["id"]
    answer = api.post(f"{PATH}/{mine}/transfer", {"ownerId": make_user().record_id})
    assert answer.status_code == 200
    assert api.get(f"{PATH}/{mine}").status_code == 404
    # What was shared by hand stays, whoever owns it.
    assert api.post(path_of(promotion, "transfer"), {"ownerId": make_user().record_id})
    assert api.get(path_of(promotion)).status_code == 200
