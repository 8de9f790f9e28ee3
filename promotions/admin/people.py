"""Users and roles, for superusers, and the log-ins that failed."""

from typing import Any, Final

import axes.admin  # noqa: F401  # it has to be there to be taken away
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from promotions.admin.moments import moment_column
from promotions.admin.site import ModelAdmin, SuperuserOnly, YesNoFilter
from promotions.known_tokens import known_tokens
from promotions.models import User

for model in (Group, AccessAttempt, AccessFailureLog, AccessLog):
    admin.site.unregister(model)

_PERMISSIONS: Final = {
    "view_promotionpartyusage": "View enrollments and customer pages",
    "add_promotionpartyusage": "Enroll customers",
    "change_promotionpartyusage": "Withdraw enrollments and change their periods",
    "view_all_promotions": "See every promotion, shared or not",
    "manage_all_promotions": "Manage every promotion: change, delete and share it",
}


@admin.register(User)
class UserAdmin(SuperuserOnly, DjangoUserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]  # not generic at run time
    """The staff, and the users that partner systems act as. Nobody is deleted: their names stand
    at what they did. Whoever leaves is switched off ("active")."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = (
        "username",
        "display_name",
        "email",
        "is_active",
        "is_staff",
        "is_superuser",
        "signed_in",
    )
    list_filter = (
        ("is_active", YesNoFilter),
        ("is_staff", YesNoFilter),
        ("is_superuser", YesNoFilter),
    )
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("signed_in", "joined")
    fieldsets = (
        ("Who", {"fields": ("username", "password", "first_name", "last_name", "email")}),
        (
            "What they may do",
            {
                "fields": ("is_active", "is_staff", "groups", "is_superuser"),
                "description": "Give people a role. Marketers work on their own promotions and on "
                "those shared with them, Marketing leads on all; Support enrolls and withdraws "
                "customers; Auditors see everything and change nothing. Switch “active” off when "
                "they leave: users are never deleted, since their names stand at what they did.",
            },
        ),
        ("Dates", {"fields": ("signed_in", "joined")}),
    )

    signed_in = moment_column("last_login", "last signed in")
    joined = moment_column("date_joined", "joined")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        known_tokens.forget()  # of a partner system whose user was switched off

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def formfield_for_manytomany(
        self,
        db_field: "models.ManyToManyField[Any, Any]",
        request: HttpRequest | None = None,
        **kwargs: Any,
    ) -> Any:
        return forms.ModelMultipleChoiceField(
            Group.objects.order_by("name"),
            label="Roles",
            required=False,
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
        )


def _in_a_role() -> models.Q:
    """The permissions that something asks for; no others are offered."""
    records = ("promotion", "offer", "account", "contact")
    acts = ("view", "add", "change")  # enrollments are never deleted
    return models.Q(
        content_type__app_label__in=("promotions", "enrollments"), content_type__model__in=records
    ) | models.Q(codename__in=[f"{act}_promotionpartyusage" for act in acts])


class PermissionsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Permissions, in the words of what they let people do."""

    def label_from_instance(self, obj: Permission) -> str:
        return _PERMISSIONS.get(obj.codename) or obj.name.replace("Can ", "").capitalize()


@admin.register(Group)
class RoleAdmin(SuperuserOnly, DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]  # the bases differ in what they declare
    """Roles: named sets of permissions that users are given."""

    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ()

    def formfield_for_manytomany(
        self,
        db_field: "models.ManyToManyField[Any, Any]",
        request: HttpRequest | None = None,
        **kwargs: Any,
    ) -> Any:
        return PermissionsField(
            Permission.objects.filter(_in_a_role()).select_related("content_type"),
            label="What it may do",
            required=False,
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
        )


@admin.register(AccessAttempt)
class FailedLogInAdmin(SuperuserOnly, ModelAdmin):
    """Log-ins that failed. Deleting an entry lets the person try again before the hour is over."""

    list_display = ("username", "ip_address", "failures_since_start", "tried")
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time",)
    fields = ("username", "ip_address", "user_agent", "failures_since_start", "tried")
    readonly_fields = fields

    tried = moment_column("attempt_time", "last tried")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
