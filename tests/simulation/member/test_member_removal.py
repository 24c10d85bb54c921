"""What a member does when a key server sends it away, or wants it to authenticate again."""

from getvpn.emulator.gdoi.keys import new_kek
from getvpn.emulator.gdoi.messages import RekeyKind
from getvpn.emulator.gdoi.records import Registration

from .scripted import World


def test_a_removed_member_keeps_its_shortened_tek_and_registers_inside_the_window():
    world = World()
    member = world.registered()
    world.kernel.advance(100.0)
    world.ks1.send(world.ks1.rekey(RekeyKind.DELETE, grants=(), window_s=360.0))
    world.ks1.fresh_keys()
    world.kernel.advance(1.0)
    now = world.kernel.now()
    assert world.log()[-1].startswith("GDOI-5-GM_RECV_DELETE: GM received delete-msg from KS")
    assert [round(held.remaining_s(now)) for held in member.teks] == [359]
    assert now - 1.0 <= member.reregisters_at <= now + 330.0

    world.kernel.advance(360.0)
    assert member.succeeded == 2
    assert [held.tek for held in member.teks] == world.ks1.teks


def test_a_removed_member_without_keys_does_not_wait():
    world = World()
    member = world.registered()
    member.clear_sas()
    world.ks1.send(world.ks1.rekey(RekeyKind.DELETE, grants=(), window_s=360.0))
    world.ks1.fresh_keys()
    world.kernel.advance(1.0)

    assert world.count("GM_RECV_DELETE") == 1
    assert [held.tek for held in member.teks] == world.ks1.teks


def test_removed_members_come_back_at_different_times():
    world = World()
    members = [
        world.registered(name=f"GM{number}", address=f"172.16.0.{number}")
        for number in range(1, 21)
    ]
    message = world.ks1.rekey(RekeyKind.DELETE, grants=(), window_s=360.0)
    for number in range(1, 21):
        world.ks1.send(message, f"172.16.0.{number}")
    world.kernel.advance(1.0)

    times = sorted(each.reregisters_at for each in members)
    assert len(set(times)) == 20
    assert times[-1] - times[0] > 200.0


def test_removal_now_deletes_all_keys_at_once():
    world = World()
    member = world.registered()
    message = world.ks1.rekey(RekeyKind.DELETE_NOW, grants=())
    world.ks1.fresh_keys()
    world.ks1.send(message)
    world.kernel.advance(0.021)
    assert (member.teks, member.kek) == ([], None)
    assert member.state is Registration.REGISTERING
    assert "GDOI-5-GM_RECV_DELETE: GM receive REMOVAL-NOW" in "\n".join(world.log())

    world.kernel.advance(1.0)
    assert [held.tek for held in member.teks] == world.ks1.teks
    assert len(world.ks1.acks) == 1


def test_who_was_removed_at_once_is_not_registered_until_it_is_again():
    world = World()
    member = world.registered()
    message = world.ks1.rekey(RekeyKind.DELETE_NOW, grants=(), window_s=360.0)
    world.ks1.fresh_keys()
    world.ks1.send(message)
    world.kernel.advance(0.021)
    assert member.state is Registration.NONE
    assert member.reregisters_at is not None

    world.kernel.advance(361.0)
    assert member.state is Registration.REGISTERED


def test_software_that_does_not_know_removal_keeps_its_keys():
    world = World(version="1.0.1")
    member = world.registered()
    world.ks1.send(world.ks1.rekey(RekeyKind.DELETE_NOW, grants=()))
    world.kernel.advance(60.0)

    assert member.has_keys
    assert member.succeeded == 1


def test_reauthentication_deletes_the_kek_and_registers_again():
    world = World()
    member = world.registered()
    message = world.ks1.rekey(RekeyKind.REAUTH, grants=(), window_s=60.0)
    world.ks1.kek = new_kek(world.ks1.random, world.ks1.policy, world.kernel.now())
    world.ks1.send(message)
    world.kernel.advance(0.05)
    assert member.kek is None
    assert member.has_keys
    assert world.count("GM_RECV_REAUTH") == 1

    world.kernel.advance(61.0)
    assert member.kek is world.ks1.kek
    assert member.succeeded == 2


def test_only_the_first_reauthentication_is_understood():
    world = World()
    member = world.registered()
    first = world.ks1.rekey(RekeyKind.REAUTH, grants=(), window_s=300.0)
    second = world.ks1.rekey(RekeyKind.REAUTH, grants=(), window_s=300.0)
    world.ks1.send(first)
    world.kernel.advance(0.05)
    due = member.reregisters_at
    world.ks1.send(second)
    world.kernel.advance(0.05)

    assert member.reregisters_at == due
    assert world.count("GM_RECV_REAUTH") == 1
