"""Answers let go of their calls.

The framework ties view, call and answer to each other, so that nothing of them goes when the call
is over: its body, what was read of it and all that is answered stay until garbage is searched for.
"""

from django.http.response import HttpResponseBase
from rest_framework.response import Response


def untie(response: HttpResponseBase) -> None:
    """Takes a rendered answer apart from its view and its call; nobody asks it for them later."""
    context = getattr(response, "renderer_context", None)
    if isinstance(response, Response) and context:
        context["request"].parser_context.clear()
        context.clear()
