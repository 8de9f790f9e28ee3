"""What happened to a promotion, in words, and what people say about it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from promotions.access import Access
from promotions.actors import Source
from promotions.admin.history_words import tell
from promotions.models import Promotion, PromotionFeedComment, PromotionHistory
from promotions.services import parts
from promotions.services.cloning import clone_promotion
from promotions.services.feed import comment, post
from promotions.services.promotions import update_promotion
from promotions.services.sharing import share, unshare
from tests.admin.conftest import staff, user_of
from tests.admin.pages import admin_url, sent, text
from tests.factories import NOW, actor, make_promotion, make_user
from tests.part_factories import (
    make_product,
    make_qualifier,
    make_segment,
    make_target,
    make_tier,
)

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 5, 20, 22, 30, tzinfo=UTC)


def history(promotion: Promotion) -> str:
    return admin_url("promotions_promotion", "history", promotion.pk)


def told(promotion: Promotion) -> list[str]:
    rows = list(PromotionHistory.objects.filter(promotion=promotion).order_by("pk"))
    words = tell(rows, actor())
    return [words[row.pk].text for row in rows]


@pytest.mark.parametrize(
    ("before", "changes", "says"),
    [
        ({"name": "A"}, {"name": "B"}, "Name changed from “A” to “B”"),
        ({}, {"description": "Text"}, "Description set to “Text”"),
        ({"description": "Text"}, {"description": None}, "Description removed, was “Text”"),
        ({"is_active": True}, {"is_active": False}, "Deactivated"),
        (
            {"end_date_time": NOW},
            {"end_date_time": LATER},
            "End moved from 15 May 2026, 14:00 to 21 May 2026, 00:30 (Europe/Berlin)",
        ),
        (
            {"end_date_time": NOW},
            {"end_date_time": datetime(2026, 5, 31, 22, tzinfo=UTC)},
            "End moved from 15 May 2026, 14:00 to 31 May 2026, 24:00 (Europe/Berlin)",
        ),
        (
            {"enrollment_end_date": NOW.date()},
            {"enrollment_end_date": LATER.date()},
            "Last day of enrollment moved from 15 May 2026 to 20 May 2026",
        ),
        ({}, {"priority_number": 3}, "Priority set to 3"),
        (
            {},
            {"discount_order": "LeastExpensive"},
            "Discount order changed from “Most expensive products first” to "
            "“Least expensive products first”",
        ),
    ],
)
def test_changes_in_words(
    before: dict[str, Any], changes: dict[str, Any], says: str, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    promotion = make_promotion(**before)
    update_promotion(promotion.pk, changes, by=actor(), at=LATER)
    assert told(promotion) == ["Created", says]


def test_references_by_name() -> None:
    other = make_promotion(name="Other")
    promotion = make_promotion()
    update_promotion(promotion.pk, {"related_promotion": other}, by=actor(), at=LATER)
    assert told(promotion)[-1] == "Related promotion set to Other"


def test_what_one_may_not_see_has_no_name(settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    other = make_promotion(name="Secret", by=actor())
    promotion = make_promotion(by=actor())
    update_promotion(promotion.pk, {"related_promotion": other}, by=actor(), at=LATER)
    stranger = make_user("Marketers")
    share(promotion.pk, Access.READ, user=stranger.pk, by=actor(), at=LATER)
    client = Client()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    page = text(client.get(history(promotion)))
    assert "Related promotion set to a record that you can" in page
    assert "Secret" not in page


def test_parts_with_what_they_are_called() -> None:
    promotion = make_promotion(is_tiered=True)
    tier = make_tier(promotion, name="Silver", rank=1)
    target = make_target(
        promotion,
        promotion_tier=tier,
        target_type="ProductCategory",
        target_operator="EQUAL_TO",
        external_target="Shoes",
    )
    parts.tiers.update(tier.pk, {"rank": 2}, by=actor(), at=LATER)
    parts.targets.update(target.pk, {"adjustment_percent": 30}, by=actor(), at=LATER)
    parts.targets.delete(target.pk, by=actor(), at=LATER)
    assert told(promotion) == [
        "Created",
        "Tier “Silver” added",
        "Target “everything from Shoes” added",
        "Tier “Silver”: rank changed from 1 to 2",
        "Target “everything from Shoes”: adjustment percent changed from 20 % to 30 %",
        "Target “everything from Shoes” deleted",
    ]


def test_generated_coupons_with_what_they_have_in_common(marketer: Client) -> None:
    promotion = make_promotion()
    url = admin_url("promotions_promotion", "generate_coupons", promotion.pk)
    sent(marketer, url, pattern="SUN-****-****", quantity="2")
    page = text(marketer.get(history(promotion)))
    assert "Owner: Mia Marketer" in page
    assert "OwnerId" not in page


def test_shares_with_whom_even_when_they_are_gone() -> None:
    promotion = make_promotion()
    user = make_user(first_name="Mia", last_name="M")
    given = share(promotion.pk, Access.READ, user=user.pk, by=_owner(promotion), at=LATER)
    share(promotion.pk, Access.EDIT, user=user.pk, by=_owner(promotion), at=LATER)
    unshare(promotion.pk, given.pk, by=_owner(promotion), at=LATER)
    assert told(promotion)[1:] == [
        "Share for Mia M added",
        "Share for Mia M: access level changed from “See it” to “See and change it”",
        "Share for Mia M taken back",
    ]


def _owner(promotion: Promotion) -> Any:
    assert promotion.owner_user is not None
    return actor(user=promotion.owner_user)


def test_says_who_when_and_through_which_door(marketer: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    promotion = make_promotion(by=actor(Source.COMMAND))
    update_promotion(promotion.pk, {"name": "B"}, by=staff(marketer), at=LATER)
    update_promotion(promotion.pk, {"name": "C"}, by=actor(), at=LATER)
    page = text(marketer.get(history(promotion)))
    assert "21 May 2026, 00:30 (Europe/Berlin), by Mia Marketer in the admin" in page
    assert "by Tester by a command" in page
    assert "by Tester through the API" in page


def test_what_a_new_record_was_like_first(marketer: Client) -> None:
    promotion = make_promotion(promotion_code="FIRST")
    update_promotion(promotion.pk, {"promotion_code": "SECOND"}, by=actor(), at=LATER)
    assert "Promotion code: “FIRST”" in text(marketer.get(history(promotion)))


def test_a_clone_of_many_parts_is_told_in_few_statements(
    marketer: Client, django_assert_max_num_queries: Any
) -> None:
    source = make_promotion()
    product = make_product()
    for _ in range(60):
        make_qualifier(source, qualifier_product=product)
    clone = clone_promotion(source.pk, by=staff(marketer), at=timezone.now())
    with django_assert_max_num_queries(18):
        page = text(marketer.get(history(clone)))
    assert "and 11 more changes" in page


def test_pages_of_twenty(marketer: Client) -> None:
    promotion = make_promotion()
    for number in range(25):
        post(promotion.pk, f"Post {number}.", by=actor(), at=LATER)
    first, second = (text(marketer.get(history(promotion), {"page": page})) for page in (1, 2))
    assert ("Post 24." in first, "Post 4." in first) == (True, False)
    assert ("Post 4." in second, "Created" in second) == (True, True)


# --- Posts and comments ---------------------------------------------------------------------------


def test_posts_and_comments(marketer: Client) -> None:
    promotion = make_promotion()
    assert marketer.post(history(promotion), {"body": "Going <well>"}).status_code == 302
    entry = promotion.feed.get(body="Going <well>")
    assert entry.created_by == user_of(marketer)
    marketer.post(history(promotion), {"body": "Agreed", "entry": entry.pk})
    assert entry.comments.get().body == "Agreed"
    page = text(marketer.get(history(promotion)))
    assert "Going &lt;well&gt;" in page
    assert "Agreed" in page


def test_takes_back_ones_own_only(marketer: Client, superuser: Client) -> None:
    promotion = make_promotion()
    mine = post(promotion.pk, "Mine", by=staff(marketer), at=LATER)
    others = post(promotion.pk, "Not mine", by=actor(), at=LATER)
    said = comment(promotion.pk, others.pk, "My comment", by=staff(marketer), at=LATER)
    assert text(marketer.get(history(promotion))).count("Take back") == 2
    marketer.post(history(promotion), {"take_back": "1", "entry": others.pk})
    others.refresh_from_db()
    assert not others.is_deleted
    marketer.post(history(promotion), {"take_back": "1", "entry": others.pk, "remark": said.pk})
    marketer.post(history(promotion), {"take_back": "1", "entry": mine.pk})
    assert PromotionFeedComment.objects.get(pk=said.pk).is_deleted
    page = text(marketer.get(history(promotion)))
    assert "My comment" not in page
    assert ">Mine<" not in page


@pytest.mark.parametrize("body", ["", "  ", "x" * 10_001, "a\x00b"])
def test_says_what_is_wrong_with_a_post(marketer: Client, body: str) -> None:
    promotion = make_promotion()
    page = text(marketer.post(history(promotion), {"body": body}, follow=True))
    assert any(says in page for says in ("Write something", "at most 10,000", "NUL"))
    assert not promotion.feed.filter(type="TextPost").exists()


def test_odd_keys_break_nothing(marketer: Client) -> None:
    promotion = make_promotion()
    for entry in ("abc", "9" * 30, "0", "-1"):
        sent = marketer.post(history(promotion), {"body": "x", "entry": entry, "remark": entry})
        assert sent.status_code == 302


# --- Of one record --------------------------------------------------------------------------------


def test_a_part_has_the_rows_of_its_own(marketer: Client) -> None:
    promotion = make_promotion()
    target, other = make_target(promotion), make_target(promotion)
    parts.targets.update(target.pk, {"adjustment_percent": 30}, by=actor(), at=LATER)
    page = text(marketer.get(admin_url("promotions_promotiontarget", "history", target.pk)))
    assert "changed from 20 % to 30 %" in page
    assert other.number not in page
    assert history(promotion) in page


def test_so_have_segments_and_the_catalogue(marketer: Client) -> None:
    segment, product = make_segment(name="VIP"), make_product(name="Shoe")
    for kind, record in (("promotionsegment", segment), ("product", product)):
        change = admin_url(f"promotions_{kind}", "change", record.pk)
        assert sent(marketer, change, name="New name").status_code == 302
        page = text(marketer.get(admin_url(f"promotions_{kind}", "history", record.pk)))
        assert "to “New name”" in page


def test_groups_have_names_too(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    group = Group.objects.create(name="Shoe team")
    changes = {"owner_user": None, "owner_group": group}
    update_promotion(promotion.pk, changes, by=staff(lead), at=LATER)
    assert any("changed from Lea Lead to Shoe team" in line for line in told(promotion))


def test_fields_that_are_switched_off_are_absent(marketer: Client, settings: Any) -> None:
    promotion = make_promotion(exclusivity_type="Global")
    update_promotion(promotion.pk, {"exclusivity_type": "No"}, by=actor(), at=NOW)
    url = admin_url("promotions_promotion", "history", promotion.pk)
    assert "xclusivity" in text(marketer.get(url))
    settings.COMMERCE_FIELDS = False
    assert "xclusivity" not in text(marketer.get(url))
