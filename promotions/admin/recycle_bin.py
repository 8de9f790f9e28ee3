"""The recycle bin: the deleted promotions that the user may see, and until when."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from promotions.access import Access
from promotions.admin.access import may, may_on_promotions
from promotions.admin.moments import show_short
from promotions.admin.pages import page, promotion_url
from promotions.admin.site import actor_of, words_of
from promotions.models import Promotion
from promotions.selectors import deleted_promotions

PER_PAGE: Final = 50


def recycle_bin_page(request: HttpRequest) -> HttpResponse:
    """Deleted promotions, those first that were deleted last."""
    if not may_on_promotions(request, "view"):
        raise PermissionDenied
    promotions = deleted_promotions(actor_of(request)).select_related("last_modified_by")
    text = request.GET.get("q", "").strip()
    for word in words_of(text):
        promotions = promotions.filter(name_key__contains=word)
    ordered = promotions.order_by("-deleted_date", "-pk")
    shown = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "promotions/admin/recycle_bin.html",
        title="Recycle bin",
        rows=[_row(request, promotion) for promotion in shown.object_list],
        page=shown,
        text=text,
        days=settings.RECYCLE_BIN_DAYS,
        zone=settings.TIME_ZONE,
    )


def _row(request: HttpRequest, promotion: Promotion) -> dict[str, Any]:
    return {
        "name": promotion.name,
        "code": promotion.promotion_code or "–",
        "deleted": f"{show_short(promotion.deleted_date)}, {promotion.last_modified_by}",
        "purged": show_short(_purged(promotion.deleted_date)),
        "history_url": promotion_url(promotion, "history"),
        "restore_url": promotion_url(promotion, "restore")
        if may(request, "delete", promotion, Access.ALL)
        else "",
    }


def _purged(deleted: datetime | None) -> datetime | None:
    """From when on a maintenance run removes it for ever."""
    return deleted and deleted + timedelta(days=settings.RECYCLE_BIN_DAYS)
