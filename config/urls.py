"""Every path of the service."""

from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from promotions.http.fallback import CompatibleNotFoundView, NotFoundView


class FaviconView(RedirectView):
    """What browsers ask for where a page names no icon."""

    def get_redirect_url(self, *args: object, **kwargs: object) -> str:
        return static("promotions/favicon.svg")


handler400 = "promotions.http.fallback.unreadable_request"
handler500 = "promotions.http.fallback.server_error"

urlpatterns = [
    # What is asked for most stands first: the patterns are tried in turn.
    path("", include("enrollments.api.urls")),
    path("", include("promotions.api.urls")),
    path("", include("promotions.sobjects.service_urls")),
    path("", include("promotions.oauth.urls")),
    path("", include("promotions.sobjects.urls")),
    path("", include("promotions.sobjects.batched_urls")),
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", include("config.admin_urls")),
    path("favicon.ico", FaviconView.as_view()),
    re_path(r"^api/", NotFoundView.as_view()),
    re_path(r"^(?:services|id)/", CompatibleNotFoundView.as_view()),
]
