"""``/api/v1/accounts`` and ``/api/v1/contacts``."""

from typing import Any, ClassVar, TypeVar

import django_filters
from django.db.models import F
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enrollments.models import Account, Contact
from enrollments.services.customers import accounts, contacts
from promotions import ids
from promotions.api.filters import FoldedFilter, IdFilter, RecordFilters
from promotions.api.json import json_body
from promotions.api.serializers import RecordSerializer
from promotions.api.views import RecordViewSet, expected_versions
from promotions.errors import refuse
from promotions.models import Record
from promotions.services.records import RecordService

R = TypeVar("R", bound=Record)


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


class CustomerViewSet(RecordViewSet[R]):
    """What accounts and contacts share: the other system's key leads to them too."""

    read_scope = "customers:read"
    write_scope = "customers:write"
    service: ClassVar[RecordService[Any]]

    @action(
        detail=False,
        methods=["put"],
        url_path="by-external-id/(?P<external_id>.+?)",
        url_name="upsert",
    )
    def upsert(self, request: Request, external_id: str) -> Response:
        """Create the record with this external id (201), or change it where it exists (200).

        A property that is absent stays as it is; null clears it.
        """
        body = json_body(request)
        try:
            fields: Any = self.get_serializer()
            accepted = fields.fields["externalId"].run_validation(external_id)
        except ValidationError:
            accepted = None
        if accepted != external_id:
            detail = "An external id has 1 to 255 characters, no blanks around it and no NUL."
            raise refuse("invalid_value", detail, "externalId")
        if isinstance(body, dict) and body.get("externalId", external_id) != external_id:
            detail = "The body names another external id than the path. Leave it out of the body."
            raise refuse("invalid_value", detail, "externalId")
        existing = self.get_queryset().filter(external_id=external_id).first()
        serializer = self.get_serializer(existing, data=body, partial=existing is not None)
        serializer.is_valid(raise_exception=True)
        values = {k: v for k, v in serializer.validated_data.items() if k != "external_id"}
        record, created = self.service.upsert(
            "external_id",
            external_id,
            values,
            by=self.actor,
            at=self.at,
            expected=expected_versions(request),
        )
        return self.answer_created(record) if created else self.answer(record)


class AccountViewSet(CustomerViewSet[Account]):
    """Accounts: companies, households."""

    model = Account
    serializer_class = AccountSerializer
    filterset_class = AccountFilters
    orderings: ClassVar = {
        "createdDate": F("created_date"),
        "lastModifiedDate": F("last_modified_date"),
        "name": F("name_key"),
    }
    service = accounts
    create_record, update_record, delete_record = accounts.create, accounts.update, accounts.delete


class ContactViewSet(CustomerViewSet[Contact]):
    """Contacts: people."""

    model = Contact
    serializer_class = ContactSerializer
    filterset_class = ContactFilters
    orderings: ClassVar = {
        "createdDate": F("created_date"),
        "lastModifiedDate": F("last_modified_date"),
        "lastName": F("last_name_key"),
    }
    service = contacts
    create_record, update_record, delete_record = contacts.create, contacts.update, contacts.delete
