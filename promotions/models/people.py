"""Who acts: staff, and the user that stands for each partner system."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser

from promotions import ids


def name_of(first_name: str, last_name: str, username: str) -> str:
    """How the user with these names is named to others: full name, else user name."""
    return f"{first_name} {last_name}".strip() or username


class User(AbstractUser):  # type: ignore[django-manager-missing]  # of the untyped Partner
    """A person on the staff, a partner system's own user, or ``system`` for maintenance commands.

    Whatever is done is done by one of these, so that "created by" always names somebody.
    """

    key_prefix: ClassVar = ids.USER

    @property
    def record_id(self) -> str:
        return ids.encode(self.key_prefix, self.pk)

    @property
    def display_name(self) -> str:
        """How this user is named to others."""
        return name_of(self.first_name, self.last_name, self.username)

    def __str__(self) -> str:
        return self.display_name
