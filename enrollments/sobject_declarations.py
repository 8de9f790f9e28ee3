"""Customers, offers and enrollments as objects that clients can call for."""

from enrollments.models import PromotionPartyUsage, PromotionPartyUsageHistory
from enrollments.services.customers import accounts, contacts
from enrollments.services.offers import offers
from enrollments.services.usages import create_usage, delete_usage, undelete_usage, update_usage
from promotions.sobject_declarations import record, rows_of, trail_of
from promotions.sobjects.declare import declaration, declare
from promotions.sobjects.soql.tree import SearchIn

_CUSTOMERS = {"read_scope": "customers:read", "write_scope": "customers:write"}


ACCOUNT = record(
    accounts,
    child_relationships={"ParentId": "ChildAccounts"},
    searched={"name_key": SearchIn.NAME, "external_id": SearchIn.ALL},
    **_CUSTOMERS,
)
CONTACT = record(
    contacts,
    child_relationships={"AccountId": "Contacts"},
    searched={
        "first_name_key": SearchIn.NAME,
        "last_name_key": SearchIn.NAME,
        "email_key": SearchIn.EMAIL,
        "phone": SearchIn.PHONE,
        "external_id": SearchIn.ALL,
    },
    **_CUSTOMERS,
)
OFFER = record(
    offers,
    child_relationships={"PromotionId": "Offers"},
    searched={"name_key": SearchIn.NAME, "code_key": SearchIn.ALL},
)
USAGE = declaration(
    PromotionPartyUsage,
    rows=rows_of(PromotionPartyUsage),
    read_scope="enrollments:read",
    write_scope="enrollments:write",
    create=create_usage,
    update=update_usage,
    delete=delete_usage,
    undelete=undelete_usage,
    searched_by_number=True,
    child_relationships={
        "PromotionId": "PromotionPartyUsages",
        "AccountId": "PromotionPartyUsages",
        "ContactId": "PromotionPartyUsages",
        "EnrollmentOfferId": "PromotionPartyUsages",
    },
)
USAGE_HISTORY = trail_of(
    PromotionPartyUsageHistory,
    of=PromotionPartyUsage,
    column="usage",
    relationship=("PromotionPartyUsageId", "Histories"),
    read_scope="enrollments:read",
)


def declare_all() -> None:
    """Called when Django loads the application."""
    declare(ACCOUNT, CONTACT, OFFER, USAGE, USAGE_HISTORY)
