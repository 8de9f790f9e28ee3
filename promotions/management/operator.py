"""What commands that work on promotions share: who acts, and which promotion is meant."""

from django.core.management.base import CommandError

from promotions import ids
from promotions.actors import Actor, Source
from promotions.folding import fold
from promotions.models import Promotion, User


def operator() -> Actor:
    """Whoever runs a command acts as ``system``, and sees everything."""
    return Actor(User.objects.get(username="system"), Source.COMMAND)


def promotion_named(text: str, *, deleted: bool = False) -> Promotion:
    """The promotion with this record id or code; ``deleted``: among those in the recycle bin.
    Raises ``CommandError`` where there is none."""
    promotions = Promotion.objects.filter(is_deleted=deleted)
    try:
        found = promotions.filter(pk=ids.decode(ids.PROMOTION, text)).first()
    except ids.MalformedId:
        found = promotions.filter(promotion_code_key=fold(text)).order_by("-pk").first()
    if found is None:
        where = "The recycle bin has" if deleted else "There is"
        raise CommandError(
            f"{where} no promotion with the id or code {text}. Check it in the admin."
        )
    return found
