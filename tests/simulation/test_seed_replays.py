"""The seed on replays: pseudotime for many senders, counting for one."""

import pytest

from getvpn.emulator.gdoi.member.forwarding import arrived, receive
from getvpn.emulator.gdoi.packets import TCP, Drop, Packet, Protection
from getvpn.emulator.gdoi.policy import Replay, ReplayKind

from .seed_citing import seed
from .seed_world import (
    all_encrypted,
    logged,
    routers,
    running,
    sa_policy,
    spis,
    timed,
    unencrypted,
    watched,
)

COUNTED = sa_policy(replay=Replay(kind=ReplayKind.COUNTER, window=64))
PACKET = Packet(0x0A000201, 0x0A000101, TCP, 40_000, 443)
GM_REPLAY = "show crypto gdoi gm replay"


@seed("Sequence number based anti-replay only works with a single sender")
def test_a_receiver_that_counts_packets_takes_one_sender_and_drops_the_second() -> None:
    crowd = running(COUNTED)
    receiver, (spi,) = crowd.members[0], spis(crowd.members[0])
    for number in range(1, 201):
        first = Protection(spi, sequence=number)
        assert receive(receiver, PACKET, first).passes
        arrived(receiver, first)
    # the packets of another sender under the same SA have numbers from 1 on as well
    dropped = [
        receive(receiver, PACKET, Protection(spi, sequence=number)).reason
        for number in range(1, 137)
    ]
    assert set(dropped) == {Drop.REPLAY}


@seed(
    "Need a method to work for all senders using same IPSec SA",
    "GMs calculate pseudo-timestamp based on downloaded pseudo time",
)
def test_members_that_show_pseudotime_all_hear_each_other() -> None:
    crowd = running(timed(), members=10)
    watch = watched(crowd)
    crowd.kernel.advance(20_000)
    assert all_encrypted(crowd)
    assert unencrypted(watch) == {}
    stamps = {member.pseudotime() for member in crowd.members}
    assert max(stamps) - min(stamps) < 0.1  # type: ignore[type-var, operator]


@seed("Key server downloads relative pseudo time and window size to all the GMs")
def test_members_download_a_time_that_is_relative_to_the_first_registration_and_the_window() -> (
    None
):
    crowd = running(timed(window=7))
    first = min(member.registered_at or 0 for member in crowd.members)
    for member in crowd.members:
        # it was on its way for 20 ms
        assert member.pseudotime() == pytest.approx(crowd.kernel.now() - first, abs=0.05)
        assert member.sas[0].replay == Replay(kind=ReplayKind.TIME, window=7)


@seed(
    "Receiving GM verifies packet within window size",
    "pseudo time falls in the below receiver window, packet accepted",
)
@pytest.mark.parametrize(
    ("skew_s", "passes"), [(-5.1, False), (-4.9, True), (0, True), (4.9, True), (5.1, False)]
)
def test_a_packet_passes_if_its_pseudotime_is_within_the_window_of_the_receiver(
    skew_s: float, passes: bool
) -> None:
    crowd = running(timed(window=5))
    sender, receiver = crowd.members[:2]
    own = receiver.pseudotime()
    assert own is not None
    assert sender.pseudotime_offset is not None
    sender.pseudotime_offset += skew_s
    found = crowd.traffic("GM1", "GM2")
    assert (found.there.arrived, found.back.arrived) == (passes, passes)
    watch = watched(crowd)
    crowd.kernel.advance(1)
    texts = logged(crowd, "GM2", "TIMEBASED_REPLAY_FAILED")
    assert bool(texts) is not passes
    assert all(f"my_pseudotime is {own:.2f} secs" in text for _, text in texts)
    watch.close()


@seed("providing loose anti-replay protection (unlike counter-based)")
def test_two_packets_of_one_pseudotime_pass_and_a_number_passes_once() -> None:
    by_time, by_number = running(timed()), running(COUNTED)
    receiver, (spi,) = by_time.members[0], spis(by_time.members[0])
    stamped = Protection(spi, pseudotime=receiver.pseudotime())
    for _ in range(2):
        assert receive(receiver, PACKET, stamped).passes
        arrived(receiver, stamped)
    by_time.kernel.advance(6)
    assert receive(receiver, PACKET, stamped).reason is Drop.REPLAY
    receiver, (spi,) = by_number.members[0], spis(by_number.members[0])
    numbered = Protection(spi, sequence=1)
    assert receive(receiver, PACKET, numbered).passes
    arrived(receiver, numbered)
    assert receive(receiver, PACKET, numbered).reason is Drop.REPLAY


@seed("this means clock does not need to be synchronized between GMs")
def test_the_key_server_corrects_the_pseudotime_of_members_now_and_then() -> None:
    crowd = running(sa_policy(lifetime_s=86_400, replay=Replay(kind=ReplayKind.TIME, window=5)))
    member = crowd.members[0]
    assert member.pseudotime_offset is not None
    member.pseudotime_offset += 30
    assert crowd.traffic("GM1", "GM2").there.reason == Drop.REPLAY
    before = spis(member)
    # the TEK lives for a day, but nobody waits for its end
    crowd.kernel.advance(7200)
    assert all_encrypted(crowd)
    assert (spis(member), member.rekeys) == (before, 1)


@seed("this means clock does not need to be synchronized between GMs")
def test_the_clocks_of_routers_do_not_matter() -> None:
    group = routers(
        lambda _, text: text.replace("ntp server 192.0.2.201\n", ""), servers=1, members=3
    )
    watch = group.watch()
    group.show("GM1", "clock set 12:00:00 1 June 2020")
    group.show("GM2", "clock set 23:59:59 31 December 2031")
    assert "2020" in group.show("GM1", "show clock")
    shown = {name: group.field(name, GM_REPLAY, "Replay Value") for name in ("GM1", "GM2", "GM3")}
    stamps = [float(value.split()[0]) for value in shown.values()]
    assert max(stamps) - min(stamps) < 1
    assert group.traffic("GM1", "GM2").encrypted
    group.run(10_000)
    assert group.traffic("GM2", "GM3").encrypted
    assert unencrypted(watch) == {}
