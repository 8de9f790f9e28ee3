"""What marketers do in a day, in a real browser, from the demo's data."""

import re
import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import Picture, SignedIn

NAME = "Two pairs of shoes"
MOST_SECONDS = 180
"""In which a newcomer has it done: the walk, at a machine's pace, takes far less."""


def pick(page: Page, field: str, text: str) -> None:
    """Chooses the category ``text`` while typing, a new one if need be."""
    page.locator(f"#id_{field} + .select2-container").click()
    page.keyboard.type(text)
    exact = re.compile(rf"^(?:{text}|{text} \(new\)|Add “{text}”)$")
    page.locator(".select2-results__option").filter(has_text=exact).click()


def in_the_calendar(page: Page, month: str) -> list[str]:
    """The names in a month of the calendar, reached by its own buttons. Each page is waited for:
    a second click while it is under way would pass the month over."""
    page.locator("a[href='/admin/promotions/promotion/calendar/']").first.click()
    page.wait_for_url("**/promotions/promotion/calendar/")
    while not page.get_by_role("heading", name=month).is_visible():
        following = page.get_by_role("link", name="Next")
        address = following.get_attribute("href")
        following.click()
        page.wait_for_url(f"**{address}")
    return [text.splitlines()[0] for text in page.locator(".calendar a").all_inner_texts()]


def test_a_promotion_is_built_cloned_found_deleted_and_restored(
    sign_in: SignedIn, picture: Picture
) -> None:
    page = sign_in("marta")
    begun = time.monotonic()

    page.get_by_role("link", name="New promotion").click()
    page.locator("#id_name").fill(NAME)
    page.locator("#id_start_date_time_0").fill("1 May")
    page.locator("#id_end_date_time_0").fill("31 May")
    page.locator("label[for=id_is_enrollment_required]").first.click()
    pick(page, "qualifiers-0-qualifier_category", "Shoes")
    page.get_by_label("How many of them").fill("2")
    page.get_by_label("Which pieces are discounted first").select_option(
        label="Least expensive products first"
    )
    pick(page, "targets-0-target_category", "Shoes")
    page.get_by_label("Percent off").fill("50")
    page.get_by_label("How many pieces at most").fill("1")
    page.get_by_label("Priority").fill("1")
    summary = page.get_by_text("Buy 2 from Shoes, get 50 % off the cheapest.")
    expect(summary).to_be_visible()
    for sentence in ("Only enrolled customers take part.", "Its priority number is 1"):
        expect(page.get_by_text(sentence).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"It runs from 1 May \d+ 00:00 to 31 May"))).to_be_visible()
    picture(page, "editor")
    page.get_by_role("button", name="Save and generate codes").click()
    page.wait_for_url(re.compile("generate-coupons"))
    page.get_by_label("How many").fill("500")
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_text(re.compile("500 coupons")).first).to_be_visible()
    assert time.monotonic() - begun < MOST_SECONDS

    page.locator("a[href='/admin/promotions/promotion/']").first.click()
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("link", name="Clone").click()
    page.get_by_label("Name of the copy").fill(f"{NAME} in June")
    page.locator("#id_start_date_time_0").fill("1 June")
    page.locator("#id_end_date_time_0").fill("30 June")
    picture(page, "clone")
    page.get_by_role("button", name="Clone").click()
    expect(page.get_by_text(re.compile(r"It runs from 1 June \d+ 00:00"))).to_be_visible()

    assert NAME in in_the_calendar(page, "May")
    assert f"{NAME} in June" in in_the_calendar(page, "June")
    picture(page, "calendar")

    page.locator(".calendar a").filter(has_text=f"{NAME} in June").first.click()
    page.get_by_role("link", name="Delete promotion").click()
    page.get_by_role("button", name=re.compile("^Yes|^Delete")).click()
    page.get_by_role("link", name="recycle bin", exact=True).click()
    row = page.get_by_role("listitem").filter(has_text=f"{NAME} in June")
    row.get_by_role("link", name="Restore").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text(f"{NAME} in June is restored.")).to_be_visible()
