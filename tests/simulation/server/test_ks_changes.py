"""Changes of a policy: what happens at once, what waits, and what an operator does about it."""

from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.messages import RekeyKind
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import Cipher, Replay, ReplayKind, Transport
from getvpn.emulator.keys import KeyMaterial
from getvpn.emulator.services.access_entries import extended_entry

from .ks_world import GCM, World, rekey_policy, sa_policy, server_policy

TEK_DUE_S = 3600 - 385
OTHER_LINES = (extended_entry(["permit", "ip", "10.0.0.0", "0.255.255.255", "any"]),)
NOTICE = (
    "GDOI group GETVPN policy has changed. Use 'crypto gdoi ks rekey' to send a rekey, or the "
    "changes will be send in the next scheduled rekey"
)


def test_leaving_configuration_mode_sends_no_rekey_but_a_notice(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.apply(sas=(sa_policy(entries=OTHER_LINES),))
    assert world.group.pending
    assert world.logged("POLICY_CHANGE") == []
    world.group.settled()
    world.group.settled()
    world.run(100)
    assert world.logged("POLICY_CHANGE") == [NOTICE]
    assert not member.copies


def test_without_keys_there_is_nothing_to_say(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.apply(sas=(sa_policy(entries=OTHER_LINES),))
    world.group.settled()
    assert not world.group.pending
    assert not world.logged("POLICY_CHANGE")


def test_a_change_that_is_taken_back_waits_for_nothing(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.members(1)
    world.apply(sas=(sa_policy(entries=OTHER_LINES),))
    world.apply(sas=(sa_policy(),))
    world.group.settled()
    assert not world.group.pending
    assert not world.logged("POLICY_CHANGE")


def test_members_that_register_meanwhile_get_the_policy_in_force(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.members(1)
    world.apply(sas=(sa_policy(entries=OTHER_LINES),))
    late = world.member(2).ask()
    world.run(1)
    assert late.downloads[0].sas == (sa_policy(),)


def test_a_triggered_rekey_carries_the_change_and_shortens_the_old_tek(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    (old,) = world.group.teks
    kek = world.group.kek
    world.apply(sas=(sa_policy(entries=OTHER_LINES),))
    now = world.kernel.now()
    assert world.group.rekey() == ""
    world.run(1)

    (message,) = member.rekeys
    assert message.kind is RekeyKind.TRIGGERED
    assert message.sas[0].entries == OTHER_LINES
    # 5 % of 3600 s
    assert [round(grant.expires_at - now, 6) for grant in message.grants] == [180, 3600]
    assert old.expires_at == now + 180
    assert message.grants[1].tek.sa.entries == OTHER_LINES
    assert world.group.kek is kek
    assert not world.group.pending
    assert world.group.time_to_rekey(old) is None


@pytest.mark.parametrize(
    ("lifetime_s", "left_s"), [(7200, 360), (3600, 180), (900, 90), (86_400, 3600)]
)
def test_the_shortened_lifetime_is_that_of_the_guide(
    rsa_key: KeyMaterial, lifetime_s: int, left_s: int
) -> None:
    world = World(rsa_key, server_policy(sas=(sa_policy(10, lifetime_s),)))
    world.members(1)
    (old,) = world.group.teks
    world.group.rekey()
    assert round(old.expires_at - world.kernel.now(), 6) == left_s


def test_no_shortened_lifetime_is_longer_than_what_was_left(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.members(1)
    (old,) = world.group.teks
    end = old.expires_at
    world.run(TEK_DUE_S)
    world.run(end - world.kernel.now() - 60)
    world.group.rekey()
    assert old.expires_at == end


def test_replace_now_takes_the_old_keys_away(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    old_kek, (old,) = world.group.kek, world.group.teks
    assert world.group.rekey(replace=True) == ""
    world.run(1)

    (message,) = member.rekeys
    (new,) = world.group.teks
    assert message.kind is RekeyKind.REPLACE
    assert [grant.tek for grant in message.grants] == [new]
    assert new is not old
    assert old_kek is not None
    assert message.kek_spi == old_kek.spi
    assert message.kek is world.group.kek
    assert world.group.kek is not old_kek


def test_the_next_scheduled_rekey_carries_a_change_too(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    (old,) = world.group.teks
    end = old.expires_at
    world.apply(sas=(sa_policy(entries=OTHER_LINES),))
    world.run(TEK_DUE_S)
    (message,) = member.rekeys
    assert message.kind is RekeyKind.SCHEDULED
    assert message.sas[0].entries == OTHER_LINES
    assert old.expires_at == end
    assert not world.group.pending


def test_a_scheduled_rekey_of_one_policy_carries_changes_of_all(rsa_key: KeyMaterial) -> None:
    sas = (sa_policy(10, 3600), sa_policy(20, 86_400))
    world = World(rsa_key, server_policy(sas=sas))
    (member,) = world.members(1)
    short, long = world.group.teks
    world.apply(sas=(sas[0], replace(sas[1], transform=GCM), sa_policy(30, 3600)))
    world.run(TEK_DUE_S)
    now = world.kernel.now()

    (message,) = member.rekeys
    ends = {grant.tek.spi: round(grant.expires_at - now, 3) for grant in message.grants}
    numbers = [grant.tek.sa.number for grant in message.grants]
    assert numbers == [10, 20, 10, 20, 30]
    # the one that was due lives on, the changed one the shortened lifetime
    assert ends[short.spi] == pytest.approx(385, abs=1)
    assert ends[long.spi] == pytest.approx(3600, abs=1)
    assert message.grants[3].tek.sa.transform is GCM


def test_a_policy_that_is_gone_ends_with_a_shortened_lifetime(rsa_key: KeyMaterial) -> None:
    sas = (sa_policy(10, 3600), sa_policy(20, 3600))
    world = World(rsa_key, server_policy(sas=sas))
    (member,) = world.members(1)
    _, gone = world.group.teks
    world.apply(sas=sas[:1])
    world.group.rekey()
    world.run(1)
    (message,) = member.rekeys
    assert [sa.number for sa in message.sas] == [10]
    assert [grant.tek.sa.number for grant in message.grants] == [10, 20, 10]
    assert gone.spi not in world.group.tek_rekey_at
    world.run(200)
    late = world.member(2).ask()
    world.run(1)
    assert [grant.tek.sa.number for grant in late.downloads[0].grants] == [10]


def test_another_tek_lifetime_counts_from_the_next_tek_on(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    (old,) = world.group.teks
    world.apply(sas=(sa_policy(10, 7200),))
    member.ask()
    world.run(1)
    assert member.downloads[1].grants[0].tek is old
    assert old.lifetime_s == 3600
    world.run(TEK_DUE_S)
    assert [tek.lifetime_s for tek in world.group.teks] == [3600, 7200]


def test_another_kek_lifetime_counts_from_the_next_kek_on(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(rekey=rekey_policy(lifetime_s=7200)))
    world.members(1)
    kek = world.group.kek
    world.apply(rekey=rekey_policy(lifetime_s=14_400))
    world.run(TEK_DUE_S)
    assert world.group.kek is kek
    assert world.group.pending
    world.run(7200 - 225 - TEK_DUE_S)
    assert world.group.kek is not kek
    assert world.group.kek is not None
    assert world.group.kek.lifetime_s == 14_400
    assert not world.group.pending


def test_a_triggered_rekey_renews_a_kek_that_is_to_be_another(rsa_key: KeyMaterial) -> None:
    changes = ({"lifetime_s": 7200}, {"cipher": Cipher()}, {"sig_hash": "sha"})
    for change in changes:
        world = World(rsa_key)
        (member,) = world.members(1)
        kek = world.group.kek
        world.apply(rekey=rekey_policy(**change))
        world.group.rekey()
        world.run(1)
        assert member.rekeys[0].kek is world.group.kek is not kek
        # the old KEK encrypts it, with the hash that members know
        assert member.rekeys[0].sig_hash == "sha256"
        assert not world.group.pending


def test_another_cipher_of_the_kek_goes_out_with_the_next_scheduled_rekey(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.apply(rekey=rekey_policy(cipher=Cipher()))
    world.run(TEK_DUE_S)
    assert member.rekeys[0].kek is world.group.kek
    assert world.group.kek is not None
    assert world.group.kek.cipher == Cipher()


def test_more_retransmissions_move_the_rekey_forward(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.members(1)
    (tek,) = world.group.teks
    before = world.group.time_to_rekey(tek)
    world.apply(rekey=rekey_policy(interval_s=40, count=3))
    assert before is not None
    assert (world.group.time_to_rekey(tek) or 0) == pytest.approx(before - 100)
    assert not world.group.pending


def test_receive_only_flips_with_the_next_rekey(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.apply(receive_only=True)
    member.ask()
    world.run(1)
    assert not member.downloads[1].receive_only
    assert not world.logged("KS_CONV_SAS_INGRESS")
    world.group.rekey()
    world.run(1)
    assert member.rekeys[0].receive_only
    assert len(world.logged("KS_CONV_SAS_INGRESS")) == 1
    member.ask()
    world.run(1)
    assert member.downloads[2].receive_only
    world.apply(receive_only=False)
    world.run(TEK_DUE_S)
    assert not member.rekeys[-1].receive_only
    assert len(world.logged("KS_CONV_SAS_DUPLEX")) == 1


def test_a_group_that_begins_receive_only_converts_nothing(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(receive_only=True))
    (member,) = world.members(1)
    assert member.downloads[0].receive_only
    assert not world.logged("KS_CONV_SAS_INGRESS")


def test_another_replay_check_needs_other_teks(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    timed = sa_policy(replay=Replay(kind=ReplayKind.TIME, window=5))
    world.apply(sas=(timed,))
    world.group.rekey()
    world.run(1)
    assert member.rekeys[0].grants[1].tek.sa.replay.window == 5


def test_a_change_of_the_transport_is_logged_at_once(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.apply(rekey=rekey_policy(transport=Transport.MULTICAST, multicast="239.1.1.1"))
    assert world.logged("KS_REKEY_TRANS_2_MULTI") == [
        "Group GETVPN transitioned to Multicast Rekey."
    ]
    world.apply(rekey=rekey_policy())
    assert world.logged("KS_REKEY_TRANS_2_UNI") == ["Group GETVPN transitioned to Unicast Rekey."]


def test_a_group_without_keys_makes_them_when_an_operator_wants_a_rekey(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key)
    assert world.group.rekey() == ""
    assert world.group.kek is not None
    assert len(world.group.teks) == 1
    assert world.group.rekeys_sent == 0


def test_no_rekey_without_the_rsa_key(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.members(1)
    world.station.hold_key("REKEY", None)
    assert world.group.rekey() == "ERROR for group GETVPN: RSA key REKEY not found"
    assert len(world.logged("KS_NO_RSA_KEYS")) == 1


def test_keys_that_are_due_at_nearly_the_same_time_can_be_renewed_apart(
    rsa_key: KeyMaterial,
) -> None:
    policy = server_policy(sas=(sa_policy(10, 3600), sa_policy(20, 3610)))
    together = World(rsa_key, policy, parameters=Parameters(together_s=10.0))
    apart = World(rsa_key, policy)
    for world, messages in ((together, 1), (apart, 2)):
        (member,) = world.members(1)
        world.run(TEK_DUE_S + 20)
        assert len(member.rekeys) == messages


def test_clearing_the_group_destroys_keys_and_members(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    (old,) = world.group.teks
    world.group.clear()
    assert world.group.kek is None
    assert not world.group.teks
    assert not world.group.members
    assert world.group.pseudotime() is None
    assert len(world.logged("KS_CLEAR_REGISTER")) == 1
    world.run(2 * TEK_DUE_S)
    assert not member.copies
    member.ask()
    world.run(1)
    assert member.downloads[1].grants[0].tek is not old


def test_clearing_the_policy_makes_it_anew_and_keeps_members(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    old_kek, (old,) = world.group.kek, world.group.teks
    world.apply(sas=(sa_policy(entries=OTHER_LINES),))
    world.group.reset_policy()
    (new,) = world.group.teks
    assert new is not old
    assert new.sa.entries == OTHER_LINES
    assert world.group.kek is not old_kek
    assert not world.group.pending
    assert list(world.group.members) == [member.address]
    world.run(100)
    assert not member.copies
