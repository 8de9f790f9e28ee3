"""Enrolling by simple-salesforce, by either door: the rules are the same.

Source: the enrollment contract, "The wire format" and "The rules"; the client contract, section 2.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from simple_salesforce.api import Salesforce

from tests.clients.service import word
from tests.clients.simple import created, refusal, sobject
from tests.clients.subjects import customer, enrollable

ENROLL = "global-promotions-management/promotion-enrollments"


def enroll(sf: Salesforce, **item: Any) -> Any:
    answer = sf.restful(ENROLL, method="POST", json={"inputParameters": [item]})
    assert answer is not None
    return answer["results"][0]


def test_enroll_by_the_promotion_management_call(sf: Salesforce) -> None:
    code, email = word(), f"{word()}@example.com"
    promotion = enrollable(sf, PromotionCode=code)
    contact = customer(sf, Email=email, LastName="Meyer")
    result = enroll(
        sf,
        contact={"email": email},
        promotion={"code": code},
        enrollmentEffectiveDateTime="2030-01-01T00:00:00Z",
    )
    usage = result["promotionPartyUsageId"]
    effective = result.pop("enrollmentEffectiveDateTime")
    assert re.fullmatch(r"2030-01-01T00:00:00(\.0+)?Z", effective)
    assert result == {
        "contact": {"id": contact, "lastName": "Meyer", "email": email},
        "promotion": {"id": promotion, "code": code},
        "promotionPartyUsageId": usage,
    }
    record = sobject(sf, "PromotionPartyUsage").get(usage)
    assert record["PartyId"] == record["ContactId"] == contact
    assert record["PromotionId"] == promotion
    assert record["EnrollmentEffectiveDateTime"] == "2030-01-01T00:00:00.000+0000"
    refused = refusal(lambda: enroll(sf, contact={"id": contact}, promotion={"id": promotion}))
    assert refused.codes == ["DUPLICATE_VALUE"]
    assert refused.content[0]["promotionPartyUsageId"] == usage


def test_withdraw_and_enroll_again_in_the_same_record(sf: Salesforce) -> None:
    usages = sobject(sf, "PromotionPartyUsage")
    values = {"PromotionId": enrollable(sf), "PartyId": customer(sf)}
    usage = created(sf, "PromotionPartyUsage", **values)
    assert usages.get(usage)["IsPartyEnrolled"] is True
    assert usages.update(usage, {"IsPartyEnrolled": False}) == 204
    withdrawn = usages.get(usage)
    assert withdrawn["IsPartyEnrolled"] is False
    assert withdrawn["WithdrawnDate"] is not None
    assert usages.update(usage, {"IsPartyEnrolled": True}) == 204
    again = usages.get(usage)
    assert (again["IsPartyEnrolled"], again["WithdrawnDate"]) == (True, None)
    # A withdrawn customer who is created anew keeps the record that partners track.
    usages.update(usage, {"IsPartyEnrolled": False})
    assert created(sf, "PromotionPartyUsage", **values) == usage
    question = (
        "SELECT Field, OldValue, NewValue FROM PromotionPartyUsageHistory"
        f" WHERE PromotionPartyUsageId = '{usage}' AND Field = 'IsPartyEnrolled'"
    )
    assert sf.query(question)["totalSize"] == 4


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"IsActive": False}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"IsEnrollmentRequired": False}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"EnrollmentEndDate": "2020-01-01"}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"EndDateTime": "2020-01-01T00:00:00Z"}, "FIELD_INTEGRITY_EXCEPTION"),
    ],
    ids=["inactive", "not open to enrollment", "closed", "over"],
)
def test_the_rules_hold_whatever_the_door(
    sf: Salesforce, values: dict[str, Any], code: str
) -> None:
    promotion, contact = enrollable(sf, **values), customer(sf)
    usage = {"PromotionId": promotion, "PartyId": contact}
    doors: list[Callable[[], Any]] = [
        lambda: created(sf, "PromotionPartyUsage", **usage),
        lambda: enroll(sf, contact={"id": contact}, promotion={"id": promotion}),
    ]
    for door in doors:
        refused = refusal(door)
        assert (refused.status, refused.codes) == (400, [code])


def test_an_account_with_an_offer(sf: Salesforce) -> None:
    promotion = enrollable(sf)
    account = created(sf, "Account", Name=word())
    offer = created(sf, "Offer", Name="Mailing", Code=word(), PromotionId=promotion)
    usage = created(
        sf,
        "PromotionPartyUsage",
        PromotionId=promotion,
        PartyId=account,
        EnrollmentOfferId=offer,
    )
    record = sobject(sf, "PromotionPartyUsage").get(usage)
    assert (record["Type"], record["AccountId"], record["ContactId"]) == (
        "Account",
        account,
        None,
    )
    assert record["PartyId"] == account
    assert record["EnrollmentOfferId"] == offer
