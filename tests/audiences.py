"""Files of customers and jobs with them, for tests."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

from enrollments.models import EnrollmentJob
from enrollments.services import jobs
from enrollments.services.job_files import AudienceFile, found_on_disk, receive
from promotions.actors import Actor, Source
from promotions.models import Promotion
from tests.factories import LONG_AGO, actor, make_promotion


def received(content: bytes | str, name: str = "audience.csv") -> AudienceFile:
    """A file as the API and the admin receive one."""
    data = content.encode() if isinstance(content, str) else content
    return receive(name, [data])


def csv_of(column: str, cells: Iterable[str]) -> str:
    return "\n".join([column, *cells]) + "\n"


def make_job(
    promotion: Promotion | None = None,
    content: bytes | str = "email\nnobody@example.com\n",
    *,
    by: Actor | None = None,
    **options: Any,
) -> EnrollmentJob:
    """A job, queued, with a file that the service keeps; as one that the API was asked for."""
    return jobs.create_job(
        (promotion or make_promotion()).pk,
        received(content),
        by=by or actor(),
        at=LONG_AGO,
        **options,
    )


def operators_job(promotion: Promotion, path: Path, **options: Any) -> EnrollmentJob:
    """One that the command makes, with a file that stays where it is."""
    return jobs.create_job(
        promotion.pk, found_on_disk(path), by=actor(Source.COMMAND), at=LONG_AGO, **options
    )


def kept_files() -> set[str]:
    """The names of the files that the service keeps."""
    directory = Path(settings.DATA_DIR) / "audiences"
    return {path.name for path in directory.iterdir()} if directory.exists() else set()


def refusals_of(job: EnrollmentJob) -> list[tuple[int, str]]:
    """Each refused row by its line, with the code."""
    return list(job.refusals.order_by("line").values_list("line", "code"))


def counts_of(job: EnrollmentJob) -> tuple[int, int, int]:
    """Rows, enrolled, refused."""
    done = EnrollmentJob.objects.with_progress().get(pk=job.pk)
    return done.row_count, done.enrolled_count, done.refused_count
