"""Whether somebody is signed in still, as pages ask before they send what was typed."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

pytestmark = pytest.mark.django_db

URL = "/admin/signed-in/"


def test_tells_the_token_that_forms_are_sent_with(marketer: Client) -> None:
    answer = marketer.get(URL)
    assert answer.status_code == 200
    assert len(answer.json()["token"]) == 64
    assert "no-store" in answer.headers["Cache-Control"]


def test_whoever_is_signed_out_is_told_so(marketer: Client) -> None:
    marketer.logout()
    assert marketer.get(URL).status_code == 403
    assert Client().get(URL).wsgi_request.user == AnonymousUser()


def test_every_page_asks(marketer: Client) -> None:
    for path in ("/admin/", "/admin/promotions/promotion/add/"):
        assert f'data-url="{URL}"' in marketer.get(path).content.decode()
    assert URL not in Client().get("/admin/login/").content.decode()
