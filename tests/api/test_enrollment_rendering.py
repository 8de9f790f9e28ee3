"""What an enrollment looks like: rendered by a function, described by a serializer; both agree."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollments.api.enrollments import EnrollmentSerializer
from enrollments.models import PromotionPartyUsage
from enrollments.rendering import COLUMNS, ShownEnrollment, properties
from enrollments.services.enrollments import withdraw
from tests.api.conftest import Api
from tests.factories import (
    NOW,
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_offer,
    make_promotion,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def usages() -> list[PromotionPartyUsage]:
    """One with everything, one with as little as there can be, and two that were withdrawn: by
    somebody who has a name, and by somebody who has none."""
    account = make_account()
    full = enroll_contact(
        make_contact(account=account),
        make_promotion(),
        account_id=account.pk,
        offer_id=make_offer().pk,
        expiration=NOW.replace(year=2190, microsecond=5),
    )
    bare = enroll_account(make_account(), make_promotion(promotion_code=None), at=NOW)
    named = enroll_contact(make_contact(), make_promotion())
    nameless = enroll_contact(make_contact(), make_promotion())
    withdraw(named.pk, by=actor(), at=timezone.now(), reason="moved")
    withdraw(nameless.pk, by=actor(user=make_user()), at=timezone.now(), reason="moved")
    return [full, bare, named, nameless]


def test_the_description_agrees_with_what_is_rendered(usages: list[PromotionPartyUsage]) -> None:
    at = timezone.now()
    view = SimpleNamespace(at=at)
    for usage in PromotionPartyUsage.objects.all():
        row = ShownEnrollment._make(
            PromotionPartyUsage.objects.filter(pk=usage.pk).values_list(*COLUMNS).get()
        )
        described = EnrollmentSerializer(usage, context={"view": view}).data
        assert list(properties(row, at).items()) == list(described.items())


def test_one_alone_looks_as_it_does_in_a_list(api: Api, usages: list[PromotionPartyUsage]) -> None:
    path = "/api/v1/enrollments"
    listed = {one["id"]: one for one in api.get(path).json()["results"]}
    assert len(listed) == len(usages)
    for usage in usages:
        assert api.get(f"{path}/{usage.record_id}").json() == listed[usage.record_id]


@pytest.mark.parametrize("again", [False, True], ids=["new", "enrolled again"])
@pytest.mark.parametrize("by", ["contact", "account"])
def test_what_enrolling_answers_is_what_is_read_afterwards(api: Api, by: str, again: bool) -> None:
    account, offer = make_account(), make_offer()
    body = {
        "account": {"id": account.record_id},
        "promotion": {"id": make_promotion(end_date_time=NOW.replace(year=2190)).record_id},
        "enrollmentOffer": {"id": offer.record_id},
        "enrollmentExpirationDateTime": "2180-01-01T00:00:00Z",
    }
    if by == "contact":
        body["contact"] = {"id": make_contact(account=account).record_id}
    path = "/api/v1/enrollments"
    answer = api.post(path, body)
    if again:
        api.post(f"{path}/{answer.json()['id']}/withdraw", {"reason": "moved"})
        answer = api.post(path, {k: v for k, v in body.items() if k != "enrollmentOffer"})
    assert answer.status_code == 201
    read = api.get(answer["Location"])
    assert (answer.json(), answer["ETag"]) == (read.json(), read["ETag"])


def test_a_page_is_one_statement(api: Api, usages: list[PromotionPartyUsage]) -> None:
    with CaptureQueriesContext(connection) as queries:
        api.get("/api/v1/enrollments?status=active&page_size=2")
    assert sum("enrollments_promotionpartyusage" in query["sql"] for query in queries) == 1
