"""What a user looked at last."""

from datetime import timedelta
from typing import Any

import pytest

from promotions.actors import Actor, Source
from promotions.models import Record
from promotions.services.promotions import promotions
from promotions.services.views import note_reference, note_view
from promotions.sobjects import recent
from promotions.sobjects.declare import sobject
from promotions.sobjects.recent import recent_items
from tests.factories import NOW, actor, make_promotion, make_user
from tests.part_factories import make_product
from tests.sobjects.conftest import DATA, ObjectApi, problem

pytestmark = pytest.mark.django_db


def view(objects: ObjectApi, *found: Record) -> None:
    """The client's user looks at these, one after the other."""
    for number, record in enumerate(found):
        at = NOW + timedelta(minutes=number)
        note_view(record, user=objects.partner.acting_user, at=at)


def ids_of(shown: list[dict[str, Any]]) -> list[Any]:
    return [one["Id"] for one in shown]


def test_newest_first_and_of_any_object(objects: ObjectApi) -> None:
    summer, shoe, autumn = make_promotion(name="Summer"), make_product(), make_promotion()
    view(objects, summer, shoe, autumn, summer)
    note_view(make_promotion(), user=make_user(), at=NOW)
    note_reference(make_promotion(), user=objects.partner.acting_user, at=NOW)
    answer = objects.get("recent/")
    assert answer.status_code == 200
    assert ids_of(answer.json()) == [summer.record_id, autumn.record_id, shoe.record_id]
    url = f"{DATA}/sobjects/Promotion/{summer.record_id}"
    assert answer.json()[0] == {
        "attributes": {"type": "Promotion", "url": url},
        "Id": summer.record_id,
        "Name": "Summer",
    }
    assert ids_of(objects.get("recent?limit=1").json()) == [summer.record_id]


def test_what_is_deleted_or_out_of_reach_is_left_out(objects: ObjectApi) -> None:
    gone, kept, shoe = make_promotion(), make_promotion(), make_product()
    view(objects, kept, shoe, gone)
    promotions.delete(gone.pk, by=actor(), at=NOW)
    assert ids_of(objects.get("recent?limit=2").json()) == [shoe.record_id, kept.record_id]
    token = Actor(objects.partner.acting_user, Source.API, frozenset(["customers:read"]))
    assert recent_items(None, by=token, version="v59.0") == []


def test_of_many_that_are_out_of_sight_the_next_ones_count(
    objects: ObjectApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "_AT_A_TIME", 2)
    kept = make_promotion()
    gone = [make_promotion() for _ in range(3)]
    view(objects, kept, *gone)
    for one in gone:
        promotions.delete(one.pk, by=actor(), at=NOW)
    assert ids_of(objects.get("recent?limit=1").json()) == [kept.record_id]


def test_of_one_object(objects: ObjectApi) -> None:
    found = [make_promotion() for _ in range(3)]
    view(objects, *found, make_product())
    by = Actor(objects.partner.acting_user, Source.ADMIN)
    shown = recent_items(sobject("Promotion"), by=by, version="v60.0", most=2)
    assert ids_of(shown) == [found[2].record_id, found[1].record_id]
    assert shown[0]["attributes"]["url"].startswith("/services/data/v60.0/sobjects/Promotion/")


@pytest.mark.parametrize("limit", ["", "0", "-1", "x", "1.5", "٣", "9" * 30])
def test_limits_that_are_none(objects: ObjectApi, limit: str) -> None:
    answer = objects.get(f"recent?limit={limit}")
    assert problem(answer) == (400, "INVALID_INPUT", [])


def test_more_than_200_are_200(objects: ObjectApi) -> None:
    view(objects, make_promotion())
    assert len(objects.get("recent?limit=5000").json()) == 1
