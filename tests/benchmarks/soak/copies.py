"""One request, sent many times at one moment with one idempotency key."""

from itertools import count
from typing import Any

from tests.benchmarks.soak.target import COMPATIBLE, Target, at_once

_number = count(1)


def run(target: Target, *, copies: int) -> list[str]:
    """On both surfaces; answers with what is not exact about it."""
    found = []
    [contact] = target.new_contacts(1)
    for path in (COMPATIBLE, "/api/v1/enrollments"):
        promotion = target.new_promotion()
        item: Any = {"contact": {"id": contact}, "promotion": {"id": promotion}}
        body = {"inputParameters": [item]} if path == COMPATIBLE else item
        before = target.number("SELECT count(*) FROM enrollments_promotionpartyusage")
        key = f"copies-{next(_number)}-{contact}"
        answers = at_once([lambda: target.call("POST", path, body, key=key)] * copies)  # noqa: B023
        made = target.number("SELECT count(*) FROM enrollments_promotionpartyusage") - before
        kinds = {(answer.status, answer.content) for answer in answers}
        if made != 1 or len(kinds) != 1 or answers[0].status != 201:
            statuses = sorted({answer.status for answer in answers})
            found.append(
                f"{path}: {copies} copies made {made} records and got {len(kinds)} different"
                f" answers, of status {statuses}."
            )
    return found
