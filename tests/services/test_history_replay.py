"""History tells everything: after hundreds of changes through all doors, every earlier state
follows from its rows alone, backwards and forwards."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from promotions.access import Access
from promotions.actors import Source
from promotions.errors import Refused
from promotions.models import Promotion, PromotionHistory, PromotionShare, User
from promotions.services import parts, sharing
from promotions.services.history import CREATED, values_of
from promotions.services.promotions import update_promotion
from promotions.services.recycle_bin import PARTS, delete_promotion, restore_promotion
from tests.admin.pages import admin_url, sent
from tests.api.conftest import Api
from tests.factories import actor, make_promotion, make_user

pytestmark = pytest.mark.django_db

CHANGES = 500
"""With ``--everything``; a part of them otherwise."""
State = dict[tuple[str, int], dict[str, str]]


def state_of(promotion: Promotion) -> State:
    """The promotion and everything under it, in the words of history. What lies in the recycle bin
    with the promotion is not deleted by itself."""
    promotion.refresh_from_db()
    state: State = {("Promotion", promotion.pk): _said(values_of(promotion))}
    for model in PARTS:
        for part in model._default_manager.filter(promotion=promotion):
            values = _said(values_of(part))
            if part.deleted_with_promotion:
                values["IsDeleted"] = "false"
            state[(part.object_name, part.pk)] = values
    for share in PromotionShare.objects.filter(promotion=promotion, row_cause="Manual"):
        state[("PromotionShare", share.pk)] = _said(values_of(share))
    return state


def _said(values: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def undone(state: State, row: PromotionHistory) -> None:
    """Takes ``state`` back to before the row."""
    record = (row.object_name, row.record_key)
    if row.field == CREATED:
        del state[record]
    elif row.object_name == "PromotionShare" and row.field == "IsDeleted":
        state[record] = _last_known(row)
    else:
        assert state[record].get(row.field) == row.new_value, "rows follow one another"
        _set(state[record], row.field, row.old_value)


def done(state: State, row: PromotionHistory) -> None:
    """Takes ``state`` on to after the row."""
    record = (row.object_name, row.record_key)
    if row.field == CREATED:
        state[record] = dict(row.snapshot or {})
    elif row.object_name == "PromotionShare" and row.field == "IsDeleted":
        del state[record]
    else:
        assert state[record].get(row.field) == row.old_value, "rows follow one another"
        _set(state[record], row.field, row.new_value)


def _last_known(row: PromotionHistory) -> dict[str, str]:
    """A share that was taken back, as the rows before tell of it: it leaves no record."""
    state: State = {}
    earlier = PromotionHistory.objects.filter(
        object_name=row.object_name, record_key=row.record_key, pk__lt=row.pk
    )
    for one in earlier.order_by("pk"):
        done(state, one)
    return state[(row.object_name, row.record_key)]


def _set(values: dict[str, str], field: str, value: str | None) -> None:
    if value is None:
        values.pop(field, None)
    else:
        values[field] = value


class Doors:
    """Random changes to one promotion, each through one of the doors."""

    def __init__(self, promotion: Promotion, chance: random.Random) -> None:
        self.promotion, self.chance = promotion, chance
        self.api = Api()
        self.browser = Client()
        self.users = [make_user("Marketing leads") for _ in range(3)]
        self.browser.force_login(self.users[0], backend="django.contrib.auth.backends.ModelBackend")
        self.url = f"/api/v1/promotions/{promotion.record_id}"
        self.operator = actor(Source.COMMAND, User.objects.get(username="system"))

    def changes(self) -> Iterator[Callable[[], Any]]:
        while True:
            # Opening a form takes longer than all the rest: it has its share, a smaller one.
            yield self.chance.choice([*[self.by_api] * 12, self.by_form, *[self.by_command] * 4])

    def by_api(self) -> None:
        self.chance.choice(
            [self._patch, self._verb, self._add_part, self._change_part, self._delete_part]
        )()

    def by_form(self) -> None:
        self.promotion.refresh_from_db()
        if self.promotion.is_deleted:
            return
        changes: dict[str, Any] = self.chance.choice(
            [
                {"name": self._word()},
                {"description": self._word(), "priority_number": self.chance.randint(0, 9)},
                {"is_active": self.chance.choice(["on", None])},
                {"maximum_usage_count": self.chance.choice(["", "3"])},
            ]
        )
        url = admin_url("promotions_promotion", "change", self.promotion.pk)
        assert sent(self.browser, url, **changes).status_code == 302

    def by_command(self) -> None:
        at, by, key = timezone.now(), self.operator, self.promotion.pk
        user = self.chance.choice(self.users)
        level = self.chance.choice([Access.READ, Access.EDIT, Access.ALL])
        share = self.promotion.shares.filter(row_cause="Manual").first()
        acts: list[Callable[[], Any]] = [
            lambda: update_promotion(key, {"owner_user": user}, by=by, at=at),
            lambda: sharing.share(key, level, user=user.pk, by=by, at=at),
            lambda: sharing.unshare(key, share.pk if share else 0, by=by, at=at),
            lambda: delete_promotion(key, by=by, at=at),
            lambda: restore_promotion(key, by=by, at=at),
            lambda: restore_promotion(key, by=by, at=at),
        ]
        with suppress(Refused):  # whatever doesn't go in this state
            self.chance.choice(acts)()

    def _patch(self) -> None:
        moment = f"2027-0{self.chance.randint(1, 9)}-01T00:00:00Z"
        self.api.patch(
            self.url,
            self.chance.choice(
                [
                    {"displayName": self._word()},
                    {"displayName": None},
                    {"endDateTime": moment, "startDateTime": None},
                    {"startDateTime": moment},
                    {"enrollmentEndDate": moment[:10], "isEnrollmentRequired": True},
                    {"exclusivityType": self.chance.choice(["No", "Class", "Global"])},
                    {"name": ""},
                ]
            ),
        )

    def _verb(self) -> None:
        self.api.post(f"{self.url}/{self.chance.choice(['activate', 'deactivate', 'close'])}", {})

    def _add_part(self) -> None:
        percent = self.chance.randint(0, 100)
        self.api.post(
            *self.chance.choice(
                [
                    (f"{self.url}/tiers", {"name": self._word()}),
                    (f"{self.url}/qualifiers", self._qualifier()),
                    (
                        f"{self.url}/targets",
                        {
                            "promotionTierId": self._tier(),
                            "targetType": "Transaction",
                            "targetOperator": "NONE",
                            "targetRuleCriteriaType": "ALL",
                            "adjustmentType": "PercentageDiscount",
                            "adjustmentPercent": percent,
                        },
                    ),
                    (
                        f"{self.url}/limits",
                        {
                            "category": "PromotionLevel",
                            "type": self.chance.choice(["OrderCount", "TotalUsage"]),
                            "value": percent,
                        },
                    ),
                    (f"{self.url}/coupons", {"couponCode": self._word()}),
                ]
            )
        )

    def _qualifier(self) -> dict[str, Any]:
        return {
            "promotionTierId": self._tier(),
            "qualifierType": "Product",
            "qualifierOperator": "EQUAL_TO",
            "qualifierRuleCriteriaType": "All",
            "externalQualifier": self._word(),
            "minimumQuantity": self.chance.choice([1, 2.5, 0]),
        }

    def _tier(self) -> str | None:
        tiers = [tier.record_id for tier in self.promotion.tiers.filter(is_deleted=False)]
        return self.chance.choice([*tiers, None]) if tiers else None

    def _change_part(self) -> None:
        kind, change = self.chance.choice(
            [
                ("tiers", {"name": self._word(), "rank": self.chance.randint(1, 10)}),
                ("qualifiers", {"minimumQuantity": self.chance.randint(1, 9)}),
                ("targets", {"adjustmentPercent": self.chance.randint(1, 100)}),
                ("limits", {"value": self.chance.randint(1, 10_000)}),
                ("coupons", {"status": self.chance.choice(["Active", "Inactive"])}),
            ]
        )
        if part := self._some(kind):
            self.api.patch(f"{self.url}/{kind}/{part}", change)

    def _delete_part(self) -> None:
        kind = self.chance.choice(["tiers", "qualifiers", "targets", "limits", "coupons"])
        if part := self._some(kind):
            self.api.delete(f"{self.url}/{kind}/{part}")

    def _some(self, kind: str) -> str | None:
        live = getattr(self.promotion, kind).filter(is_deleted=False)
        ids = [part.record_id for part in live]
        return self.chance.choice(ids) if ids else None

    def _word(self) -> str:
        return "".join(self.chance.choices("abcdefghij", k=8))


def test_every_earlier_state_follows_from_the_rows_alone(everything: bool) -> None:
    wanted = CHANGES if everything else CHANGES // 8
    chance = random.Random(4711)
    promotion = make_promotion(is_tiered=True, by=actor(Source.ADMIN))
    doors = Doors(promotion, chance)
    newest = PromotionHistory.objects.order_by("-pk")
    states = [(newest[0].pk, state_of(promotion))]
    for change in doors.changes():
        change()
        last = newest[0].pk
        if last != states[-1][0]:
            states.append((last, state_of(promotion)))
        if len(states) > wanted:
            break
    rows = list(PromotionHistory.objects.filter(promotion=promotion).order_by("pk"))
    assert {row.source for row in rows} == {"admin", "api", "command"}
    assert {row.object_name for row in rows} > {"PromotionTier", "Coupon", "PromotionShare"}
    _backwards(rows, states)
    _forwards(rows, states)


def _backwards(rows: list[PromotionHistory], states: list[tuple[int, State]]) -> None:
    now = {record: dict(values) for record, values in states[-1][1].items()}
    left = list(rows)
    for last, expected in reversed(states):
        while left and left[-1].pk > last:
            undone(now, left.pop())
        assert now == expected


def _forwards(rows: list[PromotionHistory], states: list[tuple[int, State]]) -> None:
    now: State = {}
    left = iter(rows)
    row = next(left, None)
    for last, expected in states:
        while row is not None and row.pk <= last:
            done(now, row)
            row = next(left, None)
        assert now == expected
    assert row is None


def test_a_failed_history_write_leaves_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    promotion = make_promotion(is_tiered=True)
    before = state_of(promotion)

    def fail(*args: Any, **options: Any) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(PromotionHistory.objects, "bulk_create", fail)
    by, at, key = actor(), timezone.now(), promotion.pk
    acts: list[Callable[[], Any]] = [
        lambda: make_promotion(),
        lambda: update_promotion(key, {"name": "New"}, by=by, at=at),
        lambda: delete_promotion(key, by=by, at=at),
        lambda: sharing.share(key, Access.READ, user=by.user.pk, by=by, at=at),
        lambda: parts.tiers.create(
            parts.tiers.model(promotion=promotion, name="Gold"), by=by, at=at
        ),
    ]
    for act in acts:
        with pytest.raises(RuntimeError):
            act()
    assert state_of(promotion) == before
    assert Promotion.objects.count() == 1
