"""A network that falls apart: a primary in each part, and one again when the parts meet."""

import pytest

from getvpn.emulator.gdoi.records import PeerStatus, Role

from .coop_world import ON_DEMAND, PERIODIC, World, address, settled_world

P, S = Role.PRIMARY, Role.SECONDARY


def spis(world: World) -> list[int]:
    return [group.kek.spi for group in world.groups.values() if group.kek is not None]


@pytest.fixture(params=[None, ON_DEMAND, PERIODIC], ids=["without", "on demand", "periodic"])
def split(request: pytest.FixtureRequest) -> World:
    """Four key servers in two parts for five minutes."""
    world = settled_world(4, keepalive=request.param)
    world.network.partition(["KS1", "KS3"], ["KS2", "KS4"])
    world.pass_s(300.0)
    return world


def test_each_part_has_a_primary(split: World) -> None:
    assert split.roles() == [P, P, S, S]
    assert split.coop(4).primary_address() == address(2)


def test_the_higher_primary_stays_when_the_parts_meet(split: World) -> None:
    split.network.heal()
    split.pass_s(60.0)

    assert split.roles() == [P, S, S, S]
    assert {split.coop(number).primary_address() for number in range(1, 5)} == {address(1)}


def test_all_hold_the_keys_of_the_higher_primary_then(split: World) -> None:
    split.group(2).renew()
    split.coop(2).announce()
    split.pass_s(1.0)
    assert len(set(spis(split))) == 2

    split.network.heal()
    split.pass_s(60.0)

    assert set(spis(split)) == {spis(split)[0]}


def test_the_higher_primary_learns_the_keys_of_the_other_one(split: World) -> None:
    """Its group then sends the rekey that both parts understand."""
    split.network.heal()
    split.pass_s(60.0)

    assert address(2) in split.group(1).rivals


def test_members_of_both_parts_are_known_everywhere_then(split: World) -> None:
    for number in range(1, 5):
        split.group(number).register(f"172.16.0.{number}")
    split.pass_s(60.0)
    assert sorted(split.group(1).members) == ["172.16.0.1", "172.16.0.3"]

    split.network.heal()
    split.pass_s(90.0)

    everybody = [f"172.16.0.{number}" for number in range(1, 5)]
    assert [sorted(group.members) for group in split.groups.values()] == [everybody] * 4


def test_a_primary_that_gives_way_is_not_the_previous_one_of_an_election(split: World) -> None:
    split.network.heal()
    split.pass_s(60.0)

    assert split.coop(2).previous_primary == address(1)
    assert len(split.logged("COOP_KS_ELECTION", "KS2")) == 2


def test_three_primaries_become_one() -> None:
    world = settled_world(3)
    world.network.partition(["KS1"], ["KS2"], ["KS3"])
    world.pass_s(300.0)
    assert world.roles() == [P, P, P]

    world.network.heal()
    world.pass_s(60.0)

    assert world.roles() == [P, S, S]


def test_parts_in_which_nothing_changed_keep_their_keys() -> None:
    world = settled_world(2)
    before = spis(world)
    world.network.partition(["KS1"], ["KS2"])
    world.pass_s(300.0)

    world.network.heal()
    world.pass_s(60.0)

    assert spis(world) == before


def test_a_short_interruption_makes_no_second_primary() -> None:
    world = settled_world(3)
    world.pass_s(world.coop(1).remaining_s() + 1.0)
    world.network.partition(["KS1"], ["KS2", "KS3"])
    world.pass_s(35.0)

    world.network.heal()
    world.pass_s(120.0)

    assert world.roles() == [P, S, S]
    assert all(peer.status is PeerStatus.ALIVE for peer in world.coop(1).peers.values())
    assert len(world.logged("COOP_KS_ELECTION", "KS2")) == 1
