"""``manage.py load_demo`` and ``manage.py announce_demo``"""

import json
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.core.management.base import CommandError
from django.test import Client, RequestFactory
from django.utils import timezone

from enrollments.demo.announcing import base_url
from enrollments.demo.loading import LOGINS, PASSWORD
from enrollments.models import Account, Contact, Offer, PromotionPartyUsage
from enrollments.selectors import enrollments_with_standing
from enrollments.standing import Standing, standing
from promotions.actors import Source
from promotions.models import Partner, Promotion, User
from promotions.rules import EnrollmentWindow, PromotionStatus, enrollment_window
from promotions.status import status_case
from tests.commands.running import output_of
from tests.demo import with_demo
from tests.docs.curl import printed_calls
from tests.factories import actor, make_promotion, make_user

pytestmark = pytest.mark.django_db

UTC = ZoneInfo("UTC")


def test_fills_an_empty_database_and_leaves_it_alone_afterwards() -> None:
    printed = output_of("load_demo")

    assert "contacts: 600 of 600" in printed
    assert Promotion.objects.live().count() >= 12
    assert Account.objects.count() == 120
    assert Contact.objects.count() == 600
    assert Offer.objects.count() >= 15
    assert PromotionPartyUsage.objects.count() >= 1500
    _every_state_is_there()
    _everybody_can_log_in()

    before = _counts()
    assert "there already" in output_of("load_demo")
    assert _counts() == before


def _every_state_is_there() -> None:
    now = timezone.now()
    usages = enrollments_with_standing(actor(Source.COMMAND), now)
    standings = Counter(standing(u, u.promotion, now) for u in usages)
    assert all(standings[one] >= 40 for one in Standing), standings
    promotions = Promotion.objects.live().annotate(status=status_case(now, UTC))
    statuses = Counter(promotions.values_list("status", flat=True))
    assert all(statuses[status.value] for status in PromotionStatus), statuses
    enrolling = promotions.filter(is_enrollment_required=True)
    assert {enrollment_window(p, now, UTC) for p in enrolling} == set(EnrollmentWindow)
    assert promotions.filter(is_enrollment_required=False).exists()
    assert PromotionPartyUsage.objects.filter(
        history__field="IsPartyEnrolled", is_party_enrolled=True
    ).exists(), "nobody came back"
    assert not PromotionPartyUsage.objects.filter(last_modified_date__gt=now).exists()


def _everybody_can_log_in() -> None:
    for username, (_, _, role) in LOGINS.items():
        request = RequestFactory().post("/admin/login/")
        user = authenticate(request, username=username, password=PASSWORD)
        assert isinstance(user, User)
        assert user.is_staff
        assert user.is_superuser == (role is None)
        assert [group.name for group in user.groups.all()] == ([role] if role else [])
    assert set(Promotion.objects.values_list("created_by__username", flat=True)) == {"marta"}


def _counts() -> list[int]:
    models = (Promotion, Account, Contact, Offer, PromotionPartyUsage, User, Partner)
    return [model._default_manager.count() for model in models]


def test_announces_calls_that_work(client: Client) -> None:
    with_demo()
    printed = output_of("announce_demo", host="127.0.0.1", port=8123)
    assert "http://127.0.0.1:8123/admin/" in printed
    assert f"sam / {PASSWORD}" in printed

    enroll, token = printed_calls(printed)
    assert json.loads(enroll.body)["inputParameters"][0].keys() == {
        "contact",
        "promotion",
        "enrollmentOffer",
        "enrollmentEffectiveDateTime",
        "enrollmentExpirationDateTime",
    }
    assert enroll.send(client).status_code == 201
    assert token.send(client).json()["token_type"] == "Bearer"

    # The next start finds somebody else, and gives the partner another secret.
    again, _ = printed_calls(output_of("announce_demo"))
    assert again.send(client).status_code == 201
    assert token.send(client).status_code == 401


def test_does_not_touch_a_database_in_use() -> None:
    make_promotion()
    before = _counts()
    with pytest.raises(CommandError, match="in use: it holds 1 promotions, 1 users"):
        output_of("load_demo")
    assert _counts() == before


def test_somebody_who_works_here_is_use_too() -> None:
    make_user()
    with pytest.raises(CommandError, match="in use"):
        output_of("load_demo")


def test_a_partner_of_the_same_name_is_not_the_demo() -> None:
    output_of("create_partner", "Demo shop", "--scope", "enrollments:read")
    with pytest.raises(CommandError, match="in use"):
        output_of("load_demo")
    with pytest.raises(CommandError, match="does not hold the demo"):
        output_of("announce_demo")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104  # binds nothing
        ("::", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("promotions.example.com", "http://promotions.example.com:80"),
    ],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, url: str) -> None:
    assert base_url(host, 80) == url
