"""Who may see and change which promotions, and what belongs to them: the one place that says so.

``RecordQuerySet.accessible`` is what admin, API, services, exports and look-ups ask. What one may
not see does not exist for one: it is absent from lists and counts, and "not found" everywhere else.
"""

from typing import Final

from django.conf import settings
from django.db.models import Q

from promotions.access import EVERYBODY, Access, Default
from promotions.actors import Actor, Source
from promotions.errors import refuse
from promotions.models.base import Record, RecordQuerySet
from promotions.models.sharing import PromotionShare

EVERY_PROMOTION: Final = "promotions:all"
"""The scope of API clients that are not bound to what is shared with them."""
SEE_ALL: Final = "promotions.view_all_promotions"
MANAGE_ALL: Final = "promotions.manage_all_promotions"
VIEW_PERSONAL_DATA: Final = "enrollments.view_personal_data"
"""What it takes in the admin to see who customers are, buyers among them."""


def reach(by: Actor) -> Access:
    """What ``by`` may do with every promotion, shared or not: the organisation-wide default, or
    more where the role or the token says so. Commands are run by the operator and see all."""
    everybody = EVERYBODY[Default(settings.PROMOTION_SHARING)]
    if by.source is Source.COMMAND:
        return Access.ALL
    if by.source is Source.API:
        return Access.ALL if EVERY_PROMOTION in by.scopes else everybody
    if by.user.has_perm(MANAGE_ALL):
        return Access.ALL
    return max(everybody, Access.READ) if by.user.has_perm(SEE_ALL) else everybody


def condition(model: type[Record], by: Actor, access: Access = Access.READ) -> Q:
    """The records of ``model`` with which ``by`` may do so much: those that belong to no promotion,
    and those whose promotion allows it."""
    path = model.promotion_path
    if path is None or reach(by) >= access:
        return Q()
    shares = PromotionShare.objects.filter(
        Q(user=by.user) | Q(group__in=by.user.groups.values("pk")),
        access_level__in=Access.words_from(access),
    ).values("promotion")
    if path == "":
        return Q(pk__in=shares)
    shared = Q(**{f"{path}__in": shares})
    return shared | Q(**{path: None}) if model._meta.get_field(path).null else shared


def require(record: Record, by: Actor, access: Access) -> None:
    """Raises ``insufficient_access`` where ``by``, who may see ``record``, may not do so much."""
    asked = condition(type(record), by, access)
    records: RecordQuerySet[Record] = RecordQuerySet(type(record))
    if asked and not records.filter(asked, pk=record.pk).exists():
        raise refuse(
            "insufficient_access",
            f"This needs {access.word} access to the promotion. Ask its owner to share it.",
        )
