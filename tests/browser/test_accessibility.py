"""Every page of the admin by axe (WCAG 2.2, levels A and AA), light and dark, and on a phone."""

from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page, ViewportSize
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.conftest import SignedIn, show
from tests.browser.crawling import crawl
from tests.e2e.server import Server

AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FEWEST_PAGES = 70
"""That links lead to."""


FIRST = (
    "", "promotions/promotion/", "promotions/promotion/add/", "promotions/promotion/1/change/",
    "promotions/promotion/1/activate/", "promotions/promotion/1/history/",
    "promotions/promotion/calendar/", "promotions/promotion/import/", "promotions/coupon/",
    "enrollments/promotionpartyusage/", "enrollments/promotionpartyusage/figures/1/",
    "enrollments/promotionpartyusage/why/", "enrollments/promotionpartyusage/enroll/",
    "enrollments/promotionpartyusage/customers/", "enrollments/refusedcall/",
)  # fmt: skip
"""What the others look like; with ``--everything`` they are all tried."""

pytestmark = pytest.mark.skipif(
    not AXE.is_file(), reason="axe is not installed; run: npm ci --prefix tests/browser/axe"
)


def violations(page: Page, options: dict[str, Any]) -> list[tuple[str, str]]:
    """The rules that the page breaks, and what breaks them."""
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]


WHOLE: Final[ViewportSize] = {"width": 1280, "height": 5000}
"""So high that nothing lies below the bar with the buttons: it covers what one scrolls to."""


def fits(page: Page) -> bool:
    """Whether the page is no wider than its window, once charts have found their size."""
    try:
        page.wait_for_function(
            "document.documentElement.scrollWidth <= window.innerWidth", timeout=2_000
        )
    except TooLate:
        return False
    return True


def test_no_page_breaks_a_rule(sign_in: SignedIn, demo: Server, everything: bool) -> None:
    page, axe = sign_in("admin"), AXE.read_text()
    broken: dict[tuple[str, str], list[str]] = defaultdict(list)
    kinds = []
    starts = [f"{demo.url}/admin/{path}" for path in FIRST]
    page.set_viewport_size(WHOLE)
    for kind in crawl(page, *starts, follow=everything):
        kinds.append(kind)
        page.evaluate(axe)
        for rule, element in violations(page, {"runOnly": {"type": "tag", "values": LEVELS}}):
            broken[rule, element].append(kind)
        show(page, "dark")
        for rule, element in violations(page, {"runOnly": ["color-contrast"]}):
            broken[f"{rule} in the dark", element].append(kind)
        show(page, "light")
        page.set_viewport_size({"width": 390, "height": 844})
        if not fits(page):
            broken["wider than a phone", ""].append(kind)
        page.set_viewport_size(WHOLE)
    assert len(kinds) >= (FEWEST_PAGES if everything else len(FIRST)), kinds
    assert not broken, "\n".join(
        f"{rule}: {element}\n  on {len(where)}: {', '.join(where[:3])}"
        for (rule, element), where in broken.items()
    )
