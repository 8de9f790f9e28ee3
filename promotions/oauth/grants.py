"""The ways to an access token, and those that there are not.

Source: the client contract, section 1. Client credentials and refresh tokens are oauthlib's own;
assertions and the client's own secret as a password are here. Refresh tokens are not exchanged when
they are used: existing clients have them in a file that they don't write, and each use needs the
client's secret as well (RFC 9700, 2.2.2).
"""

import hmac
import json
from typing import Any, Final

from django.utils import timezone
from oauthlib.oauth2 import Server
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.grant_types import ClientCredentialsGrant, RefreshTokenGrant
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase

from promotions.assertions import BadAssertion, read_assertion
from promotions.models import Partner

ASSERTION: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANT_TYPES: Final = ("client_credentials", "refresh_token", ASSERTION, "password")
_FAILED: Final = "authentication failure"
"""What existing clients expect to read; nobody is told which half was wrong."""


class _Grant(GrantTypeBase):  # type: ignore[misc]  # the library has no types
    """Base of ours: an access token without a refresh token, once ``admit`` has set the client."""

    def admit(self, request: Any) -> None:
        """Sets ``request.client`` to who gets the token. Raises ``OAuth2Error``."""
        raise NotImplementedError

    def create_token_response(
        self, request: Any, token_handler: Any
    ) -> tuple[dict[str, str], str, int]:
        headers = self._get_default_headers()
        try:
            self.admit(request)
            request.client_id, request.user = request.client.client_id, None
            self.validate_scopes(request)
        except errors.OAuth2Error as error:
            return {**headers, **error.headers}, error.json, error.status_code
        token = token_handler.create_token(request, refresh_token=False)
        self.request_validator.save_token(token, request)
        return headers, json.dumps(token), 200


class AssertionGrant(_Grant):
    """A JSON web token that the partner has signed with its private key (RFC 7523)."""

    def admit(self, request: Any) -> None:
        text = getattr(request, "assertion", None)
        if not text:
            raise errors.InvalidRequestError("Missing assertion parameter.", request=request)
        try:
            assertion = read_assertion(text)
            partner = self.request_validator.partner_with_id(assertion.issuer, request)
            if partner is None or not partner.public_key:
                raise BadAssertion("No client with this id (iss) has a public key here.")
            assertion.verify(
                public_key=partner.public_key,
                hosts=[request.headers.get("HTTP_HOST", "")],
                at=timezone.now(),
            )
        except BadAssertion as error:
            raise errors.InvalidGrantError(str(error), request=request) from None
        if assertion.subject not in (partner.acting_user.username, partner.client_id):
            detail = "The subject (sub) is not the user name of this client."
            raise errors.InvalidGrantError(detail, request=request)


class OwnSecretGrant(_Grant):
    """The password grant, by which clients log in that know no other way: with the user name of the
    partner's own user and, as its password, the client's secret.

    No person's password is ever asked for or accepted, which is why the grant is advised against
    (RFC 9700, 2.4): these are the client's credentials, written another way.
    """

    def admit(self, request: Any) -> None:
        if not self.request_validator.authenticate_client(request):
            raise errors.InvalidClientError(request=request)
        partner: Partner = request.client
        username, password = (getattr(request, name, "") or "" for name in ("username", "password"))
        named = hmac.compare_digest(username.encode(), partner.acting_user.username.encode())
        known = self.request_validator.is_secret_of(partner, password)
        if not (named and known):
            raise errors.InvalidGrantError(_FAILED, request=request)


class PartnerServer(Server):  # type: ignore[misc]  # the library has no types
    """The toolkit's hook for which grants there are."""

    def __init__(self, request_validator: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(request_validator, *args, **kwargs)
        self._grant_types = {
            "client_credentials": ClientCredentialsGrant(request_validator),
            "refresh_token": RefreshTokenGrant(request_validator, issue_new_refresh_tokens=False),
            ASSERTION: AssertionGrant(request_validator),
            "password": OwnSecretGrant(request_validator),
        }
        # What is asked for any other grant: it refuses all but its own.
        self._default_grant_type = "client_credentials"
