"""Creating, changing and deleting a record of any kind: what all the services have in common.

Each call is one transaction with its history inside. What a record must satisfy is said once: field
by field in the dictionary and at the model, between fields by the ``problems`` that a service
passes, and last by the database's constraints. Who may do it is said in
``promotions/permissions.py``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from promotions.access import Access
from promotions.actors import Actor
from promotions.dictionary import field_of_column, fields_of, property_of
from promotions.errors import DomainError, Refused, refuse
from promotions.models import Owned, Promotion, PromotionPart, Record, RecordQuerySet
from promotions.models.base import FoldedField
from promotions.permissions import require
from promotions.rules import currency_problem
from promotions.services import history

R = TypeVar("R", bound=Record)

NO_SUCH_RECORD: Final = "There is no such record, or it was deleted. Name another."


@dataclass(frozen=True)
class RecordService(Generic[R]):
    """Writes the records of one model.

    ``unique`` names the fields of which no two live records have the same value; ``problems`` finds
    what is wrong between the fields of a record about to be written; ``prepare`` fills in, before
    that, what a new record leaves out, and ``belongs`` which promotion it is of; ``tracked`` says
    whether promotions' history tells of it;
    ``change_access`` and ``delete_access`` are what one must be allowed to do with its promotion.
    ``used_by`` are the references (model and field) that keep a record from being deleted.
    """

    model: type[R]
    unique: tuple[str, ...] = ()
    problems: Callable[[R], Iterable[DomainError]] = lambda record: ()
    belongs: Callable[[R], None] = lambda record: None
    prepare: Callable[[R], None] = lambda record: None
    tracked: bool = False
    change_access: Access = Access.EDIT
    delete_access: Access = Access.EDIT
    used_by: Sequence[tuple[type[Record], str]] = ()

    def create(self, record: R, *, by: Actor, at: datetime) -> R:
        """Inserts a new record, owned by its creator unless it names an owner.

        Raises ``Refused`` with every reason: ``required``, ``invalid_value``, ``duplicate_value``,
        ``insufficient_access``.
        """
        with transaction.atomic():
            if isinstance(record, PromotionPart):
                self.belongs(record)
                hold_promotion(record.promotion_id, by, self.change_access)
            self.insert(record, by=by, at=at)
            if record.promotion_path:
                require(record, by, self.change_access)
            self.tell(record, [history.created(record)] if self.tracked else [], by=by, at=at)
        return record

    def insert(self, record: R, *, by: Actor, at: datetime) -> None:
        """``create`` without the history, which the caller writes: one act may make many records.
        Of a part the caller holds the promotion. Inside a transaction."""
        fill_in(record, by=by, at=at)
        self.prepare(record)
        by_the_service = ("created_by", "last_modified_by")
        given = [f.name for f in record._meta.concrete_fields if f.name not in by_the_service]
        self._write(record, lambda: record.save(force_insert=True), given, by)

    def update(
        self,
        key: int,
        changes: Mapping[str, Any],
        *,
        by: Actor,
        at: datetime,
        expected: Iterable[int] | None = None,
        reason: str | None = None,
    ) -> R:
        """Sets fields (by model name) of the live record ``key`` and answers with it.

        ``expected`` are the versions that the caller knows: any other is a ``version_conflict``.
        Raises ``Refused``, also ``not_found`` and ``insufficient_access``.
        """
        with transaction.atomic():
            record = self.lock(key, expected, by=by, access=self.change_access)
            errors = list(_fixed_problems(record, changes))
            if errors:
                raise Refused(*errors)
            if all(getattr(record, name) == value for name, value in changes.items()):
                return record  # nothing to do, and no new version for others to miss
            before = history.values_of(record) if self.tracked else {}
            promotion = getattr(record, "promotion_id", None)
            for name, value in changes.items():
                setattr(record, name, value)
            self._touch(record, by, at)
            self._write(record, record.save, changes, by)
            if getattr(record, "promotion_id", None) != promotion:
                require(record, by, self.change_access)  # also of the one that it belongs to now
            if self.tracked:
                self.tell(record, history.changed(record, before), by=by, at=at, reason=reason)
        return record

    def upsert(
        self,
        field: str,
        value: str,
        changes: Mapping[str, Any],
        *,
        by: Actor,
        at: datetime,
        expected: Iterable[int] | None = None,
    ) -> tuple[R, bool]:
        """Creates the record whose unique ``field`` is ``value``, or sets the fields in ``changes``
        where it exists: the record, and whether it is new. Raises ``Refused``."""
        while True:
            live: RecordQuerySet[R] = RecordQuerySet(self.model).live().accessible(by)
            found: R | None = live.filter(**{field: value}).first()
            if found is not None:
                try:
                    return self.update(found.pk, changes, by=by, at=at, expected=expected), False
                except Refused as refused:
                    if [e.code for e in refused.errors] == ["not_found"]:
                        continue  # deleted in between
                    raise
            if expected is not None:
                raise version_conflict()
            try:
                new = self.model(**{field: value}, **changes)
                return self.create(new, by=by, at=at), True
            except Refused as refused:
                # Somebody created it in between: then it is there now, and is updated.
                raced = [e for e in refused.errors if e.code == "duplicate_value"]
                names = [e.pointer for e in raced]
                if names != [property_of(self.model, field)] or len(refused.errors) > 1:
                    raise

    def delete(
        self, key: int, *, by: Actor, at: datetime, expected: Iterable[int] | None = None
    ) -> R:
        """Marks the live record ``key`` as deleted; nothing is removed.

        Raises ``Refused``: ``not_found``, ``version_conflict``, ``insufficient_access``,
        ``in_use``.
        """
        with transaction.atomic():
            record = self.lock(key, expected, by=by, access=self.delete_access)
            if refusal := self._still_used(record):
                raise refusal
            before = history.values_of(record) if self.tracked else {}
            record.is_deleted, record.deleted_date = True, max(at, record.created_date)
            self._touch(record, by, at)
            record.save()
            if self.tracked:
                self.tell(record, history.changed(record, before), by=by, at=at)
        return record

    def restore(self, key: int, *, by: Actor, at: datetime) -> R:
        """Takes the deleted record ``key`` back out of the recycle bin, where what it belongs to
        is still there and its unique values are still free.

        Raises ``Refused``: ``not_found``, ``insufficient_access``, ``duplicate_value``,
        ``invalid_value``.
        """
        with transaction.atomic():
            record = self.lock_deleted(key, by=by)
            before = history.values_of(record) if self.tracked else {}
            record.is_deleted, record.deleted_date = False, None
            if isinstance(record, PromotionPart):
                record.deleted_with_promotion = False
            self._touch(record, by, at)
            own = ("created_by", "last_modified_by")
            named = [f.name for f in record._meta.concrete_fields if f.name not in own]
            self._write(record, record.save, named, by)
            if self.tracked:
                self.tell(record, history.changed(record, before), by=by, at=at)
        return record

    def lock_deleted(self, key: int, *, by: Actor) -> R:
        """The record in the recycle bin, held until the transaction ends, with its promotion."""
        deleted: RecordQuerySet[R] = RecordQuerySet(self.model).accessible(by)
        deleted = deleted.filter(is_deleted=True)
        if issubclass(self.model, PromotionPart):
            promotion = deleted.filter(pk=key).values_list("promotion", flat=True).first()
            hold_promotion(promotion, by, self.delete_access)
        record = deleted.select_for_update(no_key=True).filter(pk=key).first()
        if record is None:
            raise refuse("not_found", "There is no such record in the recycle bin.")
        require(record, by, self.delete_access)
        return record

    def lock(
        self,
        key: int,
        expected: Iterable[int] | None = None,
        *,
        by: Actor,
        access: Access = Access.READ,
    ) -> R:
        """The live record, held until the transaction ends; enrollments are not kept waiting. What
        belongs to a promotion is changed while holding that, so one after the other."""
        live: RecordQuerySet[R] = RecordQuerySet(self.model).live().accessible(by)
        if issubclass(self.model, PromotionPart):
            promotion = live.filter(pk=key).values_list("promotion", flat=True).first()
            if promotion is not None:
                hold_promotion(promotion, by, access)
        record = live.select_for_update(no_key=True).filter(pk=key).first()
        if record is None:
            raise refuse("not_found", "There is no such record, or it was deleted.")
        require(record, by, access)
        check_version(record, expected)
        return record

    def tell(
        self,
        record: R,
        events: Sequence[history.Event],
        *,
        by: Actor,
        at: datetime,
        reason: str | None = None,
    ) -> None:
        """Writes what one act did to ``record`` into the history where it belongs."""
        at = max(at, record.last_modified_date)
        promotion = history.promotion_of(record)
        history.write(events, promotion=promotion, by=by, at=at, reason=reason)

    def _touch(self, record: R, by: Actor, at: datetime) -> None:
        record.last_modified_by = by.user
        # Clocks of several servers differ; time never runs backwards within a record.
        record.last_modified_date = max(at, record.last_modified_date)
        record.version += 1

    def _still_used(self, record: R) -> Refused | None:
        for model, field in self.used_by:
            users: RecordQuerySet[Any] = RecordQuerySet(model).live()
            if users.filter(**{field: record.pk}).exists():
                what = model._meta.verbose_name_plural
                return refuse("in_use", f"There are {what} that name this. Remove these first.")
        return None

    def _write(self, record: R, write: Callable[[], None], given: Iterable[str], by: Actor) -> None:
        errors = own_problems(record, given, by)
        if not any(error.detail == NO_SUCH_RECORD for error in errors):
            # The rules would tell of what is out of sight from what is not there.
            errors += self.problems(record)
        errors += self.taken(record)
        if errors:
            raise Refused(*errors)
        try:
            with transaction.atomic():
                write()
        except IntegrityError:
            # Somebody was faster. Say so; anything else is a defect and stays one.
            if faster := [*self.problems(record), *self.taken(record)]:
                raise Refused(*faster) from None
            raise

    def taken(self, record: R) -> list[DomainError]:
        """The unique values of ``record`` that another live one has."""
        return [
            DomainError("duplicate_value", taken(self.model, name), property_of(self.model, name))
            for name, _ in self.holders(record)
        ]

    @property
    def unique_fields(self) -> frozenset[str]:
        """The same as people fill them in: the text, where its folded form is unique."""
        return frozenset(self._filled_in(name) for name in self.unique)

    def _filled_in(self, name: str) -> str:
        field = self.model._meta.get_field(name)
        return field.source if isinstance(field, FoldedField) else name

    def holders(self, record: R) -> Iterator[tuple[str, R]]:
        """The unique fields of ``record`` whose value another live one has, each with that one."""
        others: RecordQuerySet[R] = RecordQuerySet(self.model).live().exclude(pk=record.pk)
        for name in self.unique:
            field = record._meta.get_field(name)
            if isinstance(field, FoldedField):
                field.pre_save(record, False)
            value = getattr(record, name)
            if value is None or "\x00" in value:
                continue  # no record has that, and PostgreSQL would not even look
            if (holder := others.filter(**{name: value}).first()) is not None:
                yield self._filled_in(name), holder


def taken(model: type[Record], name: str) -> str:
    """Why a record can't have a value in its unique field ``name`` that another has."""
    what: Any = model._meta.get_field(name)
    has = f"Another {model._meta.verbose_name} has this {what.verbose_name} already."
    return f"{has} Choose another one."


def hold_promotion(key: int | None, by: Actor, access: Access) -> Promotion | None:
    """The live promotion ``key``, held until the transaction ends; None where ``by`` sees none.
    Raises ``insufficient_access``."""
    seen = Promotion.objects.accessible(by).select_for_update(no_key=True)
    promotion = None if key is None else seen.filter(pk=key).first()
    if promotion is not None:
        require(promotion, by, access)
    return promotion


def _fixed_problems(record: Record, changes: Mapping[str, Any]) -> Iterable[DomainError]:
    """The described objects: some fields are set when a record is made, and never after."""
    fixed = {}  # by field: of a reference to one of several objects, several columns change
    for name, value in changes.items():
        field = field_of_column(type(record), record._meta.get_field(name).name)
        if field is not None and not field.updateable and getattr(record, name) != value:
            fixed[field.json_name] = DomainError(
                "invalid_value",
                "This is set when the record is made and can't be changed. Make a new one instead.",
                field.json_name,
            )
    return fixed.values()


def fill_in(record: Record, *, by: Actor, at: datetime) -> None:
    """What a new record has without anybody saying so: who made it when, owner, currency."""
    record.created_by = record.last_modified_by = by.user
    record.created_date = record.last_modified_date = at
    if isinstance(record, Owned) and record.owner_user_id is None:
        record.owner_user = by.user if record.owner_group_id is None else None
    _default_currency(record)


def own_problems(record: Record, given: Iterable[str], by: Actor) -> list[DomainError]:
    """What is wrong with a record's fields one by one, whatever else there is; of references only
    those among the fields ``given`` are looked at."""
    return [
        *field_problems(record),
        *reference_problems(record, given, by),
        *_owner_problems(record),
        *_currency_problems(record),
    ]


def _owner_problems(record: Record) -> Iterable[DomainError]:
    if isinstance(record, Owned) and record.owner_user_id is None and record.owner_group_id is None:
        yield DomainError("required", "Name the owner, a user or a group.", "ownerId")
    elif isinstance(record, Owned) and None not in (record.owner_user_id, record.owner_group_id):
        detail = "An owner is a user or a group. Name one of them and leave the other empty."
        yield DomainError("invalid_value", detail, "ownerId")


def _default_currency(record: Record) -> None:
    """The described objects: the currency is "defaulted on create"."""
    if settings.CURRENCIES and getattr(record, "currency_iso_code", "") is None:
        record.currency_iso_code = settings.CURRENCIES[0]  # type: ignore[attr-defined]


def _currency_problems(record: Record) -> Iterable[DomainError]:
    field = fields_of(type(record)).get("CurrencyIsoCode")
    code = getattr(record, "currency_iso_code", None)
    if field is not None and code is None and not field.nillable:
        yield DomainError("required", "Name the currency.", field.json_name)
    elif code is not None:
        yield from currency_problem(code, settings.CURRENCIES)


def check_version(record: Record, expected: Iterable[int] | None) -> None:
    """Raises ``version_conflict`` where the record is not of a version that the caller knows."""
    if expected is not None and record.version not in expected:
        raise version_conflict()


def version_conflict() -> Refused:
    return refuse(
        "version_conflict",
        "Somebody changed this record since you read it. Read it again, then repeat the change.",
    )


def field_problems(record: models.Model) -> list[DomainError]:
    """What the record's fields, one by one, don't take; empty texts become null where they may."""
    errors = []
    for field in record._meta.concrete_fields:
        value = getattr(record, field.attname)
        if field.null and field.empty_strings_allowed and value == "":
            setattr(record, field.attname, None)
        elif isinstance(value, str) and "\x00" in value and field.editable:
            detail = "This must not contain the NUL character."  # PostgreSQL has no room for it
            errors.append(
                DomainError("invalid_value", detail, property_of(type(record), field.name))
            )
    try:
        record.clean_fields(exclude=[f.name for f in record._meta.concrete_fields if f.is_relation])
    except ValidationError as error:
        errors += [
            DomainError(
                "required" if reason.code in ("blank", "null") else "invalid_value",
                " ".join(reason.messages),
                "" if name == NON_FIELD_ERRORS else property_of(type(record), name),
            )
            for name, reasons in error.error_dict.items()
            for reason in reasons
        ]
    return errors


def reference_problems(record: models.Model, names: Iterable[str], by: Actor) -> list[DomainError]:
    """Those among the fields ``names`` that refer to a record which is not there or was deleted,
    or which ``by`` may not see; and those that must refer to one and don't.

    Only what is being set is looked at: a record stays changeable after what it refers to is gone.
    """
    errors = []
    for name in names:
        field = record._meta.get_field(name)
        if not isinstance(field, models.ForeignKey):
            continue
        key = getattr(record, field.attname)
        shown = field_of_column(type(record), field.name)
        if key is None:
            # What callers don't know follows from another field, of which the rules speak.
            if not field.null and shown is not None:
                detail = f"Name the {shown.label}."
                errors.append(DomainError("required", detail, shown.json_name))
            continue
        there = field.related_model._base_manager.filter(pk=key)
        if issubclass(field.related_model, Record):
            there = RecordQuerySet(field.related_model).live().accessible(by).filter(pk=key)
        if not there.exists():
            pointer = shown.json_name if shown else ""
            errors.append(DomainError("invalid_value", NO_SUCH_RECORD, pointer))
    # One that callers don't know is out of sight because of another; that one is told of, alone.
    return [error for error in errors if error.pointer] or errors
