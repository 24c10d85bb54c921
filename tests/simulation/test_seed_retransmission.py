"""The seed on the time that rekeys take: copies, retransmissions, lifetimes."""

import pytest

from getvpn.emulator.gdoi.crowd import Crowd
from getvpn.emulator.gdoi.parameters import Parameters
from getvpn.emulator.gdoi.policy import ServerPolicy

from .seed_citing import seed
from .seed_world import (
    DAY_S,
    START,
    TEK_S,
    address,
    made,
    rekey_policy,
    run_until,
    running,
    sa_policy,
    server,
    spis,
    times,
    unencrypted,
    watched,
)

REKEY, AGAIN = "KS_SEND_UNICAST_REKEY", "GM_RE_REGISTER"


def next_rekey(crowd: Crowd) -> float:
    (at,) = crowd.servers[0].tek_rekey_at.values()
    return at - START


def lead(policy: ServerPolicy) -> float:
    """How long before its end a TEK is renewed."""
    crowd = running(policy)
    return crowd.servers[0].teks[0].expires_at - START - next_rekey(crowd)


@seed(
    "Two re-transmissions at 60 second intervals",
    "Three re-transmissions at 40 second intervals",
)
@pytest.mark.parametrize(("interval_s", "count"), [(60, 2), (40, 3)])
def test_retransmissions_are_as_many_and_as_far_apart_as_configured(
    interval_s: int, count: int
) -> None:
    crowd = running(rekey_policy(interval_s=interval_s, count=count))
    crowd.network.cut("GM1", "KS1")
    record = server(crowd, "KS1").members[address(crowd, "GM1")]
    at = next_rekey(crowd)
    run_until(crowd, at + 1)
    assert record.rekeys_sent == 1
    for number in range(1, count + 1):
        run_until(crowd, at + number * interval_s - 0.5)
        assert record.retries == number - 1
        run_until(crowd, at + number * interval_s + 0.5)
        assert record.retries == number
    run_until(crowd, at + 600)
    assert (record.retries, record.missed, record.in_row) == (count, 1, 1)


@seed(
    "it can take a significant time to send unicast rekey messages",
    "Re-transmission should start after a complete cycle of rekey messages",
)
def test_copies_for_many_members_take_time_and_retransmissions_begin_when_all_have_left() -> None:
    crowd = running(members=400)
    crowd.network.cut("GM1", "KS1")
    at = next_rekey(crowd)
    record = server(crowd, "KS1").members[address(crowd, "GM1")]
    run_until(crowd, at + 35 + 39.5)
    arrived = sorted(member.last_rekey_at or 0 for member in crowd.members[1:])
    # copies leave in batches of fifty, five seconds apart
    assert arrived[0] - START - at == pytest.approx(0.02)
    assert arrived[-1] - START - at == pytest.approx(35.02)
    assert record.retries == 0
    run_until(crowd, at + 35 + 40.5)
    assert record.retries == 1


@seed("ensure that TEKs are prepositioned well in advance of TEK expiration")
@pytest.mark.parametrize(("interval_s", "count", "bridged"), [(10, 2, False), (40, 3, True)])
def test_longer_retransmissions_bring_rekeys_forward_and_bridge_a_partition(
    interval_s: int, count: int, bridged: bool
) -> None:
    policy = rekey_policy(interval_s=interval_s, count=count)
    assert lead(policy) == 0.1 * TEK_S + interval_s * count + 5
    crowd = running(policy)
    watch = watched(crowd)
    run_until(crowd, next_rekey(crowd) - 5)
    crowd.network.partition(["KS1", "KS2"])
    crowd.kernel.advance(100)
    crowd.network.heal()
    crowd.kernel.advance(100)
    assert [len(spis(member)) for member in crowd.members] == [1 + bridged] * 3
    crowd.kernel.advance(TEK_S / 2)
    assert [len(times(crowd, member.host.name, AGAIN)) for member in crowd.members] == [
        int(not bridged)
    ] * 3
    assert unencrypted(watch) == {}


@seed(
    "a short TEK lifetime creates more key rollovers that must be synchronized among all GMs",
    "The longer lifetime improves network stability and minimizes network change",
)
def test_a_short_tek_makes_many_more_rekeys_in_a_day() -> None:
    counts = {}
    for lifetime_s in (900, 3600, 7200):
        crowd = running(sa_policy(lifetime_s=lifetime_s))
        crowd.kernel.advance(DAY_S)
        counts[lifetime_s] = len(times(crowd, "KS1", REKEY))
    assert counts[900] > 100
    assert counts[900] > 4 * counts[3600] > 4 * 20
    assert counts[7200] < 15


@seed("If the KS has insufficient time to complete key distribution")
def test_a_tek_that_is_shorter_than_its_distribution_takes_makes_the_group_unstable() -> None:
    # a slow key server: the copies for all members take five minutes
    slow = Parameters(pace_members=1)
    for lifetime_s in (300, 3600):
        crowd = running(sa_policy(lifetime_s=lifetime_s), members=60, parameters=slow)
        watch = crowd.watch([("GM1", "GM60"), ("GM60", "GM1")])
        crowd.kernel.advance(2 * 3600)
        again = sum(len(times(crowd, member.host.name, AGAIN)) for member in crowd.members)
        assert (again > 200) is (lifetime_s == 300)
        if lifetime_s == 3600:
            assert (again, unencrypted(watch)) == (0, {})


@seed("Changing the KEK value frequently subjects the GM to possible rekey misses")
def test_a_kek_that_changes_often_makes_members_register_more_often() -> None:
    again = {}
    for lifetime_s in (1800, 86_400):
        crowd = made(rekey_policy(lifetime_s=lifetime_s))
        crowd.start()
        for _ in range(48):
            # one member is unreachable for ten minutes in each half hour
            crowd.kernel.advance(1200)
            crowd.network.cut("GM1", "KS1")
            crowd.kernel.advance(600)
            crowd.network.mend("GM1", "KS1")
        again[lifetime_s] = len(times(crowd, "GM1", AGAIN))
        assert times(crowd, "GM2", AGAIN) == []
    assert again[1800] > 3 * again[86_400]
