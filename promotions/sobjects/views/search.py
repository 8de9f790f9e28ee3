"""``search`` and ``parameterizedSearch``. Source: the client contract, section 2."""

from collections.abc import Callable

from rest_framework.request import Request
from rest_framework.response import Response

from promotions.http.json import json_body
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.search.parameters import from_address, from_body
from promotions.sobjects.search.run import search
from promotions.sobjects.soql.errors import SyntaxProblem, shown
from promotions.sobjects.soql.sosl import parse_search
from promotions.sobjects.soql.tree import Search
from promotions.sobjects.views.base import DataView


class SearchView(DataView):
    """``GET search?q=FIND {…}``."""

    def get(self, request: Request, **path: str) -> Response:
        text = request.query_params.get("q", "")
        return Response({"searchRecords": self.found(lambda: parse_search(text), text)})

    def found(self, read: Callable[[], Search], text: str) -> list[dict[str, object]]:
        """What a search finds; ``text`` is what it is read from."""
        try:
            return search(read(), by=self.actor, at=self.at, version=self.version)
        except SyntaxProblem as problem:
            message = shown(text, problem.position, problem.message)
            raise CallFailed(Problem("MALFORMED_SEARCH", message)) from problem


class ParameterizedSearchView(SearchView):
    """``GET parameterizedSearch?q=…&sobject=…``, and POST with the same as a JSON object."""

    def get(self, request: Request, **path: str) -> Response:
        parameters = {name: request.query_params.getlist(name) for name in request.query_params}
        text = request.query_params.get("q", "")
        if text[:4].upper() == "FIND":
            return super().get(request, **path)
        return Response({"searchRecords": self.found(lambda: from_address(parameters), text)})

    def post(self, request: Request, **path: str) -> Response:
        body = json_body(request)
        text = body.get("q", "") if isinstance(body, dict) else ""
        records = self.found(lambda: from_body(body), text if isinstance(text, str) else "")
        return Response({"searchRecords": records})
