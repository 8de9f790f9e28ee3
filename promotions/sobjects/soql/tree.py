"""What a query says, as a tree: what the parser makes and the compiler reads. Pure.

Names are as they were written; they are compared without regard to case by whoever looks them up.
``position`` is the index in the query's text of the first character. Source: the client contract,
section 5.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps of a parent: ``Promotion.Owner.Name`` is three parts."""

    parts: tuple[str, ...]
    position: int

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of fields: ``COUNT()``, ``SUM(UsageCount)``, ``CALENDAR_YEAR(CreatedDate)``,
    ``toLabel(Type)``, ``FORMAT(MIN(CreatedDate))``, ``GROUPING(Type)``."""

    name: str
    """In capitals."""
    argument: "Path | Call | None"
    position: int


Expression = Path | Call

AGGREGATES: Final = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
DATE_FUNCTIONS: Final = frozenset(
    {
        "CALENDAR_MONTH",
        "CALENDAR_QUARTER",
        "CALENDAR_YEAR",
        "DAY_IN_MONTH",
        "DAY_IN_WEEK",
        "DAY_IN_YEAR",
        "DAY_ONLY",
        "FISCAL_MONTH",
        "FISCAL_QUARTER",
        "FISCAL_YEAR",
        "HOUR_IN_DAY",
        "WEEK_IN_MONTH",
        "WEEK_IN_YEAR",
    }
)
"""Their argument is a date or a moment; of moments it may be ``convertTimezone(…)``, a Call."""


# --- What is selected ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """Something selected, perhaps under another name."""

    expression: Expression
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class AllFields:
    """``FIELDS(ALL)``, ``FIELDS(CUSTOM)`` or ``FIELDS(STANDARD)``."""

    which: str
    """In capitals."""
    position: int


@dataclass(frozen=True, slots=True)
class Children:
    """``(SELECT … FROM PromotionTiers)``: its object is the relationship's name."""

    query: "Query"
    position: int


Selected = Column | AllFields | Children

# --- What values are compared with --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DateLiteral:
    """``TODAY``, ``LAST_N_DAYS:30``: a span of time seen from the moment of the query."""

    name: str
    """In capitals, with a trailing ``:n`` where it takes a number: ``LAST_N_DAYS:n``."""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A constant. ``value`` is a text, an exact number, true or false, None for ``null``, a day, an
    aware moment in UTC, or a span."""

    value: str | Decimal | bool | date | datetime | DateLiteral | None
    position: int
    pattern: str | None = None
    """Of a text, what it is as a pattern for LIKE: ``%`` and ``_`` are wildcards; with a backslash
    before them, and ``\\\\`` for a backslash, they are themselves; None of what is no text."""


# --- Conditions ---------------------------------------------------------------------------------


class Operator(StrEnum):
    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    LIKE = "LIKE"


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Expression
    operator: Operator
    right: Value
    position: int


@dataclass(frozen=True, slots=True)
class In:
    """``IN`` or ``NOT IN`` a list of values, or what another query finds; ``INCLUDES`` and
    ``EXCLUDES`` of a multipicklist."""

    left: Expression
    negated: bool
    values: "tuple[Value, ...] | Query"
    position: int
    of_multipicklist: bool = False
    """Whether it is ``INCLUDES``, or ``EXCLUDES`` where it is negated."""


@dataclass(frozen=True, slots=True)
class Not:
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class And:
    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    conditions: "tuple[Condition, ...]"


Condition = Comparison | In | Not | And | Or

# --- The query ----------------------------------------------------------------------------------


class Grouping(StrEnum):
    PLAIN = "PLAIN"
    ROLLUP = "ROLLUP"
    CUBE = "CUBE"


@dataclass(frozen=True, slots=True)
class Ordering:
    expression: Expression
    descending: bool = False
    nulls_last: bool = False
    """Nulls come first unless it is said otherwise, whatever the direction."""


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query, or one inside another."""

    select: tuple[Selected, ...]
    source: str
    """The object's name; of Children the relationship's, of a semi-join's an object's again."""
    source_position: int
    alias: str | None = None
    scope: str | None = None
    """``USING SCOPE …``, in capitals: ``EVERYTHING``, ``MINE`` … or whatever was written."""
    where: Condition | None = None
    security: str | None = None
    """``WITH SECURITY_ENFORCED``, ``USER_MODE`` or ``SYSTEM_MODE``, in capitals."""
    grouping: Grouping = Grouping.PLAIN
    group_by: tuple[Expression, ...] = ()
    having: Condition | None = None
    order_by: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int | None = None
    marks: frozenset[str] = field(default_factory=frozenset)
    """``FOR VIEW``, ``FOR REFERENCE`` and ``FOR UPDATE``: ``VIEW``, ``REFERENCE``, ``UPDATE``."""
    all_rows: bool = False
    """``ALL ROWS``: only in the language of the compatible platform, refused over HTTP."""


# --- Searches -----------------------------------------------------------------------------------


class SearchIn(StrEnum):
    ALL = "ALL FIELDS"
    NAME = "NAME FIELDS"
    EMAIL = "EMAIL FIELDS"
    PHONE = "PHONE FIELDS"
    SIDEBAR = "SIDEBAR FIELDS"


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is looked for; ``*`` (any characters) and ``?`` (one) are kept in ``text``."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in quotes that follow each other."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: "tuple[SearchTerm, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: "tuple[SearchTerm, ...]"


@dataclass(frozen=True, slots=True)
class Without:
    """``a AND NOT b``: what fits the first and not the second."""

    part: "SearchTerm"
    unwanted: "SearchTerm"


SearchTerm = Word | Phrase | AllOf | AnyOf | Without


@dataclass(frozen=True, slots=True)
class Returning:
    """What is wanted of one object: a query without ``FROM``; without fields, the ids alone."""

    query: Query


@dataclass(frozen=True, slots=True)
class Search:
    """``FIND {…} IN … RETURNING …``."""

    term: SearchTerm
    within: SearchIn = SearchIn.ALL
    returning: tuple[Returning, ...] = ()
    limit: int | None = None
