"""Members of real key servers: what happens to a whole group."""

from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.crowd import LABEL, Crowd, CrowdSize, make_crowd
from getvpn.emulator.gdoi.packets import Drop
from getvpn.emulator.gdoi.records import Registration
from getvpn.emulator.keys.maker import SystemKeyMaker
from getvpn.emulator.simulation.kernel import Kernel

KEY = SystemKeyMaker().rsa(1024)


@pytest.fixture
def crowd() -> Crowd:
    """Two key servers and eight members, an hour old."""
    found = make_crowd(CrowdSize(), kernel=Kernel(0.0, 5), key=KEY)
    found.start()
    found.kernel.advance(3600.0)
    return found


def keys_of(crowd: Crowd) -> set[frozenset[int]]:
    """The sets of SPIs that members hold."""
    return {frozenset(held.tek.spi for held in member.teks) for member in crowd.members}


def count(crowd: Crowd, mnemonic: str) -> int:
    """How often anybody logged something."""
    return sum(f"-{mnemonic}: " in event.text for event in crowd.kernel.events())


def test_members_hold_what_the_primary_made_and_register_once_in_a_week(crowd):
    crowd.kernel.advance(7 * 86_400.0)
    now = crowd.kernel.now()
    living = frozenset(tek.spi for tek in crowd.servers[0].teks if tek.expires_at > now)

    assert keys_of(crowd) == {living}
    assert {member.succeeded for member in crowd.members} == {1}
    assert count(crowd, "GM_RE_REGISTER") == 0


def test_a_group_survives_the_loss_of_its_primary(crowd):
    crowd.servers[0].stop()
    crowd.network.power("KS1", up=False)
    crowd.kernel.advance(86_400.0)

    assert all(member.has_keys for member in crowd.members)
    assert len(keys_of(crowd)) == 1
    assert {member.last_rekey_from for member in crowd.members} == {"10.255.0.2"}


def test_a_new_rsa_key_is_rejected_once_and_learnt_by_registering(crowd):
    another = SystemKeyMaker().rsa(1024)
    for name in ("KS1", "KS2"):
        crowd.stations[name].hold_key(LABEL, another)
    crowd.kernel.advance(3600.0)
    assert count(crowd, "IKMP_MODE_FAILURE") >= 8
    assert {member.succeeded for member in crowd.members} == {2}
    assert all(member.encrypting(10) for member in crowd.members)

    rekeys = [member.rekeys for member in crowd.members]
    crowd.kernel.advance(7200.0)
    assert all(member.rekeys > before for member, before in zip(crowd.members, rekeys, strict=True))


@pytest.mark.parametrize("now", [False, True])
def test_removed_members_come_back_with_new_keys(crowd, now):
    old = next(iter(keys_of(crowd)))
    assert crowd.servers[0].remove_members(now=now) == ""
    crowd.kernel.advance(1.0)
    assert all(member.has_keys is not now for member in crowd.members)

    crowd.kernel.advance(720.0)
    assert all(member.state is Registration.REGISTERED for member in crowd.members)
    assert len(keys_of(crowd)) == 1
    assert not old & next(iter(keys_of(crowd)))


def test_replace_now_leaves_only_the_new_tek(crowd):
    old = next(iter(keys_of(crowd)))
    assert crowd.servers[0].rekey(replace=True) == ""
    crowd.kernel.advance(1.0)

    assert len(keys_of(crowd)) == 1
    assert not old & next(iter(keys_of(crowd)))
    assert {member.succeeded for member in crowd.members} == {1}


def test_a_triggered_rekey_lets_the_old_tek_live_the_shortened_lifetime(crowd):
    assert crowd.servers[0].rekey() == ""
    crowd.kernel.advance(1.0)
    now = crowd.kernel.now()
    assert {round(member.teks[0].remaining_s(now)) for member in crowd.members} == {359}

    crowd.kernel.advance(360.0)
    assert {len(member.teks) for member in crowd.members} == {1}


def test_new_revocation_lists_make_everybody_authenticate_again(crowd):
    old = {member.kek.spi for member in crowd.members}
    crowd.servers[0].reauthenticate()
    crowd.kernel.advance(600.0)

    assert {member.succeeded for member in crowd.members} == {2}
    assert len({member.kek.spi for member in crowd.members} - old) == 1


def test_a_single_key_server_that_reloads_leaves_old_keys_until_members_register_again():
    crowd = make_crowd(CrowdSize(servers=1, members=2), kernel=Kernel(0.0, 5), key=KEY)
    crowd.start()
    crowd.kernel.advance(3600.0)
    old = next(iter(keys_of(crowd)))
    crowd.servers[0].stop()
    crowd.servers[0].start()
    crowd.kernel.advance(600.0)
    assert keys_of(crowd) == {old}

    crowd.kernel.advance(3600.0)
    assert old not in keys_of(crowd)
    assert all(member.succeeded == 2 for member in crowd.members)


def test_a_member_whose_line_is_down_comes_back_when_it_is_up(crowd):
    member = crowd.members[0]
    crowd.network.partition(("GM1",))
    crowd.kernel.advance(7200.0)
    assert not member.has_keys
    assert member.state is Registration.REGISTERING

    crowd.network.heal()
    crowd.kernel.advance(60.0)
    assert member.has_keys
    assert len(keys_of(crowd)) == 1


def test_in_a_split_the_recovery_check_gets_the_keys_of_the_other_side(crowd):
    for member in crowd.members:
        member.apply(replace(member.policy, recovery_s=100))
    crowd.network.cut("KS1", "KS2")
    crowd.kernel.advance(300.0)
    assert len(crowd.primaries) == 2
    crowd.kernel.advance(7200.0)
    other = crowd.servers[1].teks[-1]
    assert crowd.members[0].holds(other.spi) is None

    crowd.members[0].traffic_failed(Drop.INVALID_SPI, other.spi, "10.0.2.1")
    crowd.kernel.advance(1.0)
    assert crowd.members[0].holds(other.spi) is not None
