"""When a member registers again, and what ends when."""

import pytest

from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import RekeyPolicy, Transport
from getvpn.emulator.gdoi.records import Registration

from .scripted import KS1, KS2, World, sa_policy

UNICAST = RekeyPolicy(transport=Transport.UNICAST)


@pytest.mark.parametrize(
    ("lifetime", "lead"), [(600, 60), (1200, 60), (3600, 180), (7200, 360), (86_400, 4320)]
)
def test_a_member_registers_again_five_percent_before_the_end_with_a_floor_and_jitter(
    lifetime, lead
):
    world = World()
    world.ks1.policy = RekeyPolicy(transport=Transport.UNICAST, lifetime_s=30 * 86_400)
    world.ks1.sas = (sa_policy(lifetime_s=lifetime),)
    world.ks1.fresh_keys()
    member = world.registered()

    early = member.teks[0].expires_at - member.reregisters_at - lead
    assert 0.0 <= early <= 15.0
    assert early == pytest.approx(member.jitter_s)


def test_the_kek_counts_when_it_ends_first():
    world = World()
    world.ks1.policy = RekeyPolicy(transport=Transport.UNICAST, lifetime_s=1800)
    world.ks1.fresh_keys()
    member = world.registered()

    early = member.kek_expires_at - member.reregisters_at - 90.0
    assert 0.0 <= early <= 15.0


@pytest.mark.parametrize("lifetime", [3600, 7200, 86_400, 30 * 86_400])
def test_a_long_kek_is_not_asked_for_before_the_key_server_renews_it(lifetime):
    world = World()
    world.ks1.policy = RekeyPolicy(transport=Transport.UNICAST, lifetime_s=lifetime)
    world.ks1.sas = (sa_policy(lifetime_s=30 * 86_400),)
    world.ks1.fresh_keys()
    world.ks1.teks[0].expires_at += 30 * 86_400
    member = world.registered()

    lead = member.kek_expires_at - member.reregisters_at
    assert 120.0 <= lead <= 135.0 < world.parameters.kek_lead_s


def test_what_remains_counts_when_a_registration_brings_nothing_newer():
    world = World()
    member = world.registered()
    end = member.teks[0].expires_at
    world.kernel.run_until(end - 340.0)
    assert member.succeeded == 2
    assert 60.0 <= end - member.reregisters_at <= 75.0

    world.kernel.run_until(end)
    assert member.succeeded <= 2 + 1 + 8


def test_the_jitter_is_the_same_for_the_life_of_a_tek_and_another_for_the_next():
    world = World()
    member = world.registered()
    first = member.jitter_s
    world.ks1.send(world.ks1.rekey())
    world.kernel.advance(1.0)
    assert member.jitter_s == first

    world.ks1.renew()
    world.kernel.advance(1.0)
    assert member.jitter_s != first


def test_without_a_rekey_it_registers_again_and_logs_why():
    world = World()
    member = world.registered()
    due = member.reregisters_at
    world.kernel.run_until(due)
    assert member.state is Registration.REGISTERING
    assert world.log()[-2:] == [
        (
            "GDOI-4-GM_RE_REGISTER: The IPSec SA created for group GETVPN may have"
            " expired/been cleared, or didn't go through. Re-register to KS."
        ),
        (
            f"CRYPTO-5-GM_REGSTER: Start registration to KS {KS1} for group GETVPN"
            " using address 172.16.0.1"
        ),
    ]
    world.ks1.fresh_teks()
    world.kernel.advance(1.0)
    assert (member.succeeded, len(member.teks)) == (2, 2)
    assert member.teks[1].encrypts_at == member.teks[0].expires_at - 30.0


def test_every_rekey_sets_the_timer_anew():
    world = World()
    member = world.registered()
    for _ in range(5):
        world.kernel.advance(6000.0)
        world.ks1.renew()
    world.kernel.advance(1.0)

    assert member.rekeys == 5
    assert member.attempted == 1


def test_a_registration_that_succeeds_before_thirty_seconds_remain_loses_no_key():
    world = World()
    member = world.registered()
    old = member.teks[0]
    world.ks1.silent = True
    world.ks2.teks = world.ks1.teks
    world.kernel.run_until(old.expires_at - 400.0)
    world.ks2.fresh_teks()
    world.kernel.run_until(old.expires_at - 30.0)
    assert member.registered_with == KS2

    assert member.encrypting(10).tek is world.ks2.teks[-1]


def test_a_member_without_any_key_server_loses_its_keys_and_keeps_its_lists():
    world = World()
    member = world.registered()
    world.ks1.silent = world.ks2.silent = True
    end = member.teks[0].expires_at
    world.kernel.run_until(end - 0.001)
    assert member.has_keys
    world.kernel.run_until(end)

    assert not member.has_keys
    assert member.sas
    assert member.policy_in_force
    assert member.state is Registration.REGISTERING


def test_a_rekey_that_comes_while_it_registers_again_ends_the_search():
    world = World()
    member = world.registered()
    world.ks1.silent = world.ks2.silent = True
    world.kernel.run_until(member.reregisters_at + 25.0)
    world.ks1.renew()
    world.kernel.advance(1.0)
    assert member.state is Registration.REGISTERED

    attempts = member.attempted
    world.kernel.advance(300.0)
    assert member.attempted == attempts


def test_a_kek_that_ends_is_deleted():
    world = World()
    world.ks1.policy = RekeyPolicy(transport=Transport.UNICAST, lifetime_s=1800)
    world.ks1.fresh_keys()
    member = world.registered()
    world.ks1.silent = world.ks2.silent = True
    world.kernel.advance(1800.0)

    assert member.kek is None
    assert member.has_keys
    assert (
        "GDOI-5-GM_DELETE_EXPIRED_KEK: KEK expired for group GETVPN and was deleted" in world.log()
    )


def test_software_before_15_2_does_not_track_the_kek():
    world = World(version="1.0.2")
    world.ks1.policy = RekeyPolicy(transport=Transport.UNICAST, lifetime_s=1800)
    world.ks1.fresh_keys()
    member = world.registered()
    world.kernel.advance(3600.0)

    assert member.kek is not None
    assert member.attempted == 1


def test_a_tek_of_a_policy_that_is_gone_makes_nobody_register():
    world = World()
    world.ks1.sas = (sa_policy(), sa_policy(number=20, lifetime_s=900))
    world.ks1.fresh_keys()
    member = world.registered()
    world.ks1.sas = (sa_policy(),)
    world.ks1.send(world.ks1.rekey())
    world.kernel.advance(1000.0)

    assert member.attempted == 1
    assert len(member.teks) == 1


def test_those_who_watch_hear_when_the_last_key_ends_and_when_there_are_keys_again():
    world = World()
    member = world.member()
    seen = []
    end = member.watch(lambda: seen.append((round(world.kernel.now()), member.has_keys)))
    member.start()
    world.kernel.advance(1.0)
    assert seen[-1][1] is True

    world.ks1.silent = world.ks2.silent = True
    world.kernel.advance(7200.0)
    assert seen[-1][1] is False

    end()
    count = len(seen)
    member.clear()
    assert len(seen) == count


def test_a_rekey_costs_a_member_one_timer():
    world = World(parameters=Parameters(gm_jitter_s=0.0))
    member = world.registered()
    world.kernel.advance(6000.0)
    set_before = world.kernel._count
    world.ks1.renew()
    world.kernel.advance(1.0)

    # the delivery, its acknowledgement, and the timer for the end of the old TEK
    assert world.kernel._count - set_before <= 3
    assert member.wakes_at == member.teks[0].expires_at
