"""What the views of all surfaces know of a request beside its body."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from promotions.actors import Actor, Source
from promotions.http.authentication import token_of
from promotions.http.untying import UntiedView
from promotions.models import User
from promotions.services.idempotency import Claim


class RequestContext(UntiedView):
    """What the views of all surfaces know of a request beside its body."""

    at: datetime
    """The moment of the request: one for all that it does."""
    claim: Claim | None = None
    """The idempotency key that the act is to claim, where a handler ``may_claim`` one."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.at = timezone.now()
        super().initial(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        return Actor(user=self.user, source=Source.API, scopes=token_of(self.request).scopes)

    @property
    def user(self) -> User:
        """The partner's own user, as whom it acts."""
        return token_of(self.request).user


def wants_view_noted(request: Request) -> bool:
    """Whether the caller shows the record to its user: ``Sforce-Mru: updateMru=true``."""
    header = request.headers.get("Sforce-Mru", "")
    return "".join(header.split()).lower() == "updatemru=true"
