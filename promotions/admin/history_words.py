"""Promotions' history in the words of people: what happened to what, with the dictionary's labels,
on the organisation's clocks, and with names instead of ids."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models
from django.utils.text import Truncator, capfirst

from promotions import ids
from promotions.actors import Actor, Source
from promotions.admin.moments import is_end, show_day, show_moment
from promotions.admin.words import HIDDEN
from promotions.dictionary import Field, every_field_of
from promotions.models import (
    Coupon,
    CouponBatch,
    Promotion,
    PromotionHistory,
    PromotionLimit,
    PromotionLineItemRule,
    PromotionQualifier,
    PromotionShare,
    PromotionTarget,
    Record,
    RecordQuerySet,
)
from promotions.moments import parse_moment
from promotions.permissions import VIEW_PERSONAL_DATA
from promotions.services.history import CREATED
from promotions.trail import switched_off
from promotions.wording.goods import qualifying_goods, target_goods
from promotions.wording.states import ACTIVATED, DEACTIVATED

THROUGH: Final[Mapping[str, str]] = {
    Source.ADMIN.value: "in the admin",
    Source.API.value: "through the API",
    Source.COMMAND.value: "by a command",
}
"""Through which door something came, in words."""
_LABELS: Final[Mapping[str, str]] = {
    "StartDateTime": "start",
    "EndDateTime": "end",
    "EnrollmentStartDate": "first day of enrollment",
    "EnrollmentEndDate": "last day of enrollment",
}
"""What is moved, where the form's label says what happens then: ``ends``."""
UNSEEN: Final = "a record that you can't see"
_PERSONAL: Final = frozenset({("CouponCodeRedemption", "Buyer")})
"""Objects and their fields that tell who a customer is."""
_LONGEST: Final = 120

_Name = tuple[str, int]
"""An object's name or an id's prefix, and the key of a record."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one row of history tells."""

    text: str
    details: Sequence[str] = ()
    """Of a new record: its fields as they were first."""


def tell(rows: Sequence[PromotionHistory], by: Actor) -> dict[int, Told]:
    """Each row in words, by its key, for ``by``: a constant number of statements for each kind of
    record that they name. What ``by`` may not see is not named."""
    subjects, names = _subjects(rows), _names(rows, by)
    hidden = frozenset() if by.user.has_perm(VIEW_PERSONAL_DATA) else _PERSONAL
    return {row.pk: _told(row, subjects, names, hidden) for row in rows}


def _told(
    row: PromotionHistory,
    subjects: Mapping[_Name, str],
    names: Mapping[str, str],
    hidden: Collection[tuple[str, str]],
) -> Told:
    model = _models_by_object().get(row.object_name)
    kind = str(model._meta.verbose_name) if model is not None else row.object_name
    fields = _fields_of(model)
    subject = subjects.get((row.object_name, row.record_key), "")
    what = f"{capfirst(kind.removeprefix('promotion '))} {subject}".strip()
    if row.field == CREATED:
        created = "Created" if model is Promotion else f"{what} added"
        return Told(created, tuple(_first_values(row, fields, names, hidden)))
    field = fields.get(row.field)
    if row.field == "IsDeleted":
        act = _deletion(model, gone=row.new_value == "true")
        return Told(capfirst(act) if model is Promotion else f"{what} {act}")
    label = _LABELS.get(row.field) or (field.label if field is not None else row.field)
    change = _change(field, row, names, hidden)
    if model is Promotion and row.field == "IsActive":
        return Told(capfirst(ACTIVATED if row.new_value == "true" else DEACTIVATED))
    if model is Promotion:
        return Told(f"{capfirst(label)} {change}")
    return Told(f"{what}: {label} {change}")


def _deletion(model: Any, *, gone: bool) -> str:
    if model is PromotionShare:
        return "taken back" if gone else "given again"
    return "deleted" if gone else "restored"


def _change(
    field: Field | None,
    row: PromotionHistory,
    names: Mapping[str, str],
    hidden: Collection[tuple[str, str]],
) -> str:
    old, new = (value_in_words(field, text, names) for text in (row.old_value, row.new_value))
    if (row.object_name, row.field) in hidden:
        old = new = HIDDEN
    kind = field.type if field is not None else ""
    if kind == "boolean":
        return "switched on" if row.new_value == "true" else "switched off"
    if row.old_value is None:
        return f"set to {new}"
    if row.new_value is None:
        return f"removed, was {old}"
    if kind not in ("date", "dateTime"):
        return f"changed from {old} to {new}"
    moment, _, zone = old.partition(" (")  # which is told once, if it is the same
    return f"moved from {moment if new.endswith(f' ({zone}') else old} to {new}"


def _first_values(
    row: PromotionHistory,
    fields: Mapping[str, Field],
    names: Mapping[str, str],
    hidden: Collection[tuple[str, str]],
) -> Iterable[str]:
    off = switched_off(row.object_name)
    for name, text in (row.snapshot or {}).items():
        field = fields.get(name)
        if name not in ("IsDeleted", "PromotionId") and name not in off:
            label = field.label if field is not None else name
            is_hidden = (row.object_name, name) in hidden
            said = HIDDEN if is_hidden else value_in_words(field, text, names)
            yield f"{capfirst(label)}: {said}"


def value_in_words(field: Field | None, text: str | None, names: Mapping[str, str]) -> str:
    """A value of history as people read it; ``names`` are those of the records by their ids."""
    if text is None:
        return "nothing"
    match field.type if field is not None else "":
        case "boolean":
            return "yes" if text == "true" else "no"
        case "dateTime":
            return show_moment(parse_moment(text), ends=field is not None and ends(field))
        case "date":
            return show_day(date.fromisoformat(text))
        case "picklist":
            assert field is not None
            return f"“{dict(field.values).get(text, text)}”"
        case "percent":
            return f"{text} %"
        case "reference":
            return names.get(text, UNSEEN)
        case "int" | "double" | "currency":
            return text
        case _:
            return f"“{Truncator(text).chars(_LONGEST)}”"


def ends(field: Field) -> bool:
    """Whether a moment is the end of something."""
    return any(is_end(column) for column in field.columns)


# --- Names ----------------------------------------------------------------------------------------


def _fields_of(model: type[models.Model] | None) -> Mapping[str, Field]:
    """A batch is told of with what its coupons have in common."""
    if model is None:
        return {}
    return every_field_of(Coupon if model is CouponBatch else model)


@cache
def _models_by_object() -> Mapping[str, type[models.Model]]:
    found = {model: getattr(model, "object_name", model.__name__) for model in apps.get_models()}
    return {name: model for model, name in found.items() if hasattr(model, "key_prefix")}


@cache
def _models_by_prefix() -> Mapping[str, type[models.Model]]:
    kinds = [model for model in apps.get_models() if hasattr(model, "key_prefix")]
    return {ids.GROUP: Group, **{model.key_prefix: model for model in kinds}}


def _subjects(rows: Iterable[PromotionHistory]) -> dict[_Name, str]:
    """What the records are called that the rows are about."""
    keys: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        keys[row.object_name].add(row.record_key)
    subjects: dict[_Name, str] = {}
    for name, of in keys.items():
        model = _models_by_object().get(name)
        if model is None or model is Promotion:
            continue
        records = model._base_manager.select_related(*_CALLED_BY.get(model, ())).in_bulk(of)
        subjects |= {(name, key): f"“{_called(record)}”" for key, record in records.items()}
        if model is PromotionShare:
            subjects |= _shares(name, of)
    return subjects


_CALLED_BY: Final[Mapping[Any, Sequence[str]]] = {
    PromotionTarget: ("target_product", "target_category"),
    PromotionQualifier: ("qualifier_product", "qualifier_category"),
}
"""Relations that are read to say what a record is."""


def _called(record: models.Model) -> str:
    """What a record is called; of one that has only a number, what it is."""
    match record:
        case PromotionTarget():
            goods = target_goods(record, (), None)
            said = record.get_target_type_display() if goods.everything else goods.all()
        case PromotionQualifier():
            goods = qualifying_goods(record, (), None)
            said = record.get_qualifier_type_display() if goods.everything else goods.some()
        case PromotionLimit() | PromotionLineItemRule():
            said = record.get_type_display()
        case _:
            return str(record)
    return said.replace("*", "")


def _shares(name: str, keys: set[int]) -> dict[_Name, str]:
    """With whom: a share that was taken back is told of by the row that began it."""
    first = PromotionHistory.objects.filter(object_name=name, record_key__in=keys, field=CREATED)
    with_whom = {row.record_key: (row.snapshot or {}).get("UserOrGroupId", "") for row in first}
    names = _named(set(with_whom.values()), None)
    return {(name, key): f"for {names.get(text, '')}" for key, text in with_whom.items()}


def _names(rows: Iterable[PromotionHistory], by: Actor) -> dict[str, str]:
    texts: set[str] = set()
    for row in rows:
        model = _models_by_object().get(row.object_name)
        fields = _fields_of(model)
        references = {name for name, field in fields.items() if field.type == "reference"}
        if row.field in references:
            texts |= {text for text in (row.old_value, row.new_value) if text}
        texts |= {text for name, text in (row.snapshot or {}).items() if name in references}
    return _named(texts, by)


def _named(texts: Iterable[str], by: Actor | None) -> dict[str, str]:
    """Record ids with what the records are called, as far as ``by`` may see them."""
    keys: dict[str, dict[int, str]] = defaultdict(dict)
    for text in texts:
        prefix = text[:3]
        if prefix in _models_by_prefix():
            keys[prefix][ids.decode(prefix, text)] = text
    names: dict[str, str] = {}
    for prefix, of in keys.items():
        model = _models_by_prefix()[prefix]
        records: models.QuerySet[Any] = model._base_manager.all()
        if issubclass(model, Record) and by is not None:
            records = RecordQuerySet(model).accessible(by)
        names |= {of[key]: str(one) for key, one in records.in_bulk(of).items()}
    return names
