"""The four objects that partners' integrations live on, and a record of each to try calls with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simple_salesforce.api import Salesforce

from tests.clients.service import word
from tests.clients.simple import created


@dataclass(frozen=True)
class Subject:
    """An object, and what a client sends and sees of one record."""

    name: str
    sent: Callable[[Salesforce], dict[str, Any]]
    """Values for a new record, as lenient as clients are; what must exist first is made."""
    shown: dict[str, Any]
    """How some of them look when they are read."""
    change: dict[str, Any]
    changed: dict[str, Any]
    cleared: str
    """A field that can be null."""
    key: str
    """The field that an upsert finds the record by."""
    named: str
    """A field whose value only this record has, and that a search looks at."""

    def __str__(self) -> str:
        return self.name


def _promotion(sf: Salesforce) -> dict[str, Any]:
    return {
        "attributes": {"type": "Promotion"},
        "Name": word(),
        "PromotionCode": word(),
        "ExternalId": word(),
        "DisplayName": "Für den Sommer",
        # As django-salesforce and sf send them.
        "IsActive": "true",
        "PriorityNumber": "5",
        "StartDateTime": "2026-05-01T02:00:00+02:00",
        "EndDateTime": "2031-06-01T00:00:00.000Z",
        "EnrollmentStartDate": "2026-04-15",
    }


def _account(sf: Salesforce) -> dict[str, Any]:
    return {"Name": word(), "ExternalId": word()}


def _contact(sf: Salesforce) -> dict[str, Any]:
    return {
        "AccountId": created(sf, "Account", Name=word())[:15],
        "FirstName": "Robin",
        "LastName": word(),
        "Email": "robin@example.com",
        "ExternalId": word(),
    }


def enrollable(sf: Salesforce, **more: Any) -> str:
    """The id of a new promotion that customers can enroll in."""
    values = {"Name": word(), "IsActive": True, "IsEnrollmentRequired": True, **more}
    return created(sf, "Promotion", **values)


def customer(sf: Salesforce, **more: Any) -> str:
    """The id of a new contact."""
    return created(sf, "Contact", **{"LastName": word(), **more})


def _usage(sf: Salesforce) -> dict[str, Any]:
    return {
        "PromotionId": enrollable(sf),
        "PartyId": customer(sf),
        "IsPartyEnrolled": "true",
        "EnrollmentEffectiveDateTime": "2030-01-01T00:00:00Z",
        "EnrollmentExpirationDateTime": "2031-01-01T01:30:00+0130",
    }


SUBJECTS = (
    Subject(
        "Promotion",
        _promotion,
        shown={
            "DisplayName": "Für den Sommer",
            "Description": None,
            "IsActive": True,
            "IsEnrollmentRequired": False,
            "PriorityNumber": 5,
            "StartDateTime": "2026-05-01T00:00:00.000+0000",
            "EndDateTime": "2031-06-01T00:00:00.000+0000",
            "EnrollmentStartDate": "2026-04-15",
            "EnrollmentEndDate": None,
            "IsDeleted": False,
        },
        change={"Description": "Two for one", "IsActive": False, "PriorityNumber": 7},
        changed={"Description": "Two for one", "IsActive": False, "PriorityNumber": 7},
        cleared="DisplayName",
        key="ExternalId",
        named="Name",
    ),
    Subject(
        "Account",
        _account,
        shown={"IsDeleted": False},
        change={"Name": "Meyer & Söhne"},
        changed={"Name": "Meyer & Söhne"},
        cleared="ExternalId",
        key="ExternalId",
        named="Name",
    ),
    Subject(
        "Contact",
        _contact,
        shown={
            "FirstName": "Robin",
            "Email": "robin@example.com",
            "Phone": None,
            "IsDeleted": False,
        },
        change={"Phone": "+49 30 1234", "AccountId": None},
        changed={"Phone": "+49 30 1234", "AccountId": None},
        cleared="FirstName",
        key="ExternalId",
        named="LastName",
    ),
    Subject(
        "PromotionPartyUsage",
        _usage,
        shown={
            "Type": "Contact",
            "IsPartyEnrolled": True,
            "EnrollmentEffectiveDateTime": "2030-01-01T00:00:00.000+0000",
            "EnrollmentExpirationDateTime": "2031-01-01T00:00:00.000+0000",
            "EnrollmentOfferId": None,
            "WithdrawnDate": None,
            "IsDeleted": False,
        },
        change={"EnrollmentExpirationDateTime": "2032-01-01T00:00:00Z"},
        changed={"EnrollmentExpirationDateTime": "2032-01-01T00:00:00.000+0000"},
        cleared="EnrollmentExpirationDateTime",
        key="Id",
        named="Name",
    ),
)
