"""``manage.py clean_up``: to be run once a day."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from promotions.dependents import all_dependents
from promotions.services.bulk_jobs import remove_old_jobs
from promotions.services.figures import forget_old_figures
from promotions.services.housekeeping import forget_idempotent_requests, remove_expired_tokens
from promotions.services.query_locators import remove_expired_locators


class Command(BaseCommand):
    help = (
        "Removes answers kept for old idempotency keys, expired tokens, query locators and staff "
        "sessions, bulk jobs that ended, or were left, a week ago, the files of enrollment jobs "
        "that did so a month ago, and refused calls that were kept for REFUSED_CALLS_DAYS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = forget_idempotent_requests(at=timezone.now())
        self.stdout.write(f"Idempotency keys forgotten: {count}.")
        for dependents in all_dependents():
            self.stdout.write(dependents.clean_up(timezone.now()))
        self.stdout.write(f"Bulk jobs removed: {remove_old_jobs(at=timezone.now())}.")
        forget_old_figures(at=timezone.now())
        remove_expired_locators(at=timezone.now())
        remove_expired_tokens()
        call_command("clearsessions")
        self.stdout.write("Expired tokens and sessions removed.")
