"""The organisation that this service serves."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from promotions import ids
from promotions.models.facts import FieldFacts, constant, identifier, read_only


class Organization(models.Model):
    """The one row that says whose service this is: existing clients read it before anything else.

    Made by a migration; an operator names it in the admin.
    """

    key_prefix: ClassVar = ids.ORGANIZATION
    field_facts: ClassVar[FieldFacts] = {
        **identifier(),
        **{
            name: read_only()
            for name in ("name", "instance_name", "is_sandbox", "organization_type", "created_date")
        },
        "trial_expiration_date": constant(None, models.DateTimeField(), type="dateTime"),
        "namespace_prefix": constant(None, models.CharField()),
        "language_locale_key": constant("en_US", models.CharField()),
        "time_zone_sid_key": constant("UTC", models.CharField()),
        **{
            name: read_only(computed=True, type="dateTime", path="created_date")
            for name in ("last_modified_date", "system_modstamp")
        },
    }

    name = models.CharField(max_length=80, default="Promotions")
    instance_name = models.CharField(max_length=5, default="SELF")
    is_sandbox = models.BooleanField(default=False)
    organization_type = models.CharField(max_length=40, default="Self-hosted")
    created_date = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="organization_is_one", condition=Q(id=1)),
            models.CheckConstraint(name="organization_name_not_blank", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
