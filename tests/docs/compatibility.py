"""Writes the tables of docs/compatibility.md, from what describe calls say.

``DJANGO_SETTINGS_MODULE=config.settings python -m tests.docs.compatibility`` after a change of the
declarations; a test says when that was forgotten.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import django
from django.test import override_settings

PAGE: Final = Path(__file__).parent.parent.parent / "docs/compatibility.md"
BEGIN: Final = "<!-- From the declarations: run `python -m tests.docs.compatibility` -->"
END: Final = "<!-- Until here. -->"
_VERSION: Final = "v59.0"
_MANY_VALUES: Final = 12


def with_tables(page: str) -> str:
    """The page with its tables as the declarations have them now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    with override_settings(CURRENCIES=["CHF", "EUR"], COMMERCE_FIELDS=True):
        lines = list(_tables())
    return "\n".join([before + BEGIN, "", *lines, "", END + after])


def _tables() -> Iterator[str]:
    from promotions.actors import Actor, Source
    from promotions.models import User
    from promotions.services.partners import known_scopes
    from promotions.sobjects.declare import every_sobject
    from promotions.sobjects.describe import describe

    anybody = Actor(User(pk=1), Source.API, frozenset(known_scopes()))
    described = [(one, describe(one, anybody, _VERSION)) for one in every_sobject()]
    yield "### Objects and calls"
    yield ""
    yield "| object | ids begin with | token's scopes | calls beyond retrieve, query and describe |"
    yield "|---|---|---|---|"
    for one, told in described:
        scopes = [f"`{scope}`" for scope in (one.read_scope, one.write_scope) if scope]
        calls = ", ".join(_calls(told)) or "none: read only"
        yield (
            f"| [{one.name}](#{one.name.lower()}) | `{one.key_prefix}` | "
            f"{', '.join(scopes) or 'any'} | {calls} |"
        )
    for one, told in described:
        own = {field.name for field in one.fields.values() if not field.system}
        system = [name for name in one.fields if name not in own]
        yield ""
        yield f"### {one.name}"
        yield ""
        yield f"{one.label_plural}. Also: {', '.join(system)}."
        yield ""
        yield "| field | type | written by | in a query | more |"
        yield "|---|---|---|---|---|"
        for field in told["fields"]:
            if field["name"] in own:
                yield _row(field)
        children = [c for c in told["childRelationships"] if c["relationshipName"]]
        if children:
            names = [f"{c['relationshipName']} ({c['childSObject']})" for c in children]
            yield ""
            yield f"Sub-queries: {', '.join(names)}."


def _calls(told: dict[str, Any]) -> Iterator[str]:
    for key, call in (
        ("createable", "create"),
        ("updateable", "update"),
        ("deletable", "delete"),
        ("undeletable", "undelete"),
    ):
        if told[key]:
            yield call
    if told["createable"] and told["updateable"] and any(f["idLookup"] for f in told["fields"]):
        yield "upsert"
    if told["searchable"]:
        yield "search"
    if told["layoutable"]:
        yield "describeLayout"
    if told["replicateable"]:
        yield "getUpdated"
        yield "getDeleted"


def _row(field: dict[str, Any]) -> str:
    written = [word for word in ("create", "update") if field[f"{word}able"]]
    asked = [
        word
        for word, key in (("filter", "filterable"), ("sort", "sortable"), ("group", "groupable"))
        if field[key]
    ]
    cells = [field["name"], _type(field), ", ".join(written), ", ".join(asked), _more(field)]
    return f"| {' | '.join(cell or '–' for cell in cells)} |"


def _type(field: dict[str, Any]) -> str:
    match field["type"]:
        case "reference":
            return f"reference to {', '.join(field['referenceTo'])}"
        case "double" | "currency" | "percent":
            return f"{field['type']}({field['precision']}, {field['scale']})"
        case "string" | "textarea" | "url" | "email" | "phone":
            return f"{field['type']}({field['length']})"
    return str(field["type"])


def _more(field: dict[str, Any]) -> str:
    values = [value["value"] for value in field["picklistValues"]]
    needed = not (field["nillable"] or field["defaultedOnCreate"])
    default = field["defaultValue"]
    said = {
        "required": field["createable"] and needed and default is None,
        "id look-up": field["idLookup"],
        "external id": field["externalId"],
        "unique": field["unique"] and field["type"] != "id",
        "numbered by itself": field["autoNumber"],
        "calculated": field["calculated"],
        "deleted with it": field["cascadeDelete"],
        "keeps it from being deleted": field["restrictedDelete"],
        f"default {str(default).lower() if isinstance(default, bool) else default}": (
            default is not None and (field["createable"] or field["updateable"])
        ),
        f"one of {', '.join(values[:_MANY_VALUES])}": bool(values),
    }
    return "; ".join(text for text, holds in said.items() if holds)


if __name__ == "__main__":
    django.setup()
    PAGE.write_text(with_tables(PAGE.read_text()))
