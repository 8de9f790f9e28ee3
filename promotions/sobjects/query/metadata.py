"""``columns=true``: what the columns of an answer are, as ``sf data query`` reads it.

Source: the client contract, section 2.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from promotions.sobjects.query.aggregates import Groups, Shown, is_count, is_grouped
from promotions.sobjects.query.children import Children
from promotions.sobjects.query.plan import Plan
from promotions.sobjects.query.problems import located
from promotions.sobjects.query.run import Caller, parsed
from promotions.sobjects.query.scope import Scope, scope_of
from promotions.sobjects.query.selecting import Child, Leaf, Node
from promotions.sobjects.soql import tree

_APEX: Final[Mapping[str, str]] = {
    "id": "Id",
    "reference": "Id",
    "boolean": "Boolean",
    "int": "Integer",
    "double": "Double",
    "currency": "Double",
    "percent": "Double",
    "date": "Date",
    "dateTime": "Datetime",
}
_NUMBERS: Final = frozenset({"Integer", "Double"})


def column_metadata(text: str, caller: Caller) -> dict[str, Any]:
    """What the columns of the answer to a query would be, without asking for any row."""
    with located(text):
        query = parsed(text)
        scope = scope_of(query, caller.by, caller.at)
        if is_count(query):
            columns: list[dict[str, Any]] = []
        elif is_grouped(query):
            columns = [_of_group(shown) for shown in Groups(scope, query).shown]
        else:
            columns = list(_of_node(scope, Plan.of(scope, query).selection.root))
    return {
        "columnMetadata": columns,
        "entityName": scope.sobject.name,
        "groupBy": bool(query.group_by),
        "idSelected": any(column["columnName"] == "Id" for column in columns),
        "keyPrefix": scope.sobject.key_prefix,
    }


def _column(name: str, apex: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "aggregate": False,
        "apexType": apex,
        "booleanType": apex == "Boolean",
        "columnName": name,
        "custom": False,
        "displayName": name,
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": [],
        "numberType": apex in _NUMBERS,
        "textType": apex in ("String", "Id"),
        "updatable": False,
        **more,
    }


def _of_node(scope: Scope, node: Node) -> Iterator[dict[str, Any]]:
    for entry in node.entries:
        match entry:
            case Leaf(reached=reached):
                field = reached.field
                yield _column(
                    entry.name,
                    _APEX.get(field.type, "String"),
                    insertable=field.createable,
                    updatable=field.updateable,
                )
            case Node():
                yield _column(
                    entry.name, foreignKeyName=entry.name, joinColumns=list(_of_node(scope, entry))
                )
            case Child():
                children = Children.of(scope, entry)
                inner = _of_node(children.plan.scope, children.plan.selection.root)
                yield _column(entry.name, aggregate=True, joinColumns=list(inner))


def _of_group(shown: Shown) -> dict[str, Any]:
    apex = _APEX.get(shown.operand.type, "String")
    aggregate = not isinstance(shown.expression, tree.Path)
    return _column(shown.name, apex, aggregate=aggregate)
