"""Recording how long pairs could not exchange traffic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.simulation.outages import Condition, Journey, Recorder

ENCRYPTED, CLEAR, LOST = Condition.ENCRYPTED, Condition.CLEAR, Condition.LOST


class World:
    """Devices whose pairs are in conditions that the test sets."""

    def __init__(self) -> None:
        self.kernel = Kernel(1000.0)
        self.conditions: dict[tuple[str, str], tuple[Condition, str]] = {}
        self.told: list[tuple[float, str]] = []
        self.again: float | None = None

    def judge(self, sender: str, receiver: str) -> Journey:
        condition, reason = self.conditions.get((sender, receiver), (ENCRYPTED, ""))
        return Journey(sender=sender, receiver=receiver, condition=condition, reason=reason)

    def lost(self, journey: Journey) -> float | None:
        self.told.append((self.kernel.now(), journey.reason))
        return self.again

    def recorder(self, *pairs: tuple[str, str]) -> Recorder:
        return Recorder(self.kernel, pairs or [("A", "B"), ("B", "A")], self.judge, lost=self.lost)


@pytest.fixture
def world() -> World:
    return World()


def test_an_outage_lasts_from_the_change_to_the_change_back(world: World) -> None:
    recorder = world.recorder()
    world.kernel.advance(10)
    world.conditions["A", "B"] = (LOST, "no key")
    recorder.touch("A")
    world.kernel.advance(7)
    world.conditions.clear()
    recorder.touch("B")
    world.kernel.advance(5)
    assert recorder.seconds() == {("A", "B"): 7.0}
    assert recorder.seconds(ENCRYPTED) == {("A", "B"): 15.0, ("B", "A"): 22.0}


def test_an_outage_that_lasts_counts_up_to_now(world: World) -> None:
    world.conditions["A", "B"] = (LOST, "no path")
    recorder = world.recorder()
    world.kernel.advance(3.5)
    assert recorder.seconds() == {("A", "B"): 3.5}


def test_traffic_in_clear_is_no_outage_and_is_told_apart(world: World) -> None:
    recorder = world.recorder()
    world.conditions["A", "B"] = (CLEAR, "")
    recorder.touch()
    world.kernel.advance(4)
    assert recorder.seconds() == {}
    assert recorder.seconds(CLEAR) == {("A", "B"): 4.0}


def test_only_pairs_of_the_touched_device_are_looked_at(world: World) -> None:
    recorder = world.recorder(("A", "B"), ("C", "D"))
    world.conditions |= {("A", "B"): (LOST, "x"), ("C", "D"): (LOST, "x")}
    recorder.touch("A")
    world.kernel.advance(1)
    assert recorder.seconds() == {("A", "B"): 1.0}


def test_touching_one_and_all_at_one_time_looks_at_all(world: World) -> None:
    recorder = world.recorder(("A", "B"), ("C", "D"))
    world.conditions["C", "D"] = (LOST, "x")
    recorder.touch("A")
    recorder.touch()
    recorder.touch("B")
    world.kernel.advance(1)
    assert recorder.seconds() == {("C", "D"): 1.0}


def test_a_change_that_a_device_knows_is_looked_at_in_time(world: World) -> None:
    ends = 1030.0

    def judge(sender: str, receiver: str) -> Journey:
        over = world.kernel.now() >= ends
        return Journey(sender=sender, receiver=receiver, condition=LOST if over else ENCRYPTED)

    recorder = Recorder(
        world.kernel,
        [("A", "B")],
        judge,
        next_change=lambda: ends if world.kernel.now() < ends else None,
    )
    world.kernel.advance(100)
    assert recorder.seconds() == {("A", "B"): 70.0}


def test_who_wants_to_be_told_again_is_told_while_the_pair_fails(world: World) -> None:
    world.again = 60.0
    world.conditions["A", "B"] = (LOST, "invalid SPI")
    recorder = world.recorder()
    world.kernel.advance(150)
    assert world.told == [(1000.0, "invalid SPI"), (1060.0, "invalid SPI"), (1120.0, "invalid SPI")]
    world.conditions.clear()
    recorder.touch("A")
    world.kernel.advance(200)
    assert len(world.told) == 3


def test_a_closed_recorder_looks_no_more(world: World) -> None:
    world.again = 10.0
    world.conditions["A", "B"] = (LOST, "x")
    recorder = world.recorder()
    recorder.close()
    world.kernel.advance(100)
    assert len(world.told) == 1


STEPS = st.lists(
    st.tuples(st.floats(0, 50), st.sampled_from(list(Condition)), st.sampled_from(["", "why"]))
)


@given(STEPS)
def test_all_time_is_counted_once(steps: list[tuple[float, Condition, str]]) -> None:
    world = World()
    recorder = world.recorder(("A", "B"))
    for wait, condition, reason in steps:
        world.conditions["A", "B"] = (condition, reason)
        recorder.touch("A")
        world.kernel.advance(wait)
    now = world.kernel.now()
    record = recorder.record("A", "B")
    total = sum(record.seconds(each, now) for each in Condition)
    assert total == pytest.approx(now - 1000.0)
    for before, after in zip(record.stretches, record.stretches[1:], strict=False):
        assert before.end == after.begin
        assert (before.condition, before.reason) != (after.condition, after.reason)
