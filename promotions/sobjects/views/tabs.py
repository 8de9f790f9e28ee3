"""``tabs`` and ``theme``: what clients draw menus from."""

from rest_framework.request import Request
from rest_framework.response import Response

from promotions.sobjects.tabs import tabs, theme
from promotions.sobjects.views.base import DataView


class TabsView(DataView):
    """``tabs``: a list, and not an object around one."""

    def get(self, request: Request, **path: str) -> Response:
        return Response(tabs(self.actor, request.build_absolute_uri("/").rstrip("/")))


class ThemeView(DataView):
    """``theme``."""

    def get(self, request: Request, **path: str) -> Response:
        return Response(theme(self.actor))
