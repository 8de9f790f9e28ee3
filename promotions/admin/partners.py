"""Partner systems: to be seen and to be revoked, by superusers."""

from typing import Any

import oauth2_provider.admin  # noqa: F401  # it has to be there to be taken away
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
)

from promotions.admin.moments import moment_column
from promotions.admin.site import ModelAdmin, SuperuserOnly
from promotions.known_tokens import known_tokens
from promotions.models import Partner
from promotions.public_keys import fingerprint

# Tokens are nobody's business, and partners are made with the command, which shows the secret once.
for model in (
    Partner,
    get_access_token_model(),
    get_grant_model(),
    get_id_token_model(),
    get_refresh_token_model(),
):
    admin.site.unregister(model)


@admin.register(Partner)
class PartnerAdmin(SuperuserOnly, ModelAdmin):
    """Partner systems are made by ``manage.py create_partner``; deleting one revokes it, its
    tokens go with it. The secret is stored as a hash and shown nowhere."""

    list_display = ("name", "shown_client_id", "shown_scopes", "made")
    search_fields = ("name", "client_id")
    ordering = ("name",)
    fields = ("name", "shown_client_id", "shown_scopes", "acts_as", "shown_key", "made")
    readonly_fields = fields
    list_before_template = "promotions/admin/partners_help.html"
    change_form_outer_before_template = "promotions/admin/partners_help.html"
    delete_confirmation_template = "admin/delete_record.html"
    delete_selected_confirmation_template = "admin/delete_records.html"

    made = moment_column("created", "created")

    @admin.display(description="client id")
    def shown_client_id(self, partner: Partner) -> str:
        return format_html('<span style="word-break: break-all">{}</span>', partner.client_id)

    @admin.display(description="scopes")
    def shown_scopes(self, partner: Partner) -> str:
        return ", ".join(partner.scopes)

    @admin.display(description="user name")
    def acts_as(self, partner: Partner) -> str:
        return partner.acting_user.username

    @admin.display(description="signs by the key (SHA-256)", empty_value="none")
    def shown_key(self, partner: Partner) -> str | None:
        return fingerprint(partner.public_key) if partner.public_key else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Partner) -> None:
        super().delete_model(request, obj)
        known_tokens.forget()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Partner]) -> None:
        super().delete_queryset(request, queryset)
        known_tokens.forget()

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[Any, int], set[str], list[str]]:
        """The partners themselves: collecting a busy one's tokens to list them takes too long."""
        named = [str(partner) for partner in objs]
        return named, {self.opts.verbose_name_plural: len(named)}, set(), []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        means = (
            "It is cut off at once: its secret and all its tokens stop working, "
            "wherever the service runs within five seconds."
        )
        response: HttpResponse = super().delete_view(
            request, object_id, {"deleting_means": means, **(extra_context or {})}
        )
        return response
