"""The promotion's form with its parts in rows, and the summary beside it that follows what is
typed."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from promotions.child_rules.targets import ONLY_ON, target_problems
from promotions.models import (
    ProductCategory,
    Promotion,
    PromotionHistory,
    PromotionSegment,
    PromotionTarget,
)
from tests.admin.conftest import SignIn, staff, user_of
from tests.admin.pages import admin_url, errors, form_data, sent, text
from tests.factories import make_promotion
from tests.part_factories import (
    make_coupon,
    make_limit,
    make_limit_usage,
    make_line_item_rule,
    make_market_segment,
    make_product_category,
    make_qualifier,
    make_segment,
    make_target,
    make_tier,
)

pytestmark = pytest.mark.django_db

ADD = "/admin/promotions/promotion/add/"
SUMMARY = "/admin/promotions/promotion/summary/"
SHOES = {
    "name": "Two shoes",
    "is_enrollment_required": "on",
    "discount_order": "LeastExpensive",
    "priority_number": "1",
    "qualifiers-0-qualifier_category": "new:Shoes",
    "qualifiers-0-minimum_quantity": "2",
    "targets-0-target_category": "new:shoes",
    "targets-0-adjustment_percent": "50",
    "targets-0-restriction_quantity": "1",
}


def change(promotion: Promotion, page: str = "change") -> str:
    return admin_url("promotions_promotion", page, promotion.pk)


def row_errors(response: Any) -> dict[str, str]:
    """What is said at the fields of the rows."""
    rows = response.context["adminform"].form._rows_by_place
    return {
        f"{place}-{name}": " ".join(map(str, found))
        for place, row in rows.items()
        for name, found in row.errors.items()
    }


def added(client: Client, promotion: Promotion, prefix: str, **values: str) -> dict[str, Any]:
    """What the form of a promotion sends with one more row."""
    data = form_data(text(client.get(change(promotion))))
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    blank = {
        name.replace("__prefix__", str(number)): value
        for name, value in data.items()
        if name.startswith(f"{prefix}-__prefix__")
    }
    more = {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    return {**data, **blank, **more, f"{prefix}-TOTAL_FORMS": str(number + 1)}


# --- A new promotion ------------------------------------------------------------------------------


def test_a_new_promotion_is_saved_with_all_its_parts(marketer: Client) -> None:
    response = sent(marketer, ADD, **SHOES)
    promotion = Promotion.objects.get()
    assert response.headers["Location"] == change(promotion)
    [shoes] = ProductCategory.objects.all()
    assert (shoes.name, shoes.created_by) == ("Shoes", user_of(marketer))
    [qualifier], [target] = promotion.qualifiers.all(), promotion.targets.all()
    assert (qualifier.qualifier_category, qualifier.qualifier_operator) == (shoes, "EQUAL_TO")
    assert (target.target_category, target.adjustment_percent) == (shoes, 50)
    assert not promotion.is_active
    assert PromotionHistory.objects.filter(promotion=promotion).values("feed_item").distinct()


def test_a_draft_may_be_left_half_finished(marketer: Client) -> None:
    assert sent(marketer, ADD, name="Some day").status_code == 302
    promotion = Promotion.objects.get()
    assert not promotion.qualifiers.exists()
    page = text(marketer.get(change(promotion)))
    assert "has no target" in page
    assert 'href="#section-targets"' in page


def test_buttons_lead_on(marketer: Client) -> None:
    response = sent(marketer, ADD, name="Codes", _generate="1")
    assert response.headers["Location"] == change(Promotion.objects.get(), "generate_coupons")
    response = sent(marketer, ADD, name="Now", _activate="1")
    assert response.headers["Location"] == change(Promotion.objects.get(name="Now"), "activate")


def test_a_category_that_is_there_is_not_added_again(marketer: Client) -> None:
    shoes = make_product_category(name="SHOES")
    sent(marketer, ADD, **SHOES)
    assert [one.qualifier_category for one in Promotion.objects.get().qualifiers.all()] == [shoes]


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"targets-0-adjustment_percent": ""}, "targets-0-adjustment_percent", "from 1 to 100"),
        ({"targets-0-adjustment_percent": "x"}, "targets-0-adjustment_percent", "number"),
        ({"targets-0-target_category": "4711"}, "targets-0-target_category", "no such record"),
        ({"targets-0-target_category": "rubbish"}, "targets-0-target_category", "no such record"),
        ({"qualifiers-0-minimum_quantity": "-1"}, "qualifiers-0-minimum_quantity", "above 0"),
        (
            {"qualifiers-0-qualifier_type": "TransactionTotal"},
            "qualifiers-0-minimum_amount",
            "the amount that the cart must reach",
        ),
        ({"is_tiered": "on"}, "qualifiers-0-__all__", "Put this under the tier"),
        (
            {"is_tiered": "on", "qualifiers-0-tier": "2", "targets-0-tier": "2"},
            "qualifiers-0-tier",
            "There is no tier 2",
        ),
    ],
)
def test_says_in_the_row_what_is_wrong(
    marketer: Client, values: dict[str, str], field: str, says: str
) -> None:
    response = sent(marketer, ADD, **{**SHOES, **values})
    assert says in row_errors(response).get(field, ""), row_errors(response)
    assert not Promotion.objects.exists()
    assert not ProductCategory.objects.exists()


def test_what_does_not_count_is_passed_over(marketer: Client) -> None:
    values = {"targets-0-adjustment_type": "BonusProduct", "targets-0-adjustment_percent": "50"}
    assert sent(marketer, ADD, **{**SHOES, **values}).status_code == 302
    assert Promotion.objects.get().targets.get().adjustment_percent is None


def test_a_tiered_promotion_in_one_go(marketer: Client) -> None:
    tier = {"tiers-0-name": "Silver", "tiers-TOTAL_FORMS": "1"}
    under = {"is_tiered": "on", "qualifiers-0-tier": "1", "targets-0-tier": "1"}
    response = sent(marketer, ADD, **{**SHOES, **tier, **under})
    assert response.status_code == 302, row_errors(response)
    promotion = Promotion.objects.get()
    silver = promotion.tiers.get()
    assert silver.rank == 1
    assert [part.promotion_tier for part in promotion.targets.all()] == [silver]


# --- One that is there ----------------------------------------------------------------------------


def test_parts_are_changed_added_and_taken_out(marketer: Client) -> None:
    promotion = make_promotion(is_active=False)
    qualifier, target = make_qualifier(promotion), make_target(promotion, adjustment_percent=20)
    limit = make_limit(promotion)
    data = added(marketer, promotion, "market_segments", promotion_segment="new:Members")
    data |= {"targets-0-adjustment_percent": "25", "limits-0-DELETE": "on"}
    response = marketer.post(change(promotion), data)
    assert response.status_code == 302, (errors(response), row_errors(response))
    for record in (qualifier, target, limit, promotion):
        record.refresh_from_db()
    assert (target.adjustment_percent, target.version, qualifier.version) == (25, 2, 1)
    assert limit.is_deleted
    assert promotion.market_segments.get().promotion_segment == PromotionSegment.objects.get()
    assert PromotionSegment.objects.get().name == "Members"
    assert promotion.version == 1


def test_saving_all_rows_unchanged_changes_nothing(marketer: Client) -> None:
    promotion = make_promotion(is_tiered=True)
    tier = make_tier(promotion)
    qualifier = make_qualifier(promotion, promotion_tier=tier)
    rule = make_line_item_rule(qualifier)
    parts = [tier, qualifier, rule, make_target(promotion, promotion_tier=tier)]
    parts += [make_limit(promotion), make_market_segment(promotion, make_segment())]
    response = sent(marketer, change(promotion))
    assert response.status_code == 302, (errors(response), row_errors(response))
    for part in parts:
        part.refresh_from_db()
        assert part.version == 1, part


def test_a_rule_goes_with_what_it_narrows(marketer: Client) -> None:
    promotion = make_promotion()
    rule = make_line_item_rule(make_qualifier(promotion))
    response = sent(marketer, change(promotion), **{"qualifiers-0-DELETE": "on"})
    assert response.status_code == 302, row_errors(response)
    rule.refresh_from_db()
    assert rule.is_deleted


def test_a_rule_is_added_to_what_it_narrows(marketer: Client) -> None:
    promotion = make_promotion()
    target = make_target(promotion)
    values = {"narrows": f"targets:{target.pk}", "type": "Price", "type_value": "20"}
    data = added(marketer, promotion, "line_item_rules", operator_type="LESS_THAN", **values)
    response = marketer.post(change(promotion), data)
    assert response.status_code == 302, row_errors(response)
    assert promotion.line_item_rules.get().associated_target == target


def test_two_editors_do_not_overwrite_each_others_parts(marketer: Client) -> None:
    promotion = make_promotion()
    target = make_target(promotion)
    values = {"targets-0-version": "7", "targets-0-adjustment_percent": "25"}
    response = sent(marketer, change(promotion), **values)
    assert "Tester changed this on" in row_errors(response)["targets-0-__all__"]
    target.refresh_from_db()
    assert target.adjustment_percent == 20


def test_a_row_that_may_not_be_taken_out_says_why(
    marketer: Client, subtests: Any, monkeypatch: Any
) -> None:
    promotion = make_promotion()
    limit = make_limit(promotion)
    make_limit_usage(limit)
    qualifier, target = make_qualifier(promotion), make_target(promotion)
    make_line_item_rule(qualifier)
    make_line_item_rule(qualifier)
    monkeypatch.setattr("promotions.admin.promotion_form.MOST_ROWS", 1)  # the rules have no room
    for row, more, says in (
        ("limits-0", {}, "Remove these first"),
        ("targets-0", {"targets-0-version": "7"}, "Tester changed this on"),
        ("qualifiers-0", {}, "Remove these first"),
    ):
        with subtests.test(row):
            response = sent(marketer, change(promotion), **{f"{row}-DELETE": "on", **more})
            assert response.status_code == 200
            assert says in row_errors(response)[f"{row}-__all__"]
            assert "marked in the rows" in errors(response)["__all__"][0]
            assert form_data(text(response))[f"{row}-DELETE"] == "on"
    for part in (limit, qualifier, target):
        part.refresh_from_db()
        assert not part.is_deleted


def test_what_was_sent_counts_though_somebody_added_more_than_has_room(
    marketer: Client, monkeypatch: Any
) -> None:
    promotion = make_promotion()
    target = make_target(promotion, adjustment_percent=20)
    monkeypatch.setattr("promotions.admin.promotion_form.MOST_ROWS", 1)
    data = form_data(text(marketer.get(change(promotion))))
    make_target(promotion)
    data |= {"targets-0-adjustment_percent": "25"}
    response = marketer.post(change(promotion), data)
    assert response.status_code == 302, row_errors(response)
    target.refresh_from_db()
    assert target.adjustment_percent == 25


def test_a_row_that_somebody_deleted_meanwhile(marketer: Client) -> None:
    promotion, other = make_promotion(), make_promotion()
    make_target(promotion)
    foreign = make_target(other)
    response = sent(marketer, change(promotion), **{"targets-0-key": str(foreign.pk)})
    assert "Somebody deleted this" in row_errors(response)["targets-0-__all__"]
    foreign.refresh_from_db()
    assert foreign.version == 1


# --- The summary ----------------------------------------------------------------------------------


def summary(client: Client, url: str = SUMMARY, **values: str) -> str:
    page = ADD if url == SUMMARY else url.replace("summary", "change")
    data = {**form_data(text(client.get(page))), **values}
    response = client.post(url, {name: value for name, value in data.items() if value is not None})
    assert response.status_code == 200
    return text(response)


def test_the_summary_follows_what_is_typed_and_saves_nothing(marketer: Client) -> None:
    said = summary(marketer, **SHOES, start_date_time_0="1.5.2027", end_date_time_0="31 May 2027")
    assert "Buy 2 from <em>Shoes</em>, get 50 % off the cheapest." in said
    assert "from 1 May 2027 00:00 to 31 May 2027 24:00 UTC" in said
    assert "Only enrolled customers take part." in said
    assert "Saving adds the product category <em>Shoes</em>" in said
    assert "Before it can be saved" not in said
    assert not Promotion.objects.exists()
    assert not ProductCategory.objects.exists()


def test_the_summary_says_what_is_wrong_and_what_is_odd(marketer: Client) -> None:
    said = summary(marketer, name="", end_date_time_0="5/6/2027")
    assert "Name: This field is required." in said
    assert "Ends: “5/6/2027” can be 5 June 2027 or 6 May 2027" in said
    assert 'href="#section-targets"' in said


def test_the_summary_says_what_would_be_refused_only_later(marketer: Client) -> None:
    make_promotion(promotion_code="TAKEN")
    dates = {"start_date_time_0": "31 May 2027", "end_date_time_0": "1 May 2027"}
    said = summary(marketer, name="", promotion_code="taken", **dates)
    assert "Ends: The promotion must end after it starts." in said
    assert "Promotion code: Another promotion has this promotion code already." in said


def test_the_summary_of_one_that_is_there(
    marketer: Client, django_assert_max_num_queries: Any
) -> None:
    promotion = make_promotion()
    for _ in range(10):
        make_target(promotion)
        make_qualifier(promotion, qualifier_product=None, external_qualifier="X")
    make_coupon(promotion, coupon_code="HELLO")
    url = change(promotion, "summary_of")
    with django_assert_max_num_queries(40):  # the page that is read first, and the summary
        said = summary(marketer, url, **{"targets-0-adjustment_percent": "33"})
    assert "33 %" in said
    assert "the coupon HELLO" in said
    target = promotion.targets.order_by("pk")[0]
    assert target.adjustment_percent == 20


def test_nothing_odd_breaks_the_summary(marketer: Client) -> None:
    odd: list[dict[str, str]] = [
        {},
        {"name": "a\x00b", "targets-TOTAL_FORMS": "x"},
        {"targets-TOTAL_FORMS": "9999999", "targets-INITIAL_FORMS": "9999999"},
        {"qualifiers-TOTAL_FORMS": "1", "qualifiers-0-key": "x", "qualifiers-0-version": "x"},
        {"start_date_time_0": "x" * 5000, "related_promotion": "x", "owner_user": "²"},
    ]
    for data in odd:
        assert marketer.post(SUMMARY, data).status_code == 200, data
        assert marketer.post(ADD, data).status_code == 200, data


def test_who_may_not_change_it_gets_no_summary(
    support: Client, sign_in: SignIn, settings: Any
) -> None:
    promotion = make_promotion()
    assert support.post(SUMMARY, {}).status_code == 403
    assert support.post(change(promotion, "summary_of"), {}).status_code == 403
    settings.PROMOTION_SHARING = "private"
    stranger = sign_in("Marketers")
    assert stranger.post(change(promotion, "summary_of"), {}).status_code == 404
    settings.PROMOTION_SHARING = "read"
    assert stranger.post(change(promotion, "summary_of"), {}).status_code == 403


def test_typed_moments_are_shown_back(marketer: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    url = "/admin/promotions/promotion/typed/"
    typed = {"name": "x", "x_0": "31 May 2027", "x_1": ""}
    assert "Monday, 31 May 2027, 00:00 (Europe/Berlin)" in text(marketer.get(url, typed))
    ends = text(marketer.get(url, {**typed, "ends": "1"}))
    assert "Monday, 31 May 2027, 24:00 (Europe/Berlin)" in ends
    day = {"name": "d", "kind": "day", "d": "31.5.2027"}
    assert "Read as: Monday, 31 May 2027" in text(marketer.get(url, day))
    assert "Write" in text(marketer.get(url, {**day, "d": "soonish"}))
    assert "Read as" not in text(marketer.get(url, {}))


def test_what_could_be_read_is_still_said_after_a_failed_save(marketer: Client) -> None:
    typed = {
        "name": "",
        "start_date_time_0": "1 May 2027",
        "end_date_time_0": "31 May 2027",
        "enrollment_start_date": "1.4.2027",
        "enrollment_end_date": "soonish",
    }
    page = text(sent(marketer, ADD, **typed))
    for said in (
        "Read as: Saturday, 1 May 2027, 00:00",
        "Read as: Monday, 31 May 2027, 24:00",
        "Read as: Thursday, 1 Apr 2027",
    ):
        assert said in page
    assert page.count("Read as: ") == 3, "what can't be read is an error"


def test_only_what_goes_with_a_target_is_offered_beside_it(marketer: Client) -> None:
    """In the browser; the rules refuse the rest, whatever is sent."""
    promotion = make_promotion()
    make_target(promotion)
    page = text(marketer.get(change(promotion)))
    [known] = re.findall(
        r'<select name="targets-0-adjustment_type"[^>]*data-goes-with="([^"]*)"', page
    )
    goes_with = json.loads(unescape(known))
    assert goes_with.keys() == ONLY_ON.keys()
    for kind, types in goes_with.items():
        for one in PromotionTarget._meta.get_field("target_type").flatchoices:
            target = PromotionTarget(target_type=one[0], adjustment_type=kind)
            found = target_problems(target, is_tiered=False, tiers=())
            refused = any(problem.pointer == "adjustmentType" for problem in found)
            assert refused == (one[0] not in types), (kind, one[0])
    assert 'data-beside="targets-0-target_type"' in page
    assert 'data-beside="targets-__prefix__-target_type"' in page


def test_the_page_takes_few_statements_however_many_parts_there_are(
    marketer: Client, django_assert_max_num_queries: Any
) -> None:
    promotion = make_promotion(by=staff(marketer), is_tiered=True)
    for _ in range(5):
        tier = make_tier(promotion)
        category = make_product_category()
        qualifier = make_qualifier(
            promotion,
            promotion_tier=tier,
            qualifier_type="ProductCategory",
            qualifier_category=category,
            external_qualifier=None,
        )
        make_line_item_rule(qualifier)
        make_target(promotion, promotion_tier=tier)
        make_market_segment(promotion, make_segment())
        make_coupon(promotion)
    marketer.get(change(promotion))
    with django_assert_max_num_queries(21):
        text(marketer.get(change(promotion)))
