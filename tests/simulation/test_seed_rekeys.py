"""The seed on rekeys: what they bring, to whom they go, who acknowledges them."""

from collections import Counter
from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.crowd import Crowd, entries
from getvpn.emulator.gdoi.messages import Rekey
from getvpn.emulator.gdoi.policy import Transport

from .seed_citing import seed
from .seed_world import (
    DAY_S,
    START,
    TEK_S,
    address,
    change_sa,
    kill,
    logged,
    multicast,
    names,
    rekey_policy,
    revive,
    run_until,
    running,
    server,
    spis,
    times,
    unencrypted,
    watched,
)

SENT, SENT_TO_ALL = "KS_SEND_UNICAST_REKEY", "KS_SEND_MCAST_REKEY"
GOT, AGAIN, EJECTED = "GM_RECV_REKEY", "GM_RE_REGISTER", "KS_NACK_GM_EJECT"


class Eavesdropper:
    """Counts the rekeys that arrive at members, before these look at them."""

    def __init__(self, crowd: Crowd) -> None:
        self.copies: Counter[str] = Counter()
        for member in crowd.members:
            self._tap(member.host.name, member.policy.address, member.policy.identity, crowd)

    def _tap(self, name: str, at: str, identity: str, crowd: Crowd) -> None:
        mailbox = crowd.stations[name].mailbox
        receiver = next(each.receive for each in crowd.members if each.host.name == name)

        def hear(message: object, source: str) -> None:
            self.copies[name] += isinstance(message, Rekey)
            receiver(message, source)

        mailbox.close(at, identity)
        mailbox.open(at, identity, hear)


def next_rekey(crowd: Crowd) -> float:
    """When the next scheduled rekey is due, in seconds after the start."""
    (at,) = crowd.servers[0].tek_rekey_at.values()
    return at - START


# ---- what they are for ----


@seed(
    "These keys are periodically refreshed and are updated on all the VPN gateways",
    "The KS is also responsible for refreshing and distributing the keys",
    "not only responsible for creating the encryption policies and keys, but also for refreshing",
    "sending out new keys when existing keys are about to expire is known as the rekey process",
    "KS pushes out replacement IPSec keys before current IPSec keys expire",
)
def test_members_get_new_keys_before_the_old_ones_end_all_day_long() -> None:
    crowd = running()
    watch = watched(crowd)
    for _ in range(12):
        old = crowd.members[0].teks[-1]
        run_until(crowd, old.expires_at - START - 400)
        for member in crowd.members:
            assert len(member.teks) == 2
            assert old.tek.spi == member.teks[0].tek.spi
            assert member.teks[0].remaining_s(crowd.kernel.now()) == pytest.approx(400)
    assert {member.succeeded for member in crowd.members} == {1}
    assert unencrypted(watch) == {}


@seed(
    "GDOI introduces two different encryption keys",
    "One key secures the GETVPN control plane; the other key secures the data traffic",
    "commonly called the Key Encryption Key (KEK)",
    "the KEK is used to encrypt the control plane messages between the KS and GM",
)
def test_who_has_no_kek_understands_no_rekey_and_still_decrypts_traffic_with_its_tek() -> None:
    crowd = running()
    first, second = crowd.members[:2]
    assert first.kek is not None
    assert first.kek.spi == crowd.servers[0].kek.spi  # type: ignore[union-attr]
    first.kek = None
    crowd.servers[0].rekey()
    crowd.kernel.advance(1)
    assert (first.rekeys, second.rekeys) == (0, 1)
    assert (len(spis(first)), len(spis(second))) == (1, 2)
    # the TEK that both have still encrypts, until the old one rolls over
    assert crowd.traffic("GM1", "GM2").encrypted


@seed(
    "Rekeys resulting from configured KEK & TEK intervals or KS policy change",
)
def test_rekeys_come_of_both_lifetimes_and_of_changes() -> None:
    crowd = running(rekey_policy(lifetime_s=10_000))
    primary, member = crowd.servers[0], crowd.members[0]
    first = member.kek
    run_until(crowd, next_rekey(crowd) + 1)
    assert (member.rekeys, len(spis(member)), member.kek) == (1, 2, first)
    assert primary.kek_rekey_at is not None
    run_until(crowd, primary.kek_rekey_at - START + 1)
    assert (member.rekeys, member.kek is not first) == (2, True)
    change_sa(crowd, entries=entries(("permit ip 10.0.0.0 0.255.255.255 any",)))
    assert len(member.sas[0].entries) > 1
    primary.rekey()
    crowd.kernel.advance(1)
    assert (member.rekeys, len(member.sas[0].entries)) == (3, 1)
    # who does not ask for it gets the change with the next rekey that is due
    change_sa(crowd, entries=entries(("deny esp any any", "permit ip any any")))
    run_until(crowd, next_rekey(crowd) + 1)
    assert (member.rekeys, len(member.sas[0].entries)) == (4, 2)


# ---- unicast ----


@seed(
    "GETVPN supports two types of rekey messages: unicast and multicast",
    "sends multiple copies of the message, one copy to each GM",
    "Upon receiving the rekey message, a GM sends an ACK message to the KS",
    "the rekey message is sent only once to",
)
def test_a_unicast_rekey_goes_once_to_each_member_and_each_acknowledges_it() -> None:
    crowd = running(members=8)
    copies = Eavesdropper(crowd).copies
    run_until(crowd, next_rekey(crowd) + 200)
    assert copies == dict.fromkeys(names(crowd), 1)
    assert len(times(crowd, "KS1", SENT)) == 1
    records = server(crowd, "KS1").members.values()
    counts = {(each.rekeys_sent, each.retries, each.acks, each.missed) for each in records}
    assert counts == {(1, 0, 1, 0)}
    assert {member.acks for member in crowd.members} == {1}


@seed(
    "Unicast rekey re-transmission occurs only when a GM does not ACK a rekey",
    "A KS can be configured to retransmit a rekey packet",
)
def test_who_did_not_acknowledge_gets_the_rekey_again_and_nobody_else_does() -> None:
    crowd = running(members=8)
    copies = Eavesdropper(crowd).copies
    # the first copy for one member is lost, and all acknowledgements of another one
    crowd.network.cut("GM1", "KS1")
    crowd.network.cut("GM2", "KS1", one_way=True)
    at = next_rekey(crowd)
    run_until(crowd, at + 30)
    crowd.network.mend("GM1", "KS1")
    run_until(crowd, at + 200)
    assert copies == dict.fromkeys(names(crowd), 1) | {"GM2": 4}
    records = server(crowd, "KS1").members
    retries = {name: records[address(crowd, name)].retries for name in names(crowd)}
    assert retries == dict.fromkeys(names(crowd), 0) | {"GM1": 1, "GM2": 3}
    # so a passing defect costs nothing
    assert times(crowd, "GM1", AGAIN) == []
    assert spis(crowd.members[0]) == spis(crowd.members[2])


@seed(
    "does not acknowledge three consecutive scheduled rekeys",
    "ensures that the list of active GMs on the KS is current",
    "3 scheduled rekeys",
)
def test_a_member_that_is_silent_for_three_scheduled_rekeys_gets_no_more_of_them() -> None:
    crowd = running()
    copies = Eavesdropper(crowd).copies
    primary, known = server(crowd, "KS1"), address(crowd, "GM1")
    # rekeys arrive, acknowledgements do not
    crowd.network.cut("GM1", "KS1", one_way=True)
    for missed in (1, 2, 3):
        at = next_rekey(crowd)
        run_until(crowd, at + 100)
        assert known in primary.members
        run_until(crowd, at + 3 * 40 + 10)
        assert copies["GM1"] == 4 * missed
        assert (known in primary.members) is (missed < 3)
    crowd.kernel.advance(40)
    assert known not in server(crowd, "KS2").members
    ((_, text),) = logged(crowd, "KS1", EJECTED)
    assert known in text
    run_until(crowd, next_rekey(crowd) + 200)
    assert (copies["GM1"], copies["GM2"]) == (12, 4)
    # it misses the fourth and comes back by registering with whom it reaches
    crowd.kernel.advance(700)
    assert crowd.members[0].registered_with == address(crowd, "KS2")
    assert known in primary.members
    run_until(crowd, next_rekey(crowd) + 10)
    assert copies["GM1"] == 13


@seed("does not acknowledge three consecutive scheduled rekeys")
def test_one_acknowledgement_in_between_makes_the_count_begin_anew() -> None:
    crowd = running()
    for missed in (True, True, False, True, True):
        if missed:
            crowd.network.cut("GM1", "KS1", one_way=True)
        run_until(crowd, next_rekey(crowd) + 200)
        crowd.network.mend("GM1", "KS1")
    assert times(crowd, "KS1", EJECTED) == []
    assert server(crowd, "KS1").members[address(crowd, "GM1")].missed == 4


def test_triggered_rekeys_do_not_count_as_scheduled_ones() -> None:
    crowd = running()
    crowd.network.cut("GM1", "KS1", one_way=True)
    for _ in range(4):
        crowd.servers[0].rekey()
        crowd.kernel.advance(200)
    assert times(crowd, "KS1", EJECTED) == []


# ---- multicast ----


@seed(
    "Rekey Message sent from key server to all group members",
    "IP multicast message provides very efficient distribution",
)
def test_one_multicast_message_reaches_all_members_and_nobody_acknowledges_it() -> None:
    crowd = running(multicast(), members=300)
    watch = crowd.watch([("GM1", "GM300"), ("GM300", "GM1")])
    at = next_rekey(crowd)
    run_until(crowd, at + 1)
    # a unicast rekey would have reached fifty of them by now
    assert {member.rekeys for member in crowd.members} == {1}
    assert {member.last_rekey_at for member in crowd.members} == {START + at + 0.02}
    assert [member.acks for member in crowd.members] == [0] * 300
    assert len(times(crowd, "KS1", SENT_TO_ALL)) == 1
    assert times(crowd, "KS1", SENT) == []
    crowd.kernel.advance(DAY_S / 2)
    assert unencrypted(watch) == {}
    # nobody is missed where nobody acknowledges
    assert len(server(crowd, "KS1").members) == 300


def test_members_are_told_over_which_transport_rekeys_come() -> None:
    crowd = running()
    primary = crowd.servers[0]
    assert {member.transport for member in crowd.members} == {Transport.UNICAST}
    for each in crowd.servers:
        each.apply(replace(each.policy, rekey=multicast().rekey))
    primary.rekey()
    crowd.kernel.advance(60)
    assert {member.transport for member in crowd.members} == {Transport.MULTICAST}
    assert {member.multicast for member in crowd.members} == {"239.192.1.1"}
    run_until(crowd, next_rekey(crowd) + 60)
    assert {member.rekeys for member in crowd.members} == {2}


# ---- a key server that boots ----


@seed("should reboot and synchronize with the existing Primary Key Server")
def test_a_key_server_that_boots_takes_the_keys_over_and_sends_nothing() -> None:
    crowd = running()
    before = spis(crowd.servers[0])
    kill(crowd, "KS2")
    crowd.kernel.advance(100)
    assert server(crowd, "KS2").teks == []
    revive(crowd, "KS2")
    crowd.kernel.advance(60)
    assert spis(server(crowd, "KS2")) == before
    assert set(server(crowd, "KS2").members) == set(server(crowd, "KS1").members)
    crowd.kernel.advance(TEK_S)
    assert times(crowd, "KS2", SENT) == []
