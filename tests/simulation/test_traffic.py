"""Which sites exchange traffic at an instant: keys, policies, replays, sizes, the network."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.crowd import Crowd, CrowdSize, make_crowd, usual_policy
from getvpn.emulator.gdoi.packets import Drop
from getvpn.emulator.gdoi.passage import DOWN, NO_PATH, TOO_LARGE
from getvpn.emulator.gdoi.policy import FailClose, Replay, ReplayKind, ServerPolicy
from getvpn.emulator.gdoi.traffic import NO_SITE, Sample
from getvpn.emulator.keys.material import KeyMaterial
from getvpn.emulator.services.access_entries import extended_entry
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.emulator.simulation.outages import Condition

BOOT_S = 120.0
Making = Callable[..., Crowd]


@pytest.fixture
def group(rekey_key: KeyMaterial) -> Making:
    def make(policy: ServerPolicy | None = None, *, servers: int = 1, members: int = 3) -> Crowd:
        size = CrowdSize(servers=servers, members=members)
        crowd = make_crowd(size, policy, kernel=Kernel(1000.0, 7), key=rekey_key)
        crowd.start()
        crowd.kernel.advance(BOOT_S)
        return crowd

    return make


def with_replay(kind: ReplayKind, window: int) -> ServerPolicy:
    policy = usual_policy()
    return replace(policy, sas=(replace(policy.sas[0], replay=Replay(kind=kind, window=window)),))


def test_registered_members_exchange_encrypted_traffic(group: Making) -> None:
    found = group().traffic("GM1", "GM2")
    assert found.encrypted
    assert found.there.spi == found.back.spi


def test_what_the_policy_denies_passes_in_clear(group: Making) -> None:
    found = group().traffic("GM1", "GM2", Sample(destination_port=22))
    assert (found.there.condition, found.back.condition) == (Condition.CLEAR, Condition.CLEAR)


def test_a_packet_grows_by_what_encryption_adds(group: Making) -> None:
    assert group().traffic("GM1", "GM2", Sample(size=1400)).there.size == 1468


def test_a_large_packet_is_fragmented_unless_it_must_not_be(group: Making) -> None:
    crowd = group()
    assert crowd.traffic("GM1", "GM2", Sample(size=1500)).there.fragments == 2
    found = crowd.traffic("GM1", "GM2", Sample(size=1500, dont_fragment=True))
    assert (found.works, found.there.reason) == (False, TOO_LARGE)


def test_an_mpls_network_takes_large_packets_whole(group: Making) -> None:
    crowd = group()
    for name in ("GM1", "GM2"):
        crowd.network.set_line(name, mtu=4470)
    found = crowd.traffic("GM1", "GM2", Sample(size=1500, dont_fragment=True))
    assert (found.works, found.there.size, found.there.fragments) == (True, 1564, 1)


def test_members_of_two_sides_exchange_nothing(group: Making) -> None:
    crowd = group()
    crowd.network.partition(["GM1"], ["GM2", "GM3"])
    assert crowd.traffic("GM1", "GM2").there.reason == NO_PATH
    assert crowd.traffic("GM2", "GM3").encrypted


def test_a_member_without_keys_drops_what_it_should_encrypt(group: Making) -> None:
    crowd = group()
    crowd.network.partition(["KS1"])
    crowd.kernel.advance(8000)
    found = crowd.traffic("GM1", "GM2")
    assert (found.there.reason, found.back.reason) == (Drop.NO_KEY, Drop.NO_KEY)


def test_a_member_that_never_registered_sends_in_clear_and_is_not_heard(group: Making) -> None:
    crowd = group()
    crowd.network.cut("GM3", "KS1")
    crowd.members[2].clear()
    crowd.kernel.advance(60)
    assert crowd.traffic("GM3", "GM1").there.reason == Drop.IN_CLEAR
    assert crowd.traffic("GM1", "GM3").there.reason == Drop.INVALID_SPI


def test_a_member_that_fails_close_sends_nothing_before_it_registers(group: Making) -> None:
    crowd = group()
    lines = (extended_entry(["deny", "tcp", "any", "any", "eq", "22"]),)
    crowd.network.cut("GM3", "KS1")
    member = crowd.members[2]
    member.stop()
    member.policy = replace(member.policy, fail_close=FailClose(acl="CLOSE", entries=lines))
    member.start()
    crowd.kernel.advance(60)
    assert crowd.traffic("GM3", "GM1").there.reason == Drop.FAIL_CLOSED
    assert crowd.traffic("GM3", "GM1", Sample(destination_port=22)).there.arrived


def test_a_receive_only_group_sends_in_clear(group: Making) -> None:
    found = group(replace(usual_policy(), receive_only=True)).traffic("GM1", "GM2")
    assert (found.works, found.there.condition) == (True, Condition.CLEAR)


def test_a_member_whose_pseudotime_is_wrong_is_not_heard(group: Making) -> None:
    crowd = group(with_replay(ReplayKind.TIME, 5))
    assert crowd.traffic("GM1", "GM2").encrypted
    wrong = crowd.members[0]
    assert wrong.pseudotime_offset is not None
    wrong.pseudotime_offset += 60
    assert crowd.traffic("GM1", "GM2").there.reason == Drop.REPLAY
    assert crowd.traffic("GM2", "GM3").encrypted


def test_both_ends_of_a_rollover_hear_each_other(group: Making) -> None:
    crowd = group(members=8)
    names = [f"GM{number}" for number in range(1, 9)]
    watch = crowd.watch((a, b) for a in names for b in names if a != b)
    crowd.kernel.advance(3 * 7200)
    assert watch.recorder.seconds() == {}
    assert watch.recorder.seconds(Condition.CLEAR) == {}


def test_an_outage_is_as_long_as_the_keys_are_missing(group: Making) -> None:
    crowd = group()
    watch = crowd.watch([("GM1", "GM2"), ("GM2", "GM1")])
    crowd.network.cut("GM1", "KS1")
    crowd.kernel.advance(7200)
    ended = max(held.expires_at for held in crowd.members[1].teks)
    assert ended > crowd.kernel.now()
    crowd.network.mend("GM1", "KS1")
    crowd.kernel.advance(600)
    lost = watch.recorder.seconds()
    record = watch.recorder.record("GM1", "GM2")
    assert {stretch.reason for stretch in record.stretches} == {"", Drop.NO_KEY}
    assert 0 < lost["GM1", "GM2"] < 600
    assert crowd.traffic("GM1", "GM2").encrypted


def test_a_closed_watch_lets_go_of_the_members(group: Making) -> None:
    crowd = group()
    watch = crowd.watch([("GM1", "GM2")])
    watch.close()
    crowd.network.partition(["GM1"])
    crowd.kernel.advance(10_000)
    assert watch.recorder.seconds() == {}


def test_who_drops_a_packet_is_told(group: Making) -> None:
    crowd = group()
    crowd.network.power("GM3", up=False)
    found = crowd.traffic("GM1", "GM3")
    assert (found.there.why, found.back.dropped_by) == (f"GM3: {DOWN}", "GM3")
    crowd.network.cut("GM1", "GM2")
    assert crowd.traffic("GM1", "GM2").there.why == NO_PATH
    crowd.network.mend("GM1", "GM2")
    crowd.members[0].forget()
    found = crowd.traffic("GM1", "GM2")
    assert (found.there.condition, found.back.why) == (Condition.LOST, f"GM1: {Drop.INVALID_SPI}")
    crowd.stations["GM2"].inside = None
    assert crowd.traffic("GM1", "GM2").there.why == f"GM2: {NO_SITE}"
