"""Jobs of the older bulk calls: each takes any number of batches."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from promotions import ids
from promotions.models.bulk_jobs import BulkOperation
from promotions.models.fields import one_of, person


class BatchFormat(models.TextChoices):
    """In which a job's batches come, and what became of them is told."""

    CSV = "CSV"
    XML = "XML"
    JSON = "JSON"


class BatchedJobState(models.TextChoices):
    OPEN = "Open"
    """Takes further batches. Those that it has are worked off meanwhile."""
    CLOSED = "Closed"
    ABORTED = "Aborted"


class Concurrency(models.TextChoices):
    PARALLEL = "Parallel"
    SERIAL = "Serial"
    """A batch begins when the one before it has ended."""


class BatchedJob(models.Model):
    """What the batches of a job have in common; each is a ``BulkJob``, and worked off as one.

    Written by ``promotions/services/batched_jobs.py``.
    """

    key_prefix: ClassVar = ids.BULK_JOB

    operation = models.CharField(max_length=10, choices=BulkOperation)
    object_name = models.CharField(max_length=80)
    external_id_field = models.CharField(max_length=80, null=True)
    """By whose value an upsert finds its records."""
    content_type = models.CharField(max_length=10, choices=BatchFormat)
    concurrency = models.CharField(max_length=10, choices=Concurrency)
    api_version = models.CharField(max_length=5)
    """In which its maker speaks: ``59.0``."""
    state = models.CharField(max_length=10, choices=BatchedJobState)

    created_by = person()
    created_date = models.DateTimeField()
    system_modstamp = models.DateTimeField()
    """When it, or which batches it has, changed."""

    class Meta:
        default_permissions = ()
        constraints = [
            one_of("operation", BulkOperation, on="batched_job"),
            one_of("content_type", BatchFormat, on="batched_job"),
            one_of("concurrency", Concurrency, on="batched_job"),
            one_of("state", BatchedJobState, on="batched_job"),
            models.CheckConstraint(
                name="batched_job_upsert_says_by_what",
                condition=Q(operation=BulkOperation.UPSERT, external_id_field__isnull=False)
                | ~Q(operation=BulkOperation.UPSERT) & Q(external_id_field=None),
            ),
        ]

    def __str__(self) -> str:
        return self.record_id

    @property
    def record_id(self) -> str:
        return ids.encode(self.key_prefix, self.pk)
