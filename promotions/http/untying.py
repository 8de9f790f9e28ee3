"""Calls that let go of everything when they are over.

The framework ties view, call and answer to each other in circles, so that nothing of them goes by
itself: the body, what was read of it and all that is answered stay until garbage is searched for.
"""

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class UntiedView(APIView):
    """Base of views whose answers are to go when they were sent. Those of the framework's own kind
    need their view until they are rendered: whoever renders one calls ``untie``."""

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        finished = super().finalize_response(request, response, *args, **kwargs)
        # Handlers that were bound to the view itself: all of a view set's, any other view's HEAD.
        for method in ("head", *(getattr(self, "action_map", None) or ())):
            vars(self).pop(method, None)
        if not isinstance(response, Response):  # Django's own kinds come here as well
            request.parser_context.clear()
        return finished


def untie(response: HttpResponseBase) -> None:
    """Takes a rendered answer apart from its view and its call; nobody asks it for them later."""
    context = getattr(response, "renderer_context", None)
    if isinstance(response, Response) and context:
        context["request"].parser_context.clear()
        context.clear()
