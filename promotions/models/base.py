"""What every record has: an id, who made and changed it and when, a version, soft deletion."""

from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models

from promotions import ids
from promotions.folding import fold


class FoldedField(models.TextField):  # type: ignore[type-arg]  # not generic at run time
    """The case-folded form of another text field, kept beside it for look-ups and uniqueness.

    Written by itself whenever the record is saved; null where the text is null.
    """

    def __init__(self, source: str, **options: Any) -> None:
        self.source = source
        super().__init__(**{"editable": False, "null": True, **options})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        return name, path, [self.source, *args], options

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        text = getattr(model_instance, self.source)
        folded = None if text is None else fold(text)
        setattr(model_instance, self.attname, folded)
        return folded


M = TypeVar("M", bound="Record")


class RecordQuerySet(models.QuerySet[M]):
    """Records of one kind."""

    def live(self) -> Self:
        """Those that are not deleted."""
        return self.filter(is_deleted=False)


class RecordManager(models.Manager[M]):
    """The manager of every kind of record."""

    def get_queryset(self) -> RecordQuerySet[M]:
        return RecordQuerySet(self.model, using=self._db)

    def live(self) -> RecordQuerySet[M]:
        """Those that are not deleted."""
        return self.get_queryset().live()


class Record(models.Model):
    """Base of the records that people and partners see.

    ``version`` counts the changes: it is the record's ETag, and what keeps two editors from
    overwriting each other. Deleting sets ``is_deleted``; nothing is removed.
    """

    key_prefix: ClassVar[str]

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    created_date = models.DateTimeField()
    last_modified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
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

    @property
    def record_id(self) -> str:
        return ids.encode(self.key_prefix, self.pk)

    @property
    def etag(self) -> str:
        return f'"{self.version}"'


def not_blank(field: str, *, on: str) -> models.CheckConstraint:
    """A text that, where there is one, is not empty: null is the only way to have none."""
    return models.CheckConstraint(
        name=f"{on}_{field}_not_blank",
        condition=models.Q(**{field: None}) | ~models.Q(**{field: ""}),
    )
