"""Announcements on the quiet way leave the same traces as those that are sent one by one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from .coop_faults import FAULTS, PAUSES, happen
from .coop_world import PERIODIC, make_world, observed, settled_world

STEPS = st.tuples(
    st.sampled_from(sorted(FAULTS)), st.integers(1, 8), st.integers(1, 8), PAUSES, PAUSES
)


@settings(max_examples=150)
@given(
    count=st.integers(2, 4),
    keepalive=st.sampled_from([None, PERIODIC, (60, 5, True)]),
    steps=st.lists(STEPS, max_size=12),
)
def test_a_quiet_way_shows_in_nothing(
    count: int,
    keepalive: tuple[int, int, bool] | None,
    steps: list[tuple[str, int, int, float, float]],
) -> None:
    worlds = [make_world(count, keepalive=keepalive, plain=plain) for plain in (False, True)]
    for world in worlds:
        world.start()
        world.pass_s(100.0)
    for name, number, other, before, after in steps:
        for world in worlds:
            world.pass_s(before)
            happen(world, name, number, other)
        assert observed(worlds[0]) == observed(worlds[1])
        for world in worlds:
            world.pass_s(after)
        assert observed(worlds[0]) == observed(worlds[1])
    assert worlds[0].kernel.digest() == worlds[1].kernel.digest()


def test_a_quiet_group_makes_one_event_for_each_round_of_announcements() -> None:
    world = settled_world(4)

    assert all(link.steady is not None for link in world.coop(1).table.all)
    before = world.kernel._count
    world.pass_s(2000.0)

    assert world.kernel._count - before == 100


def test_a_quiet_way_goes_on_after_a_change() -> None:
    world = settled_world(2)

    world.groups["KS1"].register("172.16.0.1")
    world.pass_s(60.0)

    assert "172.16.0.1" in world.groups["KS2"].members
    assert world.coop(1).table.all[0].steady is not None


def test_what_is_on_its_way_when_the_path_breaks_does_not_arrive() -> None:
    world = settled_world(2)
    received = world.peer(2, 1).received
    world.pass_s(world.coop(1).remaining_s() + 0.001)

    world.network.cut("KS1", "KS2")
    world.pass_s(1.0)

    assert world.peer(2, 1).received == received
    assert world.peer(1, 2).sent == received + 1
