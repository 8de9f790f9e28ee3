"""Who the demo's customers are: accounts and contacts, the same ones each time. Pure."""

import random
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Final

from enrollments.demo.names import GERMAN, REGIONS, Region

ACCOUNTS: Final = 120
CONTACTS: Final = 600
_OLDEST, _NEWEST = 900, 5
"""How many days ago the first and the last customer came."""


@dataclass(frozen=True, slots=True)
class Customer:
    """An account, company or household."""

    name: str
    external_id: str
    days_old: float
    region: Region
    family: str
    is_company: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A contact."""

    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    external_id: str | None
    days_old: float
    account: int | None
    """The place of the account in the list of accounts."""


README_PEOPLE: Final = (
    Person("Johanna", "Sommerfeld", "johanna.sommerfeld@example.com", "+49 30 23125 117",
           "C-20001", 40, None),
    Person("Tom", "Ashworth", "tom.ashworth@example.com", "+44 7700 900412", "C-20002", 38, None),
    Person("Marie", "Delacroix", "marie.delacroix@example.com", "+33 6 39 98 12 34",
           "C-20003", 33, None),
)  # fmt: skip
"""The people of the README's examples: nobody else is called so, and they take part in nothing."""
_COUPLE: Final = (
    Person("Ruth", "Castleton", "castleton@example.com", "+44 20 7946 0123", "C-20004", 700, None),
    Person("Edgar", "Castleton", "castleton@example.com", None, "C-20005", 700, None),
)
"""Two with one address: naming them by it is ambiguous."""


def make_customers(chance: random.Random) -> list[Customer]:
    """The accounts, the oldest first."""
    ages = sorted((chance.uniform(_NEWEST, _OLDEST) for _ in range(ACCOUNTS)), reverse=True)
    customers = []
    used: set[str] = set()
    for number, age in enumerate(ages):
        name = None
        while name is None or name in used:
            region = _region(chance)
            family = chance.choice(region.last_names)
            is_company = chance.random() < 0.6
            name = (chance.choice(region.companies) if is_company else region.household).format(
                family
            )
        used.add(name)
        customers.append(Customer(name, f"A-{10001 + number}", age, region, family, is_company))
    return customers


def make_people(customers: list[Customer], chance: random.Random) -> list[Person]:
    """The contacts, the oldest first; about half of them belong to an account."""
    people = [*README_PEOPLE, *_COUPLE]
    ages = [chance.uniform(_NEWEST, _OLDEST) for _ in range(CONTACTS - len(people))]
    addresses: Counter[str] = Counter()
    for number, age in enumerate(sorted(ages, reverse=True)):
        older = [n for n, customer in enumerate(customers) if customer.days_old > age]
        account = chance.choice(older) if older and chance.random() < 0.5 else None
        customer = None if account is None else customers[account]
        region = customer.region if customer else _region(chance)
        family = customer.family if customer and not customer.is_company else None
        first, last = chance.choice(region.first_names), family or chance.choice(region.last_names)
        address = email_for(first, last, region)
        addresses[address] += 1
        if addresses[address] > 1:
            address = address.replace("@", f"{addresses[address]}@")
        people.append(
            Person(
                first,
                last,
                address if chance.random() < 0.96 else None,
                _phone(region, chance) if chance.random() < 0.75 else None,
                f"C-{30001 + number}" if chance.random() < 0.8 else None,
                age,
                account,
            )
        )
    return sorted(people, key=lambda person: -person.days_old)


def email_for(first: str, last: str, region: Region) -> str:
    """``juergen.weiss@example.com``: ASCII, as addresses usually are."""
    return f"{_ascii(first, region)}.{_ascii(last, region)}@example.com"


def _ascii(name: str, region: Region) -> str:
    name = name.lower()
    if region is GERMAN:
        for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
            name = name.replace(umlaut, letters)
    for letter, letters in (("ß", "ss"), ("ł", "l"), ("ø", "o"), ("ı", "i"), ("æ", "ae")):
        name = name.replace(letter, letters)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(character for character in plain if character.isalnum())


def _region(chance: random.Random) -> Region:
    return chance.choices(REGIONS, [region.share for region in REGIONS])[0]


def _phone(region: Region, chance: random.Random) -> str:
    return "".join(
        str(chance.randrange(10)) if character == "#" else character
        for character in chance.choice(region.phones)
    )
