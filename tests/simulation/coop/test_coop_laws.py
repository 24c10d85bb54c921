"""What holds for cooperating key servers whatever happened before."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.gdoi.records import PeerStatus, Role
from getvpn.emulator.simulation.network import Network

from .coop_world import ON_DEMAND, PERIODIC, HeldGroup, World, make_world

SETTLED_S = 300.0
"""Longer than silence, election, contact and the next announcement together."""
DEALS = st.lists(st.integers(0, 2), min_size=8, max_size=8)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("partition"), DEALS),
        st.tuples(st.just("heal"), st.just(0)),
        st.tuples(st.sampled_from(["kill", "boot", "reset"]), st.integers(0, 7)),
    ).flatmap(lambda step: st.tuples(st.just(step), st.floats(0.0, 200.0))),
    max_size=15,
)


def _do(world: World, step: tuple[str, object]) -> None:
    name, what = step
    if name == "heal":
        world.network.heal()
    elif isinstance(what, list):
        sides = defaultdict(list)
        for node, side in zip(world.groups, what, strict=False):
            sides[side].append(node)
        world.network.partition(*sides.values())
    elif isinstance(what, int):
        number = what % len(world.groups) + 1
        up = world.network.nodes[f"KS{number}"].up
        if name == "kill" and up:
            world.kill(number)
        elif name == "boot":
            world.boot(number)
        elif name == "reset" and up:
            world.coop(number).reset_role()


def _parts(world: World) -> list[list[HeldGroup]]:
    """The key servers that live, by who reaches whom."""
    network: Network = world.network
    parts: list[list[HeldGroup]] = []
    for name, group in world.groups.items():
        if not network.nodes[name].up:
            continue
        for part in parts:
            if network.path(group.coop.address, part[0].coop.address) is not None:
                part.append(group)
                break
        else:
            parts.append([group])
    return parts


@settings(max_examples=100)
@given(
    count=st.integers(2, 8),
    keepalive=st.sampled_from([None, PERIODIC, ON_DEMAND]),
    steps=STEPS,
)
def test_every_part_has_one_primary_when_the_timers_have_settled(
    count: int,
    keepalive: tuple[int, int, bool] | None,
    steps: list[tuple[tuple[str, object], float]],
) -> None:
    world = make_world(count, keepalive=keepalive)
    world.start()
    for step, pause in steps:
        _do(world, step)
        world.pass_s(pause)
    world.pass_s(SETTLED_S)
    for part in _parts(world):
        primaries = [group for group in part if group.coop.role is Role.PRIMARY]
        assert len(primaries) == 1
        primary = primaries[0]
        assert {group.coop.primary_address() for group in part} == {primary.coop.address}
        assert {group.kek and group.kek.spi for group in part} == {primary.kek and primary.kek.spi}
        for group in part:
            if group is not primary:
                assert group.coop.role is Role.SECONDARY
                assert group.coop.peers[primary.coop.address].status is PeerStatus.ALIVE


@settings(max_examples=100)
@given(count=st.integers(2, 8), steps=STEPS)
def test_with_periodic_detection_everybody_knows_who_is_there(
    count: int, steps: list[tuple[tuple[str, object], float]]
) -> None:
    world = make_world(count)
    world.start()
    for step, pause in steps:
        _do(world, step)
        world.pass_s(pause)
    world.pass_s(SETTLED_S)
    for part in _parts(world):
        there = {group.coop.address for group in part}
        for group in part:
            for address, peer in group.coop.peers.items():
                assert (peer.status is PeerStatus.ALIVE) == (address in there)
                assert peer.established == (address in there)


@settings(max_examples=50)
@given(count=st.integers(2, 6), steps=STEPS, members=st.integers(1, 5))
def test_everybody_in_a_part_learns_of_members(
    count: int, steps: list[tuple[tuple[str, object], float]], members: int
) -> None:
    world = make_world(count)
    world.start()
    number = 0
    for step, pause in steps:
        _do(world, step)
        world.pass_s(pause / 2)
        for part in _parts(world):
            number += 1
            part[number % len(part)].register(f"172.16.0.{number % members}")
        world.pass_s(pause / 2)
    world.pass_s(SETTLED_S)
    for part in _parts(world):
        known = {tuple(sorted(group.members)) for group in part}
        assert len(known) == 1


@settings(max_examples=50)
@given(count=st.integers(2, 8), steps=STEPS)
def test_the_same_seed_and_faults_give_the_same_events(
    count: int, steps: list[tuple[tuple[str, object], float]]
) -> None:
    worlds = [make_world(count) for _ in range(2)]
    for world in worlds:
        world.start()
        for step, pause in steps:
            _do(world, step)
            world.pass_s(pause)

    assert worlds[0].kernel.digest() == worlds[1].kernel.digest()


@pytest.mark.parametrize("count", range(2, 9))
def test_up_to_eight_key_servers_agree(count: int) -> None:
    world = make_world(count)

    world.start()
    world.pass_s(1.0)

    assert world.roles() == [Role.PRIMARY] + [Role.SECONDARY] * (count - 1)
    assert len({group.kek.spi for group in world.groups.values() if group.kek}) == 1
