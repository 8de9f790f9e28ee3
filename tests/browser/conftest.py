"""The service with its demo data, and a real browser in front of it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from enrollments.demo.loading import PASSWORD
from tests.e2e.server import Server, running_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

SCHEMES: Final = ("light", "dark")
SignedIn = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        skip = pytest.mark.skip(reason="there is no Chromium on the PATH")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(skip)


@pytest.fixture(scope="package")
def demo(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Server]:
    """The service with the demo's data."""
    directory = tmp_path_factory.mktemp("demo")
    with running_server(directory, request.config.getoption("database")) as server:
        server.manage("load_demo")
        yield server
        assert "Traceback" not in (directory / "server.log").read_text()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def sign_in(demo: Server, chromium: Browser) -> Iterator[SignedIn]:
    """Opens a browser of its own for one of the demo's users, at the home page. Whatever it asks
    another host for, or its scripts complain of, fails the test."""
    pages: list[Page] = []
    troubles: list[str] = []

    def note_request(request: Request) -> None:
        if not request.url.startswith((demo.url, "data:", "blob:")):
            troubles.append(f"asks for {request.url}")

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            troubles.append(message.text)

    def as_user(name: str, *, width: int = 1280, height: int = 900) -> Page:
        page = chromium.new_page(viewport={"width": width, "height": height})
        pages.append(page)
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on("request", note_request)
        page.on("console", note_message)
        page.goto(f"{demo.url}/admin/")
        page.fill("[name=username]", name)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{demo.url}/admin/")
        return page

    yield as_user
    for page in pages:
        page.close()
    assert not troubles, troubles


Picture = Callable[[Page, str], None]


def show(page: Page, scheme: str) -> None:
    """The page that is open, ``light`` or ``dark``, as the theme does it when it loads."""
    page.evaluate(
        "dark => document.documentElement.classList.toggle('dark', dark)", scheme == "dark"
    )


@pytest.fixture
def picture() -> Picture:
    """Takes pictures of a page for the documentation where ``SCREENSHOTS`` names a directory:
    desktop and phone, light and dark."""
    directory = os.environ.get("SCREENSHOTS", "")

    def take(page: Page, name: str) -> None:
        if not directory:
            return
        size = page.viewport_size
        for device, (width, height) in {"desktop": (1280, 900), "phone": (390, 844)}.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                show(page, scheme)
                page.wait_for_timeout(300)
                page.screenshot(path=f"{directory}/walk-{name}-{device}-{scheme}.png")
        show(page, "light")
        assert size is not None
        page.set_viewport_size(size)

    return take
