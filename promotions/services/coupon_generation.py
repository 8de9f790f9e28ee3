"""Making coupons in bulk: with codes of a pattern, or as copies of another promotion's.

Such coupons came into being together, as a batch. One row of history tells of the batch, with what
its coupons have in common; the coupons name their batch.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Sum

from promotions.access import Access
from promotions.actors import Actor
from promotions.child_rules import coupon_problems
from promotions.coupon_codes import (
    Pattern,
    distinct_codes,
    parse_pattern,
    pattern_problems,
    random_codes,
    varied_code,
)
from promotions.errors import DomainError, Refused, refuse
from promotions.folding import fold
from promotions.models import Coupon, CouponBatch, Promotion
from promotions.services import history
from promotions.services.coupon_rows import (
    CHUNK,
    insert_codes,
    insert_copies,
    references_checked_at_once,
)
from promotions.services.records import fill_in, hold_promotion, own_problems

MOST_AT_ONCE: Final = 1_000_000
_ROUNDS: Final = 20
"""How often codes are drawn anew for those that were taken; of a pattern that passes the rules one
in a million is."""

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


def silently(done: int, total: int) -> None:
    """Tells nobody."""


def generate_coupons(
    promotion: int,
    *,
    pattern: str,
    quantity: int,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    progress: Progress = silently,
) -> CouponBatch:
    """Makes exactly ``quantity`` coupons of a promotion, by key, with codes of ``pattern`` that
    nobody can guess. ``values`` is what they have in common, by the model's names.

    Raises ``Refused``: ``not_found``, ``insufficient_access``, and what is wrong with pattern,
    quantity and values. Then there are none.
    """
    with transaction.atomic():
        held = hold_for_coupons(promotion, by)
        parsed = parse_pattern(pattern)
        [code] = random_codes(parsed, 1)
        template = Coupon(**{**values, "promotion": held, "coupon_code": code})
        fill_in(template, by=by, at=at)
        errors = [
            *_quantity_problems(parsed, quantity),
            *own_problems(template, values, by),
            *coupon_problems(template),
        ]
        if errors:
            raise Refused(*errors)
        batch = make_batch(template, CouponBatch.Kind.GENERATED, parsed.text, quantity)
        with references_checked_at_once():
            _fill(parsed, quantity, template, progress)
        history.write([batch_event(batch, template)], promotion=held.pk, by=by, at=at)
    return batch


def clone_coupons(source: Promotion, target: Promotion, *, by: Actor, at: datetime) -> int:
    """Copies all coupons of ``source`` to ``target``, with new codes; how many. Those with codes of
    a pattern get codes of that pattern, the others such as show which one they were made from.

    The caller has made ``target`` in the same transaction, and ``by`` may see ``source``.
    """
    live = Coupon.objects.live().filter(promotion=source).order_by()
    patterns = live.values_list("batch__pattern").annotate(quantity=Count("pk"))
    events, copied = [], 0
    for text, quantity in patterns:
        pattern = _pattern_of_copies(text, quantity)
        name = None if pattern is None else pattern.text
        template = Coupon(promotion=target)
        fill_in(template, by=by, at=at)
        batch = make_batch(template, CouponBatch.Kind.CLONED, name, quantity)
        batch.quantity = _copy(source, text, pattern, template)
        copied += batch.quantity
        batch.save()  # another may have changed the source's coupons in between
        events.append(batch_event(batch))
    history.write(events, promotion=target.pk, by=by, at=at)
    return copied


def hold_for_coupons(promotion: int, by: Actor) -> Promotion:
    """The promotion, held for making coupons of it. Raises ``not_found``,
    ``insufficient_access``."""
    held = hold_promotion(promotion, by, Access.EDIT)
    if held is None:
        raise refuse("not_found", "There is no such promotion, or it was deleted.")
    return held


def make_batch(
    template: Coupon, kind: CouponBatch.Kind, pattern: str | None, quantity: int
) -> CouponBatch:
    """A batch of coupons like ``template``, which is of it from then on."""
    template.batch = CouponBatch.objects.create(
        promotion=template.promotion,
        kind=kind,
        pattern=pattern,
        quantity=quantity,
        created_by=template.created_by,
        created_date=template.created_date,
    )
    return template.batch


def batch_event(batch: CouponBatch, template: Coupon | None = None) -> history.Event:
    """That a batch was made, with what its coupons have in common."""
    values = {
        name: value
        for name, value in (history.values_of(template) if template else {}).items()
        if value is not None and name != "CouponCode"
    }
    values |= {"Kind": batch.kind, "Quantity": str(batch.quantity)}
    if batch.pattern is not None:
        values["Pattern"] = batch.pattern
    return history.Event(batch, history.CREATED, snapshot=values)


def _quantity_problems(pattern: Pattern, quantity: int) -> list[DomainError]:
    if quantity > MOST_AT_ONCE:
        detail = f"Make at most {MOST_AT_ONCE:,} at once, and the others after that."
        return [DomainError("invalid_value", detail, "quantity")]
    return list(pattern_problems(pattern, quantity, _made_of(pattern)))


def _made_of(pattern: Pattern) -> int:
    """How many coupons have codes of this pattern, whoever's they are: a guess may hit any. Counted
    by batches: which of a batch were deleted would take longer to find out."""
    made = CouponBatch.objects.filter(pattern=pattern.text).aggregate(total=Sum("quantity"))
    return made["total"] or 0


def _fill(pattern: Pattern, quantity: int, template: Coupon, progress: Progress) -> None:
    """Inserts ``quantity`` coupons like ``template``, drawing anew where a code was taken."""
    made = fruitless = 0
    while made < quantity:
        inserted = insert_codes(template, distinct_codes(pattern, min(CHUNK, quantity - made)))
        made += inserted
        fruitless += not inserted
        if fruitless > _ROUNDS:
            detail = "Nearly all codes of this pattern are taken. Choose another one."
            raise refuse("invalid_value", detail, "pattern")
        progress(made, quantity)


def _pattern_of_copies(text: str | None, quantity: int) -> Pattern | None:
    """The pattern ``text`` where it has room for so many more codes."""
    if text is None:
        return None
    pattern = parse_pattern(text)
    return None if _quantity_problems(pattern, quantity) else pattern


def _copy(source: Promotion, text: str | None, pattern: Pattern | None, template: Coupon) -> int:
    """Copies the coupons of ``source`` whose batch has the pattern ``text``; how many."""
    originals = Coupon.objects.live().filter(promotion=source, batch__pattern=text).order_by("pk")
    copied = after = 0
    while chunk := dict(originals.filter(pk__gt=after).values_list("pk", "coupon_code")[:CHUNK]):
        after = max(chunk)
        copied += len(chunk)
        for _ in range(_ROUNDS):
            codes = _new_codes(chunk, pattern)
            made = insert_copies(template, codes)
            chunk = {key: chunk[key] for key, code in codes.items() if fold(code) not in made}
            if not chunk:
                break
        else:
            raise AssertionError(f"{len(chunk)} codes were taken {_ROUNDS} times")
    return copied


def _new_codes(originals: Mapping[int, str], pattern: Pattern | None) -> dict[int, str]:
    """A new code for each coupon, by key; ``originals`` are their codes."""
    if pattern is not None:
        return dict(zip(originals, distinct_codes(pattern, len(originals)), strict=True))
    return {key: varied_code(code) for key, code in originals.items()}
