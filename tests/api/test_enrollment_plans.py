"""Lists of enrollments come off an index, page by page: whatever is asked, nothing reads all."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from enrollments.models import Contact, Offer, PromotionPartyUsage
from promotions.models import Promotion
from promotions.services.promotions import update_promotion
from tests.api.callers import bound_api
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
)
from tests.plans import indexes, plans, scans, sorted_below_limits

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

PATH = "/api/v1/enrollments"


@pytest.fixture
def mine() -> PromotionPartyUsage:
    """An enrollment among thousands: 40 promotions, 100 customers, each in each."""
    account, offer = make_account(), make_offer()
    contacts = [make_contact(account=account) for _ in range(100)]
    promotions = [make_promotion() for _ in range(40)]
    usage = enroll_contact(
        contacts[50],
        promotions[20],
        account_id=account.pk,
        offer_id=offer.pk,
        at=NOW,
        expiration=NOW + timedelta(days=900),
    )
    PromotionPartyUsage.objects.bulk_create(
        PromotionPartyUsage(
            promotion=promotion,
            contact=contact,
            type="Contact",
            enrollment_effective_date_time=NOW,
            created_by_id=usage.created_by_id,
            created_date=NOW + timedelta(minutes=number),
            last_modified_by_id=usage.created_by_id,
            last_modified_date=NOW + timedelta(minutes=number),
        )
        for number, promotion in enumerate(promotions)
        for contact in contacts
        if (contact, promotion) != (contacts[50], promotions[20])
    )
    enroll_account(account, promotions[0], at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return usage


def first_plan(api: Api, query: str) -> Any:
    [plan] = plans(lambda: api.get(f"{PATH}?{query}"))
    assert scans(plan) == [], query
    return plan


def test_a_customers_enrollments(api: Api, mine: PromotionPartyUsage) -> None:
    contact, account = mine.contact, mine.account
    assert isinstance(contact, Contact)
    assert account is not None
    for query in (
        f"contactId={contact.record_id}",
        f"partyId={contact.record_id}",
        f"contactId={contact.record_id}&status=active",
        f"email={contact.email}",
    ):
        assert "usage_once_per_promotion_and_contact" in indexes(first_plan(api, query)), query
    by_account = {"usage_by_account", "usage_once_per_promotion_and_account"}
    for query in (f"accountId={account.record_id}", f"partyId={account.record_id}"):
        assert by_account & indexes(first_plan(api, query)), query


@pytest.mark.parametrize("size", [1, 50])
def test_a_promotions_enrollments_on_any_page(
    api: Api, mine: PromotionPartyUsage, size: int
) -> None:
    link: str | None = f"{PATH}?page_size={size}&promotionId={mine.promotion.record_id}"
    for _ in range(3):
        if link is None:
            break
        [plan] = plans(lambda link=link: api.get(link))  # type: ignore[misc]
        assert scans(plan) == []
        assert not sorted_below_limits(plan)
        assert "usage_by_promotion" in indexes(plan)
        link = api.get(link).json()["next"]


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("", "enrollments_promotionpartyusage_pkey"),
        ("ordering=id", "enrollments_promotionpartyusage_pkey"),
        ("ordering=createdDate", "usage_created"),
        ("ordering=-lastModifiedDate", "usage_modified"),
        ("createdDate_before=2026-05-15T12:05:00Z", "usage_created"),
        ("createdDate_after=2026-05-15T12:05:00Z", "usage_created"),
        ("ordering=lastModifiedDate&lastModifiedDate_after=2026-05-15T12:05:00Z", "usage_modified"),
        ("type=Account", "usage_of_account"),
        ("isPartyEnrolled=false", "usage_withdrawn"),
        ("status=withdrawn", "usage_withdrawn"),
        ("name=PPU-77", "enrollments_promotionpartyusage_pkey"),
    ],
)
def test_everybodys_enrollments(
    api: Api, mine: PromotionPartyUsage, query: str, index: str
) -> None:
    plan = first_plan(api, query)
    assert index in indexes(plan)
    assert not sorted_below_limits(plan)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("enrollmentExpirationDateTime_after=2028-05-15T12:05:00Z", "usage_by_expiration"),
        ("withdrawnDate_after=2026-05-15T12:05:00Z", "usage_by_withdrawal|usage_withdrawn"),
    ],
)
def test_the_few_among_many(api: Api, mine: PromotionPartyUsage, query: str, index: str) -> None:
    assert set(index.split("|")) & indexes(first_plan(api, query))


def test_an_offers_enrollments(api: Api, mine: PromotionPartyUsage) -> None:
    offer = mine.enrollment_offer
    assert isinstance(offer, Offer)
    plan = first_plan(api, f"enrollmentOfferId={offer.record_id}")
    assert "usage_by_offer" in indexes(plan)
    assert not sorted_below_limits(plan)


def of_each_promotion(plan: Any) -> bool:
    """Whether each promotion's first enrollments come off the index in order."""
    return "usage_by_promotion" in indexes(plan) and scans(plan) == []


def test_a_caller_who_sees_some_promotions_reads_no_other(
    mine: PromotionPartyUsage, settings: Any
) -> None:
    settings.PROMOTION_SHARING = "private"
    api = bound_api(mine.promotion, "Read")
    [plan] = plans(lambda: api.get(PATH))
    assert of_each_promotion(plan)
    assert {one["promotionId"] for one in api.get(PATH).json()["results"]} == {
        mine.promotion.record_id
    }


def test_paused_enrollments_are_looked_for_in_paused_promotions(
    api: Api, mine: PromotionPartyUsage
) -> None:
    update_promotion(mine.promotion_id, {"is_active": False}, by=actor(), at=NOW)
    [plan] = plans(lambda: api.get(f"{PATH}?status=paused"))
    assert of_each_promotion(plan)
    body = api.get(f"{PATH}?status=paused&page_size=60").json()
    pages = [body["results"], api.get(body["next"]).json()["results"]]
    found = [one["id"] for page in pages for one in page]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == Promotion.objects.get(pk=mine.promotion_id).party_usages.count()


def test_one_enrollment_with_its_history(api: Api, mine: PromotionPartyUsage) -> None:
    path = f"{PATH}/{mine.record_id}"
    [plan] = plans(lambda: api.get(path))
    assert indexes(plan) >= {"enrollments_promotionpartyusage_pkey"}
    for plan in plans(lambda: api.get(f"{path}/history")):
        assert scans(plan) == []


def test_a_list_between_moments_is_planned_for_them(api: Api, mine: PromotionPartyUsage) -> None:
    """No plan for all values is kept: it would be that for the many, and read all for the few."""
    for number in range(15):
        moment = f"2026-05-15T12:{number:02}:00Z"
        assert api.get(f"{PATH}?lastModifiedDate_after={moment}").status_code == 200
        assert api.get(f"{PATH}?contactId={mine.contact.record_id}").status_code == 200  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE statement LIKE '%last_modified_date\" >=%'),"
            " count(*) FROM pg_prepared_statements WHERE statement LIKE '%usage.id%'"
        )
        between, all_kept = cursor.fetchone()
    assert (between, all_kept > 0) == (0, True)
