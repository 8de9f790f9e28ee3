"""Reading enrollments to show them: one statement, whatever is asked.

The enrollments come off an index first, no more of them than are shown; what is shown of their
promotions and of who withdrew them is joined to those few. Joined before, a wrong guess of the
planner's would make it sort the whole table.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import cache
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from enrollments.models import PromotionPartyUsage
from enrollments.rendering import COLUMNS, ShownEnrollment
from promotions.actors import Actor
from promotions.database import is_postgresql
from promotions.models import Promotion, RecordQuerySet
from promotions.permissions import condition
from promotions.prepared import (
    Column,
    Converters,
    Forms,
    Statement,
    converted,
    converters_of,
)

Usages = QuerySet[PromotionPartyUsage]

_SHOWN: Final = """
SELECT {columns}
FROM ({usages}) usage
JOIN promotions_promotion promotion ON promotion.id = usage.promotion_id
LEFT JOIN promotions_user withdrawn_by ON withdrawn_by.id = usage.withdrawn_by_id
ORDER BY {order}
"""
# Where only the enrollments in some promotions are meant: the first ones of each of these, which
# come off an index in order, and of all of these the first. The order of all enrollments may lead
# through millions of others before it comes to one that is meant.
_PROMOTIONS_FIRST: Final = """
SELECT usage.* FROM ({promotions}) chosen CROSS JOIN LATERAL ({usages}) usage
ORDER BY {order} LIMIT {most}
"""
_OWN: Final = [name for name in COLUMNS if "__" not in name]

_forms: Final = Forms()


def read_enrollments(
    form: Hashable,
    narrow: Callable[[Usages], Usages],
    values: Mapping[str, Any],
    *,
    by: Actor,
    promotions: Q | None = None,
    anew: bool = False,
) -> list[ShownEnrollment]:
    """The live enrollments that ``narrow`` leaves of those that ``by`` may see, in its order.

    ``narrow`` is asked when a ``form`` comes for the first time. It puts a ``Parameter`` in the
    place of each of ``values``: whatever else differs makes another form. With ``promotions`` the
    promotions are looked up before the enrollments: those that the caller may see, of which the
    condition holds; what ``narrow`` leaves must be ordered by the key then, and limited. ``anew``
    has the statement planned for these values alone.
    """
    seen = condition(PromotionPartyUsage, by)
    first = promotions is not None and is_postgresql() and (promotions or seen)

    def build() -> Statement:
        usages = PromotionPartyUsage.objects.live()
        if not first:
            return _shown(narrow(usages.filter(seen)))
        seen_promotions: RecordQuerySet[Promotion] = RecordQuerySet(Promotion)
        chosen = seen_promotions.filter(condition(Promotion, by), promotions)
        return _shown(narrow(usages.filter(promotion=Column("chosen", "id"))), chosen)

    statement = _forms.statement((form, bool(first), by.user.pk if seen else None), build)
    if statement is None:
        return []
    rows = converted(statement.run(values, anew=anew), _converters())
    return [ShownEnrollment._make(row) for row in rows]


def _shown(usages: Usages, promotions: QuerySet[Promotion] | None = None) -> Statement:
    """The statement that reads what is shown of ``usages``."""
    order = _order(usages)
    own = Statement.of(usages.values_list(*_OWN, "withdrawn_by_id"))
    sql, parameters = own.sql, own.parameters
    if promotions is not None:
        chosen = Statement.of(promotions.values_list("id"))
        sql = _PROMOTIONS_FIRST.format(
            promotions=chosen.sql, usages=sql, order=order, most=usages.query.high_mark
        )
        parameters = chosen.parameters + parameters
    columns = ", ".join(_column(name) for name in COLUMNS)
    return Statement(_SHOWN.format(columns=columns, usages=sql, order=order), parameters)


def _order(usages: Usages) -> str:
    order = []
    for name in map(str, usages.query.order_by):
        column: Any = F(name.lstrip("-")).resolve_expression(usages.query)
        order.append(f"usage.{column.target.column}{' DESC' if name.startswith('-') else ''}")
    return ", ".join(order)


def _column(path: str) -> str:
    relation, _, name = path.rpartition("__")
    return f"{relation or 'usage'}.{name}"


@cache
def _converters() -> Converters:
    return converters_of(PromotionPartyUsage.objects.values_list(*COLUMNS))
