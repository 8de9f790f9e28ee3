from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from promotions.api.error_page import ErrorsPage
from promotions.api.promotions import PromotionViewSet
from promotions.api.routing import OptionalSlashRouter
from promotions.api.tokens import TokenView

router = OptionalSlashRouter()
router.register("promotions", PromotionViewSet, "promotion")

urlpatterns = [
    path("api/v1/", include(router.urls)),
    re_path(r"^services/oauth2/token/?$", TokenView.as_view(), name="token"),
    re_path(r"^api/schema/?$", SpectacularAPIView.as_view(), name="schema"),
    re_path(r"^api/docs/?$", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api/errors/?$", ErrorsPage.as_view(), name="errors"),
]
