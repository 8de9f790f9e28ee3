"""What the protocol asks us about partners and their tokens."""

from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator

from promotions.models import Partner
from promotions.services.tokens import note_use


class PartnerValidator(OAuth2Validator):  # type: ignore[misc]  # the toolkit has no types
    """The toolkit's answers, and what our own grants ask beside them."""

    def partner_with_id(self, client_id: str, request: Any) -> Partner | None:
        """The partner with this client id, unless it has been switched off; it is then the
        request's client."""
        partner: Partner | None = self._load_application(client_id, request)
        return partner

    def is_secret_of(self, partner: Partner, text: str) -> bool:
        """Whether this is the partner's secret; takes long, as every look at a secret does."""
        return bool(self._check_secret(text, partner.client_secret))

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        super().save_bearer_token(token, request, *args, **kwargs)
        if request.grant_type == "refresh_token":
            note_use(request.refresh_token_instance, at=timezone.now())
