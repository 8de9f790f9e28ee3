"""Which partner a command is about."""

from django.core.management.base import CommandError

from promotions.models import Partner


def partner_with(client_id: str) -> Partner:
    """The partner system with this client id. Raises ``CommandError`` where there is none."""
    partner: Partner | None = Partner.objects.filter(client_id=client_id).first()
    if partner is None:
        raise CommandError("There is no partner system with this client id.")
    return partner
