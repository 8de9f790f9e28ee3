"""What is personal about customers: seen by who needs it, by nobody else anywhere in the admin."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from enrollments.models import Contact, PromotionPartyUsage, RefusedCall
from enrollments.services.enrollments import withdraw
from promotions import ids
from promotions.admin.history_words import tell
from promotions.models import CouponCodeRedemption, PromotionHistory
from promotions.services.redemptions import redeem
from tests.admin.conftest import SignIn, staff, user_of
from tests.admin.pages import text
from tests.api.conftest import COMPATIBLE, Api
from tests.factories import (
    actor,
    enroll_account,
    enroll_contact,
    make_account,
    make_contact,
    make_promotion,
)
from tests.part_factories import make_coupon

pytestmark = pytest.mark.django_db
ENROLLMENTS = "/admin/enrollments/promotionpartyusage/"
ENROLL = "/admin/enrollments/promotionpartyusage/enroll/"
ACTS = ("view", "add", "change")
FIND = "/admin/promotions/promotion/find/"
PERSONAL = ("Zacharias", "Quitzow", "zq@example.org", "30 99887", "XID-77", "Quitzow Household")


class Scene:
    """A customer with everything personal, enrolled, refused, withdrawn."""

    def __init__(self) -> None:
        self.account = make_account(name="Quitzow Household", external_id="XID-77A")
        self.contact = make_contact(
            first_name="Zacharias",
            last_name="Quitzow",
            email="zq@example.org",
            phone="+49 30 99887",
            external_id="XID-77",
            account=self.account,
        )
        self.promotion = make_promotion()
        self.usage = enroll_contact(self.contact, self.promotion, account_id=self.account.pk)
        PromotionPartyUsage.objects.filter(pk=self.usage.pk).update(account=None)
        withdraw(self.usage.pk, by=actor(), at=timezone.now(), reason="asked for it")
        # In another household now: the history names it.
        enroll_contact(self.contact, self.promotion, account_id=self.account.pk)
        self.joint = enroll_account(self.account, make_promotion())
        off = make_promotion(is_active=False)
        named = {"id": self.contact.record_id}
        body = {"inputParameters": [{"contact": named, "promotion": {"id": off.record_id}}]}
        Api(name="Till").post(COMPATIBLE, body)
        self.call = RefusedCall.objects.get()

    def pages(self) -> list[str]:
        """Every page that is about a customer, or lists some."""
        contact, account = self.contact, self.account
        asked = {"contact": contact.pk, "promotion": self.promotion.pk}
        lookup = {"app_label": "enrollments", "model_name": "promotionpartyusage"}
        own = f"{ENROLLMENTS}customers/"
        found = [contact.record_id, account.record_id, self.usage.name, "zq@example.org"]
        return [
            ENROLLMENTS,
            f"{ENROLLMENTS}{self.usage.pk}/change/",
            f"{ENROLLMENTS}{self.joint.pk}/change/",
            f"{ENROLLMENTS}?q={self.usage.name}",
            own,
            f"{own}{contact.record_id}/",
            f"{own}{account.record_id}/",
            f"{ENROLLMENTS}why/?{urlencode(asked)}",
            "/admin/enrollments/refusedcall/",
            f"/admin/enrollments/refusedcall/{self.call.pk}/change/",
            "/admin/enrollments/contact/",
            f"/admin/enrollments/contact/{contact.pk}/change/",
            f"/admin/enrollments/contact/{contact.pk}/history/",
            "/admin/enrollments/account/",
            f"/admin/enrollments/account/{account.pk}/change/",
            f"/admin/enrollments/account/{account.pk}/history/",
            f"{ENROLLMENTS}export/{self.promotion.pk}/csv/",
            f"{ENROLLMENTS}export/{self.promotion.pk}/ndjson/",
            *(f"{FIND}?{urlencode({'q': text})}" for text in found),
            *(
                f"/admin/{path}?{urlencode({**lookup, 'field_name': field, 'term': term})}"
                for path in ("promotions/promotion/lookup/", "autocomplete/")
                for field in ("contact", "account")
                for term in ("", contact.record_id, account.record_id, "zq@example.org")
            ),
        ]


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene()


def everything(client: Client, url: str) -> str:
    response: Any = client.get(url, follow=True)
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return text(response).replace(url, "").replace("zq%40example.org", "")


ROLES = ("Marketers", "Marketing leads", "Auditors")


@pytest.mark.parametrize("role", ROLES)
def test_nothing_personal_on_any_page(
    role: str, scene: Scene, sign_in: SignIn, subtests: pytest.Subtests
) -> None:
    client = sign_in(role)
    for url in scene.pages():
        with subtests.test(url):
            shown = everything(client, url).replace('value="zq@example.org"', "")
            if "q=zq%40example.org" in url:
                shown = shown.replace("zq@example.org", "")  # what was typed
            assert [word for word in PERSONAL if word in shown] == []


def test_support_and_superusers_see_it(scene: Scene, support: Client, superuser: Client) -> None:
    url = f"{ENROLLMENTS}customers/{scene.contact.record_id}/"
    for client in (support, superuser):
        shown = everything(client, url)
        assert [word for word in PERSONAL if word not in shown] == []
        assert "Quitzow" in everything(client, ENROLLMENTS)
        assert "zq@example.org" in everything(client, "/admin/enrollments/contact/")


def test_the_pages_say_that_something_is_hidden_and_who_it_is(
    scene: Scene, auditor: Client
) -> None:
    page = everything(auditor, f"{ENROLLMENTS}customers/{scene.contact.record_id}/")
    assert "(hidden)" in page
    assert f"Contact {scene.contact.record_id}" in page
    assert f"Account {scene.account.record_id}" in page
    assert f"Contact {scene.contact.record_id}" in everything(auditor, ENROLLMENTS)


def test_no_probing(scene: Scene, auditor: Client, support: Client) -> None:
    """Found by record id, enrollment number, and a complete e-mail address; by nothing else."""
    short = scene.contact.record_id[:15]
    for asked in (scene.contact.record_id, short, scene.usage.name, "zq@example.org"):
        assert _found(auditor, asked), asked
    for asked in ("zq@example", "zq@", "quitzow", "Zacharias", "030 99887", "+49 30 99887"):
        assert not _found(auditor, asked), asked
        assert _found(support, asked), asked
    for asked in ("XID-77", "XID-77A", "Quitzow H", "zacharias quitzow"):
        assert not _found(auditor, asked), asked


def _found(client: Client, asked: str) -> bool:
    """Whether any search leads from the text to the customer."""
    answers = [
        client.get(FIND, {"q": asked}, headers={"HX-Request": "true"}).context["hits"],
        client.get("/admin/enrollments/contact/", {"q": asked}).context["cl"].result_list,
        client.get("/admin/enrollments/account/", {"q": asked}).context["cl"].result_list,
        client.get(ENROLLMENTS, {"q": asked}).context["cl"].result_list,
        client.get("/admin/enrollments/refusedcall/", {"q": asked}).context["cl"].result_list,
    ]
    direct = client.get(f"{ENROLLMENTS}customers/", {"q": asked})
    return any(len(found) for found in answers) or direct.status_code == 302


@pytest.mark.parametrize(
    "asked",
    [
        "email__startswith=zq",
        "last_name_key__startswith=q",
        "phone__contains=99",
        "first_name=Zacharias",
        "account__name__startswith=Q",
        "additional_attribute_info__phone__startswith=03",
        "withdrawal_reason__icontains=asked",
    ],
)
def test_no_asking_by_an_address(scene: Scene, auditor: Client, asked: str) -> None:
    for path in ("/admin/enrollments/contact/", ENROLLMENTS, "/admin/enrollments/refusedcall/"):
        response = auditor.get(f"{path}?{asked}")
        assert response.status_code in (302, 400), path


def test_who_may_not_read_it_may_not_write_it(scene: Scene, sign_in: SignIn) -> None:
    """A role of its own that may change customers, and lacks the permission."""
    client = sign_in()
    kinds = [f"{act}_{kind}" for act in ACTS for kind in ("contact", "account")]
    acts = [f"{act}_promotionpartyusage" for act in ACTS]
    user_of(client).user_permissions.set(
        [
            *Permission.objects.filter(codename__in=[*kinds, *acts]),
            *Permission.objects.filter(codename="view_promotion"),
        ]
    )
    contact = f"/admin/enrollments/contact/{scene.contact.pk}/"
    assert client.get("/admin/enrollments/contact/add/").status_code == 403
    client.post(f"{contact}change/", {"last_name": "X", "version": 1})
    assert Contact.objects.get(pk=scene.contact.pk).last_name == "Quitzow"
    # Enrolling and withdrawing it may; the forms name the customer by id.
    key = PromotionPartyUsage.objects.get(pk=scene.usage.pk)
    first = everything(client, f"{ENROLL}?contact={scene.contact.pk}")
    assert scene.contact.record_id in first
    pages = [first, everything(client, f"{ENROLLMENTS}withdraw/?usage={key.pk}")]
    other = make_promotion()
    sent = {"contact": scene.contact.pk, "promotion": other.pk, "reason": "asked"}
    response = client.post(ENROLL, sent, follow=True)
    pages.append(text(response))
    assert "is enrolled in" in pages[-1]
    for shown in pages:
        assert [word for word in PERSONAL if word in shown] == []


def test_partners_are_not_affected(scene: Scene) -> None:
    answer = Api(name="Reader").get(f"/api/v1/contacts/{scene.contact.record_id}")
    assert answer.json()["email"] == "zq@example.org"
    assert ids.decode(ids.CONTACT, answer.json()["id"]) == scene.contact.pk


def test_who_redeemed_a_coupon(
    support: Client, auditor: Client, marketer: Client, subtests: pytest.Subtests
) -> None:
    coupon = make_coupon()
    used = CouponCodeRedemption(coupon=coupon, buyer="quitzow-77", transaction="order-1")
    redemption = redeem(used, by=actor(), at=timezone.now())
    lists = "/admin/promotions/couponcoderedemption/"
    histories = (
        f"{lists}{redemption.pk}/history/",
        f"/admin/promotions/promotion/{coupon.promotion_id}/history/",
    )
    pages = (
        lists,
        f"{lists}{redemption.pk}/change/",
        f"/admin/promotions/coupon/{coupon.pk}/change/",
        *histories,
    )
    for url in pages:
        with subtests.test(url):
            assert "quitzow-77" in everything(support, url)
            for client in (auditor, marketer):
                shown = everything(client, url)
                assert redemption.number in shown
                assert "quitzow-77" not in shown
    for url in histories:
        assert "Buyer: (hidden)" in everything(auditor, url)


def test_a_change_of_who_redeemed_a_coupon(auditor: Client, support: Client) -> None:
    """The shops change none; the words are ready for it."""
    rows = [
        PromotionHistory(
            pk=key,
            object_name="CouponCodeRedemption",
            record_key=0,
            field="Buyer",
            old_value=old,
            new_value=new,
        )
        for key, (old, new) in enumerate([("quitzow-77", "q-78"), (None, "q-78"), ("q-78", None)])
    ]
    for key, words in tell(rows, staff(auditor)).items():
        assert "(hidden)" in words.text, key
        assert "q-78" not in words.text, key
        assert "quitzow-77" not in words.text, key
    assert "quitzow-77" in tell(rows, staff(support))[0].text
