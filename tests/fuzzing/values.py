"""Constants as queries have them: right ones of each type, wrong ones, and odd ones."""

from collections.abc import Sequence
from random import Random
from typing import Final

_MOMENTS: Final = (
    "2026-01-01T00:00:00Z",
    "2026-05-01T12:30:59.123+02:00",
    "2026-05-01T12:30:59.123+0000",
    "2026-05-01T00:00:00-12:00",
    "1700-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
)
_NO_MOMENTS: Final = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30T00:00:00Z",
    "2026-05-01T24:00:00Z",
    "2026-05-01T12:30:59.1234567890123Z",
)
_DAYS: Final = ("2026-01-01", "9999-12-31", "2024-02-29", "1700-01-01")
_NO_DAYS: Final = ("0001-01-01", "0000-00-00", "2026-13-01")
_SPANS: Final = ("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS")
_UNITS: Final = ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
_NUMBERS: Final = (
    *("0", "1", "-1", "5", "+7", "0.5", "-0.00001", "10", "2000", "1e3", "1E-5", ".5", "5."),
    *("2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "-1e38"),
)
_NO_NUMBERS: Final = (
    *("99999999999999999999999999999999999999999", "-1e39", "0e999999999", "1e-999999999", "--1"),
    *("1e308", "1e999"),
)
_TEXTS: Final = (
    *("", " ", "a", "Summer", "promotion 1", "PROMO1", "%", "_", "%%%%", "a%b_c", r"\\%", r"\_"),
    *(
        "ß",
        "İ",
        "ǅ",
        "酒",
        "💥",
        "\ufffe",
        r"\'",
        r"\"",
        r"\\",
        r"\n",
        r"\r\t\b\f",
        "null",
        "TODAY",
    ),
    *("012000000000000AAA", "01g000000000001AAA", "001000000000001", "00100000000000zAAA", "0"),
    *("Robin Customer", "a@example.com", "https://example.com/", "x" * 300, "%" * 40, "a;b", ";"),
    *("PPU-000000001", "PPU-99999999999999999999", "Active", "Contact", "EUR", "true", "é"),
)
_NO_TEXTS: Final = (
    *("\u202e", "\ud800", "\x00", r"\u0000", r"\uD800", r"\uZZZZ", r"\x", "\\", "\n", "\x1f"),
    *("' OR 1=1 --", "\ufeff", "\U0010ffff"),
)
_OTHERS: Final = ("EUR5.00", ":variable", "12:30:00Z", "Id", "()", "'" * 4, "NaN")


class Values:
    """Writes constants. ``wild`` is the share of wrong and odd ones, from 0 to 1."""

    def __init__(self, chance: Random, wild: float) -> None:
        self.chance = chance
        self.wild = wild

    def odd(self) -> bool:
        return self.chance.random() < self.wild

    def one_of(self, right: Sequence[str], wrong: Sequence[str]) -> str:
        return self.chance.choice(wrong if self.odd() else right)

    def value(self, type_: str | None = None) -> str:
        """A constant, mostly one that a field of this type is compared with."""
        if type_ is None or self.odd():
            types = ("string", "boolean", "double", "date", "dateTime", "odd")
            type_ = self.chance.choice(types)
        if self.chance.random() < 0.05:
            return "null"
        match type_:
            case "boolean":
                return self.one_of(("true", "FALSE"), ("'true'", "1"))
            case "int" | "double" | "currency" | "percent":
                return self.one_of(_NUMBERS, _NO_NUMBERS)
            case "date":
                return self.span() if self.chance.random() < 0.5 else self.one_of(_DAYS, _NO_DAYS)
            case "dateTime":
                if self.chance.random() < 0.5:
                    return self.span()
                return self.one_of(_MOMENTS, _NO_MOMENTS)
            case "odd":
                return self.chance.choice(_OTHERS)
            case _:
                return f"'{self.one_of(_TEXTS, _NO_TEXTS)}'"

    def span(self) -> str:
        """A date literal."""
        if self.chance.random() < 0.5:
            plain = [f"{which}_{unit}" for which in ("LAST", "THIS", "NEXT") for unit in _UNITS]
            days = ("TODAY", "YESTERDAY", "TOMORROW", "LAST_90_DAYS", "today")
            return self.chance.choice([*plain, *days])
        form = self.chance.choice(("LAST_N_{}", "NEXT_N_{}", "N_{}_AGO"))
        right = ("0", "1", "30", "365", "1000")
        number = self.one_of(right, ("4000", "12000", "365000", "99999999", "-1", "x"))
        return f"{form.format(self.chance.choice(_SPANS))}:{number}"

    def limit(self) -> str:
        """A number after LIMIT."""
        right = ("0", "1", "5", "200", "201", "2000", "2147483647")
        return self.one_of(right, ("2147483648", "-1", "x", "1.5"))

    def offset(self) -> str:
        return self.one_of(("0", "1", "10", "2000"), ("2001", "-1"))
