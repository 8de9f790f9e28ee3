"""The table of bulk jobs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("promotions", "0024_query_locators"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[("V2Ingest", "Ingest"), ("V2Query", "Query")], max_length=10
                    ),
                ),
                (
                    "operation",
                    models.CharField(
                        choices=[
                            ("insert", "Insert"),
                            ("update", "Update"),
                            ("upsert", "Upsert"),
                            ("delete", "Delete"),
                            ("query", "Query"),
                            ("queryAll", "Query All"),
                        ],
                        max_length=10,
                    ),
                ),
                ("object_name", models.CharField(max_length=80)),
                ("query", models.TextField(null=True)),
                ("external_id_field", models.CharField(max_length=80, null=True)),
                (
                    "column_delimiter",
                    models.CharField(
                        choices=[
                            ("COMMA", ","),
                            ("TAB", "\t"),
                            ("SEMICOLON", ";"),
                            ("PIPE", "|"),
                            ("BACKQUOTE", "`"),
                            ("CARET", "^"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "line_ending",
                    models.CharField(choices=[("LF", "\n"), ("CRLF", "\r\n")], max_length=4),
                ),
                ("api_version", models.CharField(max_length=5)),
                (
                    "source",
                    models.CharField(
                        choices=[("admin", "admin"), ("api", "api"), ("command", "command")],
                        max_length=10,
                    ),
                ),
                ("scopes", models.JSONField(default=list)),
                ("created_date", models.DateTimeField()),
                ("system_modstamp", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("Open", "Open"),
                            ("UploadComplete", "Upload Complete"),
                            ("InProgress", "In Progress"),
                            ("JobComplete", "Job Complete"),
                            ("Failed", "Failed"),
                            ("Aborted", "Aborted"),
                        ],
                        max_length=20,
                    ),
                ),
                ("failure", models.TextField(null=True)),
                ("path", models.CharField(max_length=64, null=True)),
                ("size", models.BigIntegerField(default=0)),
                ("position", models.BigIntegerField(default=0)),
                ("line", models.BigIntegerField(default=1)),
                ("rows_done", models.BigIntegerField(default=0)),
                ("rows_failed", models.BigIntegerField(default=0)),
                ("successful_size", models.BigIntegerField(default=0)),
                ("failed_size", models.BigIntegerField(default=0)),
                ("milliseconds", models.BigIntegerField(default=0)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["UploadComplete", "InProgress"])),
                        fields=["id"],
                        name="bulk_job_at_work",
                    ),
                    models.Index(fields=["created_by", "type", "-id"], name="bulk_job_of_user"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("type__in", ["V2Ingest", "V2Query"])),
                        name="bulk_job_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "operation__in",
                                ["insert", "update", "upsert", "delete", "query", "queryAll"],
                            )
                        ),
                        name="bulk_job_operation_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "Open",
                                    "UploadComplete",
                                    "InProgress",
                                    "JobComplete",
                                    "Failed",
                                    "Aborted",
                                ],
                            )
                        ),
                        name="bulk_job_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "column_delimiter__in",
                                ["COMMA", "TAB", "SEMICOLON", "PIPE", "BACKQUOTE", "CARET"],
                            )
                        ),
                        name="bulk_job_column_delimiter_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("line_ending__in", ["LF", "CRLF"])),
                        name="bulk_job_line_ending_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("failure", None),
                            models.Q(("failure", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="bulk_job_failure_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failure__isnull", False), ("state", "Failed")),
                            models.Q(
                                models.Q(("state", "Failed"), _negated=True), ("failure", None)
                            ),
                            _connector="OR",
                        ),
                        name="bulk_job_failed_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("query__isnull", False), ("type", "V2Query")),
                            models.Q(models.Q(("type", "V2Query"), _negated=True), ("query", None)),
                            _connector="OR",
                        ),
                        name="bulk_job_query_asks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rows_done__gte", models.F("rows_failed")), ("rows_failed__gte", 0)
                        ),
                        name="bulk_job_counts_add_up",
                    ),
                ],
            },
        ),
    ]
