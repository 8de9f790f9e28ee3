"""Routes of both forms: with and without a slash at the end, and no redirect between them."""

from typing import Final

from rest_framework.routers import SimpleRouter

NUMBER: Final = r"(?:[2-5][0-9]|6[0-8])\.0"
VERSION: Final = rf"(?P<version>v{NUMBER})"
"""The versions that existing clients may name in a path, all for one behaviour: those that are
listed (v20.0 to v67.0; the client contract, section 0), and the one that the enrollment contract
names beside them."""
DATA: Final = rf"^services/data/{VERSION}"
"""What the paths of the compatible surface begin with."""


class OptionalSlashRouter(SimpleRouter):
    """A redirect would turn a client's POST into a GET without a body."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"
