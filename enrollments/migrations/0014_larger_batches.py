from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0013_count_by_promotion")]

    operations = [
        migrations.RemoveConstraint(model_name="enrollmentjob", name="job_batch_size_in_range"),
        migrations.AddConstraint(
            model_name="enrollmentjob",
            constraint=models.CheckConstraint(
                condition=Q(batch_size__gte=1, batch_size__lte=10_000),
                name="job_batch_size_in_range",
            ),
        ),
    ]
