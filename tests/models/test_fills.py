"""What migrations fill in of the rows that are there already."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from enrollments.models import Account, Contact
from tests.factories import make_account, make_contact

pytestmark = pytest.mark.django_db

NEITHER = {"first_name_words": None, "last_name_words": None, "phone_key": None}


def filled(migration: str) -> None:
    module = import_module(f"enrollments.migrations.{migration}")
    module.fill(apps, SimpleNamespace(connection=connection))


def test_the_words_of_names_and_the_keys_of_numbers() -> None:
    contact = make_contact(first_name=None, last_name="Núñez", phone="030 23125600")
    account = make_account(name="Księgarnia Müller")
    words = (contact.first_name_words, contact.last_name_words, account.name_words)
    assert words == (None, " nunez", " ksiegarnia muller mueller")
    Contact.objects.update(**NEITHER)
    Account.objects.update(name_words=None)
    filled("0008_fill_phone_keys")
    filled("0012_fill_name_words")
    key = contact.phone_key
    contact.refresh_from_db()
    account.refresh_from_db()
    assert (contact.first_name_words, contact.last_name_words, account.name_words) == words
    assert contact.phone_key == key is not None
