"""Every page of the admin that links lead to: one of each kind."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page

_RECORD = re.compile(r"/(?:\d+|[0-9A-Za-z]{3}0[0-9A-Za-z]{14})(?=/)")
_NOT_PAGES = re.compile(r"/admin/(?:logout/|jsi18n/|.*export|.*\.(?:csv|xlsx|ndjson)$)")


def kind_of(url: str) -> str:
    """What pages have in common that differ in their record, or in what they filter by."""
    return _RECORD.sub("/…", urlsplit(url).path)


def crawl(page: Page, *starts: str, follow: bool = True) -> Iterator[str]:
    """Opens ``starts`` and, to ``follow``, one page of each kind that links lead to below the first
    of them; names its kind while it is open."""
    waiting = list(starts)
    seen = {kind_of(url) for url in starts}
    while waiting:
        url = waiting.pop(0)
        answer = page.goto(url)
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        assert answer.status == 200, f"{url}: {answer.status}"
        yield kind_of(url)
        if not follow:
            continue
        for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
            found = urljoin(url, link).split("#")[0]
            if not found.startswith(starts[0]) or _NOT_PAGES.match(urlsplit(found).path):
                continue
            if (kind := kind_of(found)) not in seen:
                seen.add(kind)
                waiting.append(found)
