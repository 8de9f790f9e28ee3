"""How the columns of lists break in a real browser."""

from tests.browser.conftest import SignedIn
from tests.e2e.server import Server

BROKEN = """() => {
  const broken = [];
  for (const cell of document.querySelectorAll('#result_list :is(td, th)')) {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode()); ) {
      for (const word of text.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        const lines = [...range.getClientRects()].filter((box) => box.width > 1);
        if (new Set(lines.map((box) => Math.round(box.top))).size > 1) broken.push(word[0]);
      }
    }
  }
  return broken;
}"""
"""The words of a list that begin in one line and end in another."""
LISTS = ("promotionpartyusage/", "promotionpartyusage/?q=Buchhandlung", "contact/", "refusedcall/")


def test_lists_break_between_words(sign_in: SignedIn, demo: Server) -> None:
    page = sign_in("sam")
    for name in LISTS:
        page.goto(f"{demo.url}/admin/enrollments/{name}")
        assert page.locator("#result_list td").count()
        assert page.evaluate(BROKEN) == [], name
        table = page.locator("#result_list")
        assert table.evaluate("table => table.scrollWidth <= table.parentElement.clientWidth"), name
