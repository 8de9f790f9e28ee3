"""Who acts: staff, and the user that stands for each partner system."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from promotions import ids
from promotions.models.facts import Facts, constant, identifier, read_only


def name_of(first_name: str, last_name: str, username: str) -> str:
    """How the user with these names is named to others: full name, else user name."""
    return f"{first_name} {last_name}".strip() or username


class User(AbstractUser):  # type: ignore[django-manager-missing]  # of the untyped Partner
    """A person on the staff, a partner system's own user, or ``system`` for maintenance commands.

    Whatever is done is done by one of these, so that "created by" always names somebody.
    """

    key_prefix: ClassVar = ids.USER
    field_facts: ClassVar = {
        **identifier(),
        "name": read_only(
            computed=True,
            length=301,
            expression=lambda path: Coalesce(
                NullIf(
                    Trim(Concat(f"{path}first_name", Value(" "), f"{path}last_name")), Value("")
                ),
                f"{path}username",
            ),
        ),
        **{name: read_only() for name in ("username", "first_name", "last_name", "is_active")},
        "user_type": constant("Standard", models.CharField(), type="string"),
        "date_joined": read_only(name="CreatedDate", label="created date"),
        **{
            name: read_only(computed=True, type="dateTime", path="date_joined")
            for name in ("last_modified_date", "system_modstamp")
        },
        # Staff's log-ins and addresses are nobody's business who only sees whose a record is.
        **{
            name: Facts(hidden=True)
            for name in ("password", "last_login", "is_superuser", "is_staff", "email")
        },
    }

    @property
    def record_id(self) -> str:
        return ids.encode(self.key_prefix, self.pk)

    @property
    def display_name(self) -> str:
        """How this user is named to others."""
        return name_of(self.first_name, self.last_name, self.username)

    def __str__(self) -> str:
        return self.display_name
