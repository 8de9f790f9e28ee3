"""What lists of enrollments can be asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from enrollments.models import PromotionPartyUsage
from enrollments.selectors import of_standing
from enrollments.standing import Moment, Standing, promotions_of
from promotions import ids
from promotions.api.filters import (
    EitherFilter,
    FlagFilter,
    FoldedFilter,
    IdFilter,
    MomentFilter,
    PreparedFilter,
    RecordFilters,
    after,
    before,
)
from promotions.api.pagination import NEWEST_FIRST
from promotions.models import Promotion
from promotions.numbers import parse_record_number

_STANDINGS = [(s.value, s.value) for s in Standing]
_TYPES = PromotionPartyUsage.Type.choices


class _NumberField(forms.CharField):
    def clean(self, value: Any) -> int:
        key = parse_record_number(PromotionPartyUsage.number_letters, super().clean(value))
        if key is None:
            raise ValidationError("Write an enrollment number such as PPU-000000042.")
        return key


@extend_schema_field(OpenApiTypes.STR)
class _NumberFilter(PreparedFilter):
    """The enrollment with a number."""

    field_class = _NumberField


class _CodeFilter(FoldedFilter):
    """Enrollments in the promotions with a code: one that is live, and deleted ones. These are
    looked up first: joined, they would be for every enrollment there is."""

    def split(self, value: str) -> tuple[int, Sequence[int]]:
        coded = Promotion.objects.filter(promotion_code_key=value)
        keys = list(coded.order_by("pk").values_list("pk", flat=True))
        return len(keys), keys

    def join(self, kind: int, parts: Sequence[Any]) -> Sequence[Any]:
        return parts

    def filter(
        self, queryset: QuerySet[PromotionPartyUsage], value: str | Sequence[Any]
    ) -> QuerySet[PromotionPartyUsage]:
        promotions = self.split(value)[1] if isinstance(value, str) else value
        if not promotions:
            return queryset.none()
        coded = Q()
        for promotion in promotions:
            coded |= Q(promotion=promotion)
        return queryset.filter(coded)


class _WithdrawalFilter(MomentFilter):
    def filter(
        self, queryset: QuerySet[PromotionPartyUsage], value: Any
    ) -> QuerySet[PromotionPartyUsage]:
        # Who has a date is withdrawn: that is what an index answers in the order of the list.
        found: QuerySet[PromotionPartyUsage] = super().filter(queryset, value)
        return found.filter(is_party_enrolled=False)


class EnrollmentFilters(RecordFilters):
    name = _NumberFilter(field_name="pk")
    promotionId = IdFilter((ids.PROMOTION,), field_name="promotion")
    promotionCode = _CodeFilter()
    type = django_filters.ChoiceFilter(choices=_TYPES)
    accountId = IdFilter((ids.ACCOUNT,), field_name="account")
    contactId = IdFilter((ids.CONTACT,), field_name="contact")
    partyId = EitherFilter(
        {
            ids.CONTACT: lambda key: Q(contact=key),
            ids.ACCOUNT: lambda key: Q(account=key, contact=None),
        }
    )
    email = FoldedFilter(field_name="contact__email_key")
    enrollmentOfferId = IdFilter((ids.OFFER,), field_name="enrollment_offer")
    status = django_filters.ChoiceFilter(choices=_STANDINGS, method="filter_status")
    isPartyEnrolled = FlagFilter(field_name="is_party_enrolled")
    enrollmentEffectiveDateTime_after = after("enrollment_effective_date_time")
    enrollmentEffectiveDateTime_before = before("enrollment_effective_date_time")
    enrollmentExpirationDateTime_after = after("enrollment_expiration_date_time")
    enrollmentExpirationDateTime_before = before("enrollment_expiration_date_time")
    withdrawnDate_after = _WithdrawalFilter(field_name="withdrawn_date", lookup_expr="gte")
    withdrawnDate_before = _WithdrawalFilter(field_name="withdrawn_date", lookup_expr="lt")

    def filter_status(
        self, queryset: QuerySet[PromotionPartyUsage], name: str, value: str
    ) -> QuerySet[PromotionPartyUsage]:
        return of_standing(queryset, Standing(value), self.at)


_OF_FEW = {"accountId", "contactId", "email", "enrollmentOfferId", "name", "partyId"}
"""What leaves over so few enrollments that they are looked up before anything else."""


def default_order(values: Mapping[str, Any]) -> str:
    """Newest first: by the moment where moments of enrolling are asked for, which is then what an
    index is read by; by the key it may lead through millions that were enrolled at others."""
    of_moments = {"createdDate_after", "createdDate_before"} & values.keys()
    of_some = (_OF_FEW | {"promotionCode", "promotionId"}) & values.keys()
    return "-createdDate" if of_moments and not of_some else NEWEST_FIRST


def promotions_first(values: Mapping[str, Any], at: Moment) -> Q | None:
    """The promotions that can have enrollments which ``values`` ask for, as a condition; None where
    the enrollments are better looked up before their promotions."""
    if values.keys() & _OF_FEW:
        return None
    return promotions_of(Standing(values["status"]), at) if "status" in values else Q()


def has_ranges(values: Mapping[str, Any]) -> bool:
    """Whether ``values`` ask for what lies between two moments."""
    filters = EnrollmentFilters.base_filters
    return any(isinstance(filters[name], MomentFilter) for name in values)
