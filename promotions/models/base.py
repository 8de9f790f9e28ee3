"""What every record has: an id, who made and changed it and when, a version, soft deletion."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self, TypeVar

from django.db import models

from promotions import ids
from promotions.access import Access
from promotions.actors import Actor
from promotions.models.facts import Facts, FieldFacts
from promotions.models.fields import (
    DerivedField,
    FoldedField,
    exactly_one,
    group_or_none,
    not_blank,
    one_of,
    person,
    person_or_nobody,
)
from promotions.numbers import record_number

__all__ = [
    "DerivedField",
    "FoldedField",
    "Owned",
    "PromotionPart",
    "Record",
    "RecordManager",
    "RecordQuerySet",
    "not_blank",
    "one_of",
]


M = TypeVar("M", bound="Record")


class RecordQuerySet(models.QuerySet[M]):
    """Records of one kind."""

    def live(self) -> Self:
        """Those that are not deleted."""
        return self.filter(is_deleted=False)

    def accessible(self, by: Actor, access: Access = Access.READ) -> Self:
        """Those that ``by`` may see, or with which it may do more; ``promotions/permissions.py``
        decides."""
        from promotions.permissions import condition  # it reads models that derive from these

        return self.filter(condition(self.model, by, access))


class RecordManager(models.Manager[M]):
    """The manager of every kind of record."""

    def get_queryset(self) -> RecordQuerySet[M]:
        return RecordQuerySet(self.model, using=self._db)

    def live(self) -> RecordQuerySet[M]:
        """Those that are not deleted."""
        return self.get_queryset().live()

    def accessible(self, by: Actor, access: Access = Access.READ) -> RecordQuerySet[M]:
        """Live ones that ``by`` may see, or with which it may do more."""
        return self.live().accessible(by, access)


def etag(version: int) -> str:
    """What a record of this version is tagged with for conditional requests."""
    return f'"{version}"'


class Record(models.Model):
    """Base of the records that people and partners see.

    ``version`` counts the changes: it is the record's ETag, and what keeps two editors from
    overwriting each other. Deleting sets ``is_deleted``; nothing is removed.
    """

    key_prefix: ClassVar[str]
    object_name: ClassVar[str]
    """What the API calls this kind of record: the class's name unless it says otherwise."""
    promotion_path: ClassVar[str | None] = None
    """The field that leads to the promotion whose sharing decides who sees the record; empty: the
    record itself; None: none does."""
    number_letters: ClassVar[str | None] = None
    """What the number begins with that is this record's name, where it has no other."""
    field_facts: ClassVar[FieldFacts] = {}
    viewable: ClassVar[bool] = True
    """Whether the record says when the current user last viewed it."""
    polymorphic: ClassVar[Mapping[str, Sequence[str]]] = {}
    """References that lead to one of several objects, by the columns that they are kept in."""

    created_by = person()
    created_date = models.DateTimeField()
    last_modified_by = person()
    last_modified_date = models.DateTimeField()
    is_deleted = models.BooleanField(default=False)
    deleted_date = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(class)s_deleted_has_date",
                condition=models.Q(is_deleted=False, deleted_date=None)
                | models.Q(is_deleted=True, deleted_date__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_modified_after_created",
                condition=models.Q(last_modified_date__gte=models.F("created_date")),
            ),
        ]

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        if "object_name" not in cls.__dict__:
            cls.object_name = cls.__name__

    def __str__(self) -> str:
        return str(getattr(self, "name", None) or self.number)

    @property
    def record_id(self) -> str:
        return ids.encode(self.key_prefix, self.pk)

    @property
    def number(self) -> str:
        """The name of a record that has no other."""
        return record_number(self.number_letters or self.key_prefix, self.pk)

    @property
    def etag(self) -> str:
        return etag(self.version)


class Owned(Record):
    """A record with an owner, a user or a group, by default who made it."""

    polymorphic: ClassVar = {"owner": ("owner_user", "owner_group")}
    field_facts: ClassVar = {"owner": Facts(nillable=False, defaulted_on_create=True)}

    owner_user = person_or_nobody()
    owner_group = group_or_none()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            *Record.Meta.constraints,
            exactly_one("owner_user", "owner_group", name="%(class)s_one_owner"),
        ]

    @property
    def owner_id(self) -> str:
        """The record id of the owner, a user's or a group's."""
        if self.owner_group_id is not None:
            return ids.encode(ids.GROUP, self.owner_group_id)
        return ids.encode(ids.USER, self.owner_user_id or 0)


class PromotionPart(Record):
    """What belongs to one promotion, and is seen, deleted and restored with it."""

    promotion_path: ClassVar = "promotion"

    promotion = models.ForeignKey("promotions.Promotion", models.PROTECT, db_index=False)
    deleted_with_promotion = models.BooleanField(default=False)
    """Whether it went into the recycle bin with its promotion, and comes back with it."""

    class Meta:
        abstract = True
        default_permissions = ()  # who may see or change the promotion may see or change these
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="%(class)s_deleted_with_promotion_is_deleted",
                condition=models.Q(deleted_with_promotion=False) | models.Q(is_deleted=True),
            ),
        ]
