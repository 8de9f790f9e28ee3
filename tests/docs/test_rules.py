"""docs/rules.md names code that exists, and every rule of the contract."""

import re
from importlib import import_module
from pathlib import Path

RULES = (Path(__file__).parent.parent.parent / "docs/rules.md").read_text()


def test_every_function_named_exists() -> None:
    named = re.findall(r"`([a-z_/]+)\.py:(\w+)`", RULES)
    assert len(named) > 20
    for path, name in named:
        assert hasattr(import_module(path.replace("/", ".")), name), f"{path}.py has no {name}"


def test_every_rule_has_a_row() -> None:
    assert [int(n) for n in re.findall(r"^\| (\d+) \|", RULES, re.MULTILINE)] == [*range(1, 14)]
