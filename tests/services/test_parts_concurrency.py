"""What is unique stays so, and who comes second is told in words, also at the same moment."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from promotions.errors import Refused
from promotions.services import parts
from promotions.services.records import RecordService
from tests.factories import NOW, actor, make_promotion
from tests.part_factories import make_buyer_group, make_segment, make_web_store
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = [
    pytest.param(16, marks=pytest.mark.postgresql),
    pytest.param(4, id="4, also where there is but one writer"),
]

Made = tuple[RecordService[Any], Mapping[str, Any]]


def buyer_group() -> Made:
    values = {"promotion_segment": make_segment(), "buyer_group": make_buyer_group()}
    return parts.segment_buyer_groups, values


def sales_store() -> Made:
    values = {"promotion_segment": make_segment(), "sales_store": make_web_store()}
    return parts.segment_sales_stores, values


def product() -> Made:
    return parts.products, {"name": "Shoe", "external_id": "S-1"}


def tier() -> Made:
    return parts.tiers, {"promotion": make_promotion(is_tiered=True), "name": "Gold", "rank": 1}


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("what", [buyer_group, sales_store, product, tier])
def test_of_many_the_same_one_is_made(what: Callable[[], Made], threads: int) -> None:
    service, values = what()
    by = actor()

    def act() -> str:
        try:
            service.create(service.model(**values), by=by, at=NOW)
        except Refused as refused:
            return ", ".join(error.code for error in refused.errors)
        return "made"

    answers = Counter(at_once([act] * threads))
    assert answers == {"made": 1, "duplicate_value": threads - 1}
