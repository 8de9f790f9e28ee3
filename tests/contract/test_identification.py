# ruff: noqa: E501 (a row of a table is a line)
"""Rules 1-3: who the customer is."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.identifiers import checksum, encode
from tests.contract.service import ENROLL, PLAIN, Bad, Partner, at_path, bad, tell

World = dict[str, dict[str, Any]]
Names = Callable[[World], dict[str, Any]]

NOT_FOUND = bad("customer_not_found", "contact")
NO_ACCOUNT = bad("customer_not_found", "account")
MISMATCH = bad("account_contact_mismatch")


@pytest.fixture
def world(partner: Partner) -> World:
    """Everybody whom the tables below name."""
    first, second = partner.account(), partner.account()
    gone = partner.contact(lastName="Gone", email="gone@example.com", accountId=first["id"])
    partner.delete(f"/api/v1/contacts/{gone['id']}")
    lost = partner.account()
    partner.delete(f"/api/v1/accounts/{lost['id']}")

    def person(name: str, **values: Any) -> dict[str, Any]:
        return partner.contact(**{"lastName": name, "email": None, **values})

    people = {
        "ann": person("Anders", email="Ann.Anders@Example.com"),
        "bob": person("Bauer", email="bob@example.com"),
        "strasse": person("Straße"),
        "groß": person("GROẞ"),
        "dotted": person("İnci"),
        "dotless": person("Işık"),
        "sigma": person("Σίσυφος"),
        "sigma-capitals": person("ΘΗΣΕΥΣ"),
        "kelvin": person("Smith-Kelvin", email="kelvin@example.com"),
        "cyrillic": person("Щукин"),
        "family 1": person("Family", email="family@example.com"),
        "family 2": person("Family", email="FAMILY@example.com"),
        "family 3": person("family", email="third@example.com"),
        "ghost": person("Half", email="half@example.com"),
        "twin 1": person("Twin", accountId=first["id"]),
        "twin 2": person("Twin", accountId=second["id"]),
        "pair 1": person("Pair", accountId=first["id"]),
        "pair 2": person("pair", accountId=first["id"]),
        "member": person("Member", email="member@example.com", accountId=first["id"]),
        "loner": person("Loner"),
        "percent": person("100%_sure"),
    }
    half = person("Half", email="other-half@example.com")
    partner.delete(f"/api/v1/contacts/{half['id']}")
    return {
        **people,
        "gone": gone,
        "first": first,
        "second": second,
        "third": partner.account(),
        "lost": lost,
    }


def contact(**values: Any) -> Names:
    """``contact(id="ann", email="bob")``: each identifier is that of the one named."""

    def names(world: World) -> dict[str, Any]:
        return {"contact": {name: world[who][name] for name, who in values.items()}}

    return names


def said(**values: str) -> Names:
    """These very words."""
    return lambda _: {"contact": values}


FOUND: list[tuple[str, Names, str]] = [
    ("id", contact(id="ann"), "ann"),
    ("email", contact(email="ann"), "ann"),
    ("lastName", contact(lastName="ann"), "ann"),
    ("id-email", contact(id="ann", email="ann"), "ann"),
    ("id-lastName", contact(id="ann", lastName="ann"), "ann"),
    ("lastName-email", contact(lastName="ann", email="ann"), "ann"),
    ("all-three", contact(id="ann", lastName="ann", email="ann"), "ann"),
    ("email-upper", said(email="ANN.ANDERS@EXAMPLE.COM"), "ann"),
    ("email-lower", said(email="ann.anders@example.com"), "ann"),
    ("lastName-upper", said(lastName="ANDERS"), "ann"),
    ("lastName-lower-email-upper", said(lastName="anders", email="ANN.anders@example.COM"), "ann"),
    ("eszett-ss", said(lastName="Strasse"), "strasse"),
    ("eszett-SS", said(lastName="STRASSE"), "strasse"),
    ("eszett-capital", said(lastName="STRAẞE"), "strasse"),
    ("eszett-itself", said(lastName="straße"), "strasse"),
    ("capital-eszett-stored-ss", said(lastName="gross"), "groß"),
    ("capital-eszett-stored-small", said(lastName="groß"), "groß"),
    ("dotted-I-itself", said(lastName="İNCI"), "dotted"),
    ("dotted-I-folded", said(lastName="i̇nci"), "dotted"),
    ("dotless-i", said(lastName="IŞıK"), "dotless"),
    ("sigma-upper", said(lastName="ΣΊΣΥΦΟΣ"), "sigma"),
    ("sigma-not-final", said(lastName="σίσυφοσ"), "sigma"),
    ("sigma-stored-upper", said(lastName="θησευς"), "sigma-capitals"),
    ("cyrillic", said(lastName="щУКИН"), "cyrillic"),
    ("kelvin-sign-email", said(email="\u212aelvin@example.com"), "kelvin"),
    ("kelvin-sign-name", said(lastName="Smith-\u212aelvin"), "kelvin"),
    ("ambiguous-name-and-email", said(lastName="FAMILY", email="Third@example.com"), "family 3"),
    ("ambiguous-email-and-id", contact(id="family 2", email="family 1"), "family 2"),
    ("ambiguous-name-and-id", contact(id="family 1", lastName="family 3"), "family 1"),
    ("deleted-namesake-does-not-count", said(lastName="half"), "ghost"),
    ("like-characters", said(lastName="100%_SURE"), "percent"),
    ("15-characters", lambda w: {"contact": {"id": w["ann"]["id"][:15]}}, "ann"),
    (
        "15-characters-and-email",
        lambda w: {"contact": {"id": w["ann"]["id"][:15], "email": w["ann"]["email"]}},
        "ann",
    ),
    (
        "account-and-its-member",
        lambda w: {**contact(id="member")(w), "account": {"id": w["first"]["id"]}},
        "member",
    ),
    (
        "account-15-characters",
        lambda w: {**contact(id="member")(w), "account": {"id": w["first"]["id"][:15]}},
        "member",
    ),
    (
        "account-narrows-first",
        lambda w: {**said(lastName="twin")(w), "account": {"id": w["first"]["id"]}},
        "twin 1",
    ),
    (
        "account-narrows-second",
        lambda w: {**said(lastName="TWIN")(w), "account": {"id": w["second"]["id"]}},
        "twin 2",
    ),
    ("account-alone", lambda w: {"account": {"id": w["first"]["id"]}}, "first"),
    ("account-alone-15", lambda w: {"account": {"id": w["second"]["id"][:15]}}, "second"),
]


def _flip(text: str) -> str:
    """The same letters, one of the first fifteen in the other case, and the old checksum."""
    return text[:14] + text[14].swapcase() + text[15:] if text[14].isalpha() else _wrong(text)


def _wrong(text: str) -> str:
    """A checksum of right characters that is not the right one."""
    return text[:17] + ("B" if text[17] == "A" else "A")


def _id(make: Callable[[str], str]) -> Names:
    return lambda w: {"contact": {"id": make(w["ann"]["id"])}}


def _first_fifteen(prefix: str, digits: str) -> str:
    return prefix + digits + checksum(prefix + digits)


REFUSED: list[tuple[str, Names, Bad]] = [
    ("id-of-one-email-of-other", contact(id="ann", email="bob"), NOT_FOUND),
    ("id-of-one-lastName-of-other", contact(id="ann", lastName="bob"), NOT_FOUND),
    ("lastName-of-one-email-of-other", contact(lastName="ann", email="bob"), NOT_FOUND),
    ("two-of-one-email-of-other", contact(id="ann", lastName="ann", email="bob"), NOT_FOUND),
    ("two-of-one-lastName-of-other", contact(id="ann", email="ann", lastName="bob"), NOT_FOUND),
    ("two-of-one-id-of-other", contact(id="bob", email="ann", lastName="ann"), NOT_FOUND),
    ("id-of-one-email-of-nobody", lambda w: {"contact": {"id": w["ann"]["id"], "email": "x@example.com"}}, NOT_FOUND),
    ("email-of-nobody", said(email="nobody@example.com"), NOT_FOUND),
    ("lastName-of-nobody", said(lastName="Nobody"), NOT_FOUND),
    ("id-of-nobody", said(id=encode("003", 987654321)), NOT_FOUND),
    ("id-largest", said(id=encode("003", 2**63 - 1)), NOT_FOUND),
    ("part-of-name", said(lastName="Ander"), NOT_FOUND),
    ("like-percent", said(lastName="100%%"), NOT_FOUND),
    ("like-underscore", said(lastName="10_%_sure"), NOT_FOUND),
    ("dotted-is-not-i", said(lastName="inci"), NOT_FOUND),
    ("dotted-is-not-I", said(lastName="INCI"), NOT_FOUND),
    ("dotless-is-not-I", said(lastName="IŞIK"), NOT_FOUND),
    ("umlaut-is-a-letter", said(lastName="Straße ".strip().replace("a", "ä")), NOT_FOUND),
    ("deleted-by-id", contact(id="gone"), NOT_FOUND),
    ("deleted-by-email", contact(email="gone"), NOT_FOUND),
    ("deleted-by-lastName", contact(lastName="gone"), NOT_FOUND),
    ("email-is-no-injection", said(email="' OR 1=1 --"), NOT_FOUND),
    ("two-names", said(lastName="Twin"), bad("customer_ambiguous", "contact", matches=2)),
    ("three-names", said(lastName="FAMILY"), bad("customer_ambiguous", "contact", matches=3)),
    ("two-emails", said(email="Family@Example.Com"), bad("customer_ambiguous", "contact", matches=2)),
    ("two-of-name-and-email", contact(lastName="family 1", email="family 1"), bad("customer_ambiguous", "contact", matches=2)),
    ("prefix-of-account", lambda w: {"contact": {"id": w["first"]["id"]}}, at_path("malformed_id", "contact.id")),
    ("prefix-unknown", said(id=encode("999", 1)), at_path("malformed_id", "contact.id")),
    ("checksum-wrong", _id(_wrong), at_path("malformed_id", "contact.id")),
    ("checksum-small", _id(lambda one: one[:15] + one[15:].lower()), at_path("malformed_id", "contact.id")),
    ("case-folded", _id(str.lower), at_path("malformed_id", "contact.id")),
    ("case-of-one-letter", _id(_flip), at_path("malformed_id", "contact.id")),
    ("14-characters", _id(lambda one: one[:14]), at_path("malformed_id", "contact.id")),
    ("16-characters", _id(lambda one: one[:16]), at_path("malformed_id", "contact.id")),
    ("17-characters", _id(lambda one: one[:17]), at_path("malformed_id", "contact.id")),
    ("19-characters", _id(lambda one: one + "A"), at_path("malformed_id", "contact.id")),
    ("space-around", _id(lambda one: f" {one}"), at_path("malformed_id", "contact.id")),
    ("line-feed-after", _id(lambda one: f"{one}\n"), at_path("malformed_id", "contact.id")),
    ("dash-inside", said(id=_first_fifteen("003", "00000000-001")), at_path("malformed_id", "contact.id")),
    ("fullwidth-digit", said(id=_first_fifteen("003", "00000000000１")), at_path("malformed_id", "contact.id")),
    ("decimal-number", said(id="1"), at_path("malformed_id", "contact.id")),
    ("uuid", said(id="0b6f1c9e-7f41-4c5e-9a43-5f6a2f6f8f0e"), at_path("malformed_id", "contact.id")),
    ("past-63-bits", said(id=encode("003", 2**63)), at_path("malformed_id", "contact.id")),
    ("past-63-bits-15", said(id=encode("003", 2**63)[:15]), at_path("malformed_id", "contact.id")),
    ("all-z", said(id=_first_fifteen("003", "z" * 12)), at_path("malformed_id", "contact.id")),
    ("account-of-nobody", lambda _: {"account": {"id": encode("001", 987654321)}}, NO_ACCOUNT),
    ("account-deleted", lambda w: {"account": {"id": w["lost"]["id"]}}, NO_ACCOUNT),
    ("account-id-of-contact", lambda w: {"account": {"id": w["ann"]["id"]}}, at_path("malformed_id", "account.id")),
    ("account-past-63-bits", lambda _: {"account": {"id": encode("001", 2**63 + 1)}}, at_path("malformed_id", "account.id")),
    ("account-of-other", lambda w: {**contact(id="member")(w), "account": {"id": w["second"]["id"]}}, MISMATCH),
    ("account-of-other-by-email", lambda w: {**contact(email="member")(w), "account": {"id": w["second"]["id"]}}, MISMATCH),
    ("contact-of-no-account", lambda w: {**contact(id="loner")(w), "account": {"id": w["first"]["id"]}}, MISMATCH),
    ("account-narrows-to-none", lambda w: {**said(lastName="twin")(w), "account": {"id": w["third"]["id"]}}, MISMATCH),
    ("account-narrows-pair-to-none", lambda w: {**said(lastName="pair")(w), "account": {"id": w["second"]["id"]}}, MISMATCH),
    ("account-narrows-to-several", lambda w: {**said(lastName="Pair")(w), "account": {"id": w["first"]["id"]}}, bad("customer_ambiguous", "contact", matches=2)),
    ("account-and-contact-of-nobody", lambda w: {**said(lastName="Nobody")(w), "account": {"id": w["first"]["id"]}}, NOT_FOUND),
    ("account-and-deleted-contact", lambda w: {**contact(id="gone")(w), "account": {"id": w["first"]["id"]}}, NOT_FOUND),
    ("account-of-nobody-and-contact", lambda w: {**contact(id="member")(w), "account": {"id": encode("001", 987654321)}}, NO_ACCOUNT),
    ("account-deleted-and-contact", lambda w: {**contact(id="member")(w), "account": {"id": w["lost"]["id"]}}, NO_ACCOUNT),
]  # fmt: skip


def test_found(partner: Partner, world: World, subtests: pytest.Subtests) -> None:
    for number, (name, names, who) in enumerate(FOUND):
        with subtests.test(name):
            promotion = {"promotion": {"id": partner.promotion()["id"]}}
            wanted = world[who]
            item = {**names(world), **promotion}
            party = "contact" if "contact" in item else "account"
            if number % 2:
                result = partner.enrolled(item)
                assert result[party]["id"] == wanted["id"], f"somebody else: {result}"
                if party == "contact":
                    assert result["contact"]["lastName"] == wanted["lastName"]
                    assert result["contact"]["email"] == wanted["email"]
                    assert ("account" in result) == ("account" in item)
            else:
                usage = partner.enrollment(item)
                assert usage[f"{party}Id"] == wanted["id"], f"somebody else: {usage}"
                assert usage["type"] == party.capitalize()
                if "account" in item:  # recorded beside the contact
                    assert usage["accountId"] == item["account"]["id"][:15] + checksum(
                        item["account"]["id"][:15]
                    )


def test_refused(partner: Partner, world: World, subtests: pytest.Subtests) -> None:
    promotion = partner.promotion()
    for name, names, expected in REFUSED:
        with subtests.test(name):
            item = {**names(world), "promotion": {"id": promotion["id"]}}
            partner.check_refused(item, expected)
    with subtests.test("nobody-enrolled"):
        partner.check_not_there(promotion)


def test_ambiguity_names_nobody(partner: Partner, world: World) -> None:
    item = {"contact": {"lastName": "Family"}, "promotion": {"id": partner.promotion()["id"]}}
    for path, body in ((ENROLL, {"inputParameters": [item]}), (PLAIN, item)):
        answer = partner.post(path, body)
        assert answer.json(), tell(answer)
        for who in ("family 1", "family 2", "family 3"):
            for told in (world[who]["id"], world[who]["id"][:15], world[who]["email"]):
                assert told.lower() not in answer.text.lower(), tell(answer)
