"""Calls about many records at once.

Source: the client contract, section 2, "collections": always 200 with a list in order, where the
call as such can be read.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.sobjects import collections
from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.views.base import DataView, ObjectView


def listed(text: str) -> list[str]:
    """What a parameter lists, between commas."""
    return [part for part in map(str.strip, text.split(",")) if part]


class CollectionView(DataView):
    """``composite/sobjects``: records of any objects."""

    @idempotent
    def post(self, request: Request, **path: str) -> Response:
        """Create."""
        envelope = collections.read_envelope(json_body(request))
        saved = collections.create_many(envelope, by=self.actor, at=self.at)
        return Response(collections.results(saved))

    def patch(self, request: Request, **path: str) -> Response:
        """Update, by the id in each record."""
        envelope = collections.read_envelope(json_body(request))
        saved = collections.update_many(envelope, by=self.actor, at=self.at)
        return Response(collections.results(saved))

    def delete(self, request: Request, **path: str) -> Response:
        """Delete: ``?ids=a,b&allOrNone=true``."""
        named = listed(request.query_params.get("ids", ""))
        if not named:
            raise CallFailed(Problem("INVALID_INPUT", "Name the records: ids=a,b"))
        all_or_none = collections.flag(request.query_params.get("allOrNone"), "allOrNone")
        saved = collections.delete_many(named, all_or_none, by=self.actor, at=self.at)
        return Response(collections.results(saved))


class RetrieveManyView(ObjectView):
    """``composite/sobjects/<name>``: some fields of the records with the ids that are given."""

    def get(self, request: Request, **path: str) -> Response:
        """``?ids=a,b&fields=A,B``."""
        given = request.query_params
        return self._found(listed(given.get("ids", "")), listed(given.get("fields", "")))

    @idempotent
    def post(self, request: Request, **path: str) -> Response:
        """``{"ids": [...], "fields": [...]}``."""
        body = json_body(request)
        said: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
        named, fields = said.get("ids"), said.get("fields")
        if not isinstance(named, list) or not isinstance(fields, list):
            message = "The body must be a JSON object with the lists ids and fields."
            raise CallFailed(Problem("JSON_PARSER_ERROR", message))
        return self._found(named, fields)

    def _found(self, named: list[Any], fields: list[Any]) -> Response:
        if not named or not fields:
            raise CallFailed(Problem("INVALID_INPUT", "Name the records' ids and the fields."))
        found = collections.retrieve_many(
            self.sobject, named, [str(name) for name in fields], by=self.actor, version=self.version
        )
        return Response(found)


class UpsertManyView(ObjectView):
    """``composite/sobjects/<name>/<field>``: the records that a field's values identify."""

    def patch(self, request: Request, **path: str) -> Response:
        """Upsert: changes each record, or makes it."""
        envelope = collections.read_envelope(json_body(request))
        saved = collections.upsert_many(
            self.sobject, self.kwargs["field"], envelope, by=self.actor, at=self.at
        )
        return Response(collections.results(saved, upsert=True))
