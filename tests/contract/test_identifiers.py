"""The 18-character ids that the API shows, computed once more."""

import pytest

from tests.contract.identifiers import PREFIXES, checksum, decode, encode
from tests.contract.service import Partner, bad, check_problem, tell


def test_examples() -> None:
    """By hand: only an upper-case letter in the last of fifteen places sets a bit (16 is Q); in
    ``0hP`` and ``0kW`` that in the third place does (4 is E)."""
    assert encode("001", 0) == "001000000000000AAA"
    assert encode("0c8", 10) == "0c800000000000AAAQ"
    assert encode("0hP", 61) == "0hP00000000000zEAA"
    assert encode("0kW", 62) == "0kW000000000010EAA"


def test_shown(partner: Partner, subtests: pytest.Subtests) -> None:
    numbers: dict[str, list[int]] = {name: [] for name in PREFIXES}
    promotion = partner.promotion()
    for _ in range(40):  # past 36: upper and lower case letters
        contact = partner.contact()
        usage = partner.enrolled(
            {"contact": {"id": contact["id"]}, "promotion": {"id": promotion["id"]}}
        )
        for name, one in (
            ("contacts", contact["id"]),
            ("enrollments", usage["promotionPartyUsageId"]),
            ("accounts", partner.account()["id"]),
        ):
            with subtests.test(f"{name}-{one}"):
                assert len(one) == 18
                assert one[:3] == PREFIXES[name]
                assert one[15:] == checksum(one[:15])
                assert encode(one[:3], decode(one)) == one
                numbers[name].append(decode(one))
    for name, one in (("promotions", promotion["id"]), ("offers", partner.offer()["id"])):
        with subtests.test(name):
            assert one == encode(PREFIXES[name], decode(one))
    with subtests.test("each-its-own"):
        for name in ("contacts", "enrollments", "accounts"):
            assert len(set(numbers[name])) == 40
            assert numbers[name] == sorted(numbers[name])


def test_in_a_path(partner: Partner, subtests: pytest.Subtests) -> None:
    contact, promotion = partner.contact(), partner.promotion()
    records = {
        "promotions": promotion["id"],
        "accounts": partner.account()["id"],
        "contacts": contact["id"],
        "offers": partner.offer()["id"],
        "enrollments": partner.enrolled(
            {"contact": {"id": contact["id"]}, "promotion": {"id": promotion["id"]}}
        )["promotionPartyUsageId"],
    }
    for resource, one in records.items():
        prefix = PREFIXES[resource]
        last = "B" if one[17] == "A" else "A"
        other = "001" if prefix != "001" else "003"
        rows = [
            ("junk", "nothing", "malformed_id"),
            ("number", "1", "malformed_id"),
            ("checksum", one[:17] + last, "malformed_id"),
            ("lower", one[:15] + one[15:].lower(), "malformed_id"),
            ("17-characters", one[:17], "malformed_id"),
            ("prefix", encode(other, 1), "malformed_id"),
            ("past-63-bits", encode(prefix, 2**63), "malformed_id"),
            ("all-z", prefix + "z" * 12 + checksum(prefix + "z" * 12), "malformed_id"),
            ("largest", encode(prefix, 2**63 - 1), "not_found"),
            ("of-nobody", encode(prefix, 987654321), "not_found"),
        ]
        for name, text, code in rows:
            with subtests.test(f"{resource}-{name}"):
                check_problem(partner.get(f"/api/v1/{resource}/{text}"), bad(code))
                check_problem(partner.patch(f"/api/v1/{resource}/{text}/", {}), bad(code))
        with subtests.test(f"{resource}-itself"):
            for slash in ("", "/"):
                answer = partner.get(f"/api/v1/{resource}/{one}{slash}")
                assert answer.status_code == 200, tell(answer)
                assert answer.json()["id"] == one
