"""Importing promotions while others do: copies of one plan, and plans about the same promotions."""

import pytest

from promotions.errors import Refused
from promotions.models import Promotion
from promotions.services.promotion_import import Written, write_import
from tests.factories import NOW, actor, make_promotion
from tests.services.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_copies_that_come_at_once_one_is_written() -> None:
    by = actor()
    rows: list[Written] = [(2, None, None, {"name": "Only one"})]
    answers = at_once([lambda: write_import(rows, name="plan", by=by, at=NOW)] * 4)
    assert sorted(answers, key=str) == [(1, 0), None, None, None]
    assert Promotion.objects.count() == 1


def test_of_two_imports_about_the_same_promotions_one_is_written() -> None:
    keys = [make_promotion().pk for _ in range(10)]
    rows: list[Written] = [(line, key, 1, {"priority_number": 1}) for line, key in enumerate(keys)]

    def importing(name: str, ordered: list[Written]) -> str:
        try:
            write_import(ordered, name=name, by=actor(), at=NOW)
        except Refused as refused:
            return refused.errors[0].code
        return "written"

    answers = at_once(
        [lambda: importing("forth", rows), lambda: importing("back", rows[::-1])],
    )
    assert sorted(answers) == ["version_conflict", "written"]
