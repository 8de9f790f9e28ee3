"""Everything that changes enrollments, by many clients over the same few customers, for a while."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from tests.benchmarks.soak.target import Answer, Target, at_once

_EXPECTED = {
    "enroll": {200, 201, 400, 409},
    "withdraw": {200, 409},
    "change": {200, 400, 409},
}
_MOST_ITEMS = 60


@dataclass
class Mixed:
    """The customers and promotions that all clients fight for, and what they were answered."""

    target: Target
    contacts: list[str]
    promotions: list[str]
    enrolled: list[str] = field(default_factory=list)
    """Ids of enrollments that some client was given; lists grow safely under threads."""
    done: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    """Answers that none of these acts should get."""

    def client(self, number: int, until: float) -> int:
        """One client: one act after the other until the time is over; how many it did."""
        chance = random.Random(number)
        acts = 0
        while time.monotonic() < until:
            self._one(chance)
            acts += 1
        return acts

    def _one(self, chance: random.Random) -> None:
        kind = chance.random()
        if kind < 0.5 or not self.enrolled:
            self._note("enroll", self._batch(chance, chance.randint(2, _MOST_ITEMS)))
        elif kind < 0.75:
            self._note("enroll", self._batch(chance, 1))
        elif kind < 0.95:
            path = f"/api/v1/enrollments/{chance.choice(self.enrolled)}/withdraw"
            self._note("withdraw", self.target.call("POST", path, {"reason": "Asked to leave."}))
        else:
            path = f"/api/v1/enrollments/{chance.choice(self.enrolled)}"
            end = datetime.now(UTC) + timedelta(days=chance.randint(1, 90))
            body = {"enrollmentExpirationDateTime": end.isoformat(), "reason": "Longer."}
            self._note("change", self.target.call("PATCH", path, body))

    def _batch(self, chance: random.Random, size: int) -> Answer:
        """Customers in any order, the same ones as others have, each in one of the promotions."""
        items = [
            {"contact": {"id": contact}, "promotion": {"id": chance.choice(self.promotions)}}
            for contact in chance.sample(self.contacts, min(size, len(self.contacts)))
        ]
        answer = self.target.enroll(items, all_or_none=chance.random() < 0.2)
        if answer.status == 201:
            self.enrolled += [
                one["promotionPartyUsageId"]
                for one in answer.body["results"]
                if "promotionPartyUsageId" in one
            ]
        return answer

    def _note(self, act: str, answer: Answer) -> None:
        self.done[f"{act} {answer.status}"] += 1
        if answer.status not in _EXPECTED[act] and len(self.odd) < 5:
            self.odd.append(f"{act}: {answer.status} {answer.content[:300]!r}")


def run(
    target: Target, *, clients: int, seconds: float, contacts: int = 300
) -> tuple[Mixed, list[str]]:
    """Runs ``clients`` for so long; what they did, and what is not exact about it. Of the
    promotions one has no limit, and two have, of which one gives places back."""
    promotions = [
        target.new_promotion(),
        target.new_promotion(maximumEnrollmentCount=contacts // 2),
        target.new_promotion(maximumEnrollmentCount=contacts // 2, isPlaceFreedOnWithdrawal=False),
    ]
    mixed = Mixed(target, target.new_contacts(contacts), promotions)
    before = _deadlocks(target)
    until = time.monotonic() + seconds
    at_once([partial(mixed.client, number, until) for number in range(clients)])
    mixed.done["deadlocks inside, retried"] = _deadlocks(target) - before
    return mixed, [f"An answer was odd: {odd}" for odd in mixed.odd]


def _deadlocks(target: Target) -> int:
    if not target.on_postgresql:
        return 0
    return target.number(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
