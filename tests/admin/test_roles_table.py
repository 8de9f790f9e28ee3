"""The table in docs/roles.md: every page of the admin, as every role that the table has."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from enrollments.models import RefusedCall
from enrollments.services.refused_calls import keep_refused_call
from promotions.errors import DomainError
from promotions.models import CouponCodeRedemption, PromotionLimit, SharingRule
from promotions.services.redemptions import redeem
from promotions.services.sharing import create_rule
from tests.admin.conftest import SignIn, staff
from tests.admin.pages import text
from tests.admin.scenes import Scene, Who, make_scene
from tests.admin.test_access_of_roles import admin_urls
from tests.audiences import make_job
from tests.factories import actor, make_account, make_partner, make_promotion, make_user
from tests.part_factories import (
    make_limit_usage,
    make_product,
    make_product_category,
    make_segment_buyer_group,
    make_segment_sales_store,
)

pytestmark = pytest.mark.django_db

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "roles.md"
PROMOTIONS = "Promotions and what belongs to them"
SEGMENTS = "Segments and the catalogue"
SHARING = "Sharing a promotion, giving it to another owner"
RULES = "Sharing rules"
OFFERS = "Offers"
ENROLLMENTS = "Enrollments"
AUDIENCES = "Audiences"
CUSTOMERS = "Accounts and contacts"
PEOPLE = "Users, roles, partner systems"
REFUSED = 'Refused calls of partners; "Would it be accepted?"'

LINES: Final = {
    PROMOTIONS: (
        "promotion", "promotiontier", "promotionqualifier", "promotiontarget",
        "promotionlineitemrule", "promotionlimit", "promotionmarketsegment", "coupon",
        "couponcoderedemption", "promotionlimitusage",
    ),
    SEGMENTS: (
        "promotionsegment", "promotionsegmentbuyergroup", "promotionsegmentsalesstore",
        "product", "productcategory", "buyergroup", "webstore",
    ),
    RULES: ("sharingrule",),
    OFFERS: ("offer",),
    ENROLLMENTS: ("promotionpartyusage",),
    AUDIENCES: ("enrollmentjob",),
    CUSTOMERS: ("account", "contact"),
    REFUSED: ("refusedcall",),
    PEOPLE: ("user", "group", "partner", "accessattempt"),
}  # fmt: skip
"""Whose pages are which line's."""
ACTS: Final = {"changelist": "see", "history": "see", "add": "add", "delete": "delete"}
"""What a page is for, by the last part of its name; the page "change" is for seeing, too."""
PAGES: Final = {
    "promotions_promotion_activate": (PROMOTIONS, "change"),
    "promotions_promotion_deactivate": (PROMOTIONS, "change"),
    "promotions_promotion_close": (PROMOTIONS, "change"),
    "promotions_promotion_clone": (PROMOTIONS, "add"),
    "promotions_promotion_generate_coupons": (PROMOTIONS, "change"),
    "promotions_promotion_import_coupons": (PROMOTIONS, "change"),
    "promotions_promotion_export_coupons": (PROMOTIONS, "see"),
    "promotions_promotion_share": (PROMOTIONS, "see"),
    "promotions_promotion_calendar": (PROMOTIONS, "see"),
    "attention": (PROMOTIONS, "see"),
    "promotions_promotion_import": (PROMOTIONS, "add"),
    "recycle_bin": (PROMOTIONS, "see"),
    "why": (REFUSED, "see"),
    "enrollments_promotionpartyusage_figures": (ENROLLMENTS, "see"),
    "customers": (ENROLLMENTS, "see"),
    "customer": (ENROLLMENTS, "see"),
    "enrollments_promotionpartyusage_enroll": (ENROLLMENTS, "enroll"),
    "enrollments_enrollmentjob_enroll": (AUDIENCES, "enroll"),
    "enrollments_enrollmentjob_sample": (AUDIENCES, "enroll"),
    "auth_user_password_change": (PEOPLE, "change"),
}
"""The pages that have a name of their own."""
NOBODYS: Final = {
    *(f"promotions_{kind}_{act}" for kind in ("couponcoderedemption", "promotionlimitusage")
      for act in ("add", "delete")),
    "enrollments_promotionpartyusage_add", "enrollments_promotionpartyusage_delete",
    "enrollments_enrollmentjob_add", "enrollments_enrollmentjob_delete",
    "enrollments_account_delete", "enrollments_contact_delete",
    "axes_accessattempt_add", "promotions_partner_history",
    "promotions_promotion_restore",
}  # fmt: skip
"""Pages that none of the four roles gets here: what they would do isn't done in the admin, or, as
restoring what isn't deleted, not now."""
LOOKED_AT: Final = {
    "promotions_couponcoderedemption_change", "promotions_promotionlimitusage_change",
    "enrollments_promotionpartyusage_change", "enrollments_enrollmentjob_change",
    "enrollments_refusedcall_change",
}  # fmt: skip
"""Pages without a form: these come from the shops, or are changed by acts of their own."""
NAMED: Final = {
    f"enrollments_{kind}_{page}"
    for kind in ("account", "contact")
    for page in ("change", "history")
}
"""Pages that are about who a customer is: not for whom that is masked."""
EVERYBODYS: Final = {
    "index", "login", "logout", "password_change", "password_change_done", "jsi18n", "autocomplete",
    "record_lookup", "search", "view_on_site", "find", "attention", "app_list", None,
}  # fmt: skip
"""Pages that are not a line's, or answer by what is asked: other tests have them."""
TOLD_WHAT: Final = {
    "axes_accessattempt_history", "promotions_promotion_export", "read_typed",
    "enrollments_refusedcall_history",
    "promotions_promotion_summary", "promotions_promotion_summary_of",
    "enrollments_promotionpartyusage_export", "enrollments_promotionpartyusage_withdraw",
    "enrollments_promotionpartyusage_change_period", "enrollments_promotionpartyusage_figures",
    "enrollments_enrollmentjob_stop", "enrollments_enrollmentjob_resume",
    "enrollments_enrollmentjob_progress", "enrollments_enrollmentjob_refusals",
    "enrollments_enrollmentjob_enroll_tried",
}  # fmt: skip
"""Pages that want to be told what about; tests/admin/test_acts.py, test_audiences.py,
test_audience_dry_runs.py and test_figures.py."""


def table() -> dict[str, dict[str, set[str]]]:
    """By role and line, what the document says that the role may."""
    rows = [
        [cell.strip() for cell in line.strip("| \n").split(" | ")]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("| ") and line.count("|") == 6
    ]
    head, *lines = rows
    roles = head[-4:]
    return {
        role: {cells[0]: set(re.split(r", | and ", cells[-4 + place])) for cells in lines}
        for place, role in enumerate(roles)
    }


def asked(name: str) -> tuple[str, str]:
    """The line and the act that the page ``name`` is about."""
    if name in PAGES:
        return PAGES[name]
    _, kind, page = name.split("_", 2)
    [line] = (line for line, kinds in LINES.items() if kind in kinds)
    return line, ACTS.get(page, "see")


def furnish(client: Client, role: str) -> Scene:
    """A record of every kind, the promotion with its parts the user's own."""
    by = staff(client)
    promotion = make_promotion(is_tiered=True, by=by)
    scene = make_scene(Who(role, owns=True), client, promotion, by)
    make_account()
    make_job()
    make_product()
    make_product_category()
    make_segment_buyer_group()
    make_segment_sales_store()
    make_limit_usage(PromotionLimit.objects.get(pk=scene.parts["promotionlimit"]))
    redemption = CouponCodeRedemption(coupon=scene.coupon, buyer="Ann", transaction="T-1")
    redeem(redemption, by=actor(), at=timezone.now())
    rule = SharingRule(
        name="Leads to support",
        owner_user=make_user("Marketers"),
        group=Group.objects.get(name="Support"),
        access_level="Edit",
    )
    create_rule(rule, by=actor(user=make_user("Marketing leads")), at=timezone.now())
    partner = actor(user=make_partner().partner.acting_user)
    error = DomainError("invalid_value", "What was sent can't be read.")
    keep_refused_call([error], door=RefusedCall.Door.PLAIN, by=partner, at=timezone.now())
    return scene


def pages(scene: Scene) -> Iterator[tuple[str, str]]:
    """Name and address of every page."""
    for url in sorted(set(admin_urls(scene))):
        name = resolve(url).url_name
        if name not in EVERYBODYS | TOLD_WHAT:
            yield str(name), url


@pytest.mark.parametrize(
    ("place", "role"), [*enumerate(["Marketers", "Marketing leads", "Support", "Auditors"])]
)
def test_each_role_gets_what_the_table_says(
    sign_in: SignIn, place: int, role: str, everything: bool
) -> None:
    """Page by page, if there is time; else each role half of them, by turns."""
    client, may = sign_in(role), table()[role]
    wrong, tried = [], 0
    found = list(pages(furnish(client, role)))
    for name, url in found if everything else found[place % 2 :: 2]:
        line, act = asked(name)
        is_masked = "masked" in may[line] and name in NAMED
        allowed = act in may[line] and name not in NOBODYS and not is_masked
        response = client.get(url)
        tried += 1
        if is_masked and response.status_code == 302:  # to the customer's page
            continue
        if response.status_code not in ((200,) if allowed else (403, 404)):
            wrong.append(f"{name}: {response.status_code}, {act} by {may[line]}")
        if allowed and name.endswith("_change"):
            changes = "change" in may[line] and name not in LOOKED_AT
            if ('name="_save"' in text(response)) != changes:
                wrong.append(f"{name}: {'no' if changes else 'a'} button to save")
    assert not wrong, "\n".join(wrong)
    assert tried > (100 if everything else 50)
