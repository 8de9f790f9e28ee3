"""Content types that nobody can read, as the server hands them on: never an error of ours."""

from collections.abc import Iterator

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from config.wsgi import application
from tests.api.conftest import Api
from tests.factories import make_promotion

COMPATIBLE = "/services/data/v67.0/global-promotions-management/promotion-enrollments"
TOKEN = "/services/oauth2/token"
FORM = "application/x-www-form-urlencoded"
UNREADABLE = [
    "charset*=bogus''x",
    "filename*=bogus''a.csv",
    "a*=idna''%ff",
    "a*=undefined''x",
    "a*=b; a*0=c",
    f"a*{'9' * 5000}=b",
    "charset*=utf-8''hex",
    "charset*=utf-8''a%00b",
    "charset*=utf-7''%2B2AA-",
    "charset=hex",
    "charset=rot13",
    "charset=undefined",
    "charset=idna",
    "charset=utf-7",
    "charset=utf-16",
    "charset=unicode_escape",
    "charset=raw_unicode_escape",
]
ODD = [
    "charset=nonsense",
    "charset=",
    "a*=utf-7''%2B2AA-",
    "=; ;;",
    'a="\\',
]
"""What can be overlooked."""

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """The whole application below the server, in the test's own transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    transport = httpx.WSGITransport(app=application)
    with httpx.Client(transport=transport, base_url="http://testserver") as client:
        yield client
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def headers(api: Api, content_type: str) -> dict[str, str]:
    return {**api.headers, "Content-Type": content_type}


@pytest.mark.parametrize("parameters", UNREADABLE)
def test_where_the_body_matters_the_caller_is_told_which_to_send(
    client: httpx.Client, api: Api, parameters: str
) -> None:
    promotion = make_promotion(promotion_code="MAY")
    for path, media_type in (
        ("/api/v1/enrollment-jobs?promotionCode=MAY", "text/csv"),
        (f"/api/v1/promotions/{promotion.record_id}/coupons/import", "text/csv"),
        ("/api/v1/promotions", "application/json"),
    ):
        answer = client.post(
            path, content=b"{}", headers=headers(api, f"{media_type}; {parameters}")
        )
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type"), path
    answer = client.post(
        COMPATIBLE, content=b"{}", headers=headers(api, f"application/json; {parameters}")
    )
    assert (answer.status_code, answer.json()[0]["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("parameters", [*UNREADABLE, *ODD, f"charset={'x' * 6000}"])
def test_nobody_sees_an_error_of_ours(client: httpx.Client, api: Api, parameters: str) -> None:
    for method, path, body, expected in (
        ("GET", "/api/v1/promotions?page_size=2", None, {200}),
        ("GET", "/healthz", None, {200}),
        ("GET", "/admin/login/?next=/admin/", None, {200}),
        ("POST", "/admin/login/", b"username=%2B2AA-&password=x", {403}),
        ("POST", TOKEN, b"grant_type=client_credentials&client_id=%2B2AA-", {400, 401, 415}),
        ("POST", "/api/v1/promotions", b"{}", {400, 415}),
        ("POST", "/nowhere", b"a=b", {404}),
    ):
        answer = client.request(
            method, path, content=body, headers=headers(api, f"{FORM}; {parameters}")
        )
        assert answer.status_code in expected, (path, answer.status_code)


@pytest.mark.parametrize(
    "parameters", ["charset=UTF-8", 'charset="utf-8"', "charset=iso-8859-1", "a=b", *ODD]
)
def test_what_can_be_read_is(client: httpx.Client, api: Api, parameters: str) -> None:
    answer = client.post(
        "/api/v1/promotions",
        content=b'{"name": "May"}',
        headers=headers(api, f"application/json; {parameters}"),
    )
    assert answer.status_code == 201


@pytest.mark.parametrize("parameters", UNREADABLE + ODD)
def test_nor_for_a_part_of_a_form(client: httpx.Client, api: Api, parameters: str) -> None:
    lines = [
        "--B",
        f'Content-Disposition: form-data; name="grant_type"; {parameters}',
        f"Content-Type: text/plain; {parameters}",
        "",
        "client_credentials",
        "--B--",
        "",
    ]
    for path in ("/admin/login/", TOKEN, "/api/v1/enrollment-jobs"):
        answer = client.post(
            path,
            content="\r\n".join(lines).encode(),
            headers=headers(api, "multipart/form-data; boundary=B"),
        )
        assert answer.status_code in {400, 401, 403}, (path, answer.status_code)
