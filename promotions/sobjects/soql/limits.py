"""How large a query may be, so that none can take the service down. Pure.

Source: the limits that the compatible platform documents, where it has one of the kind.
"""

from collections.abc import Mapping
from typing import Final

MAX_LENGTH: Final = 100_000
"""Characters in a query: the platform's own limit."""

MAX_TOKENS: Final = 20_000
"""Words, values and signs in a query: twice the longest list."""

MAX_DEPTH: Final = 100
"""Parentheses and NOTs inside each other. Every level costs a few frames of Python's stack, which
holds a thousand."""

MAX_CONDITIONS: Final = 500
"""Comparisons in a query with all the queries in it. SQLite gives up at expressions 1,000 deep."""

MAX_VALUES: Final = 5_000
"""Values in one list after IN; ids of 18 characters reach it at the longest query."""

MAX_PARENTS: Final = 5
"""Steps from an object to its parent in the path of one field: the platform's own limit."""

MAX_CHILDREN: Final = 20
"""Child sub-queries of a query: the platform's own limit."""

MAX_SEMI_JOINS: Final = 2
"""Sub-queries after IN in the conditions of one query: the platform's own limit."""

MAX_SEMI_JOIN_LEVELS: Final = 2
"""Sub-queries after IN inside each other; the platform's own limit is tighter."""

MAX_SELECTED: Final = 2_000
"""Fields in SELECT; a table of SQLite has as many columns at most."""

MAX_GROUPED: Final = 32
"""Fields in GROUP BY."""

MAX_SUBTOTALLED: Final = 3
"""Fields in ROLLUP and CUBE, which make up to 2ⁿ groupings of n: the platform's own limit."""

MAX_ORDERED: Final = 32
"""Fields in ORDER BY: the platform's own limit."""

MAX_ROWS: Final = 2**31 - 1
"""The largest number after LIMIT: what fits into the databases' integers."""

MAX_ROWS_OF_ALL_FIELDS: Final = 200
"""The largest LIMIT with FIELDS(ALL) and FIELDS(CUSTOM), which must have one (section 5)."""

MAX_OFFSET: Final = 2_000
"""The largest number after OFFSET (section 5)."""

MAX_DIGITS: Final = 40
"""Digits of a number, written out without an exponent; columns have fewer than 20."""

MAX_SPAN: Final[Mapping[str, int]] = {
    "DAYS": 365_000,
    "WEEKS": 52_000,
    "MONTHS": 12_000,
    "QUARTERS": 4_000,
    "YEARS": 1_000,
}
"""The largest n of ``LAST_N_DAYS:n`` and its like, by unit: a thousand years, which keeps every
span of time seen from today inside the calendar."""

MAX_TERM: Final = 4_000
"""Characters in what a search looks for: longer, and the platform ignores AND and OR in it."""

MAX_WORDS: Final = 100
"""Words in what a search looks for."""

MAX_RETURNED: Final = 20
"""Objects after RETURNING."""

MAX_FOUND: Final = 2_000
"""The largest LIMIT of a search: the platform's own limit."""
