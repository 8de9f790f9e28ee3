"""Who viewed which promotion when."""

from datetime import timedelta

import pytest

from promotions.models import RecordView
from promotions.selectors import promotions_seen_by
from promotions.services.recycle_bin import delete_promotion
from promotions.services.views import last_viewed, note_view
from tests.factories import NOW, actor, make_promotion, make_user

pytestmark = pytest.mark.django_db


def test_each_user_has_a_last_view_of_each_promotion() -> None:
    marta, sam = make_user("Marketers"), make_user("Support")
    seen, unseen = make_promotion(), make_promotion()
    note_view(seen, user=marta, at=NOW)
    note_view(seen, user=marta, at=NOW + timedelta(hours=1))
    note_view(seen, user=sam, at=NOW)
    assert last_viewed(seen, user=marta) == NOW + timedelta(hours=1)
    assert last_viewed(seen, user=sam) == NOW
    assert last_viewed(unseen, user=marta) is None
    assert RecordView.objects.count() == 2


def test_promotions_come_once_each_with_the_users_own_view() -> None:
    marta, sam = make_user(), make_user()
    seen, unseen, deleted = (make_promotion() for _ in range(3))
    for user, hours in ((marta, 1), (sam, 2)):
        note_view(seen, user=user, at=NOW + timedelta(hours=hours))
    delete_promotion(deleted.pk, by=actor(), at=NOW)
    promotions = promotions_seen_by(actor(user=marta)).order_by("pk")
    found = {p.pk: vars(p)["last_viewed_date"] for p in promotions}
    assert found == {seen.pk: NOW + timedelta(hours=1), unseen.pk: None}
    assert promotions_seen_by(actor(user=marta)).count() == 2
