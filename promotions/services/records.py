"""Creating, changing and deleting a record of any kind: what all the services have in common.

Each call is one transaction. What a record must satisfy is said once: field by field at the model,
between fields by the ``problems`` that a service passes, and last by the database's constraints.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from promotions.actors import Actor
from promotions.errors import DomainError, Refused, refuse
from promotions.models import Record, RecordQuerySet
from promotions.models.base import FoldedField
from promotions.naming import api_name

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class RecordService(Generic[R]):
    """Writes the records of one model.

    ``unique`` names the fields of which no two live records have the same value;
    ``problems`` finds what is wrong between the fields of a record about to be written.
    """

    model: type[R]
    unique: tuple[str, ...] = ()
    problems: Callable[[R], Iterable[DomainError]] = lambda record: ()

    def create(self, record: R, *, by: Actor, at: datetime) -> R:
        """Inserts a new record.

        Raises ``Refused`` with every reason: ``required``, ``invalid_value``, ``duplicate_value``.
        """
        record.created_by = record.last_modified_by = by.user
        record.created_date = record.last_modified_date = at
        given = {f.name for f in record._meta.concrete_fields} - {"created_by", "last_modified_by"}
        self._write(record, lambda: record.save(force_insert=True), given)
        return record

    def update(
        self,
        key: int,
        changes: Mapping[str, Any],
        *,
        by: Actor,
        at: datetime,
        expected: Iterable[int] | None = None,
        check: Callable[[R], Iterable[DomainError]] = lambda record: (),
    ) -> R:
        """Sets fields (by model name) of the live record ``key`` and answers with it.

        ``expected`` are the versions that the caller knows: any other is a ``version_conflict``.
        ``check`` sees the record before it is changed. Raises ``Refused``, also ``not_found``.
        """
        with transaction.atomic():
            record = self.lock(key, expected)
            errors = list(check(record))
            if errors:
                raise Refused(*errors)
            if all(getattr(record, name) == value for name, value in changes.items()):
                return record  # nothing to do, and no new version for others to miss
            for name, value in changes.items():
                setattr(record, name, value)
            self._touch(record, by, at)
            self._write(record, record.save, changes)
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
            live: RecordQuerySet[R] = RecordQuerySet(self.model).live()
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
                if [e.pointer for e in raced] != [api_name(field)] or len(refused.errors) > 1:
                    raise

    def delete(
        self, key: int, *, by: Actor, at: datetime, expected: Iterable[int] | None = None
    ) -> R:
        """Marks the live record ``key`` as deleted; nothing is removed."""
        with transaction.atomic():
            record = self.lock(key, expected)
            record.is_deleted, record.deleted_date = True, max(at, record.created_date)
            self._touch(record, by, at)
            record.save()
        return record

    def lock(self, key: int, expected: Iterable[int] | None = None) -> R:
        """The live record, held until the transaction ends; enrollments are not kept waiting."""
        live: RecordQuerySet[R] = RecordQuerySet(self.model).live()
        record = live.select_for_update(no_key=True).filter(pk=key).first()
        if record is None:
            raise refuse("not_found", "There is no such record, or it was deleted.")
        check_version(record, expected)
        return record

    def _touch(self, record: R, by: Actor, at: datetime) -> None:
        record.last_modified_by = by.user
        # Clocks of several servers differ; time never runs backwards within a record.
        record.last_modified_date = max(at, record.last_modified_date)
        record.version += 1

    def _write(self, record: R, write: Callable[[], None], given: Iterable[str]) -> None:
        errors = [
            *field_problems(record),
            *reference_problems(record, given),
            *self.problems(record),
            *self._taken(record),
        ]
        if errors:
            raise Refused(*errors)
        try:
            with transaction.atomic():
                write()
        except IntegrityError:
            # Somebody was faster. Say so; anything else is a defect and stays one.
            if taken := self._taken(record):
                raise Refused(*taken) from None
            raise

    def _taken(self, record: R) -> list[DomainError]:
        errors = []
        others: RecordQuerySet[R] = RecordQuerySet(self.model).live().exclude(pk=record.pk)
        for name in self.unique:
            field = record._meta.get_field(name)
            if isinstance(field, FoldedField):
                field.pre_save(record, False)
                shown = field.source
            else:
                shown = name
            value = getattr(record, name)
            if value is not None and others.filter(**{name: value}).exists():
                errors.append(
                    DomainError(
                        "duplicate_value",
                        "Another record has this value already. Choose another one.",
                        api_name(shown),
                    )
                )
        return errors


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
            errors.append(DomainError("invalid_value", detail, api_name(field.name)))
    try:
        record.clean_fields(exclude=[f.name for f in record._meta.concrete_fields if f.is_relation])
    except ValidationError as error:
        errors += [
            DomainError(
                "required" if reason.code in ("blank", "null") else "invalid_value",
                " ".join(reason.messages),
                "" if name == NON_FIELD_ERRORS else api_name(name),
            )
            for name, reasons in error.error_dict.items()
            for reason in reasons
        ]
    return errors


def reference_problems(record: models.Model, names: Iterable[str]) -> list[DomainError]:
    """Those among the fields ``names`` that refer to a record which is not there or was deleted.

    Only what is being set is looked at: a record stays changeable after what it refers to is gone.
    """
    errors = []
    for name in names:
        field = record._meta.get_field(name)
        if not isinstance(field, models.ForeignKey) or getattr(record, field.attname) is None:
            continue
        key = getattr(record, field.attname)
        there = field.related_model._base_manager.filter(pk=key)
        if issubclass(field.related_model, Record):
            there = there.filter(is_deleted=False)
        if not there.exists():
            detail = "There is no such record, or it was deleted. Name another."
            errors.append(DomainError("invalid_value", detail, api_name(field.name)))
    return errors
