"""What is wrong with a query beyond its syntax, and how that is told with its place in the text.

Source of codes and words: the client contract, sections 3 and 5.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from promotions.sobjects.errors import CallFailed, Problem
from promotions.sobjects.paths import UnknownName
from promotions.sobjects.soql.errors import NotSupported, NumberTooLarge, SyntaxProblem, shown

_CODES: Final[Mapping[type[SyntaxProblem], str]] = {
    NotSupported: "FUNCTIONALITY_NOT_ENABLED",
    NumberTooLarge: "NUMBER_OUTSIDE_VALID_RANGE",
}
"""Of those that are not malformed."""

_CUSTOM: Final = (
    " If you are attempting to use a custom field, be sure to append the '__c' after the custom "
    "field name. Please reference your WSDL or the describe call for the appropriate names."
)


class Unfit(CallFailed):
    """A query that can be read and asks for what isn't there or isn't possible. ``position`` is the
    index in the query's text, where it has one."""

    def __init__(self, code: str, message: str, position: int | None = None) -> None:
        super().__init__(Problem(code, message))
        self.position = position


def malformed(message: str, position: int | None = None) -> Unfit:
    return Unfit("MALFORMED_QUERY", message, position)


def invalid_field(message: str, position: int | None = None) -> Unfit:
    return Unfit("INVALID_FIELD", message, position)


def unknown_name(error: UnknownName, position: int | None) -> Unfit:
    """That there is no such field or relationship."""
    return invalid_field(error.message + ("" if error.relationship else _CUSTOM), position)


def unknown_object(name: str, position: int | None = None) -> Unfit:
    return Unfit("INVALID_TYPE", f"sObject type '{name[:80]}' is not supported.", position)


@contextmanager
def located(text: str) -> Iterator[None]:
    """Within it whatever is wrong with the query ``text`` is raised as ``CallFailed`` and shows
    its place: ``MALFORMED_QUERY`` for syntax, ``FUNCTIONALITY_NOT_ENABLED`` for what only the
    compatible platform has, ``NUMBER_OUTSIDE_VALID_RANGE`` for an OFFSET beyond 2,000."""
    try:
        yield
    except SyntaxProblem as problem:
        code = _CODES.get(type(problem), "MALFORMED_QUERY")
        message = shown(text, problem.position, problem.message)
        raise CallFailed(Problem(code, message)) from problem
    except Unfit as unfit:
        if unfit.position is None:
            raise
        (wrong,) = unfit.problems
        message = shown(text, unfit.position, wrong.message)
        raise CallFailed(Problem(wrong.code, message)) from unfit
