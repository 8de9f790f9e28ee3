"""What is done to accounts and contacts: the only writer of them."""

from typing import Final

from enrollments.models import Account, Contact
from promotions.services.records import RecordService

accounts: Final = RecordService(Account, unique=("external_id",))
contacts: Final = RecordService(Contact, unique=("external_id",))
