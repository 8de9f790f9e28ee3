# ruff: noqa: E501 (a row of a table is a line)
"""Rules 4 and 5, the offer, and how many may enroll."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.contract.identifiers import encode
from tests.contract.service import (
    PLAIN,
    Bad,
    Partner,
    at_path,
    bad,
    check_compatible,
    check_problem,
    tell,
    utc,
)

NOW = utc("2026-05-15T12:00:00")
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)

# id, the promotion's values, how the item names it, the refusal (None: enrolled)
Named = Callable[[dict[str, Any]], dict[str, Any]]


def by_id(promotion: dict[str, Any]) -> dict[str, Any]:
    return {"id": promotion["id"]}


def by_code(promotion: dict[str, Any]) -> dict[str, Any]:
    return {"code": promotion["promotionCode"]}


def by_both(promotion: dict[str, Any]) -> dict[str, Any]:
    return {**by_id(promotion), **by_code(promotion)}


MISSING = bad("promotion_not_found", "promotion")

STATES: list[tuple[str, dict[str, Any], Named, Bad | None]] = [
    ("by-id", {}, by_id, None),
    ("by-code", {}, by_code, None),
    ("by-both", {}, by_both, None),
    ("by-id-15", {}, lambda p: {"id": p["id"][:15]}, None),
    ("code-lower", {"promotionCode": "SpringA"}, lambda _: {"code": "springa"}, None),
    ("code-upper", {"promotionCode": "SpringB"}, lambda _: {"code": "SPRINGB"}, None),
    ("code-eszett", {"promotionCode": "Großer"}, lambda _: {"code": "GROSSER"}, None),
    ("code-sigma", {"promotionCode": "ΚΑΛΟΣ"}, lambda _: {"code": "καλος"}, None),
    ("id-and-code-case", {"promotionCode": "Mixed"}, lambda p: {"id": p["id"], "code": "MIXED"}, None),
    ("id-and-code-of-none", {}, lambda p: {"id": p["id"], "code": "NO-SUCH"}, MISSING),
    ("id-and-code-of-other", {}, lambda p: {"id": p["id"], "code": "OTHER"}, MISSING),
    ("id-of-none", {}, lambda _: {"id": encode("0c8", 987654321)}, MISSING),
    ("code-of-none", {}, lambda _: {"code": "NO-SUCH"}, MISSING),
    ("code-part", {"promotionCode": "WHOLE"}, lambda _: {"code": "WHOL"}, MISSING),
    ("code-like", {"promotionCode": "LIKE1"}, lambda _: {"code": "LIKE_"}, MISSING),
    ("id-of-contact", {}, lambda _: {"id": encode("003", 1)}, at_path("malformed_id", "promotion.id")),
    ("id-checksum", {}, lambda p: {"id": p["id"][:17] + "5"}, at_path("malformed_id", "promotion.id")),
    ("id-past-63-bits", {}, lambda _: {"id": encode("0c8", 2**63)}, at_path("malformed_id", "promotion.id")),
    ("inactive", {"isActive": False}, by_id, bad("promotion_inactive", "promotion")),
    ("inactive-by-code", {"isActive": False}, by_code, bad("promotion_inactive", "promotion")),
    ("enrollment-not-required", {"isEnrollmentRequired": False}, by_id, bad("enrollment_not_enabled", "promotion")),
    ("ended-long-ago", {"endDateTime": "2026-01-01T00:00:00Z"}, by_id, bad("promotion_ended", "promotion")),
    ("ended-a-second-ago", {"endDateTime": "2026-05-15T11:59:59Z"}, by_id, bad("promotion_ended", "promotion")),
    ("ended-this-second", {"endDateTime": "2026-05-15T12:00:00Z"}, by_id, bad("promotion_ended", "promotion")),
    ("ends-in-a-second", {"endDateTime": "2026-05-15T12:00:01Z"}, by_id, None),
    ("begins-in-a-second", {"startDateTime": "2026-05-15T12:00:01Z"}, by_id, None),
    ("begins-next-year", {"startDateTime": "2027-05-15T00:00:00Z"}, by_id, None),
    ("began-this-second", {"startDateTime": "2026-05-15T12:00:00Z"}, by_id, None),
    ("window-today", {"enrollmentStartDate": "2026-05-15", "enrollmentEndDate": "2026-05-15"}, by_id, None),
    ("window-from-tomorrow", {"enrollmentStartDate": "2026-05-16"}, by_id, bad("enrollment_not_open", "promotion")),
    ("window-until-yesterday", {"enrollmentEndDate": "2026-05-14"}, by_id, bad("enrollment_closed", "promotion")),
    ("window-open-start", {"enrollmentEndDate": "2026-05-15"}, by_id, None),
    ("window-open-end", {"enrollmentStartDate": "2026-05-15"}, by_id, None),
    ("window-open-before-promotion", {"enrollmentEndDate": "2026-05-20", "startDateTime": "2026-06-01T00:00:00Z"}, by_id, None),
    ("window-closed-promotion-runs", {"enrollmentEndDate": "2026-05-10", "startDateTime": "2026-05-01T00:00:00Z", "endDateTime": "2026-06-01T00:00:00Z"}, by_id, bad("enrollment_closed", "promotion")),
    ("inactive-beats-nothing-else", {"isActive": False, "enrollmentEndDate": "2026-12-31"}, by_id, bad("promotion_inactive", "promotion")),
]  # fmt: skip


def test_promotion(partner: Partner, subtests: pytest.Subtests, settings: Settings) -> None:
    settings.TIME_ZONE = "UTC"
    with partner.at(NOW):
        partner.promotion(promotionCode="OTHER")
        for name, values, named, expected in STATES:
            with subtests.test(name):
                promotion = partner.promotion(**values)
                item = {
                    "contact": {"id": partner.contact()["id"]},
                    "promotion": named(promotion),
                }
                if expected is not None:
                    partner.check_refused(item, expected)
                    partner.check_not_there(promotion)
                    continue
                result = partner.enrolled(item)
                assert result["promotion"] == {
                    "id": promotion["id"],
                    "code": promotion["promotionCode"],
                }
        for name, named in (("by-id", by_id), ("by-code", by_code)):
            with subtests.test(f"deleted-{name}"):
                promotion = partner.promotion()
                partner.delete(f"/api/v1/promotions/{promotion['id']}")
                item = {"contact": {"id": partner.contact()["id"]}, "promotion": named(promotion)}
                partner.check_refused(item, MISSING)


# Zone, first and last day of the window, its first moment and the first one after it, in UTC.
WINDOWS: list[tuple[str, str, str, str, str, str]] = [
    ("berlin-summer", "Europe/Berlin", "2026-06-10", "2026-06-20", "2026-06-09T22:00:00", "2026-06-20T22:00:00"),
    ("berlin-winter", "Europe/Berlin", "2026-01-10", "2026-01-10", "2026-01-09T23:00:00", "2026-01-10T23:00:00"),
    ("berlin-spring-forward", "Europe/Berlin", "2026-03-29", "2026-03-29", "2026-03-28T23:00:00", "2026-03-29T22:00:00"),
    ("berlin-fall-back", "Europe/Berlin", "2026-10-25", "2026-10-25", "2026-10-24T22:00:00", "2026-10-25T23:00:00"),
    ("berlin-over-spring", "Europe/Berlin", "2026-03-28", "2026-03-30", "2026-03-27T23:00:00", "2026-03-30T22:00:00"),
    ("berlin-over-fall", "Europe/Berlin", "2026-10-24", "2026-10-26", "2026-10-23T22:00:00", "2026-10-26T23:00:00"),
    ("new-york-spring-forward", "America/New_York", "2026-03-08", "2026-03-08", "2026-03-08T05:00:00", "2026-03-09T04:00:00"),
    ("new-york-fall-back", "America/New_York", "2026-11-01", "2026-11-01", "2026-11-01T04:00:00", "2026-11-02T05:00:00"),
    ("new-york-winter", "America/New_York", "2026-12-30", "2026-12-31", "2026-12-30T05:00:00", "2027-01-01T05:00:00"),
    ("kolkata", "Asia/Kolkata", "2026-06-10", "2026-06-10", "2026-06-09T18:30:00", "2026-06-10T18:30:00"),
    ("apia", "Pacific/Apia", "2026-06-10", "2026-06-10", "2026-06-09T11:00:00", "2026-06-10T11:00:00"),
    ("pago-pago", "Pacific/Pago_Pago", "2026-06-10", "2026-06-10", "2026-06-10T11:00:00", "2026-06-11T11:00:00"),
    # The clock goes from 23:59:59 to 01:00:00: the day has no midnight.
    ("santiago-no-midnight", "America/Santiago", "2026-09-06", "2026-09-06", "2026-09-06T04:00:00", "2026-09-07T03:00:00"),
    ("utc", "UTC", "2026-02-28", "2026-02-28", "2026-02-28T00:00:00", "2026-03-01T00:00:00"),
]  # fmt: skip


def test_enrollment_window(partner: Partner, settings: Settings, subtests: pytest.Subtests) -> None:
    """To the second, and to the microsecond where the last second ends."""

    def attempt(moment: datetime, promotion: dict[str, Any], code: str | None) -> None:
        with partner.at(moment):
            item = {
                "contact": {"id": partner.contact()["id"]},
                "promotion": {"id": promotion["id"]},
            }
            if code is None:
                partner.enrolled(item)
            else:
                partner.check_refused(item, bad(code, "promotion"))

    for name, zone, first, last, opens, closes in WINDOWS:
        settings.TIME_ZONE = zone
        start, end = utc(opens), utc(closes)
        with partner.at(start):
            promotion = partner.promotion(enrollmentStartDate=first, enrollmentEndDate=last)
        for edge, moment, code in (
            ("second-before", start - SECOND, "enrollment_not_open"),
            ("first-second", start, None),
            ("last-second", end - SECOND, None),
            ("last-microsecond", end - MICROSECOND, None),
            ("second-after", end, "enrollment_closed"),
        ):
            with subtests.test(f"{name}-{edge}"):
                attempt(moment, promotion, code)


OFFERS: list[tuple[str, dict[str, Any], Named, Bad | None]] = [
    ("by-id", {}, lambda o: {"id": o["id"]}, None),
    ("by-id-15", {}, lambda o: {"id": o["id"][:15]}, None),
    ("by-code", {}, lambda o: {"code": o["code"]}, None),
    ("by-code-case", {"code": "Wärme"}, lambda _: {"code": "WÄRME"}, None),
    ("by-both", {}, lambda o: {"id": o["id"], "code": o["code"].lower()}, None),
    ("of-the-promotion", {"promotionId": "this"}, lambda o: {"id": o["id"]}, None),
    ("of-another-promotion", {"promotionId": "other"}, lambda o: {"id": o["id"]}, bad("offer_not_for_promotion", "enrollmentOffer")),
    ("inactive", {"isActive": False}, lambda o: {"id": o["id"]}, bad("offer_inactive", "enrollmentOffer")),
    ("id-of-none", {}, lambda _: {"id": encode("0kW", 987654321)}, bad("offer_not_found", "enrollmentOffer")),
    ("code-of-none", {}, lambda _: {"code": "NO-SUCH"}, bad("offer_not_found", "enrollmentOffer")),
    ("disagree", {}, lambda o: {"id": o["id"], "code": "STRAY"}, bad("offer_not_found", "enrollmentOffer")),
    ("id-of-promotion", {}, lambda _: {"id": encode("0c8", 1)}, at_path("malformed_id", "enrollmentOffer.id")),
    ("id-past-63-bits", {}, lambda _: {"id": encode("0kW", 2**63)}, at_path("malformed_id", "enrollmentOffer.id")),
]  # fmt: skip


def test_offer(partner: Partner, subtests: pytest.Subtests) -> None:
    promotion, other = partner.promotion(), partner.promotion()
    partner.offer(code="STRAY")
    meant = {"this": promotion["id"], "other": other["id"]}
    for name, values, named, expected in OFFERS:
        with subtests.test(name):
            if "promotionId" in values:
                values = {**values, "promotionId": meant[values["promotionId"]]}
            offer = partner.offer(**values)
            item = {
                "contact": {"id": partner.contact()["id"]},
                "promotion": {"id": promotion["id"]},
                "enrollmentOffer": named(offer),
            }
            if expected is None:
                result = partner.enrolled(item)
                assert result["enrollmentOffer"] == {"id": offer["id"], "code": offer["code"]}
            else:
                partner.check_refused(item, expected)
    with subtests.test("deleted"):
        offer = partner.offer()
        partner.delete(f"/api/v1/offers/{offer['id']}")
        item = {
            "contact": {"id": partner.contact()["id"]},
            "promotion": {"id": promotion["id"]},
            "enrollmentOffer": {"id": offer["id"]},
        }
        partner.check_refused(item, bad("offer_not_found", "enrollmentOffer"))


def test_enrollment_limit(partner: Partner) -> None:
    def item(promotion: dict[str, Any]) -> dict[str, Any]:
        return {"contact": {"id": partner.contact()["id"]}, "promotion": {"id": promotion["id"]}}

    limit = bad("enrollment_limit_reached")
    promotion = partner.promotion(maximumEnrollmentCount=2)
    partner.enrolled(item(promotion))
    partner.enrollment(item(promotion))
    partner.check_refused(item(promotion), limit)

    # Within one request.
    promotion = partner.promotion(maximumEnrollmentCount=2)
    check_compatible(partner.enroll(*(item(promotion) for _ in range(3))), (2, limit))
    partner.check_not_there(promotion)
    answer = partner.enroll(*(item(promotion) for _ in range(3)), allOrNone=False)
    assert answer.status_code == 201, tell(answer)
    results = answer.json()["results"]
    assert ["errors" in one for one in results] == [False, False, True], tell(answer)
    assert results[2]["errors"][0]["code"] == "enrollment_limit_reached"
    assert len(partner.listed(f"{PLAIN}?promotionId={promotion['id']}")) == 2

    # Raised, and lifted.
    partner.change(f"/api/v1/promotions/{promotion['id']}", maximumEnrollmentCount=3)
    partner.enrolled(item(promotion))
    check_problem(partner.post(PLAIN, item(promotion)), limit)
    partner.change(f"/api/v1/promotions/{promotion['id']}", maximumEnrollmentCount=None)
    partner.enrolled(item(promotion))
