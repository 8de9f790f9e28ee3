"""Idempotency keys: the same request sent again gets the first answer again. Rule 12.

The key is claimed by inserting its row, and the answer is stored in the transaction of what it
answers: both are there or neither is. A copy that arrives meanwhile waits for the first at the
unique constraint, for a while, and then gives the first one's answer.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from promotions.api.authentication import partner_of
from promotions.api.json import json_body
from promotions.errors import refuse
from promotions.models import IdempotentRequest, Partner

REMEMBERED: Final = timedelta(hours=24)
LONGEST_KEY: Final = 255
_LONGEST_WAIT: Final = "5s"
_KEPT_HEADERS: Final = ("Content-Type", "ETag", "Location")

Handler = TypeVar("Handler", bound=Callable[..., HttpResponseBase])


def idempotent(handler: Handler) -> Handler:
    """Makes a view's POST handler heed the header ``Idempotency-Key``.

    What never reaches the rules is not remembered: the caller is known and allowed, and the body
    parsed, before a key is claimed; an exception of ours takes the claim back with it.
    """

    @wraps(handler)
    def wrapper(view: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not 1 <= len(key) <= LONGEST_KEY or "\x00" in key:
            detail = f"An idempotency key has 1 to {LONGEST_KEY} characters."
            raise refuse("invalid_value", detail, "Idempotency-Key")
        body_hash = hashlib.sha256(request._request.body).digest()
        json_body(request)  # what is not JSON is refused here

        def answer() -> HttpResponse:
            try:
                with transaction.atomic():
                    response: Any = handler(view, request, *args, **kwargs)
            except Exception as exc:
                response = view.handle_exception(exc)  # raises what is a defect
            response = view.finalize_response(request, response)
            rendered: HttpResponse = response.render()
            return rendered

        return _answer_once(
            partner=partner_of(request),
            path=request.path.rstrip("/"),
            key=key,
            body_hash=body_hash,
            at=timezone.now(),
            answer=answer,
        )

    wrapper.is_idempotent = True  # type: ignore[attr-defined]  # a test looks for it on every POST
    return wrapper  # type: ignore[return-value]


def _answer_once(
    *,
    partner: Partner,
    path: str,
    key: str,
    body_hash: bytes,
    at: datetime,
    answer: Callable[[], HttpResponse],
) -> HttpResponse:
    with transaction.atomic():
        claim, is_first = _claim(partner, path, key, body_hash, at)
        if not is_first:
            return _replay(claim, body_hash)
        response = answer()
        claim.status = response.status_code
        claim.headers = {n: response[n] for n in _KEPT_HEADERS if n in response}
        claim.body = response.content
        claim.save()
    return response


def _claim(
    partner: Partner, path: str, key: str, body_hash: bytes, at: datetime
) -> tuple[IdempotentRequest, bool]:
    """The row for this key, and whether this request is the first to come with it."""
    claim = IdempotentRequest(
        partner=partner, path=path, key=key, body_hash=body_hash, created_date=at
    )
    try:
        _wait_at_most(_LONGEST_WAIT)
        try:
            with transaction.atomic():
                claim.save(force_insert=True)
            return claim, True
        except IntegrityError:
            with transaction.atomic():
                kept = IdempotentRequest.objects.select_for_update().get(
                    partner=partner, path=path, key=key
                )
        finally:
            _wait_at_most("0")
    except OperationalError as error:
        raise refuse(
            "idempotency_in_progress",
            "The first request with this idempotency key is still running. Try again in a moment.",
        ) from error
    if kept.created_date > at - REMEMBERED:
        return kept, False
    claim.pk = kept.pk
    claim.save(force_update=True)
    return claim, True


def _replay(kept: IdempotentRequest, body_hash: bytes) -> HttpResponse:
    if bytes(kept.body_hash) != body_hash:
        raise refuse(
            "idempotency_key_reused",
            "This idempotency key was used for a request with another body. Use a new key.",
        )
    response = HttpResponse(bytes(kept.body), status=kept.status)
    for name, value in kept.headers.items():
        response[name] = value
    return response


def _wait_at_most(time: str) -> None:
    """How long this transaction waits for a lock; SQLite waits for its one lock as configured."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [time])
