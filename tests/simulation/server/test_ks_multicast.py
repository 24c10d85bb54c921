"""Multicast rekeys: one packet for all, sent again, never acknowledged."""

import pytest

from getvpn.emulator.gdoi.mailbox import GDOI_PORT
from getvpn.emulator.gdoi.policy import Transport
from getvpn.emulator.keys import KeyMaterial

from .ks_world import Member, World, rekey_policy, server_policy

GROUP = "239.1.1.1"
TEK_DUE_S = 3600 - 360


@pytest.fixture
def world(rsa_key: KeyMaterial) -> World:
    rekey = rekey_policy(transport=Transport.MULTICAST, multicast=GROUP)
    return World(rsa_key, server_policy(rekey=rekey))


def listening(world: World, number: int) -> list[Member]:
    members = world.members(number)
    for member in members:
        world.network.join(GROUP, member.address, GDOI_PORT)
    return members


def test_one_message_reaches_all_who_listen(world: World) -> None:
    members = listening(world, 3)
    assert members[0].downloads[0].transport is Transport.MULTICAST
    assert members[0].downloads[0].multicast == GROUP
    world.run(TEK_DUE_S)
    for member in members:
        (rekey,) = member.rekeys
        assert rekey.transport is Transport.MULTICAST
    assert world.logged("KS_SEND_MCAST_REKEY") == [
        f"Sending Multicast Rekey for group GETVPN from address 10.0.0.1 to {GROUP} with seq # 1"
    ]
    assert not world.logged("KS_SEND_UNICAST_REKEY")


def test_it_is_sent_again_whoever_has_got_it(world: World) -> None:
    (member,) = listening(world, 1)
    before = world.kernel.now()
    world.group.rekey()
    world.run(100)
    assert [round(at - before, 6) for at, _ in member.copies] == [0.02, 10.02, 20.02]
    assert len(member.rekeys) == 1
    assert world.group.retransmits == 2
    assert world.group.duration_s == 20.0


def test_who_does_not_listen_is_ejected_by_nobody(world: World) -> None:
    (silent,) = world.members(1)
    for _ in range(5):
        world.run(TEK_DUE_S)
    record = world.group.members[silent.address]
    assert (record.acks, record.missed, record.rekeys_sent) == (0, 0, 5)
    assert not silent.copies


def test_a_new_rekey_ends_the_retransmissions_of_the_one_before(world: World) -> None:
    (member,) = listening(world, 1)
    world.group.rekey()
    world.run(15)
    world.group.rekey()
    world.run(100)
    assert [rekey.sequence for _, rekey in member.copies] == [1, 1, 2, 2, 2]


def test_the_first_rekey_after_a_change_of_the_transport_travels_both_ways(world: World) -> None:
    (member,) = listening(world, 1)
    world.apply(rekey=rekey_policy())
    world.group.rekey()
    world.run(60)
    assert [rekey.transport for rekey in member.rekeys] == [Transport.UNICAST]
    assert len(world.logged("KS_SEND_MCAST_REKEY")) == 1
    assert len(world.logged("KS_SEND_UNICAST_REKEY")) == 1
    assert world.group.members[member.address].acks == 1
    world.group.rekey()
    world.run(60)
    assert len(world.logged("KS_SEND_MCAST_REKEY")) == 1


def test_without_an_address_no_rekey_leaves(rsa_key: KeyMaterial) -> None:
    policy = server_policy(rekey=rekey_policy(transport=Transport.MULTICAST))
    world = World(rsa_key, policy)
    world.members(1)
    world.run(TEK_DUE_S + 60)
    assert len(world.group.teks) == 2
    assert world.group.rekeys_sent == 0
    assert world.group.kek is not None
    assert world.group.kek.sequence == 0
