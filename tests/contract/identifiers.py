"""The contract's identifiers, computed once more from its words."""

import string

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
CHECKS = string.ascii_uppercase + "012345"

PREFIXES = {
    "promotions": "0c8",
    "accounts": "001",
    "contacts": "003",
    "offers": "0kW",
    "enrollments": "0hP",
}


def checksum(first: str) -> str:
    groups = (first[0:5], first[5:10], first[10:15])
    return "".join(
        CHECKS[sum(1 << place for place, letter in enumerate(group) if "A" <= letter <= "Z")]
        for group in groups
    )


def encode(prefix: str, number: int) -> str:
    digits = ""
    for _ in range(12):
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    first = prefix + digits
    return first + checksum(first)


def decode(text: str) -> int:
    number = 0
    for digit in text[3:15]:
        number = number * 62 + DIGITS.index(digit)
    return number
