"""``manage.py purge_promotions``."""

from datetime import timedelta

import pytest
from django.core.management.base import CommandError
from django.utils import timezone

from promotions.models import Promotion
from promotions.services.recycle_bin import delete_promotion
from tests.commands.running import output_of
from tests.factories import actor, enroll_contact, make_contact, make_promotion

pytestmark = pytest.mark.django_db


def deleted_days_ago(days: int, *, enrolled: bool = False, name: str = "Old") -> Promotion:
    promotion = make_promotion(name=name)
    at = timezone.now() - timedelta(days=days)
    if enrolled:
        enroll_contact(make_contact(), promotion, at=at)
    return delete_promotion(promotion.pk, by=actor(), at=at, confirmed=True)


def test_removes_what_is_due_and_says_what_it_keeps() -> None:
    deleted_days_ago(16)
    enrolled = deleted_days_ago(16, enrolled=True, name="Loved")
    recent = deleted_days_ago(14)
    output = output_of("purge_promotions")
    assert output.endswith("Promotions purged: 1, kept for their enrollments: 1.\n")
    assert "Loved (enrollments: 1): kept. See --destroy-enrollment-history." in output
    assert set(Promotion.objects.all()) == {enrolled, recent}


def test_destroys_enrollment_history_when_told_in_so_many_words() -> None:
    deleted_days_ago(16, enrolled=True)
    output = output_of("purge_promotions", "--destroy-enrollment-history")
    assert output.endswith("Promotions purged: 1, kept for their enrollments: 0.\n")
    assert not Promotion.objects.exists()


def test_other_days_than_the_setting() -> None:
    deleted_days_ago(4)
    assert "purged: 0" in output_of("purge_promotions", "--days", "5")
    assert "purged: 1" in output_of("purge_promotions", "--days", "3")


def test_a_dry_run_removes_nothing() -> None:
    promotion = deleted_days_ago(16)
    output = output_of("purge_promotions", "--dry-run")
    assert promotion.record_id in output
    assert output.endswith("Promotions to be purged: 1, kept for their enrollments: 0.\n")
    assert Promotion.objects.exists()


def test_days_that_are_none() -> None:
    with pytest.raises(CommandError, match="0 or more"):
        output_of("purge_promotions", "--days", "-1")
