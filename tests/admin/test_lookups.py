"""Choosing a record while typing: what is called so comes first, so that Enter takes that."""

from typing import Any

import pytest
from django.test import Client

from promotions.admin import site
from tests.factories import make_account, make_contact, make_offer, make_promotion
from tests.part_factories import make_product, make_product_category, make_segment

pytestmark = pytest.mark.django_db

LOOKUP = "/admin/promotions/promotion/lookup/"


def found(client: Client, field: str, term: str, **more: Any) -> list[str]:
    """What is offered for ``term`` in a field, such as ``promotions.promotiontarget.promotion``."""
    app, model, name = field.split(".")
    query = {"app_label": app, "model_name": model, "field_name": name, "term": term, **more}
    return [one["text"] for one in client.get(LOOKUP, query).json()["results"]]


def test_the_exact_name_comes_first_then_what_begins_so_then_the_rest(marketer: Client) -> None:
    for name in ("Shoes", "Shoe laces", "Shoes for men", "Running shoes"):
        make_product_category(name=name)
    field = "promotions.promotiontarget.target_category"
    assert found(marketer, field, "shoes") == ["Shoes", "Shoes for men", "Running shoes"]
    assert found(marketer, field, "SHOE")[:2] == ["Shoes for men", "Shoe laces"]
    assert found(marketer, field, "")[0] == "Running shoes", "the newest, where nothing is typed"


def test_a_code_is_a_name_too(marketer: Client, support: Client) -> None:
    make_product(name="Cup", stock_keeping_unit="C-1")
    make_product(name="C-1 spare part", stock_keeping_unit="X")
    products = found(marketer, "promotions.promotiontarget.target_product", "c-1")
    assert products == ["Cup (C-1)", "C-1 spare part (X)"]
    promotion = make_promotion(name="Summer", promotion_code="MAY")
    make_promotion(name="May days")
    named = found(support, "enrollments.promotionpartyusage.promotion", "may")
    assert [one.partition(" ")[0] for one in named] == ["Summer", "May"]
    make_offer(promotion=promotion, name="Mail", code="M")
    make_offer(promotion=promotion, name="M as in May", code="MM")
    offers = found(support, "enrollments.promotionpartyusage.enrollment_offer", "m")
    assert len(offers) == 2
    assert "Mail" in offers[0]
    make_segment(name="Old Germany")
    make_segment(name="Germany")
    make_segment(name="Germany, south")
    segments = found(marketer, "promotions.promotionmarketsegment.promotion_segment", "germany")
    assert segments == ["Germany", "Germany, south", "Old Germany"]


def test_customers_come_so_too(support: Client) -> None:
    for last, email in (("Ngo", "b@example.com"), ("Ng", "a@example.com"), ("Ngoc", "c@x.com")):
        make_contact(first_name="Ann", last_name=last, email=email)
    contact = "enrollments.promotionpartyusage.contact"
    assert found(support, contact, "ann ng")[0] == "Ann Ng · a@example.com"
    assert found(support, contact, "Ng, Ann")[0] == "Ann Ng · a@example.com"
    assert found(support, contact, "c@x.com") == ["Ann Ngoc · c@x.com"]
    for name in ("North Ltd", "North", "Northern"):
        make_account(name=name)
    accounts = found(support, "enrollments.promotionpartyusage.account", "north")
    assert accounts == ["North", "Northern", "North Ltd"]


def test_the_exact_name_is_found_among_many_that_begin_so(
    marketer: Client, support: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "MOST_OFFERED", 3)
    for name in ("Shoes", "Shoes A", "Shoes B", "Shoes C", "My shoes"):
        make_product_category(name=name)
    field = "promotions.promotiontarget.target_category"
    assert found(marketer, field, "shoes") == ["Shoes", "Shoes C", "Shoes B"]
    make_contact(first_name="Zoe", last_name="Li", email="z@example.com")
    for number in range(60):
        make_contact(first_name="Ann", last_name=f"Lind {number}", email=f"{number}@example.com")
    assert found(support, "enrollments.promotionpartyusage.contact", "li")[0].startswith("Zoe Li ·")


def test_what_is_found_is_paged(marketer: Client) -> None:
    for number in range(25):
        make_product_category(name=f"Shoes {number:02}")
    field = "promotions.promotiontarget.target_category"
    pages = [found(marketer, field, "shoes", page=page) for page in (1, 2)]
    assert [len(page) for page in pages] == [20, 5]
    assert len({*pages[0], *pages[1]}) == 25
