"""A client that queries."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.sobjects.conftest import ObjectApi

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


class QueryApi(ObjectApi):
    """The query calls."""

    def ask(self, text: str, path: str = "query", **headers: str) -> "Answer":
        return self.get(f"{path}?q={quote(text)}", **headers)

    def answer(self, text: str, path: str = "query", **headers: str) -> dict[str, Any]:
        """The answer to a query that there is nothing wrong with."""
        answer = self.ask(text, path, **headers)
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    def rows(self, text: str, path: str = "query") -> list[Any]:
        """The values of the records found: of each a tuple, of one field alone the values."""
        found = [
            tuple(value for name, value in record.items() if name != "attributes")
            for record in self.answer(text, path)["records"]
        ]
        return [row[0] if len(row) == 1 else row for row in found]

    def refused(self, text: str, path: str = "query") -> tuple[str, str]:
        """The code and the last line of the message."""
        answer = self.ask(text, path)
        assert answer.status_code == 400, answer.content
        (entry,) = answer.json()
        return entry["errorCode"], entry["message"].rpartition("\n")[2]


@pytest.fixture
def soql(db: None) -> QueryApi:
    return QueryApi()
