"""Which products a qualifier or a target means, in words that stand in any sentence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from promotions.child_rules import price_in
from promotions.whole import LineItemRuleLike, QualifierLike, TargetLike
from promotions.wording.words import called, listed, money, number

_OPERATORS: Final = {
    "Product": {"EQUAL_TO": "named", "NOT_EQUAL_TO": "other than"},
    "ProductCategory": {"EQUAL_TO": "from", "NOT_EQUAL_TO": "not from"},
    "Price": {
        "EQUAL_TO": "costing exactly",
        "NOT_EQUAL_TO": "not costing",
        "GREATER_THAN": "costing more than",
        "GREATER_THAN_OR_EQUAL_TO": "costing at least",
        "LESS_THAN": "costing less than",
        "LESS_THAN_OR_EQUAL_TO": "costing at most",
    },
    "Attribute": {
        "EQUAL_TO": "with the attribute",
        "NOT_EQUAL_TO": "without the attribute",
        "GREATER_THAN": "with an attribute above",
        "GREATER_THAN_OR_EQUAL_TO": "with an attribute of at least",
        "LESS_THAN": "with an attribute below",
        "LESS_THAN_OR_EQUAL_TO": "with an attribute of at most",
    },
}
"""How each type of rule reads with each operator that it takes; the value follows."""
_LISTS: Final = {("Product", "EQUAL_TO"), ("ProductCategory", "EQUAL_TO")}
"""Rules that are nothing but names, if each of them is of the same one of these kinds."""


@dataclass(frozen=True, slots=True)
class Goods:
    """Products: those called ``named``, or those that come ``origin`` (``from *Shoes*``), or all;
    narrowed down by ``which`` (``costing more than 50.00 EUR``)."""

    named: str = ""
    origin: str = ""
    which: str = ""
    is_one: bool = False
    """Whether it is a single product, so that none of its pieces is cheaper than another."""

    @property
    def everything(self) -> bool:
        return not (self.named or self.origin or self.which)

    def _put(self, things: str) -> str:
        return " ".join(filter(None, (things, self.origin, self.which)))

    def counted(self, count: Decimal) -> str:
        """``2 of *Runner*``, ``2 from *Shoes*``, ``2 products costing more than 50.00 EUR``."""
        if self.named:
            return self._put(f"{number(count)} of {self.named}")
        if self.origin:
            return self._put(number(count))
        return self._put(f"{number(count)} {_products(count)}")

    def some(self) -> str:
        """``*Runner*``, ``anything from *Shoes*``."""
        return self._put(self.named or "anything")

    def several(self) -> str:
        """``*Runner*``, ``products from *Shoes*``."""
        return self._put(self.named or "products")

    def all(self) -> str:
        """``*Runner*``, ``everything from *Shoes*``."""
        return self._put(self.named or "everything")

    def each(self) -> str:
        """``each *Runner*``, ``each product from *Shoes*``."""
        return self._put(f"each {self.named or 'product'}")

    def others(self) -> str:
        """``every further *Runner*``, ``everything else from *Shoes*``."""
        return self._put(f"every further {self.named}" if self.named else "everything else")

    def each_other(self) -> str:
        """``each further *Runner*``, ``each further product from *Shoes*``."""
        return self._put(f"each further {self.named or 'product'}")

    def first(self, pick: str, count: Decimal) -> str:
        """``the cheapest from *Shoes*``, ``the 2 cheapest products``; ``pick``: ``cheapest``."""
        first = pick_out(pick, count)
        if self.named:
            return self._put(f"{first} of {self.named}")
        return self._put(first if self.origin else f"{first} {_products(count)}")


def _products(count: Decimal) -> str:
    return "product" if count == 1 else "products"


def pick_out(pick: str, count: Decimal) -> str:
    """``the cheapest``, ``the 2 cheapest``."""
    return f"the {pick}" if count == 1 else f"the {number(count)} {pick}"


def qualifying_goods(
    qualifier: QualifierLike, rules: Sequence[LineItemRuleLike], currency: str | None
) -> Goods:
    """What ``qualifier`` asks for, narrowed down by those of the line item rules that are its."""
    name = {
        "Product": qualifier.qualifier_product_name,
        "ProductCategory": qualifier.qualifier_product_category_name,
    }.get(qualifier.qualifier_type)
    return _goods(
        kind=qualifier.qualifier_type,
        operator=qualifier.qualifier_operator,
        name=name or qualifier.external_qualifier,
        rules=[rule for rule in rules if rule.associated_qualifier_id == qualifier.pk],
        any_rule=qualifier.qualifier_rule_criteria_type == "Any",
        currency=currency,
    )


def target_goods(
    target: TargetLike, rules: Sequence[LineItemRuleLike], currency: str | None
) -> Goods:
    """What ``target`` discounts, narrowed down by those of the line item rules that are its."""
    name = {
        "Product": target.target_product_name,
        "ProductCategory": target.target_product_category_name,
    }.get(target.target_type)
    return _goods(
        kind=target.target_type,
        operator=target.target_operator,
        name=name or target.external_target,
        rules=[rule for rule in rules if rule.associated_target_id == target.pk],
        any_rule=target.target_rule_criteria_type == "ANY",
        currency=currency,
    )


def _goods(
    *,
    kind: str,
    operator: str,
    name: str | None,
    rules: Sequence[LineItemRuleLike],
    any_rule: bool,
    currency: str | None,
) -> Goods:
    phrases = [_rule_phrase(rule, currency) for rule in rules]
    narrowed = listed(phrases, "or" if any_rule else "and")
    if not name:
        kinds = {(rule.type, rule.operator_type) for rule in rules}
        if len(kinds) == 1 and kinds <= _LISTS and (any_rule or len(rules) == 1):
            return _named(rules[0].type, [rule.type_reference_name or "" for rule in rules], "")
        return Goods(which=narrowed)
    if operator == "NOT_EQUAL_TO":
        without = f"{_OPERATORS[kind][operator]} {called(name)}"
        return Goods(which=listed([without, narrowed]) if narrowed else without)
    return _named(kind, [name], narrowed)


def _named(kind: str, names: Sequence[str], which: str) -> Goods:
    either = listed([called(name) for name in names], "or")
    if kind == "Product":
        return Goods(named=either, which=which, is_one=len(names) == 1)
    return Goods(origin=f"from {either}", which=which)


def _rule_phrase(rule: LineItemRuleLike, currency: str | None) -> str:
    compared = _OPERATORS[rule.type][rule.operator_type]
    value, reference = rule.type_value or "", rule.type_reference_name
    if rule.type == "Price":
        price = price_in(value)
        return f"{compared} {value if price is None else money(price, currency)}"
    if rule.type == "Attribute":
        return f"{compared} {called(value)}" + (f" of {called(reference)}" if reference else "")
    return f"{compared} {called(reference or '')}"
