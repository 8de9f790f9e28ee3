"""Constants as queries have them: right ones of each type, wrong ones, and odd ones."""

from random import Random
from typing import Final

_MOMENTS: Final = (
    "2026-01-01T00:00:00Z",
    "2026-05-01T12:30:59.123+02:00",
    "2026-05-01T12:30:59.123+0000",
    "2026-05-01T00:00:00-12:00",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30T00:00:00Z",
    "2026-05-01T24:00:00Z",
    "2026-05-01T12:30:59.1234567890123Z",
)
_DAYS: Final = ("2026-01-01", "0001-01-01", "9999-12-31", "0000-00-00", "2026-13-01", "2024-02-29")
_SPANS: Final = ("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS")
_UNITS: Final = ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
_NUMBERS: Final = (
    *("0", "1", "-1", "5", "+7", "0.5", "-0.00001", "10", "2000", "1e3", "1E-5", ".5", "5."),
    *("2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "1e308", "1e999"),
    *("99999999999999999999999999999999999999999", "-1e39", "0e999999999", "1e-999999999", "--1"),
)
_TEXTS: Final = (
    *(
        "",
        " ",
        "a",
        "Summer",
        "promotion 1",
        "PROMO1",
        "%",
        "_",
        "%%%%",
        "a%b_c",
        r"\\%",
        r"\\_",
        "é",
    ),
    *(
        "ß",
        "İ",
        "ǅ",
        "酒",
        "💥",
        "\u202e",
        "\ufffe",
        "\ud800",
        "\x00",
        r"\u0000",
        r"\uD800",
        r"\uZZZZ",
    ),
    *(r"\'", r"\"", r"\\", r"\n", r"\r\t\b\f", r"\x", "\\", "\n", "\x1f", "null", "TODAY", "true"),
    *("012000000000000AAA", "01g000000000001AAA", "001000000000001", "00100000000000zAAA", "0"),
    *("Robin Customer", "a@example.com", "https://example.com/", "x" * 300, "%" * 40, "a;b", ";"),
    *("PPU-000000001", "PPU-99999999999999999999", "Active", "Contact", "EUR", "' OR 1=1 --"),
)


def value(chance: Random, type_: str | None = None) -> str:
    """A constant, mostly one that a field of this type is compared with."""
    if type_ is None or chance.random() < 0.2:
        type_ = chance.choice(("string", "boolean", "double", "date", "dateTime", "null", "odd"))
    match type_:
        case "boolean":
            return chance.choice(("true", "FALSE", "true", "'true'", "1"))
        case "int" | "double" | "currency" | "percent":
            return chance.choice(_NUMBERS)
        case "date":
            return chance.choice(_DAYS) if chance.random() < 0.5 else span(chance)
        case "dateTime":
            return chance.choice(_MOMENTS) if chance.random() < 0.5 else span(chance)
        case "null":
            return "null"
        case "odd":
            return chance.choice(("EUR5.00", ":variable", "12:30:00Z", "Id", "()", "''''", "NaN"))
        case _:
            return text(chance)


def text(chance: Random) -> str:
    return f"'{chance.choice(_TEXTS)}'"


def span(chance: Random) -> str:
    """A date literal."""
    if chance.random() < 0.5:
        plain = [f"{which}_{unit}" for which in ("LAST", "THIS", "NEXT") for unit in _UNITS]
        return chance.choice([*plain, "TODAY", "YESTERDAY", "TOMORROW", "LAST_90_DAYS", "today"])
    form = chance.choice(("LAST_N_{}", "NEXT_N_{}", "N_{}_AGO"))
    number = chance.choice(
        ("0", "1", "30", "365", "1000", "4000", "12000", "365000", "99999999", "-1", "x")
    )
    return f"{form.format(chance.choice(_SPANS))}:{number}"


def limit(chance: Random) -> str:
    """A number after LIMIT."""
    return chance.choice(
        ("0", "1", "5", "200", "201", "2000", "2147483647", "2147483648", "-1", "x")
    )


def offset(chance: Random) -> str:
    return chance.choice(("0", "1", "10", "2000", "2001", "-1"))
