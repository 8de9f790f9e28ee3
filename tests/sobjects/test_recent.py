"""What a user looked at last."""

from datetime import timedelta

import pytest

from promotions.actors import Actor, Source
from promotions.models import Promotion, Record
from promotions.services.promotions import promotions
from promotions.services.views import note_reference, note_view
from promotions.sobjects.declare import sobject
from promotions.sobjects.recent import recent_items
from tests.factories import LONG_AGO, NOW, actor, make_account, make_promotion, make_user
from tests.part_factories import make_tier
from tests.sobjects.conftest import DATA, ObjectApi, problem

pytestmark = pytest.mark.django_db


def view(objects: ObjectApi, *found: Record) -> None:
    """The client's user looks at these, one after the other."""
    for number, record in enumerate(found):
        at = NOW + timedelta(minutes=number)
        note_view(record, user=objects.partner.acting_user, at=at)


def ids_of(shown: list[dict[str, str]]) -> list[str]:
    return [one["Id"] for one in shown]


def test_newest_first_and_of_any_object(objects: ObjectApi) -> None:
    summer, oak, autumn = make_promotion(), make_account(name="Oak"), make_promotion()
    view(objects, summer, oak, autumn, summer)
    note_view(make_promotion(), user=make_user(), at=NOW)
    answer = objects.get("recent/")
    assert answer.status_code == 200
    assert ids_of(answer.json()) == [summer.record_id, autumn.record_id, oak.record_id]
    assert answer.json()[2] == {
        "attributes": {"type": "Account", "url": f"{DATA}/sobjects/Account/{oak.record_id}"},
        "Id": oak.record_id,
        "Name": "Oak",
    }
    assert ids_of(objects.get("recent?limit=1").json()) == [summer.record_id]


def test_a_reference_counts_as_well(objects: ObjectApi) -> None:
    tier = make_tier()
    view(objects, tier)
    assert set(ids_of(objects.get("recent").json())) == {tier.record_id, tier.promotion.record_id}
    other = make_promotion()
    note_reference(other, user=objects.partner.acting_user, at=NOW + timedelta(hours=1))
    assert ids_of(objects.get("recent").json())[0] == other.record_id


def test_what_is_deleted_or_out_of_reach_is_left_out(objects: ObjectApi) -> None:
    gone, kept, oak = make_promotion(), make_promotion(), make_account()
    view(objects, kept, oak, gone)
    promotions.delete(gone.pk, by=actor(), at=NOW)
    assert ids_of(objects.get("recent?limit=2").json()) == [oak.record_id, kept.record_id]
    token = Actor(objects.partner.acting_user, Source.API, frozenset(["promotions:read"]))
    assert recent_items(token, "v59.0") == []  # private unless told otherwise
    token = Actor(
        objects.partner.acting_user,
        Source.API,
        frozenset(["promotions:read", "promotions:all"]),
    )
    assert ids_of(recent_items(token, "v59.0")) == [kept.record_id]


def test_of_one_object(objects: ObjectApi) -> None:
    found: list[Promotion] = [make_promotion() for _ in range(3)]
    view(objects, *found, make_account())
    by = Actor(objects.partner.acting_user, Source.ADMIN)
    one = sobject("Promotion")
    shown = recent_items(by, "v60.0", one, 2)
    assert ids_of(shown) == [found[2].record_id, found[1].record_id]
    assert shown[0]["attributes"]["url"].startswith("/services/data/v60.0/sobjects/Promotion/")


@pytest.mark.parametrize("limit", ["", "0", "-1", "x", "1.5", "٣", "9" * 30])
def test_limits_that_are_none(objects: ObjectApi, limit: str) -> None:
    answer = objects.get(f"recent?limit={limit}")
    assert problem(answer) == (400, "INVALID_INPUT", [])


def test_more_than_200_are_200(objects: ObjectApi) -> None:
    view(objects, make_promotion(at=LONG_AGO))
    assert len(objects.get("recent?limit=5000").json()) == 1
