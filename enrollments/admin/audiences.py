"""Audiences: the list of jobs that enroll the customers in files. Each has a page of its own
(``audience_page.py``), and a form makes new ones (``audience_upload.py``)."""

from typing import Any, Final

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.csrf import csrf_exempt
from unfold.decorators import action

from enrollments.admin import audience_page
from enrollments.admin.audience_progress import progress_in_words, status_badges, whole_percent
from enrollments.admin.audience_upload import MAY_ENROLL, sample_page, upload_page
from enrollments.models import EnrollmentJob, JobStatus
from promotions import ids
from promotions.admin.moments import DayRangeFilter, show_short, unbroken
from promotions.admin.site import ModelAdmin, RecordFilter, WordFilter, actor_of, words_of
from promotions.numbers import parse_record_number

_ENROLL: Final = "admin:enrollments_enrollmentjob_enroll"


class StatusFilter(WordFilter):
    title = "status"
    parameter_name = "status"
    words = tuple(JobStatus.values)


@admin.register(EnrollmentJob)
class AudienceAdmin(ModelAdmin):
    ordering = ("-id",)
    sortable_by = ()
    list_display = (
        "number",
        "promotion_name",
        "file",
        "stands",
        "done",
        "enrolled",
        "refused",
        "asked_for",
    )
    list_filter = (
        StatusFilter,
        ("promotion", RecordFilter),
        ("created_date", DayRangeFilter),
    )
    search_fields = ("id",)
    search_help_text = "Promotion's name or code, or the audience's number"
    actions_list = ("enroll",)

    # --- Who may do what: as with single enrollments ---

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(audience_page.MAY_VIEW)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_enroll_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_ENROLL)

    # --- The list ---

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Any]":
        return EnrollmentJob.objects.shown(actor_of(request)).order_by("-id")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        # For the empty list, which says what to do and is rendered without the user.
        changes.enroll_url = reverse(_ENROLL) if self.has_enroll_permission(request) else ""
        return changes

    def get_search_results(
        self, request: HttpRequest, queryset: "models.QuerySet[Any]", search_term: str
    ) -> "tuple[models.QuerySet[Any], bool]":
        key = _key_named(search_term)
        if key is not None:
            return queryset.filter(pk=key), False
        for word in words_of(search_term):
            queryset = queryset.filter(
                models.Q(promotion__name_key__contains=word)
                | models.Q(promotion__promotion_code_key__contains=word)
            )
        return queryset, False

    @admin.display(description="number")
    def number(self, job: EnrollmentJob) -> str:
        return format_html('<span class="whitespace-nowrap">{}</span>', job.name)

    @admin.display(description="promotion")
    def promotion_name(self, job: EnrollmentJob) -> str:
        return job.promotion.name

    @admin.display(description="file")
    def file(self, job: EnrollmentJob) -> str:
        return job.file_name

    @admin.display(description="status")
    def stands(self, job: EnrollmentJob) -> str:
        return status_badges(job)

    @admin.display(description="rows done")
    def done(self, job: EnrollmentJob) -> str:
        return render_to_string(
            "enrollments/admin/audience_bar.html",
            {"percent": whole_percent(job), "words": progress_in_words(job), "narrow": True},
        )

    @admin.display(description="enrolled")
    def enrolled(self, job: EnrollmentJob) -> str:
        return _counted(job, job.enrolled_count)

    @admin.display(description="refused")
    def refused(self, job: EnrollmentJob) -> str:
        return _counted(job, job.refused_count)

    @admin.display(description="asked for")
    def asked_for(self, job: EnrollmentJob) -> str:
        when = unbroken(show_short(job.created_date))
        return format_html("<span>{}, {}</span>", when, job.created_by)

    # --- Its pages ---

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return audience_page.audience_page(request, object_id)

    # Without protection against forgery here, as that would read the file: ``upload_page`` says
    # first where it is to go.
    @action(
        description="Enroll an audience",
        url_path="enroll",
        icon="group_add",
        permissions=["enroll"],
    )  # type: ignore[untyped-decorator]  # the theme's
    @csrf_exempt
    def enroll(self, request: HttpRequest) -> HttpResponse:
        return upload_page(request)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        sample = path("sample.csv", view(sample_page), name="enrollments_enrollmentjob_sample")
        return [sample, *audience_page.urls(view), *super().get_urls()]


def _counted(job: EnrollmentJob, count: int) -> str:
    """``12``; of a dry run, which enrolls nobody, ``12 would be``."""
    if not job.is_dry_run:
        return f"{count:,}"
    would_be = '<span>{} <span class="whitespace-nowrap">would be</span></span>'
    return format_html(would_be, f"{count:,}")


def _key_named(text: str) -> int | None:
    """The key of the job whose number or record id this is."""
    try:
        return ids.decode(ids.ENROLLMENT_JOB, text.strip())
    except ids.MalformedId:
        return parse_record_number(EnrollmentJob.number_letters, text)
