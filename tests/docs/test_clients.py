"""docs/clients.md: each snippet is run as it stands, by the client that it is for."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.service import SCOPES, Caller
from tests.clients.test_jsforce import DIRECTORY, MISSING
from tests.e2e.server import ROOT, Tls

TEXT = (ROOT / "docs/clients.md").read_text()
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def snippet(section: str) -> str:
    """The code of a section."""
    (code,) = re.findall(r"```\w+\n(.*?)```", SECTIONS[section], re.DOTALL)
    return str(code)


@pytest.fixture
def environment(tls: Tls, tmp_path: Path) -> dict[str, str]:
    """What the snippets ask the reader to export."""
    made = tls.partner("Docs", *SCOPES)
    caller = Caller(tls.url, made["client_id"], made["client_secret"], tls.token(made))
    return {
        **os.environ,
        "ADDRESS": caller.url,
        "CLIENT_ID": caller.client_id,
        "CLIENT_SECRET": caller.client_secret,
        "TOKEN": caller.token,
        "REQUESTS_CA_BUNDLE": str(tls.authority),
        "NODE_EXTRA_CA_CERTS": str(tls.authority),
        "CURL_CA_BUNDLE": str(tls.authority),
        "HOME": str(tmp_path),
    }


def run(command: list[str], code: str, environment: dict[str, str], cwd: Path = ROOT) -> str:
    done = subprocess.run(
        command, input=code, env=environment, cwd=cwd, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_simple_salesforce(environment: dict[str, str]) -> None:
    enrolling = snippet("Enrolling a customer")
    code = f'{snippet("simple-salesforce (Python)")}{enrolling}print(sf.query(COUNT)["totalSize"])'
    counting = "COUNT = \"SELECT COUNT() FROM PromotionPartyUsage WHERE Promotion.Name = 'Club'\"\n"
    said = run([sys.executable, "-"], counting + code, environment)
    assert "('Name', 'Summer sale')" in said
    assert said.rstrip().endswith("1")


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_jsforce(environment: dict[str, str]) -> None:
    command = ["node", "--input-type=module", "-"]
    said = run(command, snippet("jsforce (JavaScript)"), environment, DIRECTORY)
    assert "Name: 'Summer sale'" in said


@pytest.mark.skipif(shutil.which("sf") is None, reason="the sf command line is not installed")
def test_sf(environment: dict[str, str]) -> None:
    said = run(["bash", "-e"], snippet("sf (the command line)"), environment)
    assert "Summer sale" in said


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(environment: dict[str, str]) -> None:
    first = re.findall(r"```sh\n(export ADDRESS.*?)```", TEXT, re.DOTALL)[0]
    token = first.partition("\n")[2].replace("export TOKEN", "OTHER")
    said = run(["bash", "-e"], f'{token}{snippet("curl")}echo "token: $OTHER"', environment)
    assert '"Name":"Summer sale"' in said
    assert "token: 00D000000000001!" in said
