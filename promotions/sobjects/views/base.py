"""The base of the views of this surface: who calls, in which version, and how errors are told."""

from collections.abc import Mapping
from typing import Any

from django.db import OperationalError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from promotions.http.authentication import AnyToken
from promotions.http.context import RequestContext
from promotions.http.errors import errors_of, headers_for
from promotions.services.transactions import is_passing, joins_another
from promotions.sobjects.declare import SObject, require_read, require_write, sobject
from promotions.sobjects.errors import CallFailed, Problem, not_found, problems_of
from promotions.sobjects.records import Ambiguous


class DataView(RequestContext):
    """Base of the views under ``/services/data/vNN.0``: which tells by describe calls of its own
    what it takes, and has no place in the description of the plain API."""

    permission_classes = (AnyToken,)
    schema = None

    @property
    def version(self) -> str:
        """As the caller asked for it: ``v59.0``."""
        return str(self.kwargs["version"])

    def get_exception_handler(self) -> Any:
        return error_response


class ObjectView(DataView):
    """Base of the views of one object, which the path names in any case of letters."""

    sobject: SObject

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        found = sobject(str(kwargs["name"]))
        if found is None:
            raise not_found()
        if request.method not in SAFE_METHODS:
            require_write(found, self.actor)  # the first to be told of: it is what the call needs
        require_read(found, self.actor)
        self.sobject = found


def error_response(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """The exception handler of this surface: a list of what is wrong."""
    match exc:
        case Ambiguous():
            version = context["kwargs"]["version"]
            return Response([url.format(version=version) for url in exc.urls], status=300)
        case CallFailed():
            return answer(exc)
        case OperationalError() if is_passing(exc) and not joins_another():
            message = "The record is being changed by others. Try again."
            return answer(CallFailed(Problem("UNABLE_TO_LOCK_ROW", message)))
    errors = errors_of(exc)
    if not errors:
        return None
    return answer(CallFailed(*problems_of(errors)), headers_for(exc))


def answer(failed: CallFailed, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal as existing clients read it."""
    entries = [problem.entry() for problem in failed.problems]
    return Response(entries, status=failed.status, headers=dict(headers or {}))
