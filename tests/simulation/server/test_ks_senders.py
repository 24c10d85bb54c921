"""Sender identifiers of counter modes, and the pseudotime of the replay check."""

import pytest

from getvpn.emulator.gdoi.messages import Refused, RekeyKind
from getvpn.emulator.gdoi.policy import Replay, ReplayKind
from getvpn.emulator.keys import KeyMaterial

from .ks_world import GCM, START, World, sa_policy, server_policy

COUNTING = (sa_policy(transform=GCM),)
TIMED = (sa_policy(10, 86_400, replay=Replay(kind=ReplayKind.TIME, window=5)),)
NONE_LEFT = (
    "GMs for group GETVPN need SIDs but this KS has no KS SIDs configured or no more SIDs "
    "available."
)


def test_each_registration_in_counter_mode_gets_identifiers_of_its_own(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key, server_policy(sas=COUNTING, kssids=(3, 4)))
    first, second = world.member(1, senders=2).ask(), world.member(2).ask()
    world.run(1)
    second.ask()
    world.run(1)
    assert [first.downloads[0].kssid, first.downloads[0].gmsids] == [3, ((1, 2),)]
    assert [one.gmsids for one in second.downloads] == [((3, 3),), ((4, 4),)]
    assert world.group.members[second.address].gmsids == ((4, 4),)
    state = world.group.sender_ids.state
    assert (state.current, state.last, state.assigned, state.used) == (3, 4, (3, 4), (3,))


def test_members_are_told_how_long_identifiers_are(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(sas=COUNTING, kssids=(3,), sid_bits=32))
    (member,) = world.members(1)
    assert member.downloads[0].sid_bits == 32


def test_other_modes_need_none(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(kssids=(3,)))
    (member,) = world.members(1)
    assert (member.downloads[0].kssid, member.downloads[0].gmsids) == (None, ())
    assert world.group.sender_ids.state.current is None


def test_a_key_server_without_identifiers_cannot_serve_counter_modes(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(sas=COUNTING))
    member = world.member(1).ask()
    world.run(1)
    assert [one.reason for one in member.refusals] == [Refused.NO_SENDER_ID]
    assert world.logged("KS_NO_SID_AVAILABLE") == [NONE_LEFT]
    assert not world.group.members

    world.apply(kssids=(0,))
    member.ask()
    world.run(1)
    assert member.downloads[0].kssid == 0


def test_the_next_identifier_of_the_key_server_follows_when_one_is_used_up(
    rsa_key: KeyMaterial,
) -> None:
    # 8 bits leave 15 members to each
    world = World(rsa_key, server_policy(sas=COUNTING, kssids=(5, 9), sid_bits=8))
    members = world.members(20)
    given = [(one.downloads[0].kssid, one.downloads[0].gmsids[0][0]) for one in members]
    assert given == [(5, n) for n in range(1, 16)] + [(9, n) for n in range(1, 6)]
    assert world.group.sender_ids.state.used == (5, 9)


def test_a_group_that_has_used_all_of_them_begins_anew_with_other_keys(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key, server_policy(sas=COUNTING, kssids=(5,), sid_bits=8))
    members = world.members(8)
    for member in members[:7]:
        member.ask()
    world.run(1)
    kek = world.group.kek
    members[7].ask()
    world.run(1)
    assert [one.reason for one in members[7].refusals] == [Refused.NO_SENDER_ID]
    assert members[0].rekeys[-1].kind is RekeyKind.DELETE
    assert world.group.kek is not kek
    for member in members:
        member.ask()
    world.run(1)
    assert [member.downloads[-1].gmsids for member in members] == [((n, n),) for n in range(1, 9)]


def test_beginning_anew_again_and_again_would_help_nobody(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(sas=COUNTING, kssids=(5,), sid_bits=8))
    world.members(16)
    assert len(world.group.members) == 15
    assert world.group.rekeys_sent == 0


def test_the_usual_length_serves_131071_members_from_each_of_128(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(kssids=(127, 128)))
    assert world.group.sender_ids.most == 131_071
    world.apply(sid_bits=32)
    assert world.group.sender_ids.most == 8_388_607


def test_the_pseudotime_begins_with_the_first_registration(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.run(500)
    assert world.group.pseudotime() is None
    first = world.member(1).ask()
    world.run(100)
    second = world.member(2).ask()
    world.run(1)
    assert first.downloads[0].pseudotime == 0.0
    assert second.downloads[0].pseudotime == pytest.approx(100.0)
    assert world.group.pseudotime() == pytest.approx(world.kernel.now() - START - 500.02)


def test_rekeys_carry_the_pseudotime(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.run(1000)
    world.group.rekey()
    world.run(1)
    assert member.rekeys[0].pseudotime == pytest.approx(1000.98)


def test_with_long_lifetimes_the_pseudotime_is_told_every_two_hours(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(sas=TIMED))
    (member,) = world.members(1)
    (tek,) = world.group.teks
    world.run(3 * 7200)
    assert [rekey.kind for rekey in member.rekeys] == [RekeyKind.PSEUDOTIME] * 3
    assert [rekey.sequence for rekey in member.rekeys] == [1, 2, 3]
    assert [round(rekey.pseudotime) for rekey in member.rekeys] == [7200, 14_400, 21_600]
    assert [grant.tek for grant in member.rekeys[0].grants] == [tek]
    assert world.group.teks == [tek]


def test_a_rekey_puts_the_next_of_these_off(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(sas=TIMED))
    (member,) = world.members(1)
    world.run(7000)
    world.group.rekey()
    world.run(7000)
    assert [rekey.kind for rekey in member.rekeys] == [RekeyKind.TRIGGERED]
    world.run(400)
    assert [rekey.kind for rekey in member.rekeys][1:] == [RekeyKind.PSEUDOTIME]


def test_a_counter_needs_no_pseudotime(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(sas=(sa_policy(10, 86_400),)))
    (member,) = world.members(1)
    world.run(20_000)
    assert not member.rekeys


def test_clearing_replay_begins_the_pseudotime_anew_and_tells_it(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(sas=TIMED))
    (member,) = world.members(1)
    world.run(100)
    world.group.reset_replay()
    world.run(1)
    assert world.group.pseudotime() == pytest.approx(1.0)
    assert [(rekey.kind, rekey.pseudotime) for rekey in member.rekeys] == [
        (RekeyKind.PSEUDOTIME, 0.0)
    ]
