"""The promotions' list and form."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from promotions.actors import Actor
from promotions.admin.moments import (
    DayRangeFilter,
    moment_column,
    organisation_zone,
    show_day,
    show_moment,
)
from promotions.admin.records import RecordAdmin, RecordForm
from promotions.admin.site import WordFilter, YesNoFilter, badge, staff_user
from promotions.errors import DomainError
from promotions.models import Promotion, User
from promotions.rules import (
    EnrollmentWindow,
    PromotionStatus,
    enrollment_window,
    is_over,
    promotion_problems,
    promotion_status,
)
from promotions.services.promotions import create_promotion, update_promotion
from promotions.services.recycle_bin import delete_promotion
from promotions.services.views import last_viewed, note_view
from promotions.status import status_case

TIERED_IS_FINAL = (
    "Tiers are chosen when a promotion is created: what customers were promised could not be "
    "kept otherwise. To change it, make a new promotion."
)


def enrollment_in_words(promotion: Promotion, at: datetime, zone: ZoneInfo) -> str:
    """Whether customers can enroll at the moment ``at``, and until or from when."""
    if not promotion.is_enrollment_required:
        return "no enrollment"
    if is_over(promotion.end_date_time, at):
        return "closed, promotion ended"
    window = enrollment_window(promotion, at, zone)
    opens, closes = promotion.enrollment_start_date, promotion.enrollment_end_date
    if window is EnrollmentWindow.CLOSED and closes is not None:
        return f"closed since {show_day(closes)}"
    if window is EnrollmentWindow.NOT_OPEN and opens is not None:
        return f"opens {show_day(opens)}"
    if not promotion.is_active:
        return "not open, promotion is a draft"
    return "open" if closes is None else f"open until {show_day(closes)}"


class PromotionForm(RecordForm):
    """The promotion's form: the rules between its fields are the services' own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_owners()
        if "currency_iso_code" in self.fields:
            choices = [("", "–"), *((code, code) for code in settings.CURRENCIES)]
            self.fields["currency_iso_code"] = forms.TypedChoiceField(
                choices=choices,
                required=False,
                empty_value=None,
                label="Currency",
                widget=UnfoldAdminSelectWidget,
                help_text="The currency of its amounts. Empty: every currency.",
            )

    def _offer_owners(self) -> None:
        if "owner_user" not in self.fields:
            return
        user, group = self.fields["owner_user"], self.fields["owner_group"]
        assert isinstance(user, forms.ModelChoiceField)
        user.label, user.empty_label = "Owner", "Nobody"
        user.queryset = User.objects.filter(
            models.Q(is_staff=True, is_active=True) | models.Q(pk=self.instance.owner_user_id)
        ).order_by("first_name", "last_name", "username")
        if self.instance.pk is None:
            user.empty_label = "You"
        assert isinstance(group, forms.ModelChoiceField)
        group.label, group.empty_label = "Or a group", "None"
        user.help_text = "Who answers for this promotion: a person, or a group of them."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        user, group = cleaned.get("owner_user"), cleaned.get("owner_group")
        if user is not None and group is not None:
            self.add_error("owner_group", "Name a person or a group as the owner, not both.")
        if self.instance.pk is not None and user is None and group is None:
            self.add_error("owner_user", "Name an owner: a person or a group.")
        return cleaned


class StatusFilter(WordFilter):
    title = "status"
    parameter_name = "status"
    words = tuple(status.value for status in PromotionStatus)


@admin.register(Promotion)
class PromotionAdmin(RecordAdmin):
    form = PromotionForm
    deleting_means = (
        "Its enrollments stay and are paused, customers can no longer enroll, and its code can be "
        "used again."
    )
    ordering = ("-id",)
    list_select_related = ("owner_user", "owner_group")
    list_display = (
        "name",
        "shown_status",
        "promotion_code",
        "starts",
        "ends",
        "enrollment",
        "owner",
    )
    list_filter = (
        StatusFilter,
        ("is_active", YesNoFilter),
        ("start_date_time", DayRangeFilter),
        ("end_date_time", DayRangeFilter),
    )
    search_fields = ("name_key", "promotion_code_key")
    folded_fields = ("name_key", "promotion_code_key")
    search_help_text = "Name or code"
    autocomplete_fields = ("related_promotion",)
    change_form_outer_before_template = "promotions/admin/promotion_at_a_glance.html"
    moments = {"start_date_time": "starts", "end_date_time": "ends"}
    readonly_fields = ("created_by_whom", "changed_by_whom", "shown_id")

    starts = moment_column("start_date_time", "starts")
    ends = moment_column("end_date_time", "ends")

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        status = status_case(timezone.now(), organisation_zone())
        promotions: models.QuerySet[Any] = super().get_queryset(request).annotate(status=status)
        return promotions

    # --- The list ---

    @admin.display(description="status")
    def shown_status(self, promotion: Any) -> str:
        return badge(promotion.status)

    @admin.display(description="enrollment")
    def enrollment(self, promotion: Promotion) -> str:
        return enrollment_in_words(promotion, timezone.now(), organisation_zone())

    @admin.display(description="owner")
    def owner(self, promotion: Promotion) -> str:
        return str(promotion.owner_group or promotion.owner_user)

    # --- The form ---

    def sections(self, new: bool) -> list[tuple[str, dict[str, Any]]]:
        return promotion_sections(new=new)

    def get_readonly_fields(self, request: HttpRequest, obj: Promotion | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None else (*fields, "tiered")

    @admin.display(description="tiered")
    def tiered(self, promotion: Promotion) -> str:
        return f"{'Yes' if promotion.is_tiered else 'No'}. {TIERED_IS_FINAL}"

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.related_model is Group:
            kwargs["queryset"] = Group.objects.order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("owner_user", "owner_group") and hasattr(field.widget, "widget"):
            field.widget = field.widget.widget  # no making of users on the way
        return field

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Promotion | None = None,
    ) -> Any:
        if obj is not None:
            context["glance"] = self._at_a_glance(request, obj)
            if request.method == "GET":
                note_view(obj, user=staff_user(request.user), at=timezone.now())
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _at_a_glance(self, request: HttpRequest, promotion: Promotion) -> dict[str, Any]:
        at, zone = timezone.now(), organisation_zone()
        seen = last_viewed(promotion, user=staff_user(request.user))
        # By name only: promotions know nothing of enrollments.
        enrollments = reverse("admin:enrollments_promotionpartyusage_changelist")
        enroll = reverse("admin:enrollments_promotionpartyusage_enroll")
        return {
            "status": badge(promotion_status(promotion, at, zone)),
            "enrollment": enrollment_in_words(promotion, at, zone),
            "last_viewed": show_moment(seen, otherwise="never before"),
            "enrollments_url": f"{enrollments}?promotion__id__exact={promotion.pk}",
            "enroll_url": f"{enroll}?promotion={promotion.pk}",
        }

    # --- Writing ---

    def problems(self, record: Promotion) -> Iterable[DomainError]:
        return promotion_problems(record)

    def create_record(self, record: Promotion, *, by: Actor) -> None:
        create_promotion(record, by=by, at=timezone.now())

    def update_record(
        self, key: int, changes: Mapping[str, Any], *, by: Actor, expected: Iterable[int]
    ) -> None:
        update_promotion(key, changes, by=by, at=timezone.now(), expected=expected)

    def delete_record(self, key: int, *, by: Actor) -> None:
        delete_promotion(key, by=by, at=timezone.now())


def promotion_sections(*, new: bool) -> list[tuple[str, dict[str, Any]]]:
    """The form's sections, in the order in which a marketer thinks; record facts come last."""
    discounts = [
        "is_automatic",
        "is_commerce_promotion",
        "is_tiered" if new else "tiered",
        "qualifier_criteria",
        "target_criteria",
        "discount_order",
        "discount_restriction",
        "exclusivity_type",
        "are_qual_items_excl_from_discounts",
        "is_approaching_discount_applicable",
    ]
    if settings.CURRENCIES:
        discounts.append("currency_iso_code")
    sections = {
        "What": ["name", "display_name", "promotion_code", "description", "image_url"],
        "When it applies": ["is_active", "start_date_time", "end_date_time"],
        "Who may enroll": [
            "is_enrollment_required",
            "enrollment_start_date",
            "enrollment_end_date",
            "maximum_enrollment_count",
        ],
        "How it discounts": discounts,
        "Limits and priority": ["priority_number", "maximum_usage_count"],
        "Terms and notes": ["terms_and_conditions", "objective", "related_promotion"],
        "Owner": ["owner_user", "owner_group"],
    }
    if not new:
        sections["Record"] = ["shown_id", "created_by_whom", "changed_by_whom"]
    return [(title, {"fields": fields}) for title, fields in sections.items()]
