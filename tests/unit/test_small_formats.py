"""Enrollment numbers, access tokens, request ids."""

import re

import pytest

from promotions.numbers import parse_record_number, record_number
from promotions.request_ids import current_request_id, request_id_for
from promotions.token_format import ORGANIZATION_ID, new_access_token


@pytest.mark.parametrize(
    ("key", "number"),
    [
        (1, "PPU-000000001"),
        (42, "PPU-000000042"),
        (999_999_999, "PPU-999999999"),
        (10**9, "PPU-1000000000"),
    ],
)
def test_enrollment_numbers_both_ways(key: int, number: str) -> None:
    assert record_number("PPU", key) == number
    assert parse_record_number("PPU", number) == key


@pytest.mark.parametrize("text", ["ppu-42", " PPU-042 ", "PPU-000000000042"])
def test_people_type_numbers_as_they_like(text: str) -> None:
    assert parse_record_number("PPU", text) == 42


@pytest.mark.parametrize(
    "text", ["", "42", "PPU42", "PPU-", "PPU-4x", "PPU--4", "PPU-٤", "PPU-" + "9" * 19]
)
def test_what_is_no_enrollment_number(text: str) -> None:
    assert parse_record_number("PPU", text) is None


def test_tokens_are_an_organisations_id_a_mark_and_what_nobody_can_guess() -> None:
    token = new_access_token()
    assert re.fullmatch(r"00D[0-9A-Za-z]{12}![0-9a-f]{64}", token)
    assert token.startswith(ORGANIZATION_ID[:15])
    assert "." not in token, "clients refuse what could be a JSON web token"
    assert new_access_token() != token


@pytest.mark.parametrize("offered", ["a", "3f9A-b.c_d:e", "x" * 64])
def test_a_usable_request_id_is_kept(offered: str) -> None:
    with request_id_for(offered) as chosen:
        assert chosen == current_request_id() == offered
    assert current_request_id() == ""


@pytest.mark.parametrize("offered", [None, "", "x" * 65, "a b", "a\nb", "ä", '"'])
def test_an_unusable_one_is_replaced(offered: str | None) -> None:
    with request_id_for(offered) as chosen:
        assert re.fullmatch("[0-9a-f]{32}", chosen)
