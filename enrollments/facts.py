"""What the database says of the records that a request names, as the rules read it. Pure.

Plain values instead of models: the path of every check-out needs a few columns of each, and a
request names up to thousands of customers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple, Protocol

from enrollments.rules import ContactMatches


@dataclass(slots=True)
class PromotionFacts:
    """A promotion that exists, is not deleted, and that the caller may see."""

    key: int
    name: str
    code: str | None
    is_active: bool
    is_deleted: bool
    start_date_time: datetime | None
    end_date_time: datetime | None
    is_enrollment_required: bool
    enrollment_start_date: date | None
    enrollment_end_date: date | None
    maximum_enrollment_count: int | None
    is_place_freed_on_withdrawal: bool
    taken: int | None
    """The places that are taken, where it has a limit; None where they were not counted yet."""
    row_version: str | None = field(default=None, compare=False)
    """Of the record that was read, on PostgreSQL: another one may say something else."""


@dataclass(slots=True)
class OfferFacts:
    """An offer that exists, is not deleted, and that the caller may see."""

    key: int
    code: str
    promotion_id: int | None
    is_active: bool
    row_version: str | None = field(default=None, compare=False)


class ContactFacts(NamedTuple):
    """A person, with what answers tell of one."""

    key: int
    last_name: str
    email: str | None


class ExistingUsage(Protocol):
    """The record that a customer has in the promotion; the model is one."""

    pk: int
    is_party_enrolled: bool
    is_deleted: bool
    enrollment_effective_date_time: datetime
    enrollment_expiration_date_time: datetime | None

    @property
    def record_id(self) -> str: ...


class CustomerFacts(NamedTuple):
    """What was found for the customer of one item, and in the promotion that it names."""

    account_found: bool
    matches: ContactMatches
    contact: ContactFacts | None
    """The contact meant, where exactly one is."""
    existing: ExistingUsage | None


NOBODY: Final = CustomerFacts(False, ContactMatches(0, 0), None, None)
"""In place of a customer where only what an item says beside that is decided on."""


@dataclass(slots=True)
class Facts:
    """What was found for the items of a request: customers in the items' order, promotions and
    offers as the items name them."""

    customers: list[CustomerFacts]
    promotions: Mapping["Named", PromotionFacts] = field(default_factory=dict)
    offers: Mapping["Named", OfferFacts] = field(default_factory=dict)


Named = tuple[int | None, str | None]
"""A record by primary key, by code, or by both."""
