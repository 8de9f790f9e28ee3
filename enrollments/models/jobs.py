"""Audience jobs: files of customers to be enrolled, how far they are, and what was refused."""

from typing import ClassVar, Final, Self

from django.db import models
from django.db.models import Avg, F, OuterRef, Q, Subquery, Sum

from promotions import ids
from promotions.actors import Actor, Source
from promotions.models import Promotion, RecordQuerySet
from promotions.models.base import Record, not_blank, one_of

MOST_SESSIONS: Final = 8
LARGEST_BATCH: Final = 10_000


class FileFormat(models.TextChoices):
    CSV = "csv"
    NDJSON = "ndjson"


class JobStatus(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    """Also where whoever ran it was killed: who finds its lock free goes on with it."""
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"


ENDED: Final = (JobStatus.FINISHED, JobStatus.FAILED)


class EnrollmentJobQuerySet(RecordQuerySet["EnrollmentJob"]):
    def with_progress(self) -> Self:
        """With the sums over its partitions: ``row_count``, ``enrolled_count``, ``refused_count``,
        and the mean of their ``position``."""
        return self.select_related("promotion", "created_by").annotate(
            row_count=_over_partitions(Sum("rows_done")),
            enrolled_count=_over_partitions(Sum("enrolled")),
            refused_count=_over_partitions(Sum("refused")),
            position=_over_partitions(Avg("position")),
        )

    def shown(self, by: Actor) -> Self:
        """Those in promotions that ``by`` may see, deleted ones among them, with their progress."""
        return self.accessible(by).with_progress()


def _over_partitions(aggregate: models.Aggregate) -> Subquery:
    partitions = EnrollmentJobPartition.objects.filter(job=OuterRef("pk")).order_by()
    return Subquery(partitions.values("job").annotate(over=aggregate).values("over"))


class EnrollmentJobManager(models.Manager["EnrollmentJob"]):
    def get_queryset(self) -> EnrollmentJobQuerySet:
        return EnrollmentJobQuerySet(self.model, using=self._db)

    def with_progress(self) -> EnrollmentJobQuerySet:
        return self.get_queryset().with_progress()

    def shown(self, by: Actor) -> EnrollmentJobQuerySet:
        """Those in promotions that ``by`` may see, with their progress."""
        return self.get_queryset().shown(by)


class EnrollmentJob(Record):
    """A file whose rows are enrolled in a promotion, each by the rules of a request.

    Its rows are dealt to partitions, which sessions work off, each in the order of the file.
    ``created_by``, ``source`` and ``scopes`` are the actor who asked for it: the job may do what
    they may. Written by ``enrollments/services/jobs.py`` and ``job_batches.py``.
    """

    key_prefix: ClassVar = ids.ENROLLMENT_JOB
    promotion_path: ClassVar = "promotion"
    number_letters: ClassVar = "EJ"
    viewable: ClassVar = False

    promotion = models.ForeignKey(
        Promotion, models.PROTECT, related_name="enrollment_jobs", db_index=False
    )
    file_name = models.CharField(max_length=255)
    """As who sent the file calls it, or by what is in it."""
    path = models.TextField()
    """A name below the directory of kept files, or the absolute path of the operator's own file."""
    format = models.CharField(max_length=10, choices=FileFormat)
    is_compressed = models.BooleanField()
    """By gzip."""
    sha256 = models.CharField(max_length=64)
    """Of the file as it is, in hexadecimal digits."""
    size = models.BigIntegerField()
    """Of the file as it is, in bytes."""

    is_dry_run = models.BooleanField(default=False)
    sessions = models.IntegerField(default=1)
    """How many partitions there are. Never changed, so that a job that goes on deals alike."""
    batch_size = models.IntegerField()
    """How many rows are enrolled in one transaction."""
    reason = models.TextField(null=True)
    """Goes into the history of every enrollment."""
    source = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Source])
    scopes = models.JSONField(default=list)
    """Those of the token that an API client asked with."""

    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.QUEUED)
    failure = models.TextField(null=True)
    """Why it failed, in a sentence."""
    started_date = models.DateTimeField(null=True)
    finished_date = models.DateTimeField(null=True)
    """When it came to the end of the file, or failed."""

    objects = EnrollmentJobManager()

    # What with_progress adds.
    row_count: int
    enrolled_count: int
    refused_count: int
    position: float

    class Meta(Record.Meta):
        verbose_name = "audience"
        default_permissions = ()  # who may enroll a customer may enroll many
        indexes = [models.Index(name="job_by_promotion", fields=["promotion", "id"])]
        constraints = [
            *Record.Meta.constraints,
            one_of("format", FileFormat, on="job"),
            one_of("status", JobStatus, on="job"),
            models.CheckConstraint(
                name="job_source_known",
                condition=Q(source__in=[source.value for source in Source]),
            ),
            models.CheckConstraint(
                name="job_file_named", condition=~Q(file_name="") & ~Q(path="") & ~Q(sha256="")
            ),
            models.CheckConstraint(name="job_size_positive", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="job_sessions_in_range",
                condition=Q(sessions__gte=1, sessions__lte=MOST_SESSIONS),
            ),
            models.CheckConstraint(
                name="job_dry_run_in_one_session", condition=Q(is_dry_run=False) | Q(sessions=1)
            ),
            models.CheckConstraint(
                name="job_batch_size_in_range",
                condition=Q(batch_size__gte=1, batch_size__lte=LARGEST_BATCH),
            ),
            not_blank("reason", on="job"),
            models.CheckConstraint(
                name="job_failed_says_why",
                condition=Q(status=JobStatus.FAILED, failure__isnull=False) & ~Q(failure="")
                | ~Q(status=JobStatus.FAILED) & Q(failure=None),
            ),
            models.CheckConstraint(
                name="job_started_has_date",
                condition=Q(status__in=[JobStatus.QUEUED, JobStatus.STOPPED])
                | Q(started_date__isnull=False),
            ),
            models.CheckConstraint(
                name="job_ended_has_date",
                condition=Q(status__in=ENDED, finished_date__isnull=False)
                | ~Q(status__in=ENDED) & Q(finished_date=None),
            ),
            models.CheckConstraint(
                name="job_finished_after_start",
                condition=Q(finished_date=None) | Q(finished_date__gte=F("started_date")),
            ),
        ]

    @property
    def name(self) -> str:
        """The number that people quote, such as ``EJ-000000042``."""
        return self.number

    @property
    def progress(self) -> float:
        """How much of the file has been worked off, from 0 to 1; of a job ``with_progress``."""
        if self.status == JobStatus.FINISHED:
            return 1.0
        return min(self.position / self.size, 1.0)


class EnrollmentJobPartition(models.Model):
    """The rows of a job's file that one session works off, and how many of them are done.

    Committed together with what was done for them: who goes on passes over as many.
    """

    job = models.ForeignKey(
        EnrollmentJob, models.CASCADE, related_name="partitions", db_index=False
    )
    number = models.IntegerField()
    """From 0."""
    rows_done = models.BigIntegerField(default=0)
    batches_done = models.BigIntegerField(default=0)
    enrolled = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    """How many bytes of the file had been read for them, about."""

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="job_partition_once", fields=["job", "number"]),
            models.CheckConstraint(
                name="job_partition_counts_add_up",
                condition=Q(rows_done=F("enrolled") + F("refused")),
            ),
            models.CheckConstraint(
                name="job_partition_counts_not_negative",
                condition=Q(
                    number__gte=0,
                    batches_done__gte=0,
                    enrolled__gte=0,
                    refused__gte=0,
                    position__gte=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rows_done:,} rows done"


class EnrollmentJobRefusal(models.Model):
    """A row of a job's file that was not enrolled, and why."""

    job = models.ForeignKey(EnrollmentJob, models.CASCADE, related_name="refusals", db_index=False)
    line = models.BigIntegerField()
    """Where the row begins in the file; the first line is 1."""
    code = models.CharField(max_length=40)
    """Of the catalogue of errors."""
    detail = models.TextField()
    pointer = models.TextField(blank=True)
    """The column, or the property of the JSON object, that is wrong; empty: the row."""

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="job_refusal_once_per_line", fields=["job", "line"]),
            models.CheckConstraint(
                name="job_refusal_says_why", condition=Q(line__gte=1) & ~Q(code="") & ~Q(detail="")
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.detail}"
