"""How far an audience is, as the list and its page show it."""

import re
from dataclasses import dataclass
from datetime import datetime
from math import floor, log10
from typing import Final

from django.urls import reverse
from django.utils.html import format_html

from enrollments.models import EnrollmentJob, JobStatus
from enrollments.speed import speed
from promotions.admin.site import badge

AT_WORK: Final = (JobStatus.QUEUED, JobStatus.RUNNING)
"""Of a job that somebody is at work at, or will be by himself."""
_SEEN: Final = re.compile(r"(\d{1,15})-(\d{1,18})-(\d{1,15})", re.ASCII)


def audience_url(job: EnrollmentJob) -> str:
    return reverse("admin:enrollments_enrollmentjob_change", args=[job.pk])


def status_badges(job: EnrollmentJob) -> str:
    """Its status, and whether it is a dry run."""
    if not job.is_dry_run:
        return badge(job.status)
    return format_html(
        '<span class="flex flex-row flex-wrap gap-1">{}{}</span>',
        badge(job.status),
        badge("dry run"),
    )


def whole_percent(job: EnrollmentJob) -> int:
    """Of the rows, as ``progress_in_words`` has them; 100 not before it is finished."""
    if job.status == JobStatus.FINISHED:
        return 100
    about = _about(job)
    return min(100 * job.row_count // about, 99) if about else 0


def progress_in_words(job: EnrollmentJob) -> str:
    """``12,345 of about 40,000``, rows, by how much of the file has been read."""
    about = _about(job)
    return f"{job.row_count:,} of about {about:,}" if about else f"{job.row_count:,}"


def _about(job: EnrollmentJob) -> int | None:
    """How many rows the file has, about; None where that is known, or can't be told yet."""
    if job.status == JobStatus.FINISHED or not job.row_count or not job.progress:
        return None
    return max(_rounded(job.row_count / job.progress), job.row_count)


def _rounded(estimate: float) -> int:
    """To two digits: it doesn't know more."""
    return int(round(estimate, 1 - floor(log10(estimate))))


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a job was when somebody began to look at it: what its speed is told by."""

    rows: int
    position: int
    moment: float
    """In seconds since 1970."""

    @classmethod
    def of(cls, job: EnrollmentJob, at: datetime) -> "Seen":
        return cls(job.row_count, int(job.position), at.timestamp())

    @classmethod
    def read(cls, text: str) -> "Seen | None":
        """What ``written`` wrote; None for anything else."""
        match = _SEEN.fullmatch(text)
        return cls(int(match[1]), int(match[2]), int(match[3]) / 1000) if match else None

    @property
    def written(self) -> str:
        return f"{self.rows}-{self.position}-{round(self.moment * 1000)}"


def speed_in_words(job: EnrollmentJob, seen: Seen | None, at: datetime) -> str:
    """``850 rows a second, about 3 minutes left``; empty where there is nothing to judge by."""
    if seen is None or job.status != JobStatus.RUNNING:
        return ""
    judged = speed(
        rows=job.row_count - seen.rows,
        read=job.position - seen.position,
        left=job.size - job.position,
        seconds=at.timestamp() - seen.moment,
    )
    if judged is None:
        return ""
    count = f"{judged.rows_per_second:,.0f}"
    rows = "1 row" if count == "1" else f"{count} rows"
    return f"{rows} a second, {_time_left(judged.seconds_left)} left"


def _time_left(seconds: int) -> str:
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"about {round(seconds / length):,} {unit}s"
    return "about a minute" if seconds >= 60 else "less than a minute"
