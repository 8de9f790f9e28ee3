"""What is done to a promotion as a whole, each with a page that says what it means and asks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminTextInputWidget

from promotions.access import Access
from promotions.admin import consequences
from promotions.admin.access import may
from promotions.admin.conflicts import tell_conflict
from promotions.admin.moments import DayField, MomentField, organisation_zone
from promotions.admin.pages import link, page, promotion_or_404, promotion_url
from promotions.admin.refusals import show_refusals
from promotions.admin.site import actor_of
from promotions.admin.words import emphasised
from promotions.errors import Refused
from promotions.models import Promotion
from promotions.rules import has_begun, is_over, promotion_status
from promotions.services.cloning import clone_promotion
from promotions.services.promotions import activate, close, deactivate
from promotions.services.recycle_bin import Obstacle, obstacles_to_restoring, restore_promotion
from promotions.snapshots import described, others_of, whole_of
from promotions.wording.states import STATUS_WORDS


class VerbForm(forms.Form):
    """``version`` is the one that the user saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def more(self) -> dict[str, Any]:
        """What the service is told beside who acts on what when."""
        return {}


class CloneForm(VerbForm):
    """The copy's name and dates: mostly it is for another time."""

    name = forms.CharField(
        label="Name of the copy", max_length=255, widget=UnfoldAdminTextInputWidget
    )
    start_date_time = MomentField(
        required=False, label="Starts", help_text="Empty: from when it is activated."
    )
    end_date_time = MomentField(
        required=False, ends=True, label="Ends", help_text="Empty: it goes on until you end it."
    )
    enrollment_start_date = DayField(
        required=False, label="Enrollment opens", help_text="Empty: at once."
    )
    enrollment_end_date = DayField(
        required=False, label="Enrollment closes", help_text="Empty: as long as it runs."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.initial.get("is_enrollment_required"):
            del self.fields["enrollment_start_date"], self.fields["enrollment_end_date"]

    def more(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in self.fields if name in _DATES}
        changes = {name: given[name] for name in given if name in self.changed_data}
        return {"name": self.cleaned_data["name"], "changes": changes}


class RestoreForm(VerbForm):
    """Where another promotion has its codes now: what it gets instead."""

    promotion_code = forms.CharField(
        label="Promotion code", max_length=255, required=False, widget=UnfoldAdminTextInputWidget
    )
    external_id = forms.CharField(
        label="External id", max_length=255, required=False, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gone = {one.field: one.value for one in self.initial.get("obstacles", ())}
        for name in _UNIQUE:
            if name not in gone:
                del self.fields[name]
                continue
            self.initial[name] = ""
            self.fields[
                name
            ].help_text = f"Any other than {gone[name]}. Empty: it comes back without one."

    def more(self) -> dict[str, Any]:
        # Not what stood in nobody's way when the page was opened: that was not asked for.
        asked = [name for name in _UNIQUE if name in self.fields and name in self.data]
        return {"changes": {name: self.cleaned_data[name] for name in asked}}


_UNIQUE: Final = ("promotion_code", "external_id")
_DATES: Final = (
    "start_date_time", "end_date_time", "enrollment_start_date", "enrollment_end_date",
)  # fmt: skip
_POINTERS: Final = {
    "name": "name",
    "promotionCode": "promotion_code",
    "externalId": "external_id",
    "startDateTime": "start_date_time",
    "endDateTime": "end_date_time",
    "enrollmentStartDate": "enrollment_start_date",
    "enrollmentEndDate": "enrollment_end_date",
}


@dataclass(frozen=True, slots=True)
class Verb:
    """An act with a button on the promotion's page and a page of its own."""

    name: str
    title: str
    means: str
    done: str
    """Said of the promotion (a link) afterwards; its status comes second."""
    perform: Callable[..., Promotion]
    fits: Callable[[Promotion, datetime], bool]
    """Whether it is offered: whether it would do anything."""
    consequences: Callable[[Promotion, datetime], Iterable[str]]
    """What it would do now, with numbers."""
    act: str = "change"
    access: Access = Access.EDIT
    form: type[VerbForm] = VerbForm
    is_final: bool = False
    """Whether nothing takes it back: it stands apart from the other buttons."""
    on_deleted: bool = False
    obstacles: Callable[..., Sequence[Obstacle]] = lambda promotion, *, by: ()
    """What keeps it from being done, as the promotion is."""


VERBS: Final = (
    Verb(
        name="activate",
        title="Activate",
        means="The promotion runs in its period, and customers can enroll in its enrollment "
        "days. Enrollments that were paused go on.",
        done="{0} is active: {1}.",
        perform=activate,
        fits=lambda p, at: not p.is_active and not is_over(p.end_date_time, at),
        consequences=consequences.of_activating,
    ),
    Verb(
        name="deactivate",
        title="Deactivate",
        means="Nobody can enroll, and the enrollments that exist are paused until the promotion "
        "is activated again.",
        done="{} is inactive.",
        perform=deactivate,
        fits=lambda p, at: p.is_active and not is_over(p.end_date_time, at),
        consequences=consequences.of_deactivating,
    ),
    Verb(
        name="close",
        title="End now",
        means="The promotion ends now, for good, and with it the enrollments of its customers.",
        done="{} has ended.",
        perform=close,
        fits=lambda p, at: not is_over(p.end_date_time, at) and has_begun(p.start_date_time, at),
        consequences=consequences.of_closing,
        is_final=True,
    ),
    Verb(
        name="clone",
        title="Clone",
        means="The copy is inactive and yours, with everything that the promotion consists of, "
        "without its code, enrollments and shares.",
        done="{} is a copy, and inactive.",
        perform=clone_promotion,
        fits=lambda p, at: True,
        consequences=consequences.of_cloning,
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
        consequences=consequences.of_restoring,
        act="delete",
        access=Access.ALL,
        form=RestoreForm,
        on_deleted=True,
        obstacles=obstacles_to_restoring,
    ),
)


def verb_page(request: HttpRequest, key: str, verb: Verb) -> HttpResponse:
    """What ``verb`` means for the promotion ``key``; sent, it is done."""
    promotion = promotion_or_404(request, key, verb.act, verb.access, deleted=verb.on_deleted)
    at = timezone.now()
    obstacles = verb.obstacles(promotion, by=actor_of(request))
    first = {
        "version": promotion.version,
        "name": f"{promotion.name[:240]} (copy)",
        "is_enrollment_required": promotion.is_enrollment_required,
        "obstacles": obstacles,
        **{name: getattr(promotion, name) for name in _DATES},
    }
    form = verb.form(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data["version"] or 0
        try:
            result = verb.perform(
                promotion.pk,
                by=actor_of(request),
                at=at,
                expected=(known,),
                **form.more(),
            )
        except Refused as refused:
            if not tell_conflict(form, promotion, refused, actor_of(request)):
                show_refusals(form, refused.errors, _POINTERS)
        else:
            messages.success(request, format_html(verb.done, link(result), _status(result, at)))
            return HttpResponseRedirect(promotion_url(result))
    said, advice = verb.consequences(promotion, at), []
    if verb.name == "activate":
        whole = whole_of(promotion)
        said = consequences.of_activating(promotion, at, whole.coupons.count)
        others = others_of(promotion, by=actor_of(request), at=at)
        advice = [emphasised(one.text) for one in described(whole, others, at=at).warnings]
    return page(
        request,
        "promotions/admin/verb.html",
        title=f"{verb.title}: {promotion}",
        form=form,
        means=verb.means,
        obstacles=list(_in_words(request, obstacles)),
        consequences=list(said),
        advice=advice,
        button=verb.title,
        back=promotion_url(promotion) if not promotion.is_deleted else "",
    )


def _status(promotion: Promotion, at: datetime) -> str:
    return STATUS_WORDS[promotion_status(promotion, at, organisation_zone())]


def _in_words(request: HttpRequest, obstacles: Sequence[Obstacle]) -> Iterator[str]:
    """What stands in the way, and how it is got out of it."""
    for one in obstacles:
        holder = link(one.holder) if one.holder else "a promotion that you can't see"
        if one.coupon is None:
            what = str(RestoreForm.base_fields[one.field].label).lower()
            yield format_html(
                "Its {} {} is used by {} now. Give it another one below, or none.",
                what, one.value, holder,
            )  # fmt: skip
        else:
            coupon = one.value
            if one.holder and may(request, "view", one.holder, Access.READ):
                url = reverse("admin:promotions_coupon_change", args=[one.coupon.pk])
                coupon = format_html('<a class="underline" href="{}">{}</a>', url, one.value)
            yield format_html(
                "The code of its coupon {} belongs to a coupon of {} now. Delete that one, or give "
                "it another code, and come back here.",
                coupon, holder,
            )  # fmt: skip


def offered(
    request: HttpRequest, promotion: Promotion, *, final: bool = False
) -> list[tuple[str, str]]:
    """The buttons on the promotion's page: title and address of what the user may do with it, or of
    what nothing takes back (``final``)."""
    at = timezone.now()
    return [
        (verb.title, promotion_url(promotion, verb.name))
        for verb in VERBS
        if verb.is_final == final
        and verb.on_deleted == promotion.is_deleted
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
