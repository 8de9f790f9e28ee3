"""An audience’s page in a real browser: its refused rows on a phone, and how it stays fresh."""

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import SignedIn
from tests.e2e.server import Server

ROWS = "email,enrollmentExpirationDateTime\nnobody@example.com,2026\n"


def upload(page: Page, demo: Server) -> None:
    page.goto(f"{demo.url}/admin/enrollments/enrollmentjob/enroll/?promotion=1")
    file: FilePayload = {"name": "list.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    page.set_input_files("[name=file]", files=[file])
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/enrollmentjob/\d+/change/"))


def test_refused_rows_are_read_on_a_phone(sign_in: SignedIn, demo: Server) -> None:
    page = sign_in("sam", width=390, height=844)
    upload(page, demo)
    demo.manage("run_enrollment_jobs", "--once")
    page.reload()
    row = page.get_by_role("table", name="Refused rows").get_by_role("row").last
    cells = row.get_by_role("cell")
    expect(cells).to_have_count(4)
    expect(cells.nth(2)).to_have_text("enrollmentExpirationDateTime")
    expect(cells.nth(3)).to_have_text("invalid_datetime")
    for cell in cells.all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390
        before = "cell => getComputedStyle(cell, '::before').content"
        assert cell.evaluate(before) != "none"  # says which column it is of


def test_the_page_of_a_stopped_audience_follows_who_goes_on_with_it(
    sign_in: SignedIn, demo: Server
) -> None:
    page = sign_in("sam")
    upload(page, demo)
    status = page.locator("[data-part=progress]")
    page.get_by_role("link", name="Stop").click()
    page.get_by_role("button", name="Stop").click()
    expect(status).to_have_attribute("data-status", "stopped")
    other = sign_in("sam")
    other.goto(page.url)
    other.get_by_role("link", name="Go on").click()
    other.get_by_role("button", name="Go on").click()
    expect(status).to_have_attribute("data-status", "queued", timeout=15_000)
    demo.manage("run_enrollment_jobs", "--once")
    expect(status).to_have_attribute("data-status", "finished", timeout=15_000)
    expect(page.get_by_role("link", name="Go on")).to_have_count(0)
