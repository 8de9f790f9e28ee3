"""Routes of both forms: with and without a slash at the end, and no redirect between them."""

from rest_framework.routers import SimpleRouter


class OptionalSlashRouter(SimpleRouter):
    """A redirect would turn a client's POST into a GET without a body."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"
