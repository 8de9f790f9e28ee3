"""Which records a user viewed last.

Source: the client contract, section 2 (basic info).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from promotions.actors import Actor
from promotions.models import RecordView
from promotions.sobjects.declare import SObject, every_sobject, may_read
from promotions.sobjects.reading import read_records

MOST_ITEMS: Final = 200
_AT_A_TIME: Final = 500

Shown = dict[str, Any]


def recent_items(
    one: SObject | None, *, by: Actor, version: str, most: int = MOST_ITEMS
) -> list[Shown]:
    """The live records of an object, or of any, that the user viewed last, the last one first: id
    and name."""
    wanted = every_sobject() if one is None else [one]
    readable = {o.key_prefix: o for o in wanted if o.viewable and may_read(o, by)}
    return list(islice(_found(readable, by, version), min(most, MOST_ITEMS)))


def _found(readable: Mapping[str, SObject], by: Actor, version: str) -> Iterator[Shown]:
    views = RecordView.objects.filter(
        user=by.user, key_prefix__in=readable, last_viewed_date__isnull=False
    )
    latest = views.order_by("-last_viewed_date", "-record_key")
    listed = latest.values_list("key_prefix", "record_key")
    start = 0
    # Those on a page may all be out of sight by now.
    while page := list(listed[start : start + _AT_A_TIME]):
        shown = {
            prefix: _records(one, [key for p, key in page if p == prefix], by, version)
            for prefix, one in readable.items()
        }
        yield from (shown[prefix][key] for prefix, key in page if key in shown[prefix])
        start += _AT_A_TIME


def _records(one: SObject, keys: Sequence[int], by: Actor, version: str) -> Mapping[int, Shown]:
    if not keys:
        return {}
    fields = [field for name in ("Id", "Name") if (field := one.fields.get(name)) is not None]
    return read_records(one, keys, fields, by=by, version=version)
