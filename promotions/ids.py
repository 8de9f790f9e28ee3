"""Record ids: the 18-character form of an integer primary key. Pure.

An id is three characters of key prefix (the kind of record), twelve characters that encode the
primary key in base 62 (``0-9A-Za-z``) and a three-character checksum over the upper/lower case
of the first fifteen. Source of the rule: the enrollment contract, "Identifiers".
"""

from functools import lru_cache
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Two digits at a time: every record that is shown or named costs an id.
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
_PAIR_VALUES: Final = {pair: value for value, pair in enumerate(_PAIRS)}
_BASE: Final = len(_PAIRS)
_CAPITALS: Final = bytes(b"01"[chr(code).isupper() and code < 128] for code in range(256))
_PAIR_CASES: Final = [pair[0].isupper() + 2 * pair[1].isupper() for pair in _PAIRS]
_CHECKSUM_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_LARGEST: Final = 2**63 - 1
_BODY_LENGTH: Final = 12
_SHORT_LENGTH: Final = 15
_LONG_LENGTH: Final = 18

ACCOUNT: Final = "001"
CONTACT: Final = "003"
USER: Final = "005"
GROUP: Final = "00G"
ORGANIZATION: Final = "00D"
PROMOTION: Final = "0c8"
PROMOTION_TIER: Final = "0cA"
PROMOTION_QUALIFIER: Final = "0cB"
PROMOTION_TARGET: Final = "0cC"
PROMOTION_LINE_ITEM_RULE: Final = "0cD"
PROMOTION_SEGMENT: Final = "0cE"
PROMOTION_MARKET_SEGMENT: Final = "0cF"
PROMOTION_SEGMENT_BUYER_GROUP: Final = "0cG"
PROMOTION_SEGMENT_SALES_STORE: Final = "0cH"
PROMOTION_LIMIT: Final = "0cJ"
PROMOTION_LIMIT_USAGE: Final = "0cK"
COUPON: Final = "0cL"
COUPON_CODE_REDEMPTION: Final = "0cM"
COUPON_BATCH: Final = "0cN"
PROMOTION_HISTORY: Final = "0cP"
PROMOTION_FEED: Final = "0cQ"
PROMOTION_FEED_COMMENT: Final = "0cR"
PROMOTION_SHARE: Final = "0cS"
SHARING_RULE: Final = "0cT"
PRODUCT: Final = "01t"
PRODUCT_CATEGORY: Final = "0ZG"
BUYER_GROUP: Final = "0ZB"
WEB_STORE: Final = "0ZE"
OFFER: Final = "0kW"
PROMOTION_PARTY_USAGE: Final = "0hP"
PROMOTION_PARTY_USAGE_HISTORY: Final = "0hH"
ENROLLMENT_JOB: Final = "0hJ"
QUERY_LOCATOR: Final = "01g"
BULK_JOB: Final = "750"
BULK_BATCH: Final = "751"
BULK_RESULT: Final = "752"


class MalformedId(ValueError):
    """A text that cannot be the id of a record of the wanted kind; its message says why."""


def checksum(short_id: str) -> str:
    """The three characters that protect the letter case of a 15-character id."""
    # One bit a character, the first one lowest; each five of them choose a character.
    capitals = int(short_id.encode().translate(_CAPITALS)[::-1], 2)
    return (
        _CHECKSUM_ALPHABET[capitals & 31]
        + _CHECKSUM_ALPHABET[capitals >> 5 & 31]
        + _CHECKSUM_ALPHABET[capitals >> 10]
    )


def encode(prefix: str, key: int) -> str:
    """The 18-character id of primary key ``key`` (0 to 2**63 - 1) under a three-character prefix.

    Raises ``ValueError`` for a key outside that range.
    """
    if not 0 <= key <= _LARGEST:
        raise ValueError(f"{key} does not fit into a record id")
    start, checksums = _block(prefix, key // _BASE)
    pair = key % _BASE
    return f"{start}{_PAIRS[pair]}{checksums[_PAIR_CASES[pair]]}"


@lru_cache(maxsize=8192)
def _block(prefix: str, block: int) -> tuple[str, list[str]]:
    """What the ids of the ``_BASE`` keys that begin with the same digits have in common: all but
    the last two digits; and the checksums, by which of those two are capitals. Keys are given one
    after the other: of ten million there are 2,602 blocks."""
    body = ""
    while block:
        block, pair = divmod(block, _BASE)
        body = _PAIRS[pair] + body
    start = prefix + body.rjust(_BODY_LENGTH - 2, "0")
    return start, _checksums(start)


@lru_cache(maxsize=8192)
def _numbered(start: str) -> tuple[int, list[str]]:
    """The first of the ``_BASE`` keys whose ids begin with ``start``, all but the last two digits;
    and the checksums, as in ``_block``. Raises ``KeyError`` for a character that no id has."""
    number = 0
    for at in range(len(start) - _BODY_LENGTH + 2, len(start), 2):
        number = number * _BASE + _PAIR_VALUES[start[at : at + 2]]
    return number * _BASE, _checksums(start)


def _checksums(start: str) -> list[str]:
    """Those of the ids with this ``start``, by the letter case of the two digits behind it."""
    return [checksum(start + last) for last in ("00", "A0", "0A", "AA")]


def decode(prefix: str, text: str) -> int:
    """The primary key behind a 15- or 18-character id of the kind ``prefix``.

    Raises ``MalformedId`` for a wrong length, prefix, character or checksum, or a number past
    63 bits. Nothing is repaired: an id whose case was folded on the way is refused.
    """
    if len(text) not in (_SHORT_LENGTH, _LONG_LENGTH):
        raise MalformedId(f"an id has 15 or 18 characters, this one has {len(text)}")
    if not text.startswith(prefix):
        raise MalformedId(f"an id of this kind begins with {prefix}")
    try:
        first, checksums = _numbered(text[: _SHORT_LENGTH - 2])
        pair = _PAIR_VALUES[text[_SHORT_LENGTH - 2 : _SHORT_LENGTH]]
    except KeyError:
        raise MalformedId("an id consists of the letters A-Z and a-z and the digits 0-9") from None
    if (sent := text[_SHORT_LENGTH:]) and sent != checksums[_PAIR_CASES[pair]]:
        raise MalformedId(
            "the last three characters do not fit the rest: perhaps the case was changed"
        )
    key = first + pair
    if key > _LARGEST:
        raise MalformedId("the number in this id is out of range")
    return key
