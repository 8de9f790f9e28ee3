"""What docs/promotions.md says is tried: its calls are sent, its commands run."""

import json
import re
import shlex
from pathlib import Path

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from promotions.models import Coupon, Partner, Promotion
from tests.commands.running import output_of
from tests.docs.curl import read_curl
from tests.factories import token_for

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "promotions.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.django_db
def test_the_examples_work(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known = {"URL": "http://localhost"}
    answers = {}
    for block in BLOCKS:
        if not block.startswith("curl "):
            for line in block.splitlines():
                printed = _run(line)
                if "create_partner" in line:
                    partner = Partner.objects.get(client_id=json.loads(printed)["client_id"])
                    known["TOKEN"] = token_for(partner)
            continue
        call = read_curl(block, **known)
        answer = call.send(client)
        assert answer.status_code in (200, 201), answer.content
        answers[call.url.rpartition("/")[2]] = answer.json()
        if call.url.endswith("/whole"):
            known["PROMOTION"] = answer.json()["id"]
    assert len(answers) == 5
    promotion = Promotion.objects.get(promotion_code="SHOES27")
    assert answers["coupon-batches"]["quantity"] == 500
    assert Coupon.objects.filter(promotion=promotion).count() == 1500
    assert (tmp_path / "coupons.csv").read_text().count("\nMAY-") == 1000
    assert answers["activate"]["isActive"]
    assert {row["object"] for row in answers["history"]["results"]} > {"PromotionTarget"}
    quoted = re.findall(r"^> (.*)$", PAGE, re.MULTILINE)
    assert answers["description"]["text"] == " ".join(quoted)


def _run(line: str) -> str:
    words = shlex.split(line)
    return output_of(*words[words.index("manage.py") + 1 :])


def test_every_resource_named_is_there() -> None:
    table = PAGE.split("\n| below")[1].split("\n\n")[0]
    rows = [re.findall(r"`([a-z-]+)`", cell) for cell in table.split("|")]
    named = [name for names in rows for name in names]
    assert len(named) > 15
    for name in named:
        assert _resolves(f"/api/v1/{name}") or _resolves(f"/api/v1/promotions/x/{name}"), name


def _resolves(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def test_every_link_leads_somewhere() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert (DOCS / link.partition("#")[0]).exists(), link
