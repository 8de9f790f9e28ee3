"""What a caller gets for a path that there is not, in the form of its surface."""

import logging
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from promotions.api.compatible import CompatibleView
from promotions.errors import refuse

logger = logging.getLogger(__name__)


class _NotThere(APIView):
    """Any method: not found, whoever asks."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Tells the operator what a client calls that is not offered.
        logger.warning("no such resource: %s %s", request.method, request.path[:200])
        raise refuse("not_found", "The requested resource does not exist.")


@extend_schema(exclude=True)
class NotFoundView(_NotThere):
    """Under ``/api/``."""


@extend_schema(exclude=True)
class CompatibleNotFoundView(_NotThere, CompatibleView):
    """Under ``/services/``."""
