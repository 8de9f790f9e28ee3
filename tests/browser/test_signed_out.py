"""What was typed stays, where the session ended meanwhile, in a real browser."""

import re

from playwright.sync_api import Page, expect

from enrollments.demo.loading import PASSWORD
from tests.browser.conftest import SignedIn

NAME = "Typed for an hour"


def new_promotion(page: Page) -> None:
    """Its form, with all its scripts: some are served only to those who are signed in."""
    page.get_by_role("link", name="New promotion").click()
    page.wait_for_url("**/promotion/add/")


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def test_nothing_is_lost_and_it_can_be_saved_after_signing_in(sign_in: SignedIn) -> None:
    page = sign_in("marta")
    new_promotion(page)
    page.locator("#id_name").fill(NAME)
    end_session(page)
    page.get_by_role("button", name="Save without activating").first.click()

    note = page.get_by_role("alert").filter(has_text="You have been signed out.")
    expect(note).to_be_visible()
    expect(page.locator("#id_name")).to_have_value(NAME)

    with page.context.expect_page() as opened:
        note.get_by_role("link", name="Sign in again in a new tab").click()
    tab = opened.value
    tab.fill("[name=username]", "marta")
    tab.fill("[name=password]", PASSWORD)
    tab.press("[name=password]", "Enter")
    expect(tab.get_by_role("link", name="New promotion").first).to_be_visible()
    tab.close()

    page.get_by_role("button", name="Save without activating").first.click()
    page.wait_for_url(re.compile(r"/promotion/\d+/change/"))
    expect(page.get_by_role("heading", name=NAME).first).to_be_visible()


def test_the_summary_says_so_at_once(sign_in: SignedIn) -> None:
    page = sign_in("marta")
    new_promotion(page)
    end_session(page)
    page.locator("#id_name").fill(NAME)
    expect(page.get_by_role("alert").filter(has_text="You have been signed out.")).to_be_visible()
    expect(page.locator("#id_name")).to_have_value(NAME)
