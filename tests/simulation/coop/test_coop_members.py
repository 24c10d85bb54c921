"""What key servers tell each other of members: changes only, and nothing gets lost for good."""

import pytest

from getvpn.emulator.gdoi.messages import Announcement

from .coop_world import World, address, make_world, settled_world


def known(world: World) -> list[list[str]]:
    return [sorted(group.members) for group in world.groups.values()]


def watch(world: World, number: int) -> list[Announcement]:
    """The announcements that reach a key server from now on."""
    group, heard = world.group(number), []

    def receive(message: object, source: str) -> None:
        if isinstance(message, Announcement):
            heard.append(message)
        group.coop.receive(message, source)

    group.host.mailbox.open(group.coop.address, "1000", receive)
    world.coop(1).wake()
    return heard


def test_members_of_the_primary_are_known_with_its_next_announcement() -> None:
    world = settled_world(3)

    world.group(1).register("172.16.0.1")
    world.pass_s(world.coop(1).remaining_s() + 0.1)

    assert known(world) == [["172.16.0.1"]] * 3
    assert world.group(1).members["172.16.0.1"].local
    assert not world.group(2).members["172.16.0.1"].local
    assert world.group(3).members["172.16.0.1"].key_server == address(1)


def test_members_of_a_secondary_are_known_to_all_through_the_primary() -> None:
    world = settled_world(3)

    world.group(2).register("172.16.0.1")
    world.pass_s(1.1)
    assert known(world) == [["172.16.0.1"], ["172.16.0.1"], []]

    world.pass_s(20.0)
    assert known(world) == [["172.16.0.1"]] * 3
    assert world.group(2).members["172.16.0.1"].local


def test_a_storm_of_registrations_is_told_together() -> None:
    world = settled_world(2)
    before = world.peer(2, 1).sent

    for number in range(200):
        world.group(2).register(f"172.16.0.{number}")
        world.pass_s(0.01)
    world.pass_s(5.0)

    assert len(world.group(1).members) == 200
    assert world.peer(2, 1).sent <= before + 3


def test_only_changes_travel() -> None:
    world = settled_world(2)
    for number in range(50):
        world.group(1).register(f"172.16.0.{number}")
    world.pass_s(60.0)
    heard = watch(world, 2)

    world.group(1).register("172.16.1.1")
    world.pass_s(60.0)

    assert [len(each.members) for each in heard if each.members] == [1]
    assert not any(each.whole for each in heard)


def test_who_leaves_is_told_too() -> None:
    world = settled_world(2)
    world.group(1).register("172.16.0.1")
    world.group(1).register("172.16.0.2")
    world.pass_s(60.0)

    world.group(1).database.remove("172.16.0.1", world.kernel.now())
    world.pass_s(60.0)

    assert known(world) == [["172.16.0.2"]] * 2


def test_a_key_server_that_boots_gets_all_of_them() -> None:
    world = settled_world(3)
    for number in range(1, 4):
        world.group(number).register(f"172.16.0.{number}")
    world.pass_s(60.0)

    world.kill(3)
    world.pass_s(60.0)
    world.boot(3)
    world.pass_s(60.0)

    assert known(world) == [[f"172.16.0.{number}" for number in range(1, 4)]] * 3


@pytest.mark.parametrize("seed", range(5))
def test_losses_are_made_good(seed: int) -> None:
    world = make_world(3, seed=seed)
    world.start()
    world.pass_s(100.0)
    world.network.set_line("KS2", loss=0.4)
    world.network.set_line("KS3", loss=0.4)
    for number in range(60):
        world.group(1 + number % 3).register(f"172.16.0.{number}")
        world.pass_s(7.0)

    world.network.heal()
    world.pass_s(120.0)

    assert [len(members) for members in known(world)] == [60] * 3


def test_members_that_register_while_there_is_no_primary_are_told_to_the_next_one() -> None:
    world = settled_world(3)
    world.kill(1)
    world.pass_s(40.0)

    world.group(3).register("172.16.0.1")
    world.pass_s(60.0)

    assert world.coop(2).primary_address() == address(2)
    assert known(world)[1:] == [["172.16.0.1"]] * 2


def test_a_group_that_lost_what_it_had_gets_it_again() -> None:
    world = settled_world(2)
    world.group(1).register("172.16.0.1")
    world.pass_s(60.0)
    world.group(2).database.lose()

    world.coop(2).resync()
    world.pass_s(1.0)

    assert known(world) == [["172.16.0.1"]] * 2
