"""API clients that see what is shared with them, and no more."""

from promotions.access import Access
from promotions.actors import Source
from promotions.models import Promotion
from promotions.permissions import EVERY_PROMOTION
from promotions.services.partners import known_scopes
from promotions.services.sharing import share
from tests.api.conftest import Api
from tests.factories import LONG_AGO, actor

BOUND = [scope for scope in known_scopes() if scope != EVERY_PROMOTION]
"""All scopes, but only for what is shared."""


def bound_api(promotion: Promotion | None = None, level: str | None = None) -> Api:
    """A client without the reach over everything, with whom ``promotion`` is shared so far."""
    api = Api(BOUND, name="Bound")
    if promotion is not None and level is not None:
        share(
            promotion.pk,
            Access.named(level),
            user=api.partner.acting_user.pk,
            by=actor(Source.COMMAND),
            at=LONG_AGO,
        )
    return api
