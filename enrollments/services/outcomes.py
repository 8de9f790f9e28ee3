"""What becomes of the items of a request that enrolls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from enrollments.deciding import Decision
from enrollments.facts import ContactFacts
from enrollments.models import PromotionPartyUsage
from enrollments.rendering import ShownEnrollment
from enrollments.wire import Item
from promotions import ids
from promotions.errors import DomainError, Refused


class Enrolled(NamedTuple):
    """One item of a request, enrolled: what it named was decided on, and has a record now."""

    item: Item
    decision: Decision
    """On the item; where it was enrolled at once, on what it says beside its customer, as others of
    the request may say."""
    contact: ContactFacts | None
    record: int | None
    """The record's primary key; None where nothing was to be written."""

    @property
    def key(self) -> int:
        """The record's primary key."""
        assert self.record is not None
        return self.record

    @property
    def record_id(self) -> str:
        return ids.encode(ids.PROMOTION_PARTY_USAGE, self.key)

    def shown(self, at: datetime) -> ShownEnrollment:
        """The record as it is shown, enrolled at the moment ``at``; nothing is read for it."""
        one, contact = self.decision, self.contact
        promotion = one.promotion
        assert promotion is not None
        existing = one.customer.existing
        again = existing if isinstance(existing, PromotionPartyUsage) else None
        kind = PromotionPartyUsage.Type
        return ShownEnrollment(
            id=self.key,
            promotion_id=promotion.key,
            type=(kind.ACCOUNT if contact is None else kind.CONTACT).value,
            account_id=self.item.account_id,
            contact_id=None if contact is None else contact.key,
            enrollment_offer_id=None if one.offer is None else one.offer.key,
            is_party_enrolled=True,
            enrollment_effective_date_time=one.period.effective,
            enrollment_expiration_date_time=one.period.expiration,
            withdrawn_date=None,
            withdrawal_reason=None,
            usage_count=0 if again is None else again.usage_count,
            created_date=at if again is None else again.created_date,
            last_modified_date=at if again is None else again.last_modified_date,
            version=1 if again is None else again.version,
            promotion_code=promotion.code,
            is_active=promotion.is_active,
            is_deleted=promotion.is_deleted,
            start_date_time=promotion.start_date_time,
            end_date_time=promotion.end_date_time,
            first_name=None,
            last_name=None,
            username=None,
        )

    def read(self) -> PromotionPartyUsage:
        """The record, from the database."""
        return PromotionPartyUsage.objects.select_related(
            "promotion", "account", "contact", "enrollment_offer"
        ).get(pk=self.key)


@dataclass(frozen=True, slots=True)
class NotEnrolled:
    """One item of a request, refused."""

    errors: tuple[DomainError, ...]
    item: Item
    """As far as it could be read."""
    decision: Decision | None = None
    """None where the item could not be read as a whole."""


Outcome = Enrolled | NotEnrolled


class ItemsRefused(Refused):
    """Items of a request are refused, and the whole request with them."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        refused = [one for one in outcomes if isinstance(one, NotEnrolled)]
        super().__init__(*(error for one in refused for error in one.errors))
        self.outcomes = outcomes
        """What was decided on each item; none of it was written."""
