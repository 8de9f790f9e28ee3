"""The quick way of a request, on PostgreSQL: one statement finds the customers and enrolls them, if
there is nothing to tell of any of them: no rule refuses it, and it makes a new record.

The rules decide on promotion, offer and period by what is remembered of these; the statement writes
nothing unless that is how they still are, exactly one contact is meant by each item, and none has a
record yet. Otherwise ``enrolling.py`` reads all that there is, and asks all the rules. To look for
records is a twentieth of a request for many: where none was met lately, the constraint finds them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from enrollments.deciding import Decision, accepted_terms
from enrollments.facts import NOBODY, Facts
from enrollments.services import enrollment_sql as sql
from enrollments.services.kept_outcomes import enrolled_from, terms_as_json
from enrollments.services.known_facts import known_facts
from enrollments.services.loading import sees_all, wanted_rows
from enrollments.services.outcomes import Enrolled
from enrollments.services.writing import act_values, lost_races
from enrollments.wire import Item, different_terms
from promotions.actors import Actor
from promotions.database import is_postgresql
from promotions.services.idempotency import Key, claim_values
from promotions.services.transactions import joins_another, statements_stand_alone


def enroll_at_once(
    items: Sequence[Item],
    *,
    by: Actor,
    at: datetime,
    reason: str | None,
    key: Key | None = None,
) -> list[Enrolled] | None:
    """Enrolls the customers of all ``items``; the outcome for each. None, and nothing written,
    where there may be something to tell of one.

    Claims the idempotency ``key``, where there is one; None, too, where that is claimed already.
    Raises ``LostRace`` where one of the records was made meanwhile, or the key was claimed; of
    several also where one was there all the while and none was expected.
    """
    if not (is_postgresql() and items and sees_all(by)):
        return None
    different, numbered = different_terms(items)
    terms = _accepted(different, at)
    if terms is None:
        return None
    rows = wanted_rows(items, numbered)
    if "account" in rows.by:
        return None
    alone = len(items) == 1
    known = [_known_row(n, one) for n, one in enumerate(terms)]
    statement = sql.enrolling_at_once(
        rows.by,
        rows.given,
        alone=alone,
        # Who fails inside another transaction fails there, and would only come here again.
        looks=alone
        or joins_another()
        or known_facts.expects_records({promotion for _, promotion, *_ in known}),
        claims=key is not None,
        ends=statements_stand_alone(),
    )
    values = [
        *act_values(by, at, reason),
        *rows.values(alone=alone),
        *sql.KNOWN.values(known, alone=alone),
    ]
    if key is not None:
        values += [*claim_values(key), terms_as_json(terms)]
    with lost_races(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    if not found:
        return None
    return enrolled_from(items, terms, numbered, found)


def _accepted(terms: Sequence[Item], at: datetime) -> list[Decision] | None:
    """What the items say beside their customers, if it is known and no rule refuses any of it."""
    facts = Facts(
        customers=[NOBODY] * len(terms),
        promotions=known_facts.promotions((one.promotion_id, one.promotion_code) for one in terms),
        offers=known_facts.offers((one.offer_id, one.offer_code) for one in terms),
    )
    accepted = accepted_terms(terms, facts, at, ZoneInfo(settings.TIME_ZONE))
    decisions = [one for one in accepted if one is not None]
    return decisions if len(decisions) == len(terms) else None


def _known_row(n: int, one: Decision) -> tuple[Any, ...]:
    """A row of ``enrollment_sql.KNOWN``."""
    promotion, offer = one.promotion, one.offer
    assert promotion is not None  # the terms were accepted
    return (
        n,
        promotion.key,
        promotion.row_version,
        None if offer is None else offer.key,
        None if offer is None else offer.row_version,
        one.period.effective,
        one.period.expiration,
    )
