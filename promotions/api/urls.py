from django.urls import include, path, re_path
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from promotions.api.error_page import ErrorsPage
from promotions.api.promotions import PromotionViewSet
from promotions.api.routing import OptionalSlashRouter
from promotions.api.tokens import TokenView

SCHEMA_RENDERERS = (
    OpenApiJsonRenderer2,  # plain JSON, unless the caller asks for another
    OpenApiJsonRenderer,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)

router = OptionalSlashRouter()
router.register("promotions", PromotionViewSet, "promotion")

urlpatterns = [
    path("api/v1/", include(router.urls)),
    re_path(r"^services/oauth2/token/?$", TokenView.as_view(), name="token"),
    re_path(
        r"^api/schema/?$",
        SpectacularAPIView.as_view(renderer_classes=SCHEMA_RENDERERS),
        name="schema",
    ),
    re_path(r"^api/docs/?$", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api/errors/?$", ErrorsPage.as_view(), name="errors"),
]
