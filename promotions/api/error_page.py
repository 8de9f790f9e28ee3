"""``/api/errors``: the page that the ``type`` of every problem document leads to."""

from typing import Any

from django.views.generic import TemplateView

from promotions.errors import CATALOGUE
from promotions.http.error_codes import ERROR_CODES


class ErrorsPage(TemplateView):
    """Every error of the catalogue, with its status and its code on the compatible surface."""

    template_name = "api/errors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = [(kind, ERROR_CODES[kind.code]) for kind in CATALOGUE.values()]
        return super().get_context_data(kinds=kinds, **kwargs)
