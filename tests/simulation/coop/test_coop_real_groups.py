"""Key servers that hold real groups, with members: quiet ways show in nothing there either."""

from collections.abc import Iterator
from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.gdoi.crowd import Crowd, CrowdSize, make_crowd
from getvpn.emulator.gdoi.records import Role
from getvpn.emulator.keys.maker import SeededKeyMaker
from getvpn.emulator.keys.material import KeyMaterial
from getvpn.emulator.simulation.kernel import Kernel

SERVERS = 3
PAUSES = st.one_of(st.floats(0.0, 200.0), st.sampled_from([20.0, 1800.0, 7200.0]))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["kill", "boot", "partition", "heal", "rekey", "replace", "reset", "clear", "replay"]
        ),
        st.integers(0, SERVERS - 1),
        PAUSES,
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def key() -> KeyMaterial:
    return SeededKeyMaker(Kernel(0.0, 1).random("key")).rsa(1024)


def crowd(key: KeyMaterial, *, plain: bool) -> Crowd:
    found = make_crowd(
        CrowdSize(servers=SERVERS, members=5),
        kernel=Kernel(1_800_000_000.0, 7),
        key=key,
    )
    for server in found.servers:
        assert server.coop is not None
        server.coop.plain = plain
    stretch(found)
    found.start()
    found.kernel.advance(300.0)
    return found


def stretch(world: Crowd) -> None:
    """Let nothing happen at the same time on two key servers: its order is another matter."""
    for number in range(1, SERVERS + 1):
        world.network.set_line(f"KS{number}", latency_s=0.01 + number / 1024)


def happen(world: Crowd, name: str, number: int) -> None:
    server, node = world.servers[number], f"KS{number + 1}"
    if name == "kill":
        world.network.power(node, up=False)
        server.stop()
    elif name == "boot" and not server.running:
        world.network.power(node, up=True)
        server.start()
    elif name == "partition":
        world.network.partition([node, "GM1", "GM2"])
    elif name == "heal":
        world.network.heal()
        stretch(world)
    elif name == "rekey":
        server.rekey()
    elif name == "replace":
        server.rekey(replace=True)
    elif name == "reset" and server.coop is not None:
        server.coop.reset_role()
    elif name == "clear" and server.running:
        server.clear()
    elif name == "replay":
        server.reset_replay()


def observed(world: Crowd) -> Iterator[object]:
    """What shows of key servers print."""
    for server in world.servers:
        coop = server.coop
        assert coop is not None
        yield coop.role, coop.sequence, coop.retries, coop.remaining_s(), coop.blocking
        yield [astuple(peer) for peer in coop.peers.values()]
        yield server.kek and (server.kek.spi, server.kek.sequence)
        yield [(tek.spi, tek.expires_at) for tek in server.teks], server.pseudotime()
        yield sorted(server.members), server.rekeys_sent


@settings(max_examples=40)
@given(steps=STEPS)
def test_quiet_ways_show_in_nothing_with_real_groups(
    key: KeyMaterial, steps: list[tuple[str, int, float]]
) -> None:
    worlds = [crowd(key, plain=plain) for plain in (False, True)]
    for name, number, pause in steps:
        for world in worlds:
            happen(world, name, number)
        assert list(observed(worlds[0])) == list(observed(worlds[1]))
        for world in worlds:
            world.kernel.advance(pause)
        assert list(observed(worlds[0])) == list(observed(worlds[1]))
    assert worlds[0].kernel.digest() == worlds[1].kernel.digest()


def test_key_servers_of_two_parts_end_with_the_same_keys(key: KeyMaterial) -> None:
    world = crowd(key, plain=False)
    world.network.partition(["KS1", "GM1", "GM2"])
    # two rekeys: a third one without an answer would remove members of the other part
    world.kernel.advance(9_000.0)
    assert len(world.primaries) == 2
    assert len({server.kek.spi for server in world.servers if server.kek}) == 2

    world.network.heal()
    world.kernel.advance(120.0)

    assert [server.role for server in world.servers] == [
        Role.PRIMARY,
        Role.SECONDARY,
        Role.SECONDARY,
    ]
    assert len({server.kek.spi for server in world.servers if server.kek}) == 1
    (newest,) = {server.teks[-1].spi for server in world.servers}
    assert all(member.holds(newest) for member in world.members)
    assert [sorted(server.members) for server in world.servers] == [
        sorted(world.servers[0].members)
    ] * SERVERS


def test_a_day_of_a_quiet_group_costs_little(key: KeyMaterial) -> None:
    """One event for each round of announcements, however many key servers there are."""
    world = crowd(key, plain=False)
    before = world.kernel._count
    world.kernel.advance(3000.0)

    assert world.kernel._count - before < 250
