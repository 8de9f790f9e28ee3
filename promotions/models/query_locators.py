"""Where readers of long answers are: a query's further pages are asked for by a locator."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from promotions import ids


class QueryLocator(models.Model):
    """A query of which a user has not read all pages. It belongs to that user, and goes when it
    hasn't been used for some time (``promotions/services/query_locators.py``)."""

    key_prefix: ClassVar = ids.QUERY_LOCATOR

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    text = models.TextField()
    """The query, as it was asked."""
    all_rows = models.BooleanField()
    page_size = models.PositiveSmallIntegerField()
    child = models.PositiveSmallIntegerField(null=True)
    """Of the rest of a record's children: which of the query's relationships it is."""
    parent_key = models.BigIntegerField(null=True)
    """And the primary key of that record."""
    asked_at = models.DateTimeField()
    """What ``TODAY`` is in the query."""
    last_key = models.BigIntegerField()
    """The largest primary key that there was: what came later is not in the answer."""
    total = models.BigIntegerField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(name="query_locator_of_user", fields=["user", "id"])]
        constraints = [
            models.CheckConstraint(
                name="query_locator_child_has_parent",
                condition=models.Q(child=None, parent_key=None)
                | models.Q(child__isnull=False, parent_key__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return ids.encode(self.key_prefix, self.pk)


class QueryPosition(models.Model):
    """Where a page of a query begins: behind the row that has these values of what is ordered by.

    A page is an index look-up, however far on, and can be asked for again.
    """

    locator = models.ForeignKey(
        QueryLocator, models.CASCADE, related_name="positions", db_index=False
    )
    offset = models.BigIntegerField()
    """How many rows come before the page."""
    values = models.JSONField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="query_position_once", fields=["locator", "offset"]),
        ]

    def __str__(self) -> str:
        return f"{self.locator_id}: {self.offset}"
