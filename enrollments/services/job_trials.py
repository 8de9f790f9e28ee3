"""What a dry run has to remember, since nothing of it is written: whom it would have enrolled, and
how many places that would have taken."""

from dataclasses import dataclass, field
from typing import Final

from enrollments import rules
from enrollments.deciding import Decision, Pair
from promotions.errors import DomainError

_PAGE: Final = 4096
"""Keys in one page of bits."""


class Parties:
    """A set of customers in little memory: keys come from counters, and lie close together."""

    def __init__(self) -> None:
        self._pages: dict[tuple[bool, int], bytearray] = {}

    def add(self, pair: Pair) -> None:
        _, is_contact, key = pair
        page, bit = divmod(key, _PAGE)
        bits = self._pages.setdefault((is_contact, page), bytearray(_PAGE // 8))
        bits[bit >> 3] |= 1 << (bit & 7)

    def update(self, others: "Parties") -> None:
        for page, theirs in others._pages.items():
            ours = self._pages.setdefault(page, bytearray(_PAGE // 8))
            for n, bits in enumerate(theirs):
                ours[n] |= bits

    def __contains__(self, pair: Pair) -> bool:
        _, is_contact, key = pair
        page, bit = divmod(key, _PAGE)
        bits = self._pages.get((is_contact, page))
        return bits is not None and bool(bits[bit >> 3] & 1 << (bit & 7))


ENROLLED_BY_EARLIER_ROW: Final = DomainError(
    "already_enrolled", "An earlier row of the file enrolls this customer."
)
"""What a dry run says where the job would name the record, which does not exist yet."""


@dataclass(slots=True)
class Trial:
    """The state of a dry run between its batches."""

    parties: Parties = field(default_factory=Parties)
    places: int = 0
    """Those taken, beyond those that are really taken."""
    before: "Trial | None" = None
    """The state before the batch that this is of."""

    def batch(self) -> "Trial":
        """The state of the next batch, which may have to be run again: ``keep`` it when done."""
        return Trial(before=self)

    def keep(self, batch: "Trial") -> None:
        self.parties.update(batch.parties)
        self.places += batch.places

    def refusal(self, decision: Decision, refused: DomainError | None) -> DomainError | None:
        """Why the row that was decided on so would be refused after the rows before it, in the
        order of the file; who would be enrolled is remembered."""
        before = self.before or Trial()
        limited = refused is not None and refused.code == "enrollment_limit_reached"
        if refused is not None and not limited:
            return refused
        if decision.pair in self.parties or decision.pair in before.parties:
            return ENROLLED_BY_EARLIER_ROW
        if refused is None and decision.takes_place:
            promotion = decision.promotion
            assert promotion is not None
            taken = (promotion.taken or 0) + before.places + self.places
            refused = rules.limit_refusal(promotion, taken)
            self.places += refused is None
        if refused is None:
            self.parties.add(decision.pair)
        return refused
