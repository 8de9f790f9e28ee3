"""docs/compatibility.md lists the objects and fields that there are, and names what is refused."""

import re

from tests.docs.compatibility import BEGIN, END, PAGE, with_tables


def test_the_tables_are_as_the_declarations_have_it() -> None:
    page = PAGE.read_text()
    assert (page.count(BEGIN), page.count(END)) == (1, 1)
    assert page == with_tables(page), "run python -m tests.docs.compatibility"


def test_links_lead_somewhere() -> None:
    page = PAGE.read_text()
    headings = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    }
    for link in re.findall(r"\]\(#([^)]+)\)", page):
        assert link in headings, link
    for link in re.findall(r"\]\(([^#)][^)]*)\)", page):
        assert "://" in link or (PAGE.parent / link).exists(), link
