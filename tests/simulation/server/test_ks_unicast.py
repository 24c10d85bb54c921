"""Unicast rekeys: copies, acknowledgements, retransmissions, and members that never answer."""

import pytest

from getvpn.emulator.gdoi.messages import RekeyKind
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.keys import KeyMaterial

from .ks_world import SERVER, START, World, rekey_policy, sa_policy, server_policy

TEK_DUE_S = 3600 - 385
"""When the first TEK of the usual policy is renewed."""


def test_a_scheduled_rekey_brings_the_next_tek_to_everybody(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    members = world.members(3)
    (old,) = world.group.teks
    world.run(TEK_DUE_S)

    old_again, new = world.group.teks
    assert old_again is old
    assert new.created_at == START + 0.02 + TEK_DUE_S
    for member in members:
        (rekey,) = member.rekeys
        assert rekey.kind is RekeyKind.SCHEDULED
        assert rekey.sequence == 1
        assert rekey.kek is None
        assert member.spis == [old.spi, new.spi]
        assert rekey.grants[0].expires_at == old.created_at + 3600
    assert world.group.time_to_rekey(old) is None
    assert world.group.time_to_rekey(new) == pytest.approx(TEK_DUE_S - 0.98)


def test_everything_is_counted(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    members = world.members(2)
    members[1].deaf = True
    for _ in range(2):
        world.run(TEK_DUE_S)
    world.run(60)

    group = world.group
    good, deaf = (group.members[member.address] for member in members)
    assert (good.rekeys_sent, good.retries, good.acks, good.missed) == (2, 0, 2, 0)
    assert (deaf.rekeys_sent, deaf.retries, deaf.acks, deaf.missed) == (2, 4, 0, 2)
    assert (list(good.sent), list(good.received)) == ([1, 2], [1, 2])
    assert (list(deaf.sent), list(deaf.received)) == ([1, 2], [])
    assert (good.awaited, deaf.awaited) == (False, True)
    assert (good.in_row, deaf.in_row) == (0, 2)
    assert group.rekeys_sent == 2
    assert group.retransmits == 2
    assert group.duration_s == 25.0


def test_the_history_has_the_last_four_numbers(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    for _ in range(6):
        world.group.rekey()
        world.run(1000)
    record = world.group.members[member.address]
    assert list(record.sent) == [3, 4, 5, 6]
    assert list(record.received) == [3, 4, 5, 6]


def test_a_rekey_that_all_have_acknowledged_lasts_one_interval(rsa_key: KeyMaterial) -> None:
    # `Duration of the last rekey` of an idle group is 10000 msec (device output)
    world = World(rsa_key)
    world.members(2)
    world.group.rekey()
    world.run(60)
    assert world.group.duration_s == 10.0
    assert world.group.retransmits == 0


def test_only_those_who_did_not_acknowledge_hear_it_again(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    good, deaf = world.members(2)
    deaf.deaf = True
    before = world.kernel.now()
    world.group.rekey()
    world.run(100)
    assert len(good.copies) == 1
    assert [round(at - before, 6) for at, _ in deaf.copies] == [0.02, 10.02, 20.02]
    first = deaf.copies[0][1]
    assert all(rekey is first for _, rekey in deaf.copies)


def test_a_retransmission_reaches_who_had_lost_the_first_copy(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.network.cut("KS1", member.station.name)
    world.group.rekey()
    world.run(5)
    world.network.mend("KS1", member.station.name)
    world.run(30)
    record = world.group.members[member.address]
    assert [len(member.rekeys), record.acks, record.missed, record.retries] == [1, 1, 0, 1]
    assert world.group.duration_s == 20.0


def test_copies_leave_in_batches_and_retransmissions_wait_for_the_last(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key)
    members = world.members(120)
    members[0].deaf = members[119].deaf = True
    before = world.kernel.now()
    world.group.rekey()
    world.run(100)

    def times(number: int) -> list[float]:
        return [round(at - before - 0.02, 6) for at, _ in members[number].copies]

    assert [times(1), times(49), times(50), times(99), times(100)] == [[0], [0], [5], [5], [10]]
    # two batches of 5 s, then the interval of 10 s
    assert times(0) == [0, 20, 30]
    assert times(119) == [10, 20, 30]
    assert world.group.duration_s == world.group.schedule.spread_s() == 35.0


def test_many_who_do_not_acknowledge_get_their_copies_spread_over_the_interval(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key)
    members = world.members(150)
    for member in members:
        member.deaf = True
    before = world.kernel.now()
    world.group.rekey()
    world.run(100)
    again = sorted({round(member.copies[1][0] - before - 0.02, 3) for member in members})
    assert again == [20, 23.333, 26.667]
    assert [member.copies[2][0] - member.copies[1][0] for member in members] == pytest.approx(
        [10] * 150
    )


def test_after_three_scheduled_rekeys_without_an_answer_a_member_is_forgotten(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key)
    good, deaf = world.members(2)
    deaf.deaf = True
    for number in range(3):
        world.run(TEK_DUE_S)
        assert deaf.address in world.group.members, number
    world.run(30)
    assert list(world.group.members) == [good.address]
    assert world.logged("KS_NACK_GM_EJECT") == [
        f"KS ejected GM {deaf.address} in the group GETVPN."
    ]
    copies = len(deaf.copies)
    world.run(TEK_DUE_S)
    assert len(deaf.copies) == copies

    deaf.ask()
    world.run(1)
    assert set(world.group.members) == {good.address, deaf.address}


def test_an_answer_in_between_begins_the_count_anew(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    # from here on each step ends when a rekey is over
    world.run(30)
    for deaf in (True, True, False, True, True, False):
        member.deaf = deaf
        world.run(TEK_DUE_S)
    record = world.group.members[member.address]
    assert (record.missed, record.in_row, record.acks) == (4, 0, 2)


def test_rekeys_that_an_operator_sends_eject_nobody(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    member.deaf = True
    for _ in range(5):
        world.group.rekey()
        world.run(60)
    record = world.group.members[member.address]
    assert (record.missed, record.in_row) == (5, 0)


def test_an_answer_that_comes_too_late_shows_that_the_member_is_there(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    world.network.cut(member.station.name, "KS1", one_way=True)
    world.run(TEK_DUE_S + 60)
    record = world.group.members[member.address]
    assert (record.missed, record.in_row) == (1, 1)
    world.network.mend(member.station.name, "KS1")
    (rekey,) = member.rekeys
    member._rekeyed(rekey, SERVER)
    world.run(1)
    assert (record.missed, record.in_row, record.acks) == (1, 0, 1)


def test_who_registers_while_a_rekey_is_on_its_way_needs_no_copy(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    members = world.members(60)
    world.group.rekey()
    world.run(1)
    members[55].ask()
    world.run(60)
    assert not members[55].copies
    assert members[55].downloads[1].sequence == 1
    assert world.group.members[members[55].address].missed == 0


def test_a_kek_and_a_tek_that_are_due_together_travel_in_one_message(rsa_key: KeyMaterial) -> None:
    # leads of 385 and 225 s: both are due after 3215 s
    rekey = rekey_policy(lifetime_s=TEK_DUE_S + 225)
    world = World(rsa_key, server_policy(rekey=rekey))
    (member,) = world.members(1)
    old_kek, (old_tek,) = world.group.kek, world.group.teks
    world.run(TEK_DUE_S + 60)

    (message,) = member.rekeys
    assert old_kek is not None
    assert world.group.kek is not None
    assert message.kek is world.group.kek
    assert message.kek_spi == old_kek.spi
    assert world.group.previous is old_kek
    assert member.spis == [old_tek.spi, world.group.teks[1].spi]


def test_a_new_kek_begins_with_sequence_number_0(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, server_policy(rekey=rekey_policy(lifetime_s=7200)))
    (member,) = world.members(1)
    world.run(2 * TEK_DUE_S)
    assert [rekey.sequence for rekey in member.rekeys] == [1, 2]
    # the KEK is due 225 s before its end
    world.run(7200 - 225 - 2 * TEK_DUE_S + 1)
    assert [rekey.sequence for rekey in member.rekeys] == [1, 2, 3]
    assert world.group.kek is not None
    assert world.group.kek.sequence == 0
    assert member.rekeys[2].kek is world.group.kek
    assert len(world.group.teks) == 2
    world.run(TEK_DUE_S)
    assert [rekey.sequence for rekey in member.rekeys] == [1, 2, 3, 1]
    assert member.rekeys[3].kek_spi == world.group.kek.spi


def test_a_tek_that_has_ended_is_shown_until_the_next_is_made(rsa_key: KeyMaterial) -> None:
    # device output: a TEK of 600 s with 0 s left, 887 s old, beside one of 412 s
    sas = (sa_policy(10, 600),)
    world = World(rsa_key, server_policy(sas=sas, rekey=rekey_policy(count=3)))
    (member,) = world.members(1)
    world.run(475 + 412)
    first, second = world.group.teks
    now = world.kernel.now()
    assert first.remaining_s(now) == 0
    assert round(second.remaining_s(now)) == 187
    assert member.ask()
    world.run(1)
    assert [grant.tek for grant in member.downloads[-1].grants] == [second]
    world.run(100)
    assert world.group.teks[0] is second
    assert len(world.group.teks) == 2


def test_each_rekey_is_logged_with_its_number(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    world.members(1)
    world.group.rekey()
    world.run(60)
    world.group.rekey(replace=True)
    world.run(60)
    place = "for group GETVPN from address 10.0.0.1"
    assert world.logged("KS_SEND_UNICAST_REKEY") == [
        f"Sending Unicast Rekey {place} with seq # 1",
        f"Sending Unicast Rekey with policy-replace {place} with seq # 2",
    ]


def test_newer_software_logs_the_spi_too(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, version="1.0.26")
    world.members(1)
    assert world.group.kek is not None
    spi = world.group.kek.spi
    world.group.rekey()
    (text,) = world.logged("KS_SEND_UNICAST_REKEY")
    assert text.endswith(f"with seq # 1, spi 0x{spi:032X}")


def test_a_group_without_members_renews_its_keys_in_silence(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key)
    (member,) = world.members(1)
    member.deaf = True
    world.run(4 * TEK_DUE_S)
    assert not world.group.members
    spi = world.group.teks[-1].spi
    sent = world.group.rekeys_sent
    world.run(TEK_DUE_S)
    assert world.group.teks[-1].spi != spi
    assert world.group.rekeys_sent == sent == 3


def test_policies_with_different_lifetimes_are_renewed_at_their_own_times(
    rsa_key: KeyMaterial,
) -> None:
    world = World(rsa_key, server_policy(sas=(sa_policy(10, 3600), sa_policy(20, 7200))))
    (member,) = world.members(1)
    short, long = world.group.teks
    world.run(TEK_DUE_S)
    assert member.spis == [short.spi, long.spi, world.group.teks[-1].spi]
    assert [tek.sa.number for tek in world.group.teks] == [10, 20, 10]
    assert round(world.group.time_to_rekey(long) or 0, 3) == 7200 - 720 - 25 - TEK_DUE_S - 0.98


def test_reminders_without_a_number_go_on_until_they_are_answered(rsa_key: KeyMaterial) -> None:
    days = 86_400
    policy = server_policy(
        sas=(sa_policy(10, 2 * days),),
        rekey=rekey_policy(lifetime_s=30 * days, count=None, interval_s=60),
    )
    world = World(rsa_key, policy)
    good, deaf = world.members(2)
    deaf.deaf = True
    world.group.rekey()
    world.run(601)
    assert len(good.copies) == 1
    assert len(deaf.copies) == 11
    deaf.deaf = False
    world.run(600)
    assert len(deaf.copies) == 12
    assert world.group.duration_s == 720


def test_reminders_end_with_the_key_that_they_renew(rsa_key: KeyMaterial) -> None:
    policy = server_policy(rekey=rekey_policy(count=None, interval_s=60))
    world = World(rsa_key, policy)
    (member,) = world.members(1)
    member.deaf = True
    (tek,) = world.group.teks
    world.run(TEK_DUE_S + 3000)
    assert member.copies[-1][0] <= tek.expires_at + 0.1
    assert world.group.members[member.address].missed == 1


def test_the_pace_can_be_another(rsa_key: KeyMaterial) -> None:
    world = World(rsa_key, parameters=Parameters(pace_members=1, pace_s=2.0))
    members = world.members(3)
    before = world.kernel.now()
    world.group.rekey()
    world.run(30)
    assert [round(member.copies[0][0] - before, 6) for member in members] == [0.02, 2.02, 4.02]
