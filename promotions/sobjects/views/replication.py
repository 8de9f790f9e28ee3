"""What changed and what was deleted lately, and what a user looked at last."""

from rest_framework.request import Request
from rest_framework.response import Response

from promotions.sobjects import replication
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.recent import MOST_ITEMS, recent_items
from promotions.sobjects.views.base import DataView, ObjectView


class UpdatedView(ObjectView):
    """``sobjects/<name>/updated?start=&end=``."""

    def get(self, request: Request, **path: str) -> Response:
        given = request.query_params
        one, start, end = self.sobject, given.get("start"), given.get("end")
        return Response(replication.updated(one, start, end, by=self.actor, at=self.at))


class DeletedView(ObjectView):
    """``sobjects/<name>/deleted?start=&end=``."""

    def get(self, request: Request, **path: str) -> Response:
        given = request.query_params
        one, start, end = self.sobject, given.get("start"), given.get("end")
        return Response(replication.deleted(one, start, end, by=self.actor, at=self.at))


class RecentView(DataView):
    """``recent?limit=``: the records that the caller viewed last, of any object."""

    def get(self, request: Request, **path: str) -> Response:
        text = request.query_params.get("limit", str(MOST_ITEMS))
        limit = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        if limit < 1:
            raise CallFailed(
                Problem("INVALID_INPUT", f"limit must be a number from 1 to {MOST_ITEMS}.")
            )
        return Response(recent_items(None, by=self.actor, version=self.version, most=limit))
