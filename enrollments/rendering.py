"""What an enrollment looks like on the plain surface: from a row of the database to its properties.

Lists and single enrollments render by ``properties``, so that they can't differ; exports do so in
bulk (``exporting.py``), and a test compares them. A row is a tuple of the columns that are shown,
and no model instance: of ten million enrollments many are read, and most of the time went into
building records that were rendered and thrown away. Source: the enrollment contract, "The plain
REST surface: names".
"""

from datetime import datetime
from typing import Any, Final, NamedTuple

from enrollments.models import PromotionPartyUsage
from enrollments.standing import standing
from promotions import ids
from promotions.models.people import name_of
from promotions.moments import format_moment
from promotions.numbers import record_number


class ShownEnrollment(NamedTuple):
    """An enrollment with what is shown of its promotion and of who withdrew it.

    It has all that ``standing`` reads of an enrollment and of a promotion, under their names.
    """

    id: int
    promotion_id: int
    type: str
    account_id: int | None
    contact_id: int | None
    enrollment_offer_id: int | None
    is_party_enrolled: bool
    enrollment_effective_date_time: datetime
    enrollment_expiration_date_time: datetime | None
    withdrawn_date: datetime | None
    withdrawal_reason: str | None
    usage_count: int
    created_date: datetime
    last_modified_date: datetime
    version: int
    # The promotion's.
    promotion_code: str | None
    is_active: bool
    is_deleted: bool
    start_date_time: datetime | None
    end_date_time: datetime | None
    # Of who withdrew it; null where nobody did.
    first_name: str | None
    last_name: str | None
    username: str | None


COLUMNS: Final = (
    *ShownEnrollment._fields[:15],
    *(f"promotion__{name}" for name in ShownEnrollment._fields[15:20]),
    *(f"withdrawn_by__{name}" for name in ShownEnrollment._fields[20:]),
)
"""Where the fields of a ``ShownEnrollment`` are found, as paths from an enrollment."""


PROPERTIES: Final = (
    "id",
    "name",
    "promotionId",
    "promotionCode",
    "type",
    "accountId",
    "contactId",
    "enrollmentOfferId",
    "status",
    "isPartyEnrolled",
    "enrollmentEffectiveDateTime",
    "enrollmentExpirationDateTime",
    "withdrawnDate",
    "withdrawnBy",
    "withdrawalReason",
    "usageCount",
    "createdDate",
    "lastModifiedDate",
)
"""The names of the properties, in their order."""


def properties(row: ShownEnrollment, at: datetime) -> dict[str, Any]:
    """The properties of an enrollment, in their order; ``status`` is that of the moment ``at``."""
    account, contact, offer = row.account_id, row.contact_id, row.enrollment_offer_id
    expiration, withdrawn = row.enrollment_expiration_date_time, row.withdrawn_date
    return {
        "id": ids.encode(ids.PROMOTION_PARTY_USAGE, row.id),
        "name": record_number(PromotionPartyUsage.number_letters, row.id),
        "promotionId": ids.encode(ids.PROMOTION, row.promotion_id),
        "promotionCode": row.promotion_code,
        "type": row.type,
        "accountId": None if account is None else ids.encode(ids.ACCOUNT, account),
        "contactId": None if contact is None else ids.encode(ids.CONTACT, contact),
        "enrollmentOfferId": None if offer is None else ids.encode(ids.OFFER, offer),
        "status": standing(row, row, at).value,
        "isPartyEnrolled": row.is_party_enrolled,
        "enrollmentEffectiveDateTime": format_moment(row.enrollment_effective_date_time),
        "enrollmentExpirationDateTime": None if expiration is None else format_moment(expiration),
        "withdrawnDate": None if withdrawn is None else format_moment(withdrawn),
        "withdrawnBy": (
            None
            if row.username is None
            else name_of(row.first_name or "", row.last_name or "", row.username)
        ),
        "withdrawalReason": row.withdrawal_reason,
        "usageCount": row.usage_count,
        "createdDate": format_moment(row.created_date),
        "lastModifiedDate": format_moment(row.last_modified_date),
    }
