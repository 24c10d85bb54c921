"""The seed on cooperative key servers: elections, announcements, what they share."""

from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.crowd import LABEL, Crowd
from getvpn.emulator.gdoi.policy import CoopPolicy
from getvpn.emulator.gdoi.records import CoopPeer, PeerStatus, Registration, Role
from getvpn.emulator.gdoi.server.group import ServerGroup

from .seed_citing import seed
from .seed_world import (
    BOOT_S,
    DAY_S,
    TEK_S,
    address,
    boot,
    change_member,
    change_sa,
    elapsed,
    kill,
    logged,
    lost,
    made,
    rsa_key,
    run_until,
    running,
    server,
    spis,
    times,
    watched,
)

ELECTION, PROMOTION = "COOP_KS_ELECTION", "COOP_KS_TRANS_TO_PRI"
REKEY = "KS_SEND_UNICAST_REKEY"


def with_priorities(*priorities: int, members: int = 1) -> Crowd:
    """Key servers with these priorities, not started."""
    crowd = made(servers=len(priorities), members=members)
    for each, priority in zip(crowd.servers, priorities, strict=True):
        assert each.policy.coop is not None
        each.apply(replace(each.policy, coop=replace(each.policy.coop, priority=priority)))
    return crowd


def roles(crowd: Crowd) -> list[Role]:
    return [each.role for each in crowd.servers]


def peer(crowd: Crowd, name: str, other: str) -> CoopPeer:
    """What a key server knows of another one."""
    coop = server(crowd, name).coop
    assert coop is not None
    return coop.peers[address(crowd, other)]


def heard_at(crowd: Crowd, name: str, other: str) -> float:
    """When a key server last heard another one, in seconds after the start."""
    at = peer(crowd, name, other).heard_at
    assert at is not None
    return at + elapsed(crowd) - crowd.kernel.now()


# ---- elections ----


@seed(
    "When COOP KSs boot, all KSs assume a secondary role and begin an election process",
    "One KS, typically the one having the highest priority, is elected as a primary KS",
    "The other KSs remain in the secondary state",
    "The election between the KSs is based on the highest-priority value configured",
)
def test_key_servers_boot_as_secondaries_and_elect_the_one_with_the_highest_priority() -> None:
    crowd = with_priorities(10, 90, 50)
    crowd.start()
    assert roles(crowd) == [Role.SECONDARY] * 3
    crowd.kernel.advance(60)
    assert roles(crowd) == [Role.SECONDARY, Role.PRIMARY, Role.SECONDARY]
    for name in ("KS1", "KS2", "KS3"):
        assert times(crowd, name, ELECTION) == [0]
        assert len(times(crowd, name, PROMOTION)) == (name == "KS2")


@seed("If they are same, it is based on the highest IP address")
def test_of_equal_priorities_the_highest_address_wins() -> None:
    crowd = boot(with_priorities(80, 80, 80))
    assert roles(crowd) == [Role.SECONDARY, Role.SECONDARY, Role.PRIMARY]


@seed("Up to eight KSs can be defined as COOP KSs")
def test_eight_key_servers_cooperate_and_a_ninth_is_too_many() -> None:
    crowd = running(servers=8)
    assert roles(crowd) == [Role.PRIMARY] + [Role.SECONDARY] * 7
    assert {tuple(spis(each)) for each in crowd.servers} == {tuple(spis(crowd.servers[0]))}
    policy = crowd.servers[0].policy
    assert policy.coop is not None
    nine = CoopPolicy(priority=100, peers=(*policy.coop.peers, "10.255.0.9"))
    crowd.servers[0].apply(replace(policy, coop=nine))
    ((_, text),) = logged(crowd, "KS1", "COOP_LIMIT_REACHED")
    assert "Peer 10.255.0.9 exceeds the limit of cooperative key servers" in text
    assert len(crowd.servers[0].coop.peers) == 7  # type: ignore[union-attr]


# ---- who makes keys ----


@seed(
    "responsible for creating keys and distributing configured group policies to all GMs",
    "only the primary KS sends rekey messages",
    "rekey information is generated and distributed from a single primary KS",
)
def test_the_primary_alone_makes_keys_and_sends_them() -> None:
    crowd = running(servers=3, members=4)
    made_by = set()
    for _ in range(24):
        crowd.kernel.advance(DAY_S / 24)
        assert {tuple(spis(each)) for each in crowd.servers} == {tuple(spis(crowd.servers[0]))}
        made_by |= {tek.issuer for tek in crowd.servers[2].teks}
    assert made_by == {address(crowd, "KS1")}
    assert len(times(crowd, "KS1", REKEY)) >= 12
    assert times(crowd, "KS2", REKEY) == times(crowd, "KS3", REKEY) == []
    assert {member.last_rekey_from for member in crowd.members} == {address(crowd, "KS1")}


@seed(
    "GMs can register to any available KS (primary or secondary)",
    "It is possible to distribute GM registration to all available COOP KSs",
    "could also be used for load balancing Group Member (GM) registrations",
)
def test_members_that_are_spread_over_all_key_servers_get_the_rekeys_of_the_primary() -> None:
    crowd = made(servers=3, members=6)
    for number, member in enumerate(crowd.members):
        servers = member.policy.servers
        at = number % len(servers)
        change_member(member, servers=servers[at:] + servers[:at])
    boot(crowd)
    known = [address(crowd, name) for name in ("KS1", "KS2", "KS3")]
    assert [member.registered_with for member in crowd.members] == known * 2
    assert {spi for member in crowd.members for spi in spis(member)} == set(spis(crowd.servers[0]))
    crowd.kernel.advance(TEK_S)
    assert [member.rekeys for member in crowd.members] == [1] * 6
    assert {member.last_rekey_from for member in crowd.members} == {known[0]}


@seed(
    "the same order of key servers configured, which means no load balancing takes place",
    "The primary key server can handle the load of all GMs",
)
def test_one_order_for_all_gives_all_the_load_to_the_first_key_server() -> None:
    crowd = running(members=400)
    first = address(crowd, "KS1")
    assert {member.registered_with for member in crowd.members} == {first}
    assert times(crowd, "KS2", "KS_REGS_COMPL") == []
    crowd.kernel.advance(TEK_S)
    assert {(member.rekeys, member.attempted) for member in crowd.members} == {(1, 1)}
    # and it takes longer to get keys when it is away
    kill(crowd, "KS1")
    at = elapsed(crowd)
    for member in crowd.members:
        member.clear()
    crowd.kernel.advance(300)
    done = times(crowd, "KS2", "KS_REGS_COMPL")
    assert len(done) == 400
    assert 40 < min(done) - at < 41


@seed("handle registration load in case of a network failure and reregistration")
def test_further_key_servers_take_the_registrations_when_the_network_fails() -> None:
    crowd = running(servers=4, members=40)
    names = [member.host.name for member in crowd.members]
    crowd.network.partition(["KS1", "KS2"], ["KS3", "KS4", *names])
    for member in crowd.members[20:]:
        change_member(member, servers=member.policy.servers[::-1])
    for member in crowd.members:
        member.clear()
    crowd.kernel.advance(200)
    counts = [len(times(crowd, f"KS{number}", "KS_REGS_COMPL", BOOT_S)) for number in range(1, 5)]
    assert counts == [0, 0, 20, 20]


# ---- announcements ----


@seed(
    "exchange one-way announcement messages (primary to secondary) on a 20-second interval",
    "to periodically synchronize the COOP KSs",
)
def test_the_primary_announces_itself_every_20_seconds_and_nobody_answers() -> None:
    crowd = running(servers=3)
    for secondary in ("KS2", "KS3"):
        to, back = peer(crowd, "KS1", secondary), peer(crowd, secondary, "KS1")
        sent, received, answered = to.sent, back.received, back.sent + back.sent_asking
        at = heard_at(crowd, secondary, "KS1")
        run_until(crowd, at + 200)
        to, back = peer(crowd, "KS1", secondary), peer(crowd, secondary, "KS1")
        assert (to.sent - sent, back.received - received) == (10, 10)
        assert heard_at(crowd, secondary, "KS1") - at == pytest.approx(200)
        assert back.sent + back.sent_asking == answered


@seed("does not hear from the primary KS over a 30-second interval")
def test_a_secondary_asks_a_primary_that_was_silent_for_30_seconds() -> None:
    crowd = running()
    at = heard_at(crowd, "KS2", "KS1")
    crowd.network.cut("KS1", "KS2", one_way=True)
    run_until(crowd, at + 25)
    crowd.network.mend("KS1", "KS2")
    run_until(crowd, at + 29.9)
    asked = peer(crowd, "KS2", "KS1").sent_asking
    assert heard_at(crowd, "KS2", "KS1") == at
    run_until(crowd, at + 30.2)
    # the answer does not wait for the next announcement
    assert peer(crowd, "KS2", "KS1").sent_asking == asked + 1
    assert heard_at(crowd, "KS2", "KS1") == pytest.approx(at + 30, abs=0.2)
    assert times(crowd, "KS2", ELECTION) == [0]


@seed(
    "does not hear from the primary KS over a 60-second interval",
    "a COOP reelection process is triggered and a new primary KS is elected",
)
def test_after_60_seconds_of_silence_there_is_an_election_and_a_new_primary() -> None:
    crowd = running(servers=3)
    at = {name: heard_at(crowd, name, "KS1") for name in ("KS2", "KS3")}
    kill(crowd, "KS1")
    run_until(crowd, min(at.values()) + 59.9)
    assert roles(crowd)[1:] == [Role.SECONDARY] * 2
    run_until(crowd, max(at.values()) + 65)
    assert roles(crowd)[1:] == [Role.PRIMARY, Role.SECONDARY]
    first = min(times(crowd, name, ELECTION)[1] for name in at)
    assert first == pytest.approx(min(at.values()) + 60, abs=0.1)
    (text,) = (text for _, text in logged(crowd, "KS2", PROMOTION))
    assert text.endswith(
        "KS 10.255.0.2 in group GETVPN transitioned to Primary (Previous Primary = 10.255.0.1)"
    )


@seed("This is a persistent database synchronization process")
def test_key_servers_know_the_members_of_each_other() -> None:
    crowd = made(members=4)
    for member in crowd.members[2:]:
        change_member(member, servers=member.policy.servers[::-1])
    boot(crowd)
    everybody = {member.policy.address for member in crowd.members}
    for each in crowd.servers:
        assert set(each.members) == everybody
        assert sum(record.local for record in each.members.values()) == 2


# ---- the SA between key servers ----


@seed("The KSs need the IKE session active to transmit COOP messages between themselves")
def test_nothing_is_announced_without_an_sa() -> None:
    crowd = made(members=1)
    crowd.stations["KS2"].ike.spoil("another secret")  # type: ignore[attr-defined]
    boot(crowd)
    to = peer(crowd, "KS1", "KS2")
    assert (to.established, to.sent, to.received) == (False, 0, 0)
    assert to.sent_drops >= 6
    assert roles(crowd) == [Role.PRIMARY] * 2
    crowd.stations["KS2"].ike.spoil("of the simulation")  # type: ignore[attr-defined]
    crowd.kernel.advance(60)
    assert peer(crowd, "KS1", "KS2").established
    assert roles(crowd) == [Role.PRIMARY, Role.SECONDARY]


@seed("There is no point in tearing down the IKE session because it is immediately restored")
def test_announcements_come_all_the_time_although_the_sa_that_carries_them_ends() -> None:
    crowd = running(members=1)
    coop = crowd.servers[0].coop
    assert coop is not None
    (link,) = coop.table.all
    ends = {link.expires_at}
    for _ in range(200):
        crowd.kernel.advance(DAY_S / 100)
        assert peer(crowd, "KS1", "KS2").established
        assert elapsed(crowd) - heard_at(crowd, "KS2", "KS1") < 20.2
        ends.add(link.expires_at)
    assert sorted(ends) == pytest.approx([min(ends) + days * DAY_S for days in range(3)], abs=60)
    assert len(times(crowd, "KS2", ELECTION)) == 1


@seed(
    "Periodic DPD must be enabled on the ISAKMP SAs between the KSs if COOP is configured",
    "so the primary COOP server can keep track of the state of the secondary KSs",
    "so that the primary KS can track the secondary KS state",
)
@pytest.mark.parametrize(
    ("keepalive", "status"),
    [
        ((15, 3, True), PeerStatus.DEAD),
        ((15, 3, False), PeerStatus.ALIVE),
        (None, PeerStatus.ALIVE),
    ],
)
def test_only_periodic_detection_shows_the_primary_a_dead_secondary(
    keepalive: tuple[int, int, bool] | None, status: PeerStatus
) -> None:
    crowd = running(keepalive=keepalive)
    kill(crowd, "KS2")
    crowd.kernel.advance(600)
    assert peer(crowd, "KS1", "KS2").status is status
    assert bool(logged(crowd, "KS1", "COOP_KS_UNREACH")) is (status is PeerStatus.DEAD)


@seed("Periodic DPD between GM and KS is not required")
def test_members_and_key_servers_do_not_ask_whether_the_other_is_alive() -> None:
    crowd = running()
    for member in crowd.members:
        assert member.host.ike.keepalive() is None
    watch = watched(crowd)
    kill(crowd, "KS1", "KS2")
    at = elapsed(crowd)
    crowd.kernel.advance(3600)
    assert lost(watch) == {}
    assert all(member.state is Registration.REGISTERED for member in crowd.members)
    assert [logged(crowd, member.host.name, "", at) for member in crowd.members] == [[]] * 3


# ---- what every key server has to have ----


@seed(
    "export both private and public keys to all the COOP KSs",
    "rekeys sent by the newly elected primary KS will still be properly verified by the GM",
)
@pytest.mark.parametrize("shared", [True, False])
def test_members_verify_the_rekeys_of_a_new_primary_if_it_has_the_same_key(shared: bool) -> None:
    crowd = made()
    if not shared:
        crowd.stations["KS2"].hold_key(LABEL, rsa_key("of its own"))
    boot(crowd)
    kill(crowd, "KS1")
    crowd.kernel.advance(100)
    second = server(crowd, "KS2")
    assert second.rekey() == ""
    crowd.kernel.advance(1)
    assert [member.rekeys for member in crowd.members] == [int(shared)] * 3
    assert sum(record.acks for record in second.members.values()) == 3 * shared
    rejected = logged(crowd, "GM1", "%CRYPTO-6-IKMP_MODE_FAILURE")
    assert len(rejected) == (not shared)


@seed(
    "Rekey configuration, policies, and anti-replay configurations must be the same",
    "This is not done automatically in the current phase of GETVPN",
)
def test_what_is_configured_on_the_primary_gets_to_members_but_not_to_other_key_servers() -> None:
    crowd = running()
    change_sa(crowd, 1, lifetime_s=3600)
    assert crowd.servers[0].rekey() == ""
    crowd.kernel.advance(60)
    assert {member.sas[0].lifetime_s for member in crowd.members} == {3600}
    assert lifetimes(crowd.servers[1]) == [TEK_S]
    ((_, text),) = logged(crowd, "KS2", "COOP_CONFIG_MISMATCH")
    assert text.endswith("between Primary KS and Secondary KS are mismatched")
    # so a new primary takes members back to its own policy
    kill(crowd, "KS1")
    crowd.kernel.advance(3600)
    assert {member.sas[0].lifetime_s for member in crowd.members} == {TEK_S}


def lifetimes(group: ServerGroup) -> list[int]:
    return [sa.lifetime_s for sa in group.policy.sas]
