"""The catalogue of errors, against the table of the contract."""

import pytest

from promotions.errors import (
    CATALOGUE,
    DomainError,
    Refused,
    common_status,
    join_pointer,
    refuse,
)

CONTRACT = {
    # The contract's table, "Errors": own code → status.
    "customer_required": 400,
    "promotion_required": 400,
    "invalid_datetime": 400,
    "malformed_id": 400,
    "too_many_items": 400,
    "empty_request": 400,
    "unknown_property": 400,
    "customer_not_found": 404,
    "promotion_not_found": 404,
    "offer_not_found": 404,
    "customer_ambiguous": 400,
    "account_contact_mismatch": 400,
    "offer_not_for_promotion": 400,
    "promotion_inactive": 400,
    "promotion_ended": 400,
    "enrollment_not_enabled": 400,
    "enrollment_not_open": 400,
    "enrollment_closed": 400,
    "offer_inactive": 400,
    "period_reversed": 400,
    "period_in_past": 400,
    "period_outside_promotion": 400,
    "already_enrolled": 409,
    "duplicate_in_request": 409,
    "duplicate_value": 409,
    "not_enrolled": 409,
    "enrollment_limit_reached": 409,
    "invalid_type": 400,
    "invalid_value": 400,
    "required": 400,
    "reason_required": 400,
    "invalid_filter": 400,
    "malformed_json": 400,
    "unauthenticated": 401,
    "insufficient_scope": 403,
    "idempotency_in_progress": 409,
    "idempotency_key_reused": 422,
    "not_found": 404,
    "method_not_allowed": 405,
    "version_conflict": 412,
    "payload_too_large": 413,
    "unsupported_media_type": 415,
    "rate_limited": 429,
    # Beside it: promotions as a whole.
    "coupon_inactive": 400,
    "coupon_not_started": 400,
    "coupon_ended": 400,
    "coupon_used_up": 409,
    "insufficient_access": 403,
    "in_use": 409,
    "confirmation_required": 409,
}


def test_the_catalogue_is_the_contracts_table() -> None:
    assert {code: kind.status for code, kind in CATALOGUE.items()} == CONTRACT


def test_each_kind_has_a_title_of_its_own() -> None:
    titles = [kind.title for kind in CATALOGUE.values()]
    assert len(set(titles)) == len(titles)
    assert all(titles)


def test_an_error_outside_the_catalogue_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="no_such_code"):
        DomainError("no_such_code", "…")


@pytest.mark.parametrize(
    ("prefix", "pointer", "joined"),
    [
        ("inputParameters[3]", "contact.email", "inputParameters[3].contact.email"),
        ("inputParameters[3]", "", "inputParameters[3]"),
        ("", "contact.email", "contact.email"),
        ("", "", ""),
    ],
)
def test_pointers(prefix: str, pointer: str, joined: str) -> None:
    assert join_pointer(prefix, pointer) == joined
    assert DomainError("required", "…", pointer).under(prefix).pointer == joined


def test_under_keeps_everything_else() -> None:
    error = DomainError("customer_ambiguous", "2 match.", "contact", {"matches": 2})
    assert error.under("inputParameters[0]") == DomainError(
        "customer_ambiguous", "2 match.", "inputParameters[0].contact", {"matches": 2}
    )


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        (["customer_not_found"], 404),
        (["customer_not_found", "promotion_not_found"], 404),
        (["already_enrolled", "duplicate_in_request"], 409),
        (["already_enrolled", "customer_not_found"], 400),
        (["invalid_value", "version_conflict"], 400),
    ],
)
def test_the_status_of_several_errors_is_theirs_if_the_same_else_400(
    codes: list[str], status: int
) -> None:
    assert common_status(DomainError(code, "…") for code in codes) == status


def test_a_refusal_carries_all_its_errors_and_reads_well_in_a_log() -> None:
    one, other = (
        DomainError("required", "Give a name.", "name"),
        DomainError("invalid_value", "No."),
    )
    assert Refused(one, other).errors == (one, other)
    assert str(Refused(one, other)) == "required (Give a name.); invalid_value (No.)"
    assert refuse("already_enrolled", "…", "contact", promotionPartyUsageId="x").errors == (
        DomainError("already_enrolled", "…", "contact", {"promotionPartyUsageId": "x"}),
    )
