"""The measure of what work costs, with a clock that says what it is told."""

from collections.abc import Callable, Iterator
from itertools import accumulate

import pytest

from . import effort

Told = Callable[..., None]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Says how long each piece of work takes, one after the other."""

    def tell(*seconds: float) -> None:
        steps: Iterator[float] = accumulate(step for each in seconds for step in (1.0, each))
        monkeypatch.setattr(effort, "thread_time", lambda: next(steps))

    return tell


def test_work_that_is_quick_enough_is_done_once(told: Told) -> None:
    told(0.5)
    done: list[int] = []
    assert effort.cost(lambda: done.append(1), 0.6) == pytest.approx(0.5)
    assert done == [1]


def test_a_slow_computer_may_take_longer(told: Told) -> None:
    told(5.0, 10 * effort.USUAL_S)
    assert effort.cost(int, 0.6) == pytest.approx(0.5)


def test_one_slow_try_does_not_count(told: Told) -> None:
    told(5.0, effort.USUAL_S, 5.0, effort.USUAL_S, 0.5)
    assert effort.cost(int, 0.6) == pytest.approx(0.5)


def test_what_is_slow_in_each_try_is_too_slow(told: Told) -> None:
    told(*([5.0, effort.USUAL_S] * effort.TRIES))
    assert effort.cost(int, 0.6) == pytest.approx(5.0)


def test_a_fast_computer_has_no_less_time(told: Told) -> None:
    told(*([0.7, effort.USUAL_S / 10] * effort.TRIES))
    assert effort.cost(int, 0.6) == pytest.approx(0.7)
