"""Users and roles, for superusers, and the log-ins that failed."""

from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from promotions.admin.moments import moment_column
from promotions.admin.site import ModelAdmin, SuperuserOnly, YesNoFilter
from promotions.models import User

for model in (Group, AccessAttempt, AccessFailureLog, AccessLog):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


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
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        ("Who", {"fields": ("username", "password", "first_name", "last_name", "email")}),
        (
            "What they may do",
            {
                "fields": ("is_active", "is_staff", "groups", "is_superuser"),
                "description": "Give people a role. Marketers work on promotions and offers, "
                "Support enrolls and withdraws customers. Switch “active” off when they leave: "
                "users are never deleted, since their names stand at what they did.",
            },
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    signed_in = moment_column("last_login", "last signed in")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Group)
class RoleAdmin(SuperuserOnly, DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]  # the bases differ in what they declare
    """Roles: named sets of permissions that users are given."""

    search_fields = ("name",)
    ordering = ("name",)


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
