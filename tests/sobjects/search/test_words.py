"""Which records have the words that a search looks for: the same on both databases."""

from typing import Any

import pytest
from django.db import connection, transaction

from enrollments.models import Contact
from promotions.indexed_words import by_index, words_of, worked_out_first
from promotions.models import Promotion
from promotions.models.catalogue import Product
from promotions.sobjects.declare import every_sobject, sobject
from promotions.sobjects.search.words import (
    SIGNS,
    matching,
    parts_of,
)
from promotions.sobjects.soql.sosl import parse_terms
from promotions.sobjects.soql.tree import SearchIn
from tests.factories import make_contact, make_promotion
from tests.sobjects.query.test_pages import make_products

pytestmark = pytest.mark.django_db

NAMES: dict[str, dict[str, Any]] = {
    "joe": {"first_name": "Joe", "last_name": "Ash", "email": "joe.ash@Example.com"},
    "zoe": {"first_name": "Zoë", "last_name": "Straßer-Beck", "email": "zoe@example.org"},
    "ann": {
        "first_name": "Ann Joelle",
        "last_name": "O'Neil",
        "phone": "+49 (30) 1234",
        "email": None,
    },
}


@pytest.fixture
def people() -> None:
    for key, fields in NAMES.items():
        make_contact(external_id=f"C-{key}_1", **fields)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("joe", {"joe"}),
        ("JOE", {"joe"}),
        ("joe*", {"joe", "ann"}),
        ("jo?", {"joe"}),
        ("j*e", {"joe", "ann"}),
        ("*eil", {"ann"}),
        ("*j*l*e", {"ann"}),
        ("j*l?e*", {"ann"}),
        ("*o*l**e*", {"ann"}),
        ("e*m*e.c*m", {"joe"}),
        ("s*s?r-*e*k", {"zoe"}),
        ("j*o*j", set()),
        ("joe AND ash", {"joe"}),
        ("joe ash", {"joe"}),
        ("joe OR zoë", {"joe", "zoe"}),
        ("example AND NOT joe", {"zoe"}),
        ('"joe ash"', {"joe"}),
        ('"ash joe"', set()),
        ("joe.ash@example.com", {"joe"}),
        ("strasser", {"zoe"}),
        ("STRASSER-BECK", {"zoe"}),
        ("o'neil", {"ann"}),
        ("1234", {"ann"}),
        ("c-zoe_1", {"zoe"}),
        ("ash* OR beck*", {"joe", "zoe"}),
        ("nobody", set()),
    ],
)
def test_what_a_search_finds(people: None, typed: str, found: set[str]) -> None:
    assert found_in(set(NAMES), typed) == found


@pytest.mark.parametrize(
    ("within", "typed", "found"),
    [
        (SearchIn.NAME, "ash", {"joe"}),
        (SearchIn.NAME, "example", set()),
        (SearchIn.EMAIL, "example", {"joe", "zoe"}),
        (SearchIn.EMAIL, "joelle", set()),
        (SearchIn.PHONE, "30", {"ann"}),
    ],
)
def test_a_search_in_a_group_of_fields(
    people: None, within: SearchIn, typed: str, found: set[str]
) -> None:
    assert found_in(set(NAMES), typed, within) == found


def found_in(keys: set[str], typed: str, within: SearchIn = SearchIn.ALL) -> set[str]:
    contact = sobject("Contact")
    assert contact is not None
    columns = [c for c, group in contact.searched.items() if within in (SearchIn.ALL, group)]
    condition = matching(columns, parse_terms(typed), indexed=list(contact.searched))
    ids = Contact.objects.filter(condition).values_list("external_id", flat=True)
    return {key for key in keys if f"C-{key}_1" in set(ids)}


def test_signs_part_words_and_long_ones_are_cut() -> None:
    assert parts_of(f"a{SIGNS}b") == ["a", "b"]
    assert parts_of("x" * 300) == ["x" * 100]


@pytest.mark.postgresql
@pytest.mark.parametrize("text", ["x" * 5000, SIGNS, "", "a 'b' \\c", "Ünïcödé"])
def test_an_index_takes_any_text_apart_as_a_search_does(text: str) -> None:
    make_promotion(description=text)
    [(words,)] = Promotion.objects.values_list(words_of(["description"]))
    assert sorted(words.split()) == sorted(f"'{part}'" for part in parts_of(text))


SEARCHED = [one.name for one in every_sobject() if one.searched and one.name != "User"]


@pytest.mark.postgresql
@pytest.mark.parametrize("name", SEARCHED)
def test_searches_come_off_an_index(name: str) -> None:
    one = sobject(name)
    assert one is not None
    columns = list(one.searched)
    condition = matching(columns, parse_terms("summer AND sale*"), indexed=columns)
    asked = one.model._default_manager.filter(condition).order_by()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert f"{one.model._meta.model_name}_words" in asked.explain()


def test_many_wildcards_in_a_word_take_no_time(db: None) -> None:
    """Texts are as long as a client makes them, and nothing can end a regular expression."""
    make_promotion(description="a" * 30_000)
    assert found_in_promotions("a" + "*a" * 50 + "*b") == 0
    assert found_in_promotions("a" + "*a" * 50) == 1


def found_in_promotions(typed: str) -> int:
    condition = matching(["description"], parse_terms(typed), indexed=["description"])
    return Promotion.objects.filter(condition).count()


@pytest.mark.postgresql
@pytest.mark.parametrize("word", ["nothing", "product"], ids=["rare", "frequent"])
@pytest.mark.parametrize("order", ["pk", "name_key"])
def test_words_are_looked_up_whatever_the_order(word: str, order: str) -> None:
    make_products(500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE promotions_product")
    one = sobject("Product2")
    assert one is not None
    condition = matching(list(one.searched), parse_terms(word), indexed=list(one.searched))
    rows = Product.objects.filter(worked_out_first(Product, condition)).order_by(order)[:5]
    with transaction.atomic(), by_index():
        assert "Bitmap Index Scan on product_words" in rows.explain()
    assert len(rows) == (5 if word == "product" else 0)
