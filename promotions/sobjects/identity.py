"""Who a caller is, as existing clients read it: the identity document. Pure but for the user."""

from collections.abc import Mapping
from typing import Any

from promotions.models import User
from promotions.token_format import ORGANIZATION_ID


def identity_url(base: str, user: User) -> str:
    """Where a user's document is; ``base`` is the service's address without a slash at its end."""
    return f"{base}/id/{ORGANIZATION_ID}/{user.record_id}"


def identity(base: str, user: User) -> dict[str, Any]:
    """The document; what is not known of a user is null. Source: the client contract, section 2."""
    url = identity_url(base, user)
    return {
        "id": url,
        "asserted_user": True,
        "user_id": user.record_id,
        "organization_id": ORGANIZATION_ID,
        "username": user.username,
        "nick_name": user.username,
        "display_name": user.display_name,
        "email": user.email,
        "email_verified": False,
        "first_name": user.first_name or None,
        "last_name": user.last_name or user.display_name,
        "timezone": "UTC",
        "photos": {"picture": None, "thumbnail": None},
        "addr_street": None,
        "addr_city": None,
        "addr_state": None,
        "addr_country": None,
        "addr_zip": None,
        "mobile_phone": None,
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": _urls(base, user),
        "active": user.is_active,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": 0,
        "last_modified_date": _moment(user),
        "is_app_installed": True,
    }


def user_info(base: str, user: User) -> dict[str, Any]:
    """The same by the names of OpenID Connect."""
    document = identity(base, user)
    renamed = {
        "sub": "id",
        "preferred_username": "username",
        "nickname": "nick_name",
        "name": "display_name",
        "given_name": "first_name",
        "family_name": "last_name",
        "zoneinfo": "timezone",
        "updated_at": "last_modified_date",
    }
    kept = ("user_id", "organization_id", "email", "email_verified", "photos", "urls", "active")
    more = ("user_type", "language", "locale", "utcOffset", "is_app_installed")
    return {name: document[known] for name, known in renamed.items()} | {
        name: document[name] for name in (*kept, *more)
    }


def _urls(base: str, user: User) -> Mapping[str, str]:
    """Where what is; clients put the version in that they want."""
    rest = f"{base}/services/data/v{{version}}/"
    short = ORGANIZATION_ID[:15]
    return {
        "enterprise": f"{base}/services/Soap/c/{{version}}/{short}",
        "partner": f"{base}/services/Soap/u/{{version}}/{short}",
        "rest": rest,
        "sobjects": f"{rest}sobjects/",
        "search": f"{rest}search/",
        "query": f"{rest}query/",
        "recent": f"{rest}recent/",
        "profile": f"{base}/{user.record_id}",
    }


def _moment(user: User) -> str:
    """Users have no moment of their last change: that they were made."""
    return user.date_joined.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
