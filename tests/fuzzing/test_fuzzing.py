"""Queries and searches made at random; ``python -m tests.fuzzing`` asks many more."""

from typing import Final

import pytest
from django.test import Client
from pytest_django import Settings

from promotions.services.partners import known_scopes
from tests.factories import make_partner, token_for
from tests.fuzzing.calls import Call, next_page, problem
from tests.fuzzing.cases import case
from tests.fuzzing.data import make_specimens

_SEED: Final = 1
_EXAMPLES: Final = 70
"""Of each caller."""
_CALLERS: Final = {
    "all scopes": frozenset[str](known_scopes()),
    "bound to shares": frozenset[str](known_scopes()) - {"promotions:all"},
    "few scopes": frozenset({"promotions:read"}),
}


def ask(client: Client, call: Call, token: str) -> tuple[int, bytes]:
    answer = client.generic(
        call.method,
        call.path,
        call.content if call.body is not None else b"",
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", **call.headers},
    )
    return answer.status_code, answer.content


@pytest.mark.django_db
def test_whatever_is_asked_has_a_documented_answer(settings: Settings) -> None:
    settings.PROMOTION_SHARING, settings.COMMERCE_FIELDS = "private", True
    settings.CURRENCIES = ["CHF", "EUR"]
    make_specimens(1)
    client = Client(raise_request_exception=True)
    wrong = []
    for place, scopes in enumerate(_CALLERS.values()):
        token = token_for(make_partner(scopes))
        for number in range(place, len(_CALLERS) * _EXAMPLES, len(_CALLERS)):
            call: Call | None = case(_SEED, number)
            while call is not None:
                status, content = ask(client, call, token)
                if (found := problem(call, status, content, 0)) is not None:
                    wrong.append((number, call.text, found))
                call = next_page(call, content) if status == 200 else None
    assert wrong == []
