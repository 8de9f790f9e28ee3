"""All rows of one kind on a promotion's form."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, cast

from django.forms import BaseFormSet, formset_factory

from promotions.admin.part_rows import ROWS, RowForm
from promotions.models import PromotionPart

MOST_ROWS: Final = 20
"""The most parts of a kind that are edited here; where there are more, their own list has them."""
_ROOM: Final = 30
"""For rows that are added."""
_GONE: Final = "Somebody deleted this meanwhile. Take the row out, or add it anew."


class RowSet(BaseFormSet):  # type: ignore[type-arg]  # not generic at run time
    """The parts of one kind that are ``stored``, and those that are added."""

    def __init__(self, data: Any, *, prefix: str, stored: Sequence[PromotionPart], **options: Any):
        self.stored = stored
        self._by_key = {str(part.pk): part for part in stored}
        self.extra = options.pop("extra", 0)
        self.title, self.add, self.empty = options.pop("words", ("", "", ""))
        self.only_with: str = options.pop("only_with", "")
        """The field that must be on for these rows to count, if any."""
        super().__init__(data, prefix=prefix, **options)

    def initial_form_count(self) -> int:
        return super().initial_form_count() if self.is_bound else len(self.stored)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        if index is None:
            return kwargs
        if not self.is_bound:
            part = self.stored[index] if index < len(self.stored) else None
        else:
            part = self._by_key.get(self.data.get(f"{self.prefix}-{index}-key", ""))
        return kwargs if part is None else {**kwargs, "instance": part}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.pk is not None:
            form.empty_permitted = False

    @property
    def rows(self) -> list[RowForm]:
        return list(self.forms)

    @property
    def parts(self) -> list[RowForm]:
        """The rows that are parts and stay such."""
        return [row for row in self.rows if row.counts and not row.is_gone]

    def clean(self) -> None:
        for row in self.rows:
            key = row.cleaned_data.get("key") if hasattr(row, "cleaned_data") else ""
            if key and key not in self._by_key and not row.is_gone:
                row.add_error(None, _GONE)


@cache
def row_set(prefix: str) -> type[RowSet]:
    """The class for a kind of rows."""
    made = formset_factory(
        ROWS[prefix],
        formset=RowSet,
        can_delete=True,
        max_num=MOST_ROWS + _ROOM,
        absolute_max=MOST_ROWS + _ROOM,
    )
    return cast("type[RowSet]", made)


WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "tiers": (
        "Tiers", "Add a tier",
        "The steps of a promotion in which who buys more gets more.",
    ),
    "qualifiers": (
        "What must be in the cart", "Add a condition",
        "Nothing yet: every cart qualifies.",
    ),
    "targets": (
        "What is discounted, and by how much", "Add a discount",
        "Nothing yet: say what customers get.",
    ),
    "line_item_rules": (
        "Rules for single items", "Add a rule",
        "None: all items count that are named above.",
    ),
    "limits": (
        "Limits", "Add a limit",
        "None: it is used as often as customers like.",
    ),
    "market_segments": (
        "Only for some segments", "Add a segment",
        "None: it is for everybody.",
    ),
}  # fmt: skip
"""Of each kind: its heading, the button that adds one, and what is said where there is none."""
