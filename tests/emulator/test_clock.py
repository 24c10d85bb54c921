import asyncio

import pytest

from getvpn.emulator.clock import ManualClock, RunningClock, Timer

from .standing import StandingLoop, passes, run_standing

START = 1_700_000_000.0


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def calls() -> list[str]:
    return []


def test_a_manual_clock_stands_still(clock: ManualClock) -> None:
    assert clock.now() == clock.now() == START


def test_calls_run_in_the_order_of_their_times(clock: ManualClock, calls: list[str]) -> None:
    clock.call_at(START + 2, lambda: calls.append("late"))
    clock.call_at(START + 1, lambda: calls.append("early"))
    clock.advance(3)
    assert calls == ["early", "late"]
    assert clock.now() == START + 3


def test_calls_of_one_time_run_in_the_order_they_were_asked_for(
    clock: ManualClock, calls: list[str]
) -> None:
    for name in "abc":
        clock.call_at(START + 1, lambda name=name: calls.append(name))
    clock.advance(1)
    assert calls == ["a", "b", "c"]


def test_a_call_sees_its_own_time(clock: ManualClock) -> None:
    seen: list[float] = []
    clock.call_at(START + 1, lambda: seen.append(clock.now()))
    clock.advance(10)
    assert seen == [START + 1]


def test_a_call_that_is_not_due_waits(clock: ManualClock, calls: list[str]) -> None:
    clock.call_at(START + 2, lambda: calls.append("x"))
    clock.run_until(START + 1)
    assert calls == []
    assert clock.next_due() == START + 2


def test_a_call_in_the_past_runs_with_the_next_move_at_the_present_time(
    clock: ManualClock,
) -> None:
    seen: list[float] = []
    clock.call_at(START - 5, lambda: seen.append(clock.now()))
    assert seen == []
    clock.advance(0)
    assert seen == [START]


def test_calls_that_calls_ask_for_run_when_they_become_due(
    clock: ManualClock, calls: list[str]
) -> None:
    def tick() -> None:
        calls.append("tick")
        clock.call_at(clock.now() + 1, tick)

    clock.call_at(START + 1, tick)
    clock.advance(3)
    assert calls == ["tick"] * 3


def test_the_clock_does_not_run_backwards(clock: ManualClock) -> None:
    clock.run_until(START - 10)
    assert clock.now() == START


def test_a_cancelled_call_does_not_run(clock: ManualClock, calls: list[str]) -> None:
    timer = clock.call_at(START + 1, lambda: calls.append("x"))
    timer.cancel()
    timer.cancel()
    clock.advance(2)
    assert calls == []
    assert clock.next_due() is None


def test_cancelling_a_call_that_ran_changes_nothing(clock: ManualClock, calls: list[str]) -> None:
    timer = clock.call_at(START + 1, lambda: calls.append("x"))
    clock.advance(1)
    timer.cancel()
    clock.advance(1)
    assert calls == ["x"]


def test_a_call_may_cancel_its_neighbour(clock: ManualClock, calls: list[str]) -> None:
    timers: list[Timer] = []

    def cancel() -> None:
        timers[0].cancel()

    clock.call_at(START + 1, cancel)
    timers.append(clock.call_at(START + 1, lambda: calls.append("x")))
    clock.advance(1)
    assert calls == []


def test_cancelled_calls_do_not_pile_up(clock: ManualClock, calls: list[str]) -> None:
    clock.call_at(START + 2, lambda: calls.append("kept"))
    for _ in range(10_000):
        clock.call_at(START + 1, lambda: calls.append("x")).cancel()
    assert len(clock._queue) < 200
    clock.advance(2)
    assert calls == ["kept"]


def test_after_a_call_that_raises_the_later_ones_are_still_there(
    clock: ManualClock, calls: list[str]
) -> None:
    clock.call_at(START + 1, lambda: 1 // 0)
    clock.call_at(START + 2, lambda: calls.append("x"))
    with pytest.raises(ZeroDivisionError):
        clock.advance(5)
    assert clock.now() == START + 1
    clock.advance(1)
    assert calls == ["x"]


def test_a_running_clock_follows_its_loop_at_its_rate() -> None:
    loop = StandingLoop()
    try:
        clock = RunningClock(loop, START, rate=60.0)
        assert clock.now() == START
        loop.at += 2
        assert clock.now() == START + 120
    finally:
        loop.close()


def test_a_running_clock_changes_its_pace_from_where_it_is() -> None:
    loop = StandingLoop()
    try:
        clock = RunningClock(loop, START, rate=60.0)
        loop.at += 2
        clock.pace(1.0)
        loop.at += 3
        assert clock.now() == START + 123
        clock.pace(0.5)
        loop.at += 4
        assert clock.now() == START + 125
    finally:
        loop.close()


def test_a_call_comes_sooner_when_the_clock_is_told_to_run_faster() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        clock = RunningClock(loop, START)
        late = loop.create_future()
        clock.call_at(START + 3600, lambda: late.set_result(clock.now()))
        clock.pace(1_000_000)
        await passes(0.003599)
        assert not late.done()
        await passes(0.000001)
        return late.result()

    assert run_standing(main) == START + 3600


def test_a_running_clock_calls_from_its_loop() -> None:
    seen: list[float] = []

    async def main() -> None:
        clock = RunningClock(asyncio.get_running_loop(), START, rate=1000.0)
        for after in (20, 10):
            clock.call_at(START + after, lambda: seen.append(clock.now()))
        clock.call_at(START + 15, lambda: seen.append(0.0)).cancel()
        await passes(0.009)
        assert not seen
        await passes(0.009)
        assert seen == [START + 10]
        await passes(0.009)

    run_standing(main)
    assert seen == [START + 10, START + 20]


@pytest.mark.parametrize("rate", [0, -1])
def test_a_running_clock_only_runs_forwards(rate: float) -> None:
    loop = StandingLoop()
    try:
        with pytest.raises(ValueError, match="above 0"):
            RunningClock(loop, START, rate=rate)
        with pytest.raises(ValueError, match="above 0"):
            RunningClock(loop, START).pace(rate)
    finally:
        loop.close()


def test_a_running_clock_can_jump_and_calls_what_became_due_in_order() -> None:
    async def play() -> list[str]:
        calls: list[str] = []
        clock = RunningClock(asyncio.get_running_loop(), 1000.0)
        clock.call_at(1600.0, lambda: calls.append("late"))
        clock.call_at(1300.0, lambda: calls.append("early"))
        clock.call_at(1200.0, lambda: calls.append("cancelled")).cancel()
        done = asyncio.Event()
        clock.call_at(1700.0, done.set)
        clock.advance(800.0)
        assert clock.now() >= 1800.0
        await done.wait()
        return calls

    assert asyncio.run(play()) == ["early", "late"]
