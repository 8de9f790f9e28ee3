"""Bulk jobs: tables of records that clients bring to be written, and queries whose results they
fetch, worked off in the background."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q

from promotions import ids
from promotions.actors import Source
from promotions.models.fields import not_blank, one_of, person


class BulkJobType(models.TextChoices):
    """The first two as clients call them."""

    INGEST = "V2Ingest"
    QUERY = "V2Query"
    BATCH = "V1Ingest"
    """Rows that came as a batch of a ``BatchedJob``."""
    QUERY_BATCH = "V1Query"
    """A query that came so."""


class BulkOperation(models.TextChoices):
    INSERT = "insert"
    UPDATE = "update"
    UPSERT = "upsert"
    DELETE = "delete"
    QUERY = "query"
    QUERY_ALL = "queryAll"


class BulkState(models.TextChoices):
    OPEN = "Open"
    """Waits for its data."""
    UPLOAD_COMPLETE = "UploadComplete"
    """Waits for its turn."""
    IN_PROGRESS = "InProgress"
    """Also where whoever ran it was killed: who finds its lock free goes on with it."""
    JOB_COMPLETE = "JobComplete"
    FAILED = "Failed"
    ABORTED = "Aborted"


QUERIES: Final = (BulkJobType.QUERY, BulkJobType.QUERY_BATCH)
BATCHES: Final = (BulkJobType.BATCH, BulkJobType.QUERY_BATCH)
ENDED: Final = (BulkState.JOB_COMPLETE, BulkState.FAILED, BulkState.ABORTED)
AT_WORK: Final = (BulkState.UPLOAD_COMPLETE, BulkState.IN_PROGRESS)


class ColumnDelimiter(models.TextChoices):
    COMMA = "COMMA", ","
    TAB = "TAB", "\t"
    SEMICOLON = "SEMICOLON", ";"
    PIPE = "PIPE", "|"
    BACKQUOTE = "BACKQUOTE", "`"
    CARET = "CARET", "^"


class LineEnding(models.TextChoices):
    LF = "LF", "\n"
    CRLF = "CRLF", "\r\n"


class BulkJob(models.Model):
    """One job of the bulk calls.

    ``created_by``, ``source`` and ``scopes`` are the actor who asked for it: the job may do what
    they may. How far it is (``rows_done``, ``position``) and how much of its files of results holds
    is committed together with the rows that were written. Written by
    ``promotions/services/bulk_jobs.py`` and ``bulk_runs.py``.
    """

    key_prefix: ClassVar = ids.BULK_JOB

    batch_of = models.ForeignKey(
        "promotions.BatchedJob", models.CASCADE, null=True, related_name="batches"
    )
    type = models.CharField(max_length=10, choices=BulkJobType)
    operation = models.CharField(max_length=10, choices=BulkOperation)
    object_name = models.CharField(max_length=80)
    query = models.TextField(null=True)
    external_id_field = models.CharField(max_length=80, null=True)
    """By whose value an upsert finds its records."""
    column_delimiter = models.CharField(max_length=10, choices=ColumnDelimiter)
    line_ending = models.CharField(max_length=4, choices=LineEnding)
    api_version = models.CharField(max_length=5)
    """In which its maker speaks: ``59.0``."""

    created_by = person()
    source = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Source])
    scopes = models.JSONField(default=list)
    created_date = models.DateTimeField()
    system_modstamp = models.DateTimeField()

    state = models.CharField(max_length=20, choices=BulkState)
    failure = models.TextField(null=True)
    """Why it failed, in a sentence."""
    path = models.CharField(max_length=64, null=True)
    """The name of its file: of what came to be written, or of what was found; ``.successful`` and
    ``.failed`` behind it make the names of the files of results. Of a batch the former has the
    results of all rows, in their order."""
    size = models.BigIntegerField(default=0)
    """Of that file, in bytes."""
    position = models.BigIntegerField(default=0)
    """Where in it the next row begins that is to be written; 0 before any was."""
    line = models.BigIntegerField(default=1)
    """The number of that row's line."""
    rows_done = models.BigIntegerField(default=0)
    rows_failed = models.BigIntegerField(default=0)
    """Of those done."""
    successful_size = models.BigIntegerField(default=0)
    failed_size = models.BigIntegerField(default=0)
    """How many bytes of each file of results hold; what is behind them was never committed."""
    milliseconds = models.BigIntegerField(default=0)
    """That went into it."""

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                name="bulk_job_at_work", fields=["id"], condition=Q(state__in=list(AT_WORK))
            ),
            models.Index(name="bulk_job_of_user", fields=["created_by", "type", "-id"]),
        ]
        constraints = [
            one_of("type", BulkJobType, on="bulk_job"),
            one_of("operation", BulkOperation, on="bulk_job"),
            one_of("state", BulkState, on="bulk_job"),
            one_of("column_delimiter", ColumnDelimiter, on="bulk_job"),
            one_of("line_ending", LineEnding, on="bulk_job"),
            not_blank("failure", on="bulk_job"),
            models.CheckConstraint(
                name="bulk_job_failed_says_why",
                condition=Q(state=BulkState.FAILED, failure__isnull=False)
                | ~Q(state=BulkState.FAILED) & Q(failure=None),
            ),
            models.CheckConstraint(
                name="bulk_job_query_asks",
                condition=Q(type__in=list(QUERIES), query__isnull=False)
                | ~Q(type__in=list(QUERIES)) & Q(query=None),
            ),
            models.CheckConstraint(
                name="bulk_job_batch_has_job",
                condition=Q(type__in=list(BATCHES), batch_of__isnull=False)
                | ~Q(type__in=list(BATCHES)) & Q(batch_of=None),
            ),
            models.CheckConstraint(
                name="bulk_job_counts_add_up",
                condition=Q(rows_failed__gte=0, rows_done__gte=F("rows_failed")),
            ),
        ]

    def __str__(self) -> str:
        return self.record_id

    @property
    def record_id(self) -> str:
        prefix = self.key_prefix if self.batch_of_id is None else ids.BULK_BATCH
        return ids.encode(prefix, self.pk)

    @property
    def delimiter(self) -> str:
        """The character between two cells."""
        return str(ColumnDelimiter(self.column_delimiter).label)

    @property
    def newline(self) -> str:
        """The characters between two rows."""
        return str(LineEnding(self.line_ending).label)
