"""The promotions' list and form."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from promotions.admin.glance import enrollment_in_words
from promotions.admin.moments import organisation_zone
from promotions.models import Promotion, RecordView
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import delete_promotion
from tests.admin.conftest import SignIn, staff, user_of
from tests.admin.pages import admin_url, errors, sent, text
from tests.factories import NOW, actor, make_promotion

LIST = "/admin/promotions/promotion/"
ADD = "/admin/promotions/promotion/add/"
FOR_EVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def change(promotion: Promotion) -> str:
    return admin_url("promotions_promotion", "change", promotion.pk)


def names(response: Any) -> list[str]:
    return [promotion.name for promotion in response.context["cl"].result_list]


# --- The list -------------------------------------------------------------------------------------


def test_lists_live_promotions_with_their_status(marketer: Client) -> None:
    now = timezone.now()
    make_promotion(name="Draft", is_active=False)
    make_promotion(name="Running")
    make_promotion(name="Ended", end_date_time=now - timedelta(days=1))
    make_promotion(
        name="Scheduled", start_date_time=now + timedelta(days=1), is_enrollment_required=False
    )
    make_promotion(name="Enrolling", start_date_time=now + timedelta(days=1))
    gone = make_promotion(name="Gone")
    delete_promotion(gone.pk, by=actor(), at=now)
    page = marketer.get(LIST)
    shown = {promotion.name: promotion.status for promotion in page.context["cl"].result_list}
    assert shown == {
        name: name.lower() for name in ("Draft", "Running", "Ended", "Scheduled", "Enrolling")
    }
    assert "Gone" not in text(page)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"is_enrollment_required": False}, "no enrollment"),
        ({"end_date_time": NOW}, "closed, promotion ended"),
        ({"enrollment_start_date": date(2026, 5, 16)}, "opens 16 May 2026"),
        ({"enrollment_end_date": date(2026, 5, 14)}, "closed since 14 May 2026"),
        ({"enrollment_end_date": date(2026, 5, 15)}, "open until 15 May 2026"),
        ({"is_active": False}, "not open, promotion is inactive"),
        ({}, "open"),
    ],
)
def test_says_whether_customers_can_enroll(values: dict[str, Any], words: str) -> None:
    promotion = Promotion(
        **{"name": "P", "is_active": True, "is_enrollment_required": True, **values}
    )
    assert enrollment_in_words(promotion, NOW, organisation_zone()) == words


@pytest.mark.parametrize("query", ["STRASSE", "straße", "über straße", "sommer26", "Sommer26"])
def test_searches_name_and_code_whatever_the_case(marketer: Client, query: str) -> None:
    make_promotion(name="Über die Straße", promotion_code="SOMMER26")
    make_promotion(name="Other", promotion_code="OTHER")
    assert names(marketer.get(LIST, {"q": query})) == ["Über die Straße"]


def test_filters_by_status_activity_and_dates(marketer: Client) -> None:
    make_promotion(name="Off", is_active=False)
    make_promotion(name="May", start_date_time=datetime(2026, 5, 31, 23, 59, tzinfo=UTC))
    make_promotion(name="June", start_date_time=datetime(2026, 6, 1, tzinfo=UTC))
    assert names(marketer.get(LIST, {"status": "draft"})) == ["Off"]
    assert names(marketer.get(LIST, {"is_active__exact": "0"})) == ["Off"]
    in_may = {"start_date_time_from": "2026-05-01", "start_date_time_to": "2026-05-31"}
    assert names(marketer.get(LIST, in_may)) == ["May"]
    assert len(names(marketer.get(LIST, {"start_date_time_from": "rubbish"}))) == 3
    assert names(marketer.get(LIST, {"start_date_time_to": "9999-12-31"})) == ["June", "May"]


def test_the_list_takes_as_many_statements_for_ten_as_for_one(
    marketer: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        make_promotion()
    with django_assert_max_num_queries(8):
        marketer.get(LIST)


# --- The form -------------------------------------------------------------------------------------


def test_creates_through_the_service(marketer: Client) -> None:
    response = sent(
        marketer,
        ADD,
        name="New",
        promotion_code="NEW",
        is_active="on",
        start_date_time_0="2026-06-01",
        start_date_time_1="10:00",
    )
    assert response.status_code == 302, errors(response)
    promotion = Promotion.objects.get(name="New")
    assert promotion.owner_user == promotion.created_by == user_of(marketer)
    assert promotion.promotion_code_key == "new"
    assert promotion.start_date_time == datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert promotion.description is None


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"name": " "}, "name", "required"),
        (
            {
                "start_date_time_0": "2026-06-02",
                "start_date_time_1": "00:00",
                "end_date_time_0": "2026-06-01",
                "end_date_time_1": "00:00",
            },
            "end_date_time",
            "must end after it starts",
        ),
        (
            {"enrollment_start_date": "2026-06-02", "enrollment_end_date": "2026-06-01"},
            "enrollment_end_date",
            "must not lie before",
        ),
        (
            {"maximum_enrollment_count": "0"},
            "maximum_enrollment_count",
            "greater than or equal to 1",
        ),
        ({"maximum_usage_count": "0"}, "maximum_usage_count", "greater than or equal to 1"),
        ({"end_date_time_1": "10:00"}, "end_date_time", "Write the day"),
        ({"end_date_time_0": "5/6/2026"}, "end_date_time", "5 June 2026 or 6 May 2026"),
        ({"promotion_code": "taken"}, "promotion_code", "has this promotion code already"),
    ],
)
def test_says_at_the_field_what_is_wrong(
    marketer: Client, values: dict[str, str], field: str, says: str
) -> None:
    make_promotion(promotion_code="TAKEN")
    response = sent(marketer, ADD, **{"name": "New", **values})
    assert says in " ".join(errors(response)[field])
    assert set(errors(response)) == {field}
    assert not Promotion.objects.filter(name="New").exists()


def test_says_all_that_is_wrong_in_one_round(marketer: Client) -> None:
    make_promotion(promotion_code="TAKEN")
    wrong = {
        "name": "",
        "promotion_code": "taken",
        "start_date_time_0": "2027-05-31",
        "end_date_time_0": "2027-05-01",
        "priority_number": "x",
    }
    found = errors(sent(marketer, ADD, **wrong))
    assert set(found) == {"name", "promotion_code", "end_date_time", "priority_number"}
    assert all(len(lines) == 1 for lines in found.values())


def test_dates_are_not_compared_where_one_can_not_be_read(marketer: Client) -> None:
    promotion = make_promotion(start_date_time=datetime(2027, 5, 1, tzinfo=UTC))
    values = {"start_date_time_0": "5/6/2026", "end_date_time_0": "2026-07-01"}
    assert set(errors(sent(marketer, change(promotion), **values))) == {"start_date_time"}


def test_changes_what_was_changed_and_nothing_else(marketer: Client) -> None:
    start = datetime(2026, 6, 1, 10, 0, 0, 123456, tzinfo=UTC)
    promotion = make_promotion(name="Old", start_date_time=start, end_date_time=FOR_EVER)
    response = sent(marketer, change(promotion), name="New", description="")
    assert response.status_code == 302, errors(response)
    promotion.refresh_from_db()
    assert (promotion.name, promotion.version) == ("New", 2)
    assert (promotion.start_date_time, promotion.end_date_time) == (start, FOR_EVER)
    assert promotion.description is None
    assert promotion.last_modified_by == user_of(marketer)


def test_saving_without_a_change_changes_nothing(marketer: Client) -> None:
    promotion = make_promotion()
    assert sent(marketer, change(promotion)).status_code == 302
    promotion.refresh_from_db()
    assert promotion.version == 1


def test_two_editors_do_not_overwrite_each_other(marketer: Client) -> None:
    promotion = make_promotion(name="First")
    stale = {"version": "1"}
    update_promotion(promotion.pk, {"name": "Second"}, by=actor(), at=timezone.now())
    response = sent(marketer, change(promotion), name="Third", **stale)
    assert " changed this on " in errors(response)["__all__"][0]
    assert response.status_code == 200
    promotion.refresh_from_db()
    assert promotion.name == "Second"


def test_a_form_without_a_version_overwrites_nothing(marketer: Client) -> None:
    promotion = make_promotion(name="First")
    response = sent(marketer, change(promotion), name="Second", version="")
    assert "__all__" in errors(response)


def test_a_lost_race_for_a_code_becomes_a_message(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from promotions.services.records import RecordService

    make_promotion(promotion_code="TAKEN")
    found = RecordService.taken
    calls: list[int] = []

    def at_first_nothing(self: Any, record: Any, *args: Any) -> Any:
        calls.append(1)
        return [] if len(calls) == 1 else found(self, record, *args)

    monkeypatch.setattr(RecordService, "taken", at_first_nothing)
    response = sent(marketer, ADD, name="New", promotion_code="taken")
    assert "already" in errors(response)["promotion_code"][0]


def test_tiered_is_final_and_the_form_says_why(marketer: Client) -> None:
    assert 'name="is_tiered"' in text(marketer.get(ADD))
    page = text(marketer.get(change(make_promotion(is_tiered=True))))
    assert 'name="is_tiered"' not in page
    assert "To change it, make a new promotion" in page


def test_offers_currencies_only_where_there_are_several(marketer: Client, settings: Any) -> None:
    assert "currency_iso_code" not in text(marketer.get(ADD))
    settings.CURRENCIES = ["EUR", "USD"]
    assert "currency_iso_code" in text(marketer.get(ADD))
    assert sent(marketer, ADD, name="New", currency_iso_code="USD").status_code == 302
    assert Promotion.objects.get(name="New").currency_iso_code == "USD"
    assert "currency_iso_code" in errors(sent(marketer, ADD, name="New", currency_iso_code="GBP"))


def test_the_owner_is_a_person_or_a_group(marketer: Client) -> None:
    promotion = make_promotion(by=staff(marketer))
    group = Group.objects.get(name="Marketers")
    both = sent(marketer, change(promotion), owner_group=group.pk)
    assert "not both" in errors(both)["owner_group"][0]
    nobody = sent(marketer, change(promotion), owner_user="")
    assert "Name an owner" in errors(nobody)["owner_user"][0]
    assert sent(marketer, change(promotion), owner_user="", owner_group=group.pk).status_code == 302
    promotion.refresh_from_db()
    assert (promotion.owner_user, promotion.owner_group) == (None, group)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
def test_for_ever_crashes_nothing_in_any_zone(sign_in: SignIn, settings: Any, zone: str) -> None:
    settings.TIME_ZONE = zone
    promotion = make_promotion(end_date_time=FOR_EVER, name="For ever")
    for role in ("Marketers", "Support"):
        client = sign_in(role)
        assert "31 Dec 9999" in text(client.get(LIST))
        assert "9999" in text(client.get(change(promotion)))
    client = sign_in("Marketers")
    assert sent(client, change(promotion), name="Renamed").status_code == 302
    promotion.refresh_from_db()
    assert (promotion.name, promotion.end_date_time) == ("Renamed", FOR_EVER)


def test_moments_are_typed_on_the_organisations_clocks(marketer: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    sent(marketer, ADD, name="New", start_date_time_0="2026-06-01", start_date_time_1="00:00")
    assert Promotion.objects.get(name="New").start_date_time == datetime(
        2026, 5, 31, 22, tzinfo=UTC
    )
    page = text(marketer.get(LIST))
    assert "1 Jun 2026," in page
    assert "Europe/Berlin" in page
    skipped = {"start_date_time_0": "2026-03-29", "start_date_time_1": "02:30"}
    assert "put forward" in errors(sent(marketer, ADD, name="N", **skipped))["start_date_time"][0]
    twice = {"start_date_time_0": "2026-10-25", "start_date_time_1": "02:30"}
    assert sent(marketer, ADD, name="Twice", **twice).status_code == 302


def test_remembers_who_viewed_it(marketer: Client, support: Client) -> None:
    promotion = make_promotion()
    assert "never before" in text(marketer.get(change(promotion)))
    assert "never before" not in text(marketer.get(change(promotion)))
    [view] = RecordView.objects.all()
    assert (view.user, view.key_prefix, view.record_key) == (
        user_of(marketer),
        "0c8",
        promotion.pk,
    )
    assert view.last_viewed_date is not None


def test_leads_to_its_enrollments_and_to_enrolling(superuser: Client, marketer: Client) -> None:
    promotion = make_promotion()
    page = text(superuser.get(change(promotion)))
    assert f"?promotion__id__exact={promotion.pk}" in page
    assert f"enroll/?promotion={promotion.pk}" in page
    assert "enroll/?promotion" not in text(marketer.get(change(promotion)))


# --- Deleting, and who may what -------------------------------------------------------------------


def test_deletes_softly_one_and_several(marketer: Client) -> None:
    first, second, third = (make_promotion(by=staff(marketer)) for _ in range(3))
    url = admin_url("promotions_promotion", "delete", first.pk)
    assert "enrollments stay and are paused" in text(marketer.get(url))
    assert marketer.post(url, {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [second.pk, third.pk]}
    assert second.name in text(marketer.post(LIST, chosen))
    marketer.post(LIST, {**chosen, "post": "yes"})
    assert Promotion.objects.filter(is_deleted=True).count() == 3
    first.refresh_from_db()
    assert first.last_modified_by == user_of(marketer)
    assert marketer.get(change(first)).status_code == 302


def test_support_sees_and_changes_nothing(support: Client) -> None:
    promotion = make_promotion(name="Seen")
    page = text(support.get(change(promotion)))
    assert "Seen" in page
    assert 'name="name"' not in page
    assert support.post(change(promotion), {"name": "X"}).status_code == 403
    assert support.get(ADD).status_code == 403
    assert support.get(admin_url("promotions_promotion", "delete", promotion.pk)).status_code == 403


def test_staff_without_a_role_sees_nothing(nobody: Client) -> None:
    assert nobody.get(LIST).status_code == 403
    assert nobody.get(change(make_promotion())).status_code == 403
    assert nobody.get("/admin/").status_code == 200
