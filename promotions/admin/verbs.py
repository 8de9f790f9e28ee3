"""What is done to a promotion as a whole, each with a page that says what it means and asks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminTextInputWidget

from promotions.access import Access
from promotions.admin.access import may
from promotions.admin.pages import link, page, promotion_or_404, promotion_url
from promotions.admin.refusals import show_refusals
from promotions.admin.site import actor_of
from promotions.errors import Refused
from promotions.models import Promotion
from promotions.rules import has_begun, is_over
from promotions.services.cloning import clone_promotion
from promotions.services.promotions import activate, close, deactivate
from promotions.services.recycle_bin import restore_promotion


class VerbForm(forms.Form):
    """``version`` is the one that the user saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def more(self) -> dict[str, Any]:
        """What the service is told beside who acts on what when."""
        return {}


class CloneForm(VerbForm):
    name = forms.CharField(
        label="Name of the copy", max_length=255, widget=UnfoldAdminTextInputWidget
    )

    def more(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"]}


@dataclass(frozen=True, slots=True)
class Verb:
    """An act with a button on the promotion's page and a page of its own."""

    name: str
    title: str
    means: str
    done: str
    perform: Callable[..., Promotion]
    fits: Callable[[Promotion, datetime], bool]
    """Whether it is offered: whether it would do anything."""
    act: str = "change"
    access: Access = Access.EDIT
    form: type[VerbForm] = VerbForm
    on_deleted: bool = False


VERBS: Final = (
    Verb(
        name="activate",
        title="Activate",
        means="The promotion runs in its period, and customers can enroll in its enrollment "
        "days. Enrollments that were paused go on.",
        done="{} is active.",
        perform=activate,
        fits=lambda p, at: not p.is_active and not is_over(p.end_date_time, at),
    ),
    Verb(
        name="deactivate",
        title="Deactivate",
        means="Nobody can enroll, and the enrollments that exist are paused until the promotion "
        "is activated again.",
        done="{} is switched off.",
        perform=deactivate,
        fits=lambda p, at: p.is_active and not is_over(p.end_date_time, at),
    ),
    Verb(
        name="close",
        title="Close",
        means="The promotion ends now, for good, and with it the enrollments of its customers.",
        done="{} is closed.",
        perform=close,
        fits=lambda p, at: not is_over(p.end_date_time, at) and has_begun(p.start_date_time, at),
    ),
    Verb(
        name="clone",
        title="Clone",
        means="The copy is a draft that is yours, with everything that the promotion consists of, "
        "without its code, enrollments and shares.",
        done="{} is a copy, and a draft.",
        perform=clone_promotion,
        fits=lambda p, at: True,
        act="add",
        access=Access.READ,
        form=CloneForm,
    ),
    Verb(
        name="restore",
        title="Restore",
        means="The promotion comes back with everything that was deleted with it. Enrollments that "
        "its deletion paused go on.",
        done="{} is restored.",
        perform=restore_promotion,
        fits=lambda p, at: True,
        act="delete",
        access=Access.ALL,
        on_deleted=True,
    ),
)


def verb_page(request: HttpRequest, key: str, verb: Verb) -> HttpResponse:
    """What ``verb`` means for the promotion ``key``; sent, it is done."""
    promotion = promotion_or_404(request, key, verb.act, verb.access, deleted=verb.on_deleted)
    first = {"version": promotion.version, "name": f"{promotion.name[:240]} (copy)"}
    form = verb.form(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data["version"] or 0
        try:
            result = verb.perform(
                promotion.pk,
                by=actor_of(request),
                at=timezone.now(),
                expected=(known,),
                **form.more(),
            )
        except Refused as refused:
            show_refusals(form, refused.errors, {})
        else:
            messages.success(request, format_html(verb.done, link(result)))
            return HttpResponseRedirect(promotion_url(result))
    return page(
        request,
        "promotions/admin/verb.html",
        title=f"{verb.title}: {promotion}",
        form=form,
        means=verb.means,
        button=verb.title,
        back=promotion_url(promotion) if not promotion.is_deleted else "",
    )


def offered(request: HttpRequest, promotion: Promotion) -> list[tuple[str, str]]:
    """The buttons on the promotion's page: title and address of what the user may do with it."""
    at = timezone.now()
    return [
        (verb.title, promotion_url(promotion, verb.name))
        for verb in VERBS
        if verb.on_deleted == promotion.is_deleted
        and verb.fits(promotion, at)
        and may(request, verb.act, promotion, verb.access)
    ]


def urls(view: Callable[..., Any]) -> list[URLPattern]:
    """The verbs' pages; ``view`` lets nobody in but the staff."""
    return [
        path(
            f"<str:key>/{verb.name}/",
            view(verb_page),
            {"verb": verb},
            name=f"promotions_promotion_{verb.name}",
        )
        for verb in VERBS
    ]
