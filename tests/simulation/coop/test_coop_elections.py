"""Who becomes primary, who stays it, and what becomes of the keys."""

from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import CoopPolicy
from getvpn.emulator.gdoi.records import PeerStatus, Role

from .coop_world import World, address, make_world, settled_world

ENTERING = "KS entering election mode in group GETVPN"
P, S = Role.PRIMARY, Role.SECONDARY


def with_priorities(world: World, *priorities: int) -> World:
    """Give key servers that have not been started other priorities."""
    for group, priority in zip(world.groups.values(), priorities, strict=True):
        assert group.policy.coop is not None
        coop = replace(group.policy.coop, priority=priority)
        group.policy = replace(group.policy, coop=coop)
    return world


def test_all_are_secondaries_when_they_boot_and_begin_an_election() -> None:
    world = make_world(3)

    world.start()

    assert world.roles() == [S, S, S]
    assert len(world.logged("COOP_KS_ELECTION")) == 3
    assert world.logged("COOP_KS_ELECTION", "KS1") == [
        f"%GDOI-5-COOP_KS_ELECTION: {ENTERING} (Previous Primary = NONE)"
    ]


def test_the_highest_priority_wins() -> None:
    world = with_priorities(make_world(3), 10, 30, 20)

    world.start()
    world.pass_s(1.0)

    assert world.roles() == [S, P, S]


def test_the_highest_address_wins_among_equal_priorities() -> None:
    world = with_priorities(make_world(3), 50, 50, 50)

    world.start()
    world.pass_s(1.0)

    assert world.roles() == [S, S, P]


def test_addresses_are_compared_as_numbers() -> None:
    world = make_world(10, parameters=Parameters(key_servers=10))
    with_priorities(world, *[1] * 10)

    world.start()
    world.pass_s(1.0)

    # 10.255.0.10 is higher than 10.255.0.9
    assert world.coop(10).role is P


def test_an_election_at_boot_waits_thirty_seconds_for_who_does_not_answer() -> None:
    world = make_world(3)
    world.start(1, 2)

    world.pass_s(29.9)
    assert world.roles() == [S, S, S]
    assert world.coop(1).remaining_s() == pytest.approx(0.1)

    world.pass_s(0.2)
    assert world.coop(1).role is P


def test_an_election_ends_when_all_have_answered() -> None:
    world = make_world(2)

    world.start()
    world.pass_s(0.1)

    assert world.roles() == [P, S]


def test_a_key_server_whose_peers_are_away_becomes_primary_alone() -> None:
    world = make_world(2)
    world.start(2)

    world.pass_s(31.0)

    assert world.coop(2).role is P
    assert world.peer(2, 1).status is PeerStatus.UNKNOWN
    assert world.peer(2, 1).role is Role.UNKNOWN


def test_a_key_server_without_peers_is_primary_at_once() -> None:
    world = make_world(1)

    world.start()

    assert world.roles() == [P]
    world.pass_s(100.0)
    assert world.coop(1).remaining_s() == pytest.approx(20.0)


def test_nobody_takes_the_role_from_a_primary_that_lives() -> None:
    world = make_world(2)
    world.start(2)
    world.pass_s(100.0)

    world.start(1)
    world.pass_s(600.0)

    assert world.roles() == [S, P]
    assert world.coop(1).primary_address() == address(2)


def test_a_primary_that_returns_stays_secondary() -> None:
    world = settled_world(3)
    kek = world.group(1).kek
    world.kill(1)
    world.pass_s(300.0)
    assert world.roles()[1:] == [P, S]

    world.boot(1)
    world.pass_s(600.0)

    assert world.roles() == [S, P, S]
    assert kek is not None
    assert [group.kek and group.kek.spi for group in world.groups.values()] == [kek.spi] * 3


def test_keys_outlive_the_primary_that_made_them() -> None:
    world = settled_world(2)
    kek, teks = world.group(1).kek, world.group(1).teks
    world.kill(1)

    world.pass_s(100.0)

    assert world.coop(2).role is P
    assert world.group(2).rekeys == 0
    assert kek is not None
    assert world.group(2).kek is not None
    assert world.group(2).kek.spi == kek.spi
    assert [tek.spi for tek in world.group(2).teks] == [tek.spi for tek in teks]


def test_a_primary_that_reboots_faster_than_anybody_notices_comes_back_as_a_secondary() -> None:
    world = settled_world(3)
    kek = world.group(1).kek

    world.kill(1)
    world.boot(1)
    world.pass_s(60.0)

    assert world.roles() == [S, P, S]
    assert kek is not None
    assert [group.kek and group.kek.spi for group in world.groups.values()] == [kek.spi] * 3


def test_who_holds_keys_wins_against_a_higher_priority_without_any() -> None:
    world = settled_world(2)
    world.kill(1)
    world.pass_s(10.0)

    world.boot(1)
    world.pass_s(1.0)

    assert world.roles() == [S, P]
    assert world.group(1).rekeys == world.group(2).rekeys == 0


def test_upgrading_one_at_a_time_keeps_the_roles_of_secondaries() -> None:
    world = settled_world(3)

    for number in (2, 3):
        world.kill(number)
        world.pass_s(240.0)
        world.boot(number)
        world.pass_s(120.0)
        assert world.roles() == [P, S, S]
    world.kill(1)
    world.pass_s(240.0)
    world.boot(1)
    world.pass_s(120.0)

    assert world.roles() == [S, P, S]


def test_an_operator_makes_a_primary_step_down_and_the_best_one_wins() -> None:
    world = make_world(2)
    world.start(2)
    world.pass_s(100.0)
    world.start(1)
    world.pass_s(100.0)

    assert world.coop(2).reset_role() == ""
    assert world.coop(2).role is Role.ELECTION
    world.pass_s(1.0)

    assert world.roles() == [P, S]
    assert world.logged("ADMN_USRP") == [
        f"%GDOI-5-COOP_KS_ADMN_USRP_PRI: Primary role Usurped by KS {address(1)} in group GETVPN"
    ]
    assert world.logged("TRANS_TO_PRI", "KS1")[-1].endswith(f"(Previous Primary = {address(2)})")


def test_a_primary_that_steps_down_may_win_again() -> None:
    world = settled_world(3)
    kek = world.group(1).kek

    world.coop(1).reset_role()
    world.pass_s(60.0)

    assert world.roles() == [P, S, S]
    assert not world.logged("ADMN_USRP")
    assert world.group(1).kek is kek


def test_a_reset_of_a_secondary_changes_no_primary() -> None:
    world = settled_world(3)

    world.coop(2).reset_role()
    assert world.coop(2).role is Role.ELECTION
    world.pass_s(60.0)

    assert world.roles() == [P, S, S]
    assert len(world.logged("COOP_KS_ELECTION", "KS2")) == 2


@pytest.mark.parametrize("count", [3, 4])
def test_who_lost_an_election_tells_that_it_is_a_secondary(count: int) -> None:
    world = settled_world(count)
    others = range(2, count + 1)
    world.kill(1)
    world.pass_s(300.0)
    assert world.roles()[1:] == [P, *[S] * (count - 2)]
    for number in others:
        seen = {other: world.peer(number, other).role for other in others if other != number}
        assert seen == {other: world.coop(other).role for other in seen}

    world.coop(3).reset_role()
    world.pass_s(60.0)
    assert world.peer(2, 3).role is S


def test_another_priority_counts_in_the_next_election_only() -> None:
    world = settled_world(2)
    group = world.group(2)
    group.apply(replace(group.policy, coop=CoopPolicy(priority=255, peers=(address(1),))))

    world.pass_s(300.0)
    assert world.roles() == [P, S]

    world.coop(1).reset_role()
    world.pass_s(10.0)
    assert world.roles() == [S, P]
    assert world.peer(1, 2).priority == 255


def test_a_key_server_that_is_no_peer_of_the_primary_any_more_elects() -> None:
    world = settled_world(2)
    group = world.group(2)

    group.apply(replace(group.policy, coop=CoopPolicy(priority=99)))
    world.pass_s(59.0)
    assert world.coop(2).role is S
    world.pass_s(4.0)

    assert world.coop(2).role is P


def test_a_key_server_with_another_address_begins_as_after_a_boot() -> None:
    world = settled_world(2)
    group = world.group(2)
    world.network.own("KS2", ["10.255.0.22"])

    group.host.mailbox.open("10.255.0.22", "1000", group.coop.receive)
    group.apply(replace(group.policy, address="10.255.0.22"))
    primary = world.group(1)
    primary.apply(replace(primary.policy, coop=CoopPolicy(priority=100, peers=("10.255.0.22",))))
    world.pass_s(100.0)

    assert world.roles() == [P, S]
    assert list(world.coop(1).peers) == ["10.255.0.22"]
    assert world.coop(1).all_reachable()


def test_a_key_server_without_an_address_waits_for_one() -> None:
    world = make_world(2)
    group = world.group(2)
    wanted, group.policy = group.policy, replace(group.policy, address="")
    world.start(1)
    group.coop.start()
    world.pass_s(100.0)
    assert group.coop.peers == {}

    group.host.mailbox.open(wanted.address, "1000", group.coop.receive)
    group.apply(wanted)
    world.pass_s(100.0)

    assert world.roles() == [P, S]
