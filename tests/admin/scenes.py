"""A private promotion with everything under it, and who stands at the doors of the admin."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from enrollments.models import PromotionPartyUsage
from promotions.access import Access
from promotions.models import Coupon, Promotion
from tests.admin.pages import text
from tests.factories import enroll_contact, make_contact, make_offer
from tests.part_factories import (
    make_coupon,
    make_limit,
    make_line_item_rule,
    make_market_segment,
    make_qualifier,
    make_target,
    make_tier,
)

NAME = "Zebra crossing"


@dataclass(frozen=True)
class Who:
    """A role, what its permissions are about, and how far the promotion is shared with it."""

    role: str | None = None
    share: Access = Access.NONE
    through_group: bool = False
    owns: bool = False
    is_superuser: bool = False

    @property
    def works(self) -> bool:
        """Whether the role works on promotions; else it may look at best."""
        return self.is_superuser or self.role in ("Marketers", "Marketing leads")

    @property
    def access(self) -> Access:
        if self.owns or self.is_superuser or self.role == "Marketing leads":
            return Access.ALL
        return Access.READ if self.role in ("Support", "Auditors") else self.share

    @property
    def has_role(self) -> bool:
        return self.is_superuser or self.role is not None


EVERYBODY = {
    "nobody": Who(),
    "stranger": Who("Marketers"),
    "owner": Who("Marketers", owns=True),
    "reader": Who("Marketers", Access.READ),
    "editor": Who("Marketers", Access.EDIT),
    "deputy": Who("Marketers", Access.ALL),
    "by group": Who("Marketers", Access.EDIT, through_group=True),
    "lead": Who("Marketing leads"),
    "support": Who("Support"),
    "auditor": Who("Auditors"),
    "superuser": Who(is_superuser=True),
}


@dataclass(frozen=True)
class Scene:
    """A private promotion with everything under it, and somebody at the door."""

    who: Who
    client: Client
    promotion: Promotion
    usage: PromotionPartyUsage
    coupon: Coupon
    parts: dict[str, int]


def make_scene(who: Who, client: Client, promotion: Promotion, by: Any) -> Scene:
    tier = make_tier(promotion, by=by)
    qualifier = make_qualifier(promotion, by=by, promotion_tier=tier)
    parts = {
        "promotiontier": tier,
        "promotionqualifier": qualifier,
        "promotiontarget": make_target(promotion, by=by, promotion_tier=tier),
        "promotionlineitemrule": make_line_item_rule(qualifier, by=by),
        "promotionlimit": make_limit(promotion, by=by),
        "promotionmarketsegment": make_market_segment(promotion, by=by),
    }
    make_offer(name=f"{NAME} offer", code="ZEBRAOFFER", promotion=promotion, by=by)
    coupon = make_coupon(promotion, coupon_code="STRIPES", by=by)
    usage = enroll_contact(make_contact(), promotion, by=by)
    keys = {kind: part.pk for kind, part in parts.items()}
    return Scene(who, client, promotion, usage, coupon, {**keys, "coupon": coupon.pk})


def shown(response: Any) -> str:
    """``see``, ``not``, or the status of a page that isn't there or isn't for the role."""
    if response.status_code in (302, 403, 404):
        return str(response.status_code)
    assert response.status_code == 200
    return "see" if NAME in text(response) or "STRIPES" in text(response) else "not"


def expected(who: Who, *, hidden: str) -> str:
    if not who.has_role:
        return "403"
    return "see" if who.access >= Access.READ else hidden
