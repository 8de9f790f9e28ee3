"""Queries: ``query?q=…``, ``queryAll?q=…``, and their further pages.

Source: the client contract, section 2.
"""

from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.list_views import find_list_view
from promotions.sobjects.query.explaining import explained
from promotions.sobjects.query.metadata import column_metadata
from promotions.sobjects.query.run import Caller, more, page_size_of, query
from promotions.sobjects.views.base import DataView


def written(body: Any) -> HttpResponse:
    """An answer, written once: one of two thousand records is not built again to be rendered."""
    return HttpResponse(orjson.dumps(body), content_type="application/json;charset=UTF-8")


class QueryView(DataView):
    """``query`` and, with deleted records, ``queryAll``."""

    all_rows = False

    def get(self, request: Request, **path: str) -> HttpResponse:
        asked = request.query_params
        if "explain" in asked:
            explainable = self._explainable(asked["explain"])
            return written(explained(explainable, self.caller(), all_rows=self.all_rows))
        text = asked.get("q")
        if text is None:
            message = "Say in q what to ask for: query?q=SELECT+Id+FROM+Promotion"
            raise CallFailed(Problem("MALFORMED_QUERY", message))
        if asked.get("columns", "").lower() == "true":
            return written(column_metadata(text, self.caller()))
        return written(query(text, self.caller(), all_rows=self.all_rows))

    def _explainable(self, text: str) -> str:
        """The query to explain, which may be named by the id of a list view."""
        view = find_list_view(text)
        return text if view is None else view.query(self.actor)

    def caller(self) -> Caller:
        size = page_size_of(self.request.headers.get("Sforce-Query-Options", ""))
        return Caller(self.actor, self.at, self.version, size)


class QueryAllView(QueryView):
    all_rows = True


class MoreView(QueryView):
    """``query/<locator>``: a further page, of either."""

    def get(self, request: Request, **path: str) -> HttpResponse:
        return written(more(self.kwargs["locator"], self.caller()))
