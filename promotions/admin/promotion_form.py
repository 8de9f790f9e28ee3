"""The form over a promotion with all its parts: checked as a whole, written as a whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils import timezone

from promotions.admin.conflicts import conflict_in_words
from promotions.admin.part_rows import ROWS, RowForm, is_new, part_model
from promotions.admin.picks import Picked
from promotions.admin.record_forms import NO_SUCH_RECORD, RecordForm
from promotions.admin.row_sets import MOST_ROWS, WORDS, RowSet, row_set
from promotions.child_rules import free_rank
from promotions.errors import DomainError
from promotions.models import PromotionLineItemRule, PromotionPart, PromotionTier, Record
from promotions.rules import promotion_problems
from promotions.services.editing import Edit, Named
from promotions.services.whole import Branch, all_parts, parts_problems
from promotions.snapshots import stored_whole, whole_of_parts
from promotions.whole import Whole

_BESIDE: Final[Mapping[str, Sequence[str]]] = {
    "endDateTime": ("start_date_time", "end_date_time"),
    "enrollmentEndDate": ("enrollment_start_date", "enrollment_end_date"),
}
"""Which fields a rule compares, by where it points."""
_RELATED: Final[Mapping[str, Sequence[str]]] = {
    "qualifiers": ("promotion_tier", "qualifier_product", "qualifier_category"),
    "targets": ("promotion_tier", "target_product", "target_category"),
    "line_item_rules": ("type_reference_product", "type_reference_category"),
    "market_segments": ("promotion_segment",),
}
_NARROWED: Final = {"qualifiers": "associated_qualifier", "targets": "associated_target"}
_MEND: Final = "See what is marked in the rows below."


class PromotionForm(RecordForm):
    """A promotion and the rows of its parts. ``rows`` has them by kind; a kind of which there are
    too many is not among them, and is edited in its own list."""

    @cached_property
    def stored(self) -> dict[str, list[PromotionPart]]:
        """The live parts, by kind."""
        if self.instance.pk is None:
            return {prefix: [] for prefix in ROWS}
        found: dict[str, list[PromotionPart]] = {}
        for prefix in ROWS:
            if prefix == "tiers" and not self.instance.is_tiered:
                found[prefix] = []
                continue
            model = part_model(prefix)
            live = model._default_manager.filter(promotion=self.instance.pk, is_deleted=False)
            related = live.select_related(*_RELATED.get(prefix, ()))
            found[prefix] = list(related.order_by(*_order(model)))
        return found

    @cached_property
    def rows(self) -> dict[str, RowSet]:
        # What was sent counts, whatever was added meanwhile; what was not sent is left alone.
        sent = {prefix for prefix in ROWS if f"{prefix}-TOTAL_FORMS" in self.data}
        here = sent if self.is_bound else self._few
        if not settings.COMMERCE_FIELDS:
            here = here - {"tiers", "line_item_rules", *_NARROWED}
        if not self.may_be_tiered:
            here = here - {"tiers"}
        return {prefix: self._row_set(prefix) for prefix in ROWS if prefix in here}

    @property
    def _few(self) -> set[str]:
        """The kinds that have room on the form as they are stored now."""
        many = {prefix for prefix, parts in self.stored.items() if len(parts) > MOST_ROWS}
        narrowed = [prefix for prefix in _NARROWED if self.stored[prefix]]
        if not narrowed or many & set(_NARROWED):
            many.add("line_item_rules")
        return set(ROWS) - many

    @property
    def may_be_tiered(self) -> bool:
        if not settings.COMMERCE_FIELDS:
            return False
        return bool(self.instance.is_tiered) or self.instance.pk is None

    def _row_set(self, prefix: str) -> RowSet:
        is_new_promotion = self.instance.pk is None
        places = self._places if prefix == "line_item_rules" else self._tiers
        made = row_set(prefix)(
            self.data if self.is_bound else None,
            prefix=prefix,
            stored=self.stored[prefix],
            extra=1 if is_new_promotion and prefix in _NARROWED and not self.is_bound else 0,
            words=WORDS[prefix],
            only_with="is_tiered" if prefix == "tiers" and is_new_promotion else "",
            form_kwargs={"places": places, "is_tiered": self.may_be_tiered},
        )
        for row in made.rows:
            self._say_place(row)
        return made

    def _say_place(self, row: RowForm) -> None:
        part: Any = row.instance
        if "tier" in row.fields and part.promotion_tier_id is not None:
            row.initial["tier"] = str(part.promotion_tier.rank)
        if isinstance(part, PromotionLineItemRule) and part.pk is not None:
            key = part.associated_qualifier_id or part.associated_target_id
            kind = "targets" if part.associated_qualifier_id is None else "qualifiers"
            row.initial["narrows"] = f"{kind}:{key}"

    @cached_property
    def _tiers(self) -> list[tuple[str, str]]:
        """The tiers that a part can be for, by rank: those that are there, and those to come."""
        tiers: Sequence[Any] = self.stored["tiers"]
        names = {tier.rank: tier.name for tier in tiers}
        return [
            (str(rank), f"{rank} · {names[rank]}" if rank in names else str(rank))
            for rank in range(1, 11)
        ]

    @cached_property
    def _places(self) -> list[tuple[str, str]]:
        """What a line item rule can narrow."""
        return [
            (f"{prefix}:{part.pk}", f"{WORDS[prefix][0]}, row {number}")
            for prefix in _NARROWED
            for number, part in enumerate(self.stored[prefix], start=1)
        ]

    @property
    def media(self) -> forms.Media:
        found = super().media
        if "name" not in self.fields:  # only looked at
            return found
        for rows in self.rows.values():
            found += rows.media + rows.empty_form.media
        return found

    # --- Checking ---

    def _post_clean(self) -> None:
        super()._post_clean()
        for rows in self.rows.values():
            rows.full_clean()
        errors = self.whole_errors()
        for error in errors:
            head, _, rest = error.pointer.partition(".")
            row = self._rows_by_place.get(head)
            if row is not None and not row.errors:
                row.refuse(replace(error, pointer=rest))
        self.show_row_refusals()
        # Of rows that are taken out, formsets overlook what is wrong.
        refused = any(self._row_at(error) is not None for error in self.refused)
        if refused or any(not rows.is_valid() for rows in self.rows.values()):
            self.add_error(None, _MEND)

    def further(self) -> Iterator[DomainError]:
        for error in promotion_problems(self.instance):
            beside = _BESIDE.get(error.pointer)
            if beside is not None and not self.errors.keys() & set(beside):
                yield error
        yield from super().further()

    def refused_here(self) -> list[DomainError]:
        """Those of parts are shown once the rows are read."""
        return [error for error in self.refused if self._row_at(error) is None]

    def show_row_refusals(self) -> None:
        for error in self.refused:
            if (row := self._row_at(error)) is not None:
                said = replace(error, pointer=error.pointer.partition(".")[2])
                row.refuse(said if error.code != "version_conflict" else self._conflict(row, said))

    def _conflict(self, row: RowForm, error: DomainError) -> DomainError:
        """Says who changed the row's part meanwhile, and what."""
        people = ("last_modified_by",)
        part = type(row.instance)._base_manager.select_related(*people).get(pk=row.instance.pk)
        known = row.cleaned_data.get("version") or 0
        words = conflict_in_words(part, known, tracked=True, by=self.by)
        again = "Open the promotion anew in another tab, and repeat your change there."
        return replace(error, detail=f"{words} {again}")

    def _row_at(self, error: DomainError) -> RowForm | None:
        return self._rows_by_place.get(error.pointer.partition(".")[0])

    @cached_property
    def _rows_by_place(self) -> dict[str, RowForm]:
        return {str(row.prefix): row for rows in self.rows.values() for row in rows.rows}

    def whole_errors(self) -> list[DomainError]:
        """What the rules find wrong between the parts; pointers begin with the rows' prefixes."""
        return parts_problems(
            self.checked, is_tiered=bool(self.instance.is_tiered), by=self.by, at=timezone.now()
        )

    @cached_property
    def _picked(self) -> Picked:
        wanted: dict[type[Record], list[str]] = {}
        picks = [pick for row in self._rows_by_place.values() for pick in row.picks()]
        for _, field, text in picks:
            wanted.setdefault(field.model, []).append(text)
        picked = Picked(wanted, self.by)
        for _, field, text in picks:
            if (found := picked.get(field.model, text)) is not None and not is_new(text):
                field.prepare_value(found)  # its label is known, then
        return picked

    def _parts(self) -> list[RowForm]:
        """The rows that can be read, are parts, and stay such."""
        rows = [row for rows in self.rows.values() for row in rows.parts if not row.errors]
        return [row for row in rows if row.instance._meta.model is not PromotionTier or self.tiered]

    @property
    def tiered(self) -> bool:
        return bool(self.instance.is_tiered)

    @cached_property
    def checked(self) -> list[Branch]:
        """The parts as the form has them, as copies, below one another."""
        return self._branches({row: copy(row.instance) for row in self._parts()}, checked=True)

    def _branches(self, records: Mapping[RowForm, Any], *, checked: bool = False) -> list[Branch]:
        """The records below one another. References of those that are only ``checked`` have been
        looked up already, and some lead to what is not there yet."""
        for row, record in records.items():
            self._take_picks(row, record)
        tiers = self._ranked(records)
        below: dict[str, list[Branch]] = {}
        top: list[Branch] = []
        for row, record in reversed(list(records.items())):
            place = self._place_of(row)
            branch = Branch(
                record,
                str(row.prefix),
                () if checked else tuple(row.changed_columns()),
                tuple(reversed(below.get(place, []))),
            )
            above = self._above(row, tiers)
            if above is None and "tier" in row.fields:
                record.promotion_tier = None
            (top if above is None else below.setdefault(above, [])).append(branch)
        return list(reversed(top))

    def _take_picks(self, row: RowForm, record: Any) -> None:
        for name, field, text in row.picks():
            found = self._picked.get(field.model, text)
            if text and found is None and not row.errors:
                row.add_error(name, NO_SUCH_RECORD)
            setattr(record, name, found)

    def _ranked(self, records: Mapping[RowForm, Any]) -> dict[str, str]:
        """The places of the tiers, by rank; one that was left open is filled in."""
        tiers = [(row, one) for row, one in records.items() if isinstance(one, PromotionTier)]
        for _, tier in tiers:
            if tier.rank is None:
                tier.rank = free_rank([other for _, other in tiers if other is not tier])
        return {str(tier.rank): self._place_of(row) for row, tier in tiers}

    def _place_of(self, row: RowForm) -> str:
        kind = str(row.prefix).rpartition("-")[0]
        return f"{kind}:{row.instance.pk}" if row.instance.pk is not None else str(row.prefix)

    def _above(self, row: RowForm, tiers: Mapping[str, str]) -> str | None:
        """The place of what a row's part belongs to, if not to the promotion itself."""
        if isinstance(row.instance, PromotionLineItemRule):
            return str(row.cleaned_data.get("narrows") or row.initial.get("narrows"))
        if not self.tiered or not row.cleaned_data.get("tier"):
            return None
        rank = row.cleaned_data["tier"]
        if rank not in tiers and not row.errors:
            row.add_error("tier", f"There is no tier {rank}. Add it, or choose another.")
        return tiers.get(rank)

    # --- Telling ---

    def whole(self) -> Whole:
        """What the form says so far, as the pure modules read it: parts that are wrong are not
        there. Before anybody has typed into it, what is stored."""
        if self.is_bound:
            wrong = {place for place, row in self._rows_by_place.items() if row.errors}
            parts = all_parts(list(_without(self.checked, wrong)))
            kinds = [kind for kind in self.stored if kind not in self.rows]
        else:
            parts, kinds = [], list(self.stored)
        parts += [part for kind in kinds for part in self.stored[kind]]
        whole = whole_of_parts if self.instance.pk is None else stored_whole
        return whole(self.instance, parts)

    def new_names(self) -> list[tuple[str, str]]:
        """What would be added on saving: ``("product category", "Shoes")``."""
        found = {
            (str(field.model._meta.verbose_name).removeprefix("promotion "), str(record))
            for row in self._parts()
            for _, field, text in row.picks()
            if is_new(text) and (record := self._picked.get(field.model, text)) is not None
            if record.pk is not None and record.pk < 0
        }
        return sorted(found)

    # --- Writing ---

    def named(self, records: Mapping[RowForm, Any]) -> list[Named]:
        """What the parts name and is not there yet."""
        return [
            Named(found, records[row], name)
            for row in records
            for name, field, text in row.picks()
            if (found := self._picked.get(field.model, text)) is not None
            if found.pk is not None and found.pk < 0
        ]

    def new_whole(self) -> tuple[list[Branch], list[Named]]:
        """The parts of a new promotion, and what they name that is to be made."""
        records = {row: row.instance for row in self._parts()}
        named = self.named(records)
        return self._branches(records), named

    def edits(self) -> tuple[list[Edit], list[Named]]:
        """What is to be done to the parts of a stored promotion."""
        records: dict[RowForm, Any] = {row: row.instance for row in self._parts()}
        before = {id(p): p for parts in self._fresh().values() for p in parts}
        by_key = {(type(p), p.pk): p for p in before.values()}
        self._branches(records)
        places = {self._place_of(row): record for row, record in records.items()}
        tiers = self._ranked(records)
        edits = list(self._deletions())
        for row, record in records.items():
            above = self._above(row, tiers)
            names = _names_above(record, places.get(above or ""))
            old = by_key.get((type(record), record.pk))
            changed = [] if old is None else _changed(row, record, old)
            if old is not None and names:
                [(name, value)] = names.items()
                if getattr(old, f"{name}_id") == value.pk or name.startswith("associated"):
                    names = {}
                else:
                    changed.append(name)
            elif old is not None and getattr(old, "promotion_tier_id", None) and not above:
                record.promotion_tier = None
                changed.append("promotion_tier")
            if old is None or changed:
                version = row.cleaned_data.get("version")
                edits.append(
                    Edit(
                        record=record,
                        pointer=str(row.prefix),
                        changes=changed,
                        version=version,
                        above=names,
                    )
                )
        used = {id(edit.record) for edit in edits}
        return edits, [one for one in self.named(records) if id(one.part) in used]

    def _fresh(self) -> dict[str, list[PromotionPart]]:
        """The stored parts as they are in the database: the rows have changed theirs."""
        found: dict[str, list[PromotionPart]] = {}
        for prefix in self.rows:
            model = part_model(prefix)
            live = model._default_manager.filter(promotion=self.instance.pk, is_deleted=False)
            found[prefix] = list(live)
        return found

    def _deletions(self) -> Iterable[Edit]:
        gone: set[str] = set()
        for rows in self.rows.values():
            for row in rows.rows:
                part: Any = row.instance
                if part.pk is None:
                    continue
                narrowed = row.initial.get("narrows") in gone
                if row.is_gone or narrowed:
                    gone.add(self._place_of(row))
                    yield Edit(
                        record=part,
                        pointer=str(row.prefix),
                        version=row.cleaned_data.get("version"),
                        deleted=True,
                    )


def _order(model: type[PromotionPart]) -> Sequence[str]:
    return ("rank", "pk") if model is PromotionTier else ("pk",)


def _without(branches: Iterable[Branch], wrong: set[str]) -> Iterable[Branch]:
    for branch in branches:
        if branch.pointer not in wrong:
            yield replace(branch, below=tuple(_without(branch.below, wrong)))


def _names_above(record: PromotionPart, above: PromotionPart | None) -> dict[str, PromotionPart]:
    """By which field a part names the one above it."""
    if above is None:
        return {}
    if isinstance(record, PromotionLineItemRule):
        record.associated_type = above.object_name
        kind = "qualifier" if above.object_name == "PromotionQualifier" else "target"
        return {f"associated_{kind}": above}
    return {"promotion_tier": above}


def _changed(row: RowForm, record: PromotionPart, old: PromotionPart) -> list[str]:
    """The columns of a stored part that the row changed, those that follow from others too."""
    return [
        column.name
        for column in record._meta.concrete_fields
        if column.name in row.changed_columns()
        and getattr(record, column.attname) != getattr(old, column.attname)
    ]
