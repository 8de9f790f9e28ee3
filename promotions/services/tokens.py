"""Refresh tokens, and the end of any token.

A refresh token gives access tokens for as long as it is used at least every so often (setting
``REFRESH_TOKEN_LIFETIME``). The toolkit measures that by the access token that it belongs to: ours
belong to one that nobody has ever seen, whose end is when they were last used. Access tokens that
came by a refresh token name the partner's user; all others name none.
"""

import hashlib
import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from oauth2_provider.models import (
    get_access_token_model,
    get_refresh_token_model,
    set_token_value,
)

from promotions.known_tokens import known_tokens
from promotions.models import Partner
from promotions.token_format import new_access_token, new_refresh_token


def issue_refresh_token(partner: Partner, *, at: datetime) -> str:
    """A refresh token for the scopes that the partner has now; stored as a hash only."""
    unseen = get_access_token_model()(
        application=partner, scope=" ".join(partner.scopes), expires=at
    )
    set_token_value(unseen, new_access_token())
    record = get_refresh_token_model()(
        application=partner, user=partner.acting_user, token_family=uuid.uuid4()
    )
    token = new_refresh_token()
    set_token_value(record, token)
    with transaction.atomic():
        unseen.save()
        record.access_token = unseen
        record.save()
    return token


def note_use(refresh_token: Any, *, at: datetime) -> None:
    """A refresh token was used: it lives on from now."""
    used = get_access_token_model().objects.filter(pk=refresh_token.access_token_id)
    used.update(expires=at)


def revoke_token(token: str) -> None:
    """Ends an access token; or a refresh token, and with it all access tokens that its partner got
    by refreshing. Does nothing for what is no token. Applies in this process once committed, in
    others within five seconds."""
    checksum = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
    with transaction.atomic():
        get_access_token_model().objects.filter(token_checksum=checksum).delete()
        for record in get_refresh_token_model().objects.filter(
            token_checksum=checksum, revoked=None
        ):
            _end(record)
        known_tokens.forget()


def revoke_refresh_tokens(partner: Partner) -> int:
    """Ends all refresh tokens of a partner, and the access tokens that came by them; how many."""
    with transaction.atomic():
        records = list(get_refresh_token_model().objects.filter(application=partner, revoked=None))
        ended = len(records)
        for record in records:
            _end(record)
        known_tokens.forget()
    return ended


def _end(record: Any) -> None:
    """The toolkit ends the one that belongs to it."""
    record.revoke()
    came_by_it = get_access_token_model().objects.filter(
        application=record.application_id, user=record.user_id
    )
    came_by_it.delete()
