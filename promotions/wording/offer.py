"""What a promotion gives for what: ``Buy 2 from *Shoes*, get 20 % off the cheapest.`` Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from promotions.whole import QualifierLike, TargetLike, Whole
from promotions.wording.goods import Goods, qualifying_goods, target_goods
from promotions.wording.rewards import Setting, is_on_goods, reward, says_what_is_excluded
from promotions.wording.words import listed, money


@dataclass(frozen=True, slots=True)
class Step:
    """What belongs together: a tier with its children, or a promotion without tiers."""

    label: str
    qualifiers: Sequence[QualifierLike]
    targets: Sequence[TargetLike]


def offer_sentences(whole: Whole) -> Iterator[str]:
    """What must be bought and what is given for it: a sentence for each tier, in order of rank."""
    steps = _steps(whole)
    if not steps:
        yield "It works in tiers, but has none yet, so nothing is discounted."
    for step in steps:
        yield _capital(f"{step.label}{_offer(step, whole)}.")
    yield from _exceptions(steps, whole)


def announcement(whole: Whole) -> str | None:
    """Whether shops tell customers what is missing, and from which amount on."""
    promotion = whole.promotion
    if not promotion.is_approaching_discount_applicable:
        return None
    amounts = {
        money(
            qualifier.approaching_discount_threshold,
            _currency(qualifier, whole),
        )
        for qualifier in whole.qualifiers
        if qualifier.approaching_discount_threshold is not None
    }
    when = f" once the cart reaches {amounts.pop()}" if len(amounts) == 1 else ""
    return f"Shops tell customers how much is missing for the discount{when}."


def _steps(whole: Whole) -> list[Step]:
    """The tiers, in order of rank; without tiers, everything."""
    if not whole.promotion.is_tiered:
        return [Step("", whole.qualifiers, whole.targets)]
    return [
        Step(
            _label(tier.name),
            [q for q in whole.qualifiers if q.promotion_tier_id == tier.pk],
            [t for t in whole.targets if t.promotion_tier_id == tier.pk],
        )
        for tier in sorted(whole.tiers, key=lambda tier: (tier.rank or 0, tier.pk))
    ]


def _label(name: str) -> str:
    return f"{name}: " if name.casefold().startswith("tier") else f"Tier {name}: "


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _offer(step: Step, whole: Whole) -> str:
    condition = _condition(step, whole)
    given = f"get {_rewards(step, whole)}" if step.targets else "nothing is discounted yet"
    if not condition:
        return given
    return f"{condition}, {given}" if step.targets else f"{condition}, but {given}"


# --- What must be bought --------------------------------------------------------------------------


def _condition(step: Step, whole: Whole) -> str:
    """``buy 2 from *Shoes* and 1 of *Cap*``; the verb is said once where it is the same."""
    asked = [_asked(qualifier, whole) for qualifier in step.qualifiers]
    verbs = {verb for verb, _ in asked}
    word = "or" if whole.promotion.qualifier_criteria == "Any" else "and"
    if len(verbs) == 1:
        return f"{verbs.pop()} {listed([what for _, what in asked], word)}"
    return listed([f"{verb} {what}" for verb, what in asked], word)


def _asked(qualifier: QualifierLike, whole: Whole) -> tuple[str, str]:
    """What a qualifier asks for: a verb, and of what how much."""
    currency = _currency(qualifier, whole)
    goods = qualifying_goods(qualifier, whole.line_item_rules, currency)
    count = qualifier.minimum_quantity
    if qualifier.minimum_amount is None:
        return "buy", goods.some() if count is None else goods.counted(count)
    least = f"at least {money(qualifier.minimum_amount, currency)}"
    if count is None:
        return "spend", least if goods.everything else f"{least} on {goods.several()}"
    return "buy", f"{goods.counted(count)} worth {least}"


# --- What is given --------------------------------------------------------------------------------


def _rewards(step: Step, whole: Whole) -> str:
    setting = _setting(step, whole)
    given = [
        reward(target, _goods_of(target, whole), setting, _currency(target, whole))
        for target in step.targets
    ]
    return listed(given) + _if_in_cart(step, whole)


def _goods_of(target: TargetLike, whole: Whole) -> Goods:
    return target_goods(target, whole.line_item_rules, _currency(target, whole))


def _currency(part: QualifierLike | TargetLike, whole: Whole) -> str | None:
    """The part's own, else the promotion's."""
    return part.currency_iso_code or whole.promotion.currency_iso_code


def _if_in_cart(step: Step, whole: Whole) -> str:
    """With several discounts on products: must all of these be in the cart?"""
    count = sum(map(is_on_goods, step.targets))
    if count < 2 or whole.promotion.target_criteria is None:
        return ""
    if whole.promotion.target_criteria == "Any":
        return ", whichever are in the cart"
    return f", if {'both' if count == 2 else 'all of them'} are in the cart"


def _setting(step: Step, whole: Whole) -> Setting:
    promotion = whole.promotion
    qualifying: Goods | None = None
    bought = Decimal(0)
    if len(step.qualifiers) == 1 and step.qualifiers[0].qualifier_type != "TransactionTotal":
        qualifier = step.qualifiers[0]
        currency = _currency(qualifier, whole)
        qualifying = qualifying_goods(qualifier, whole.line_item_rules, currency)
        bought = qualifier.minimum_quantity or Decimal(0)
    return Setting(
        qualifying=qualifying,
        bought=bought,
        are_excluded=promotion.are_qual_items_excl_from_discounts,
        pick="cheapest" if promotion.discount_order == "LeastExpensive" else "most expensive",
    )


def _exceptions(steps: Sequence[Step], whole: Whole) -> Iterator[str]:
    """What is not discounted although it is meant."""
    discounting = [
        step for step in steps if step.qualifiers and any(map(is_on_goods, step.targets))
    ]
    if whole.promotion.are_qual_items_excl_from_discounts and any(
        not says_what_is_excluded(_goods_of(target, whole), _setting(step, whole))
        for step in discounting
        for target in step.targets
        if is_on_goods(target)
    ):
        yield "What is bought to qualify is not discounted itself."
    if whole.promotion.discount_restriction == "LeastExpensive" and discounting:
        yield (
            "Only products that cost no more than the cheapest one bought to qualify are "
            "discounted."
        )
