"""Requests that enroll: every one names customers and promotions that none before it named."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from promotions import ids
from tests.benchmarks.sizes import Dataset

PATH = "/services/data/v67.0/global-promotions-management/promotion-enrollments"
_STRIDE = 7_368_787
"""A prime: neighbours in time are no neighbours in the tables."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A customer and an open promotion with its offer, by their places in the data set."""

    contact: int
    promotion: int


class Pairs:
    """Hands out pairs, each once, in runs of ``run`` different customers of one promotion.

    All measurements that enroll in the same promotions share one of these, so that every request
    enrolls. ``promotions`` are places among the data set's open promotions.
    """

    def __init__(self, dataset: Dataset, promotions: range, *, run: int) -> None:
        self.contacts, self.promotions, self.run = len(dataset.contacts), promotions, run
        self._next = 0

    def take(self, count: int) -> range:
        """The numbers of ``count`` further pairs."""
        first = self._next
        if first + count > self.contacts // self.run * self.run * len(self.promotions):
            raise SystemExit("The data set has too few customers for so many enrollments.")
        self._next = first + count
        return range(first, first + count)

    def pair(self, number: int) -> Pair:
        """The pair with a number."""
        turn, place = divmod(number, self.run)
        round_, promotion = divmod(turn, len(self.promotions))
        contact = (round_ * self.run + place) * _STRIDE % self.contacts
        return Pair(contact, self.promotions[promotion])

    def contact_in_sql(self, number: str) -> str:
        """The primary key of the contact of pair ``number``: the same in SQL."""
        turns = f"{number}::bigint / {self.run * len(self.promotions)} * {self.run}"
        return f"1 + ({turns} + {number} % {self.run}) * {_STRIDE} % {self.contacts}"

    def promotion_in_sql(self, number: str) -> str:
        """The place of the promotion of pair ``number``: the same in SQL, and in pgbench."""
        return f"{self.promotions.start} + {number} / {self.run} % {len(self.promotions)}"


class Requests:
    """Finished requests for the compatible endpoint.

    Of the customers every other one is named by id, and one by e-mail address; promotions and
    offers are named by code.
    """

    def __init__(self, connection: psycopg.Connection, dataset: Dataset, pairs: Pairs) -> None:
        self._pairs = pairs
        self._contacts = [
            json.dumps({"id": ids.encode(ids.CONTACT, key)} if key % 2 else {"email": email})
            for key, email in connection.execute(
                "SELECT id, email FROM enrollments_contact WHERE id <= %s ORDER BY id",
                [dataset.contacts.stop - 1],
            )
        ]
        codes: dict[int, str] = dict(
            connection.execute("SELECT id, promotion_code FROM promotions_promotion").fetchall()
        )
        offers: dict[int, str] = dict(
            connection.execute("SELECT id, code FROM enrollments_offer").fetchall()
        )
        self._rest = [
            f'"promotion": {{"code": "{codes[promotion]}"}}, '
            f'"enrollmentOffer": {{"code": "{offers[offer]}"}}'
            for promotion, offer in zip(dataset.open_promotions, dataset.offers, strict=True)
        ]

    def make(self, count: int, *, items: int, token: str, keys: str | None = None) -> list[bytes]:
        """``count`` requests with so many items each. ``keys``: with an idempotency key each, that
        begins so."""
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\n"
        )
        bodies = self._bodies(count, items)
        return [
            (
                head
                + (f"Idempotency-Key: {keys}-{number}\r\n" if keys else "")
                + f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
            for number, body in enumerate(bodies)
        ]

    def _bodies(self, count: int, items: int) -> Iterator[str]:
        numbers = iter(self._pairs.take(count * items))
        for _ in range(count):
            item = ", ".join(self._item(number) for number in itertools.islice(numbers, items))
            yield f'{{"inputParameters": [{item}]}}'

    def _item(self, number: int) -> str:
        pair = self._pairs.pair(number)
        return f'{{"contact": {self._contacts[pair.contact]}, {self._rest[pair.promotion]}}}'
