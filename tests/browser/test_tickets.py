"""Five tickets of support, each solved from the search box with at most three clicks."""

import json
import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Picture, SignedIn
from tests.e2e.server import Server

MOST_CLICKS = 3
_FIND = """
import json
from django.utils import timezone
from enrollments.models import PromotionPartyUsage, RefusedCall
from enrollments.standing import Standing, stands
at = timezone.now()
taken = set()
def one(found):
    usage = next(u for u in found.order_by("id") if u.contact and u.contact_id not in taken)
    taken.add(usage.contact_id)
    return [usage.contact.full_name, usage.contact.email or usage.contact.record_id,
            usage.promotion.name]
usages = PromotionPartyUsage.objects.select_related("contact", "promotion")
active = usages.filter(stands(Standing.ACTIVE, at))
print(json.dumps({
    "active": one(active),
    "leaving": one(active),
    "extended": one(active.filter(enrollment_expiration_date_time__isnull=False)),
    "paused": one(usages.filter(stands(Standing.PAUSED, at), promotion__is_deleted=False)),
    "refused": one(RefusedCall.objects.select_related("contact", "promotion")),
}))
"""


@dataclass(frozen=True)
class Caller:
    """Somebody on the telephone."""

    name: str
    called: str
    """An e-mail address, as they spell it, or a record id."""
    promotion: str


@pytest.fixture(scope="module")
def callers(demo: Server) -> dict[str, Caller]:
    found = json.loads(demo.manage("shell", "-v", "0", "-c", _FIND))
    return {ticket: Caller(*facts) for ticket, facts in found.items()}


class Desk:
    """Support at work, who counts the clicks."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def find(self, caller: Caller) -> None:
        """Types into the box of whatever page it is, and takes the first hit."""
        self.page.keyboard.press("Control+k")
        self.page.keyboard.type(caller.called)
        self.click(self.page.get_by_role("option").first)
        expect(self.page.get_by_role("heading", name=caller.name).first).to_be_visible()

    def card(self, caller: Caller) -> Locator:
        return self.page.locator("article").filter(has_text=caller.promotion)


@pytest.fixture
def desk(sign_in: SignedIn) -> Desk:
    return Desk(sign_in("sam"))


def test_which_promotions_is_this_customer_in(
    desk: Desk, callers: dict[str, Caller], picture: Picture
) -> None:
    caller = callers["active"]
    desk.find(caller)
    expect(desk.card(caller).get_by_text("active", exact=True)).to_be_visible()
    picture(desk.page, "customer")
    assert desk.clicks <= MOST_CLICKS


def test_why_was_she_refused_yesterday(
    desk: Desk, callers: dict[str, Caller], picture: Picture
) -> None:
    caller = callers["refused"]
    desk.find(caller)
    refused = desk.page.locator("section").filter(has_text="Refused calls")
    expect(refused).to_contain_text(caller.promotion)
    expect(refused).to_contain_text("Enrollment opens on")
    desk.click(refused.get_by_role("link").first)
    expect(desk.page.get_by_text("Enrollment opens on").first).to_be_visible()
    picture(desk.page, "refused")
    assert desk.clicks <= MOST_CLICKS


def test_withdraw_him(desk: Desk, callers: dict[str, Caller]) -> None:
    caller = callers["leaving"]
    desk.find(caller)
    desk.click(desk.card(caller).get_by_role("link", name="Withdraw"))
    desk.page.get_by_label("Reason").fill("Asked to on the phone.")
    desk.click(desk.page.get_by_role("button", name="Withdraw"))
    expect(desk.card(caller).get_by_text("withdrawn", exact=True).first).to_be_visible()
    assert desk.clicks <= MOST_CLICKS


def test_extend_her_by_a_week(desk: Desk, callers: dict[str, Caller]) -> None:
    caller = callers["extended"]
    desk.find(caller)
    before = desk.card(caller).inner_text()
    desk.click(desk.card(caller).get_by_role("link", name="Extend by a week"))
    desk.page.get_by_label("Reason").fill("Was ill for a week.")
    desk.click(desk.page.get_by_role("button", name="Change", exact=True))
    expect(desk.card(caller)).to_contain_text("Was ill for a week.")
    assert desk.card(caller).inner_text() != before
    assert desk.clicks <= MOST_CLICKS


def test_the_app_says_enrolled_but_the_shop_says_no(
    desk: Desk, callers: dict[str, Caller], picture: Picture
) -> None:
    caller = callers["paused"]
    desk.find(caller)
    expect(desk.card(caller)).to_contain_text("The promotion is inactive.")
    desk.click(desk.card(caller).get_by_role("link", name="Why…"))
    expect(desk.page.get_by_text(re.compile("is not active")).first).to_be_visible()
    picture(desk.page, "why")
    assert desk.clicks <= MOST_CLICKS
