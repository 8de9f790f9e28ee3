"""When the caller last looked at a record: noted where it is asked for, for each caller alone."""

import pytest

from promotions.models import RecordView
from promotions.services.promotions import update_promotion
from tests import part_factories as parts
from tests.api.conftest import Api
from tests.api.part_resources import LINE_ITEM_RULES, TIERS
from tests.factories import NOW, actor, make_promotion

PROMOTIONS = "/api/v1/promotions"
NOTED = {"Sforce_Mru": "updateMru=true"}


@pytest.mark.parametrize("header", [None, "", "updateMru=false", "true"])
def test_reading_writes_nothing_unless_asked(api: Api, header: str | None) -> None:
    tier = parts.make_tier()
    headers = {} if header is None else {"Sforce_Mru": header}
    for path in (f"{TIERS.path}/{tier.record_id}", f"{PROMOTIONS}/{tier.promotion.record_id}"):
        assert api.get(path, **headers).status_code == 200
        assert api.get(path.rpartition("/")[0], **NOTED).status_code == 200  # a list is no view
    assert not RecordView.objects.exists()


@pytest.mark.parametrize("header", ["updateMru=true", "UPDATEMRU = TRUE"])
def test_a_view_is_noted_for_the_caller_alone(api: Api, header: str) -> None:
    tier, other = parts.make_tier(), Api(name="Other")
    path, promotion = f"{TIERS.path}/{tier.record_id}", f"{PROMOTIONS}/{tier.promotion.record_id}"
    first = api.get(path, Sforce_Mru=header).json()
    assert (first["lastViewedDate"], first["lastReferencedDate"]) == (None, None)
    second = api.get(path).json()
    assert second["lastViewedDate"] == second["lastReferencedDate"] is not None
    assert second["lastViewedDate"] in str(api.get(TIERS.path).json())
    referenced = api.get(promotion).json()
    assert referenced["lastViewedDate"] is None
    assert referenced["lastReferencedDate"] == second["lastViewedDate"]
    assert other.get(path).json()["lastViewedDate"] is None
    changed = api.patch(path, {"name": "Gold"}).json()
    assert changed["lastViewedDate"] == second["lastViewedDate"]


def test_promotions_and_the_catalogue_note_views_too(api: Api) -> None:
    for path in (
        f"{PROMOTIONS}/{make_promotion().record_id}",
        f"/api/v1/products/{parts.make_product().record_id}",
    ):
        api.get(path, **NOTED)
        assert api.get(path).json()["lastViewedDate"] is not None


def test_what_keeps_no_views_notes_none(api: Api) -> None:
    rule = parts.make_line_item_rule()
    assert api.get(f"{LINE_ITEM_RULES.path}/{rule.record_id}", **NOTED).status_code == 200
    assert not RecordView.objects.exists()


def test_what_was_viewed_when_can_be_asked_for(api: Api) -> None:
    tier = parts.make_tier()
    parts.make_tier(tier.promotion)
    api.get(f"{TIERS.path}/{tier.record_id}", **NOTED)
    for query, found in (
        ("lastViewedDate_after=2020-01-01T00:00:00Z", 1),
        ("lastViewedDate_before=2020-01-01T00:00:00Z", 0),
        ("lastReferencedDate_after=2020-01-01T00:00:00Z", 1),
    ):
        assert len(api.get(f"{TIERS.path}?{query}").json()["results"]) == found


def test_a_change_by_another_is_no_view(api: Api) -> None:
    promotion = make_promotion()
    update_promotion(promotion.pk, {"name": "x"}, by=actor(), at=NOW)
    assert api.get(f"{PROMOTIONS}/{promotion.record_id}").json()["lastViewedDate"] is None
