"""Every path of the service."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from config.health import healthz, readyz
from promotions.api.fallback import CompatibleNotFoundView, NotFoundView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("", include("promotions.api.urls")),
    path("", include("enrollments.api.urls")),
    re_path(r"^healthz/?$", healthz, name="healthz"),
    re_path(r"^readyz/?$", readyz, name="readyz"),
    re_path(r"^api/", NotFoundView.as_view()),
    re_path(r"^services/", CompatibleNotFoundView.as_view()),
]
