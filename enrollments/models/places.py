"""How many places of a limited promotion are taken."""

from django.db import models

from promotions.models import Promotion


class EnrollmentPlaces(models.Model):
    """The count beside a promotion with a ``MaximumEnrollmentCount``, so that enrolling in it need
    not count its enrollments.

    There is none before the first customer enrolls under a limit, nor after the limit has changed:
    then it is counted anew. Written by ``enrollments.services`` alone, by who holds the promotion.
    """

    promotion = models.OneToOneField(
        Promotion, models.PROTECT, primary_key=True, related_name="enrollment_places"
    )
    taken = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.taken} places taken"
