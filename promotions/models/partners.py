"""Partner systems: the API's clients."""

from django.db import models
from oauth2_provider.models import AbstractApplication

from promotions.models.people import User


class Partner(AbstractApplication):  # type: ignore[misc]  # the toolkit has no types
    """A shop, an app, a till: a client that authenticates by client id and secret.

    Acts as its own ``user``, within its ``scopes``. Made by ``manage.py create_partner``.
    """

    scopes = models.JSONField(default=list)
    public_key = models.TextField(blank=True, default="", db_default="")
    """PEM, as ``promotions/public_keys.py`` reads it: what the partner signs assertions by. Empty
    where it signs none."""

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]
        constraints = [
            models.CheckConstraint(
                name="partner_confidential_client_credentials",
                condition=models.Q(
                    client_type=AbstractApplication.CLIENT_CONFIDENTIAL,
                    authorization_grant_type=AbstractApplication.GRANT_CLIENT_CREDENTIALS,
                ),
            ),
            models.CheckConstraint(name="partner_has_user", condition=models.Q(user__isnull=False)),
        ]

    @property
    def acting_user(self) -> User:
        """The user that this partner's acts are recorded under."""
        user = self.user
        if not isinstance(user, User):  # the database holds this too
            raise TypeError(f"partner {self.client_id} has no user")
        return user

    def is_usable(self, request: object) -> bool:
        """Whether it gets tokens: not once its user has been switched off."""
        return self.acting_user.is_active
