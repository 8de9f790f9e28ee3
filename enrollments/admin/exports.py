"""All enrollments of a promotion as a file: links above the list of a promotion's enrollments."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from enrollments.admin.acts import require
from enrollments.exporting import MEDIA_TYPES, Form
from enrollments.services.exports import export_enrollments
from promotions.admin.access import find_promotion
from promotions.admin.site import actor_of

CHOSEN_PROMOTION: Final = "promotion__id__exact"
"""By which the list of enrollments is narrowed to a promotion's."""


def export_page(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """The enrollments of the promotion ``key``, a deleted one's too, as ``csv`` or ``ndjson``."""
    require(request, "enrollments.view_promotionpartyusage")
    promotion = find_promotion(request, key, deleted=True)
    if promotion is None or form not in list(Form):
        raise Http404
    wanted = Form(form)
    parts = export_enrollments(promotion.pk, wanted, by=actor_of(request), at=timezone.now())
    name = f"enrollments-{promotion.record_id}.{wanted.value}"
    return StreamingHttpResponse(
        (part for part, _ in parts),
        content_type=MEDIA_TYPES[wanted],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def export_links(request: HttpRequest) -> list[tuple[str, str]]:
    """Text and address of the exports of the promotion that the list is narrowed to, if any."""
    promotion = find_promotion(request, request.GET.get(CHOSEN_PROMOTION, ""), deleted=True)
    if promotion is None:
        return []
    return [
        (
            f"Export all as {form.name}",
            reverse(
                "admin:enrollments_promotionpartyusage_export", args=[promotion.pk, form.value]
            ),
        )
        for form in Form
    ]
