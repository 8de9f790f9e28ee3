"""The admin's own pages around a promotion: what they have in common."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from promotions.access import Access
from promotions.admin.access import access_to, find_promotion, may_on_promotions
from promotions.models import Promotion


def promotion_or_404(
    request: HttpRequest,
    key: str,
    act: str = "view",
    access: Access = Access.READ,
    *,
    deleted: bool | None = False,
) -> Promotion:
    """The promotion behind a path, live or (``deleted``) in the recycle bin, or (None) either.

    403 for a role that may not ``act`` on promotions at all; not found where it is not there or not
    to be seen, which look alike; 403 where the user sees it and may not do so much with it.
    """
    if not may_on_promotions(request, act):
        raise PermissionDenied
    promotion = find_promotion(request, key, deleted=deleted is not False)
    if promotion is None or (deleted and not promotion.is_deleted):
        raise Http404
    if access_to(request, promotion) < access:
        raise PermissionDenied
    return promotion


def promotion_url(promotion: Promotion, page: str = "change") -> str:
    return reverse(f"admin:promotions_promotion_{page}", args=[promotion.pk])


def to_promotion(request: HttpRequest, promotion: Promotion) -> HttpResponseRedirect:
    """To the promotion's page; to the list where it is no longer to be seen."""
    if find_promotion(request, str(promotion.pk)) is None:
        return HttpResponseRedirect(reverse("admin:promotions_promotion_changelist"))
    return HttpResponseRedirect(promotion_url(promotion))


def link(promotion: Promotion) -> str:
    return format_html('<a class="underline" href="{}">{}</a>', promotion_url(promotion), promotion)


def page(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    form: forms.BaseForm | None = None,
    **context: Any,
) -> TemplateResponse:
    """A page of the admin, within its frame."""
    media = {} if form is None else {"form": form, "media": form.media}
    shared = admin.site.each_context(request)
    return TemplateResponse(request, template, {**shared, "title": title, **media, **context})
