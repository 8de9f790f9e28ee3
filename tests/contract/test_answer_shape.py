"""The wire format's answer, property for property; and the plain surface's enrollment."""

from typing import Any

import pytest

from tests.contract.service import ENROLL, PLAIN, Partner, instant, tell, utc

NOW = utc("2026-05-15T12:00:00")
ALWAYS = {"promotion", "promotionPartyUsageId", "enrollmentEffectiveDateTime"}
ENROLLMENT = {
    "id", "createdDate", "lastModifiedDate", "name", "promotionId", "promotionCode", "type",
    "accountId", "contactId", "enrollmentOfferId", "status", "isPartyEnrolled",
    "enrollmentEffectiveDateTime", "enrollmentExpirationDateTime", "withdrawnDate", "withdrawnBy",
    "withdrawalReason", "usageCount",
}  # fmt: skip

# id, what the item names (e: effective, x: expiration), what the answer has beyond ALWAYS
ROWS: list[tuple[str, str, set[str]]] = [
    ("account", "account", {"account"}),
    ("contact-id", "contact.id", {"contact"}),
    ("contact-email", "contact.email", {"contact"}),
    ("contact-lastName", "contact.lastName", {"contact"}),
    ("contact-all", "contact.id contact.lastName contact.email", {"contact"}),
    ("account-and-contact", "account contact.id", {"account", "contact"}),
    ("account-and-email", "account contact.email", {"account", "contact"}),
    ("offer-id", "contact.id offer.id", {"contact", "enrollmentOffer"}),
    ("offer-code", "contact.id offer.code", {"contact", "enrollmentOffer"}),
    ("offer-both", "contact.id offer.id offer.code", {"contact", "enrollmentOffer"}),
    ("effective", "contact.id e", {"contact"}),
    ("expiration", "contact.id x", {"contact", "enrollmentExpirationDateTime"}),
    (
        "everything",
        "account contact.id contact.email offer.id e x",
        {"account", "contact", "enrollmentOffer", "enrollmentExpirationDateTime"},
    ),
    (
        "account-with-offer",
        "account offer.code x",
        {"account", "enrollmentOffer", "enrollmentExpirationDateTime"},
    ),
]
EFFECTIVE, EXPIRATION = "2026-05-20T08:30:00Z", "2026-06-30T22:00:00Z"


def test_answer(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        promotion = partner.promotion()
        offer = partner.offer()
        for name, names, more in ROWS:
            with subtests.test(name):
                account = partner.account()
                contact = partner.contact(accountId=account["id"])
                words = names.split()
                item: dict[str, Any] = {"promotion": {"id": promotion["id"]}}
                if "account" in words:
                    item["account"] = {"id": account["id"]}
                if of_contact := [word[8:] for word in words if word.startswith("contact.")]:
                    item["contact"] = {one: contact[one] for one in of_contact}
                if of_offer := [word[6:] for word in words if word.startswith("offer.")]:
                    item["enrollmentOffer"] = {one: offer[one] for one in of_offer}
                if "e" in words:
                    item["enrollmentEffectiveDateTime"] = EFFECTIVE
                if "x" in words:
                    item["enrollmentExpirationDateTime"] = EXPIRATION
                answer = partner.enroll(item)
                assert answer.status_code == 201, tell(answer)
                assert answer.headers["content-type"].split(";")[0] == "application/json"
                assert set(answer.json()) == {"results"}
                [result] = answer.json()["results"]
                assert set(result) == ALWAYS | more, result
                assert result["promotion"] == {
                    "id": promotion["id"],
                    "code": promotion["promotionCode"],
                }
                if "account" in more:
                    assert result["account"] == {"id": account["id"]}
                if "contact" in more:
                    wanted = {one: contact[one] for one in ("id", "lastName", "email")}
                    assert result["contact"] == wanted
                if "enrollmentOffer" in more:
                    assert result["enrollmentOffer"] == {"id": offer["id"], "code": offer["code"]}
                effective = instant(result["enrollmentEffectiveDateTime"])
                assert effective == (instant(EFFECTIVE) if "e" in words else NOW)
                if "x" in words:
                    assert instant(result["enrollmentExpirationDateTime"]) == instant(EXPIRATION)
                # The record behind it, on the plain surface.
                usage = partner.fetch(f"{PLAIN}/{result['promotionPartyUsageId']}")
                assert usage.keys() >= ENROLLMENT, usage
                assert usage["type"] == ("Contact" if of_contact else "Account")
                assert usage["contactId"] == (contact["id"] if of_contact else None)
                if "account" in words:
                    assert usage["accountId"] == account["id"]
                assert usage["promotionId"] == promotion["id"]
                assert usage["promotionCode"] == promotion["promotionCode"]
                assert usage["enrollmentOfferId"] == (offer["id"] if of_offer else None)
                assert instant(usage["enrollmentEffectiveDateTime"]) == effective
                expiration = usage["enrollmentExpirationDateTime"]
                assert (expiration is not None) == ("x" in words)
                assert usage["isPartyEnrolled"] is True
                assert usage["status"] == ("scheduled" if "e" in words else "active")
                assert usage["withdrawnDate"] is None
                assert usage["withdrawnBy"] is None
                assert usage["withdrawalReason"] is None
                assert isinstance(usage["usageCount"], int | float)
                assert usage["usageCount"] == 0
                assert isinstance(usage["name"], str)
                assert usage["name"]
                assert instant(usage["createdDate"]) == NOW


def test_properties_that_are_null(partner: Partner, subtests: pytest.Subtests) -> None:
    """What an answer always has is there even where there is no value for it."""
    with subtests.test("contact-without-email"):
        contact = partner.contact(email=None)
        promotion = partner.promotion()
        result = partner.enrolled(
            {"contact": {"id": contact["id"]}, "promotion": {"id": promotion["id"]}}
        )
        assert result["contact"] == {
            "id": contact["id"],
            "lastName": contact["lastName"],
            "email": None,
        }
    with subtests.test("promotion-without-code"):
        promotion = partner.promotion(promotionCode=None)
        result = partner.enrolled(
            {"contact": {"id": contact["id"]}, "promotion": {"id": promotion["id"]}}
        )
        assert result["promotion"] == {"id": promotion["id"], "code": None}
    with subtests.test("order-of-items"):
        promotion = partner.promotion()
        people = [partner.contact()["id"] for _ in range(12)]
        people.reverse()
        answer = partner.enroll(
            *({"contact": {"id": one}, "promotion": {"id": promotion["id"]}} for one in people)
        )
        assert answer.status_code == 201, tell(answer)
        assert [one["contact"]["id"] for one in answer.json()["results"]] == people


def test_plain_enrollment_is_what_is_retrieved(partner: Partner) -> None:
    contact, promotion = partner.contact(), partner.promotion()
    item = {
        "contact": {"email": contact["email"]},
        "promotion": {"code": promotion["promotionCode"]},
    }
    created = partner.enrollment(item)
    assert created.keys() >= ENROLLMENT
    assert partner.fetch(f"{PLAIN}/{created['id']}") == created
    assert partner.fetch(f"{PLAIN}/{created['id']}/") == created
    again = partner.post(ENROLL, {"inputParameters": [item]})
    assert again.status_code == 409
    assert again.json()[0]["promotionPartyUsageId"] == created["id"]
