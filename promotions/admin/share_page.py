"""Who may see a promotion and do more with it, and why; sharing it, taking shares back, giving it
to another owner."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from promotions.access import EVERYBODY, Access, Default
from promotions.admin.access import may
from promotions.admin.conflicts import tell_conflict
from promotions.admin.moments import show_short
from promotions.admin.pages import page, promotion_or_404, promotion_url, to_promotion
from promotions.admin.record_forms import groups, people
from promotions.admin.refusals import in_words, show_refusals
from promotions.admin.site import actor_of
from promotions.errors import Refused
from promotions.models import Promotion, PromotionShare
from promotions.models.picklists import AccessLevel, RowCause
from promotions.services.promotions import update_promotion
from promotions.services.sharing import share, unshare

FOR_EVERYBODY: Final[Mapping[Access, str]] = {
    Access.NONE: "Promotions are private here: beside these, only roles that see every promotion "
    "see it.",
    Access.READ: "Everybody who works on promotions may see it. Who may do more is listed here.",
    Access.EDIT: "Everybody who works on promotions may see and change it. Who may do more is "
    "listed here.",
}


class WhomForm(forms.Form):
    """A person or a group."""

    pointers: ClassVar[Mapping[str, str]] = {"userOrGroupId": "user"}

    user: Any = forms.ModelChoiceField(
        None, required=False, label="Person", empty_label="Nobody", widget=UnfoldAdminSelectWidget
    )
    group: Any = forms.ModelChoiceField(
        None, required=False, label="Or a group", empty_label="None", widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people()  # type: ignore[attr-defined]
        self.fields["group"].queryset = groups()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not self.errors and (cleaned["user"] is None) == (cleaned["group"] is None):
            self.add_error("user", "Name a person or a group: one of the two.")
        return cleaned

    def keys(self) -> dict[str, int | None]:
        return {name: one and one.pk for name, one in self.whom().items()}

    def whom(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("user", "group")}


class ShareForm(WhomForm):
    access_level = forms.ChoiceField(
        label="May", choices=AccessLevel.choices, widget=UnfoldAdminSelectWidget
    )


class TransferForm(WhomForm):
    pointers = {"ownerId": "user"}

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def share_page(request: HttpRequest, key: str) -> HttpResponse:
    """The shares of the promotion ``key``, for all who see it; forms for who may share it."""
    promotion = promotion_or_404(request, key)
    shares = may(request, "change", promotion, Access.ALL)
    sent = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST":
        promotion_or_404(request, key, "change", Access.ALL)
    forms_ = {
        "share": ShareForm(request.POST if sent == "share" else None, prefix="share"),
        "transfer": TransferForm(
            request.POST if sent == "transfer" else None,
            prefix="transfer",
            initial={"version": promotion.version},
        ),
    }
    if sent == "unshare":
        return _unshare(request, promotion)
    if sent in forms_ and forms_[sent].is_valid():
        form = forms_[sent]
        try:
            says = _ACTS[sent](request, promotion, form)
        except Refused as refused:
            if not tell_conflict(form, promotion, refused, actor_of(request)):
                show_refusals(form, refused.errors, form.pointers)
        else:
            messages.success(request, says)
            return _again(request, promotion)
    return page(
        request,
        "promotions/admin/share.html",
        title=f"Sharing: {promotion}",
        form=forms_["share"],
        transfer=forms_["transfer"],
        rows=[_row(one, shares) for one in _shares(promotion)],
        may_share=shares,
        everybody=FOR_EVERYBODY[EVERYBODY[Default(settings.PROMOTION_SHARING)]],
        back=promotion_url(promotion),
    )


def _share(request: HttpRequest, promotion: Promotion, form: WhomForm) -> str:
    access = Access.named(form.cleaned_data["access_level"])
    share(promotion.pk, access, **form.keys(), by=actor_of(request), at=timezone.now())
    return f"{promotion} is shared with {_name(form.whom())}."


def _transfer(request: HttpRequest, promotion: Promotion, form: WhomForm) -> str:
    changes = {f"owner_{name}": one for name, one in form.whom().items()}
    known = form.cleaned_data["version"] or 0
    update_promotion(
        promotion.pk, changes, by=actor_of(request), at=timezone.now(), expected=(known,)
    )
    return f"{promotion} belongs to {_name(form.whom())} now."


_ACTS: Final[Mapping[str, Callable[[HttpRequest, Promotion, Any], str]]] = {
    "share": _share,
    "transfer": _transfer,
}


def _name(whom: Mapping[str, Any]) -> str:
    return str(whom["user"] or whom["group"])


def _unshare(request: HttpRequest, promotion: Promotion) -> HttpResponse:
    key = request.POST.get("share", "")
    try:
        known = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
        unshare(promotion.pk, known, by=actor_of(request), at=timezone.now())
    except Refused as refused:
        messages.error(request, in_words(refused))
    else:
        messages.success(request, "The share is taken back.")
    return _again(request, promotion)


def _again(request: HttpRequest, promotion: Promotion) -> HttpResponseRedirect:
    """Back to this page; elsewhere where the user has shared themselves out."""
    request.__dict__.pop("_access", None)
    if to_promotion(request, promotion).url == promotion_url(promotion):
        return HttpResponseRedirect(promotion_url(promotion, "share"))
    return to_promotion(request, promotion)


def _shares(promotion: Promotion) -> Any:
    shares = PromotionShare.objects.filter(promotion=promotion)
    return shares.select_related("user", "group", "rule", "last_modified_by").order_by("pk")


def _row(one: PromotionShare, may_share: bool) -> dict[str, Any]:
    cause = one.get_row_cause_display()
    return {
        "key": one.pk,
        "who": str(one.user or one.group),
        "kind": "Person" if one.user_id else "Group",
        "may": one.get_access_level_display(),
        "why": f"{cause}: {one.rule}" if one.rule else cause,
        "since": f"{show_short(one.last_modified_date)}, {one.last_modified_by}",
        "removable": may_share and one.row_cause == RowCause.MANUAL,
    }
