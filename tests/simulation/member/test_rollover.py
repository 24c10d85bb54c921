"""With which TEK a member sends, and when it changes."""

from getvpn.emulator.gdoi.messages import RekeyKind

from .scripted import World, sa_policy


def test_a_member_sends_with_the_new_tek_when_thirty_seconds_remain_of_the_old():
    world = World()
    member = world.registered()
    old = member.teks[0]
    world.kernel.run_until(old.expires_at - 900.0)
    world.ks1.renew()
    world.kernel.advance(1.0)
    new = member.teks[1]

    world.kernel.run_until(old.expires_at - 30.1)
    assert member.encrypting(10) is old
    assert member.next_change() == old.expires_at - 30.0
    world.kernel.run_until(old.expires_at - 30.0)
    assert member.encrypting(10) is new
    assert member.holds(old.tek.spi) is old


def test_a_member_that_registers_while_two_teks_live_changes_at_the_same_moment():
    world = World()
    old = world.ks1.teks[0]
    world.kernel.advance(6500.0)
    world.ks1.fresh_teks()
    member = world.registered()
    assert member.encrypting(10).tek is old

    world.kernel.run_until(old.expires_at - 30.0)
    assert member.encrypting(10).tek is world.ks1.teks[1]


def test_the_old_tek_decrypts_until_it_ends_and_is_deleted_then():
    world = World()
    member = world.registered()
    old = member.teks[0]
    world.kernel.run_until(old.expires_at - 900.0)
    world.ks1.renew()
    world.kernel.run_until(old.expires_at - 0.001)
    assert member.holds(old.tek.spi) is old

    world.kernel.run_until(old.expires_at)
    assert member.holds(old.tek.spi) is None
    assert len(member.teks) == 1
    assert world.log()[-1] == (
        "GDOI-5-GM_DELETE_EXPIRED_TEK: TEK expired for group GETVPN and was deleted"
    )


def test_a_triggered_rekey_shortens_the_old_tek():
    world = World()
    member = world.registered()
    old = member.teks[0]
    world.kernel.advance(100.0)
    old.tek.expires_at = world.kernel.now() + 360.0
    world.ks1.renew(kind=RekeyKind.TRIGGERED)
    world.kernel.advance(1.0)

    assert old.expires_at == old.tek.expires_at
    assert member.teks[1].encrypts_at == old.expires_at - 30.0


def test_replace_now_changes_keys_at_once():
    world = World()
    member = world.registered()
    world.ks1.teks = []
    world.ks1.renew(kind=RekeyKind.REPLACE)
    world.kernel.advance(1.0)

    assert [held.tek for held in member.teks] == world.ks1.teks
    assert member.encrypting(10).tek is world.ks1.teks[0]


def test_software_that_does_not_know_replacement_shortens_what_it_holds():
    world = World(version="1.0.1")
    member = world.registered()
    old = member.teks[0]
    world.ks1.teks = []
    world.ks1.renew(kind=RekeyKind.REPLACE)
    world.kernel.advance(1.0)

    assert len(member.teks) == 2
    assert member.encrypting(10) is old
    assert round(old.remaining_s(world.kernel.now())) in (359, 360)


def test_each_policy_changes_its_own_teks():
    world = World()
    world.ks1.sas = (sa_policy(), sa_policy(number=20, lifetime_s=3600))
    world.ks1.fresh_keys()
    member = world.registered()

    assert member.encrypting(10).tek is world.ks1.teks[0]
    assert member.encrypting(20).tek is world.ks1.teks[1]
    assert member.encrypting(30) is None
