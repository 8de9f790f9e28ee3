"""``/api/v1/offers``."""

from typing import ClassVar

from django.db.models import F

from enrollments.models import Offer
from enrollments.services.offers import offers
from promotions import ids
from promotions.api.filters import FlagFilter, FoldedFilter, IdFilter, RecordFilters
from promotions.api.serializers import RecordSerializer
from promotions.api.views import RecordViewSet


class OfferSerializer(RecordSerializer[Offer]):
    class Meta:
        model = Offer


class OfferFilters(RecordFilters):
    code = FoldedFilter(field_name="code_key")
    name = FoldedFilter(field_name="name_key")
    promotionId = IdFilter((ids.PROMOTION,), field_name="promotion")
    isActive = FlagFilter(field_name="is_active")


class OfferViewSet(RecordViewSet[Offer]):
    """Offers: what brings customers to enroll."""

    model = Offer
    serializer_class = OfferSerializer
    filterset_class = OfferFilters
    read_scope = "promotions:read"
    write_scope = "promotions:write"
    orderings: ClassVar = {
        "createdDate": F("created_date"),
        "lastModifiedDate": F("last_modified_date"),
        "code": F("code_key"),
        "name": F("name_key"),
    }
    create_record, update_record, delete_record = offers.create, offers.update, offers.delete
