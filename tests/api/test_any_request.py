"""No request, however broken, gives a 500: property-based, from the API's own description."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from promotions.api.parts import VIEWS
from promotions.models import Record
from tests import part_factories as parts
from tests.api.conftest import Api
from tests.audiences import make_job
from tests.factories import enroll_contact, make_account, make_contact, make_offer, make_promotion
from tests.migrated import made_once

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def as_served(_: Path) -> str:
    answer = Client().get(
        "/api/schema", headers={"Accept": "application/json", "Host": "localhost"}
    )
    assert answer.status_code == 200
    return answer.content.decode()


# Every worker of a run loads it, and it takes longer to make than to read.
with made_once("description", as_served) as served:
    description = schemathesis.openapi.from_dict(json.loads(served))
description.app = WSGIHandler()
OPERATIONS = [found.ok() for found in description.get_all_operations() if isinstance(found, Ok)]


MAKE: dict[str, Callable[[], Record]] = {
    "accounts": make_account,
    "contacts": make_contact,
    "offers": make_offer,
    "promotions": make_promotion,
    "promotion-segments": parts.make_segment,
    "products": parts.make_product,
    "product-categories": parts.make_product_category,
    "web-stores": parts.make_web_store,
    "promotions/tiers": parts.make_tier,
    "promotions/qualifiers": parts.make_qualifier,
    "promotions/targets": parts.make_target,
    "promotions/line-item-rules": parts.make_line_item_rule,
    "promotions/market-segments": parts.make_market_segment,
    "promotions/limits": parts.make_limit,
    "promotions/limit-usages": parts.make_limit_usage,
    "promotion-segments/buyer-groups": parts.make_segment_buyer_group,
    "promotion-segments/sales-stores": parts.make_segment_sales_store,
    "buyer-groups": parts.make_buyer_group,
    "coupons": parts.make_coupon,
    "promotions/coupons": parts.make_coupon,
    "enrollment-jobs": make_job,
}
"""A record for each resource; one below another by both names."""
SAME = {"promotion-segment-": "promotion-segments/", "promotion-": "promotions/"}
"""What the resources below others are called where they stand alone."""


def ids_in(path: str) -> dict[str, str]:
    """Ids of records that are there, for a path such as ``/promotions/{promotionId}/tiers/{id}``;
    none where nothing is known of the resource."""
    names = [name for name in path.split("/")[3:] if name and "{" not in name]
    below = "/".join(names[:2]) if "{promotion" in path else names[0]
    for flat, nested in SAME.items():
        if below not in MAKE and below.startswith(flat):
            below = nested + below.removeprefix(flat)
    if below not in MAKE:
        return {}
    record: Any = MAKE[below]()
    ids = {"id": record.record_id}
    if "{promotionId}" in path:
        ids["promotionId"] = record.promotion.record_id
    if "{promotionSegmentId}" in path:
        ids["promotionSegmentId"] = record.promotion_segment.record_id
    return ids


def examples(path: str) -> int:
    """How many requests are tried: fewer where one base has made many alike."""
    alike = "{promotion" in path or path.split("/")[3] in {view.flat for view in VIEWS}
    return 2 if alike else 5


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/api/v1/promotions/{promotionId}/tiers/{id}", {"id", "promotionId"}),
        ("/api/v1/promotion-segments/{promotionSegmentId}/buyer-groups", {"promotionSegmentId"}),
        ("/api/v1/promotion-segment-sales-stores/{id}", {"id"}),
        ("/api/v1/promotion-line-item-rules/{id}", {"id"}),
        ("/api/v1/buyer-groups/{id}", {"id"}),
        ("/api/v1/promotions/{id}/clone", {"id"}),
    ],
)
@pytest.mark.django_db
def test_the_ids_that_are_tried_are_there(path: str, known: set[str]) -> None:
    assert known <= set(ids_in(path))


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The requests run in the test's own transaction, as those of Django's client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def modes() -> Iterator[Any]:
    """Each operation, well-formed and not; those below a promotion, which stand alone as well, only
    the latter."""
    for operation in OPERATIONS:
        for mode in GenerationMode:
            if "{promotion" not in operation.path or mode is GenerationMode.NEGATIVE:
                yield pytest.param(operation, mode, id=f"{operation.label}-{mode.value}")


@pytest.mark.parametrize(("operation", "mode"), list(modes()))
def test_no_request_is_an_error_of_ours(api: Api, operation: Any, mode: GenerationMode) -> None:
    ids = ids_in(operation.path)
    account = make_account()
    enroll_contact(make_contact(account=account), make_promotion(), offer_id=make_offer().pk)

    @settings(
        max_examples=examples(operation.path),
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), there=st.booleans())
    def check(case: schemathesis.Case[Any], there: bool) -> None:
        if there and case.path_parameters:
            case.path_parameters.update(
                {name: ids[name] for name in ids if name in case.path_parameters}
            )
        case.call_and_validate(headers=api.headers, checks=CHECKS)

    check()
