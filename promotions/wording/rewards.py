"""What a target gives, in words that follow "get": ``20 % off the cheapest``. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from promotions.whole import TargetLike
from promotions.wording.goods import Goods, pick_out
from promotions.wording.words import money, number, percent

_NOTHING: Final = Decimal(0)
_ONE: Final = Decimal(1)
_ALL: Final = Decimal(100)
_SHIPPING: Final = {"Shipping": "shipping", "StandardShippingRate": "standard shipping"}
_PRICES: Final = {"FixedPrice", "TotalFixedPrice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a reward's words depend on beside its target."""

    qualifying: Goods | None
    """The products that the cart must hold, where one qualifier asks for products."""
    bought: Decimal
    """How many of them."""
    are_excluded: bool
    """Whether those that qualify are not discounted themselves."""
    pick: str
    """Which are discounted first: ``cheapest`` or ``most expensive``."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of some goods that are discounted."""

    all: str
    each: str
    is_single: bool = False
    note: str = ""
    together: str = ""
    """In words for a price of all of them, where these are others."""


def is_on_goods(target: TargetLike) -> bool:
    """Whether ``target`` discounts products that are in the cart."""
    return (
        target.target_type in ("Product", "ProductCategory")
        and target.adjustment_type != "BonusProduct"
    )


def says_what_is_excluded(goods: Goods, setting: Setting) -> bool:
    """Whether the words for ``goods`` say by themselves that those bought to qualify are not
    meant: ``1 more``."""
    return setting.are_excluded and goods == setting.qualifying


def reward(target: TargetLike, goods: Goods, setting: Setting, currency: str | None) -> str:
    """What ``target`` gives, which means ``goods`` and has its amounts in ``currency``."""
    if target.adjustment_type == "BonusProduct":
        count = target.restriction_quantity or _ONE
        return f"{goods.counted(count)} as {'a free gift' if count == 1 else 'free gifts'}"
    if target.target_type in _SHIPPING:
        shipping = _SHIPPING[target.target_type]
        return _on_whole(target, shipping, currency, free=f"free {shipping}")
    if _is_on_cart(target, goods):
        return _on_whole(target, "the whole cart", currency, free="the whole cart free")
    pieces = _pieces(target, goods, setting)
    note = f" ({pieces.note})" if pieces.note else ""
    return _on_pieces(target, goods, pieces, currency) + note


def _is_on_cart(target: TargetLike, goods: Goods) -> bool:
    """Whether the discount is off the sum, and not off some of its products."""
    return target.adjustment_type == "FixedAmountOffTransaction" or (
        target.target_type == "Transaction"
        and goods.everything
        and target.restriction_quantity is None
    )


def _is_free(target: TargetLike) -> bool:
    if target.adjustment_type == "PercentageDiscount":
        return target.adjustment_percent == _ALL
    return target.adjustment_type in _PRICES and not target.adjustment_amount


def _worth(target: TargetLike, currency: str | None) -> str:
    """``20 %``, ``5.00 EUR``."""
    if target.adjustment_type == "PercentageDiscount":
        return percent(target.adjustment_percent or _NOTHING)
    return money(target.adjustment_amount or _NOTHING, currency)


def _on_whole(target: TargetLike, thing: str, currency: str | None, *, free: str) -> str:
    if _is_free(target):
        return free
    worth = _worth(target, currency)
    return f"{thing} for {worth}" if target.adjustment_type in _PRICES else f"{worth} off {thing}"


def _on_pieces(target: TargetLike, goods: Goods, pieces: Pieces, currency: str | None) -> str:
    if _is_free(target):
        return f"{pieces.each if goods.named else pieces.all} free"
    worth = _worth(target, currency)
    match target.adjustment_type:
        case "PercentageDiscount":
            return f"{worth} off {pieces.all}"
        case "TotalFixedPrice" if not pieces.is_single:
            return f"{pieces.together or pieces.all} for {worth} in total"
        case "TotalFixedPrice" | "FixedPrice":
            return f"{pieces.each} for {worth}"
        case "FixedAmountOffLineItemTotal" if not pieces.is_single:
            return f"{worth} off the total for {pieces.all}"
        case _:
            return f"{worth} off {pieces.each}"


def _pieces(target: TargetLike, goods: Goods, setting: Setting) -> Pieces:
    """Which of ``goods`` the restriction to a quantity leaves."""
    count = target.restriction_quantity
    others = says_what_is_excluded(goods, setting)
    if count is None:
        if others:
            return Pieces(goods.others(), goods.each_other())
        return Pieces(goods.all(), goods.each())
    if others:
        return _more(count, goods, setting, target.is_min_item_count_required)
    is_single = count == 1
    if goods.is_one:
        return _of_one_product(target, count, goods, setting)
    same = goods == setting.qualifying
    things = pick_out(setting.pick, count) if same else goods.first(setting.pick, count)
    is_there = is_single or (same and setting.bought >= count)
    note = f"only if the cart has at least {number(count)} of them"
    return Pieces(
        things,
        things if is_single else f"each of {things}",
        is_single,
        note if target.is_min_item_count_required and not is_there else "",
    )


def _more(count: Decimal, goods: Goods, setting: Setting, is_required: bool) -> Pieces:
    """So many beyond those that were bought to qualify."""
    more, is_single = f"{number(count)} more", count == 1
    notes = [] if goods.is_one else [f"the {setting.pick} {'one' if is_single else 'ones'}"]
    if is_required and not is_single:
        notes.append(f"only if the cart has at least {more}")
    return Pieces(more, more if is_single else f"each of {more}", is_single, ", ".join(notes))


def _of_one_product(target: TargetLike, count: Decimal, goods: Goods, setting: Setting) -> Pieces:
    """So many pieces of a product that costs the same whichever piece it is."""
    counted = goods.counted(count)
    if count == 1:
        return Pieces(counted, counted, is_single=True)
    if target.adjustment_type == "TotalFixedPrice":
        return Pieces(goods.all(), goods.each(), together=counted)
    is_there = goods == setting.qualifying and setting.bought >= count
    if target.is_min_item_count_required and not is_there:
        note = f"for {number(count)} of them, if the cart has as many"
    else:
        note = f"up to {number(count)} of them"
    return Pieces(goods.all(), goods.each(), note=note)
