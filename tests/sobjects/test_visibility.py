"""What is not shared with a caller tells nothing of itself, by whatever question."""

from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import Settings

from promotions.access import Access
from promotions.actors import Source
from promotions.services.sharing import share
from promotions.sobjects.declare import SObject, every_sobject
from tests.api.callers import BOUND
from tests.factories import LONG_AGO, actor, make_offer, make_promotion
from tests.sobjects.query.conftest import QueryApi
from tests.sobjects.specimens import SPECIMENS, Maker

pytestmark = pytest.mark.django_db

HIDDEN = "Secret"


@pytest.fixture
def reader(db: None, settings: Settings) -> QueryApi:
    """Sees two promotions, which are related to others that it doesn't see: the first one to what
    comes last."""
    settings.PROMOTION_SHARING = "private"
    reader = QueryApi(BOUND)
    for name, related in (("First", f"{HIDDEN} Z"), ("Second", f"{HIDDEN} A")):
        hidden = make_promotion(name=related, promotion_code=related)
        make_offer(name=related, promotion=hidden)
        seen = make_promotion(name=name, related_promotion=hidden)
        user = reader.partner.acting_user.pk
        share(seen.pk, Access.READ, user=user, by=actor(Source.COMMAND), at=LONG_AGO)
    return reader


QUERIES: list[tuple[str, list[Any]]] = [
    ("SELECT Name, RelatedPromotionId FROM Promotion", [("First", None), ("Second", None)]),
    ("SELECT RelatedPromotion.Name FROM Promotion", [None, None]),
    ("SELECT Name FROM Promotion WHERE RelatedPromotion.Name LIKE 'Secret%'", []),
    ("SELECT Name FROM Promotion WHERE RelatedPromotion.PromotionCode = 'Secret A'", []),
    ("SELECT Name FROM Promotion WHERE RelatedPromotion.CreatedDate < TODAY", []),
    ("SELECT Name FROM Promotion WHERE RelatedPromotion.IsActive = true", []),
    ("SELECT Name FROM Promotion WHERE RelatedPromotionId != null", []),
    ("SELECT Name FROM Promotion WHERE RelatedPromotion.Owner.Name != null", []),
    (
        "SELECT Name FROM Promotion WHERE Id IN (SELECT RelatedPromotionId FROM Promotion)",
        [],
    ),
    ("SELECT Name FROM Promotion WHERE Id IN (SELECT PromotionId FROM Offer)", []),
    ("SELECT Name FROM Promotion ORDER BY RelatedPromotion.Name", ["First", "Second"]),
    ("SELECT Name FROM Promotion ORDER BY RelatedPromotionId DESC, Name", ["First", "Second"]),
    ("SELECT COUNT(RelatedPromotion.Name), COUNT(RelatedPromotionId) FROM Promotion", [(0, 0)]),
    ("SELECT MIN(RelatedPromotion.Name) FROM Promotion", [None]),
    (
        "SELECT RelatedPromotion.Name, COUNT(Id) FROM Promotion GROUP BY RelatedPromotion.Name",
        [(None, 2)],
    ),
    (
        "SELECT Name FROM Promotion GROUP BY Name HAVING MAX(RelatedPromotion.Name) != null",
        [],
    ),
    ("SELECT (SELECT Id FROM Offers) FROM Promotion", [None, None]),
    ("SELECT (SELECT Id FROM RelatedPromotions) FROM Promotion", [None, None]),
    ("SELECT Name FROM Offer", []),
]


@pytest.mark.parametrize(("text", "found"), QUERIES, ids=[text for text, _ in QUERIES])
def test_queries_tell_nothing(reader: QueryApi, text: str, found: list[Any]) -> None:
    assert reader.rows(text) == found


@pytest.mark.parametrize(
    "path",
    [
        "search?q=" + quote("FIND {Secret*}"),
        "recent",
        "queryAll?q=" + quote("SELECT FIELDS(ALL) FROM PromotionHistory LIMIT 200"),
        "queryAll?q=" + quote("SELECT FIELDS(ALL) FROM Offer LIMIT 200"),
        "sobjects/Promotion/PromotionCode/" + quote("Secret A"),
    ],
)
def test_no_answer_has_a_hidden_name(reader: QueryApi, path: str) -> None:
    assert HIDDEN.encode() not in reader.get(path).content


BELOW = [one for one in every_sobject() if getattr(one.model, "promotion_path", None) is not None]


@pytest.mark.parametrize("one", BELOW, ids=lambda one: one.name)
def test_what_is_not_shared_is_not_there(settings: Settings, db: None, one: SObject) -> None:
    settings.PROMOTION_SHARING = "private"
    settings.CURRENCIES, settings.COMMERCE_FIELDS = ["CHF", "EUR"], True
    maker, reader = Maker.new(), QueryApi(BOUND)
    made = [maker.make(one.name, **specimen(maker).body) for specimen in SPECIMENS[one.name]]
    text = f"SELECT Id FROM {one.name}"
    assert set(made) <= set(QueryApi().rows(text))
    assert not set(made) & set(reader.rows(text, "queryAll"))
    for record_id in made:
        path = f"sobjects/{one.name}/{record_id}"
        assert reader.get(path).status_code == 404
        assert reader.patch(path, {}).status_code == 404
        assert reader.delete(path).status_code == 404
    many = reader.post(f"composite/sobjects/{one.name}", {"ids": made, "fields": ["Id"]})
    assert many.json() == [None] * len(made)
