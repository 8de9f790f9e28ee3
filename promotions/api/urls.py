from django.urls import include, path, re_path
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from promotions.api import parts
from promotions.api.coupon_files import CouponFileViewSet
from promotions.api.coupons import CouponBatchViewSet, CouponViewSet, RedemptionViewSet
from promotions.api.error_page import ErrorsPage
from promotions.api.part_views import register
from promotions.api.promotions import PromotionViewSet
from promotions.api.sharing import MeView, ShareViewSet, SharingRuleViewSet
from promotions.api.trail import FeedViewSet, HistoryViewSet
from promotions.api.whole import WholePromotionViewSet
from promotions.http.routing import OptionalSlashRouter

SCHEMA_RENDERERS = (
    OpenApiJsonRenderer2,  # plain JSON, unless the caller asks for another
    OpenApiJsonRenderer,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)

router = OptionalSlashRouter()
router.register("promotions", PromotionViewSet, "promotion")
register(router, *parts.VIEWS, CouponViewSet, RedemptionViewSet)
for below, view in (("shares", ShareViewSet), ("history", HistoryViewSet), ("feed", FeedViewSet)):
    router.register(rf"promotions/(?P<promotionId>[^/]+)/{below}", view, f"promotion-{below}")
router.register(
    r"promotions/(?P<promotionId>[^/]+)/coupon-batches", CouponBatchViewSet, "coupon-batch"
)
router.register("sharing-rules", SharingRuleViewSet, "sharing-rule")

OF_PROMOTIONS = [
    re_path(rf"^api/v1/promotions/{of_promotion}/?$", view, name=name)
    for of_promotion, view, name in (
        ("whole", WholePromotionViewSet.as_view({"post": "create"}), "promotion-whole"),
        ("whole/check", WholePromotionViewSet.as_view({"post": "check"}), "promotion-check"),
        ("(?P<id>[^/]+)/whole", WholePromotionViewSet.as_view({"get": "retrieve"}), "whole"),
        (
            "(?P<id>[^/]+)/description",
            WholePromotionViewSet.as_view({"get": "describe"}),
            "promotion-description",
        ),
        (
            "(?P<promotionId>[^/]+)/coupons/import",
            CouponFileViewSet.as_view({"post": "import_file"}),
            "coupons-import",
        ),
        (
            "(?P<promotionId>[^/]+)/coupons/export",
            CouponFileViewSet.as_view({"get": "export"}),
            "coupons-export",
        ),
    )
]
"""Before the router's, which would take ``whole`` or ``import`` for an id."""

urlpatterns = [
    *OF_PROMOTIONS,
    path("api/v1/", include(router.urls)),
    re_path(r"^api/v1/me/?$", MeView.as_view(), name="me"),
    re_path(
        r"^api/schema/?$",
        SpectacularAPIView.as_view(renderer_classes=SCHEMA_RENDERERS),
        name="schema",
    ),
    re_path(r"^api/docs/?$", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api/errors/?$", ErrorsPage.as_view(), name="errors"),
]
