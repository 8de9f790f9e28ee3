"""The toolkit's hooks that the settings name: scopes of partners, and the form of tokens."""

from typing import Any

from oauth2_provider.scopes import BaseScopes
from oauth2_provider.settings import oauth2_settings

from promotions.models import Partner
from promotions.token_format import new_access_token


class PartnerScopes(BaseScopes):  # type: ignore[misc]  # the toolkit has no types
    """The scopes a token can have: those of its partner, all unless it asks for less."""

    def get_all_scopes(self) -> dict[str, str]:
        return dict(oauth2_settings.SCOPES)

    def get_available_scopes(
        self, application: Partner | None = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(application.scopes) if application else list(oauth2_settings.SCOPES)

    def get_default_scopes(
        self, application: Partner | None = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application)


def generate_access_token(request: Any, refresh_token: bool = False) -> str:
    """The toolkit's hook for the form of tokens."""
    return new_access_token()
