"""Rows of the objects that clients only read."""

from django.utils import timezone

from promotions.sobjects import records
from promotions.sobjects.declare import SObject
from tests.factories import enroll_contact, make_contact, make_promotion
from tests.sobjects.specimens import Body, Maker, declared


def rows_told_of(one: SObject, make: Maker) -> list[Body]:
    """Some records of the object, as they are retrieved: after a promotion was made and changed and
    a customer was enrolled in one."""
    promotion = make.promotion(PromotionCode="TOLD")
    records.update(
        declared("Promotion"), promotion, {"Name": "Told"}, by=make.by, at=timezone.now()
    )
    enroll_contact(make_contact(), make_promotion())
    keys = one.rows(make.by).values_list("pk", flat=True)[:20]
    return [
        records.retrieve(one, one.id_of(key), by=make.by, version="v59.0") for key in list(keys)
    ]
