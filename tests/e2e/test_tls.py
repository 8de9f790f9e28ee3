"""The service by HTTPS, as ``make demo-https`` serves it."""

import json
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from config.certificates import AUTHORITY, keep_certificate
from tests.e2e.server import ROOT, Server, free_port


@pytest.fixture(scope="module")
def tls(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, ssl.SSLContext]]:
    """Another server of the same installation: where it is, and what trusts it."""
    directory, port = tmp_path_factory.mktemp("tls"), free_port()
    keep_certificate(directory, "127.0.0.1", datetime.now(UTC))
    trust = ssl.create_default_context(cafile=directory / AUTHORITY)
    command = [
        *(sys.executable, "-m", "config.service", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--threads", "2", "--tls", str(directory)),
    ]
    environment = {**server.environment, "HTTPS": "1", "HSTS_SECONDS": "0"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    url = f"https://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, trust, process)
        yield url, trust
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


def _wait_until_ready(url: str, trust: ssl.SSLContext, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server stopped"
        try:
            if httpx.get(f"{url}/readyz", verify=trust).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server did not become ready")


def test_a_token_and_where_to_use_it(server: Server, tls: tuple[str, ssl.SSLContext]) -> None:
    url, trust = tls
    made = json.loads(server.manage("create_partner", "Till", "--scope", "promotions:read"))
    form = {"grant_type": "client_credentials"}
    with httpx.Client(verify=trust, timeout=30) as client:
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


def test_who_does_not_trust_it_is_not_served(tls: tuple[str, ssl.SSLContext]) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{tls[0]}/healthz")
