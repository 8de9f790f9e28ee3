"""More customers than places, all at one moment, while worker processes are killed."""

import os
import random
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from promotions import ids
from tests.benchmarks.processes import workers
from tests.benchmarks.soak.target import Answer, Target, at_once

_FULL = "enrollment_limit_reached"
_THERE = "already_enrolled"


@dataclass(frozen=True, slots=True)
class Outcome:
    enrolled: int
    """Customers who were told that they are enrolled, be it at their second asking."""
    refused: int
    """Customers who were told that no place is left."""
    others: list[str]
    """Any other answer."""
    killed: int


def run(
    target: Target, contacts: list[str], *, places: int, kills: int, chance: random.Random
) -> tuple[Outcome, list[str]]:
    """One request per contact for a promotion with so many places; what came of it, and what is
    not exact about it."""
    promotion = target.new_promotion(maximumEnrollmentCount=places)
    over = threading.Event()
    killed: list[int] = []
    killer = threading.Thread(target=_kill, args=(target.pid, kills, over, chance, killed))
    killer.start()
    try:
        answers = at_once([partial(_enroll, target, contact, promotion) for contact in contacts])
    finally:
        over.set()
        killer.join()
    outcome = _outcome(answers, len(killed))
    return outcome, _problems(target, promotion, outcome, places, len(contacts))


def _enroll(target: Target, contact: str, promotion: str) -> Answer:
    return target.enroll([{"contact": {"id": contact}, "promotion": {"id": promotion}}])


def _outcome(answers: list[Answer], killed: int) -> Outcome:
    enrolled = refused = 0
    others = []
    for answer in answers:
        # Whose connection broke after the commit asks again, and is there already.
        if answer.status == 201 or answer.codes == {_THERE}:
            enrolled += 1
        elif answer.codes == {_FULL} and answer.status == 409:
            refused += 1
        else:
            others.append(f"{answer.status} {answer.content[:200]!r}")
    return Outcome(enrolled, refused, others, killed)


def _problems(
    target: Target, promotion: str, outcome: Outcome, places: int, asked: int
) -> list[str]:
    found = [f"An answer was {other}." for other in outcome.others]
    key = ids.decode(ids.PROMOTION, promotion)
    rows = target.number(
        "SELECT count(*) FROM enrollments_promotionpartyusage"
        " WHERE promotion_id = ? AND is_party_enrolled",
        key,
    )
    taken = target.number(
        "SELECT taken FROM enrollments_enrollmentplaces WHERE promotion_id = ?", key
    )
    figures = (rows, taken, outcome.enrolled, outcome.refused)
    if figures != (places, places, places, asked - places):
        found.append(
            f"Of {asked} for {places} places, {rows} are enrolled, {taken} are counted,"
            f" {outcome.enrolled} were told so and {outcome.refused} refused."
        )
    return found


def _kill(
    pid: int, kills: int, over: threading.Event, chance: random.Random, killed: list[int]
) -> None:
    """Kills a worker now and then: at once, without a chance to finish anything."""
    for _ in range(kills):
        if over.wait(chance.uniform(0.02, 0.2)):
            return
        if alive := [worker for worker in workers(pid) if worker not in killed]:
            victim = chance.choice(alive)
            with suppress(ProcessLookupError):  # it has ended with its server just now
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)


def wait_for_workers(target: Target) -> None:
    """Returns when as many workers are there as there should be."""
    for _ in range(300):
        if len(workers(target.pid)) >= 2:
            return
        time.sleep(0.1)
    raise SystemExit("Killed workers did not come back.")
