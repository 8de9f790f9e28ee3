"""What an access token looks like. Pure.

Existing clients want an organisation's id, an exclamation mark and letters, and refuse what could
be a JSON web token.
"""

import secrets
from typing import Final

from promotions import ids

ORGANIZATION_ID: Final = ids.encode(ids.ORGANIZATION, 1)
"""The record id of the one organisation that this service serves."""


def new_access_token() -> str:
    """A new, unguessable access token (256 bits), such as ``00D000000000001!3fA9…``."""
    return f"{ORGANIZATION_ID[:15]}!{secrets.token_hex(32)}"


def new_refresh_token() -> str:
    """A new, unguessable refresh token (384 bits). It looks like no access token, so that whoever
    sees one in a file knows which it is."""
    return f"refresh.{secrets.token_urlsafe(48)}"
