"""What announcements count, cost and carry, and when they do not count."""

from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import CoopPolicy
from getvpn.emulator.gdoi.records import PeerStatus, Role
from getvpn.emulator.keys.maker import SeededKeyMaker

from .coop_world import POLICY, World, address, make_world, settled_world

P, S = Role.PRIMARY, Role.SECONDARY


def with_peers(world: World, number: int, *others: int) -> None:
    group = world.group(number)
    assert group.policy.coop is not None
    peers = tuple(address(other) for other in others)
    group.apply(replace(group.policy, coop=replace(group.policy.coop, peers=peers)))


def test_an_announcement_has_the_size_of_published_ones() -> None:
    """352,635 bytes in 394 announcements with two members: 895 each (device output)."""
    world = settled_world(2)
    world.group(1).register("172.16.0.1")
    world.group(1).register("172.16.0.2")
    world.pass_s(60.0)
    world.coop(1).clear_counters()

    world.pass_s(3600.0)

    peer = world.peer(1, 2)
    assert peer.bytes_sent / peer.sent == pytest.approx(895, abs=10)


def test_announcements_grow_with_the_database() -> None:
    world = settled_world(2)
    for number in range(100):
        world.group(1).register(f"172.16.0.{number}")
    world.pass_s(60.0)
    world.coop(1).clear_counters()
    world.pass_s(200.0)
    usual = world.peer(1, 2).bytes_sent / world.peer(1, 2).sent

    group = world.group(1)
    assert group.policy.coop is not None
    coop = replace(group.policy.coop, protocol="optimize")
    group.apply(replace(group.policy, coop=coop))
    world.pass_s(60.0)
    world.coop(1).clear_counters()
    world.pass_s(200.0)
    compact = world.peer(1, 2).bytes_sent / world.peer(1, 2).sent

    assert usual - compact == 1200
    assert world.peer(2, 1).protocol == "optimize"


def test_both_ends_count_the_same() -> None:
    world = settled_world(2)
    world.pass_s(86_405.0)

    here, there = world.peer(1, 2), world.peer(2, 1)
    assert (here.sent, here.sent_asking, here.bytes_sent) == (
        there.received,
        there.received_asking,
        there.bytes_received,
    )
    assert (there.sent, there.sent_asking) == (here.received, here.received_asking)


def test_every_announcement_has_a_number_also_those_that_were_dropped() -> None:
    """Device output: 109 = 107 sent + 1 with reply request + 1 dropped."""
    world = settled_world(2)
    peer = world.peer(1, 2)

    assert world.coop(1).sequence == peer.sent + peer.sent_asking + peer.sent_drops
    assert world.peer(2, 1).sequence == world.coop(1).sequence


def test_each_end_asks_once_in_the_beginning() -> None:
    world = settled_world(2)

    for one, other in ((1, 2), (2, 1)):
        assert (world.peer(one, other).sent_asking, world.peer(one, other).received_asking) == (
            1,
            1,
        )
        assert world.peer(one, other).sent_drops == 1


def test_counters_can_be_cleared() -> None:
    world = settled_world(2)

    world.coop(2).clear_counters()

    peer = world.peer(2, 1)
    assert (peer.sent, peer.sent_asking, peer.received, peer.received_asking) == (0, 0, 0, 0)
    assert (peer.sent_drops, peer.received_drops, peer.bytes_sent, peer.bytes_received) == (0,) * 4
    assert world.coop(2).sequence > 0


def test_an_announcement_that_comes_again_is_dropped() -> None:
    world = settled_world(2)
    caught: list[object] = []
    deliver = world.group(2).coop.receive
    world.group(2).host.mailbox.open(
        address(2),
        "1000",
        lambda message, source: (caught.append(message), deliver(message, source)),
    )
    world.coop(1).announce()
    world.pass_s(1.0)
    received = world.peer(2, 1).received

    deliver(caught[-1], address(1))

    assert world.peer(2, 1).received_drops == 1
    assert world.peer(2, 1).received == received
    assert "old sequence number" in world.logged("COOP_PACKET_DROPPED", "KS2")[0]


def test_versions_with_another_major_number_do_not_cooperate() -> None:
    world = make_world(2)
    world.group(2).host.version = "2.0.1"

    world.start()
    world.pass_s(300.0)

    assert world.roles() == [P, P]
    peer = world.peer(1, 2)
    assert peer.version == "2.0.1"
    assert peer.established
    assert peer.status is PeerStatus.UNKNOWN
    assert peer.received_drops > 0
    assert len(world.logged("COOP_PACKET_DROPPED", "KS1")) == 1


def test_versions_with_another_minor_number_cooperate() -> None:
    world = make_world(2)
    world.group(2).host.version = "1.0.17"
    world.group(2).host.coop_version = "1.0.7"

    world.start()
    world.pass_s(300.0)

    assert world.roles() == [P, S]
    assert world.peer(1, 2).version == "1.0.17"
    assert world.peer(1, 2).coop_version == "1.0.7"


@pytest.mark.parametrize("checked", [False, True])
def test_different_rsa_keys_matter_if_the_parameter_says_so(*, checked: bool) -> None:
    maker = SeededKeyMaker(make_world(1).kernel.random("keys"))
    one, other = maker.rsa(1024), maker.rsa(1024)
    world = make_world(2, parameters=Parameters(coop_checks_signer=checked))
    for group in world.groups.values():
        group.host.hold_key("REKEY", one)
    world.start()
    world.pass_s(300.0)
    assert world.roles() == [P, S]

    world.group(1).host.hold_key("REKEY", other)
    world.pass_s(300.0)

    assert world.roles() == ([P, P] if checked else [P, S])
    assert (world.peer(2, 1).received_drops > 0) is checked

    world.group(2).host.hold_key("REKEY", other)
    world.pass_s(300.0)
    assert world.roles() == [P, S]


@pytest.mark.parametrize("checked", [False, True])
def test_different_protocol_versions_matter_if_the_parameter_says_so(*, checked: bool) -> None:
    world = make_world(2, parameters=Parameters(coop_checks_protocol=checked))
    group = world.group(2)
    assert group.policy.coop is not None
    group.policy = replace(group.policy, coop=replace(group.policy.coop, protocol="optimize"))

    world.start()
    world.pass_s(100.0)

    assert (world.peer(1, 2).received_drops > 0) is checked
    assert world.peer(1, 2).protocol == "optimize"


def test_a_key_server_that_is_no_peer_is_not_listened_to() -> None:
    world = settled_world(2)
    with_peers(world, 2)

    world.pass_s(600.0)

    assert world.coop(2).peers == {}
    # the other one makes two SAs: its detection finds that the first one is gone
    text = f"Contact from unauthorized KS {address(1)} in group GETVPN at local address"
    text += f" {address(2)} (Possible MISCONFIG of peer/local address)"
    assert world.logged("COOP_KS_UNAUTH", "KS2") == [f"%GDOI-3-COOP_KS_UNAUTH: {text}"] * 2


def test_a_one_sided_peer_gets_an_sa_and_no_answer() -> None:
    world = make_world(2)
    group = world.group(2)
    group.policy = replace(group.policy, coop=CoopPolicy(priority=99))

    world.start()
    world.pass_s(100.0)

    assert world.roles() == [P, P]
    assert world.peer(1, 2).established
    assert world.peer(1, 2).status is PeerStatus.UNKNOWN
    assert world.peer(1, 2).received == 0
    with_peers(world, 2, 1)
    world.pass_s(60.0)
    assert world.roles() == [P, S]


def test_peers_that_come_and_go_are_logged() -> None:
    world = settled_world(3)
    assert world.logged("COOP_KS_ADD", "KS1") == [
        f"%GDOI-5-COOP_KS_ADD: {address(number)} added as COOP Key Server in group GETVPN."
        for number in (2, 3)
    ]

    with_peers(world, 1, 2)
    assert world.logged("COOP_KS_REMOVE", "KS1") == [
        f"%GDOI-5-COOP_KS_REMOVE: {address(3)} removed as COOP Key Server in group GETVPN."
    ]
    assert list(world.coop(1).peers) == [address(2)]

    with_peers(world, 1, 3, 2)
    assert list(world.coop(1).peers) == [address(3), address(2)]
    assert len(world.logged("COOP_KS_ADD", "KS1")) == 3


def test_the_numbers_of_peers_are_their_own() -> None:
    world = settled_world(3)
    with_peers(world, 1, 2)
    with_peers(world, 1, 2, 3)

    handles = {peer.handle for peer in world.coop(1).peers.values()}
    assert len(handles) == 2
    assert world.group(1).server_handle not in handles


def test_a_ninth_key_server_is_not_heard() -> None:
    world = make_world(9)

    world.start()
    world.pass_s(60.0)

    assert len(world.coop(1).peers) == 7
    assert world.logged("COOP_LIMIT_REACHED", "KS1") == [
        (
            f"%GDOI-3-COOP_LIMIT_REACHED: Peer {address(9)} exceeds the limit of cooperative key "
            "servers in group GETVPN"
        )
    ]
    group = world.group(1)
    group.apply(replace(group.policy, pfs=False))
    assert len(world.logged("COOP_LIMIT_REACHED", "KS1")) == 1


def test_a_different_policy_is_said_once_for_each_change() -> None:
    world = settled_world(2)
    assert not world.logged("MISMATCH")
    group = world.group(2)

    group.apply(replace(group.policy, rekey=replace(POLICY.rekey, lifetime_s=7200)))
    world.pass_s(300.0)
    group.apply(replace(group.policy, rekey=replace(POLICY.rekey, lifetime_s=3600)))
    world.pass_s(300.0)
    assert len(world.logged("COOP_CONFIG_MISMATCH")) == 2

    group.apply(replace(group.policy, rekey=POLICY.rekey))
    world.pass_s(300.0)
    assert (
        world.logged("COOP_CONFIG_MISMATCH", "KS2")
        == [
            (
                "%GDOI-3-COOP_CONFIG_MISMATCH: WARNING: Group GETVPN, Configuration between "
                "Primary KS and Secondary KS are mismatched"
            )
        ]
        * 2
    )
    assert not world.logged("COOP_CONFIG_MISMATCH", "KS1")


def test_what_may_differ_is_no_mismatch() -> None:
    world = settled_world(2)
    group = world.group(2)

    group.apply(replace(group.policy, group="ELSEWHERE", registration_interface="Gi0/0/0"))
    world.pass_s(60.0)

    assert not world.logged("MISMATCH")


def test_a_pseudotime_that_jumps_is_believed_the_second_time() -> None:
    world = settled_world(2)
    world.group(1).register("172.16.0.1")
    world.pass_s(world.coop(1).remaining_s() + 605.0)
    coop = world.coop(2)
    assert not coop.blocking

    world.group(1).begin_anew()
    world.coop(1).announce()
    world.pass_s(1.0)
    assert coop.invalid_pseudotimes == 1
    assert coop.blocking
    assert world.group(2).pseudotime() == pytest.approx(world.group(1).pseudotime() + 600, abs=30)

    world.pass_s(20.0)
    assert coop.invalid_pseudotimes == 1
    assert not coop.blocking
    assert world.group(2).pseudotime() == pytest.approx(world.group(1).pseudotime())


def test_messages_before_the_start_are_ignored() -> None:
    world = make_world(2)
    world.group(2).host.mailbox.open(address(2), "1000", world.coop(2).receive)

    world.start(1)
    world.pass_s(100.0)

    assert world.coop(2).role is S
    assert not world.logged("GDOI", "KS2")


def test_sender_identifiers_are_told_when_they_change() -> None:
    world = settled_world(2)
    group = world.group(2)
    assert world.coop(1).senders_of("192.0.2.1") is None

    group.apply(replace(group.policy, kssids=(3, 4)))
    world.pass_s(0.1)

    senders = world.coop(1).senders_of(address(2))
    assert senders is not None
    assert senders.assigned == (3, 4)
