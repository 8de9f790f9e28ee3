"""Browsers for the admin's tests, each signed in as somebody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from promotions.actors import Actor, Source
from promotions.models import User
from tests.factories import make_user

SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """Signs in as a new member of staff with a role (Marketers, Support, none)."""
    return sign_in_as


def sign_in_as(role: str | None = None, **overrides: Any) -> Client:
    client = Client()
    client.force_login(
        make_user(role, **overrides), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def another_window(client: Client) -> Client:
    """A browser that is signed in like ``client`` is, and knows nothing else of it."""
    window = Client()
    window.handler = client.handler
    window.cookies.update(client.cookies)
    return window


@pytest.fixture
def marketer(sign_in: SignIn) -> Client:
    return sign_in("Marketers", username="mia", first_name="Mia", last_name="Marketer")


@pytest.fixture
def lead(sign_in: SignIn) -> Client:
    return sign_in("Marketing leads", username="lea", first_name="Lea", last_name="Lead")


@pytest.fixture
def auditor(sign_in: SignIn) -> Client:
    return sign_in("Auditors", username="otto", first_name="Otto", last_name="Auditor")


@pytest.fixture
def support(sign_in: SignIn) -> Client:
    return sign_in("Support", username="sam", first_name="Sam", last_name="Support")


@pytest.fixture
def superuser(sign_in: SignIn) -> Client:
    return sign_in(username="ada", is_superuser=True)


@pytest.fixture
def nobody(sign_in: SignIn) -> Client:
    """On the staff, without any role."""
    return sign_in()


def user_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def staff(client: Client) -> Actor:
    """Who is signed in, acting in the admin."""
    return Actor(user_of(client), Source.ADMIN)
