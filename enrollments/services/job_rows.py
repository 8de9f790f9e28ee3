"""What becomes of the rows of a batch, as if each came in a request of its own, one by one.

A request refuses an item that comes twice. Here the later row meets what the earlier one has made:
a record, or nothing where that was refused. So the outcome of a row doesn't depend on where batches
end.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from enrollments import rules
from enrollments.audience_files import Row
from enrollments.deciding import Decision
from enrollments.services.enrolling import enroll
from enrollments.services.job_staging import Staging, enroll_staged
from enrollments.services.job_trials import ENROLLED_BY_EARLIER_ROW, Trial
from enrollments.services.outcomes import Enrolled, NotEnrolled, Outcome
from enrollments.standing import Standing
from enrollments.wire import Item, Unreadable
from promotions.actors import Actor
from promotions.errors import DomainError

Errors = tuple[DomainError, ...]
"""Why a row is refused."""
Refusals = dict[int, Errors]
"""Why rows are refused, by their place among the rows: the others are enrolled."""

_FOR_LATER_ROWS_TOO: Final = ("already_enrolled", "enrollment_limit_reached")
"""Refusals that any later row for the same customer meets as well."""


_TOGETHER: Final = 1_000
"""Rows that are told one by one and asked about in one statement: its answer is in memory."""


class _Judged(NamedTuple):
    """What becomes of a row."""

    errors: Errors
    """None where it is enrolled."""
    later: DomainError | None
    """What a later row for the same customer is told, where that is settled."""


_Ask = Callable[[Sequence[Item]], Sequence[Outcome]]


def enroll_rows(
    rows: Sequence[Row],
    *,
    by: Actor,
    at: datetime,
    reason: str | None,
    in_order: bool,
    trial: Trial | None = None,
    staging: Staging | None = None,
    looks: bool = True,
) -> Refusals:
    """Enrolls the customers of ``rows``; which of them are refused and why.

    ``in_order``: places are limited, and go in the order of the rows. With a ``trial`` nothing is
    written. With a ``staging`` of the rows, it takes the quick way for most of them, and ``looks``
    for their records or not. Inside a transaction.
    """
    if staging is not None and not (in_order or trial):
        done = enroll_staged(staging, by=by, at=at, reason=reason, looks=looks)
        left = sorted({*range(len(rows))}.difference(done))
        if not left:
            return {}
        told = enroll_rows([rows[n] for n in left], by=by, at=at, reason=reason, in_order=in_order)
        return {left[n]: errors for n, errors in told.items()}

    def decide(items: Sequence[Item]) -> Sequence[Outcome]:
        return enroll(items, by=by, at=at, all_or_none=False, dry_run=True)

    def act(items: Sequence[Item]) -> Sequence[Outcome]:
        return enroll(items, by=by, at=at, all_or_none=False, reason=reason, at_once=False)

    ask = decide if trial else act
    if in_order:
        pieces = _pieces(rows, decide)
    else:
        pieces = (rows[n : n + _TOGETHER] for n in range(0, len(rows), _TOGETHER))
    refusals: Refusals = {}
    begin = 0
    for piece in pieces:
        told = _asked_together(piece, ask, trial)
        refusals |= {begin + n: errors for n, errors in told.items()}
        begin += len(piece)
    return refusals


def _asked_together(rows: Sequence[Row], ask: _Ask, trial: Trial | None) -> Refusals:
    """What is said of the rows of a piece, asked about all at once."""
    refusals: Refusals = {}
    waiting: dict[Item, list[int]] = {}
    for place, (_, item) in enumerate(rows):
        if isinstance(item, Unreadable):
            refusals[place] = item.errors
        else:
            waiting.setdefault(item, []).append(place)
    while waiting:
        again = {}
        judged: dict[int, _Judged] = {}
        for (item, places), outcome in zip(waiting.items(), ask(list(waiting)), strict=True):
            decision = outcome.decision
            assert decision is not None  # the item could be read
            known = _as_later_row(outcome, judged) or _judge(outcome, trial)
            if known is None:
                again[item] = places
                continue
            judged[id(decision)] = known
            if known.errors:
                refusals[places[0]] = known.errors
            if later := (known.later,) if known.later else known.errors:
                refusals |= dict.fromkeys(places[1:], later)
        waiting = again
    return refusals


def _judge(outcome: Outcome, trial: Trial | None) -> _Judged | None:
    """What becomes of a row; None where an earlier one has to be written or refused first."""
    if _first(outcome) is not None:
        return None
    decision = outcome.decision
    assert decision is not None
    errors = outcome.errors if isinstance(outcome, NotEnrolled) else ()
    if trial and (not errors or errors[0].code == "enrollment_limit_reached"):
        refusal = trial.refusal(decision, errors[0] if errors else None)
        errors = (refusal,) if refusal else ()
    if errors:
        return _Judged(errors, errors[0] if errors[0].code in _FOR_LATER_ROWS_TOO else None)
    if isinstance(outcome, Enrolled) and not trial:
        return _Judged((), rules.record_refusal(Standing.ACTIVE, outcome.record_id))
    return _Judged((), ENROLLED_BY_EARLIER_ROW)


def _as_later_row(outcome: Outcome, judged: dict[int, _Judged]) -> _Judged | None:
    """What becomes of a row whose customer an earlier one of the same request names."""
    first = _first(outcome)
    if first is None or (known := judged.get(id(first))) is None or known.later is None:
        return None
    return _Judged((known.later,), known.later)


def _first(outcome: Outcome) -> Decision | None:
    """The earlier row that keeps this one from being decided on."""
    if not isinstance(outcome, NotEnrolled) or outcome.errors[0].code != "duplicate_in_request":
        return None
    assert outcome.decision is not None
    return outcome.decision.first


def _pieces(rows: Sequence[Row], decide: _Ask) -> Iterator[Sequence[Row]]:
    """The rows in pieces that can be enrolled as a whole: cut before each row whose customer an
    earlier row names in vain, so that nobody behind it takes its place."""
    places: dict[Item, int] = {}
    for place, (_, item) in enumerate(rows):
        if isinstance(item, Item):
            places.setdefault(item, place)
    begin = 0
    for place, outcome in zip(places.values(), decide(list(places)), strict=True):
        first = _first(outcome)
        if first and first.errors and first.errors[0].code not in _FOR_LATER_ROWS_TOO:
            yield rows[begin:place]
            begin = place
    yield rows[begin:]
