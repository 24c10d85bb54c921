"""Key servers that cooperate: what is shared, who renews keys, what a split and a merge do."""

from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.messages import Announcement, Departure, Refused
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.records import Role
from getvpn.emulator.keys import KeyMaterial

from .ks_pair import Pair
from .ks_world import LABEL, sa_policy, server_policy

TEK_DUE_S = 3600 - 385


def spis(group: object) -> list[int]:
    return [tek.spi for tek in group.teks]  # type: ignore[attr-defined]


def test_the_primary_makes_the_keys_and_all_have_them(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    first, second = pair.groups
    assert (first.role, second.role) == (Role.PRIMARY, Role.SECONDARY)
    assert first.kek is not None
    assert second.kek is not None
    assert second.kek is not first.kek
    assert second.kek.spi == first.kek.spi
    assert spis(second) == spis(first)
    assert second.kek_time_to_rekey() == first.kek_time_to_rekey()


def test_a_secondary_serves_members_with_the_shared_keys(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    member = pair.member(1, server=2)
    pair.run(5)
    assert [grant.tek.spi for grant in member.downloads[0].grants] == spis(pair.groups[0])
    assert member.downloads[0].public_der == rsa_key.public_der
    own, told = (group.members[member.address] for group in reversed(pair.groups))
    assert (own.local, told.local) == (True, False)
    assert own.key_server == told.key_server == "10.0.0.2"


def test_a_secondary_without_a_policy_refuses(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key)
    pair.groups[1].start()
    member = pair.member(1, server=2)
    pair.run(1)
    assert [one.reason for one in member.refusals] == [Refused.NO_POLICY]


def test_only_the_primary_sends_rekeys_to_the_members_of_all(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    one, two = pair.member(1, server=1), pair.member(2, server=2)
    pair.run(TEK_DUE_S)
    for member in (one, two):
        (rekey,) = member.rekeys
        assert rekey.server == "10.0.0.1"
    first, second = pair.groups
    assert (first.rekeys_sent, second.rekeys_sent) == (1, 0)
    assert spis(second) == spis(first)
    assert second.kek is not None
    assert second.kek.sequence == 1


def test_operators_cannot_renew_keys_on_a_secondary(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    text = "ERROR for group GETVPN: can only execute this command on Primary KS"
    assert pair.groups[1].rekey() == text
    assert pair.groups[1].remove_members() == text


def test_the_pseudotime_is_one_for_all(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    pair.member(1, server=2)
    pair.run(100)
    first, second = pair.groups
    assert first.pseudotime() is not None
    assert first.pseudotime() == pytest.approx(second.pseudotime(), abs=0.1)


def test_a_new_primary_goes_on_with_the_schedule(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    members = [pair.member(1, server=1), pair.member(2, server=2)]
    pair.run(100)
    first, second = pair.groups
    kek, teks, due = second.kek, spis(second), dict(second.tek_rekey_at)
    first.stop()
    pair.network.power("KS1", up=False)
    pair.run(200)
    assert second.role is Role.PRIMARY
    assert second.kek is kek
    assert spis(second) == teks
    assert second.tek_rekey_at == due
    assert not members[0].copies
    (when,) = due.values()
    pair.run(when - pair.kernel.now() + 1)
    for member in members:
        (rekey,) = member.rekeys
        assert rekey.server == "10.0.0.2"
        assert rekey.sequence == 1
        # the first rekey after a takeover brings a KEK of its own
        assert rekey.kek is second.kek is not kek


def test_a_new_primary_can_be_told_to_rekey_at_once(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key, parameters=Parameters(rekey_on_promotion=True)).start()
    member = pair.member(1, server=1)
    pair.run(100)
    pair.network.power("KS1", up=False)
    pair.run(200)
    assert len(member.rekeys) == 1


def test_a_new_primary_may_leave_the_kek_to_its_time(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key, parameters=Parameters(own_kek_after_takeover=False)).start()
    member = pair.member(1, server=1)
    pair.run(100)
    pair.network.power("KS1", up=False)
    pair.run(TEK_DUE_S)
    assert [rekey.kek for rekey in member.rekeys] == [None]


def test_a_rekey_that_became_due_meanwhile_is_sent_at_once(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    member = pair.member(1, server=2)
    pair.run(10)
    (due,) = pair.groups[1].tek_rekey_at.values()
    pair.run(due - pair.kernel.now() - 10)
    pair.network.power("KS1", up=False)
    pair.run(200)
    assert pair.groups[1].role is Role.PRIMARY
    assert len(member.rekeys) == 1
    assert member.rekeys[0].sent_at > due


def split_for_long(pair: Pair) -> list[object]:
    """Two members, each alone with a key server until both sides have renewed their keys."""
    members = [pair.member(1, server=1), pair.member(2, server=2)]
    pair.run(100)
    pair.split(("KS1", members[0].station.name), ("KS2", members[1].station.name))
    pair.run(TEK_DUE_S + 200)
    return members


def test_in_a_split_each_side_gets_keys_of_its_own(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    split_for_long(pair)
    first, second = pair.groups
    assert first.role is second.role is Role.PRIMARY
    assert first.teks[-1].spi != second.teks[-1].spi
    assert first.kek is not None
    assert second.kek is not None
    assert first.kek.spi != second.kek.spi
    assert [first.teks[-1].issuer, second.teks[-1].issuer] == ["10.0.0.1", "10.0.0.2"]


def test_after_a_split_one_rekey_gives_all_members_the_same_keys(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    members = split_for_long(pair)
    first, second = pair.groups
    sides = first.teks[-1].spi, second.teks[-1].spi
    pair.network.heal()
    pair.run(120)
    assert (first.role, second.role) == (Role.PRIMARY, Role.SECONDARY)
    assert spis(first) == spis(second)
    assert first.kek is not None
    for member in members:
        assert member.keks >= {first.kek.spi}  # type: ignore[attr-defined]
        held = member.spis  # type: ignore[attr-defined]
        assert held == spis(first)
        # what either side encrypts with meanwhile the other one can decrypt
        assert set(sides) <= set(held)
    assert set(first.members) == {"10.1.0.1", "10.1.0.2"}
    assert all(record.acks for record in first.members.values())


def test_a_short_split_without_a_rekey_leaves_the_keys_alone(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    members = [pair.member(1, server=1), pair.member(2, server=2)]
    pair.run(100)
    before = spis(pair.groups[0])
    pair.split(("KS1", members[0].station.name), ("KS2", members[1].station.name))
    pair.run(200)
    assert pair.groups[1].role is Role.PRIMARY
    pair.network.heal()
    pair.run(120)
    assert [group.role for group in pair.groups] == [Role.PRIMARY, Role.SECONDARY]
    assert spis(pair.groups[0]) == before
    assert not members[0].copies
    assert not members[1].copies


def test_what_is_shared_is_the_same_object_while_nothing_changes(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    pair.member(1)
    first = pair.groups[0]
    pair.run(50)
    state = first.share()
    pair.run(1000)
    assert first.share() is state
    first.rekey()
    again = first.share()
    assert again is not state
    assert again is not None
    assert again.kek is not None
    assert again.kek.sequence == 1


def test_nobody_shares_keys_that_are_not_there(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key)
    assert pair.groups[0].share() is None


def test_departures_do_not_undo_later_registrations(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    pair.member(1, server=2)
    pair.run(50)
    first, second = pair.groups
    at = second.members["10.1.0.1"].registered_at

    def told(when: float) -> Announcement:
        return Announcement(
            group="GETVPN",
            identity="1000",
            sender="10.0.0.1",
            priority=99,
            role=Role.PRIMARY,
            version="1.0.16",
            coop_version="1.0.8",
            protocol="base",
            sequence=1000,
            gone=(Departure(address="10.1.0.1", at=when),),
        )

    second.adopt_members(told(at - 1))
    assert "10.1.0.1" in second.members
    second.adopt_members(told(at + 1))
    assert "10.1.0.1" not in second.members
    assert "10.1.0.1" in first.members


def test_whoever_registers_elsewhere_moves_in_the_database(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    member = pair.member(1, server=1)
    pair.run(50)
    member.ask("10.0.0.2")
    pair.run(50)
    for group in pair.groups:
        assert group.members["10.1.0.1"].key_server == "10.0.0.2"
    assert [group.members["10.1.0.1"].local for group in pair.groups] == [False, True]


def test_ejected_members_leave_all_databases(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    member = pair.member(1, server=2)
    member.deaf = True
    pair.run(3 * TEK_DUE_S + 100)
    assert [dict(group.members) for group in pair.groups] == [{}, {}]


def test_changes_since_a_serial_are_told_in_order(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    first = pair.groups[0]
    for number in (1, 2, 3):
        pair.member(number)
    pair.run(1)
    serial, changed, gone = first.member_changes(0)
    assert serial == first.member_serial == 3
    assert [record.address for record in changed] == ["10.1.0.1", "10.1.0.2", "10.1.0.3"]
    assert gone == ()
    first.remove_members()
    pair.run(1)
    serial, changed, gone = first.member_changes(serial)
    assert changed == ()
    assert [departure.address for departure in gone] == ["10.1.0.1", "10.1.0.2", "10.1.0.3"]
    assert first.member_changes(serial) == (serial, (), ())


def test_reauthentication_waits_until_all_peers_are_there(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    member = pair.member(1)
    pair.run(50)
    first = pair.groups[0]
    kek = first.kek
    pair.network.power("KS2", up=False)
    pair.run(120)
    first.reauthenticate()
    pair.run(300)
    assert first.kek is kek
    assert not member.copies
    pair.network.power("KS2", up=True)
    pair.run(120)
    assert first.kek is not kek
    assert len(member.copies) == 1
    second = pair.groups[1]
    assert first.kek is not None
    assert second.kek is not None
    assert second.kek.spi == first.kek.spi


def test_secondaries_do_not_authenticate_again_by_themselves(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    pair.member(1)
    pair.run(50)
    kek = pair.groups[1].kek
    pair.groups[1].reauthenticate()
    pair.run(50)
    assert pair.groups[1].kek is kek


def test_a_secondary_shows_its_own_key_and_without_one_that_of_the_primary(
    rsa_key: KeyMaterial, other_rsa_key: KeyMaterial
) -> None:
    pair = Pair(rsa_key).start()
    for key, learnt in ((other_rsa_key, other_rsa_key), (None, rsa_key)):
        pair.stations[1].hold_key(LABEL, key)
        member = pair.member(2 if key else 3, server=2)
        pair.run(1)
        assert member.downloads[0].public_der == learnt.public_der


def test_a_secondary_with_another_key_signs_what_members_reject(
    rsa_key: KeyMaterial, other_rsa_key: KeyMaterial
) -> None:
    pair = Pair(rsa_key).start()
    member = pair.member(1, server=1)
    pair.run(50)
    pair.stations[1].hold_key(LABEL, other_rsa_key)
    pair.network.power("KS1", up=False)
    pair.run(TEK_DUE_S + 60)
    assert pair.groups[1].primary
    assert not member.rekeys
    assert pair.groups[1].members[member.address].missed == 1


def test_a_key_server_that_is_promoted_without_the_key_makes_no_keys(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key)
    for station in pair.stations:
        station.hold_key(LABEL, None)
    pair.start()
    first = pair.groups[0]
    assert first.role is Role.PRIMARY
    assert first.kek is None
    for station in pair.stations:
        station.hold_key(LABEL, rsa_key)
    pair.run(1)
    assert first.kek is not None
    assert spis(pair.groups[1]) == spis(first)


def test_secondaries_serve_the_policy_in_force_not_their_own(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    first, second = pair.groups
    second.apply(replace(second.policy, sas=(sa_policy(10, 7200),)))
    member = pair.member(1, server=2)
    pair.run(50)
    assert member.downloads[0].sas == first.in_force.sas
    assert second.pending
    second.settled()
    assert not pair.logged("KS2", "POLICY_CHANGE")


def test_a_policy_that_the_primary_changed_reaches_all_with_its_rekey(
    rsa_key: KeyMaterial,
) -> None:
    pair = Pair(rsa_key).start()
    pair.member(1)
    pair.run(50)
    first, second = pair.groups
    for group in pair.groups:
        group.apply(replace(group.policy, receive_only=True))
    pair.run(50)
    assert not second.in_force.receive_only
    first.rekey()
    pair.run(1)
    assert second.in_force == first.in_force
    assert second.in_force.receive_only
    assert not second.pending


def test_clearing_a_secondary_gets_it_everything_again(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key).start()
    pair.member(1)
    pair.run(50)
    first, second = pair.groups
    second.clear()
    assert second.kek is None
    pair.run(50)
    assert spis(second) == spis(first)
    assert set(second.members) == set(first.members)
    assert set(first.members) == {"10.1.0.1"}


def test_ending_the_cooperation_leaves_a_single_key_server_that_goes_on(
    rsa_key: KeyMaterial,
) -> None:
    pair = Pair(rsa_key, server_policy()).start()
    member = pair.member(1, server=2)
    pair.run(50)
    second = pair.groups[1]
    teks = spis(second)
    pair.groups[0].stop()
    second.apply(replace(second.policy, coop=None))
    assert second.primary
    assert spis(second) == teks
    pair.run(TEK_DUE_S)
    assert len(member.rekeys) == 1


def test_three_sides_of_a_split_get_the_same_keys_when_it_heals(rsa_key: KeyMaterial) -> None:
    pair = Pair(rsa_key, servers=3).start()
    members = [pair.member(number, server=number) for number in (1, 2, 3)]
    pair.run(100)
    pair.split(*((f"KS{n}", member.station.name) for n, member in enumerate(members, 1)))
    pair.run(TEK_DUE_S + 200)
    assert len({group.teks[-1].spi for group in pair.groups}) == 3
    assert all(group.primary for group in pair.groups)
    pair.network.heal()
    pair.run(200)
    assert [group.role for group in pair.groups].count(Role.PRIMARY) == 1
    first = pair.groups[0]
    assert first.kek is not None
    for group in pair.groups[1:]:
        assert spis(group) == spis(first)
    for member in members:
        assert first.kek.spi in member.keks
        assert first.teks[-1].spi in member.spis


def test_a_key_server_that_reboots_comes_back_with_the_keys_of_the_others(
    rsa_key: KeyMaterial,
) -> None:
    pair = Pair(rsa_key).start()
    pair.member(1, server=1)
    pair.run(50)
    first, second = pair.groups
    teks = spis(second)
    first.stop()
    pair.network.power("KS1", up=False)
    pair.run(300)
    pair.network.power("KS1", up=True)
    first.start()
    pair.run(100)
    assert (first.role, second.role) == (Role.SECONDARY, Role.PRIMARY)
    assert spis(first) == spis(second) == teks
    assert set(first.members) == {"10.1.0.1"}
    assert first.pseudotime() == pytest.approx(second.pseudotime(), abs=0.1)


def test_a_primary_without_keys_goes_on_with_those_of_the_one_that_gives_way(
    rsa_key: KeyMaterial,
) -> None:
    pair = Pair(rsa_key).start()
    members = split_for_long(pair)
    first, second = pair.groups
    pair.stations[0].hold_key(LABEL, None)
    first.clear()
    assert first.kek is None
    pair.network.heal()
    pair.run(120)
    assert first.role is Role.PRIMARY
    assert first.in_force.sas
    assert spis(first) == spis(second) != []
    member = members[0].ask()  # type: ignore[attr-defined]
    pair.run(1)
    assert member.downloads[-1].sas == first.in_force.sas


def test_members_that_one_key_server_does_not_know_may_still_be_told_by_others(
    rsa_key: KeyMaterial,
) -> None:
    pair = Pair(rsa_key, servers=3).start()
    pair.member(1, server=1)
    pair.run(50)
    first, _, third = pair.groups
    (record,) = first.members.values()
    whole = Announcement(
        group="GETVPN",
        identity="1000",
        sender="10.0.0.1",
        priority=99,
        role=Role.PRIMARY,
        version="1.0.16",
        coop_version="1.0.8",
        protocol="base",
        sequence=1000,
        whole=True,
    )
    third.adopt_members(whole)
    assert not third.members
    third.adopt_members(replace(whole, whole=False, members=(record,)))
    assert set(third.members) == {"10.1.0.1"}
