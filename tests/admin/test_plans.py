"""The admin's lists, pages and searches come off an index, however many customers there are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from enrollments.models import (
    Account,
    Contact,
    EnrollmentJobRefusal,
    PromotionPartyUsage,
    RefusedCall,
)
from tests.audiences import make_job
from tests.factories import NOW, enroll_contact, make_account, make_contact, make_promotion
from tests.plans import plans, scans, sorted_below_limits

pytestmark = pytest.mark.postgresql

ENROLLMENTS = "/admin/enrollments/promotionpartyusage/"


@pytest.fixture
def mine(db: None) -> PromotionPartyUsage:
    """An enrollment among hundreds, of a customer among hundreds."""
    account = make_account(name="Zeta Works", external_id="ERP-7")
    by = account.created_by
    stamps: dict[str, Any] = {
        "created_by": by,
        "last_modified_by": by,
        "created_date": NOW,
        "last_modified_date": NOW,
    }
    Account.objects.bulk_create(
        Account(name=f"A{n}", name_key=f"a{n}", external_id=f"E-{n}", **stamps) for n in range(300)
    )
    others = Contact.objects.bulk_create(
        Contact(
            first_name=f"F{n % 20}",
            first_name_key=f"f{n % 20}",
            last_name=f"L{n}",
            last_name_key=f"l{n}",
            email=f"e{n}@example.com",
            email_key=f"e{n}@example.com",
            phone=str(n),
            phone_key=str(n),
            external_id=f"X-{n}",
            **stamps,
        )
        for n in range(600)
    )
    contact = make_contact(
        account=account,
        first_name="Zoe",
        last_name="Zander",
        email="zoe@example.org",
        phone="+49 30 23125",
        external_id="CRM-7",
    )
    promotion = make_promotion()
    usage = enroll_contact(contact, promotion, account_id=account.pk, at=NOW)
    PromotionPartyUsage.objects.bulk_create(
        PromotionPartyUsage(
            promotion=promotion,
            contact=other,
            type="Contact",
            enrollment_effective_date_time=NOW,
            **{**stamps, "last_modified_date": NOW + timedelta(days=n % 50)},
        )
        for n, other in enumerate(others)
        if n % 50 == 0
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return usage


def read(client: Client, path: str) -> Callable[[], None]:
    def call() -> None:
        assert client.get(path).status_code in (200, 302)

    return call


@pytest.mark.parametrize(
    "path",
    [
        ENROLLMENTS,
        f"{ENROLLMENTS}?created_date_from=2026-05-20",
        f"{ENROLLMENTS}?created_date_to=2026-05-20",
        f"{ENROLLMENTS}?type=Account",
        f"{ENROLLMENTS}?standing=withdrawn",
        "/admin/enrollments/contact/",
        "/admin/enrollments/contact/?p=2",
        "/admin/enrollments/account/",
    ],
)
def test_a_list_reads_a_page(superuser: Client, mine: PromotionPartyUsage, path: str) -> None:
    for plan in plans(read(superuser, path)):
        assert scans(plan) == []
        assert not sorted_below_limits(plan)


@pytest.mark.parametrize(
    "text",
    [
        "PPU-{pk}",
        "{record_id}",
        "{contact}",
        "{account}",
        "zoe@example.org",
        "zoe@ex",
        "Zander",
        "Zoe",
        "Zoe Zander",
        "Zander, Zoe",
        "+49 30 23125",
        "CRM-7",
        "ERP-7",
        "Zeta",
        "nobody at all",
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        f"{ENROLLMENTS}customers/",
        ENROLLMENTS,
        "/admin/enrollments/contact/",
        "/admin/enrollments/account/",
        "/admin/enrollments/refusedcall/",
        "/admin/promotions/promotion/find/",
    ],
    ids=["support", "enrollments", "contacts", "accounts", "refused calls", "search box"],
)
def test_a_search_reads_what_it_finds(
    superuser: Client, mine: PromotionPartyUsage, path: str, text: str
) -> None:
    assert mine.contact is not None
    assert mine.account is not None
    wanted = text.format(
        pk=mine.pk,
        record_id=mine.record_id,
        contact=mine.contact.record_id,
        account=mine.account.record_id,
    )
    with_query = read_query(superuser, path, wanted)
    for plan in plans(with_query):
        assert scans(plan) == [], text


@pytest.mark.parametrize("field", ["contact", "account"])
@pytest.mark.parametrize("term", ["Zander", "Zoe Zander", "zoe@ex", "Zeta", "nobody at all"])
def test_choosing_a_customer_reads_what_it_finds(
    superuser: Client, mine: PromotionPartyUsage, field: str, term: str
) -> None:
    asked = {"app_label": "enrollments", "model_name": "promotionpartyusage", "field_name": field}
    path = f"/admin/promotions/promotion/lookup/?{urlencode({**asked, 'term': term})}"
    for plan in plans(read(superuser, path)):
        assert scans(plan) == [], term


def read_query(client: Client, path: str, text: str) -> Callable[[], None]:
    def call() -> None:
        assert client.get(path, {"q": text}).status_code in (200, 302)

    return call


def test_a_customers_page(superuser: Client, mine: PromotionPartyUsage) -> None:
    assert mine.contact is not None
    assert mine.account is not None
    for customer in (mine.contact, mine.account):
        for plan in plans(read(superuser, f"{ENROLLMENTS}customers/{customer.record_id}/")):
            assert scans(plan) == []


def test_an_enrollments_page(superuser: Client, mine: PromotionPartyUsage) -> None:
    for plan in plans(read(superuser, f"{ENROLLMENTS}{mine.pk}/change/")):
        assert scans(plan) == []


def test_a_page_behind_the_first_is_looked_up_by_its_keys(
    superuser: Client, mine: PromotionPartyUsage
) -> None:
    first = superuser.get("/admin/enrollments/contact/").context["cl"].result_list
    second = superuser.get("/admin/enrollments/contact/?p=2").context["cl"].result_list
    keys = [one.pk for page in (first, second) for one in page]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == 100


def test_audiences(superuser: Client, mine: PromotionPartyUsage) -> None:
    job = make_job(mine.promotion, sessions=2)
    EnrollmentJobRefusal.objects.bulk_create(
        EnrollmentJobRefusal(job=job, line=line, code="c", detail="d") for line in range(1, 300)
    )
    job.partitions.filter(number=0).update(rows_done=299, refused=299)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    audiences = "/admin/enrollments/enrollmentjob/"
    for path in (
        audiences,
        f"{audiences}?promotion__id__exact={job.promotion_id}",
        f"{audiences}{job.pk}/change/",
        f"{audiences}{job.pk}/progress/",
    ):
        for plan in plans(read(superuser, path)):
            assert scans(plan) == [], path
            assert not sorted_below_limits(plan), path


def test_why_and_refused_calls(superuser: Client, mine: PromotionPartyUsage) -> None:
    assert mine.contact is not None
    by = mine.created_by
    calls = RefusedCall.objects.bulk_create(
        RefusedCall(
            created_date=NOW,
            created_by=by,
            door=RefusedCall.Door.PLAIN,
            request_id=f"request-{n}",
            promotion_id=mine.promotion_id if n == 7 else n + 1000,
            contact_id=mine.contact_id if n == 7 else n + 1000,
            code="promotion_ended",
            detail="It ended.",
        )
        for n in range(400)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    why = f"{ENROLLMENTS}why/?promotion={mine.promotion_id}&contact={mine.contact_id}"
    refused = "/admin/enrollments/refusedcall/"
    for path in (
        why,
        f"{ENROLLMENTS}customers/{mine.contact.record_id}/",
        refused,
        f"{refused}?q=request-7",
        f"{refused}?created_date_from=2026-05-20",
        f"{refused}?promotion__id__exact={mine.promotion_id}",
        f"{refused}{calls[7].pk}/change/",
        "/admin/promotions/promotion/find/?q=request-7",
    ):
        for plan in plans(read(superuser, path)):
            assert scans(plan) == [], path


def test_figures(superuser: Client, mine: PromotionPartyUsage) -> None:
    for path in (
        "/admin/",
        "/admin/promotions/promotion/",
        f"{ENROLLMENTS}figures/{mine.promotion_id}/",
    ):
        for plan in plans(read(superuser, path)):
            assert scans(plan) == [], path
