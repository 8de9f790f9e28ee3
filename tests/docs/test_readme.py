"""What the README says is tried: its API examples are sent, its tables compared with the code."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from promotions.errors import CATALOGUE
from tests.commands.running import output_of
from tests.demo import with_demo
from tests.docs.curl import read_curl

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.django_db
def test_the_examples_work_and_answer_what_is_shown(client: Client) -> None:
    """Placeholders are the shell variables that the README tells its reader to set."""
    with_demo()
    known = {"URL": "http://localhost", **_credentials()}
    calls = list(_calls())
    for call, shown in calls:
        answer = read_curl(call, **known).send(client)
        body = answer.json()
        assert answer.status_code < 300 or body["code"] in CATALOGUE, body
        if shown is not None:
            assert _without_what_varies(body) == _without_what_varies(shown)
        if "access_token" in body:
            known["TOKEN"] = body["access_token"]
        if call.startswith('curl "$URL/api/v1/enrollments"') and "id" in body:
            known["ENROLLMENT"] = body["id"]
        if call.startswith("curl -G"):
            assert [one["promotionCode"] for one in body["results"]] == ["BIRTHDAY"]
        if "/withdraw" in call:
            assert body["status"] == "withdrawn"
    assert len(calls) == 7


def _credentials() -> dict[str, str]:
    """Runs the README's create_partner line."""
    line = next(line for line in README.splitlines() if "manage.py create_partner" in line)
    words = shlex.split(line)
    partner = json.loads(output_of(*words[words.index("create_partner") :]))
    return {"CLIENT_ID": partner["client_id"], "CLIENT_SECRET": partner["client_secret"]}


def _calls() -> Iterator[tuple[str, Any]]:
    """Each curl line with the answer that is shown below it, if one is."""
    blocks = BLOCK.findall(README)
    for (language, text), (next_language, next_text) in zip(
        blocks, [*blocks[1:], ("", "")], strict=True
    ):
        if language == "sh" and text.startswith("curl "):
            yield text, json.loads(next_text) if next_language == "json" else None


def _without_what_varies(value: Any) -> Any:
    """Ids, numbers and moments as mere words."""
    match value:
        case dict():
            return {name: _without_what_varies(one) for name, one in value.items()}
        case list():
            return [_without_what_varies(one) for one in value]
        case str():
            for pattern, word in (
                (r"[0-9A-Za-z]{15}[A-Z0-5]{3}", "an id"),
                (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "a moment"),
                (r"PPU-\d{9}", "a number"),
            ):
                if re.fullmatch(pattern, value):
                    return word
    return value


def _table_variables(heading: str) -> set[str]:
    """The variables in the first column of the tables below a heading."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def test_every_variable_is_in_the_table() -> None:
    read = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text())
    read += re.findall(r"\$\{([A-Z_]+):-", (ROOT / "bin/serve").read_text())
    assert len(set(read)) > 15
    assert _table_variables("Configuration") == set(read)


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    for link in links:
        if "://" in link:
            continue
        name, _, heading = link.partition("#")
        assert (ROOT / name).exists(), link
        if heading:
            page, heading = (ROOT / (name or "README.md")).read_text(), heading.replace("-", " ")
            assert re.search(f"^#+ {heading}$", page, re.MULTILINE | re.IGNORECASE), link


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)`", README)) <= targets
    assert set(re.findall(r"^make ([a-z-]+)$", README, re.MULTILINE)) <= targets


def test_one_environment_serves_both_lock_files() -> None:
    """Installing the tools' lock file leaves the service's own packages as they are locked."""
    runtime, dev = (
        set(re.findall(r"^\S+==.*", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert runtime
    assert runtime <= dev
