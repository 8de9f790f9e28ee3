"""List views of an object: which there are, what is in them, and the records that they show."""

from typing import Any, Final

from rest_framework.request import Request
from rest_framework.response import Response

from promotions.sobjects import list_views
from promotions.sobjects.errors import CallFailed, Problem, not_found
from promotions.sobjects.list_views import ListView
from promotions.sobjects.query.run import Caller
from promotions.sobjects.views.base import ObjectView

_MOST_DIGITS: Final = 9


class ListViewsView(ObjectView):
    """``sobjects/<name>/listviews``: all of them, in short."""

    def get(self, request: Request, **path: str) -> Response:
        return Response(list_views.listed(self.sobject, self.version))


class ListViewView(ObjectView):
    """``…/listviews/<id>``: one of them, in short."""

    list_view: ListView

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        found = list_views.find_list_view(str(kwargs["list_view"]))
        if found is None or found.sobject is not self.sobject:
            raise not_found()
        self.list_view = found

    def get(self, request: Request, **path: str) -> Response:
        return Response(list_views.summary(self.list_view, self.version))


class DescribeListViewView(ListViewView):
    """``…/listviews/<id>/describe``."""

    def get(self, request: Request, **path: str) -> Response:
        return Response(list_views.described(self.list_view, self.actor))


class ListViewResultsView(ListViewView):
    """``…/listviews/<id>/results?limit=&offset=``."""

    def get(self, request: Request, **path: str) -> Response:
        limit = self._number("limit", list_views.ROWS, 1, list_views.MOST_ROWS)
        offset = self._number("offset", 0, 0, list_views.MOST_PASSED_OVER)
        caller = Caller(self.actor, self.at, self.version)
        return Response(list_views.results(self.list_view, caller, limit=limit, offset=offset))

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.request.query_params.get(name, str(default))
        fits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
        if not fits or not least <= int(text) <= most:
            message = f"{name} must be a number from {least} to {most}."
            raise CallFailed(Problem("INVALID_INPUT", message))
        return int(text)
