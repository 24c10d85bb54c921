"""Sending members away: by an operator, and by a new certificate revocation list."""

from getvpn.emulator.gdoi.messages import RekeyKind
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import Authorization, Transport
from getvpn.emulator.keys import KeyMaterial
from getvpn.emulator.services.access_entries import standard_entry

from .ks_world import World, rekey_policy, server_policy


def test_removed_members_keep_the_old_tek_for_a_while_and_get_nothing_new(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key)
    members = world.members(2)
    old_kek, (old,) = world.group.kek, world.group.teks
    now = world.kernel.now()
    assert world.group.remove_members() == ""
    world.run(1)

    assert old_kek is not None
    for member in members:
        (message,) = member.rekeys
        assert message.kind is RekeyKind.DELETE
        assert message.kek is None
        assert message.kek_spi == old_kek.spi
        assert [(grant.tek, grant.expires_at) for grant in message.grants] == [(old, now + 180)]
        assert message.window_s == 180
    assert not world.group.members
    assert world.group.kek is not old_kek
    assert world.group.previous is old_kek
    assert [tek is old for tek in world.group.teks] == [True, False]
    assert world.logged("KS_GM_REVOKED") == [
        f"Re-Key: GM {member.address} revoked by KS in the group GETVPN." for member in members
    ]


def test_who_comes_back_gets_old_and_new_keys(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.group.remove_members()
    world.run(60)
    member.ask()
    world.run(1)
    download = member.downloads[1]
    assert [grant.tek for grant in download.grants] == world.group.teks
    assert download.kek is world.group.kek
    assert download.sequence == 0


def test_removal_now_takes_all_keys_away(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    (old,) = world.group.teks
    assert world.group.remove_members(now=True) == ""
    world.run(1)
    (message,) = member.rekeys
    assert message.kind is RekeyKind.DELETE_NOW
    assert message.grants == ()
    assert message.window_s == 180
    (new,) = world.group.teks
    assert new is not old


def test_a_message_of_removal_is_sent_again_to_who_does_not_answer(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    good, deaf = world.members(2)
    deaf.deaf = True
    world.group.remove_members()
    world.run(60)
    assert [len(good.copies), len(deaf.copies)] == [1, 3]


def test_who_lost_its_authorization_does_not_come_back(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    good, bad = world.members(2)
    lines = (f"deny {bad.address}", "permit any")
    entries = tuple(standard_entry(line.split()) for line in lines)
    world.apply(authorization=Authorization(acl="52", entries=entries))
    world.group.remove_members(now=True)
    world.run(1)
    good.ask()
    bad.ask()
    world.run(1)
    assert list(world.group.members) == [good.address]
    world.run(3600 - 385)
    assert len(good.rekeys) == 1
    assert len(bad.copies) == 1


def test_a_new_revocation_list_renews_the_kek_and_makes_all_authenticate_again(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key, parameters=Parameters(reauth_window_s=30))
    (member,) = world.members(1)
    old_kek, teks = world.group.kek, list(world.group.teks)
    world.group.reauthenticate()
    world.run(1)
    (message,) = member.rekeys
    assert message.kind is RekeyKind.REAUTH
    assert message.kek is None
    assert message.window_s == 30
    assert world.group.kek is not old_kek
    assert world.group.teks == teks
    assert not world.group.members


def test_reauthentication_leaves_a_change_of_the_policy_waiting(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.members(1)
    world.apply(receive_only=True)
    world.group.reauthenticate()
    assert world.group.pending


def test_without_members_there_is_nobody_to_authenticate_again(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.group.reauthenticate()
    assert world.group.kek is None
    assert world.group.rekeys_sent == 0


def test_removal_travels_by_multicast_too(rsa_key: KeyMaterial) -> None:
    rekey = rekey_policy(transport=Transport.MULTICAST, multicast="239.1.1.1")
    world = World(rsa_key, server_policy(rekey=rekey))
    (member,) = world.members(1)
    world.network.join("239.1.1.1", member.address, 848)
    world.group.remove_members(now=True)
    world.run(1)
    assert [rekey.kind for rekey in member.rekeys] == [RekeyKind.DELETE_NOW]
    assert not world.group.members


def test_no_removal_without_the_rsa_key(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.members(1)
    world.station.hold_key("REKEY", None)
    assert world.group.remove_members() == "ERROR for group GETVPN: RSA key REKEY not found"
    assert len(world.group.members) == 1
