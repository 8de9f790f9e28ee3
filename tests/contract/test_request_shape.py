# ruff: noqa: E501 (a row of a table is a line)
"""The wire format's request: every property absent, empty, of a wrong type, unknown."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.identifiers import encode
from tests.contract.service import (
    ENROLL,
    PLAIN,
    Bad,
    Partner,
    at_path,
    bad,
    check_compatible,
    check_problem,
    tell,
)

NOBODY = encode("003", 987654321)
EMPTY = ("customer_required", "required", "invalid_value")
EMPTY_PROMOTION = ("promotion_required", "required", "invalid_value")
BLANK = ("required", "invalid_value", "customer_required", "customer_not_found")


@dataclass(frozen=True)
class World:
    contact: str
    account: str
    promotion: str
    offer: str

    def item(self, **changes: Any) -> dict[str, Any]:
        """A good item with these properties instead; ``...`` leaves one out."""
        values = {
            "contact": {"id": self.contact},
            "promotion": {"id": self.promotion},
            **changes,
        }
        return {name: value for name, value in values.items() if value is not ...}


REFUSED: list[tuple[str, Callable[[World], Any], Bad]] = [
    ("no-customer", lambda w: w.item(contact=...), bad("customer_required")),
    ("customer-null", lambda w: w.item(contact=None), bad("customer_required")),
    ("both-null", lambda w: w.item(contact=None, account=None), bad("customer_required")),
    ("contact-empty", lambda w: w.item(contact={}), bad(EMPTY)),
    ("account-empty", lambda w: w.item(contact=..., account={}), bad(EMPTY)),
    ("contact-nulls", lambda w: w.item(contact={"id": None, "email": None}), bad(EMPTY)),
    ("contact-text", lambda w: w.item(contact=w.contact), at_path("invalid_type", "contact")),
    ("contact-list", lambda w: w.item(contact=[{}]), at_path("invalid_type", "contact")),
    ("contact-true", lambda w: w.item(contact=True), at_path("invalid_type", "contact")),
    ("account-text", lambda w: w.item(account=w.account), at_path("invalid_type", "account")),
    ("account-number", lambda w: w.item(account=0), at_path("invalid_type", "account")),
    ("contact-id-number", lambda w: w.item(contact={"id": 7}), at_path("invalid_type", "contact.id")),
    ("contact-id-object", lambda w: w.item(contact={"id": {}}), at_path("invalid_type", "contact.id")),
    ("contact-id-false", lambda w: w.item(contact={"id": False}), at_path("invalid_type", "contact.id")),
    ("contact-name-number", lambda w: w.item(contact={"lastName": 7}), at_path("invalid_type", "contact.lastName")),
    ("contact-name-list", lambda w: w.item(contact={"lastName": ["X"]}), at_path("invalid_type", "contact.lastName")),
    ("contact-email-number", lambda w: w.item(contact={"email": 1.5}), at_path("invalid_type", "contact.email")),
    ("contact-email-true", lambda w: w.item(contact={"email": True}), at_path("invalid_type", "contact.email")),
    ("contact-id-blank", lambda w: w.item(contact={"id": ""}), bad(("malformed_id", *BLANK[:3]), "contact")),
    ("contact-name-blank", lambda w: w.item(contact={"lastName": ""}), bad(BLANK[:3], "contact")),
    ("contact-email-blank", lambda w: w.item(contact={"email": ""}), bad(BLANK[:3], "contact")),
    ("contact-unknown", lambda w: w.item(contact={"id": w.contact, "phone": "1"}), at_path("unknown_property", "contact.phone")),
    ("contact-firstName", lambda w: w.item(contact={"id": w.contact, "firstName": "Robin"}), at_path("unknown_property", "contact.firstName")),
    ("contact-id-case", lambda w: w.item(contact={"Id": w.contact, "email": "x@example.com"}), at_path("unknown_property", "contact.Id")),
    ("account-unknown", lambda w: w.item(account={"id": w.account, "name": "A"}), at_path("unknown_property", "account.name")),
    ("account-id-number", lambda w: w.item(account={"id": 1}), at_path("invalid_type", "account.id")),
    ("no-promotion", lambda w: w.item(promotion=...), bad("promotion_required")),
    ("promotion-null", lambda w: w.item(promotion=None), bad("promotion_required")),
    ("promotion-empty", lambda w: w.item(promotion={}), bad(EMPTY_PROMOTION)),
    ("promotion-nulls", lambda w: w.item(promotion={"id": None, "code": None}), bad(EMPTY_PROMOTION)),
    ("promotion-text", lambda w: w.item(promotion="SPRING"), at_path("invalid_type", "promotion")),
    ("promotion-id-number", lambda w: w.item(promotion={"id": 1}), at_path("invalid_type", "promotion.id")),
    ("promotion-code-number", lambda w: w.item(promotion={"code": 1}), at_path("invalid_type", "promotion.code")),
    ("promotion-code-blank", lambda w: w.item(promotion={"code": ""}), bad(EMPTY_PROMOTION, "promotion")),
    ("promotion-unknown", lambda w: w.item(promotion={"id": w.promotion, "name": "x"}), at_path("unknown_property", "promotion.name")),
    ("offer-empty", lambda w: w.item(enrollmentOffer={}), bad(("required", "invalid_value"), "enrollmentOffer")),
    ("offer-text", lambda w: w.item(enrollmentOffer="X"), at_path("invalid_type", "enrollmentOffer")),
    ("offer-id-number", lambda w: w.item(enrollmentOffer={"id": 1}), at_path("invalid_type", "enrollmentOffer.id")),
    ("offer-code-object", lambda w: w.item(enrollmentOffer={"code": {}}), at_path("invalid_type", "enrollmentOffer.code")),
    ("offer-unknown", lambda w: w.item(enrollmentOffer={"id": w.offer, "name": "x"}), at_path("unknown_property", "enrollmentOffer.name")),
    ("effective-number", lambda w: w.item(enrollmentEffectiveDateTime=1747310400), at_path("invalid_type", "enrollmentEffectiveDateTime")),
    ("effective-true", lambda w: w.item(enrollmentEffectiveDateTime=True), at_path("invalid_type", "enrollmentEffectiveDateTime")),
    ("expiration-object", lambda w: w.item(enrollmentExpirationDateTime={}), at_path("invalid_type", "enrollmentExpirationDateTime")),
    ("effective-blank", lambda w: w.item(enrollmentEffectiveDateTime=""), at_path("invalid_datetime", "enrollmentEffectiveDateTime")),
    ("item-unknown", lambda w: w.item(priority=1), at_path("unknown_property", "priority")),
    ("item-unknown-null", lambda w: w.item(priority=None), at_path("unknown_property", "priority")),
    ("item-allOrNone", lambda w: w.item(allOrNone=False), at_path("unknown_property", "allOrNone")),
    ("item-nested", lambda w: {"inputParameters": [w.item()]}, bad("unknown_property")),
    ("contact-name-nul", lambda w: w.item(contact={"lastName": "A\x00B"}), bad(BLANK, "contact")),
    ("promotion-code-nul", lambda w: w.item(promotion={"code": "A\x00"}), bad((*EMPTY_PROMOTION, "promotion_not_found"), "promotion")),
]  # fmt: skip


@pytest.fixture
def world(partner: Partner) -> World:
    return World(
        contact=partner.contact()["id"],
        account=partner.account()["id"],
        promotion=partner.promotion()["id"],
        offer=partner.offer()["id"],
    )


def _refusal(response: Any) -> str:
    body = response.json()
    code: str = (body if isinstance(body, list) else body["errors"])[0]["code"]
    return code


def test_properties_of_an_item(partner: Partner, world: World, subtests: pytest.Subtests) -> None:
    for name, make, expected in REFUSED:
        with subtests.test(name):
            item = make(world)
            if name == "item-nested":
                answers = [partner.enroll(item), partner.post(PLAIN, item)]
                for answer in answers:
                    assert answer.status_code == 400, tell(answer)
                continue
            compatible, plain = partner.enroll(item), partner.post(PLAIN, item)
            if len(expected.codes) > 1:  # of several, both surfaces say the same
                assert _refusal(compatible) == _refusal(plain), tell(compatible) + tell(plain)
                expected = Bad(_refusal(plain), expected.path) if (
                    _refusal(plain) in expected.codes
                ) else expected  # fmt: skip
            check_compatible(compatible, (0, expected))
            check_problem(plain, expected)
    with subtests.test("nobody-enrolled"):
        partner.check_not_there({"id": world.promotion})


BODIES: list[tuple[str, Callable[[World], Any], Bad]] = [
    ("no-items", lambda w: {"inputParameters": []}, at_path("empty_request", "inputParameters")),
    ("absent", lambda _: {}, bad(("empty_request", "required"))),
    ("null", lambda _: {"inputParameters": None}, bad(("empty_request", "required", "invalid_type"))),
    ("object", lambda w: {"inputParameters": w.item()}, at_path("invalid_type", "inputParameters")),
    ("text", lambda _: {"inputParameters": "x"}, at_path("invalid_type", "inputParameters")),
    ("201-items", lambda w: {"inputParameters": [w.item()] * 201}, at_path("too_many_items", "inputParameters")),
    ("body-list", lambda w: [w.item()], bad("invalid_type")),
    ("body-null", lambda _: None, bad(("invalid_type", "malformed_json", "empty_request"))),
    ("body-text", lambda _: "x", bad("invalid_type")),
    ("body-number", lambda _: 5, bad("invalid_type")),
    ("body-unknown", lambda w: {"inputParameters": [w.item()], "dryRun": True}, at_path("unknown_property", "dryRun")),
    ("allOrNone-text", lambda w: {"inputParameters": [w.item()], "allOrNone": "false"}, at_path("invalid_type", "allOrNone")),
    ("allOrNone-number", lambda w: {"inputParameters": [w.item()], "allOrNone": 0}, at_path("invalid_type", "allOrNone")),
    ("item-text", lambda _: {"inputParameters": ["x"]}, at_path("invalid_type", "inputParameters[0]")),
    ("item-null", lambda _: {"inputParameters": [None]}, at_path("invalid_type", "inputParameters[0]")),
    ("item-list", lambda w: {"inputParameters": [[w.item()]]}, at_path("invalid_type", "inputParameters[0]")),
    ("second-item-number", lambda w: {"inputParameters": [w.item(), 2]}, at_path("invalid_type", "inputParameters[1]")),
]  # fmt: skip

RAW: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("blank", b"  \n"),
    ("truncated", b'{"inputParameters": [{"contact": '),
    ("trailing-comma", b'{"inputParameters": [],}'),
    ("single-quotes", b"{'inputParameters': []}"),
    ("comment", b'{"inputParameters": [] /* none */}'),
    ("two-documents", b'{"inputParameters": []}{}'),
    ("bare-word", b"hello"),
    ("python-true", b'{"allOrNone": True}'),
    ("nan", b'{"inputParameters": [NaN]}'),
    ("infinity", b'{"inputParameters": [-Infinity]}'),
    ("leading-zero", b'{"inputParameters": [01]}'),
    ("not-utf8", b'{"inputParameters": [{"contact": {"lastName": "M\xfcller"}}]}'),
    ("control-character", b'{"inputParameters": [{"contact": {"lastName": "A\nB"}}]}'),
    ("bad-escape", b'{"inputParameters": [{"contact": {"lastName": "\\x41"}}]}'),
    ("form", b"inputParameters=1"),
]


def test_bodies(partner: Partner, world: World, subtests: pytest.Subtests) -> None:
    for name, make, expected in BODIES:
        with subtests.test(name):
            raw = json.dumps(make(world)).encode()
            check_compatible(partner.post(ENROLL, raw=raw), expected)
    for name, raw in RAW:
        with subtests.test(f"json-{name}"):
            check_compatible(partner.post(ENROLL, raw=raw), bad("malformed_json"))
            check_problem(partner.post(PLAIN, raw=raw), bad("malformed_json"))
    for name, text in (("list", "[]"), ("text", '"x"'), ("number", "1"), ("true", "true")):
        with subtests.test(f"plain-body-{name}"):
            check_problem(partner.post(PLAIN, raw=text.encode()), bad("invalid_type"))
    for name, raw in (  # no crash, and nobody found: what JSON and Unicode leave open
        ("lone-surrogate", b'{"contact": {"lastName": "\\ud800"}, "promotion": {"code": "X"}}'),
        ("deep", b'{"contact": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
        ("huge-number", b'{"contact": {"id": 1e99999}}'),
        ("long-number", b'{"contact": {"id": ' + b"9" * 10_000 + b"}}"),
        ("bom", b'\xef\xbb\xbf{"contact": {"lastName": "X"}}'),
    ):
        with subtests.test(f"no-crash-{name}"):
            for path, sent in (
                (PLAIN, raw),
                (ENROLL, b'{"inputParameters": [' + raw + b"]}"),
            ):
                answer = partner.post(path, raw=sent)
                assert 400 <= answer.status_code < 500, tell(answer)
                assert answer.json(), tell(answer)
    with subtests.test("nobody-enrolled"):
        partner.check_not_there({"id": world.promotion})


def test_how_many_items(partner: Partner, world: World, subtests: pytest.Subtests) -> None:
    with subtests.test("200-items"):
        items = [world.item(contact={"id": NOBODY})] * 199 + [world.item()]
        answer = partner.enroll(*items, allOrNone=False)
        assert answer.status_code == 201, tell(answer)
        results = answer.json()["results"]
        assert len(results) == 200
        assert "promotionPartyUsageId" in results[199], results[199]
        assert all(list(one) == ["errors"] for one in results[:199])
    with subtests.test("1-item"):
        answer = partner.enroll(world.item(contact={"id": partner.contact()["id"]}))
        assert answer.status_code == 201, tell(answer)


def test_what_is_null_or_left_out(
    partner: Partner, world: World, subtests: pytest.Subtests
) -> None:
    """On creation absent and null mean the same."""
    for name, changes in (
        ("account-null", {"account": None}),
        ("offer-null", {"enrollmentOffer": None}),
        ("effective-null", {"enrollmentEffectiveDateTime": None}),
        ("expiration-null", {"enrollmentExpirationDateTime": None}),
    ):
        with subtests.test(name):
            item = world.item(contact={"id": partner.contact()["id"]}, **changes)
            answer = partner.post(PLAIN, item)
            assert answer.status_code == 201, tell(answer)


def test_media_types_and_sizes(partner: Partner, world: World, subtests: pytest.Subtests) -> None:
    for name, media in (
        ("text", "text/plain"),
        ("form", "application/x-www-form-urlencoded"),
        ("multipart", "multipart/form-data; boundary=x"),
        ("xml", "application/xml"),
    ):
        with subtests.test(f"media-{name}"):
            sent = {
                "raw": json.dumps(world.item()).encode(),
                "headers": {"Content-Type": media},
            }
            check_compatible(partner.post(ENROLL, **sent), bad("unsupported_media_type"))
            check_problem(partner.post(PLAIN, **sent), bad("unsupported_media_type"))
    for name, media in (
        ("charset", "application/json; charset=utf-8"),
        ("charset-upper", "application/json;charset=UTF-8"),
        ("upper", "Application/JSON"),
    ):
        with subtests.test(f"media-{name}"):
            item = world.item(contact={"id": partner.contact()["id"]})
            answer = partner.enroll(item, headers={"Content-Type": media})
            assert answer.status_code == 201, tell(answer)
    padding = b" " * 5_500_000
    with subtests.test("too-large"):
        small = json.dumps(world.item()).encode()
        whole = json.dumps({"inputParameters": [world.item()]}).encode()
        check_compatible(partner.post(ENROLL, raw=whole + padding), bad("payload_too_large"))
        check_problem(partner.post(PLAIN, raw=small + padding), bad("payload_too_large"))
        check_problem(
            partner.post("/api/v1/accounts", raw=b'{"name": "A"}' + padding),
            bad("payload_too_large"),
        )
    with subtests.test("just-below-5-MB"):
        item = world.item(contact={"id": partner.contact()["id"]})
        raw = json.dumps({"inputParameters": [item]}).encode() + b" " * 4_900_000
        answer = partner.post(ENROLL, raw=raw)
        assert answer.status_code == 201, tell(answer)


def test_paths_and_methods(partner: Partner, world: World, subtests: pytest.Subtests) -> None:
    template = "/services/data/v{}/global-promotions-management/promotion-enrollments{}"
    for version in ("20.0", "21.0", "45.0", "59.0", "66.0", "67.0", "68.0"):
        for slash in ("", "/"):
            with subtests.test(f"version-{version}{slash}"):
                item = world.item(contact={"id": partner.contact()["id"]})
                answer = partner.enroll(item, path=template.format(version, slash))
                assert answer.status_code == 201, tell(answer)
    for version in ("19.0", "69.0", "0.0", "70.0", "100.0", "67", "167.0"):
        with subtests.test(f"no-version-{version}"):
            answer = partner.enroll(world.item(), path=template.format(version, ""))
            check_compatible(answer, bad("not_found"))
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        with subtests.test(f"method-{method}"):
            body = None if method in ("GET", "DELETE") else {"inputParameters": [world.item()]}
            check_compatible(partner.send(method, ENROLL, body), bad("method_not_allowed"))
            check_compatible(partner.send(method, f"{ENROLL}/", body), bad("method_not_allowed"))
    with subtests.test("unknown-path"):
        answer = partner.get("/services/data/v67.0/global-promotions-management/nothing")
        check_compatible(answer, bad("not_found"))
        check_problem(partner.get("/api/v1/nothing"), bad("not_found"))
    with subtests.test("nobody-enrolled-by-these"):
        assert world.contact not in {
            partner.fetch(f"{PLAIN}/{one}")["contactId"]
            for one in partner.listed(f"{PLAIN}?promotionId={world.promotion}")
        }
