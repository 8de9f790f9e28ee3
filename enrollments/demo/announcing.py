"""What somebody who has just started the demo needs: addresses, log-ins, a call that works."""

import ipaddress
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from enrollments.demo.loading import LOGINS, PASSWORD
from enrollments.demo.people import README_PEOPLE
from enrollments.models import Contact, Offer
from enrollments.rules import promotion_refusal, window_refusal
from promotions.models import Partner, Promotion
from promotions.moments import format_moment
from promotions.services.partners import issue_token, renew_secret

PATH: Final = "/services/data/v67.0/global-promotions-management/promotion-enrollments"
_LASTS: Final = timedelta(days=90)


def announcement(
    partner: Partner,
    *,
    host: str,
    port: int,
    at: datetime,
    zone: ZoneInfo,
    authority: Path | None = None,
) -> str:
    """The text to print; gives the demo's partner a new token and a new secret. With an
    ``authority``, the file of the certificate to be trusted, it is served by HTTPS."""
    url = base_url(host, port, "https" if authority else "http")
    curl = f"curl --cacert '{authority.resolve()}'" if authority else "curl"
    secret = renew_secret(partner).client_secret
    enrolling = enrollment_curl(curl, url, issue_token(partner, at=at), at=at, zone=zone)
    logins = "\n".join(
        f"  {'Log in as' if number == 0 else '':<14} {username} / {PASSWORD}   "
        f"({role or 'may do everything'})"
        for number, (username, (_, _, role)) in enumerate(LOGINS.items())
    )
    return f"""
The demo is ready; stop it with Ctrl-C.

  Admin          {url}/admin/
{logins}
  API reference  {url}/api/docs
{_trust(authority) if authority else ""}
Enroll a customer (the token is valid for a while, and new at each start):

{enrolling or "  Nothing is open to enrollment any more: remove the database and start again."}

Get a token of your own (the secret is new at each start):

{curl} {url}/services/oauth2/token -d grant_type=client_credentials \
-d client_id='{partner.client_id}' -d client_secret='{secret}'
"""


def _trust(authority: Path) -> str:
    """How clients are told to trust the certificate that was made for the demo."""
    return f"""  Certificate    {authority.resolve()}
                 Made for this demo; for Python and Node clients to trust it:

export REQUESTS_CA_BUNDLE='{authority.resolve()}'
export NODE_EXTRA_CA_CERTS='{authority.resolve()}'
export CURL_CA_BUNDLE='{authority.resolve()}'
"""


def base_url(host: str, port: int, scheme: str = "http") -> str:
    """Where a browser on this machine finds a server that listens on ``host``."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"{scheme}://{host}:{port}"
    if address.is_unspecified:
        return f"{scheme}://127.0.0.1:{port}"
    return f"{scheme}://[{host}]:{port}" if address.version == 6 else f"{scheme}://{host}:{port}"


def enrollment_curl(curl: str, url: str, token: str, *, at: datetime, zone: ZoneInfo) -> str | None:
    """A line to paste that enrolls somebody; None where there is nobody or nothing left."""
    body = example_request(at=at, zone=zone)
    if body is None:
        return None
    return (
        f"{curl} -X POST {url}{PATH} -H 'Authorization: Bearer {token}' "
        f"-H 'Content-Type: application/json' -d '{json.dumps(body)}'"
    )


def example_request(*, at: datetime, zone: ZoneInfo) -> Mapping[str, Any] | None:
    """A request with every property, for a customer who is not enrolled yet; it can stand between
    single quotes."""
    for promotion in _open_promotions(at, zone):
        contact, offer = _newcomer(promotion), _offer(promotion)
        if contact is None or offer is None:
            continue
        expires = min(at + _LASTS, promotion.end_date_time or at + _LASTS)
        item = {
            "contact": {
                "id": contact.record_id,
                "lastName": contact.last_name,
                "email": contact.email,
            },
            "promotion": {"id": promotion.record_id, "code": promotion.promotion_code},
            "enrollmentOffer": {"id": offer.record_id, "code": offer.code},
            "enrollmentEffectiveDateTime": format_moment(at.replace(microsecond=0)),
            "enrollmentExpirationDateTime": format_moment(expires.replace(microsecond=0)),
        }
        return {"inputParameters": [item]}
    return None


def _open_promotions(at: datetime, zone: ZoneInfo) -> Iterator[Promotion]:
    """Those that customers can enroll in at ``at``, and a good while longer."""
    lasting = Q(end_date_time=None) | Q(end_date_time__gt=at + timedelta(days=1))
    promotions = Promotion.objects.live().filter(lasting, promotion_code__isnull=False)
    for promotion in promotions.order_by("pk"):
        if not (promotion_refusal(promotion, at) or window_refusal(promotion, at, zone)):
            yield promotion


def _newcomer(promotion: Promotion) -> Contact | None:
    enrolled = promotion.party_usages.exclude(contact=None).values("contact")
    contacts = (
        Contact.objects.live()
        .exclude(pk__in=enrolled)
        .exclude(email=None)
        .exclude(email__in=[person.email for person in README_PEOPLE])
        .order_by("-pk")  # the documents' examples name older ones
    )
    return next((c for c in contacts.iterator() if _plain(c.last_name)), None)


def _offer(promotion: Promotion) -> Offer | None:
    offers = Offer.objects.live().filter(Q(promotion=promotion) | Q(promotion=None), is_active=True)
    own_first = offers.order_by(F("promotion").desc(nulls_last=True), "pk")
    return next((offer for offer in own_first if _plain(offer.code)), None)


def _plain(text: str) -> bool:
    """Safe between single quotes in any shell and any terminal's encoding."""
    return text.isascii() and "'" not in text
