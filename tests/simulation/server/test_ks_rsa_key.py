"""The life of the RSA key that signs: what happens to running keys, and to the next rekey."""

from random import Random

from getvpn.emulator.gdoi.messages import Refused
from getvpn.emulator.keys import KeyMaterial, SeededKeyMaker

from .ks_world import LABEL, World, rekey_policy, server_policy

TEK_DUE_S = 3600 - 385
MISSING = f"RSA Key - {LABEL} : Not found, Required for group GETVPN"


def test_a_key_that_is_zeroized_leaves_running_keys_and_the_schedule_alone(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key)
    world.members(1)
    kek, teks, due = world.group.kek, list(world.group.teks), world.group.kek_time_to_rekey()
    world.station.hold_key(LABEL, None)
    assert world.group.kek is kek
    assert world.group.teks == teks
    assert world.group.kek_time_to_rekey() == due
    assert not world.logged("KS_NO_RSA_KEYS")


def test_the_next_rekey_cannot_be_signed_and_is_not_sent(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    (tek,) = world.group.teks
    world.station.hold_key(LABEL, None)
    world.run(TEK_DUE_S + 100)
    assert not member.copies
    assert world.group.teks == [tek]
    assert world.group.time_to_rekey(tek) == 0
    assert world.logged("KS_NO_RSA_KEYS") == [MISSING]


def test_it_goes_out_as_soon_as_there_is_a_key(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.station.hold_key(LABEL, None)
    world.run(TEK_DUE_S + 100)
    world.station.hold_key(LABEL, rsa_key)
    world.run(1)
    assert len(member.rekeys) == 1
    assert len(world.group.teks) == 2


def test_a_new_key_of_the_same_label_signs_the_next_rekey_which_members_reject(
    rsa_key: KeyMaterial, other_rsa_key: KeyMaterial
) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    kek, due = world.group.kek, dict(world.group.tek_rekey_at)
    world.station.hold_key(LABEL, other_rsa_key)
    assert world.group.kek is kek
    assert world.group.tek_rekey_at == due

    world.run(TEK_DUE_S + 60)
    assert not member.rekeys
    # the message came with its retransmissions, and was not acknowledged
    assert len(member.copies) == 3
    assert member.copies[0][1].signed_by(other_rsa_key.public_der)
    record = world.group.members[member.address]
    assert (record.acks, record.missed) == (0, 1)


def test_whoever_registers_again_learns_the_new_key(
    rsa_key: KeyMaterial, other_rsa_key: KeyMaterial
) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    assert member.downloads[0].public_der == rsa_key.public_der
    world.station.hold_key(LABEL, other_rsa_key)
    world.run(TEK_DUE_S + 60)
    member.ask()
    world.run(TEK_DUE_S)
    assert member.downloads[1].public_der == other_rsa_key.public_der
    assert len(member.rekeys) == 1


def test_three_rekeys_with_a_key_that_nobody_knows_eject_everybody(
    rsa_key: KeyMaterial, other_rsa_key: KeyMaterial
) -> None:
    world = World(rsa_key)
    world.members(3)
    world.station.hold_key(LABEL, other_rsa_key)
    world.run(3 * TEK_DUE_S + 60)
    assert not world.group.members
    assert len(world.logged("KS_NACK_GM_EJECT")) == 3


def test_the_same_key_imported_again_changes_nothing(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.station.hold_key(LABEL, None)
    world.station.hold_key(LABEL, rsa_key)
    world.run(TEK_DUE_S)
    assert len(member.rekeys) == 1


def test_another_label_signs_the_next_rekey_and_can_be_taken_back(
    rsa_key: KeyMaterial, other_rsa_key: KeyMaterial
) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.station.hold_key("NEXT", other_rsa_key)
    world.apply(rekey=rekey_policy(label="NEXT"))
    assert world.group.pending
    world.apply(rekey=rekey_policy())
    assert not world.group.pending
    world.run(TEK_DUE_S + 60)
    assert len(member.rekeys) == 1

    world.apply(rekey=rekey_policy(label="NEXT"))
    world.run(TEK_DUE_S)
    assert len(member.rekeys) == 1
    assert member.copies[-1][1].signed_by(other_rsa_key.public_der)


def test_a_label_without_a_key_is_said_when_it_is_configured(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.members(1)
    world.apply(rekey=rekey_policy(label="NOWHERE"))
    text = "RSA Key - NOWHERE : Not found, Required for group GETVPN"
    assert world.logged("KS_NO_RSA_KEYS") == [text]


def test_a_label_with_a_key_lets_out_what_was_waiting(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.station.hold_key(LABEL, None)
    world.run(TEK_DUE_S + 100)
    world.station.hold_key("NEXT", rsa_key)
    world.apply(rekey=rekey_policy(label="NEXT"))
    world.run(1)
    assert len(member.rekeys) == 1


def test_when_all_keys_have_ended_without_the_rsa_key_nobody_is_served(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.station.hold_key(LABEL, None)
    world.run(3600)
    member.ask()
    world.run(1)
    assert [refusal.reason for refusal in member.refusals] == [Refused.NO_POLICY]
    world.station.hold_key(LABEL, rsa_key)
    world.run(1)
    member.ask()
    world.run(1)
    assert len(member.downloads) == 2
    assert member.downloads[1].grants[0].tek is world.group.teks[-1]


def test_a_key_that_is_too_short_for_the_hash_signs_nothing_that_members_take() -> None:
    short = SeededKeyMaker(Random("short")).rsa(512)  # noqa: S311 - a key of a test
    world = World(short, server_policy(rekey=rekey_policy(sig_hash="sha512")))
    (member,) = world.members(1)
    world.group.rekey()
    world.run(60)
    assert not member.rekeys
    assert len(member.copies) == 3


def test_who_registers_while_the_key_is_missing_learns_the_last_one(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.station.hold_key(LABEL, None)
    member.ask()
    world.run(1)
    assert member.downloads[1].public_der == rsa_key.public_der
    assert world.logged("KS_NO_RSA_KEYS") == [MISSING]
