"""Rekeys: which a member believes, and what they change."""

from getvpn.emulator.gdoi.keys import new_kek
from getvpn.emulator.gdoi.messages import RekeyKind
from getvpn.emulator.gdoi.policy import Protocol, Transport

from .scripted import GM, KS1, KS2, World, rsa, sa_policy

MULTICAST = "239.1.1.1"
FAILURE = f"CRYPTO-6-IKMP_MODE_FAILURE: Processing of GDOI mode failed with peer at {KS1}"


def test_a_rekey_brings_the_next_tek_and_is_acknowledged():
    world = World()
    member = world.registered()
    world.kernel.advance(6000.0)
    sent = world.ks1.renew()
    world.kernel.advance(1.0)

    assert [held.tek for held in member.teks] == world.ks1.teks
    assert [(ack.member, ack.sequence) for ack in world.ks1.acks] == [(GM, 1)]
    assert (member.rekeys, member.rekeys_since, member.acks) == (1, 1, 1)
    assert (member.last_rekey_from, member.last_sequence) == (KS1, 1)
    assert world.log()[-2:] == [
        (
            f"GDOI-5-GM_RECV_REKEY: Received Rekey for group GETVPN from {KS1} to {GM}"
            f" with seq # 1, spi 0x{sent.kek_spi:032X}"
        ),
        (
            "GDOI-5-GM_INSTALL_POLICIES_SUCCESS: SUCCESS: Installation of Reg/Rekey policies"
            f" from KS {KS1} for group GETVPN & gm identity {GM}"
        ),
    ]


def test_old_software_does_not_log_the_spi_of_the_kek():
    world = World(version="1.0.2")
    world.registered()
    world.ks1.renew()
    world.kernel.advance(1.0)

    assert world.log()[-2].endswith(f"from {KS1} to {GM} with seq # 1")


def test_a_rekey_under_a_kek_that_the_member_lacks_is_ignored():
    world = World()
    member = world.registered()
    before = world.log()
    world.ks1.fresh_keys()
    world.ks1.renew()
    world.kernel.advance(1.0)

    assert member.rekeys == 0
    assert not world.ks1.acks
    assert world.log() == before


def test_a_rekey_that_another_key_signed_changes_nothing_and_is_logged():
    world = World()
    member = world.registered()
    teks, again = list(member.teks), member.reregisters_at
    world.ks1.key = rsa("new")
    world.ks1.renew()
    world.kernel.advance(1.0)

    assert world.log()[-1] == FAILURE
    assert (member.teks, member.reregisters_at) == (teks, again)
    assert (member.rekeys, member.last_sequence) == (0, 0)
    assert not world.ks1.acks


def test_a_rekey_that_was_tampered_with_is_rejected():
    world = World()
    member = world.registered()
    world.ks1.fresh_teks()
    message = world.ks1.rekey()
    message.grants = ()
    world.ks1.send(message)
    world.kernel.advance(1.0)

    assert member.rekeys == 0
    assert world.log()[-1] == FAILURE


def test_after_a_change_of_the_rsa_key_a_member_learns_the_new_one_by_registering():
    world = World()
    member = world.registered()
    world.kernel.advance(6000.0)
    world.ks1.key = rsa("new")
    world.ks1.renew()
    world.kernel.advance(1.0)
    assert member.rekeys == 0

    world.kernel.advance(1200.0)
    assert member.succeeded == 2
    assert member.server_keys[KS1].public_der == rsa("new").public_der

    world.ks1.renew()
    world.kernel.advance(1.0)
    assert member.rekeys == 1


def test_another_key_server_of_the_group_signs_with_the_same_key():
    world = World()
    member = world.registered()
    world.ks2.kek, world.ks2.teks = world.ks1.kek, world.ks1.teks
    world.ks2.renew()
    world.kernel.advance(1.0)

    assert (member.rekeys, member.last_rekey_from) == (1, KS2)
    assert len(world.ks2.acks) == 1


def test_a_key_server_that_did_not_get_the_new_key_is_rejected_after_a_failover():
    world = World()
    world.ks1.key = rsa("new")
    member = world.registered()
    world.ks2.kek, world.ks2.teks = world.ks1.kek, world.ks1.teks
    world.ks2.renew()
    world.kernel.advance(1.0)

    assert member.rekeys == 0
    assert world.count("IKMP_MODE_FAILURE") == 1


def test_the_key_learnt_last_verifies_what_any_key_server_sends():
    world = World()
    member = world.registered()
    world.ks1.silent = True
    world.ks1.key = world.ks2.key = rsa("new")
    world.ks2.kek, world.ks2.teks = world.ks1.kek, world.ks1.teks
    world.kernel.advance(7000.0)
    assert member.registered_with == KS2

    world.ks1.renew()
    world.kernel.advance(1.0)
    assert member.last_rekey_from == KS1


# ---- sequence numbers ----


def test_a_rekey_that_is_sent_again_is_acknowledged_again_and_does_nothing():
    world = World()
    member = world.registered()
    message = world.ks1.renew()
    world.kernel.advance(1.0)
    before = world.log()
    world.ks1.send(message)
    world.kernel.advance(1.0)

    assert (member.rekeys, member.acks) == (1, 2)
    assert [ack.sequence for ack in world.ks1.acks] == [1, 1]
    assert world.log() == before


def test_an_old_sequence_number_is_dropped_and_logged():
    world = World()
    member = world.registered()
    first = world.ks1.renew()
    world.kernel.advance(1.0)
    world.ks1.renew()
    world.kernel.advance(1.0)
    world.ks1.send(first)
    world.kernel.advance(1.0)

    assert (member.rekeys, member.acks) == (2, 2)
    assert world.log()[-1] == (
        "GDOI-3-GDOI_REKEY_SEQ_FAILURE: Failed to process rekey seq # 1 in seq payload"
        " for group GETVPN, last seq # 2"
    )


def test_a_member_begins_with_the_sequence_number_of_its_registration():
    world = World()
    world.ks1.kek.sequence = 7
    member = world.registered()
    assert member.last_sequence == 7

    world.ks1.renew()
    world.kernel.advance(1.0)
    assert (member.last_sequence, member.rekeys) == (8, 1)


def test_a_new_kek_is_taken_with_sequence_zero():
    world = World()
    member = world.registered()
    old = member.kek
    kek = new_kek(world.ks1.random, world.ks1.policy, world.kernel.now())
    message = world.ks1.renew(kek=kek)
    world.kernel.advance(1.0)
    assert (member.kek, member.previous, member.last_sequence) == (kek, old, 0)
    assert member.kek_expires_at == kek.expires_at

    world.ks1.send(message)
    world.kernel.advance(1.0)
    assert len(world.ks1.acks) == 2

    world.ks1.renew()
    world.kernel.advance(1.0)
    assert (member.rekeys, member.last_sequence) == (2, 1)


def test_the_rekey_sa_is_told_of_each_kek():
    world = World()
    member = world.registered()
    assert member.host.ike.standing[KS1, "rekey"] == 1

    member.clear()
    assert member.host.ike.standing[KS1, "rekey"] == 0


# ---- what else a rekey carries ----


def test_a_rekey_carries_changed_lists():
    world = World()
    member = world.registered()
    world.ks1.sas = (sa_policy(["permit ip any any"]),)
    world.ks1.renew()
    world.kernel.advance(1.0)

    assert member.sas == world.ks1.sas


def test_a_rekey_that_brings_what_the_member_does_not_accept_is_not_taken():
    world = World()
    member = world.registered(hashes=("sha256",))
    kek = new_kek(world.ks1.random, world.ks1.policy, world.kernel.now())
    kek.sig_hash = "sha"
    world.ks1.renew(kek=kek)
    world.kernel.advance(1.0)

    assert member.rekeys == 0
    assert not world.ks1.acks
    assert world.mnemonics()[-2:] == ["GM_HASH_FAIL", "GDOI_REKEY_FAILURE"]


def test_rekeys_with_perfect_forward_secrecy_are_counted_by_members_of_gikev2():
    world = World()
    gdoi = world.registered()
    gikev2 = world.registered(
        name="GM2", address="172.16.0.2", protocol=Protocol.GIKEV2, ikev2_profile="PROFILE"
    )
    refusing = world.registered(
        name="GM3",
        address="172.16.0.3",
        protocol=Protocol.GIKEV2,
        ikev2_profile="PROFILE",
        pfs=False,
    )
    world.ks1.fresh_teks()
    message = world.ks1.rekey(pfs=True)
    for number in (1, 2, 3):
        world.ks1.send(message, f"172.16.0.{number}")
    world.kernel.advance(1.0)

    assert [each.pfs_rekeys for each in (gdoi, gikev2, refusing)] == [0, 1, 0]


def test_the_pseudotime_goes_on_by_itself_and_is_corrected_by_rekeys():
    world = World()
    member = world.registered()
    first = member.pseudotime()
    world.kernel.advance(100.0)
    assert member.pseudotime() == first + 100.0

    world.ks1.send(world.ks1.rekey(RekeyKind.PSEUDOTIME, pseudotime=5.0, grants=()))
    world.kernel.advance(1.0)
    assert 5.9 < member.pseudotime() < 6.0
    assert member.largest_skew_s > 1000.0
    assert len(member.teks) == 1
    assert len(world.ks1.acks) == 1


# ---- transport ----


def test_a_member_of_a_multicast_group_listens_there_and_acknowledges_nothing():
    world = World()
    world.ks1.download = {"transport": Transport.MULTICAST, "multicast": MULTICAST}
    member = world.registered()
    world.ks1.fresh_teks()
    message = world.ks1.rekey(transport=Transport.MULTICAST, multicast=MULTICAST)
    assert world.network.multicast(KS1, MULTICAST, 848, message) == 1
    world.kernel.advance(1.0)

    assert (member.rekeys, member.acks) == (1, 0)
    assert not world.ks1.acks
    assert f"from {KS1} to {MULTICAST} with seq # 1" in world.log()[-2]

    member.stop()
    assert world.network.multicast(KS1, MULTICAST, 848, message) == 0


def test_a_member_follows_changes_of_the_transport():
    world = World()
    member = world.registered()
    world.ks1.renew(transport=Transport.MULTICAST, multicast=MULTICAST)
    world.kernel.advance(1.0)
    assert (member.transport, member.multicast) == (Transport.MULTICAST, MULTICAST)
    assert (
        "GDOI-5-GM_REKEY_TRANS_2_MULTI: Group GETVPN transitioned to Multicast Rekey."
        in world.log()
    )

    world.ks1.fresh_teks()
    message = world.ks1.rekey()
    world.network.multicast(KS1, MULTICAST, 848, message)
    world.kernel.advance(1.0)
    assert (member.transport, member.multicast) == (Transport.UNICAST, "")
    assert "GDOI-5-GM_REKEY_TRANS_2_UNI: Group GETVPN transitioned to Unicast Rekey." in world.log()
    assert world.network.multicast(KS1, MULTICAST, 848, message) == 0
