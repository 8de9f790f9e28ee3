"""What is done to partner systems: creating them, giving them new secrets, keys and tokens."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.text import slugify
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import get_access_token_model, set_token_value
from oauth2_provider.settings import oauth2_settings

from promotions.errors import refuse
from promotions.models import Partner, User
from promotions.public_keys import UnusableKey, read_public_key
from promotions.token_format import new_access_token

_LONGEST_NAME: Final = 150


@dataclass(frozen=True, slots=True)
class Credentials:
    """A partner with its secret in clear, which exists nowhere else from now on."""

    partner: Partner
    client_secret: str


def known_scopes() -> dict[str, str]:
    """The scopes there are, each with what it allows."""
    return dict(oauth2_settings.SCOPES)


def create_partner(
    *, name: str, scopes: Iterable[str], public_key: bytes | None = None
) -> Credentials:
    """A new client of the API, with a user of its own to act as.

    ``name`` has 1 to 150 characters and need not be unique; ``public_key`` is the content of a file
    as ``set_public_key`` takes it. Raises ``Refused`` (``required``, ``invalid_value``) for a bad
    name or key, no scope or an unknown one.
    """
    key = "" if public_key is None else _read_key(public_key)
    name, wanted = name.strip(), list(dict.fromkeys(scopes))
    if not name:
        raise refuse("required", "Give the partner a name.", "name")
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise refuse("invalid_value", f"Use at most {_LONGEST_NAME} printable characters.", "name")
    if not wanted:
        raise refuse("required", "Give the partner at least one scope.", "scopes")
    if unknown := [scope for scope in wanted if scope not in known_scopes()]:
        raise refuse(
            "invalid_value",
            f"There is no scope {', '.join(unknown)}; there are {', '.join(known_scopes())}.",
            "scopes",
        )
    secret = generate_client_secret()
    with transaction.atomic():
        user = User(
            username=f"partner-{slugify(name)[:100] or 'system'}-{secrets.token_hex(4)}",
            first_name=name,
        )
        user.set_unusable_password()
        user.save()
        partner = Partner.objects.create(
            name=name,
            user=user,
            scopes=wanted,
            client_secret=secret,
            public_key=key,
            client_type=Partner.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Partner.GRANT_CLIENT_CREDENTIALS,
        )
    return Credentials(partner, secret)


def renew_secret(partner: Partner) -> Credentials:
    """Gives a partner a new secret; the old one stops working, tokens live on until they expire."""
    secret = generate_client_secret()
    partner.client_secret = secret
    partner.save()
    return Credentials(partner, secret)


def set_public_key(partner: Partner, file: bytes | None) -> None:
    """Gives a partner the key by which it signs assertions from now on: the content of a PEM file,
    a public key or a certificate (RSA). None takes its key away; tokens live on until they expire.

    Raises ``Refused`` (``invalid_value``) for anything else.
    """
    partner.public_key = "" if file is None else _read_key(file)
    partner.save()


def _read_key(file: bytes) -> str:
    try:
        return read_public_key(file)
    except UnusableKey as error:
        raise refuse("invalid_value", str(error), "public_key") from error


def log_in(username: str, password: str, *, at: datetime) -> tuple[User, str] | None:
    """The partner's user of this name, and a new access token with all the partner's scopes, where
    the password is the partner's secret; None where it isn't, or there is no such partner, or it
    has been switched off, told apart by nothing. No person's password is ever asked for."""
    partner = Partner.objects.select_related("user").filter(user__username=username).first()
    if partner is None:
        make_password(password)  # takes as long as looking at a secret
        return None
    if not check_password(password, partner.client_secret) or not partner.is_usable(None):
        return None
    return partner.acting_user, issue_token(partner, at=at)


def issue_token(partner: Partner, *, at: datetime) -> str:
    """An access token with all the partner's scopes, as the token endpoint would give it."""
    token = new_access_token()
    record = get_access_token_model()(
        application=partner,
        scope=" ".join(partner.scopes),
        expires=at + timedelta(seconds=oauth2_settings.ACCESS_TOKEN_EXPIRE_SECONDS),
    )
    set_token_value(record, token)
    record.save()
    return token
