"""Jobs that come in batches; each batch is a bulk job."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promotions", "0006_kept_figures")]
    operations = [
        migrations.CreateModel(
            name="BatchedJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("external_id_field", models.CharField(max_length=80, null=True)),
                (
                    "content_type",
                    models.CharField(
                        choices=[("CSV", "Csv"), ("XML", "Xml"), ("JSON", "Json")], max_length=10
                    ),
                ),
                (
                    "concurrency",
                    models.CharField(
                        choices=[("Parallel", "Parallel"), ("Serial", "Serial")], max_length=10
                    ),
                ),
                ("api_version", models.CharField(max_length=5)),
                (
                    "state",
                    models.CharField(
                        choices=[("Open", "Open"), ("Closed", "Closed"), ("Aborted", "Aborted")],
                        max_length=10,
                    ),
                ),
                ("created_date", models.DateTimeField()),
                ("system_modstamp", models.DateTimeField()),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "operation__in",
                                ["insert", "update", "upsert", "delete", "query", "queryAll"],
                            )
                        ),
                        name="batched_job_operation_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content_type__in", ["CSV", "XML", "JSON"])),
                        name="batched_job_content_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("concurrency__in", ["Parallel", "Serial"])),
                        name="batched_job_concurrency_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["Open", "Closed", "Aborted"])),
                        name="batched_job_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("external_id_field__isnull", False), ("operation", "upsert")),
                            models.Q(
                                models.Q(("operation", "upsert"), _negated=True),
                                ("external_id_field", None),
                            ),
                            _connector="OR",
                        ),
                        name="batched_job_upsert_says_by_what",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="bulkjob",
            name="batch_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="batches",
                to="promotions.batchedjob",
            ),
        ),
        migrations.RemoveConstraint(model_name="bulkjob", name="bulk_job_type_known"),
        migrations.RemoveConstraint(model_name="bulkjob", name="bulk_job_query_asks"),
        migrations.AlterField(
            model_name="bulkjob",
            name="type",
            field=models.CharField(
                choices=[
                    ("V2Ingest", "Ingest"),
                    ("V2Query", "Query"),
                    ("V1Ingest", "Batch"),
                    ("V1Query", "Query Batch"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("type__in", ["V2Ingest", "V2Query", "V1Ingest", "V1Query"])),
                name="bulk_job_type_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("query__isnull", False), ("type__in", ["V2Query", "V1Query"])),
                    models.Q(
                        models.Q(("type__in", ["V2Query", "V1Query"]), _negated=True),
                        ("query", None),
                    ),
                    _connector="OR",
                ),
                name="bulk_job_query_asks",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("batch_of__isnull", False), ("type__in", ["V1Ingest", "V1Query"])),
                    models.Q(
                        models.Q(("type__in", ["V1Ingest", "V1Query"]), _negated=True),
                        ("batch_of", None),
                    ),
                    _connector="OR",
                ),
                name="bulk_job_batch_has_job",
            ),
        ),
    ]
