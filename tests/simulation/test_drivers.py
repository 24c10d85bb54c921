"""A kernel that is driven by an event loop: in time, by jumps, and never for long at once."""

import asyncio

import pytest

from getvpn.emulator.clock import MOST_CALLS, MOST_LAG_S, SLICE_S, RunningClock
from getvpn.emulator.simulation.kernel import Kernel

from ..emulator.standing import StandingLoop

START = 1_000_000.0


@pytest.fixture
def loop() -> StandingLoop:
    return StandingLoop()


@pytest.fixture
def kernel() -> Kernel:
    return Kernel(START)


@pytest.fixture
def clock(loop: StandingLoop, kernel: Kernel) -> RunningClock:
    return RunningClock(loop, START, 10.0, kernel=kernel)


@pytest.fixture(autouse=True)
def closed(loop: StandingLoop) -> object:
    yield
    loop.close()


def test_events_run_in_their_order_and_each_sees_its_own_time() -> None:
    async def play() -> list[tuple[float, float]]:
        kernel = Kernel(START)
        clock = RunningClock(asyncio.get_running_loop(), START, 100.0, kernel=kernel)
        seen: list[tuple[float, float]] = []
        done = asyncio.Event()

        def note() -> None:
            seen.append((clock.now() - START, kernel.now() - START))

        kernel.post(3.0, done.set)
        for delay in (2.0, 1.0, 1.5):
            kernel.post(delay, note)
        clock.sync()
        await done.wait()
        clock.close()
        return seen

    seen = asyncio.run(asyncio.wait_for(play(), 120))
    assert seen == [(1.0, 1.0), (1.5, 1.5), (2.0, 2.0)]


def test_a_jump_steps_through_what_becomes_due(clock: RunningClock, kernel: Kernel) -> None:
    seen: list[float] = []

    def tick() -> None:
        seen.append(clock.now() - START)
        kernel.post(20.0, tick)

    kernel.post(20.0, tick)
    clock.advance(65.0)

    assert seen == [20.0, 40.0, 60.0]
    assert clock.now() == kernel.now() == START + 65.0


def test_a_clock_runs_on_from_where_a_jump_ended(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    loop.at += 1.0
    clock.advance(100.0)
    assert clock.now() == START + 110.0
    loop.at += 1.0
    assert clock.now() == START + 120.0
    assert kernel.now() == START + 110.0


def test_an_event_cannot_move_the_clock(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    told: list[object] = []
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    kernel.post(1.0, clock.advance, 10.0)
    clock.advance(2.0)
    assert [str(error) for error in told] == ["a call of the clock cannot move it"]


def test_an_event_that_fails_stops_no_other(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    told: list[str] = []
    loop.set_exception_handler(lambda _, context: told.append(context["message"]))
    seen: list[str] = []
    kernel.post(1.0, lambda: 1 // 0)
    kernel.post(2.0, seen.append, "later")
    clock.advance(3.0)
    assert (told, seen) == (["a call of the clock failed"], ["later"])


def test_whoever_handles_input_brings_the_kernel_to_the_present(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    seen: list[float] = []
    kernel.post(15.0, lambda: seen.append(kernel.now() - START))
    loop.at += 2.0
    assert kernel.now() == START
    clock.sync()
    assert seen == [15.0]
    assert kernel.now() == clock.now() == START + 20.0


def test_what_input_asks_of_the_kernel_is_called_in_time(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    seen: list[float] = []
    clock.sync()
    kernel.post(5.0, lambda: seen.append(kernel.now() - START))
    loop.turn()  # the turn of the input ends
    loop.at += 0.6
    loop.turn()
    loop.turn()
    assert seen == [5.0]


def test_time_never_passes_an_event_that_waits(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    kernel.post(15.0, int)
    loop.at += 2.0
    assert clock.now() == START + 15.0
    clock.sync()
    assert clock.now() == START + 20.0


def test_an_event_sees_no_other_events_before_it_is_over(
    clock: RunningClock, kernel: Kernel
) -> None:
    seen: list[str] = []

    def first() -> None:
        kernel.post(0.0, seen.append, "second")
        clock.sync()
        clock.call_at(START, lambda: seen.append("third"))
        seen.append("first")

    kernel.post(1.0, first)
    clock.advance(2.0)
    assert seen == ["first", "third", "second"]


def test_time_shown_never_goes_back(clock: RunningClock, loop: StandingLoop) -> None:
    loop.at += 2.0
    before = clock.now()
    clock.call_at(START + 3.0, int)  # long past
    assert clock.now() == before
    loop.turn()
    loop.turn()
    assert clock.now() == before


def test_a_clock_that_cannot_keep_up_goes_slower(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    def slow() -> None:
        loop.at += 0.5  # as long as five seconds of the clock
        kernel.post(1.0, slow)

    kernel.post(1.0, slow)
    clock.sync()
    loop.at += MOST_LAG_S
    for _ in range(50):
        loop.at += 0.2
        loop.turn()
        assert clock.now() - kernel.now() <= MOST_LAG_S * 10.0 + 10.0
    assert 40.0 <= kernel.now() - START <= 120.0  # time enough for 350 seconds


def test_a_long_jump_lets_others_have_their_turn(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    events = 0
    turns: list[float] = []

    def tick() -> None:
        nonlocal events
        events += 1
        loop.at += 0.0001
        kernel.post(1.0, tick)

    kernel.post(1.0, tick)
    jump = clock.jump(20_000.0)
    while not jump.done():
        before = loop.at
        loop.turn()
        turns.append(loop.at - before)
    assert events == 20_000
    assert clock.now() == START + 20_000.0
    assert len(turns) > 100
    assert max(turns) < 0.0001 * MOST_CALLS + SLICE_S


def test_meanwhile_the_clock_shows_how_far_a_jump_has_come(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    def tick() -> None:
        loop.at += 0.0001
        kernel.post(1.0, tick)

    kernel.post(1.0, tick)
    jump = clock.jump(20_000.0)
    shown = []
    while not jump.done():
        loop.turn()
        clock.sync()
        assert clock.now() == kernel.now()
        shown.append(clock.now() - START)
    assert shown == sorted(shown)
    assert any(1000.0 < each < 19_000.0 for each in shown)


def test_jumps_of_several_add_up(clock: RunningClock, kernel: Kernel, loop: StandingLoop) -> None:
    first, second = clock.jump(60.0), clock.jump(30.0)
    reached = []
    while not second.done():
        loop.turn()
        reached.append((first.done(), kernel.now() - START))
    assert reached[-1] == (True, 90.0)
    assert all(now >= 60.0 for done, now in reached if done)


def test_a_jump_of_no_length_runs_what_is_due_now(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    seen: list[int] = []
    for number in range(3):
        kernel.post(0.0, seen.append, number)
    jump = clock.jump(0.0)
    loop.turn()
    loop.turn()
    assert (jump.done(), seen) == (True, [0, 1, 2])


def test_a_jump_waits_for_everything_that_is_due_at_its_end(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    seen: list[int] = []

    def slow(number: int) -> None:
        seen.append(number)
        loop.at += 0.002

    for number in range(50):
        kernel.post(10.0, slow, number)
    turns = 0
    jump = clock.jump(10.0)
    while not jump.done():
        turns += 1
        loop.turn()
    assert seen == list(range(50))
    assert turns >= 10


def test_a_jump_that_nobody_waits_for_any_more_goes_on(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    clock.jump(60.0).cancel()
    other = clock.jump(0.0)
    while not other.done():
        loop.turn()
    assert clock.now() == kernel.now() == START + 60.0


def test_a_clock_that_was_closed_stands_still_and_ends_jumps(
    clock: RunningClock, kernel: Kernel, loop: StandingLoop
) -> None:
    seen: list[str] = []
    kernel.post(1.0, seen.append, "later")
    jump = clock.jump(1e9)
    assert not jump.done()
    clock.close()
    assert jump.done()
    assert clock.jump(5.0).done()
    for _ in range(3):
        loop.at += 60.0
        loop.turn()
        clock.sync()
    assert (clock.now(), kernel.now(), seen) == (START, START, [])


def test_a_kernel_that_is_stepped_tells_whether_it_got_there(kernel: Kernel) -> None:
    seen: list[int] = []
    for number in range(5):
        kernel.post(1.0, seen.append, number)
    assert not kernel.run_until(START + 2.0, 3)
    assert (seen, kernel.now()) == ([0, 1, 2], START + 1.0)
    assert kernel.run_until(START + 2.0, 3)
    assert kernel.now() == START + 2.0


def test_while_a_clock_is_held_only_what_is_due_runs(kernel: Kernel, loop: StandingLoop) -> None:
    seen: list[str] = []
    clock = RunningClock(loop, START, kernel=kernel, held=True)
    kernel.post(0.0, seen.append, "now")
    kernel.post(1.0, seen.append, "later")
    clock.sync()
    for _ in range(3):
        loop.at += 1.0
        loop.turn()
    clock.call_at(START, lambda: seen.append("now too"))
    loop.turn()
    loop.turn()
    assert (seen, clock.now(), kernel.now()) == (["now", "now too"], START, START)
    clock.go()
    loop.turn()
    loop.turn()
    assert clock.now() == START
    loop.at += 1.5
    loop.turn()
    loop.turn()
    assert seen[-1] == "later"
    assert START + 1.0 <= clock.now() <= START + 2.0


def test_a_clock_that_is_held_can_jump(kernel: Kernel, loop: StandingLoop) -> None:
    clock = RunningClock(loop, START, kernel=kernel, held=True)
    jump = clock.jump(60.0)
    for _ in range(3):
        loop.at += 1.0
        loop.turn()
    assert jump.done()
    assert clock.now() == kernel.now() == START + 60.0
    clock.go()
    loop.turn()
    loop.turn()
    loop.at += 1.0
    assert clock.now() == START + 61.0
