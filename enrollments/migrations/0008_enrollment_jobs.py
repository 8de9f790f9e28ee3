"""Audience jobs: files of customers, how far they are, what was refused."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrollments", "0007_places"),
        ("promotions", "0018_places_given_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EnrollmentJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_date", models.DateTimeField()),
                ("last_modified_date", models.DateTimeField()),
                ("is_deleted", models.BooleanField(default=False)),
                ("deleted_date", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("file_name", models.CharField(max_length=255)),
                ("path", models.TextField()),
                (
                    "format",
                    models.CharField(choices=[("csv", "Csv"), ("ndjson", "Ndjson")], max_length=10),
                ),
                ("is_compressed", models.BooleanField()),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("is_dry_run", models.BooleanField(default=False)),
                ("sessions", models.IntegerField(default=1)),
                ("batch_size", models.IntegerField()),
                ("reason", models.TextField(null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[("admin", "admin"), ("api", "api"), ("command", "command")],
                        max_length=10,
                    ),
                ),
                ("scopes", models.JSONField(default=list)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("stopped", "Stopped"),
                            ("finished", "Finished"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("failure", models.TextField(null=True)),
                ("started_date", models.DateTimeField(null=True)),
                ("finished_date", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last_modified_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "promotion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrollment_jobs",
                        to="promotions.promotion",
                    ),
                ),
            ],
            options={
                "verbose_name": "audience",
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="EnrollmentJobPartition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("rows_done", models.BigIntegerField(default=0)),
                ("batches_done", models.BigIntegerField(default=0)),
                ("enrolled", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("position", models.BigIntegerField(default=0)),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="partitions",
                        to="enrollments.enrollmentjob",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="EnrollmentJobRefusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.BigIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("detail", models.TextField()),
                ("pointer", models.TextField(blank=True)),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refusals",
                        to="enrollments.enrollmentjob",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="enrollmentjob",
            index=models.Index(fields=["promotion", "id"], name="job_by_promotion"),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deleted_date", None), ("is_deleted", False)),
                    models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                    _connector="OR",
                ),
                name="enrollmentjob_deleted_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                name="enrollmentjob_modified_after_created",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["csv", "ndjson"])), name="job_format_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["queued", "running", "stopped", "finished", "failed"])
                ),
                name="job_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["admin", "api", "command"])),
                name="job_source_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file_name", ""), _negated=True),
                    models.Q(("path", ""), _negated=True),
                    models.Q(("sha256", ""), _negated=True),
                ),
                name="job_file_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gt", 0)), name="job_size_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("sessions__gte", 1), ("sessions__lte", 8)),
                name="job_sessions_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_dry_run", False), ("sessions", 1), _connector="OR"),
                name="job_dry_run_in_one_session",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("batch_size__gte", 1), ("batch_size__lte", 5000)),
                name="job_batch_size_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason", None), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="job_reason_not_blank",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("failure__isnull", False),
                        ("status", "failed"),
                        models.Q(("failure", ""), _negated=True),
                    ),
                    models.Q(models.Q(("status", "failed"), _negated=True), ("failure", None)),
                    _connector="OR",
                ),
                name="job_failed_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["queued", "stopped"]),
                    ("started_date__isnull", False),
                    _connector="OR",
                ),
                name="job_started_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("finished_date__isnull", False), ("status__in", ("finished", "failed"))
                    ),
                    models.Q(
                        models.Q(("status__in", ("finished", "failed")), _negated=True),
                        ("finished_date", None),
                    ),
                    _connector="OR",
                ),
                name="job_ended_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("finished_date", None),
                    ("finished_date__gte", models.F("started_date")),
                    _connector="OR",
                ),
                name="job_finished_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjobpartition",
            constraint=models.UniqueConstraint(fields=("job", "number"), name="job_partition_once"),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjobpartition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rows_done",
                        django.db.models.expressions.CombinedExpression(
                            models.F("enrolled"), "+", models.F("refused")
                        ),
                    )
                ),
                name="job_partition_counts_add_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjobpartition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("batches_done__gte", 0),
                    ("enrolled__gte", 0),
                    ("number__gte", 0),
                    ("position__gte", 0),
                    ("refused__gte", 0),
                ),
                name="job_partition_counts_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjobrefusal",
            constraint=models.UniqueConstraint(
                fields=("job", "line"), name="job_refusal_once_per_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollmentjobrefusal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("line__gte", 1),
                    models.Q(("code", ""), _negated=True),
                    models.Q(("detail", ""), _negated=True),
                ),
                name="job_refusal_says_why",
            ),
        ),
    ]
