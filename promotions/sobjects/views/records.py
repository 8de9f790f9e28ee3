"""Single records, by id or by another field that identifies them.

Source: the client contract, section 2: create, retrieve, update, upsert, delete.
"""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from promotions.http.context import wants_view_noted
from promotions.http.idempotency import idempotent
from promotions.http.json import json_body
from promotions.services.views import note_view
from promotions.sobjects import records
from promotions.sobjects.declare import SObject
from promotions.sobjects.errors import not_found
from promotions.sobjects.identifying import decode, keys_with, lookup_field
from promotions.sobjects.reading import record_url
from promotions.sobjects.views.base import ObjectView

_NO_CONTENT_BEFORE = 46
"""An upsert that changed a record answered nothing before version 46.0."""


def created(one: SObject, record_id: str, version: str, **more: Any) -> Response:
    """The answer to a call that made a record."""
    body = {"id": record_id, "success": True, "errors": [], **more}
    location = record_url(one, decode(one, record_id), version)
    return Response(body, status=201, headers={"Location": location})


class RecordView(ObjectView):
    """``sobjects/<name>/<id>``."""

    def get(self, request: Request, **path: str) -> Response:
        """Retrieve: all readable fields, or those of ``?fields=A,B``."""
        record_id = self.identified()
        names = request.query_params.get("fields")
        wanted = None if names is None else [n for n in map(str.strip, names.split(",")) if n]
        one = self.sobject
        record = records.retrieve(one, record_id, wanted, by=self.actor, version=self.version)
        if one.viewable and wants_view_noted(request):
            row = one.rows(self.actor).get(pk=decode(one, record_id))
            note_view(row, user=self.user, at=self.at)
        return Response(record)

    def patch(self, request: Request, **path: str) -> Response:
        """Update: what is absent stays, null clears."""
        body = json_body(request)
        records.update(self.sobject, self.identified(), body, by=self.actor, at=self.at)
        return Response(status=204)

    def delete(self, request: Request, **path: str) -> Response:
        records.delete(self.sobject, self.identified(), by=self.actor, at=self.at)
        return Response(status=204)

    def identified(self) -> str:
        """The id of the record that the path names."""
        return str(self.kwargs["record_id"])


class LookupView(RecordView):
    """``sobjects/<name>/<field>/<value>``: the record that a field's value identifies."""

    def patch(self, request: Request, **path: str) -> Response:
        """Upsert: changes the record, or makes it unless ``?updateOnly=true``."""
        saved = records.upsert(
            self.sobject,
            self.kwargs["field"],
            self.kwargs["value"],
            json_body(request),
            by=self.actor,
            at=self.at,
            update_only=request.query_params.get("updateOnly", "").lower() == "true",
        )
        assert saved.id is not None
        if saved.created:
            return created(self.sobject, saved.id, self.version, created=True)
        if float(self.version[1:]) < _NO_CONTENT_BEFORE:
            return Response(status=204)
        return Response({"id": saved.id, "success": True, "errors": [], "created": False})

    def identified(self) -> str:
        one = self.sobject
        field = lookup_field(one, self.kwargs["field"])
        found = keys_with(one, field, self.kwargs["value"], by=self.actor)
        if not found:
            raise not_found()
        if len(found) > 1:
            raise records.Ambiguous([record_url(one, key, "{version}") for key in found])
        return one.id_of(found[0])


class CreateView(ObjectView):
    """``POST sobjects/<name>/Id``: creates, as upserting without an id does."""

    @idempotent
    def post(self, request: Request, **path: str) -> Response:
        """Create."""
        body = json_body(request)
        record_id = records.create(self.sobject, body, by=self.actor, at=self.at)
        more = {"created": True} if request.path.rstrip("/").lower().endswith("/id") else {}
        return created(self.sobject, record_id, self.version, **more)


class UndeleteView(ObjectView):
    """``sobjects/<name>/<id>/actions/undelete``: ours, for people; clients restore by SOAP."""

    @idempotent
    def post(self, request: Request, **path: str) -> Response:
        record_id = str(self.kwargs["record_id"])
        decode(self.sobject, record_id)
        restored = records.undelete(record_id, by=self.actor, at=self.at)
        return Response({"id": restored, "success": True, "errors": []})
