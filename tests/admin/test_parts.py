"""What promotions consist of, segments and the catalogue: forms read off the field dictionary."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from promotions.admin.described import DescribedAdmin, PartAdmin
from promotions.dictionary import fields_of
from promotions.models import (
    CouponCodeRedemption,
    Product,
    PromotionLineItemRule,
    PromotionQualifier,
    PromotionSegment,
    PromotionTarget,
    PromotionTier,
    RecordView,
)
from promotions.services import parts
from promotions.services.redemptions import redeem
from tests.admin.conftest import staff, user_of
from tests.admin.pages import admin_url, errors, sent, text
from tests.factories import actor, make_promotion
from tests.part_factories import (
    make_buyer_group,
    make_coupon,
    make_limit,
    make_limit_usage,
    make_line_item_rule,
    make_market_segment,
    make_product,
    make_product_category,
    make_qualifier,
    make_segment,
    make_segment_buyer_group,
    make_segment_sales_store,
    make_target,
    make_tier,
    make_web_store,
)

pytestmark = pytest.mark.django_db

MAKERS: dict[str, Any] = {
    "promotiontier": make_tier,
    "promotionqualifier": make_qualifier,
    "promotiontarget": make_target,
    "promotionlineitemrule": make_line_item_rule,
    "promotionlimit": make_limit,
    "promotionlimitusage": make_limit_usage,
    "promotionmarketsegment": make_market_segment,
    "promotionsegment": make_segment,
    "promotionsegmentbuyergroup": make_segment_buyer_group,
    "promotionsegmentsalesstore": make_segment_sales_store,
    "product": make_product,
    "productcategory": make_product_category,
    "buyergroup": make_buyer_group,
    "webstore": make_web_store,
    "coupon": make_coupon,
}
READ_ONLY = {"promotionlimitusage"}


def url(kind: str, page: str = "changelist", *args: Any) -> str:
    return admin_url(f"promotions_{kind}", page, *args)


# --- Every kind -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_has_a_list_and_a_page(marketer: Client, kind: str) -> None:
    record = MAKERS[kind]()
    assert str(record) in text(marketer.get(url(kind)))
    page = text(marketer.get(url(kind, "change", record.pk)))
    assert str(record) in page
    assert record.record_id in page
    assert marketer.get(url(kind, "add")).status_code == (403 if kind in READ_ONLY else 200)
    assert RecordView.objects.filter(user=user_of(marketer), record_key=record.pk).exists()


@pytest.mark.parametrize("kind", sorted(set(MAKERS) - READ_ONLY))
def test_saving_without_a_change_changes_nothing(marketer: Client, kind: str) -> None:
    record = MAKERS[kind]()
    response = sent(marketer, url(kind, "change", record.pk))
    assert response.status_code == 302, errors(response)
    record.refresh_from_db()
    assert record.version == 1


@pytest.mark.parametrize("kind", sorted(set(MAKERS) - READ_ONLY))
def test_forms_have_the_dictionarys_fields(marketer: Client, kind: str, settings: Any) -> None:
    """All that is writable on creation; afterwards what is fixed is only shown."""
    for settings.CURRENCIES in ([], ["EUR", "USD"]):
        record = MAKERS[kind]()
        fields = fields_of(type(record)).values()
        mine = [f for f in fields if f.columns and f.writable and not f.system]
        new, old = (
            text(marketer.get(url(kind, "add"))),
            text(marketer.get(url(kind, "change", record.pk))),
        )
        for field in mine:
            for column in field.columns:
                asks = any(f'name="{column}{end}"' in new for end in ("", "_0"))
                assert asks, (kind, column)
                again = any(f'name="{column}{end}"' in old for end in ("", "_0"))
                assert again == field.updateable, (kind, column)
        assert ("currency_iso_code" in new) == any(f.name == "CurrencyIsoCode" for f in mine)


CHANGES = {
    "promotiontier": ("name", "New"),
    "promotionqualifier": ("minimum_quantity", "3"),
    "promotiontarget": ("adjustment_percent", "30"),
    "promotionlineitemrule": ("type_value", "30"),
    "promotionlimit": ("value", "30"),
    "promotionsegment": ("name", "New"),
    "product": ("name", "New"),
    "productcategory": ("name", "New"),
    "buyergroup": ("name", "New"),
    "webstore": ("name", "New"),
    "coupon": ("coupon_code", "NEW"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_two_editors_do_not_overwrite_each_other(marketer: Client, kind: str) -> None:
    record, (column, value) = MAKERS[kind](), CHANGES[kind]
    change = url(kind, "change", record.pk)
    for version in ("7", ""):
        response = sent(marketer, change, **{column: value, "version": version})
        assert " changed this on " in errors(response)["__all__"][0]
    assert sent(marketer, change, **{column: value}).status_code == 302
    record.refresh_from_db()
    assert (str(getattr(record, column)).split(".")[0], record.version) == (value, 2)


def test_every_kind_is_tried_here() -> None:
    kinds = {
        model._meta.model_name
        for model, one in admin.site._registry.items()
        if isinstance(one, DescribedAdmin)
    }
    assert kinds == {*MAKERS, "couponcoderedemption", "sharingrule"}


def test_parts_belong_to_what_is_shown() -> None:
    shown = [one for one in admin.site._registry.values() if isinstance(one, PartAdmin)]
    assert all(one.service.model is one.model for one in shown)


def test_lists_take_as_many_statements_for_ten_as_for_one(
    marketer: Client, django_assert_max_num_queries: Any
) -> None:
    for kind, make in MAKERS.items():
        for _ in range(10):
            make()
        with django_assert_max_num_queries(8, info=kind):
            assert marketer.get(url(kind)).status_code == 200


# --- On the promotion's page ----------------------------------------------------------------------


def test_the_promotions_page_shows_and_offers_its_parts(marketer: Client) -> None:
    promotion = make_promotion(is_tiered=True)
    tier = make_tier(promotion, name="Silver")
    shoe = make_product(name="Shoe")
    make_qualifier(promotion, promotion_tier=tier, qualifier_product=shoe)
    make_target(promotion, promotion_tier=tier, adjustment_percent=15)
    make_limit(promotion, value=500)
    make_market_segment(promotion, make_segment(name="Members"))
    page = text(marketer.get(url("promotion", "change", promotion.pk)))
    for says in ("Silver", "Shoe", "15 %", "500", "Members", "Coupons", "1 · Silver"):
        assert says in page
    for kind in ("tiers", "qualifiers", "targets", "line_item_rules", "limits", "market_segments"):
        assert f'data-rows="{kind}"' in page


def test_a_promotion_without_tiers_has_no_table_of_them(marketer: Client) -> None:
    page = text(marketer.get(url("promotion", "change", make_promotion().pk)))
    assert 'data-rows="tiers"' not in page


def test_many_parts_lead_to_their_list(
    marketer: Client, django_assert_max_num_queries: Any
) -> None:
    promotion = make_promotion()
    for _ in range(25):
        make_qualifier(promotion, qualifier_product=make_product())
    with django_assert_max_num_queries(20):
        page = text(marketer.get(url("promotion", "change", promotion.pk)))
    assert f"{url('promotionqualifier')}?promotion__id__exact={promotion.pk}" in page
    assert page.count("PQ-") == 20


def test_what_belongs_to_a_part_leads_to_the_list_of_all_of_it(
    marketer: Client, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    """And of nothing else."""
    monkeypatch.setattr("promotions.admin.tables.MOST_ROWS", 0)
    coupon, limit, segment = make_coupon(), make_limit(), make_segment()
    qualifier, target = make_qualifier(), make_target()
    for used in (coupon, make_coupon()):
        redemption = CouponCodeRedemption(coupon=used, buyer="B-1", transaction="T-1")
        redeem(redemption, by=actor(), at=timezone.now())
    make_limit_usage(limit)
    make_limit_usage()
    make_segment_buyer_group(segment)
    make_segment_buyer_group()
    make_line_item_rule(qualifier)
    make_line_item_rule(target)
    for kind, record in {
        "coupon": coupon,
        "promotionlimit": limit,
        "promotionsegment": segment,
        "promotionqualifier": qualifier,
        "promotiontarget": target,
    }.items():
        with subtests.test(kind):
            tables = marketer.get(url(kind, "change", record.pk)).context["tables"]
            page = marketer.get(next(table.all_url for table in tables if table.all_url))
            assert page.status_code == 200
            assert page.context["cl"].result_count == 1


def test_who_only_looks_is_offered_nothing_to_add(support: Client) -> None:
    promotion = make_promotion()
    target = make_target(promotion)
    page = text(support.get(url("promotion", "change", promotion.pk)))
    assert target.number in page
    assert url("promotiontarget", "add") not in page
    assert "generate-coupons" not in page
    assert 'name="adjustment_percent"' not in text(
        support.get(url("promotiontarget", "change", target.pk))
    )


# --- Rules ----------------------------------------------------------------------------------------


def test_adds_a_tier_and_goes_back_to_the_promotion(marketer: Client) -> None:
    promotion = make_promotion(is_tiered=True)
    response = sent(
        marketer, f"{url('promotiontier', 'add')}?promotion={promotion.pk}", name="Silver"
    )
    assert response.headers["Location"] == url("promotion", "change", promotion.pk)
    tier = PromotionTier.objects.get()
    assert (tier.promotion, tier.rank, tier.created_by) == (promotion, 1, user_of(marketer))


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"rank": "11"}, "rank", "less than or equal to 10"),
        ({"rank": "1"}, "rank", "Another tier has this rank"),
        ({"name": " "}, "name", "required"),
    ],
)
def test_says_at_the_tiers_field_what_is_wrong(
    marketer: Client, values: dict[str, str], field: str, says: str
) -> None:
    promotion = make_promotion(is_tiered=True)
    make_tier(promotion, rank=1)
    add = f"{url('promotiontier', 'add')}?promotion={promotion.pk}"
    response = sent(marketer, add, **{"name": "Gold", **values})
    assert says in " ".join(errors(response)[field])


def test_offers_the_promotions_own_tiers(marketer: Client) -> None:
    promotion = make_promotion(is_tiered=True)
    own = make_tier(promotion, name="Own tier")
    make_tier(make_promotion(is_tiered=True), name="Foreign tier")
    add = f"{url('promotionqualifier', 'add')}?promotion={promotion.pk}"
    page = text(marketer.get(add))
    assert "Own tier" in page
    assert "Foreign tier" not in page
    values = {
        "qualifier_type": "Product",
        "qualifier_operator": "EQUAL_TO",
        "qualifier_rule_criteria_type": "All",
        "external_qualifier": "SHOE",
        "minimum_quantity": "2",
    }
    response = sent(marketer, add, **values, promotion_tier=own.pk)
    assert response.status_code == 302, errors(response)
    assert PromotionQualifier.objects.get().promotion_tier == own
    assert "promotion_tier" in errors(sent(marketer, add, **values))


def test_a_targets_rules_are_said_at_their_fields(marketer: Client) -> None:
    add = f"{url('promotiontarget', 'add')}?promotion={make_promotion().pk}"
    values = {
        "target_type": "Transaction",
        "target_operator": "NONE",
        "target_rule_criteria_type": "ALL",
        "adjustment_type": "PercentageDiscount",
    }
    assert set(errors(sent(marketer, add, **values))) == {"adjustment_percent"}
    both = {"adjustment_percent": "101", "adjustment_amount": "5"}
    assert set(errors(sent(marketer, add, **values, **both))) <= {
        "adjustment_percent", "adjustment_amount",
    }  # fmt: skip
    assert sent(marketer, add, **values, adjustment_percent="20").status_code == 302
    assert PromotionTarget.objects.get().adjustment_percent == 20


def test_a_line_item_rule_takes_the_promotion_of_what_it_narrows(marketer: Client) -> None:
    qualifier = make_qualifier()
    page = text(marketer.get(url("promotionqualifier", "change", qualifier.pk)))
    add = (
        f"{url('promotionlineitemrule', 'add')}"
        f"?associated_type=PromotionQualifier&associated_qualifier={qualifier.pk}"
    )
    assert add.replace("&", "&amp;") in page
    response = sent(marketer, add, type="Price", operator_type="GREATER_THAN", type_value="10")
    assert response.status_code == 302, errors(response)
    rule = PromotionLineItemRule.objects.get()
    assert (rule.promotion, rule.associated_qualifier) == (qualifier.promotion, qualifier)
    assert rule.owner_user == user_of(marketer)


def test_what_is_set_once_is_not_changed_by_a_forged_form(marketer: Client) -> None:
    other = make_promotion(is_tiered=True)
    tier = make_tier(make_promotion(is_tiered=True))
    data = {"name": "New", "rank": 1, "version": 1, "promotion": other.pk}
    marketer.post(url("promotiontier", "change", tier.pk), data)
    tier.refresh_from_db()
    assert (tier.name, tier.promotion == other) == ("New", False)


def test_a_part_that_others_name_is_not_deleted(marketer: Client) -> None:
    tier = make_tier()
    make_target(tier.promotion, promotion_tier=tier)
    response = marketer.post(url("promotiontier", "delete", tier.pk), {"post": "yes"}, follow=True)
    assert "Remove these first" in text(response)
    tier.refresh_from_db()
    assert not tier.is_deleted


def test_changing_a_part_changes_its_promotions_history(marketer: Client) -> None:
    target = make_target()
    sent(marketer, url("promotiontarget", "change", target.pk), adjustment_percent="25")
    row = target.promotion.history.get(field="AdjustmentPercent")
    assert (row.old_value, row.new_value, row.source) == ("20", "25", "admin")


# --- Segments and the catalogue -------------------------------------------------------------------


def test_a_segment_shows_what_it_consists_of(marketer: Client) -> None:
    segment = make_segment(name="Members")
    make_segment_buyer_group(segment, buyer_group=make_buyer_group(name="Gold buyers"))
    make_segment_sales_store(segment, sales_store=make_web_store(name="German shop"))
    page = text(marketer.get(url("promotionsegment", "change", segment.pk)))
    assert "Gold buyers" in page
    assert "German shop" in page
    assert f"?promotion_segment={segment.pk}" in page


def test_a_segment_has_an_owner(marketer: Client) -> None:
    sent(marketer, url("promotionsegment", "add"), name="Members")
    segment = PromotionSegment.objects.get()
    assert segment.owner_user == user_of(marketer)
    page = sent(marketer, url("promotionsegment", "change", segment.pk), owner_user="")
    assert "Name an owner" in errors(page)["owner_user"][0]


@pytest.mark.parametrize("query", ["SCHUH", "sku-1"])
def test_products_are_found_by_name_and_article_number(marketer: Client, query: str) -> None:
    make_product(name="Schuhe", stock_keeping_unit="SKU-1")
    make_product(name="Hat")
    page = marketer.get(url("product"), {"q": query})
    assert [one.name for one in page.context["cl"].result_list] == ["Schuhe"]


def test_a_taken_key_is_said_at_the_key(marketer: Client) -> None:
    make_product(external_id="P-1")
    response = sent(marketer, url("product", "add"), name="Shoe", external_id="P-1")
    assert "already" in errors(response)["external_id"][0]
    assert Product.objects.count() == 1


def test_a_product_that_promotions_name_is_not_deleted(marketer: Client) -> None:
    product = make_product()
    make_qualifier(qualifier_product=product)
    page = marketer.post(url("product", "delete", product.pk), {"post": "yes"}, follow=True)
    assert "Remove these first" in text(page)


@pytest.mark.parametrize("kind", MAKERS)
def test_nothing_odd_in_a_search_breaks_a_list(marketer: Client, kind: str) -> None:
    MAKERS[kind]()
    for query in ("PT-000000001", "a\x00b", "'", "%", "9" * 40, "PQ-" + "9" * 30):
        assert marketer.get(url(kind), {"q": query}).status_code == 200


def test_without_commerce_fields_forms_have_none(marketer: Client, settings: Any) -> None:
    promotion = make_promotion(is_tiered=True)
    make_tier(promotion)
    settings.COMMERCE_FIELDS = False
    for page in (url("promotion", "add"), url("promotion", "change", promotion.pk)):
        shown = text(marketer.get(page))
        for column in ("is_automatic", "exclusivity_type", "maximum_usage_count", "is_tiered"):
            assert f'name="{column}"' not in shown
        assert "Tiered" not in shown
        assert 'name="name"' in shown
        assert "Priority" in shown
    assert sent(marketer, url("promotion", "change", promotion.pk), name="N").status_code == 302
    promotion.refresh_from_db()
    assert (promotion.name, promotion.is_tiered) == ("N", True)


def test_a_stale_part_is_not_deleted_twice(marketer: Client) -> None:
    target = make_target()
    parts.targets.delete(target.pk, by=actor(), at=timezone.now())
    response = marketer.post(url("promotiontarget", "delete", target.pk), {"post": "yes"})
    assert response.status_code == 302
    assert staff(marketer).user.pk
