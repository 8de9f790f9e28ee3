"""Calls that let go of everything when they are over.

The framework ties view, call and answer to each other in circles, so that nothing of them goes by
itself: the body, what was read of it and all that is answered would stay until garbage is searched
for, which servers do rarely (``promotions/processes.py``).
"""

import gc
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

_LARGE: Final = 100_000
"""Bytes of a body behind which garbage is searched for: serializers hold what they were given, and
are tied to their fields."""
_TIED: Final = "_tied"


class UntiedView(APIView):
    """Base of all views: notes with Django's request what ``untie`` is to take apart."""

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        call = super().initialize_request(request, *args, **kwargs)
        vars(request)[_TIED] = self, call
        return call


def untie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Takes a call apart whose answer is rendered: nobody asks it for anything later, except where
    the answer is streamed; that is left as it is."""
    view, call = vars(request).pop(_TIED, (None, None))
    if response.streaming:
        return
    untie_answer(response)
    if call is not None:
        vars(call).clear()
        vars(view).clear()
    if len(getattr(request, "_body", b"")) > _LARGE:
        gc.collect()


def untie_answer(response: HttpResponseBase) -> None:
    """Takes a rendered answer apart from its view and its call."""
    getattr(response, "renderer_context", {}).clear()
