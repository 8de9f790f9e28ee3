"""What enrolling costs: a constant number of statements, however many customers, at most four
between BEGIN and COMMIT with everything that a request can ask for; one, in the steady state, where
there is nothing to tell, be it with an idempotency key or without."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollments.models import PromotionPartyUsage
from enrollments.services.enrollments import withdraw
from promotions import ids
from promotions.models import Promotion
from tests.api.conftest import Api
from tests.factories import NOW, actor, make_account, make_contact, make_offer, make_promotion

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

PATH = "/services/data/v67.0/global-promotions-management/promotion-enrollments"

NAMED_BY: dict[str, Callable[[int], dict[str, Any]]] = {
    "id": lambda n: {"contact": {"id": make_contact().record_id}},
    "e-mail": lambda n: {"contact": {"email": make_contact().email}},
    "all of it": lambda n: {
        "contact": {
            "id": (contact := make_contact()).record_id,
            "email": contact.email,
            "lastName": contact.last_name,
        }
    },
    "account": lambda n: {"account": {"id": make_account().record_id}},
}


def statements(api: Api, items: list[dict[str, Any]], **headers: str) -> list[str]:
    """The statements that a request runs."""
    api.post(PATH, {"inputParameters": [_one(make_promotion())]})  # the token is known after that
    with CaptureQueriesContext(connection) as queries:
        response = api.post(PATH, {"inputParameters": items}, **headers)
    assert response.status_code == 201, response.content
    return [query["sql"] for query in queries.captured_queries]


def in_transaction(run: list[str]) -> list[str]:
    """Those between BEGIN and COMMIT, which are all that there are."""
    begin, *inside, commit = run
    assert (begin, commit) == ("BEGIN", "COMMIT")
    return inside


def _one(promotion: Promotion, **more: Any) -> dict[str, Any]:
    return {
        "contact": {"id": make_contact().record_id},
        "promotion": {"id": promotion.record_id},
        **more,
    }


@pytest.mark.parametrize("count", [1, 200])
@pytest.mark.parametrize("by", NAMED_BY)
def test_one_reads_and_one_writes_and_each_is_a_transaction_of_its_own(
    api: Api, by: str, count: int
) -> None:
    promotion = {"code": make_promotion().promotion_code}
    items = [{**NAMED_BY[by](n), "promotion": promotion} for n in range(count)]
    assert len(statements(api, items)) == 2


@pytest.mark.parametrize("count", [1, 199])
@pytest.mark.parametrize("by", ["id", "e-mail", "all of it"])
def test_where_promotion_and_offer_are_known_one_does_it_all(api: Api, by: str, count: int) -> None:
    named = {
        "promotion": {"code": make_promotion().promotion_code},
        "enrollmentOffer": {"code": make_offer().code},
    }
    api.post(PATH, {"inputParameters": [{**NAMED_BY[by](0), **named}]})
    items = [{**NAMED_BY[by](n), **named} for n in range(count)]
    assert len(statements(api, items)) == 1
    items = [{**NAMED_BY[by](n), **named} for n in range(count)]
    assert len(statements(api, items, Idempotency_Key="k")) == 1


def test_a_customer_who_comes_back_costs_that_one_and_four_in_a_transaction(api: Api) -> None:
    promotion = make_promotion()
    items = [_one(promotion), _one(promotion)]
    api.post(PATH, {"inputParameters": items[:1]})
    usage = PromotionPartyUsage.objects.get(promotion=promotion)
    withdraw(usage.pk, by=actor(), at=NOW, reason="x")
    tried, *run = statements(api, items, Idempotency_Key="k")
    assert "INSERT INTO enrollments_promotionpartyusage " in tried
    assert len(in_transaction(run)) == 4


@pytest.mark.parametrize("count", [1, 50])
def test_an_idempotency_key_costs_its_claim_and_its_answer(api: Api, count: int) -> None:
    promotion = make_promotion()
    items = [_one(promotion) for _ in range(count)]
    assert len(in_transaction(statements(api, items, Idempotency_Key="k"))) == 4


@pytest.mark.parametrize("count", [1, 50])
def test_offers_periods_limits_many_promotions_and_coming_back_cost_no_more(
    api: Api, count: int
) -> None:
    limited = make_promotion(maximum_enrollment_count=1000)
    api.post(PATH, {"inputParameters": [_one(limited)]})  # its places are counted once
    offer, items = make_offer(), []
    for n in range(count):
        again = _one(limited)
        api.post(PATH, {"inputParameters": [again]})
        contact = ids.decode(ids.CONTACT, again["contact"]["id"])
        usage = PromotionPartyUsage.objects.get(promotion=limited, contact=contact)
        withdraw(usage.pk, by=actor(), at=NOW, reason="x")
        items += [
            again,
            _one(
                make_promotion() if n % 2 else limited,
                enrollmentOffer={"code": offer.code},
                enrollmentExpirationDateTime="2999-01-01T00:00:00Z",
            ),
        ]
    assert len(in_transaction(statements(api, items, Idempotency_Key="k"))) == 4


def test_a_limited_promotion_is_held_from_the_reading_on(api: Api) -> None:
    limited = make_promotion(maximum_enrollment_count=1000)
    api.post(PATH, {"inputParameters": [_one(limited)]})  # its places are counted once
    seen, *run = statements(api, [_one(limited)])
    assert "FOR NO KEY UPDATE" not in seen, "that it is limited is what is learned first"
    assert len(in_transaction(run)) == 2


def test_a_customer_of_the_plain_surface_costs_no_more(api: Api) -> None:
    api.post(PATH, {"inputParameters": [_one(make_promotion())]})
    item = _one(make_promotion())
    with CaptureQueriesContext(connection) as queries:
        assert api.post("/api/v1/enrollments", item, Idempotency_Key="k").status_code == 201
    assert len(in_transaction([query["sql"] for query in queries.captured_queries])) == 4
