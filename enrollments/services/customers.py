"""What is done to accounts and contacts: the only writer of them."""

from collections.abc import Iterable
from typing import Final

from enrollments.models import Account, Contact
from promotions.errors import DomainError
from promotions.services.records import RecordService


def _contact_problems(contact: Contact) -> Iterable[DomainError]:
    if contact.account is not None and contact.account.is_deleted:
        yield DomainError("invalid_value", "This account was deleted. Name another.", "accountId")


accounts: Final = RecordService(Account, unique=("external_id",))
contacts: Final = RecordService(Contact, unique=("external_id",), problems=_contact_problems)
