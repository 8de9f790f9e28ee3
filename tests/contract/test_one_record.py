"""Rules 8 to 11: one record per customer and promotion; all or nothing."""

from typing import Any

import pytest

from enrollments.models import PromotionPartyUsage
from tests.contract.identifiers import decode, encode
from tests.contract.service import (
    PLAIN,
    Bad,
    Partner,
    bad,
    check_compatible,
    check_entries,
    check_problem,
    instant,
    tell,
    utc,
)

NOW = utc("2026-05-15T12:00:00")
LATER = utc("2026-07-01T09:00:00")
EFFECTIVE, EXPIRATION = "enrollmentEffectiveDateTime", "enrollmentExpirationDateTime"
NOBODY = encode("003", 987654321)


def of(contact: str, promotion: str, **more: Any) -> dict[str, Any]:
    return {"contact": {"id": contact}, "promotion": {"id": promotion}, **more}


ENROLLED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("now", {}, {}),
    ("until", {EXPIRATION: "2026-06-01T00:00:00Z"}, {}),
    ("for-a-second-more", {EXPIRATION: "2026-05-15T12:00:01Z"}, {}),
    ("still-to-begin", {EFFECTIVE: "2026-06-01T00:00:00Z"}, {}),
    ("promotion-still-to-begin", {}, {"startDateTime": "2026-06-01T00:00:00Z"}),
]


def test_already_enrolled(partner: Partner, subtests: pytest.Subtests) -> None:
    with partner.at(NOW):
        account = partner.account()
        for name, dates, values in ENROLLED:
            for party in ("contact", "account"):
                with subtests.test(f"{name}-{party}"):
                    promotion = partner.promotion(**values)
                    contact = partner.contact(accountId=account["id"])
                    customer = {
                        "contact": {"contact": {"id": contact["id"]}},
                        "account": {"account": {"id": account["id"]}},
                    }[party]
                    item = {**customer, "promotion": {"id": promotion["id"]}}
                    usage = partner.enrolled({**item, **dates})["promotionPartyUsageId"]
                    taken = bad("already_enrolled", promotionPartyUsageId=usage)
                    partner.check_refused(item, taken)
                    partner.check_refused({**item, EFFECTIVE: "2026-08-01T00:00:00Z"}, taken)
                    if party == "contact":  # the same customer in other words
                        for names in (
                            {"contact": {"email": contact["email"].upper()}},
                            {"contact": {"lastName": contact["lastName"].lower()}},
                            {**customer, "account": {"id": account["id"]}},
                        ):
                            partner.check_refused({**item, **names}, taken)
        with subtests.test("contact-and-its-account-are-two"):
            promotion = partner.promotion()
            contact = partner.contact(accountId=account["id"])
            of_contact = partner.enrolled(of(contact["id"], promotion["id"]))
            of_account = partner.enrolled(
                {"account": {"id": account["id"]}, "promotion": {"id": promotion["id"]}}
            )
            assert of_contact["promotionPartyUsageId"] != of_account["promotionPartyUsageId"]


def _history(partner: Partner, usage: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = partner.fetch(f"{PLAIN}/{usage}/history")["results"]
    return entries


AGAIN: list[tuple[str, dict[str, Any], bool, dict[str, Any]]] = [
    # id, the first enrollment's dates, withdrawn (else expired by LATER), the second's dates
    ("withdrawn", {}, True, {}),
    ("withdrawn-with-dates", {EXPIRATION: "2026-12-01T00:00:00Z"}, True, {}),
    ("withdrawn-to-dates", {}, True, {EXPIRATION: "2026-11-01T00:00:00Z"}),
    ("expired", {EXPIRATION: "2026-06-01T00:00:00Z"}, False, {}),
    ("expired-this-second", {EXPIRATION: "2026-07-01T09:00:00Z"}, False, {}),
    (
        "expired-to-dates",
        {EFFECTIVE: "2026-05-20T00:00:00Z", EXPIRATION: "2026-06-01T00:00:00Z"},
        False,
        {EFFECTIVE: "2026-08-01T00:00:00Z", EXPIRATION: "2026-09-01T00:00:00Z"},
    ),
]


def test_enrolled_again(partner: Partner, subtests: pytest.Subtests) -> None:
    """In the same record: the counts stay, the dates are replaced, history shows both."""
    for name, first, withdrawn, second in AGAIN:
        for surface in ("compatible", "plain"):
            with subtests.test(f"{name}-{surface}"):
                with partner.at(NOW):
                    promotion, contact = partner.promotion(), partner.contact()
                    item = of(contact["id"], promotion["id"])
                    usage = partner.enrolled({**item, **first})["promotionPartyUsageId"]
                    # Nothing in this API uses a promotion.
                    PromotionPartyUsage.objects.filter(pk=decode(usage)).update(usage_count=3)
                    if withdrawn:
                        answer = partner.post(f"{PLAIN}/{usage}/withdraw", {"reason": "Moved"})
                        assert answer.status_code == 200, tell(answer)
                    before = _history(partner, usage)
                with partner.at(LATER):
                    if surface == "plain":
                        again = partner.enrollment({**item, **second})["id"]
                    else:
                        again = partner.enrolled({**item, **second})["promotionPartyUsageId"]
                    assert again == usage, "another record"
                    assert partner.listed(f"{PLAIN}?promotionId={promotion['id']}") == {usage}
                    now = partner.fetch(f"{PLAIN}/{usage}")
                    assert now["usageCount"] == 3
                    assert now["isPartyEnrolled"] is True
                    assert now["withdrawnDate"] is None
                    assert now["withdrawalReason"] is None
                    wanted = second.get(EFFECTIVE, "2026-07-01T09:00:00Z")
                    assert instant(now[EFFECTIVE]) == instant(wanted)
                    assert now[EXPIRATION] == second.get(EXPIRATION)
                    assert instant(now["createdDate"]) == NOW
                    after = _history(partner, usage)
                    assert len(after) > len(before), "nothing of it in the history"
                    assert after[-len(before) :] == before, "the first one is gone"
                    assert instant(after[0]["createdDate"]) == LATER
                    taken = bad("already_enrolled", promotionPartyUsageId=usage)
                    partner.check_refused(item, taken)


def test_over_with_the_promotion_and_back(partner: Partner) -> None:
    """Without dates of their own they are enrolled again as soon as the promotion goes on."""
    with partner.at(NOW):
        promotion = partner.promotion(endDateTime="2026-06-01T00:00:00Z")
        item = of(partner.contact()["id"], promotion["id"])
        usage = partner.enrolled(item)["promotionPartyUsageId"]
    with partner.at(LATER):
        partner.check_refused(item, bad("promotion_ended", "promotion"))
        partner.change(f"/api/v1/promotions/{promotion['id']}", endDateTime=None)
        partner.check_refused(item, bad("already_enrolled", promotionPartyUsageId=usage))


def test_duplicates_in_a_request(partner: Partner, subtests: pytest.Subtests) -> None:
    account = partner.account()
    promotion, other = partner.promotion()["id"], partner.promotion()["id"]

    def person() -> dict[str, Any]:
        return partner.contact(accountId=account["id"])

    duplicate = bad("duplicate_in_request")
    with subtests.test("two"):
        item = of(person()["id"], promotion)
        check_compatible(partner.enroll(item, item), (1, duplicate))
        partner.check_not_there({"id": promotion})
    with subtests.test("three"):
        check_compatible(partner.enroll(item, item, item), (1, duplicate), (2, duplicate))
    with subtests.test("other-words"):
        contact = person()
        answer = partner.enroll(
            of(contact["id"][:15], promotion),
            of(person()["id"], promotion),
            {"contact": {"email": contact["email"].upper()}, "promotion": {"id": promotion}},
            {
                "contact": {"lastName": contact["lastName"]},
                "account": {"id": account["id"]},
                "promotion": {"id": promotion},
                EXPIRATION: "2099-01-01T00:00:00Z",
            },
        )
        check_compatible(answer, (2, duplicate), (3, duplicate))
        partner.check_not_there({"id": promotion})
    with subtests.test("not-the-same"):
        contact = person()
        answer = partner.enroll(
            of(contact["id"], promotion),
            of(contact["id"], other),
            {"account": {"id": account["id"]}, "promotion": {"id": promotion}},
            of(person()["id"], promotion),
        )
        assert answer.status_code == 201, tell(answer)
        assert len({one["promotionPartyUsageId"] for one in answer.json()["results"]}) == 4
    with subtests.test("not-all"):  # a record made earlier in the same request counts
        item = of(person()["id"], promotion)
        answer = partner.enroll(item, item, allOrNone=False)
        assert answer.status_code == 201, tell(answer)
        first, second = answer.json()["results"]
        made = first["promotionPartyUsageId"]
        check_entries(
            second["errors"],
            [(bad("duplicate_in_request", promotionPartyUsageId=made), "inputParameters[1]")],
            tell(answer),
        )
    with subtests.test("of-a-record-that-there-is"):
        item = of(person()["id"], promotion)
        usage = partner.enrolled(item)["promotionPartyUsageId"]
        partner.post(f"{PLAIN}/{usage}/withdraw", {"reason": "Moved"})
        expected = bad("duplicate_in_request", promotionPartyUsageId=usage)
        check_compatible(partner.enroll(item, item), (1, expected))
        assert partner.fetch(f"{PLAIN}/{usage}")["status"] == "withdrawn"


# id, the items' words, the refusals: g(ood), n(obody), e(nrolled), i(nactive promotion),
# o(ffer of none), c(ustomer missing), u(nknown property), p(romotion of none), m(alformed id)
ERRORS: dict[str, Bad] = {
    "n": bad("customer_not_found", "contact"),
    "e": bad("already_enrolled"),
    "i": bad("promotion_inactive", "promotion"),
    "o": bad("offer_not_found", "enrollmentOffer"),
    "c": bad("customer_required"),
    "u": bad("unknown_property", "shade"),
    "p": bad("promotion_not_found", "promotion"),
    "m": bad("malformed_id", "contact.id"),
}
REQUESTS: list[tuple[str, str, int, int]] = [
    # id, items, status with all-or-none and without
    ("good", "ggg", 201, 201),
    ("one-bad-first", "ngg", 404, 201),
    ("one-bad-middle", "gng", 404, 201),
    ("one-bad-last", "ggn", 404, 201),
    ("only-bad", "n", 404, 400),
    ("bad-alike-404", "gnpon", 404, 201),
    ("bad-alike-400", "gigci", 400, 201),
    ("bad-alike-409", "ege", 409, 201),
    ("bad-alike-only", "ee", 409, 400),
    ("bad-unlike", "gnie", 400, 201),
    ("bad-unlike-only", "ne", 400, 400),
    ("bad-shape-and-rules", "cnug", 400, 201),
    ("bad-shape-only", "cum", 400, 400),
    ("bad-shape-and-404", "mgn", 400, 201),
    ("bad-of-every-kind", "gneiocupm", 400, 201),
]


MODES: list[tuple[str, dict[str, Any]]] = [
    ("all", {}),
    ("all-said", {"allOrNone": True}),
    ("some", {"allOrNone": False}),
]


def test_all_or_none(partner: Partner, subtests: pytest.Subtests) -> None:
    inactive = partner.promotion(isActive=False)["id"]
    for name, words, status_all, status_some in REQUESTS:
        for mode, sent in MODES:
            with subtests.test(f"{name}-{mode}"):
                promotion = partner.promotion()["id"]
                items: list[dict[str, Any]] = []
                expected: list[Bad | None] = []
                already: set[str] = set()
                for word in words:
                    item = of(partner.contact()["id"], promotion)
                    error = ERRORS.get(word)
                    if word == "n":
                        item["contact"] = {"id": NOBODY}
                    elif word == "m":
                        item["contact"] = {"id": "x"}
                    elif word == "c":
                        del item["contact"]
                    elif word == "u":
                        item["shade"] = "blue"
                    elif word == "o":
                        item["enrollmentOffer"] = {"code": "NO-SUCH"}
                    elif word == "p":
                        item["promotion"] = {"code": "NO-SUCH"}
                    elif word == "i":
                        item["promotion"] = {"id": inactive}
                    elif word == "e":
                        usage = partner.enrolled(item)["promotionPartyUsageId"]
                        already.add(usage)
                        error = bad("already_enrolled", promotionPartyUsageId=usage)
                    items.append(item)
                    expected.append(error)
                answer = partner.enroll(*items, **sent)
                there = partner.listed(f"{PLAIN}?promotionId={promotion}")
                wrong = [(index, one) for index, one in enumerate(expected) if one]
                if mode != "some" and wrong:
                    check_compatible(answer, *wrong, status=status_all)
                    assert there == already, "not all or nothing"
                    continue
                wanted = status_some if mode == "some" else status_all
                assert answer.status_code == wanted, tell(answer)
                results = answer.json()["results"]
                assert len(results) == len(items), tell(answer)
                made = set()
                for index, (result, error) in enumerate(zip(results, expected, strict=True)):
                    if error is None:
                        assert result["contact"]["id"] == items[index]["contact"]["id"]
                        made.add(result["promotionPartyUsageId"])
                        continue
                    assert set(result) == {"errors"}, result
                    check_entries(
                        result["errors"], [(error, f"inputParameters[{index}]")], tell(answer)
                    )
                assert there == already | made


def test_plain_surface_takes_one_item(partner: Partner, subtests: pytest.Subtests) -> None:
    promotion = partner.promotion()["id"]
    with subtests.test("several-errors"):
        item = {"contact": {"id": 5}, "promotion": {"id": promotion}, "shade": "blue"}
        answer = partner.post(PLAIN, item)
        found = answer.json()["errors"]
        if len(found) > 1:
            pairs = sorted((one["code"], one["pointer"]) for one in found)
            assert pairs == [("invalid_type", "contact.id"), ("unknown_property", "shade")]
            assert answer.json()["code"] == "several_errors", tell(answer)
            assert answer.status_code == 400
        else:
            assert answer.json()["code"] == found[0]["code"], tell(answer)
    with subtests.test("list-is-refused"):
        item = of(partner.contact()["id"], promotion)
        check_problem(partner.post(PLAIN, [item]), bad("invalid_type"))
