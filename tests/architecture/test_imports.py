"""What may depend on what, read off the source: the house's "What flows where"."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

INTERFACES = ("api", "admin", "management", "oauth", "sobjects")
"""The doors. A door of one app may use the same kind of door of the other, and no other kind."""

PURE = {
    "promotions.access",
    "promotions.assertions",
    "promotions.child_rules",
    "promotions.child_rules.coupons",
    "promotions.child_rules.limits",
    "promotions.child_rules.line_item_rules",
    "promotions.child_rules.named",
    "promotions.child_rules.qualifiers",
    "promotions.child_rules.segments",
    "promotions.child_rules.targets",
    "promotions.child_rules.tiers",
    "promotions.coupon_codes",
    "promotions.csv_files",
    "promotions.currencies",
    "promotions.errors",
    "promotions.folding",
    "promotions.ids",
    "promotions.likelihood",
    "promotions.moments",
    "promotions.naming",
    "promotions.numbers",
    "promotions.public_keys",
    "promotions.rules",
    "promotions.sections",
    "promotions.sliding_window",
    "promotions.sobjects",
    "promotions.sobjects.elements",
    "promotions.sobjects.query.dates",
    "promotions.sobjects.soql",
    "promotions.sobjects.soql.checks",
    "promotions.sobjects.soql.conditions",
    "promotions.sobjects.soql.cursor",
    "promotions.sobjects.soql.errors",
    "promotions.sobjects.soql.expressions",
    "promotions.sobjects.soql.limits",
    "promotions.sobjects.soql.literals",
    "promotions.sobjects.soql.parser",
    "promotions.sobjects.soql.refused",
    "promotions.sobjects.soql.search_terms",
    "promotions.sobjects.soql.sosl",
    "promotions.sobjects.soql.tokens",
    "promotions.sobjects.soql.tree",
    "promotions.sobjects.limits",
    "promotions.sobjects.soap",
    "promotions.spreadsheets",
    "promotions.token_format",
    "promotions.typed_dates",
    "promotions.unpacking",
    "promotions.warnings",
    "promotions.whole",
    "promotions.wording",
    "promotions.wording.goods",
    "promotions.wording.offer",
    "promotions.wording.rewards",
    "promotions.wording.sentences",
    "promotions.wording.states",
    "promotions.wording.terms",
    "promotions.wording.words",
    "enrollments.audience_files",
    "enrollments.rules",
    "enrollments.speed",
    "enrollments.wire",
}
PURE_MAY_IMPORT = {
    "enrollments.rules": {"enrollments.standing"},  # the rule and its twin in SQL, side by side
}

WRITERS = {
    "enrollments.demo.loading": "makes the demo's log-ins, which are no records either",
}
"""Modules outside the services that write to the database, each with its reason."""


@cache
def modules() -> dict[str, ast.Module]:
    """All our modules by dotted name, migrations aside."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text(), str(path)
        )
        for app in ("promotions", "enrollments", "config")
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    }


def imports(tree: ast.AST) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it; of ``from a import b``, ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def under(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def interface(module: str) -> str | None:
    """Which kind of door a module belongs to; what is declared for one is part of it."""
    parts = module.replace(".sobject_declarations", ".sobjects").split(".")
    inside = len(parts) > 1 and parts[0] in ("promotions", "enrollments")
    return parts[1] if inside and parts[1] in INTERFACES else None


def is_wiring(module: str) -> bool:
    """Whether Django calls it to put the application together."""
    return module.endswith(".apps")


def app_modules() -> list[str]:
    return [name for name in modules() if not under(name, "config")]


def test_the_modules_are_found() -> None:
    assert set(modules()) > PURE | WRITERS.keys()
    assert {"config.settings", "promotions.models", "enrollments.services"} < set(modules())


def test_promotions_know_nothing_of_enrollments() -> None:
    wrong = {
        (module, name)
        for module in app_modules()
        for name in imports(modules()[module])
        if under(module, "promotions") and under(name, "enrollments")
    }
    assert wrong == set()


def test_nothing_imports_the_configuration() -> None:
    wrong = {
        (module, name)
        for module in app_modules()
        for name in imports(modules()[module])
        if under(name, "config")
    }
    assert wrong == set()


def test_no_door_leads_through_another_and_nothing_inside_knows_the_doors() -> None:
    wrong = {
        (module, name)
        for module in app_modules()
        for name in imports(modules()[module])
        if interface(name) and interface(name) != interface(module) and not is_wiring(module)
    }
    assert wrong == set()


def test_only_doors_know_of_http() -> None:
    wrong = {
        (module, name)
        for module in app_modules()
        for name in imports(modules()[module])
        if under(name, "promotions.http")
        and not (interface(module) or under(module, "promotions.http"))
    }
    assert wrong == set()


@pytest.mark.parametrize("module", sorted(PURE))
def test_pure_modules_know_neither_the_framework_nor_what_is_not_pure(module: str) -> None:
    allowed = PURE | PURE_MAY_IMPORT.get(module, set())
    wrong = {
        name
        for name in imports(modules()[module])
        if under(name, "django", "rest_framework", "oauth2_provider", "psycopg")
        or (under(name, "promotions", "enrollments") and module_of(name) not in allowed)
    }
    assert wrong == set()


def module_of(name: str) -> str:
    """``promotions.rules`` of ``promotions.rules.is_over``."""
    return name if name in modules() else name.rpartition(".")[0]


def clock_reads(tree: ast.AST) -> set[str]:
    return {
        ast.unparse(call.func)
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and (
            call.func.attr in ("now", "utcnow", "today", "localtime", "localdate")
            or ast.unparse(call.func) in ("time.time", "time.time_ns")
        )
    } | {name for name in imports(tree) if name in ("time.time", "django.utils.timezone.now")}


def test_only_doors_read_the_clock() -> None:
    """Whoever acts says when: rules and services are told the moment, as ``at``."""
    wrong = {
        module: reads
        for module in app_modules()
        if not interface(module) and not under(module, "enrollments.demo", "promotions.http")
        if (reads := clock_reads(modules()[module]))
    }
    assert wrong == {}


def test_no_module_is_called_utils() -> None:
    assert [name for name in modules() if "util" in name.rpartition(".")[2]] == []


def test_signals_are_not_control_flow() -> None:
    wrong = {
        (module, name)
        for module in app_modules()
        for name in imports(modules()[module])
        if "signals" in name.split(".") or under(name, "django.dispatch")
    }
    assert wrong == set()


WRITES_ALWAYS = {
    "save",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "create_user",
}
WRITES_ON_QUERYSETS = {"create", "update", "delete"}


def writes(tree: ast.AST) -> Iterator[str]:
    """Calls that write to the database. ``accounts.create(…)`` is a service's, ``keys.update(…)``
    a set's: those three count on managers and querysets, and ``.delete()`` of a record."""
    for call in calls(tree):
        if not isinstance(call.func, ast.Attribute):
            continue
        method, receiver = call.func.attr, ast.unparse(call.func.value)
        on_queryset = "objects" in receiver or "manager" in receiver or receiver.endswith(")")
        bare_delete = method == "delete" and not call.args and not call.keywords
        if (
            method in WRITES_ALWAYS
            or (method in WRITES_ON_QUERYSETS and on_queryset)
            or bare_delete
        ):
            yield ast.unparse(call)


def test_only_services_write() -> None:
    wrong = {
        module: found
        for module in modules()
        if ".services" not in module and module not in WRITERS
        if (found := list(writes(modules()[module])))
    }
    assert wrong == {}


def test_the_exceptions_are_needed() -> None:
    assert [module for module in WRITERS if not list(writes(modules()[module]))] == []


@pytest.mark.parametrize(
    ("code", "is_write"),
    [
        ("usage.save()", True),
        ("Promotion.objects.create(name='x')", True),
        ("Promotion.objects.filter(pk=1).update(name='x')", True),
        ("queryset.filter(pk=1).delete()", True),
        ("usage.delete()", True),
        ("accounts.create(account, by=by, at=at)", False),
        ("self.service.delete(key, by=by, at=at)", False),
        ("keys.update(others)", False),
        ("hash.update(body)", False),
    ],
)
def test_what_counts_as_a_write(code: str, is_write: bool) -> None:
    assert bool(list(writes(ast.parse(code)))) == is_write


def test_history_is_written_by_its_own_module_alone() -> None:
    builders = {
        module
        for module, tree in modules().items()
        for call in calls(tree)
        if ast.unparse(call.func) in ("PromotionPartyUsageHistory", "PromotionHistory")
    }
    assert builders == {"enrollments.services.history", "promotions.services.history"}


def test_commands_load_neither_the_admin_nor_the_views() -> None:
    """They would be a third of the memory of a command or a worker."""
    script = "import django, sys; django.setup(); print(*sys.modules)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "promotions.models" in loaded
    for name in ("promotions.admin", "enrollments.admin", "rest_framework.views", "openpyxl"):
        assert name not in loaded
