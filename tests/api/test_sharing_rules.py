"""``/api/v1/sharing-rules``."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from pytest_django import Settings

from promotions import ids
from promotions.models import PromotionShare, SharingRule
from tests.api.callers import BOUND, bound_api
from tests.api.conftest import Api, codes
from tests.factories import make_promotion, make_user

PATH = "/api/v1/sharing-rules"
pytestmark = pytest.mark.django_db


def rule_of(**overrides: Any) -> dict[str, Any]:
    return {
        "name": "Marketing helps",
        "ownerId": make_user().record_id,
        "userOrGroupId": make_user().record_id,
        "accessLevel": "Edit",
        **overrides,
    }


def levels() -> list[str]:
    """How much the rules share of what there is."""
    shares = PromotionShare.objects.filter(row_cause="Rule").order_by("pk")
    return list(shares.values_list("access_level", flat=True))


def test_a_rule_shares_what_there_is_and_what_comes(api: Api) -> None:
    owner, group = make_user(), Group.objects.get(name="Marketers")
    make_promotion(owner_user=owner)
    make_promotion()
    body = rule_of(ownerId=owner.record_id, userOrGroupId=ids.encode(ids.GROUP, group.pk))
    response = api.post(PATH, body)
    assert response.status_code == 201, response.content
    created = response.json()
    assert {name: created[name] for name in body} == body
    assert levels() == ["Edit"]
    make_promotion(owner_user=owner)
    assert levels() == ["Edit", "Edit"]
    assert api.get(response["Location"]).json() == created
    assert [one["id"] for one in api.get(PATH).json()["results"]] == [created["id"]]
    assert api.get(f"{PATH}?name=Other").json()["results"] == []


def test_changing_a_rule_changes_what_it_shares(api: Api) -> None:
    owner = make_user()
    make_promotion(owner_user=owner)
    path = f"{PATH}/{api.post(PATH, rule_of(ownerId=owner.record_id)).json()['id']}"
    changed = api.patch(path, {"accessLevel": "All"}, If_Match='"1"')
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert levels() == ["All"]
    stale = api.patch(path, {"accessLevel": "Read"}, If_Match='"1"')
    assert (stale.status_code, codes(stale), levels()) == (412, ["version_conflict"], ["All"])
    assert api.patch(path, {"ownerId": make_user().record_id}).status_code == 200
    assert levels() == []


def test_what_a_rule_shared_goes_with_it(api: Api) -> None:
    owner = make_user()
    promotion = make_promotion(owner_user=owner)
    path = f"{PATH}/{api.post(PATH, rule_of(ownerId=owner.record_id)).json()['id']}"
    [share, _] = api.get(f"/api/v1/promotions/{promotion.record_id}/shares").json()["results"]
    assert share["rowCause"] == "Rule"
    by_hand = api.delete(f"/api/v1/promotions/{promotion.record_id}/shares/{share['id']}")
    assert (by_hand.status_code, codes(by_hand)) == (400, ["invalid_value"])
    assert api.delete(path, If_Match='"2"').status_code == 412
    assert api.delete(path).status_code == 204
    assert (levels(), api.get(path).status_code) == ([], 404)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"name": "x", "accessLevel": "Read"},
            [("required", "ownerId"), ("required", "userOrGroupId")],
        ),
        (rule_of, [("required", "name")]),
        ({"accessLevel": "None"}, [("required", "name"), ("invalid_value", "accessLevel")]),
        (
            {"name": "x", "ownerId": "0c8000000000001", "userOrGroupId": "x"},
            [("malformed_id", "ownerId"), ("malformed_id", "userOrGroupId")],
        ),
        (
            {
                "name": "x",
                "ownerId": "005000000zzzzzz",
                "userOrGroupId": "00G000000zzzzzz",
            },
            [("invalid_value", "ownerId"), ("invalid_value", "userOrGroupId")],
        ),
    ],
)
def test_what_is_no_rule(api: Api, body: Any, expected: list[tuple[str, str]]) -> None:
    sent = {**body(), "name": ""} if callable(body) else body
    response = api.post(PATH, sent)
    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == expected
    assert not SharingRule.objects.exists()


def test_a_rule_always_says_whose_and_with_whom(api: Api) -> None:
    path = f"{PATH}/{api.post(PATH, rule_of()).json()['id']}"
    for name in ("ownerId", "userOrGroupId"):
        response = api.patch(path, {name: None})
        assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == [
            ("required", name)
        ]


@pytest.mark.parametrize("default", ["private", "read", "read_write"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_rules_are_for_those_who_work_on_every_promotion(
    api: Api, settings: Settings, default: str, method: str
) -> None:
    settings.PROMOTION_SHARING = default
    rule = api.post(PATH, rule_of()).json()
    path = PATH if method == "POST" else f"{PATH}/{rule['id']}"
    response = bound_api().send(method, path, rule_of() if method in ("POST", "PATCH") else None)
    assert (response.status_code, codes(response)) == (403, ["insufficient_access"])
    assert SharingRule.objects.get().version == 1


def test_a_token_that_only_reads_changes_no_rule() -> None:
    reader = Api([scope for scope in [*BOUND, "promotions:all"] if scope != "promotions:write"])
    assert reader.get(PATH).status_code == 200
    assert codes(reader.post(PATH, rule_of())) == ["insufficient_scope"]
