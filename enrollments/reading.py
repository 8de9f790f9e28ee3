"""Reading enrollments to show them: one statement, whatever is asked.

The enrollments come off an index first, no more of them than are shown; what is shown of their
promotions and of who withdrew them is joined to those few. Joined before, a wrong guess of the
planner's would make it sort the whole table.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import cache
from typing import Any, Final

from django.db.models import F, QuerySet

from enrollments.models import PromotionPartyUsage
from enrollments.rendering import COLUMNS, ShownEnrollment
from promotions.actors import Actor
from promotions.models import RecordQuerySet
from promotions.permissions import condition
from promotions.prepared import Converters, Forms, Statement, converted, converters_of

Usages = QuerySet[PromotionPartyUsage]

_SHOWN: Final = """
SELECT {columns}
FROM ({usages}) usage
JOIN promotions_promotion promotion ON promotion.id = usage.promotion_id
LEFT JOIN promotions_user withdrawn_by ON withdrawn_by.id = usage.withdrawn_by_id
ORDER BY {order}
"""
_OWN: Final = [name for name in COLUMNS if "__" not in name]

_forms: Final = Forms()


def read_enrollments(
    form: Hashable,
    narrow: Callable[[Usages], Usages],
    values: Mapping[str, Any],
    *,
    by: Actor,
) -> list[ShownEnrollment]:
    """The enrollments that ``narrow`` leaves of those that ``by`` may see, in the order it gives.

    ``narrow`` is asked when a ``form`` comes for the first time. It puts a ``Parameter`` in the
    place of each of ``values``: whatever else differs makes another form.
    """
    seen = condition(PromotionPartyUsage, by)

    def build() -> Statement:
        usages: RecordQuerySet[PromotionPartyUsage] = RecordQuerySet(PromotionPartyUsage)
        return _shown(narrow(usages.filter(seen)))

    statement = _forms.statement((form, by.user.pk if seen else None), build)
    if statement is None:
        return []
    rows = statement.run(values)
    converters = _converters()
    return [ShownEnrollment._make(row) for row in converted(rows, converters)]


def _shown(usages: Usages) -> Statement:
    """The statement that reads what is shown of ``usages``."""
    order = []
    for name in map(str, usages.query.order_by):
        column: Any = F(name.lstrip("-")).resolve_expression(usages.query)
        direction = " DESC" if name.startswith("-") else ""
        order.append(f"usage.{column.target.column}{direction}")
    statement = Statement.of(usages.values_list(*_OWN, "withdrawn_by_id"))
    sql = _SHOWN.format(
        columns=", ".join(_column(name) for name in COLUMNS),
        usages=statement.sql,
        order=", ".join(order),
    )
    return Statement(sql, statement.parameters)


def _column(path: str) -> str:
    relation, _, name = path.rpartition("__")
    return f"{relation or 'usage'}.{name}"


@cache
def _converters() -> Converters:
    return converters_of(PromotionPartyUsage.objects.values_list(*COLUMNS))
