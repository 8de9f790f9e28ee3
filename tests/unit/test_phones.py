"""Telephone numbers, however they are written."""

import pytest

from enrollments.phones import looks_like_a_phone, phone_key, phone_keys

KEPT = ("+49 (0)30 23125-600", "+49 30 23125 600", "0049 30 23125600", "030 / 23125 600")


@pytest.mark.parametrize("typed", [*KEPT, "23125600", "3023125600", "+493023125600"])
@pytest.mark.parametrize("kept", KEPT)
def test_a_number_is_found_however_both_are_written(kept: str, typed: str) -> None:
    key = phone_key(kept)
    assert key is not None
    ending, others = phone_keys(typed)
    assert key.startswith(ending) or key in others


@pytest.mark.parametrize("typed", ["23125601", "+49 40 23125600", "+4930231256001"])
def test_another_number_is_another(typed: str) -> None:
    for kept in KEPT[:3]:
        key = phone_key(kept)
        assert key is not None
        ending, others = phone_keys(typed)
        assert not key.startswith(ending)
        assert key not in others


def test_what_is_no_number() -> None:
    assert phone_key("none") is None
    assert phone_key("000") is None
    for text in ("", "0815", "Anna", "PPU-000000042", "12345x", "++", "१२३४५६"):
        assert not looks_like_a_phone(text), text
    assert looks_like_a_phone("+1 202 555 0100")
