"""The parts of the benchmarks whose mistakes would make figures wrong, not runs fail."""

import math

import pytest

from tests.benchmarks.enrolling import Pairs
from tests.benchmarks.figures import Contest, Figures, Row, medians
from tests.benchmarks.load import Load, is_whole
from tests.benchmarks.sizes import Dataset

DATASET = Dataset(
    contacts=range(1, 101),
    promotions=range(1, 11),
    open_promotions=range(11, 15),
    offers=range(1, 5),
    enrollments=0,
)


@pytest.mark.parametrize("run", [1, 20])
def test_no_pair_is_handed_out_twice_and_all_are(run: int) -> None:
    pairs = Pairs(DATASET, range(4), run=run)
    handed_out = [pairs.pair(number) for number in [*pairs.take(160), *pairs.take(240)]]
    assert len(set(handed_out)) == 400
    with pytest.raises(SystemExit):
        pairs.take(1)


def test_a_run_is_different_customers_of_one_promotion() -> None:
    pairs = Pairs(DATASET, range(2, 4), run=20)
    one = [pairs.pair(number) for number in pairs.take(20)]
    assert {pair.promotion for pair in one} == {2}
    assert len({pair.contact for pair in one}) == 20


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        (b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}", True),
        (b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nX: 1\r\n\r\n{", False),
        (b"HTTP/1.1 201 Created\r\nContent-Le", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", True),
    ],
)
def test_an_answer_is_whole_when_its_last_byte_is_there(answer: bytes, whole: bool) -> None:
    assert is_whole(answer) is whole


def test_percentiles_are_of_the_sorted_latencies() -> None:
    load = Load(seconds=2, latencies=[n / 1000 for n in range(1, 101)])
    assert load.rate == 50
    assert load.percentile(0.5) == 0.051
    assert load.percentile(0.99) == 0.1
    assert math.isnan(Load().percentile(0.5))


def test_a_ratio_is_the_median_of_those_of_the_rounds() -> None:
    contest = Contest(
        {
            "ours": [Figures(10), Figures(30), Figures(20)],
            "theirs": [Figures(10), Figures(10), Figures(40)],
        }
    )
    assert contest.rate_ratios("ours", "theirs") == [1, 3, 0.5]
    assert medians(contest.rounds["ours"]).rate == 20
    row = Row("a", "b", contest.rate_ratios("ours", "theirs"), 1, "", "")
    assert (row.ratio, row.met) == (1, "yes")


@pytest.mark.parametrize(
    ("ratio", "to_reach", "at_most", "met"),
    [
        (0.9, 1.0, False, "no"),
        (0.9, 1.0, True, "yes"),
        (1.1, 1.0, True, "no"),
        (9, None, False, ""),
    ],
)
def test_what_is_to_reach_is_a_least_or_a_most(
    ratio: float, to_reach: float | None, at_most: bool, met: str
) -> None:
    assert Row("a", "b", [ratio], to_reach, "", "", at_most=at_most).met == met
