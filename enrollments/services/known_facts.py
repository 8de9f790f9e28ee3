"""Promotions and offers as this process has read them lately, and in which of the promotions some
of the customers that requests name have records already.

All requests name the same few. What is remembered may be out of date: whoever decides by it says to
the database which version of the record it was, and there has to be told that it still is.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

from enrollments.facts import Facts, Named, OfferFacts, PromotionFacts
from promotions.folding import fold

MOST: Final = 10_000
"""Names of each kind that are remembered at once; then all are forgotten."""
LOOKS: Final = 100
"""So many requests look for records in a promotion after the last one that found some there."""

T = TypeVar("T", PromotionFacts, OfferFacts)


class KnownFacts:
    """Facts by the names that requests gave. For many threads: no fact is changed, and how often is
    looked for records need not be exact."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._promotions: dict[Named, PromotionFacts] = {}
        self._offers: dict[Named, OfferFacts] = {}
        self._looks: dict[int, int] = {}

    def remember(
        self, facts: Facts, *, promotions: Iterable[Named] = (), offers: Iterable[Named] = ()
    ) -> None:
        """What was read, by somebody who may see everything, of these names. Limited promotions are
        not remembered: they are held, and read, each time. What isn't remembered is forgotten."""
        for name in promotions:
            promotion = facts.promotions.get(name)
            is_limited = promotion is not None and promotion.maximum_enrollment_count is not None
            self._keep(self._promotions, name, None if is_limited else promotion)
        for name in offers:
            self._keep(self._offers, name, facts.offers.get(name))

    def promotions(self, names: Iterable[Named]) -> dict[Named, PromotionFacts]:
        """Those of them that are known."""
        return self._known(self._promotions, names)

    def offers(self, names: Iterable[Named]) -> dict[Named, OfferFacts]:
        """Those of them that are known."""
        return self._known(self._offers, names)

    def found_record(self, promotion: int) -> None:
        """Who was to be enrolled in this promotion has a record there."""
        if len(self._looks) >= self._most:
            self._looks.clear()
        self._looks[promotion] = LOOKS

    def expects_records(self, promotions: Iterable[int]) -> bool:
        """Whether others may have records in one of these; asked once for each request."""
        expected = False
        for promotion in promotions:
            if left := self._looks.get(promotion, 0):
                self._looks[promotion] = left - 1
                expected = True
        return expected

    def _known(self, known: dict[Named, T], names: Iterable[Named]) -> dict[Named, T]:
        found = ((name, known.get(_folded(name))) for name in names)
        return {name: facts for name, facts in found if facts is not None}

    def _keep(self, known: dict[Named, T], name: Named, facts: T | None) -> None:
        if facts is None:
            known.pop(_folded(name), None)
            return
        if len(known) >= self._most:
            known.clear()
        known[_folded(name)] = facts


def _folded(name: Named) -> Named:
    """However a code is written, it is remembered once."""
    key, code = name
    return name if code is None else (key, fold(code))


known_facts: Final = KnownFacts()
"""This process's."""
