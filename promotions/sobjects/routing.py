"""What the paths of this surface are made of: each with and without a slash at its end, and never a
redirect, which existing clients follow without their body (the client contract, 0.1)."""

from django.urls import URLPattern, re_path
from rest_framework.views import APIView

from promotions.http.routing import DATA

NAME = r"(?P<name>[A-Za-z][A-Za-z0-9_]*)"


def data_path(below: str, view: type[APIView]) -> URLPattern:
    """A path below that of a version; ``below`` is a part of a regular expression."""
    return re_path(rf"{DATA}/{below}/?$", view.as_view())
