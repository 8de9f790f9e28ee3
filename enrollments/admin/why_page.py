"""Why: where this customer stands in this promotion, and would an enrollment be accepted now, check
by check?"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from enrollments.admin.acts import prefilled, require
from enrollments.admin.cards import Card, cards, customer_url, shown_enrollments
from enrollments.admin.forms import CheckForm
from enrollments.admin.masking import name_of
from enrollments.admin.why_words import Row, in_words, rows
from enrollments.models import Account, Contact, RefusedCall
from enrollments.services.explaining import explain
from enrollments.wire import Item
from promotions.admin.moments import show_moment
from promotions.admin.pages import page
from promotions.admin.site import actor_of

MAY_VIEW: Final = "enrollments.view_promotionpartyusage"
ACCEPTED_NOW: Final = "Would an enrollment be accepted now?"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page says of an item now."""

    is_yes: bool
    reasons: list[str]
    """What speaks against it; the first is what a caller reads."""
    rows: list[Row]
    customer: str
    customer_url: str
    promotion: str
    at: str
    card: Card | None
    """The enrollment that there is, with where it stands and why."""
    enroll_url: str
    headings: tuple[str, ...] = ("Check", "Result", "Expected", "Found")

    @property
    def question(self) -> str:
        """What is asked first: of who has an enrollment, whether the promotion applies."""
        return f"Does {self.promotion} apply to {self.customer}?" if self.card else ACCEPTED_NOW

    @property
    def applies(self) -> bool:
        """Whether the promotion applies to the customer now."""
        return self.card is not None and self.card.is_active


def why_page(request: HttpRequest) -> HttpResponse:
    """A form that asks which customer, promotion, offer and period; with these the answer below.
    ``?contact=`` or ``?account=``, and ``?promotion=``, are enough."""
    require(request, MAY_VIEW)
    by = actor_of(request)
    names = ("contact", "account", "promotion", "offer")
    is_asked = bool(request.GET.get("promotion"))
    form = CheckForm(request.GET if is_asked else None, initial=prefilled(request, *names), by=by)
    answer = None
    if is_asked and form.is_valid():
        values = form.cleaned_data
        party = values["contact"] or values["account"]
        answer = answer_now(request, form.item(), party, timezone.now())
    return page(
        request,
        "enrollments/admin/why.html",
        title=answer.question if answer else ACCEPTED_NOW,
        form=form,
        answer=answer,
    )


def answer_now(request: HttpRequest, item: Item, party: Account | Contact, at: datetime) -> Answer:
    """What the rules say of ``item``, which names the customer ``party``, at the moment ``at``."""
    by = actor_of(request)
    explained = explain(item, by=by, at=at)
    promotion = explained.decision.promotion
    customer = name_of(party, by)
    return Answer(
        is_yes=not explained.errors,
        reasons=[in_words(error.detail) for error in explained.errors],
        rows=rows(explained, customer, at),
        customer=customer,
        customer_url=customer_url(party),
        promotion="" if promotion is None else promotion.name,
        at=show_moment(at),
        card=_card(request, item, party, at),
        enroll_url="" if explained.errors else _enroll_url(request, item, party),
    )


def item_of(call: RefusedCall) -> Item | None:
    """What a refused call asked for, where it is known of whom and in what."""
    if call.promotion_id is None or (call.contact_id is None and call.account_id is None):
        return None
    return Item(
        account_id=call.account_id,
        contact_id=call.contact_id,
        promotion_id=call.promotion_id,
        offer_id=call.offer_id,
        effective=call.effective,
        expiration=call.expiration,
    )


def _card(request: HttpRequest, item: Item, party: Account | Contact, at: datetime) -> Card | None:
    is_contact = isinstance(party, Contact)
    own: dict[str, Any] = {"contact": party} if is_contact else {"contact": None, "account": party}
    usages = shown_enrollments(actor_of(request), at).filter(**own, promotion=item.promotion_id)
    card = next(iter(cards(list(usages[:1]), request)), None)
    return replace(card, why_url="") if card else None  # it would lead to where one is


def _enroll_url(request: HttpRequest, item: Item, party: Account | Contact) -> str:
    if not request.user.has_perm("enrollments.add_promotionpartyusage"):
        return ""
    known = {
        "contact": item.contact_id,
        "account": item.account_id,
        "promotion": item.promotion_id,
        "offer": item.offer_id,
    }
    query = {**{name: key for name, key in known.items() if key}, "next": customer_url(party)}
    url = reverse("admin:enrollments_promotionpartyusage_enroll")
    return f"{url}?{urlencode(query)}"
