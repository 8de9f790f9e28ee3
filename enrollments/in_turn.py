"""Enrollments by the moment that decides where their customers stand: what expired last, what
begins next, read off indexes.

In the order of their numbers, a database walks through ten million enrollments until a page is full
of the few that expired. Here an index leads to those whose own period decides, in the order of that
moment; the others are those of the few promotions that decide, promotion by promotion.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from enrollments.models import PromotionPartyUsage
from enrollments.standing import Standing, through_own_period, through_promotion
from promotions.actors import Actor
from promotions.models import Promotion, RecordQuerySet
from promotions.permissions import condition
from promotions.prepared import Column, Statement

Usages = QuerySet[PromotionPartyUsage]


@dataclass(frozen=True, slots=True)
class _Turn:
    """In which order; of moments, those of the enrollments and of the promotions."""

    last_first: bool
    promotions: str
    own: str = ""
    """Empty: a customer's own period has no say."""


_TURNS: Final[Mapping[Standing, _Turn]] = {
    Standing.EXPIRED: _Turn(True, "end_date_time", "enrollment_expiration_date_time"),
    Standing.SCHEDULED: _Turn(False, "start_date_time", "enrollment_effective_date_time"),
    Standing.PAUSED: _Turn(True, "last_modified_date"),
}
IN_TURN: Final = frozenset(_TURNS)
"""The standings that can be read so. The others are at hand in the order of all enrollments."""

# PostgreSQL goes from promotion to promotion and stops when it has enough; it doesn't see that way
# in a join.
_BY_PROMOTION: Final = """
SELECT usage.id, chosen.{moment}
FROM ({promotions}) chosen CROSS JOIN LATERAL ({usages}) usage
ORDER BY chosen.{moment} {way}, chosen.id {way}, usage.id {way} LIMIT {most}
"""


def keys_in_turn(
    usages: Usages, standing: Standing, *, by: Actor, at: datetime, most: int
) -> list[int]:
    """The keys of the first ``most`` of ``usages`` whose customers stand so at the moment ``at``:
    those expired come last first, those scheduled in the order in which they begin, those paused by
    the promotion that was changed last.

    ``usages`` are those that ``by`` may see; ``standing`` is one of ``IN_TURN``.
    """
    turn = _TURNS[standing]
    found: dict[int, datetime] = {}
    decisive = max if turn.last_first else min
    for key, moment in (
        *_by_own_period(usages, standing, turn, at, most),
        *_by_promotion(usages, standing, turn, by, at, most),
    ):
        found[key] = decisive(moment, found.get(key, moment))
    in_turn = sorted(found, key=lambda key: (found[key], key), reverse=turn.last_first)
    return in_turn[:most]


def _by_own_period(
    usages: Usages, standing: Standing, turn: _Turn, at: datetime, most: int
) -> Iterator[tuple[int, datetime]]:
    if turn.own:
        decided = usages.filter(through_own_period(standing, at))
        yield from _first(decided, turn.own, "id", turn=turn, most=most)


def _by_promotion(
    usages: Usages, standing: Standing, turn: _Turn, by: Actor, at: datetime, most: int
) -> Iterator[tuple[int, datetime]]:
    moment = turn.promotions
    if connection.vendor != "postgresql":
        ours, theirs = through_promotion(standing, at, "promotion__")
        decided = usages.filter(ours, theirs)
        order = (f"promotion__{moment}", "promotion_id", "id")
        yield from _first(decided, *order, turn=turn, most=most)
        return
    way = "DESC" if turn.last_first else "ASC"
    ours, theirs = through_promotion(standing, at)
    seen: RecordQuerySet[Promotion] = RecordQuerySet(Promotion)
    promotions = seen.filter(theirs, condition(Promotion, by)).order_by(
        *_ordered(turn, moment, "id")
    )
    of_one = usages.filter(ours, promotion=Column("chosen", "id")).order_by(*_ordered(turn, "id"))
    try:
        chosen = Statement.of(promotions.values_list("id", moment))
        each = Statement.of(of_one.values_list("id")[:most])
    except EmptyResultSet:
        return
    sql = _BY_PROMOTION.format(
        moment=moment, promotions=chosen.sql, usages=each.sql, way=way, most=most
    )
    yield from Statement(sql, chosen.parameters + each.parameters).run({})


def _first(usages: Usages, *order: str, turn: _Turn, most: int) -> Iterator[tuple[int, datetime]]:
    rows: Any = usages.order_by(*_ordered(turn, *order)).values_list("pk", order[0])
    yield from rows[:most]


def _ordered(turn: _Turn, *names: str) -> list[str]:
    return [f"-{name}" if turn.last_first else name for name in names]
