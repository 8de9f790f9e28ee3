"""Removing the enrollments of a promotion for ever: the purge's part of this application."""

from functools import partial

from django.db import transaction

from enrollments.models import (
    EnrollmentJob,
    EnrollmentJobPartition,
    EnrollmentJobRefusal,
    Offer,
    PromotionPartyUsage,
    PromotionPartyUsageHistory,
    RefusedCall,
)
from enrollments.services.job_files import remove_file
from enrollments.services.places import forget_places
from promotions.models import Promotion


def purge_enrollments(promotion: Promotion) -> int:
    """Removes the enrollments in ``promotion``, their history and the offers that lead to it; how
    many enrollments. Only inside a purge, which alone may remove history."""
    usages = PromotionPartyUsage.objects.filter(promotion=promotion)
    # Row by row on the database's side: Django would load ten thousands to look for what refers.
    PromotionPartyUsageHistory.objects.filter(usage__promotion=promotion)._raw_delete("default")
    forget_places(promotion)
    removed = usages._raw_delete("default")
    RefusedCall.objects.filter(promotion=promotion)._raw_delete("default")
    Offer.objects.filter(promotion=promotion).delete()
    _purge_jobs(promotion)
    return int(removed or 0)


def _purge_jobs(promotion: Promotion) -> None:
    jobs = EnrollmentJob.objects.filter(promotion=promotion)
    for job in jobs.only("pk", "path"):
        transaction.on_commit(partial(remove_file, job))
    EnrollmentJobRefusal.objects.filter(job__promotion=promotion)._raw_delete("default")
    EnrollmentJobPartition.objects.filter(job__promotion=promotion)._raw_delete("default")
    jobs._raw_delete("default")
