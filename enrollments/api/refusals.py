"""Keeping what was refused to a partner that wanted to enroll customers."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, Final

from django.db import transaction
from rest_framework.response import Response

from enrollments.models import RefusedCall
from enrollments.services.outcomes import ItemsRefused, Outcome
from enrollments.services.refused_calls import keep_refused_call, keep_refused_items
from promotions.http.context import RequestContext
from promotions.http.errors import errors_of

_NOT_KEPT: Final = {"rate_limited"}
"""Who calls too often must not be able to make the database write as often."""


class KeepsRefusals(RequestContext):
    """Base of the views that enroll: what they refuse to a known partner is kept, after all that
    belonged to the call was rolled back."""

    door: ClassVar[RefusedCall.Door]

    @property
    def enrolls(self) -> bool:
        """Whether this request is to enroll somebody."""
        return self.request.method == "POST"

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)  # raises what is a defect of ours
        if self.enrolls and self.request.auth is not None:
            known: dict[str, Any] = {"door": self.door, "by": self.actor, "at": self.at}
            if isinstance(exc, ItemsRefused):
                keep_refused_items(exc.outcomes, **known, all_or_none=True)
            elif (errors := errors_of(exc))[0].code not in _NOT_KEPT:
                keep_refused_call(errors, **known)
        return response

    def keep_items(self, outcomes: Sequence[Outcome]) -> None:
        """Keeps those items of an answered request that were refused, once the others are
        enrolled for good."""
        keep = partial(keep_refused_items, outcomes, door=self.door, by=self.actor, at=self.at)
        transaction.on_commit(partial(keep, all_or_none=False), robust=True)
