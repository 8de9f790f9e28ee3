"""What a client asks before anything else: versions, resources, limits, and who it is.

Source: the client contract, section 2, the rows of these names.
"""

from typing import Final

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from promotions import ids
from promotions.errors import refuse
from promotions.http.authentication import AnyToken, QueryTokenAuthentication
from promotions.http.compatible import REQUESTS_A_DAY, CompatibleView
from promotions.http.context import RequestContext
from promotions.sobjects.identity import identity, identity_url, user_info
from promotions.sobjects.limits import limits
from promotions.token_format import ORGANIZATION_ID

VERSIONS: Final = range(20, 68)
"""Those that are listed; all are the same. Clients take the last, or name their own."""
_FIRST_YEAR: Final = 11
_SEASONS: Final = ("Winter", "Spring", "Summer")
_RESOURCES: Final = (
    "sobjects",
    "query",
    "queryAll",
    "search",
    "parameterizedSearch",
    "limits",
    "recent",
    "tabs",
    "theme",
    "composite",
    "jobs",
    "global-promotions-management",
)


def _base(request: Request) -> str:
    """The address that the client reached the service by, without a slash at its end."""
    return request.build_absolute_uri("/").rstrip("/")


class _ServiceView(RequestContext, CompatibleView):
    """Base: for any valid token, whatever its scopes."""

    permission_classes = (AnyToken,)


@extend_schema(exclude=True)
class VersionsView(CompatibleView):
    """``GET /services/data``: for everybody; it says nothing of what is inside."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def get(self, request: Request) -> Response:
        return Response([_version(number) for number in VERSIONS])


def _version(number: int) -> dict[str, str]:
    years, season = divmod(number - VERSIONS.start, len(_SEASONS))
    return {
        "label": f"{_SEASONS[season]} '{_FIRST_YEAR + years}",
        "url": f"/services/data/v{number}.0",
        "version": f"{number}.0",
    }


@extend_schema(exclude=True)
class ResourcesView(_ServiceView):
    """``GET /services/data/vNN.0``: where the calls are, and who the caller is."""

    def get(self, request: Request, version: str) -> Response:
        below = f"/services/data/{version}"
        paths = {name: f"{below}/{name}" for name in _RESOURCES}
        return Response({**paths, "identity": identity_url(_base(request), self.user)})


@extend_schema(exclude=True)
class LimitsView(_ServiceView):
    """``GET /services/data/vNN.0/limits``."""

    def get(self, request: Request, version: str) -> Response:
        return Response(limits(requests=REQUESTS_A_DAY))


@extend_schema(exclude=True)
class IdentityView(_ServiceView):
    """``GET /id/<organisation>/<user>``: the caller's own, and nobody else's."""

    authentication_classes = (QueryTokenAuthentication,)

    def get(self, request: Request, organization: str, user: str) -> Response:
        if not (
            _is(ids.ORGANIZATION, organization, ids.decode(ids.ORGANIZATION, ORGANIZATION_ID))
            and _is(ids.USER, user, self.user.pk)
        ):
            raise refuse("not_found", "There is no such user, or it is not the caller's own.")
        return Response(identity(_base(request), self.user))


def _is(prefix: str, text: str, key: int) -> bool:
    """Whether this is the record id of that key, in either of its lengths."""
    try:
        return ids.decode(prefix, text) == key
    except ids.MalformedId:
        return False


@extend_schema(exclude=True)
class UserInfoView(_ServiceView):
    """``GET`` or ``POST /services/oauth2/userinfo``: the same by OpenID Connect's names."""

    def get(self, request: Request) -> Response:
        return Response(user_info(_base(request), self.user))

    def post(self, request: Request) -> Response:
        return self.get(request)
