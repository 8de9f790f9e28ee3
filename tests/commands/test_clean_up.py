"""``manage.py clean_up``."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from promotions.models import IdempotentRequest
from promotions.services.partners import issue_token
from tests.factories import enroll_contact, make_contact, make_partner, make_promotion


@pytest.mark.django_db
def test_only_what_has_served_its_time_is_removed() -> None:
    partner, now = make_partner().partner, timezone.now()
    for key, age in (("old", 24), ("recent", 23)):
        IdempotentRequest.objects.create(
            partner=partner,
            path="/",
            key=key,
            body_hash=b"",
            created_date=now - timedelta(hours=age),
        )
    issue_token(partner, at=now - timedelta(days=1))
    issue_token(partner, at=now)
    usage = enroll_contact(make_contact(), make_promotion())
    out = StringIO()
    call_command("clean_up", stdout=out)
    assert "forgotten: 1." in out.getvalue()
    assert [r.key for r in IdempotentRequest.objects.all()] == ["recent"]
    assert get_access_token_model().objects.count() == 1
    assert usage.history.count() == 1
