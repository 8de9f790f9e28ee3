"""PostgreSQL's indexes of words, made by the function ``promotions_words``
(docs/decisions/0019-search.md)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Model, Q, Subquery, Value
from django.db.models.expressions import CombinedExpression


def words_of(columns: Sequence[str]) -> Func:
    """PostgreSQL: the words in these columns, in the form in which an index keeps them."""
    return Func(*(F(column) for column in columns), function="promotions_words")


def has_words(columns: Sequence[str], query: str) -> CombinedExpression:
    """PostgreSQL: whether what is in these columns fits ``query``, in the language of tsquery."""
    wanted = Func(Value(query), template="(%(expressions)s)::tsquery")
    return CombinedExpression(words_of(columns), "@@", wanted, output_field=BooleanField())


@contextmanager
def by_index() -> Iterator[None]:
    """PostgreSQL, in a transaction: what is read within it is found by indexes wherever it can be.
    That taking a record's words apart is dear, dearer than all the rest, PostgreSQL doesn't know:
    for a word that most records have, it would do so with all of them."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = DEFAULT")


class _AnyOf(Subquery):
    template = "ANY(ARRAY(%(subquery)s))"


def worked_out_first(model: type[Model], condition: Q) -> Q:
    """The same condition of records of ``model``, worked out before any other and whatever the
    order. PostgreSQL can't tell rare words from frequent ones: left to itself it would walk along
    the index of the order for the first few records, and where there are none, take the words of
    every record apart."""
    if connection.vendor != "postgresql":
        return condition
    records: Any = model
    keys = _AnyOf(records._default_manager.filter(condition).order_by().values("pk"))
    among = {"template": "%(expressions)s", "arg_joiner": " = "}
    return Q(Func(F("pk"), keys, **among, output_field=BooleanField()))
