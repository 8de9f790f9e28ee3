"""The header ``Idempotency-Key``: the same request sent again gets the first answer again."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from rest_framework.request import Request

from promotions.http.authentication import partner_of
from promotions.http.json import json_body, json_body_or_none
from promotions.http.untying import untie_answer
from promotions.services.idempotency import Answer, Claim, Key, answer_once, may_be_kept

_KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location")
REPLAYED: Final = "Idempotency-Replayed"
"""The header of an answer that is given again: ``true``."""

Handler = TypeVar("Handler", bound=Callable[..., HttpResponseBase])


def _digest_of_body(request: Request) -> bytes:
    return hashlib.sha256(request._request.body).digest()


def idempotent(
    handler: Handler,
    *,
    read: Callable[[Request], Any] = json_body,
    digest: Callable[[Request], bytes] = _digest_of_body,
    may_claim: bool = False,
) -> Handler:
    """Makes a view's POST handler heed the header. ``read`` is what it reads its body with, and
    ``digest`` what tells that from others. A handler that ``may_claim`` passes
    ``view.claim`` to its act.

    What never reaches the rules is not remembered: the caller is known and allowed, and the body
    parsed, before the key is claimed; an exception of ours takes the claim back with it.
    """

    @wraps(handler)
    def wrapper(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")  # request.headers would read all of them
        if key is None or not may_be_kept(request.path):
            return handler(view, request, *args, **kwargs)
        read(request)  # what is not JSON is refused here
        sent = Key(
            partner_id=partner_of(request).pk,
            path=request.path.rstrip("/"),
            key=key,
            body_hash=digest(request),
            at=view.at,
        )

        def answer(claim: Claim | None) -> Answer:
            view.claim = claim
            view.at = sent.at if claim is None else claim.key.at  # made again, as it was then
            return kept(handler(view, request, *args, **kwargs))

        def refusal(exc: Exception) -> Answer:
            return kept(view.handle_exception(exc))  # raises what is a defect

        def kept(response: HttpResponseBase) -> Answer:
            finished = view.finalize_response(request, response)
            if isinstance(finished, SimpleTemplateResponse):
                finished.render()
                untie_answer(finished)  # the call itself may be answered again
            headers = {name: finished[name] for name in _KEPT_HEADERS if name in finished}
            return Answer(finished.status_code, headers, finished.content)

        given = answer_once(sent, answer, refusal, may_claim=may_claim)
        response = HttpResponse(given.body, status=given.status, headers=given.headers)
        if given.is_replayed:
            response.headers[REPLAYED] = "true"
        return response

    wrapper.is_idempotent = True  # type: ignore[attr-defined]  # a test looks for it on every POST
    return wrapper  # type: ignore[return-value]


def idempotent_act(handler: Handler) -> Handler:
    """The same for a handler whose call needs no body: it says all by its path."""
    return idempotent(handler, read=json_body_or_none)
