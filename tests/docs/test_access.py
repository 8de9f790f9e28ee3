"""docs/access.md names every way to a token, and every operation, that there is."""

import re
from pathlib import Path

from django.core.management import get_commands

from promotions.oauth.grants import GRANT_TYPES
from promotions.sobjects.views.soap import OPERATIONS

TEXT = (Path(__file__).parent.parent.parent / "docs/access.md").read_text()


def test_every_way_to_a_token_has_a_row() -> None:
    assert tuple(re.findall(r"^\| `([a-z_:-]+)` \|", TEXT, re.MULTILINE)[1:]) == GRANT_TYPES


def test_every_operation_is_named() -> None:
    assert [name for name in ("login", *OPERATIONS) if f"`{name}`" not in TEXT] == []


def test_every_command_exists() -> None:
    named = set(re.findall(r"manage\.py (\w+)", TEXT))
    assert named
    assert named <= set(get_commands())
