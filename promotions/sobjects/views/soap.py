"""``POST /services/Soap/u/NN.0`` and ``…/c/NN.0``: the one call that there is no other way to make,
undelete, and what clients call before and after it.

Source: the client contract, sections 1 and 2. A call that is refused as a whole is a fault with
status 500, as SOAP has it; a record that is refused is a result like the others.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from promotions.http.authentication import TokenAuthentication
from promotions.http.compatible import SESSION_EXPIRED
from promotions.http.context import RequestContext
from promotions.http.errors import errors_of
from promotions.http.throttling import PartnerThrottle, TokenThrottle
from promotions.models import User
from promotions.services.partners import log_in
from promotions.services.tokens import revoke_token
from promotions.sobjects.elements import Content
from promotions.sobjects.errors import CODES, Problem
from promotions.sobjects.soap import (
    BadEnvelope,
    Envelope,
    read_envelope,
    write_fault,
    write_reply,
)
from promotions.sobjects.undeleting import MOST_IDS, undelete_many
from promotions.token_format import ORGANIZATION_ID

logger = logging.getLogger(__name__)

_NAMESPACES: Final = {"u": "urn:partner.soap.sforce.com", "c": "urn:enterprise.soap.sforce.com"}
_CONTENT_TYPE: Final = "text/xml;charset=UTF-8"
_WRONG: Final = "Invalid username, password, security token; or user locked out."


class _Fault(Exception):
    """A call that is refused, by a code of this protocol's own."""

    def __init__(self, code: str, message: str, **form: str) -> None:
        super().__init__(message)
        self.code, self.message, self.form = code, message, form


@extend_schema(exclude=True)
class SoapView(RequestContext):
    """Reads the envelope, and answers what its body's first element asks."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def post(self, request: Request, kind: str, version: str) -> HttpResponse:
        try:
            envelope = read_envelope(request._request.body)
        except BadEnvelope as error:
            raise _Fault("Client", str(error), prefix="soapenv") from error
        name = envelope.operation.name
        self.where = f"services/Soap/{kind}/{version}/{ORGANIZATION_ID[:15]}"
        if name == "login":
            results = self._login(envelope)
        else:
            operation = OPERATIONS.get(name)
            if operation is None:
                logger.warning("no such SOAP operation: %.60s", name)
                raise _Fault("Client", f"There is no operation {name[:60]}.", prefix="soapenv")
            self._authenticate(envelope)
            results = operation(self, envelope)
        reply = write_reply(name, results, namespace=_NAMESPACES[kind])
        return HttpResponse(reply, content_type=_CONTENT_TYPE)

    def _authenticate(self, envelope: Envelope) -> None:
        found = TokenAuthentication().check(envelope.session)
        self.request.user, self.request.auth = found.user, found
        self._count(PartnerThrottle())

    def _count(self, throttle: BaseThrottle) -> None:
        if not throttle.allow_request(self.request, self):
            raise exceptions.Throttled(throttle.wait())

    def _login(self, envelope: Envelope) -> Sequence[Content]:
        self._count(TokenThrottle())
        asked = envelope.operation
        logged_in = log_in(asked.text_of("username"), asked.text_of("password"), at=self.at)
        if logged_in is None:
            raise _Fault("INVALID_LOGIN", _WRONG, kind="LoginFault")
        user, token = logged_in
        url = self.request.build_absolute_uri("/") + self.where
        return [
            {
                "passwordExpired": False,
                "sandbox": False,
                "serverUrl": url,
                "sessionId": token,
                "userId": user.record_id,
                "userInfo": _user_info(user),
            }
        ]

    def _logout(self, envelope: Envelope) -> Sequence[Content]:
        revoke_token(envelope.session)
        return []

    def _get_user_info(self, envelope: Envelope) -> Sequence[Content]:
        return [_user_info(self.user)]

    def _get_server_timestamp(self, envelope: Envelope) -> Sequence[Content]:
        return [{"timestamp": self.at.strftime("%Y-%m-%dT%H:%M:%S.000Z")}]

    def _undelete(self, envelope: Envelope) -> Sequence[Content]:
        ids = envelope.operation.texts_of("ids")
        if len(ids) > MOST_IDS:
            raise _Fault("EXCEEDED_ID_LIMIT", f"Undelete at most {MOST_IDS} records at once.")
        results = undelete_many(ids, all_or_none=envelope.all_or_none, by=self.actor, at=self.at)
        return [
            {
                "errors": [_error(problem) for problem in one.problems],
                "id": one.id,
                "success": not one.problems,
            }
            for one in results
        ]

    def get_exception_handler(self) -> Any:
        return _fault_of


OPERATIONS: Final[Mapping[str, Callable[[SoapView, Envelope], Sequence[Content]]]] = {
    "undelete": SoapView._undelete,
    "logout": SoapView._logout,
    "getUserInfo": SoapView._get_user_info,
    "getServerTimestamp": SoapView._get_server_timestamp,
}


def _error(problem: Problem) -> Content:
    return {
        "fields": list(problem.fields),
        "message": problem.message,
        "statusCode": problem.code,
    }


def _user_info(user: User) -> Content:
    return {
        "organizationId": ORGANIZATION_ID,
        "organizationMultiCurrency": False,
        "userEmail": user.email,
        "userFullName": user.display_name,
        "userId": user.record_id,
        "userLanguage": "en_US",
        "userLocale": "en_US",
        "userName": user.username,
        "userTimeZone": "UTC",
        "userType": "Standard",
    }


def _fault_of(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The fault for whatever is wrong with a call; None for a defect of ours."""
    if isinstance(exc, _Fault):
        return _answer(write_fault(exc.code, exc.message, **exc.form), 500)
    errors = errors_of(exc)
    if not errors:
        return None
    first = errors[0]
    expired = first.code == "unauthenticated"
    fault = write_fault(CODES[first.code], SESSION_EXPIRED if expired else first.detail)
    return _answer(fault, 405 if first.code == "method_not_allowed" else 500)


def _answer(fault: bytes, status: int) -> HttpResponse:
    answer = HttpResponse(fault, status=status, content_type=_CONTENT_TYPE)
    # A client's mistake is no incident, though SOAP gives it the status of one.
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return answer
