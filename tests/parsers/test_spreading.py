import gc
import os
import threading
from collections.abc import Iterator

import pytest

from getvpn.parsers import spreading
from getvpn.parsers.spreading import halves, processes_for, spread, without_collector


def doubled(part: list[int]) -> tuple[int, list[int]]:
    return os.getpid(), [2 * each for each in part]


def test_parts_are_worked_on_by_other_processes_and_stay_in_order() -> None:
    done = spread(doubled, [[1, 2], [3], [4, 5]])
    assert [part for _, part in done] == [[2, 4], [6], [8, 10]]
    assert done[0][0] == os.getpid()
    assert len({process for process, _ in done}) == 3


def test_what_fails_in_a_copy_fails_here() -> None:
    with pytest.raises(ZeroDivisionError):
        spread(lambda part: 1 // part[0], [[1], [0]])
    with pytest.raises(ZeroDivisionError):
        spread(lambda part: 1 // part[0], [[0], [1]])


def test_what_cannot_be_sent_is_made_here() -> None:
    (_, lock) = spread(lambda part: threading.Lock() if part else None, [[], [1]])
    assert lock is not None


def test_nothing_is_left_of_the_copies() -> None:
    _, (copy, _) = spread(doubled, [[1], [2]])
    with pytest.raises(ChildProcessError):
        os.waitpid(copy, os.WNOHANG)


@pytest.mark.parametrize(
    ("items", "count", "parts"),
    [
        ([1, 2, 3], 2, [[1, 2], [3]]),
        ([1, 2, 3], 1, [[1, 2, 3]]),
        ([1], 4, [[1]]),
        ([], 2, [[]]),
    ],
)
def test_parts_are_of_one_length(items: list[int], count: int, parts: list[list[int]]) -> None:
    assert halves(items, count) == parts


def test_little_work_and_processes_with_threads_are_not_copied() -> None:
    assert processes_for(10, 100) == 1
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert processes_for(10_000, 1) == 1
    finally:
        done.set()
        thread.join()
    assert processes_for(10_000, 1) >= 1


@pytest.fixture
def thawed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is frozen, the collector never starts by itself, and 5,000 objects are much."""
    monkeypatch.setattr(spreading, "MUCH", 5_000)
    thresholds = gc.get_threshold()
    gc.collect()
    gc.unfreeze()
    gc.set_threshold(10_000_000)
    yield
    gc.set_threshold(*thresholds)
    gc.freeze()


def young(thing: object) -> bool:
    return any(each is thing for each in gc.get_objects(generation=0))


@pytest.mark.usefixtures("thawed")
def test_what_has_grown_without_the_collector_counts_as_old() -> None:
    with without_collector():
        assert not gc.isenabled()
        with without_collector():
            kept = [[number] for number in range(10_000)]
        assert not gc.isenabled()
        assert young(kept[0])
    assert gc.isenabled()
    assert not young(kept[0])
    assert gc.get_freeze_count() == 0


@pytest.mark.usefixtures("thawed")
def test_little_stays_young() -> None:
    with without_collector():
        kept = [[number] for number in range(100)]
    assert young(kept[0])


def test_what_others_have_frozen_stays_so() -> None:
    gc.freeze()
    with without_collector():
        pass
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
