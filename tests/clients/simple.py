"""simple-salesforce, unmodified, against a server that speaks plain HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from tests.clients.service import Caller


class PlainAdapter(HTTPAdapter):
    """Sends to ``http`` what the client, which knows nothing else, addresses to ``https``."""

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        assert request.url is not None
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **more)


def session_for(url: str) -> requests.Session:
    """A session that reaches the server at ``url`` under its ``https`` address."""
    session = requests.Session()
    session.trust_env = False  # a proxy in the environment is nothing to a test
    session.mount(url.replace("http://", "https://", 1), PlainAdapter())
    return session


def connect(caller: Caller, token: str | None = None, **more: Any) -> Salesforce:
    """The client with an access token, as in its documentation ("direct" access)."""
    return Salesforce(
        instance_url=caller.url,
        session_id=caller.token if token is None else token,
        session=session_for(caller.url),
        **more,
    )


def sobject(sf: Salesforce, name: str) -> Any:
    """The client's handler for one object: ``sf.Promotion``."""
    return getattr(sf, name)


def bulk(sf: Salesforce, name: str) -> Any:
    """The client's handler for one object's jobs: ``sf.bulk2.Promotion``."""
    return getattr(sf.bulk2, name)


def batches(sf: Salesforce, name: str) -> Any:
    """The client's handler for one object's jobs in batches: ``sf.bulk.Promotion``."""
    return getattr(sf.bulk, name)


def created(sf: Salesforce, name: str, **values: Any) -> str:
    """The id of a new record."""
    answer = sobject(sf, name).create(values)
    assert answer["success"] is True
    assert answer["errors"] == []
    made: str = answer["id"]
    return made


@dataclass(frozen=True)
class Refused:
    """What the client's exception says."""

    kind: type[SalesforceError]
    status: int
    content: Any
    """The body: a list of errors, each with ``message`` and ``errorCode``."""

    @property
    def codes(self) -> list[str]:
        return [error["errorCode"] for error in self.content]


def refusal(act: Callable[[], Any]) -> Refused:
    """How the client reports that a call was refused."""
    with pytest.raises(SalesforceError) as raised:
        act()
    return Refused(type(raised.value), raised.value.status, raised.value.content)


def undelete(sf: Salesforce, *ids: str, token: str | None = None) -> requests.Response:
    """The SOAP call, which this client has no method for, through its own session."""
    named = "".join(f"<urn:ids>{one}</urn:ids>" for one in ids)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:urn="urn:partner.soap.sforce.com"><env:Header><urn:SessionHeader>'
        f"<urn:sessionId>{sf.session_id if token is None else token}</urn:sessionId>"
        f"</urn:SessionHeader></env:Header><env:Body><urn:undelete>{named}</urn:undelete>"
        "</env:Body></env:Envelope>"
    )
    return sf.session.post(
        f"https://{sf.sf_instance}/services/Soap/u/{sf.sf_version}",
        data=body,
        headers={"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'},
    )
