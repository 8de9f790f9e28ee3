"""The search box on every page: one field for whatever somebody has at hand, answered while typing.

What can be found is said by searchers, one for each kind of thing; other applications register
their own. What is named exactly comes first, then what begins so.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from promotions import ids
from promotions.admin.pages import page
from promotions.admin.records import RecordAdmin
from promotions.admin.site import actor_of, label_of, words_of
from promotions.folding import fold
from promotions.likelihood import Likelihood
from promotions.models import Coupon, Promotion

LEAST_CHARACTERS: Final = 2
MOST_OF_A_KIND: Final = 6
MOST_HITS: Final = 20
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Hit:
    kind: str
    """What it is: ``Contact``."""
    title: str
    more: str
    """What tells it from others of the same title."""
    url: str
    icon: str
    likelihood: Likelihood


Searcher = Callable[[HttpRequest, str], Iterable[Hit]]
"""Asked with a text without blanks at its ends; answers with what the user may see, at most
``MOST_OF_A_KIND``, by look-ups in indexes."""
_searchers: Final[list[Searcher]] = []


def searcher(search: Searcher) -> Searcher:
    """Registers it; of hits that are equally likely those of the earlier one come first."""
    _searchers.append(search)
    return search


def find(request: HttpRequest, text: str) -> list[Hit]:
    """What ``text`` may mean, the likeliest first."""
    if len(text) < LEAST_CHARACTERS or "\x00" in text:
        return []
    hits = [hit for search in _searchers for hit in search(request, text)]
    hits.sort(key=lambda hit: hit.likelihood)
    once: dict[str, Hit] = {}
    for hit in hits:
        once.setdefault(hit.url, hit)
    return list(once.values())[:MOST_HITS]


def search_page(request: HttpRequest) -> HttpResponse:
    """The hits for ``?q=``: as a list below the box while somebody types, else as a page. A single
    one that was named exactly is gone to at once."""
    text = request.GET.get("q", "").strip()[:_LONGEST]
    hits = find(request, text)
    context: dict[str, Any] = {
        "text": text,
        "hits": hits,
        "is_short": len(text) < LEAST_CHARACTERS,
        "least": LEAST_CHARACTERS,
    }
    if "HX-Request" in request.headers:
        return TemplateResponse(request, "promotions/admin/search_hits.html", context)
    exact = [hit for hit in hits if hit.likelihood is Likelihood.EXACT]
    if len(exact) == 1:
        return HttpResponseRedirect(exact[0].url)
    return page(request, "promotions/admin/search_page.html", title="Search", **context)


def list_url(name: str, text: str) -> str:
    """The list of ``name``, searched for ``text``."""
    return f"{reverse(f'admin:{name}_changelist')}?{urlencode({'q': text})}"


# --- What promotions have -------------------------------------------------------------------------


@searcher
def _by_record_id(request: HttpRequest, text: str) -> Iterator[Hit]:
    for model, shown in admin.site._registry.items():
        prefix: Any = getattr(model, "key_prefix", None)
        if not (isinstance(shown, RecordAdmin) and shown.found_by_id and text.startswith(prefix)):
            continue
        try:
            key = ids.decode(prefix, text)
        except ids.MalformedId:
            continue
        record = shown.get_queryset(request).filter(pk=key).first()
        if record is not None and shown.has_view_permission(request, record):
            opts = model._meta
            yield Hit(
                kind=str(opts.verbose_name).capitalize(),
                title=label_of(record, actor_of(request)),
                more=record.record_id,
                url=reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[key]),
                icon="tag",
                likelihood=Likelihood.EXACT,
            )


_LIKELIHOODS: Final = (
    Likelihood.EXACT,
    Likelihood.NAMED_SO,
    Likelihood.BEGINS_SO,
    Likelihood.CONTAINS_IT,
)


@searcher
def _promotions(request: HttpRequest, text: str) -> Iterator[Hit]:
    if not request.user.has_perm("promotions.view_promotion"):
        return
    # Some thousand promotions at most: looking at each name takes milliseconds.
    contains = Q()
    for word in words_of(text):
        contains &= Q(name_key__contains=word) | Q(promotion_code_key__contains=word)
    called = Q(external_id=text)
    found = Promotion.objects.accessible(actor_of(request)).filter(contains | called)
    folded = fold(text)
    # Of many that contain it, what is called so comes first, and must be among those looked at.
    likely = Case(
        When(Q(promotion_code_key=folded) | called, then=0),
        When(name_key=folded, then=1),
        When(Q(name_key__startswith=folded) | Q(promotion_code_key__startswith=folded), then=2),
        default=3,
    )
    likeliest: Any = found.annotate(likely=likely).order_by("likely", "-pk")[:MOST_OF_A_KIND]
    for promotion in likeliest:
        yield Hit(
            kind="Promotion",
            title=promotion.name,
            more=promotion.promotion_code or "",
            url=reverse("admin:promotions_promotion_change", args=[promotion.pk]),
            icon="sell",
            likelihood=_LIKELIHOODS[promotion.likely],
        )


@searcher
def _coupons(request: HttpRequest, text: str) -> Iterator[Hit]:
    if not request.user.has_perm("promotions.view_promotion"):
        return
    coupons = Coupon.objects.accessible(actor_of(request)).select_related("promotion")
    for coupon in coupons.filter(coupon_code_key=fold(text))[:1]:
        yield Hit(
            kind="Coupon",
            title=coupon.coupon_code,
            more=coupon.promotion.name,
            url=reverse("admin:promotions_coupon_change", args=[coupon.pk]),
            icon="confirmation_number",
            likelihood=Likelihood.EXACT,
        )
