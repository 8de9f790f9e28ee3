"""Who sees what is personal about customers: names, addresses, numbers, ids of other systems.

In the admin it takes a permission; without it customers are shown by their record id alone.
Partners have scopes instead, and commands are run by the operator.
"""

from promotions.actors import Actor, Source
from promotions.permissions import VIEW_PERSONAL_DATA


def sees_personal_data(by: Actor) -> bool:
    return by.source is not Source.ADMIN or by.user.has_perm(VIEW_PERSONAL_DATA)
