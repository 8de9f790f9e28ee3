"""Counting calls: exact over any stretch of time, in bounded memory."""

import threading

import pytest

from promotions.sliding_window import SlidingWindow

START = 1_000_000.0


def allowed(window: SlidingWindow, caller: str, *seconds: float) -> list[bool]:
    """Who goes on of calls so long after the start."""
    return [window.wait(caller, at=START + second) is None for second in seconds]


def test_no_more_than_the_limit_in_any_stretch_of_that_length() -> None:
    window = SlidingWindow(2, 60)
    assert allowed(window, "a", 0, 30, 31, 59.9) == [True, True, False, False]
    assert allowed(window, "a", 60, 60, 89.9) == [True, False, False]
    assert allowed(window, "a", 90, 119.9, 120) == [True, False, True]


def test_how_long_to_wait() -> None:
    window = SlidingWindow(2, 60)
    assert [window.wait("a", at=START + second) for second in (0, 10, 15)] == [None, None, 45]


def test_refused_calls_are_not_counted() -> None:
    window = SlidingWindow(1, 60)
    assert allowed(window, "a", 0, *range(1, 60), 60) == [True, *([False] * 59), True]


def test_callers_are_counted_apart() -> None:
    window = SlidingWindow(1, 60)
    assert allowed(window, "a", 0) == allowed(window, "b", 0) == [True]
    assert allowed(window, "a", 1) == allowed(window, "b", 1) == [False]


def test_a_thread_that_comes_a_little_late_takes_no_place_away() -> None:
    window = SlidingWindow(2, 60)
    assert allowed(window, "a", 1, 0.5, 59) == [True, True, False]
    assert allowed(window, "a", 61) == [True]


def test_a_clock_that_was_put_back_locks_nobody_out() -> None:
    window = SlidingWindow(2, 60)
    assert allowed(window, "a", 3600, 3600, 3600) == [True, True, False]
    assert allowed(window, "a", 0, 1, 2) == [True, True, False]


def test_who_has_not_called_for_long_is_forgotten() -> None:
    window = SlidingWindow(5, 60)
    for number in range(100):
        allowed(window, str(number), number)
    assert len(window) == 60


@pytest.mark.parametrize("clock", [0, 0.001, -3600], ids=["stopped", "running", "put back"])
def test_no_more_callers_are_counted_than_there_is_room_for(clock: float) -> None:
    window = SlidingWindow(1, 60, most=10)
    for number in range(1000):
        assert allowed(window, str(number), number * clock) == [True]
        assert len(window) <= 10


def test_the_one_let_through_longest_ago_makes_room() -> None:
    window = SlidingWindow(2, 60, most=2)
    allowed(window, "a", 0)
    allowed(window, "b", 1)
    allowed(window, "a", 2)
    allowed(window, "c", 3)
    assert allowed(window, "a", 4) == [False]
    assert allowed(window, "b", 5, 5, 5) == [True, True, False]


def test_calls_at_once_get_no_place_twice() -> None:
    window = SlidingWindow(100, 60)
    barrier = threading.Barrier(8)
    waits: list[float | None] = []

    def call() -> None:
        barrier.wait()
        waits.extend([window.wait("a", at=START + number / 1000) for number in range(50)])

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (waits.count(None), len(waits)) == (100, 400)
