"""Reading the admin's pages, and sending their forms as a browser would."""

import re
from html.parser import HTMLParser
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse


def text(response: Any) -> str:
    """What a page says, tags and all."""
    response.render() if hasattr(response, "render") and not response.is_rendered else None
    return str(response.content.decode())


def sent(client: Client, url: str, **values: Any) -> Any:
    """Opens the page at ``url``, changes ``values`` in its form and sends it."""
    page = client.get(url)
    assert page.status_code == 200, page
    data = {**form_data(text(page)), **values}
    return client.post(url, {name: value for name, value in data.items() if value is not None})


def errors(response: Any) -> dict[str, list[str]]:
    """The errors of the form that came back."""
    context = response.context
    form = context["adminform"].form if "adminform" in context else context["form"]
    return {name: [str(e) for e in found] for name, found in form.errors.items()}


def buttons(response: Any) -> list[str]:
    """What stands below the form of a page that asks, to be pressed."""
    form = text(response).partition('id="act_form"')[2].partition("</form>")[0]
    assert form, "there is no such form"
    return re.findall(r"<(?:a|button)\b[^>]*>\s*([^<]+?)\s*</", form)


def messages(response: Any) -> list[str]:
    """What the next page will say at its top."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def numbers(response: Any) -> list[str]:
    """The numbers of the records that a list shows, in its order."""
    return [record.name for record in response.context["cl"].result_list]


def admin_url(model: str, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model}_{page}", args=args)


def form_data(html: str) -> dict[str, Any]:
    """The values of a page's POST form, as they stand."""
    parser = _FormParser()
    parser.feed(html)
    return parser.data


class _FormParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, Any] = {}
        self._inside = False
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        name = at.get("name") or ""
        if tag == "form":
            self._inside = (at.get("method") or "").lower() == "post"
        elif not self._inside:
            return
        elif tag == "input" and name:
            self._read_input(name, at)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in at:
            self.data[self._select] = at.get("value") or ""
        elif tag == "textarea":
            self._textarea = name
            self.data[name] = ""

    def _read_input(self, name: str, at: dict[str, str | None]) -> None:
        kind = at.get("type")
        if kind in ("submit", "button") or (kind in ("checkbox", "radio") and "checked" not in at):
            return
        value = at.get("value")
        self.data[name] = value if value is not None else ("on" if kind == "checkbox" else "")

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.data[self._textarea] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""
