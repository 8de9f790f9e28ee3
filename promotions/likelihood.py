"""How likely it is that what was found is what somebody meant. Pure."""

from collections.abc import Iterable
from enum import IntEnum


class Likelihood(IntEnum):
    """How likely it is that this is what was meant; hits are in this order."""

    EXACT = 0
    """An id, number, code, address: there is no other."""
    NAMED_SO = 1
    BEGINS_SO = 2
    CONTAINS_IT = 3


def by_names(names: Iterable[str], typed: str) -> Likelihood:
    """The likelihood of what was found by ``typed`` and is called by ``names``, all of them folded:
    what is called exactly so comes first, then what begins so, then the rest."""
    known = list(names)
    if typed in known:
        return Likelihood.NAMED_SO
    if any(name.startswith(typed) for name in known):
        return Likelihood.BEGINS_SO
    return Likelihood.CONTAINS_IT
