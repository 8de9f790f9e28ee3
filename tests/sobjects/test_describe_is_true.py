"""Every field's describe entry is proved by behaviour: by writing.

Each object's fields are made, changed, cleared, repeated and overfilled, and what comes of it is
compared with what describe calls say. What is asked for in queries is tried in
``test_describe_is_true_of_queries``.
"""

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from promotions.sobjects import records
from promotions.sobjects.declare import SObject, every_sobject, sobject_with_prefix
from promotions.sobjects.describe import describe
from promotions.sobjects.identifying import decode
from tests.sobjects.specimens import SPECIMENS, Maker, declared
from tests.sobjects.told import rows_told_of
from tests.sobjects.trying import (
    Trial,
    Wrong,
    attempt,
    identified,
    try_clearing,
    try_creating,
    try_filling,
    try_identifying,
    try_leaving_out,
    try_numbering,
    try_removing,
    try_repeating,
    try_updating,
)

pytestmark = pytest.mark.django_db

COUNTS: Final = ("UsageCount", "OrderCount", "IssuedVoucherCount", "PointsCredited")
KNOWN: Final[dict[str, dict[tuple[str, str], str]]] = {
    "Promotion": {
        ("QualifierCriteria", "defaultedOnCreate"): "It has a default and isn't called that.",
    },
    "PromotionMarketSegment": {
        ("PromotionSegmentId", "nillable"): "A promotion is for a segment here, or for everybody.",
    },
    "PromotionPartyUsage": {
        ("PromotionId", "updateable"): "A record is of one customer and promotion for ever.",
        ("EnrollmentEffectiveDateTime", "defaultedOnCreate"): "It is the moment of enrolling.",
        ("EnrollmentEffectiveDateTime", "nillable"): "Null is taken, and is now.",
        **{(name, "defaultedOnCreate"): "Nothing said is none: 0." for name in COUNTS},
        **{(name, "nillable"): "Null is taken, and is none: 0." for name in COUNTS},
    },
    "PromotionTier": {
        ("Rank", "defaultedOnCreate"): "A tier gets the next rank that is free.",
        ("Rank", "nillable"): "It may be left out; a tier that is there keeps a rank.",
    },
}
"""What the described objects say that isn't so here, each with its reason."""


@pytest.fixture(autouse=True)
def every_field(settings: Settings) -> None:
    """Also those that only some organisations have."""
    settings.CURRENCIES, settings.COMMERCE_FIELDS = ["CHF", "EUR"], True


@pytest.mark.parametrize("name", sorted(SPECIMENS))
def test_what_is_said_of_writing_is_so(name: str) -> None:
    trial = Trial(declared(name), Maker.new())
    told = describe(trial.one, trial.by, "v59.0")
    assert (told["createable"], told["updateable"]) == (True, True)
    try_creating(trial)
    try_updating(trial)
    try_leaving_out(trial)
    try_clearing(trial)
    try_repeating(trial)
    try_filling(trial)
    try_identifying(trial)
    try_numbering(trial)
    try_removing(trial, told)
    assert trial.wrong == set(KNOWN.get(name, ()))


@pytest.mark.parametrize("name", [one.name for one in every_sobject() if one.name not in SPECIMENS])
def test_what_is_said_of_objects_that_are_only_read_is_so(name: str) -> None:
    make = Maker.new()
    one = declared(name)
    told = describe(one, make.by, "v59.0")
    fields = {field["name"]: field for field in told["fields"]}
    shown = rows_told_of(one, make)
    assert shown
    at = timezone.now()
    record_id = shown[0]["Id"]
    acts = {
        "createable": lambda: records.create(one, {"Name": "x"}, by=make.by, at=at),
        "updateable": lambda: records.update(one, record_id, {"Name": "x"}, by=make.by, at=at),
        "deletable": lambda: records.delete(one, record_id, by=make.by, at=at),
        "undeletable": lambda: records.undelete(record_id, by=make.by, at=at),
    }
    for call, act in acts.items():
        _, problems = attempt(act)
        assert not told[call]
        assert [p.code for p in problems] == ["INSUFFICIENT_ACCESS_OR_READONLY"], call
    assert not any(field["createable"] or field["updateable"] for field in fields.values())
    nulls = {name for record in shown for name, value in record.items() if value is None}
    wrong: Wrong = {(name, "nillable") for name in nulls if not fields[name]["nillable"]}
    identified(one, make, fields, shown, wrong)
    assert wrong == set()


LIES: Final[list[tuple[Callable[[Trial], None], str, str, str, Any]]] = [
    (try_creating, "Account", "Name", "createable", False),
    (try_creating, "Account", "CreatedDate", "createable", True),
    (try_updating, "Account", "Name", "updateable", False),
    (try_updating, "Account", "CreatedDate", "updateable", True),
    (try_leaving_out, "Account", "Name", "nillable", True),
    (try_leaving_out, "Account", "ExternalId", "nillable", False),
    (try_leaving_out, "Account", "ExternalId", "defaultedOnCreate", True),
    (try_leaving_out, "Offer", "IsActive", "defaultedOnCreate", False),
    (try_leaving_out, "Offer", "IsActive", "defaultValue", False),
    (try_clearing, "Account", "Name", "nillable", True),
    (try_clearing, "Account", "ExternalId", "nillable", False),
    (try_repeating, "Account", "Name", "unique", True),
    (try_repeating, "Account", "ExternalId", "unique", False),
    (try_repeating, "Account", "ExternalId", "caseSensitive", False),
    (try_repeating, "Offer", "Code", "caseSensitive", True),
    (try_filling, "Account", "Name", "length", 254),
    (try_filling, "Account", "Name", "length", 256),
    (try_filling, "Account", "Name", "byteLength", 255),
    (try_filling, "Coupon", "RedemptionLimitPerBuyer", "digits", 9),
    (try_filling, "PromotionLimitUsage", "Usage", "precision", 14),
    (try_identifying, "Account", "Name", "idLookup", False),
    (try_identifying, "Contact", "Phone", "idLookup", True),
    (try_numbering, "Account", "Name", "autoNumber", True),
]
"""What finds which wrong entry."""


@pytest.mark.parametrize(
    ("trying", "name", "field", "property_", "lie"),
    LIES,
    ids=[f"{name}.{field}.{property_}={lie}" for _, name, field, property_, lie in LIES],
)
def test_a_wrong_entry_is_found(
    trying: Callable[[Trial], None], name: str, field: str, property_: str, lie: Any
) -> None:
    trial = Trial(declared(name), Maker.new())
    trying(trial)
    assert trial.wrong == set()
    assert trial.told[field][property_] != lie
    trial.told[field][property_] = lie
    trying(trial)
    assert field in {name for name, _ in trial.wrong}


# --- Between objects ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SPECIMENS))
def test_what_is_said_of_deleting_what_it_refers_to_is_so(name: str) -> None:
    """Each reference's ``cascadeDelete`` and ``restrictedDelete``, by deleting what is named."""
    make = Maker.new()
    one = declared(name)
    fields = {field["name"]: field for field in describe(one, make.by, "v59.0")["fields"]}
    wrong = []
    for factory in SPECIMENS[name]:
        body = factory(make).body
        record_id = make.make(name, **body)
        for reference, target_id in body.items():
            if fields[reference]["type"] != "reference" or target_id is None:
                continue
            target = sobject_with_prefix(target_id[:3])
            assert target is not None
            if target.delete is not None:
                outcome = _deleting(make, target, target_id, one, record_id)
                entries = [
                    child
                    for child in describe(target, make.by, "v59.0")["childRelationships"]
                    if (child["childSObject"], child["field"]) == (name, reference)
                ]
                wrong += [
                    (reference, target.name, outcome)
                    for entry in (*entries, fields[reference])
                    if (entry["cascadeDelete"], entry["restrictedDelete"]) != outcome
                ]
    assert wrong == []


def _deleting(
    make: Maker, target: SObject, target_id: str, one: SObject, record_id: str
) -> tuple[bool, bool]:
    """Whether the record goes with what it refers to, and whether it keeps that from going."""

    def remove() -> bool:
        records.delete(target, target_id, by=make.by, at=timezone.now())
        record = one.rows(make.by).get(pk=decode(one, record_id))
        return bool(record.is_deleted)

    gone, problems = attempt(remove)
    return bool(gone), [problem.code for problem in problems] == ["DELETE_FAILED"]
