from django.urls import include, path, re_path

from enrollments.api.customers import AccountViewSet, ContactViewSet
from enrollments.api.enrollments import EnrollmentViewSet
from enrollments.api.exports import EnrollmentExportView
from enrollments.api.jobs import EnrollmentJobViewSet
from enrollments.api.offers import OfferViewSet
from enrollments.api.promotion_enrollments import PromotionEnrollmentsView
from promotions.http.routing import DATA, OptionalSlashRouter

router = OptionalSlashRouter()
router.register("accounts", AccountViewSet, "account")
router.register("contacts", ContactViewSet, "contact")
router.register("offers", OfferViewSet, "offer")
router.register("enrollments", EnrollmentViewSet, "enrollment")
router.register("enrollment-jobs", EnrollmentJobViewSet, "enrollment-job")

urlpatterns = [
    re_path(
        r"^api/v1/promotions/(?P<id>[^/]+)/enrollments/export/?$",
        EnrollmentExportView.as_view(),
        name="enrollment-export",
    ),
    path("api/v1/", include(router.urls)),
    re_path(
        DATA + r"/global-promotions-management/promotion-enrollments/?$",
        PromotionEnrollmentsView.as_view(),
        name="promotion-enrollments",
    ),
]
