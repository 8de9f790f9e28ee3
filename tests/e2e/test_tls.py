"""The service by HTTPS, as ``make demo-https`` serves it."""

import httpx
import pytest

from tests.e2e.server import Tls


def test_a_token_and_where_to_use_it(tls: Tls) -> None:
    url, made = tls.url, tls.partner("Till", "promotions:read")
    form = {"grant_type": "client_credentials"}
    with httpx.Client(verify=tls.trust, timeout=30) as client:
        answer = client.post(
            f"{url}/services/oauth2/token",
            data=form,
            auth=(made["client_id"], made["client_secret"]),
        )
        said = answer.json()
        assert said["instance_url"] == url
        assert said["id"].startswith(f"{url}/id/")
        headers = {"Authorization": f"Bearer {said['access_token']}"}
        assert client.get(said["id"], headers=headers).json()["username"] == made["username"]
        assert client.get(f"{url}/admin/login/").cookies["csrftoken"]
    assert "Strict-Transport-Security" not in answer.headers


def test_who_does_not_trust_it_is_not_served(tls: Tls) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{tls.url}/healthz")
