"""``/api/v1/accounts`` and ``/api/v1/contacts``."""

from typing import ClassVar

import django_filters
from django.db.models import F

from enrollments.models import Account, Contact
from enrollments.services.customers import accounts, contacts
from promotions import ids
from promotions.api.filters import FoldedFilter, IdFilter, RecordFilters
from promotions.api.part_views import ByExternalId
from promotions.api.serializers import RecordSerializer


class AccountSerializer(RecordSerializer[Account]):
    class Meta:
        model = Account


class ContactSerializer(RecordSerializer[Contact]):
    class Meta:
        model = Contact


class AccountFilters(RecordFilters):
    name = FoldedFilter(field_name="name_key")
    externalId = django_filters.CharFilter(field_name="external_id")


class ContactFilters(RecordFilters):
    accountId = IdFilter((ids.ACCOUNT,), field_name="account")
    firstName = FoldedFilter(field_name="first_name_key")
    lastName = FoldedFilter(field_name="last_name_key")
    email = FoldedFilter(field_name="email_key")
    phone = django_filters.CharFilter(field_name="phone")
    externalId = django_filters.CharFilter(field_name="external_id")


class AccountViewSet(ByExternalId[Account]):
    """Accounts: companies, households."""

    model = Account
    serializer_class = AccountSerializer
    filterset_class = AccountFilters
    read_scope, write_scope = "customers:read", "customers:write"
    service = accounts


class ContactViewSet(ByExternalId[Contact]):
    """Contacts: people."""

    model = Contact
    serializer_class = ContactSerializer
    filterset_class = ContactFilters
    orderings: ClassVar = {
        "createdDate": F("created_date"),
        "lastModifiedDate": F("last_modified_date"),
        "lastName": F("last_name_key"),
    }
    read_scope, write_scope = "customers:read", "customers:write"
    service = contacts
