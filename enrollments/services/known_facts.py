"""Promotions and offers as this process has read them lately.

All requests name the same few. What is remembered may be out of date: whoever decides by it says to
the database which version of the record it was, and there has to be told that it still is.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

from enrollments.facts import Facts, Named, OfferFacts, PromotionFacts

MOST: Final = 10_000
"""Names of each kind that are remembered at once; then all are forgotten."""

T = TypeVar("T", PromotionFacts, OfferFacts)


class KnownFacts:
    """Facts by the names that requests gave. For many threads: entries are only ever replaced."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._promotions: dict[Named, PromotionFacts] = {}
        self._offers: dict[Named, OfferFacts] = {}

    def remember(self, facts: Facts) -> None:
        """The promotions and offers among ``facts``, read by somebody who may see all of them;
        limited promotions are held and read each time anyway."""
        for name, promotion in facts.promotions.items():
            if promotion.maximum_enrollment_count is None:
                self._keep(self._promotions, name, promotion)
        for name, offer in facts.offers.items():
            self._keep(self._offers, name, offer)

    def promotions(self, names: Iterable[Named]) -> dict[Named, PromotionFacts]:
        """Those of them that are known."""
        return {name: self._promotions[name] for name in names if name in self._promotions}

    def offers(self, names: Iterable[Named]) -> dict[Named, OfferFacts]:
        """Those of them that are known."""
        return {name: self._offers[name] for name in names if name in self._offers}

    def _keep(self, known: dict[Named, T], name: Named, facts: T) -> None:
        if len(known) >= self._most:
            known.clear()
        known[name] = facts


known_facts: Final = KnownFacts()
"""This process's."""
