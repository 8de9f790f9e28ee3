"""The refused rows of an audience on a phone, in a real browser."""

import re

from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import SignedIn
from tests.e2e.server import Server

ROWS = "email,enrollmentExpirationDateTime\nnobody@example.com,2026\n"


def test_refused_rows_are_read_on_a_phone(sign_in: SignedIn, demo: Server) -> None:
    page = sign_in("sam", width=390, height=844)
    page.goto(f"{demo.url}/admin/enrollments/enrollmentjob/enroll/?promotion=1")
    file: FilePayload = {"name": "list.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}
    page.set_input_files("[name=file]", files=[file])
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/enrollmentjob/\d+/change/"))
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
