"""The form "Enroll an audience": a file that goes straight to disk becomes a job."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import SkipFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_protect
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldBooleanSwitchWidget,
)

from enrollments.admin.acts import prefilled, require
from enrollments.admin.audience_progress import audience_url
from enrollments.admin.forms import reason_field
from enrollments.admin.lookups import LookupField
from enrollments.form_files import FILE, FormFile
from enrollments.models import EnrollmentJob
from enrollments.models.jobs import MOST_SESSIONS
from enrollments.services.job_files import AudienceFile, most_bytes, too_large
from enrollments.services.jobs import create_job
from promotions.actors import Actor
from promotions.admin.pages import page
from promotions.admin.refusals import for_people, in_words
from promotions.admin.site import actor_of
from promotions.csv_files import write_rows
from promotions.errors import DomainError, Refused

MAY_ENROLL: Final = "enrollments.add_promotionpartyusage"
"""Who may enroll a customer may enroll many."""
_KINDS: Final = ".csv,.txt,.ndjson,.jsonl,.gz,text/csv,application/x-ndjson,application/gzip"
_NO_FILE: Final = "Choose a file. After something was refused, choose it again."


COLUMNS_IN_WORDS: Final[Mapping[str, str]] = {
    "email": "The contact’s e-mail address.",
    "contactExternalId": "Or what another system calls the contact.",
    "contactId": "Or the contact’s record id.",
    "lastName": "The contact’s last name, to tell apart who shares an e-mail address.",
    "accountId": "The account’s record id, where accounts are enrolled; else that of the contact.",
    "enrollmentOfferCode": "The code of the offer that brought the customer, if any.",
    "enrollmentOfferId": "Or the offer’s record id.",
    "enrollmentEffectiveDateTime": "When the enrollment begins, if not at once.",
    "enrollmentExpirationDateTime": "When it ends, if before the promotion does.",
}
"""What to write below each, those that most people need first."""
_SAMPLE: Final = (
    ("email", "lastName", "enrollmentOfferCode", "enrollmentExpirationDateTime"),
    ("ann@example.com", "", "", ""),
    ("bea@example.com", "Berg", "NEWSLETTER", ""),
    ("carl@example.com", "", "", "2099-12-31T00:00:00Z"),
)


class _Arriving(FormFile):
    """Notes what is refused and lets the form be read to its end: only then does a browser listen,
    and what else was filled in is shown again."""

    refused: Refused | None = None
    is_kept = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except Refused as refused:
            self._skip(refused)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except Refused as refused:
            self._skip(refused)

    def _skip(self, refused: Refused) -> NoReturn:
        self.refused = refused
        self.discard()
        raise SkipFile from refused

    def finish(self) -> AudienceFile:
        if self.refused is not None:
            raise self.refused
        return super().finish()


class _ArrivedField(forms.Field):
    """Given a ``FormFile``; cleaned, the file that has come."""

    widget = UnfoldAdminFileFieldWidget

    def clean(self, value: FormFile | None) -> AudienceFile:
        if value is None or not value.has_come:
            raise ValidationError(_NO_FILE, code="required")
        try:
            return value.finish()
        except Refused as refused:
            raise ValidationError(in_words(refused)) from refused


class AudienceForm(forms.Form):
    """Whose customers a file names, and how they are to be enrolled."""

    promotion = LookupField("promotion", help_text="Type its name or code.")
    file = _ArrivedField(
        help_text="A CSV file in UTF-8 with a line for each customer. The first line names some of "
        "the columns above: an e-mail address is enough. Or a JSON object in each line. Either may "
        "be compressed (gzip)."
    )
    reason = reason_field(
        "Why you enroll these customers: it stands in the history of each enrollment.",
        required=False,
    )
    is_dry_run = forms.BooleanField(
        required=False,
        label="Dry run: only say what would become of each row, and enroll nobody",
        widget=UnfoldBooleanSwitchWidget(),
    )
    sessions = forms.IntegerField(
        label="Batches at once",
        initial=1,
        min_value=1,
        max_value=MOST_SESSIONS,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Leave it at 1 if you don't know. More can be quicker for very long files; ask "
        "whoever runs the service. A dry run, and a promotion with a limited number of places, "
        "always take one batch after the other.",
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        promotion = self.fields["promotion"]
        assert isinstance(promotion, LookupField)
        promotion.limit_to(by)
        # So that the browser says so before it sends a gigabyte.
        self.fields[FILE].widget.attrs |= {
            "accept": _KINDS,
            "data-most-bytes": most_bytes(),
            "data-too-large": in_words(too_large()),
        }


def sample_page(request: HttpRequest) -> HttpResponse:
    """A file to begin with."""
    require(request, MAY_ENROLL)
    return HttpResponse(
        "\ufeff" + write_rows(_SAMPLE),  # or spreadsheets take it for something other than UTF-8
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audience-sample.csv"'},
    )


def upload_page(request: HttpRequest) -> HttpResponse:
    """The form; ``?promotion=`` fills it in beforehand. The view must be exempt from Django's
    protection against forgery: it is checked here, once it is settled where the file goes."""
    require(request, MAY_ENROLL)
    arriving = _Arriving(request)
    request.upload_handlers = [arriving]
    try:
        return _form_or_job(request, arriving)
    finally:
        if not arriving.is_kept:
            arriving.discard()


@csrf_protect
def _form_or_job(request: HttpRequest, arriving: _Arriving) -> HttpResponse:
    by = actor_of(request)
    if request.method == "POST":
        form = AudienceForm(request.POST, {FILE: arriving}, by=by)
    else:
        form = AudienceForm(initial=prefilled(request, "promotion"), by=by)
    if form.is_valid() and (job := _create(form, by)):
        arriving.is_kept = True
        doing = "tried out" if job.is_dry_run else "enrolled"
        messages.success(
            request, f"{job.file_name} has arrived. Its customers are {doing} in the background."
        )
        url = audience_url(job)
        return HttpResponseRedirect(url)
    return page(
        request,
        "enrollments/admin/enroll_audience.html",
        title="Enroll an audience",
        form=form,
        button="Start",
        columns=COLUMNS_IN_WORDS.items(),
        back=reverse("admin:enrollments_enrollmentjob_changelist"),
    )


def _create(form: AudienceForm, by: Actor) -> EnrollmentJob | None:
    """The job; None where it is refused, which the form then says."""
    values = form.cleaned_data
    try:
        return create_job(
            values["promotion"].pk,
            values[FILE],
            is_dry_run=values["is_dry_run"],
            sessions=values["sessions"],
            reason=values["reason"],
            by=by,
            at=timezone.now(),
        )
    except Refused as refused:
        for field, says in _told(refused.errors):
            form.add_error(field, says)
        return None


def _told(errors: Iterable[DomainError]) -> Iterable[tuple[str, str]]:
    """Field and words of each refusal. What the fields of the form can't have let through is about
    the header of the file; what is wrong with several columns is said once, and of which."""
    columns: dict[tuple[str, str], list[str]] = {}
    for error in errors:
        field = "promotion" if error.code == "promotion_not_found" else FILE
        named = columns.setdefault((field, error.detail), [])
        if error.pointer:
            named.append(f"“{error.pointer}”")
    for (field, detail), names in columns.items():
        yield field, f"{', '.join(names)}{': ' if names else ''}{for_people(detail)}"
