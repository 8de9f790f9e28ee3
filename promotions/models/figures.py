"""Figures that take longer to count than a page may wait: kept, with the moment they are from."""

from django.db import models
from django.db.models import Q


class KeptFigure(models.Model):
    """What was counted last of a ``kind`` (``promotions/figures.py``) for a ``subject``.

    ``value`` is None as long as it is asked for and not counted yet. Written by
    ``promotions/services/figures.py`` alone.
    """

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=60, blank=True)
    """What is counted of: a promotion, what somebody may see; empty where there is one only."""
    value = models.JSONField(null=True)
    counted_date = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    """How long counting took."""
    asked_date = models.DateTimeField()
    """When somebody last wanted to see it and it was old, or not there."""

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="kept_figure_once", fields=["kind", "subject"]),
            models.CheckConstraint(
                name="kept_figure_counted_has_date",
                condition=Q(value__isnull=True, counted_date=None)
                | Q(value__isnull=False, counted_date__isnull=False),
            ),
            models.CheckConstraint(
                name="kept_figure_seconds_not_negative", condition=Q(seconds__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()
