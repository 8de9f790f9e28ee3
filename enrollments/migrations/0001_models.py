"""Every table of customers and enrollments, as it is before the first release. ``replaces`` names the steps that led there,
for databases that have taken them all; one that has not is brought there by the commit before this
file came."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import promotions.models.fields


class Migration(migrations.Migration):
    replaces = [
        ("enrollments", "0001_initial"),
        ("enrollments", "0004_history_rows"),
        ("enrollments", "0007_places"),
        ("enrollments", "0008_enrollment_jobs"),
        ("enrollments", "0009_party_first"),
        ("enrollments", "0010_indexes_of_few"),
        ("enrollments", "0011_indexes_of_ends"),
        ("enrollments", "0012_places_are_counted"),
        ("enrollments", "0014_account_profile"),
    ]

    initial = True

    dependencies = [
        ("promotions", "0002_models"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
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
                ("name", models.CharField(max_length=255)),
                (
                    "name_key",
                    promotions.models.fields.FoldedField("name", editable=False, null=True),
                ),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="The key of this record in the system it comes from. No two have the same.",
                        max_length=255,
                        null=True,
                    ),
                ),
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
                ("account_number", models.CharField(blank=True, max_length=40, null=True)),
                (
                    "annual_revenue",
                    promotions.models.fields.MoneyField(
                        blank=True, decimal_places=2, max_digits=15, null=True
                    ),
                ),
                ("billing_city", models.CharField(blank=True, max_length=40, null=True)),
                ("billing_country", models.CharField(blank=True, max_length=80, null=True)),
                ("billing_postal_code", models.CharField(blank=True, max_length=20, null=True)),
                ("billing_state", models.CharField(blank=True, max_length=80, null=True)),
                ("billing_street", models.CharField(blank=True, max_length=255, null=True)),
                (
                    "description",
                    promotions.models.fields.TextArea(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxLengthValidator(32000)],
                    ),
                ),
                ("fax", models.CharField(blank=True, max_length=40, null=True)),
                ("industry", models.CharField(blank=True, max_length=255, null=True)),
                (
                    "number_of_employees",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(2147483647)],
                    ),
                ),
                ("ownership", models.CharField(blank=True, max_length=255, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enrollments.account",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40, null=True)),
                ("rating", models.CharField(blank=True, max_length=255, null=True)),
                ("sic", models.CharField(blank=True, max_length=20, null=True)),
                ("site", models.CharField(blank=True, max_length=80, null=True)),
                ("ticker_symbol", models.CharField(blank=True, max_length=20, null=True)),
                ("type", models.CharField(blank=True, max_length=255, null=True)),
                ("website", models.CharField(blank=True, max_length=255, null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["name_key"], name="account_name_key", opclasses=["text_pattern_ops"]
                    ),
                    models.Index(fields=["name_key", "id"], name="account_by_name"),
                    models.Index(fields=["created_date", "id"], name="account_created"),
                    models.Index(fields=["last_modified_date", "id"], name="account_modified"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="account_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="account_modified_after_created",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("external_id",),
                        name="account_external_id_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="account_name_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id", None),
                            models.Q(("external_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="account_external_id_not_blank",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
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
                (
                    "code",
                    models.CharField(
                        help_text="What partners call this offer. No two offers have the same, whatever the case.",
                        max_length=255,
                    ),
                ),
                (
                    "code_key",
                    promotions.models.fields.FoldedField("code", editable=False, null=True),
                ),
                ("name", models.CharField(max_length=255)),
                (
                    "name_key",
                    promotions.models.fields.FoldedField("name", editable=False, null=True),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="Customers can only enroll through an active offer."
                    ),
                ),
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
                        blank=True,
                        help_text="The promotion that this offer leads to. Empty: any.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="promotions.promotion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["created_date", "id"], name="offer_created")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="offer_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="offer_modified_after_created",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("code_key",),
                        name="offer_code_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="offer_name_not_blank"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="offer_code_not_blank"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrollmentPlaces",
            fields=[
                (
                    "promotion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="enrollment_places",
                        serialize=False,
                        to="promotions.promotion",
                    ),
                ),
                ("taken", models.PositiveIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
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
                "indexes": [models.Index(fields=["promotion", "id"], name="job_by_promotion")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="enrollmentjob_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="enrollmentjob_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["csv", "ndjson"])),
                        name="job_format_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "running", "stopped", "finished", "failed"])
                        ),
                        name="job_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["admin", "api", "command"])),
                        name="job_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("file_name", ""), _negated=True),
                            models.Q(("path", ""), _negated=True),
                            models.Q(("sha256", ""), _negated=True),
                        ),
                        name="job_file_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0)), name="job_size_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sessions__gte", 1), ("sessions__lte", 8)),
                        name="job_sessions_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_dry_run", False), ("sessions", 1), _connector="OR"),
                        name="job_dry_run_in_one_session",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("batch_size__gte", 1), ("batch_size__lte", 5000)),
                        name="job_batch_size_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason", None),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="job_reason_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("failure__isnull", False),
                                ("status", "failed"),
                                models.Q(("failure", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status", "failed"), _negated=True), ("failure", None)
                            ),
                            _connector="OR",
                        ),
                        name="job_failed_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "stopped"]),
                            ("started_date__isnull", False),
                            _connector="OR",
                        ),
                        name="job_started_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_date__isnull", False),
                                ("status__in", ("finished", "failed")),
                            ),
                            models.Q(
                                models.Q(("status__in", ("finished", "failed")), _negated=True),
                                ("finished_date", None),
                            ),
                            _connector="OR",
                        ),
                        name="job_ended_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finished_date", None),
                            ("finished_date__gte", models.F("started_date")),
                            _connector="OR",
                        ),
                        name="job_finished_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
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
                ("first_name", models.CharField(blank=True, max_length=255, null=True)),
                (
                    "first_name_key",
                    promotions.models.fields.FoldedField("first_name", editable=False, null=True),
                ),
                ("last_name", models.CharField(max_length=255)),
                (
                    "last_name_key",
                    promotions.models.fields.FoldedField("last_name", editable=False, null=True),
                ),
                (
                    "email",
                    models.CharField(
                        blank=True,
                        max_length=254,
                        null=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^@\\s]+@[^@\\s]+$", "Write an address such as name@example.com."
                            )
                        ],
                        verbose_name="e-mail",
                    ),
                ),
                (
                    "email_key",
                    promotions.models.fields.FoldedField("email", editable=False, null=True),
                ),
                ("phone", models.CharField(blank=True, max_length=40, null=True)),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="The key of this record in the system it comes from. No two have the same.",
                        max_length=255,
                        null=True,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="enrollments.account",
                    ),
                ),
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
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["email_key"],
                        name="contact_email_key",
                        opclasses=["text_pattern_ops"],
                    ),
                    models.Index(
                        fields=["last_name_key", "first_name_key"],
                        name="contact_last_name_key",
                        opclasses=["text_pattern_ops", "text_pattern_ops"],
                    ),
                    models.Index(
                        fields=["first_name_key"],
                        name="contact_first_name_key",
                        opclasses=["text_pattern_ops"],
                    ),
                    models.Index(fields=["last_name_key", "id"], name="contact_by_last_name"),
                    models.Index(fields=["phone"], name="contact_phone"),
                    models.Index(fields=["created_date", "id"], name="contact_created"),
                    models.Index(fields=["last_modified_date", "id"], name="contact_modified"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="contact_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="contact_modified_after_created",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_deleted", False)),
                        fields=("external_id",),
                        name="contact_external_id_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_name", ""), _negated=True),
                        name="contact_last_name_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_name", None),
                            models.Q(("first_name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="contact_first_name_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", None), models.Q(("email", ""), _negated=True), _connector="OR"
                        ),
                        name="contact_email_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("phone", None), models.Q(("phone", ""), _negated=True), _connector="OR"
                        ),
                        name="contact_phone_not_blank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("external_id", None),
                            models.Q(("external_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="contact_external_id_not_blank",
                    ),
                ],
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
                "constraints": [
                    models.UniqueConstraint(fields=("job", "number"), name="job_partition_once"),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            ("batches_done__gte", 0),
                            ("enrolled__gte", 0),
                            ("number__gte", 0),
                            ("position__gte", 0),
                            ("refused__gte", 0),
                        ),
                        name="job_partition_counts_not_negative",
                    ),
                ],
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("job", "line"), name="job_refusal_once_per_line"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("line__gte", 1),
                            models.Q(("code", ""), _negated=True),
                            models.Q(("detail", ""), _negated=True),
                        ),
                        name="job_refusal_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionPartyUsage",
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
                (
                    "type",
                    models.CharField(
                        choices=[("Account", "Account"), ("Contact", "Contact")], max_length=20
                    ),
                ),
                ("is_party_enrolled", models.BooleanField(default=True)),
                ("enrollment_effective_date_time", models.DateTimeField()),
                ("enrollment_expiration_date_time", models.DateTimeField(null=True)),
                ("withdrawn_date", models.DateTimeField(null=True)),
                ("withdrawal_reason", models.TextField(null=True)),
                ("usage_count", models.PositiveIntegerField(default=0)),
                ("order_count", models.PositiveIntegerField(default=0)),
                ("issued_voucher_count", models.PositiveIntegerField(default=0)),
                (
                    "points_credited",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18),
                ),
                ("additional_attribute_info", models.JSONField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="party_usages",
                        to="enrollments.account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="party_usages",
                        to="enrollments.contact",
                    ),
                ),
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
                    "enrollment_offer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="party_usages",
                        to="enrollments.offer",
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
                        related_name="party_usages",
                        to="promotions.promotion",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "enrollment",
                "verbose_name_plural": "enrollments",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["created_date", "id"], name="usage_created"),
                    models.Index(fields=["promotion", "id"], name="usage_by_promotion"),
                    models.Index(fields=["last_modified_date", "id"], name="usage_modified"),
                    models.Index(
                        condition=models.Q(("is_party_enrolled", False)),
                        fields=["id"],
                        name="usage_withdrawn",
                    ),
                    models.Index(
                        condition=models.Q(("account__isnull", False)),
                        fields=["account", "id"],
                        name="usage_by_account",
                    ),
                    models.Index(
                        condition=models.Q(("enrollment_offer__isnull", False)),
                        fields=["enrollment_offer", "id"],
                        name="usage_by_offer",
                    ),
                    models.Index(
                        condition=models.Q(("type", "Account")),
                        fields=["id"],
                        name="usage_of_account",
                    ),
                    models.Index(
                        condition=models.Q(("enrollment_expiration_date_time__isnull", False)),
                        fields=["enrollment_expiration_date_time", "id"],
                        name="usage_by_expiration",
                    ),
                    models.Index(
                        condition=models.Q(("withdrawn_date__isnull", False)),
                        fields=["withdrawn_date", "id"],
                        name="usage_by_withdrawal",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_date", None), ("is_deleted", False)),
                            models.Q(("deleted_date__isnull", False), ("is_deleted", True)),
                            _connector="OR",
                        ),
                        name="promotionpartyusage_deleted_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_modified_date__gte", models.F("created_date"))),
                        name="promotionpartyusage_modified_after_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contact__isnull", False), ("type", "Contact")),
                            models.Q(
                                ("account__isnull", False), ("contact", None), ("type", "Account")
                            ),
                            _connector="OR",
                        ),
                        name="usage_type_names_party",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("enrollment_expiration_date_time", None),
                            (
                                "enrollment_expiration_date_time__gt",
                                models.F("enrollment_effective_date_time"),
                            ),
                            _connector="OR",
                        ),
                        name="usage_expires_after_effective",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("is_party_enrolled", True),
                                ("withdrawal_reason", None),
                                ("withdrawn_by", None),
                                ("withdrawn_date", None),
                            ),
                            models.Q(
                                ("is_party_enrolled", False),
                                ("withdrawal_reason__isnull", False),
                                ("withdrawn_by__isnull", False),
                                ("withdrawn_date__isnull", False),
                                models.Q(("withdrawal_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="usage_withdrawn_with_date_person_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points_credited__gte", 0)),
                        name="usage_points_not_negative",
                    ),
                    models.UniqueConstraint(
                        fields=("contact", "promotion"), name="usage_once_per_promotion_and_contact"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("contact", None)),
                        fields=("account", "promotion"),
                        name="usage_once_per_promotion_and_account",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionPartyUsageHistory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=64)),
                ("old_value", models.TextField(null=True)),
                ("new_value", models.TextField(null=True)),
                ("reason", models.TextField(null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[("admin", "admin"), ("api", "api"), ("command", "command")],
                        max_length=10,
                    ),
                ),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("created_date", models.DateTimeField()),
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
                    "usage",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="history",
                        to="enrollments.promotionpartyusage",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "promotion party usage history",
                "indexes": [models.Index(fields=["usage", "-id"], name="usage_history_by_usage")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["admin", "api", "command"])),
                        name="usage_history_source_known",
                    )
                ],
                "default_permissions": (),
            },
        ),
    ]
