"""Which records a user viewed last.

Source: the client contract, section 2 (basic info).
"""

from typing import Any, Final

from promotions.actors import Actor
from promotions.models import RecordView
from promotions.sobjects.declare import SObject
from promotions.sobjects.reading import read_records

MOST_ITEMS: Final = 200
_SEEN: Final = 1_000
"""Views that are looked through for records that are still there to be seen."""


def recent_items(
    one: SObject, *, by: Actor, version: str, most: int = MOST_ITEMS
) -> list[dict[str, Any]]:
    """The live records of an object that the user viewed last, the last one first: id and name."""
    if not one.viewable:
        return []
    views = RecordView.objects.filter(
        user=by.user, key_prefix=one.key_prefix, last_viewed_date__isnull=False
    )
    latest = views.order_by("-last_viewed_date", "-record_key")
    keys = list(latest.values_list("record_key", flat=True)[:_SEEN])
    fields = [field for name in ("Id", "Name") if (field := one.fields.get(name)) is not None]
    found = read_records(one, keys, fields, by=by, version=version)
    return [found[key] for key in keys if key in found][:most]
