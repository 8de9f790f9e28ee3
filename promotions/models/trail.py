"""What happened to promotions: history, feed, and who looked at what."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from promotions import ids
from promotions.actors import Source
from promotions.models import picklists
from promotions.models.facts import (
    Facts,
    FieldFacts,
    constant,
    identifier,
    never_deleted,
    read_only,
)
from promotions.models.fields import person
from promotions.models.promotion import Promotion


class HistoryRow(models.Model):
    """One thing that happened to a record: a field's old and new value, who, when, why and through
    which door. Only ever added to; PostgreSQL refuses the rest."""

    field = models.CharField(max_length=64)
    """The field's API name (``EnrollmentExpirationDateTime``), or ``created``."""
    old_value = models.TextField(null=True)
    new_value = models.TextField(null=True)
    reason = models.TextField(null=True)
    source = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Source])
    request_id = models.CharField(max_length=64, blank=True)
    created_by = person()
    created_date = models.DateTimeField()

    class Meta:
        abstract = True
        default_permissions = ()

    field_facts: ClassVar[FieldFacts] = {
        **identifier(),
        **never_deleted(),
        **{
            name: read_only()
            for name in (
                "field",
                "old_value",
                "new_value",
                "reason",
                "source",
                "created_by",
                "created_date",
            )
        },
        "request_id": Facts(hidden=True),
        "data_type": constant("Text", models.CharField(), type="string"),
    }

    def __str__(self) -> str:
        return f"{self.field}: {self.old_value} → {self.new_value}"


class PromotionFeed(models.Model):
    """An entry of a promotion's feed: a post by staff, or a change, told by its history rows."""

    key_prefix: ClassVar = ids.PROMOTION_FEED
    field_facts: ClassVar = {
        **identifier(),
        "promotion": read_only(name="ParentId", relationship_name="Parent"),
        **{
            name: read_only()
            for name in ("type", "body", "created_by", "created_date", "is_deleted")
        },
        "last_modified_date": read_only(computed=True, type="dateTime", path="created_date"),
        "system_modstamp": read_only(computed=True, type="dateTime", path="created_date"),
        "title": constant(None, models.CharField()),
        "link_url": constant(None, models.CharField(), type="url"),
        "is_rich_text": constant(False, models.BooleanField(), type="boolean"),
        "like_count": constant(0, models.IntegerField(), type="int"),
    }

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="feed", db_index=False)
    type = models.CharField(max_length=20, choices=picklists.FeedType)
    body = models.TextField(null=True)
    created_by = person()
    created_date = models.DateTimeField()
    is_deleted = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(name="feed_by_promotion", fields=["promotion", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="feed_post_has_body",
                condition=Q(type="TextPost", body__isnull=False) & ~Q(body="")
                | Q(type="TrackedChange", body=None),
            ),
            models.CheckConstraint(
                name="feed_only_posts_deleted",
                condition=Q(is_deleted=False) | Q(type="TextPost"),
            ),
        ]

    def __str__(self) -> str:
        return self.body or "change"

    @property
    def record_id(self) -> str:
        return ids.encode(self.key_prefix, self.pk)


class PromotionFeedComment(models.Model):
    """A comment on an entry of the feed."""

    key_prefix: ClassVar = ids.PROMOTION_FEED_COMMENT

    feed_item = models.ForeignKey(PromotionFeed, models.PROTECT, related_name="comments")
    body = models.TextField()
    created_by = person()
    created_date = models.DateTimeField()
    is_deleted = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="feed_comment_has_body", condition=~Q(body="")),
        ]

    def __str__(self) -> str:
        return self.body

    @property
    def record_id(self) -> str:
        return ids.encode(self.key_prefix, self.pk)


class PromotionHistory(HistoryRow):
    """What happened to a promotion and to everything under it. Rows of what belongs to no single
    promotion (segments, the catalogue) name none."""

    key_prefix: ClassVar = ids.PROMOTION_HISTORY
    field_facts: ClassVar = {
        "promotion": read_only(),
        **{
            name: Facts(hidden=True)
            for name in ("feed_item", "object_name", "record_key", "snapshot")
        },
    }

    promotion = models.ForeignKey(
        Promotion, models.PROTECT, null=True, related_name="history", db_index=False
    )
    feed_item = models.ForeignKey(PromotionFeed, models.PROTECT, null=True, related_name="changes")
    object_name = models.CharField(max_length=40)
    """What kind of record it happened to, as the API calls it: ``PromotionTier``."""
    record_key = models.BigIntegerField()
    """The primary key of that record."""
    snapshot = models.JSONField(null=True)
    """Of a new record: its fields as they were first, in the words of old and new values."""

    class Meta(HistoryRow.Meta):
        verbose_name_plural = "promotion history"
        indexes = [
            models.Index(name="promotion_history_newest", fields=["promotion", "-id"]),
            models.Index(
                name="promotion_history_of_record", fields=["object_name", "record_key", "-id"]
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="promotion_history_source_known",
                condition=Q(source__in=[source.value for source in Source]),
            ),
        ]

    @property
    def record_id(self) -> str:
        return ids.encode(self.key_prefix, self.pk)


class RecordView(models.Model):
    """When a user last viewed a record, and last viewed it or one related to it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    key_prefix = models.CharField(max_length=3)
    """The kind of record."""
    record_key = models.BigIntegerField()
    last_viewed_date = models.DateTimeField(null=True)
    last_referenced_date = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="record_view_once", fields=["user", "key_prefix", "record_key"]
            ),
            models.CheckConstraint(
                name="record_view_referenced_when_viewed",
                condition=Q(last_viewed_date=None)
                | Q(last_referenced_date__gte=models.F("last_viewed_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} viewed {ids.encode(self.key_prefix, self.record_key)}"
