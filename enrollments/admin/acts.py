"""The pages on which staff enroll, withdraw and change periods: a form, then the service.

What a service refuses is said at the form's field; with several enrollments chosen each is one
act of its own, and the page says which failed and why.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from enrollments.admin.cards import (
    customer_url,
    party_name,
    period_in_words,
    shown_enrollments,
)
from enrollments.admin.forms import POINTERS, ActForm, EnrollForm, PeriodForm, WithdrawForm
from enrollments.admin.masking import name_of
from enrollments.admin.timeline import timelines
from enrollments.admin.why_words import in_words
from enrollments.models import PromotionPartyUsage
from enrollments.services.enrolling import enroll
from enrollments.services.enrollments import change_period, withdraw
from enrollments.services.outcomes import Enrolled
from promotions import ids
from promotions.actors import Actor
from promotions.admin.conflicts import ONCE_MORE
from promotions.admin.moments import show_moment
from promotions.admin.refusals import in_words as all_in_words
from promotions.admin.refusals import show_refusals
from promotions.admin.site import actor_of, badge
from promotions.errors import Refused, refuse

MOST_CHOSEN: Final = 100
"""The most enrollments that one form acts on."""
_CHOICE: Final = re.compile(r"(\d{1,18})(?::(\d{1,9}))?", re.ASCII)
"""An enrollment's key, and the version that the user saw."""


# --- Enrolling ------------------------------------------------------------------------------------


def enroll_page(request: HttpRequest) -> HttpResponse:
    """The form "Enroll a customer"; ``?promotion=`` and ``?contact=`` fill it in beforehand."""
    require(request, "enrollments.add_promotionpartyusage")
    first = prefilled(request, "contact", "account", "promotion", "offer")
    form = EnrollForm(request.POST or None, initial=first, by=actor_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            [outcome] = enroll(
                [form.item()],
                by=actor_of(request),
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
        except Refused as refused:
            errors = [replace(one, detail=in_words(one.detail)) for one in refused.errors]
            show_refusals(form, errors, POINTERS)
            _lead_to_existing(form, refused)
        else:
            assert isinstance(outcome, Enrolled)  # all or none: else it would have been refused
            usage = outcome.read()
            messages.success(
                request,
                f"{name_of(usage.party, actor_of(request))} is enrolled in {usage.promotion} "
                f"as {usage.name}.",
            )
            return HttpResponseRedirect(customer_url(usage.party))
    return _form_page(
        request,
        "enrollments/admin/enroll.html",
        title="Enroll a customer",
        form=form,
        button="Enroll",
        back=_safe_next(request),
    )


def prefilled(request: HttpRequest, *names: str) -> dict[str, int]:
    """The keys of records that the query names for the fields ``names`` of a form."""
    keys = {name: request.GET.get(name, "") for name in names}
    return {name: int(key) for name, key in keys.items() if re.fullmatch(r"[0-9]{1,18}", key)}


def _lead_to_existing(form: forms.Form, refused: Refused) -> None:
    for error in refused.errors:
        if isinstance(record_id := error.extra.get("promotionPartyUsageId"), str):
            key = ids.decode(ids.PROMOTION_PARTY_USAGE, record_id)
            url = reverse("admin:enrollments_promotionpartyusage_change", args=[key])
            link = format_html('<a class="underline" href="{}">Show the enrollment.</a>', url)
            form.add_error(None, link)


# --- Withdrawing, changing the period -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to enrollments that exist."""

    title: str
    button: str
    done: str
    """What has happened to an enrollment afterwards: ``withdrawn``."""
    form: type[ActForm]
    perform: Callable[[PromotionPartyUsage, Any, Actor, Sequence[int] | None], PromotionPartyUsage]
    prefilled: tuple[str, ...] = ()
    """The fields that a link to the form may fill in beforehand."""


def _withdraw(
    usage: PromotionPartyUsage, form: WithdrawForm, by: Actor, expected: Sequence[int] | None
) -> PromotionPartyUsage:
    reason = form.cleaned_data["reason"]
    return withdraw(usage.pk, by=by, at=timezone.now(), reason=reason, expected=expected)


def _change_period(
    usage: PromotionPartyUsage, form: PeriodForm, by: Actor, expected: Sequence[int] | None
) -> PromotionPartyUsage:
    reason, at = form.cleaned_data["reason"], timezone.now()
    period = form.period_of(usage, at)
    return change_period(usage.pk, period, by=by, at=at, reason=reason, expected=expected)


WITHDRAW: Final = Act("Withdraw", "Withdraw", "withdrawn", WithdrawForm, _withdraw)
CHANGE_PERIOD: Final = Act(
    "Change the period", "Change", "changed", PeriodForm, _change_period, prefilled=("longer",)
)


@dataclass(slots=True)
class Chosen:
    """An enrollment that is acted on, as the form page lists it."""

    usage: Any
    version: int | None
    """The version that the user saw, once the form is sent."""
    refusal: str = ""

    @property
    def choice(self) -> str:
        return f"{self.usage.pk}:{self.usage.version}"

    @property
    def customer(self) -> str:
        return party_name(self.usage)

    @property
    def standing(self) -> str:
        return badge(self.usage.standing)

    @property
    def period(self) -> str:
        return period_in_words(self.usage)

    @property
    def promotion_ends(self) -> str:
        """Until when the promotion runs: no enrollment goes on after that."""
        end = self.usage.promotion.end_date_time
        if end is None:
            return "The promotion has no end."
        until = show_moment(end, ends=True)
        return f"The promotion runs until {until}; no enrollment goes on after that."


def act_page(request: HttpRequest, act: Act) -> HttpResponse:
    """The form of ``act`` for the enrollments named by ``usage`` in the query or the form."""
    require(request, "enrollments.change_promotionpartyusage")
    versions = _choices(request)
    by = actor_of(request)
    chosen = _chosen(versions, by)
    back = _safe_next(request)
    if not chosen:
        messages.warning(request, f"Choose 1 to {MOST_CHOSEN} enrollments from the list first.")
        return HttpResponseRedirect(back)
    known = {name: request.GET[name] for name in act.prefilled if name in request.GET}
    usages = [one.usage for one in chosen]
    form = act.form(request.POST or None, initial=known, usages=usages)
    if request.method == "POST" and form.is_valid():
        refusals = _perform(request, act, form, chosen)
        if not refusals:
            return HttpResponseRedirect(back)
        # What failed is shown as it is now, so that trying again is an informed choice.
        was_one = len(chosen) == 1  # its refusal is said in the form
        chosen = _chosen(dict.fromkeys(refusals), by)
        for one in chosen:
            one.refusal = "" if was_one else all_in_words(refusals[one.usage.pk])
    names = chosen[0].usage.name if len(chosen) == 1 else f"{len(chosen)} enrollments"
    return _form_page(
        request,
        "enrollments/admin/act.html",
        title=f"{act.title}: {names}",
        form=form,
        button=act.button,
        chosen=chosen,
        back=back,
    )


def _perform(
    request: HttpRequest, act: Act, form: forms.Form, chosen: Sequence[Chosen]
) -> dict[int, Refused]:
    """Acts on each, says how it went, and answers with the refusals by key."""
    refusals: dict[int, Refused] = {}
    by = actor_of(request)
    for one in chosen:
        expected = None if one.version is None else (one.version,)
        try:
            act.perform(one.usage, form, by, expected)
        except Refused as refused:
            refusals[one.usage.pk] = refused
    refusals |= _conflicts([one.usage for one in chosen if _is_conflict(refusals, one)], by)
    done = len(chosen) - len(refusals)
    if done:
        noun = "enrollment" if done == 1 else "enrollments"
        messages.success(request, f"{done} {noun} {act.done}.")
    if refusals and len(chosen) == 1:
        [refusal] = refusals.values()
        show_refusals(form, refusal.errors, POINTERS)
    elif refusals:
        form.add_error(None, f"{len(refusals)} of {len(chosen)} not {act.done}: see each for why.")
    return refusals


def _is_conflict(refusals: Mapping[int, Refused], one: Chosen) -> bool:
    refused = refusals.get(one.usage.pk)
    return refused is not None and refused.errors[0].code == "version_conflict"


def _conflicts(usages: Sequence[PromotionPartyUsage], by: Actor) -> dict[int, Refused]:
    """For what somebody changed since the user read it: who, when and what. The page shows it as it
    is now, so that sending the form once more is enough."""
    told = {}
    for key, events in (timelines(usages, by) if usages else {}).items():
        last = events[0]
        what = "; ".join([last.title, *last.changes])
        told[key] = refuse(
            "version_conflict",
            f"{what}: {last.who}, {last.when}, after you opened this page. {ONCE_MORE}",
        )
    return told


def _choices(request: HttpRequest) -> dict[int, int | None]:
    """The versions of the chosen enrollments, by key; at most ``MOST_CHOSEN``."""
    sent = (request.POST if request.method == "POST" else request.GET).getlist("usage")
    matches = [match for text in sent[:MOST_CHOSEN] if (match := _CHOICE.fullmatch(text))]
    return {int(m[1]): None if m[2] is None else int(m[2]) for m in matches}


def _chosen(versions: Mapping[int, int | None], by: Actor) -> list[Chosen]:
    usages = shown_enrollments(by, timezone.now()).filter(pk__in=versions).order_by("-pk")
    return [Chosen(usage, versions[usage.pk]) for usage in usages]


# --- All three ------------------------------------------------------------------------------------


def require(request: HttpRequest, permission: str) -> None:
    """403 for staff without the permission."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: ``next`` if it is a page of ours, else the list of enrollments."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return reverse("admin:enrollments_promotionpartyusage_changelist")


def _form_page(
    request: HttpRequest, template: str, *, form: forms.Form, **context: Any
) -> TemplateResponse:
    return TemplateResponse(
        request,
        template,
        {**admin.site.each_context(request), "form": form, "media": form.media, **context},
    )
