"""Who may see a promotion and why: shares, transfer, and the rules that make some of them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from promotions.access import Access
from promotions.models import Promotion, SharingRule
from promotions.services.promotions import update_promotion
from promotions.services.sharing import create_rule, share
from tests.admin.conftest import staff, user_of
from tests.admin.pages import admin_url, text
from tests.factories import actor, make_promotion, make_user

pytestmark = pytest.mark.django_db
RULES = "/admin/promotions/sharingrule/"


def url(promotion: Promotion) -> str:
    return admin_url("promotions_promotion", "share", promotion.pk)


def shares(promotion: Promotion) -> set[tuple[str, str, str]]:
    rows = promotion.shares.select_related("user", "group")
    return {(str(row.user or row.group), row.access_level, row.row_cause) for row in rows}


def form_errors(response: Any, form: str = "form") -> str:
    return str(response.context[form].errors)


def test_says_who_has_access_and_why(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    rule = SharingRule(
        name="Leads to support",
        owner_user=user_of(lead),
        group=Group.objects.get(name="Support"),
        access_level="Edit",
    )
    create_rule(rule, by=staff(lead), at=timezone.now())
    user = make_user(first_name="Mia", last_name="M")
    share(promotion.pk, Access.READ, user=user.pk, by=staff(lead), at=timezone.now())
    page = text(lead.get(url(promotion)))
    for line in (
        "See, change, delete and share it. Owns it.",
        "See and change it. Shared by a rule: Leads to support.",
        "See it. Shared by somebody.",
    ):
        assert line in page
    assert page.count("Take back") == 1, "the owner's share and the rule's stay"


@pytest.mark.parametrize(
    ("setting", "says"),
    [("private", "are private"), ("read", "may see it."), ("read_write", "see and change it.")],
)
def test_says_what_everybody_may(lead: Client, settings: Any, setting: str, says: str) -> None:
    promotion = make_promotion(by=staff(lead))
    settings.PROMOTION_SHARING = setting
    assert says in text(lead.get(url(promotion)))


def test_shares_with_a_person_and_a_group(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    mia, group = make_user("Marketers", username="mia"), Group.objects.get(name="Support")
    data = {"act": "share", "share-user": mia.pk, "share-access_level": "Edit"}
    assert "is shared with mia" in text(lead.post(url(promotion), data, follow=True))
    lead.post(
        url(promotion), {"act": "share", "share-group": group.pk, "share-access_level": "Read"}
    )
    assert shares(promotion) == {
        ("Lea Lead", "All", "Owner"),
        ("mia", "Edit", "Manual"),
        ("Support", "Read", "Manual"),
    }
    lead.post(url(promotion), {**data, "share-access_level": "Read"})
    assert ("mia", "Read", "Manual") in shares(promotion)


def test_takes_a_share_back(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    mia = make_user("Marketers", username="mia")
    given = share(promotion.pk, Access.READ, user=mia.pk, by=staff(lead), at=timezone.now())
    lead.post(url(promotion), {"act": "unshare", "share": given.pk})
    assert shares(promotion) == {("Lea Lead", "All", "Owner")}
    for key in (given.pk, promotion.shares.get().pk, "abc", "9" * 30):
        page = lead.post(url(promotion), {"act": "unshare", "share": key}, follow=True)
        assert "no such share" in text(page) or "Transfer the promotion instead" in text(page)
    assert shares(promotion) == {("Lea Lead", "All", "Owner")}


@pytest.mark.parametrize("act", ["share", "transfer"])
def test_names_one_of_the_two(lead: Client, act: str) -> None:
    promotion = make_promotion(by=staff(lead))
    mia, group = make_user("Marketers"), Group.objects.get(name="Support")
    form = "form" if act == "share" else "transfer"
    both: dict[str, Any] = {f"{act}-user": mia.pk, f"{act}-group": group.pk}
    for whom in ({}, both):
        data = {"act": act, f"{act}-access_level": "Read", **whom}
        response = lead.post(url(promotion), data)
        assert "one of the two" in form_errors(response, form)
    odd = lead.post(url(promotion), {"act": act, f"{act}-user": "abc"})
    assert "Select a valid choice" in form_errors(odd, form)


def test_gives_it_to_another_owner(lead: Client, settings: Any) -> None:
    settings.PROMOTION_SHARING = "private"
    marketer = make_user("Marketers", username="mia")
    client = Client()
    client.force_login(marketer, backend="django.contrib.auth.backends.ModelBackend")
    promotion = make_promotion(by=actor(user=marketer))
    data = {"act": "transfer", "transfer-user": user_of(lead).pk, "transfer-version": 1}
    response = client.post(url(promotion), data)
    assert shares(promotion) == {("Lea Lead", "All", "Owner")}
    assert response.headers["Location"] == admin_url("promotions_promotion"), "no longer theirs"


def test_does_not_transfer_what_somebody_changed_meanwhile(lead: Client) -> None:
    promotion = make_promotion(by=staff(lead))
    update_promotion(promotion.pk, {"name": "New"}, by=staff(lead), at=timezone.now())
    data = {"act": "transfer", "transfer-user": make_user().pk, "transfer-version": 1}
    response = lead.post(url(promotion), data)
    said = form_errors(response, "transfer")
    assert "You changed this on" in said
    assert "Name changed from" in said
    assert 'name="transfer-version" value="2"' in text(response), "sent once more, it is done"
    assert shares(promotion) == {("Lea Lead", "All", "Owner")}


# --- Rules ----------------------------------------------------------------------------------------


def test_a_rule_shares_and_takes_back(lead: Client) -> None:
    mia, group = make_user("Marketers", username="mia"), Group.objects.get(name="Support")
    promotion = make_promotion(by=actor(user=mia))
    data = {"name": "R", "owner_user": mia.pk, "group": group.pk, "access_level": "Read"}
    assert lead.post(f"{RULES}add/", data).status_code == 302
    assert ("Support", "Read", "Rule") in shares(promotion)
    rule = SharingRule.objects.get()
    change = admin_url("promotions_sharingrule", "change", rule.pk)
    lead.post(change, {**data, "access_level": "Edit", "version": 1})
    assert ("Support", "Edit", "Rule") in shares(promotion)
    lead.post(admin_url("promotions_sharingrule", "delete", rule.pk), {"post": "yes"})
    assert shares(promotion) == {("mia", "All", "Owner")}


def test_a_rule_names_one_owner_and_one_other(lead: Client) -> None:
    mia = make_user("Marketers")
    response = lead.post(f"{RULES}add/", {"name": "R", "access_level": "Read", "user": mia.pk})
    assert "one of the two" in str(response.context["adminform"].form.errors)
    assert not SharingRule.objects.exists()


def test_rules_are_for_who_manages_every_promotion(
    lead: Client, marketer: Client, auditor: Client, support: Client
) -> None:
    assert lead.get(RULES).status_code == 200
    for client in (marketer, auditor, support):
        assert client.get(RULES).status_code == 403
        assert client.post(f"{RULES}add/", {"name": "R"}).status_code == 403
