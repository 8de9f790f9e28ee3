"""An audience's page: how far it is, what was refused; to be stopped, and gone on with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from enrollments.admin.acts import require
from enrollments.admin.audience_progress import (
    AT_WORK,
    Seen,
    audience_url,
    progress_in_words,
    speed_in_words,
    status_badges,
    whole_percent,
)
from enrollments.admin.audience_upload import MAY_ENROLL
from enrollments.models import EnrollmentJob, EnrollmentJobRefusal, JobStatus
from enrollments.models.jobs import ENDED, FileFormat
from enrollments.services.job_files import is_kept
from enrollments.services.jobs import (
    enroll_tried,
    made_of,
    may_enroll_tried,
    refusals_as_csv,
    refusals_in_short,
    resume_job,
    stop_job,
    tried_by,
)
from promotions.actors import Actor, Source
from promotions.admin.access import find_promotion
from promotions.admin.history_words import THROUGH
from promotions.admin.moments import show_moment
from promotions.admin.pages import page
from promotions.admin.refusals import for_people, show_refusals
from promotions.admin.site import actor_of
from promotions.errors import Refused

MAY_VIEW: Final = "enrollments.view_promotionpartyusage"
MOST_SHOWN: Final = 50
"""The most refused rows that the page lists; the file has all of them."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a job, with a button on its page and a page of its own that asks."""

    name: str
    title: str
    means: Callable[[EnrollmentJob], str]
    done: str
    perform: Callable[..., EnrollmentJob]
    fits: Callable[[EnrollmentJob], bool]
    """Whether it would do anything."""
    leads_to: JobStatus
    asks: Callable[[EnrollmentJob], str] = lambda job: ""
    """What is said first, of a job with its progress."""


def _asks_to_enroll(job: EnrollmentJob) -> str:
    """Whom, of which file, into what: a file enrolled in the wrong promotion is much work."""
    enrolled, refused = job.enrolled_count, job.refused_count
    customers = "1 customer" if enrolled == 1 else f"{enrolled:,} customers"
    rows = {0: "No row is", 1: "1 row is"}.get(refused, f"{refused:,} rows are")
    return (
        f"Enroll {customers} of {job.file_name} in {job.promotion.name}? "
        f"{rows} refused, says the dry run."
    )


def _asks_to_resume(job: EnrollmentJob) -> str:
    """Why it failed, if it did: going on doesn't help everywhere."""
    if job.status != JobStatus.FAILED:
        return ""
    return f"It failed: {for_people(job.failure or '')} It fails again unless that has changed."


def _means_to_stop(job: EnrollmentJob) -> str:
    after = (
        "Nobody has been enrolled by this dry run. If you go on with it later, it begins at the "
        "beginning."
        if job.is_dry_run
        else "Who has been enrolled stays enrolled. You can go on with it later, from where it "
        "stopped."
    )
    return f"No more rows are begun once the batch at hand is done. {after}"


def _means_to_resume(job: EnrollmentJob) -> str:
    if job.is_dry_run:
        return (
            "The dry run begins at the beginning, by the rules as they are then, once the "
            "audiences before it are done. Nobody is enrolled."
        )
    return (
        "The rows that are not done yet are worked off, by the rules as they are then, once the "
        "audiences before it are done. Nobody is enrolled twice, and no row is forgotten."
    )


ACTS: Final = (
    Act(
        name="stop",
        title="Stop",
        means=_means_to_stop,
        done="{} is stopped.",
        perform=stop_job,
        fits=lambda job: job.status in AT_WORK,
        leads_to=JobStatus.STOPPED,
    ),
    Act(
        name="resume",
        title="Go on",
        means=_means_to_resume,
        done="{} goes on.",
        perform=resume_job,
        fits=lambda job: job.status in (JobStatus.STOPPED, JobStatus.FAILED),
        leads_to=JobStatus.QUEUED,
        asks=_asks_to_resume,
    ),
    Act(
        name="enroll_tried",
        title="Enroll for real",
        means=lambda job: (
            "The customers in the same file are enrolled, as an audience of its own and with the "
            "same reason, by the rules as they are then. This dry run stays as it is."
        ),
        done="{} enrolls the customers of the dry run, in the background.",
        perform=enroll_tried,
        fits=may_enroll_tried,
        leads_to=JobStatus.QUEUED,
        asks=_asks_to_enroll,
    ),
)
_ELSEWHERE: Final = (
    " Its file lies where the operator's command found it: if the worker doesn't see it there, the "
    "command has to be run again."
)


def audience_page(request: HttpRequest, key: str) -> HttpResponse:
    """The job ``key``, read-only."""
    require(request, MAY_VIEW)
    job = _job_or_404(request, key)
    seen = Seen.of(job, timezone.now())
    return page(
        request,
        "enrollments/admin/audience.html",
        title=f"Audience {job.name}",
        progress_url=f"{_url(job, 'progress')}?{urlencode({'seen': seen.written})}",
        facts=_facts(request, job),
        acts=_offered(request, job),
        **_parts(job, None),
    )


def fresh_parts(request: HttpRequest, key: str) -> HttpResponse:
    """The parts of the page that it fetches anew while the job is at work; ``?seen=`` is how far
    the job was when the page was loaded."""
    require(request, MAY_VIEW)
    job = _job_or_404(request, key)
    parts = _parts(job, Seen.read(request.GET.get("seen", "")))
    return TemplateResponse(request, "enrollments/admin/audience_parts.html", parts)


def refusals_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """All rows that the job refused so far, as a CSV file."""
    require(request, MAY_VIEW)
    job = _job_or_404(request, key)
    return StreamingHttpResponse(
        refusals_as_csv(job),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{job.name}-refused.csv"'},
    )


def act_page(request: HttpRequest, key: str, act: Act) -> HttpResponse:
    """What ``act`` means for the job ``key``; sent, it is done."""
    require(request, MAY_ENROLL)
    job = _job_or_404(request, key)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            done = act.perform(job.pk, by=actor_of(request), at=timezone.now())
        except Refused as refused:
            show_refusals(form, refused.errors, {})
        else:
            if done.status == act.leads_to:
                messages.success(request, act.done.format(done.name))
            else:
                messages.warning(request, f"{done.name} is {done.status} meanwhile.")
            return HttpResponseRedirect(audience_url(done))
    fits = act.fits(job)
    means = act.means(job) if fits else f"This can’t be done with {job.name} as it is now."
    needs_file = fits and act.perform is not stop_job
    return page(
        request,
        "promotions/admin/verb.html",
        title=f"{act.title}: {job.name}, {job.file_name}",
        form=form,
        asks=act.asks(job) if fits else "",
        means=f"{means}{_ELSEWHERE if needs_file and not is_kept(job) else ''}",
        button=act.title if fits else "",
        back=audience_url(job),
    )


def urls(view: Callable[..., Any]) -> list[URLPattern]:
    """The pages of a job, but for the page itself; ``view`` lets nobody in but the staff."""
    name = "enrollments_enrollmentjob"
    acts = [
        path(f"<str:key>/{act.name}/", view(act_page), {"act": act}, name=f"{name}_{act.name}")
        for act in ACTS
    ]
    return [
        path("<str:key>/progress/", view(fresh_parts), name=f"{name}_progress"),
        path("<str:key>/refused.csv", view(refusals_file), name=f"{name}_refusals"),
        *acts,
    ]


def _job_or_404(request: HttpRequest, key: str) -> EnrollmentJob:
    """The job, if whoever asks may see it."""
    by: Actor = actor_of(request)
    is_key = key.isascii() and key.isdecimal() and len(key) < 19
    job = EnrollmentJob.objects.shown(by).filter(pk=int(key)).first() if is_key else None
    if job is None:
        raise Http404
    return job


def _url(job: EnrollmentJob, name: str) -> str:
    return reverse(f"admin:enrollments_enrollmentjob_{name}", args=[job.pk])


def _offered(request: HttpRequest, job: EnrollmentJob) -> list[tuple[str, str]]:
    """Title and address of what the user may do with the job as it is."""
    if not request.user.has_perm(MAY_ENROLL):
        return []
    return [(act.title, _url(job, act.name)) for act in ACTS if act.fits(job)]


def _parts(job: EnrollmentJob, seen: Seen | None) -> dict[str, Any]:
    """How far the job is, and what it has refused so far."""
    refusals = _refusals(job)
    return {
        "job": job,
        "is_at_work": job.status in AT_WORK,
        # Of one that was stopped the batch at hand is still done; and somebody may go on with it.
        "keeps_fresh": job.status not in ENDED,
        "progress": _progress(job, seen),
        "headings": _HEADINGS,
        "refusals": refusals,
        "is_table": job.format == FileFormat.CSV,
        "refused_count": f"{job.refused_count:,}",
        "has_more": job.refused_count > len(refusals),
        # While it is at work the page asks again and again, and there may be a million to count;
        # of one that was stopped for a minute, until the batch at hand is in.
        "in_short": "" if job.status in AT_WORK else refusals_in_short(job),
        "csv_url": _url(job, "refusals"),
    }


def _progress(job: EnrollmentJob, seen: Seen | None) -> dict[str, Any]:
    would = "Would be " if job.is_dry_run else ""
    return {
        "status": status_badges(job),
        "says": _says(job),
        "percent": whole_percent(job),
        "words": progress_in_words(job),
        "speed": speed_in_words(job, seen, timezone.now()),
        "counts": [
            ("Rows done", f"{job.row_count:,}"),
            (f"{would}enrolled".capitalize(), f"{job.enrolled_count:,}"),
            (f"{would}refused".capitalize(), f"{job.refused_count:,}"),
        ],
        "failure": for_people(job.failure or ""),
    }


def _says(job: EnrollmentJob) -> str:
    if job.status == JobStatus.QUEUED:
        return "It begins as soon as the audiences before it are done."
    if job.status == JobStatus.RUNNING and job.source == Source.COMMAND:
        return (
            "An operator’s command began it. If what runs it was killed, have the command run "
            "again; or stop it here and go on with it."
        )
    if job.status == JobStatus.STOPPED:
        return f"It can go on {'from the beginning' if job.is_dry_run else 'where it stopped'}."
    return ""


def _facts(request: HttpRequest, job: EnrollmentJob) -> list[tuple[str, str, str]]:
    """Label, value and link of what is known of a job."""
    seen = request.user.has_perm("promotions.view_promotion")
    promotion = find_promotion(request, str(job.promotion_id)) if seen else None
    link = reverse("admin:promotions_promotion_change", args=[promotion.pk]) if promotion else ""
    kind = f"{job.format.upper()}{', compressed' if job.is_compressed else ''}"
    asked_for = f"{show_moment(job.created_date)}, {job.created_by} {THROUGH[job.source]}"
    return [
        ("Promotion", str(job.promotion), link),
        ("File", f"{job.file_name} ({kind}, {_size(job.size)})", ""),
        ("Dry run", "Yes: nobody is enrolled" if job.is_dry_run else "No", ""),
        *_others_of_its_file(job),
        ("Reason", job.reason or "–", ""),
        ("Asked for", asked_for, ""),
        ("Began", show_moment(job.started_date), ""),
        ("Ended", show_moment(job.finished_date), ""),
        ("Last changed", f"{show_moment(job.last_modified_date)}, {job.last_modified_by}", ""),
        ("Batches at once", str(job.sessions), ""),
        ("Record id", job.record_id, ""),
    ]


def _others_of_its_file(job: EnrollmentJob) -> list[tuple[str, str, str]]:
    """Of a dry run what was made of it, of an audience the dry run before it; who sees the one sees
    the other, as they are of one promotion."""
    label, other = (
        ("Enrolled for real by", made_of(job)) if job.is_dry_run else ("Tried by", tried_by(job))
    )
    return [] if other is None else [(label, other.name, audience_url(other))]


def _size(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 10_000:
            return f"{size:,} {unit}"
        size = round(size / 1024)
    return f"{size:,} GB"


def _refusals(job: EnrollmentJob) -> list[list[tuple[str, str]]]:
    """The first refused rows, each cell below its heading; moments as a file has them."""
    first = EnrollmentJobRefusal.objects.filter(job=job).order_by("line")[:MOST_SHOWN]
    rows = ((f"{one.line:,}", one.detail, one.pointer or "–", one.code) for one in first)
    return [[*zip(_HEADINGS, row, strict=True)] for row in rows]


_HEADINGS: Final = ("Line", "Reason", "Column", "Code")
