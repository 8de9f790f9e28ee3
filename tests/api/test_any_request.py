"""No request, however broken, gives a 500: property-based, from the API's own description."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import Api
from tests.factories import enroll_contact, make_account, make_contact, make_offer, make_promotion

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
description = schemathesis.openapi.from_wsgi("/api/schema", WSGIHandler())
OPERATIONS = [found.ok() for found in description.get_all_operations() if isinstance(found, Ok)]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The requests run in the test's own transaction, as those of Django's client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_request_is_an_error_of_ours(api: Api, operation: Any, mode: GenerationMode) -> None:
    account = make_account()
    enroll_contact(make_contact(account=account), make_promotion(), offer_id=make_offer().pk)

    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=api.headers, checks=CHECKS)

    check()
