"""The seed on registrations: which key server a member asks, when, and what follows."""

import pytest

from getvpn.emulator.gdoi.crowd import Crowd
from getvpn.emulator.gdoi.member.forwarding import receive
from getvpn.emulator.gdoi.packets import TCP, Drop, Packet, Protection
from getvpn.emulator.gdoi.records import Registration

from .seed_citing import seed
from .seed_world import (
    START,
    TEK_S,
    address,
    all_encrypted,
    boot,
    change_member,
    elapsed,
    kill,
    logged,
    made,
    revive,
    run_until,
    running,
    server,
    spis,
    times,
    unencrypted,
    watched,
)

START_TEXT, AGAIN = "%CRYPTO-5-GM_REGSTER", "%GDOI-4-GM_RE_REGISTER"
KEY_SERVERS = ("KS1", "KS2")


def asked(crowd: Crowd, name: str, since: float = 0.0) -> list[tuple[float, str]]:
    """When a member asked which key server, in seconds after it first did."""
    found = logged(crowd, name, START_TEXT, since)
    by_address = {each.policy.address: each.host.name for each in crowd.servers}
    return [
        (round(at - found[0][0], 3), by_address[text.split("to KS ")[1].split()[0]])
        for at, text in found
    ]


def cut_off(crowd: Crowd, name: str) -> None:
    for each in KEY_SERVERS:
        crowd.network.cut(name, each)


def bring_back(crowd: Crowd, name: str) -> None:
    for each in KEY_SERVERS:
        crowd.network.mend(name, each)


def end_of_keys(crowd: Crowd) -> float:
    """When the TEKs of the members end, in seconds after the start."""
    return crowd.members[0].teks[0].expires_at - START


# ---- the order ----


@seed(
    "A GM can be configured to register to any available KS from a list of all COOP KSs",
    "GM configuration determines the registration order",
    "The KS defined first is contacted first, followed by the second defined KS, and so on",
    "GMs will contact KSs in order of their configuration",
)
def test_each_member_asks_the_key_servers_in_its_own_order() -> None:
    crowd = made(servers=3, members=2)
    second = crowd.members[1]
    change_member(second, servers=tuple(address(crowd, f"KS{number}") for number in (3, 1, 2)))
    crowd.network.power("KS1", up=False)
    crowd.network.power("KS3", up=False)
    for each in crowd.servers:
        each.start()
    crowd.kernel.advance(60)
    boot(crowd)
    tries = [10.0 * number for number in range(8)]
    assert asked(crowd, "GM1") == [
        *((at, "KS1") for at in tries[:4]),
        (40.0, "KS2"),
    ]
    assert asked(crowd, "GM2") == [
        *((at, "KS3") for at in tries[:4]),
        *((at, "KS1") for at in tries[4:]),
        (80.0, "KS2"),
    ]
    assert {each.registered_with for each in crowd.members} == {address(crowd, "KS2")}


@seed(
    "the GM tries three more times, at 10-second intervals",
    "the GM tries the next KS in the ordered list",
    "repeats through each of the ordered set of KS until all KS have been attempted",
    "will restart the registration process to the first KS in the ordered set",
)
def test_a_member_goes_through_its_list_again_and_again() -> None:
    crowd = running()
    kill(crowd, *KEY_SERVERS)
    end = end_of_keys(crowd)
    run_until(crowd, end - 360 + 185)
    for name in ("GM1", "GM2", "GM3"):
        found = asked(crowd, name, 200)
        assert found[:18] == [(10.0 * number, KEY_SERVERS[number // 4 % 2]) for number in range(18)]
    revive(crowd, "KS1")
    crowd.kernel.advance(80)
    assert {member.state for member in crowd.members} == {Registration.REGISTERED}
    assert {member.registered_with for member in crowd.members} == {address(crowd, "KS1")}


# ---- when ----


@seed("to an ordered set of KSs when only 5% of the original TEK lifetime remains")
@pytest.mark.parametrize("lost_s", [0, 3600])
def test_members_register_again_when_5_percent_of_the_lifetime_of_a_tek_remain(lost_s: int) -> None:
    crowd = running(members=20)
    crowd.kernel.advance(lost_s)
    crowd.network.partition(KEY_SERVERS)
    end = end_of_keys(crowd)
    run_until(crowd, end)
    began = [times(crowd, member.host.name, AGAIN)[0] for member in crowd.members]
    share = 0.05 * TEK_S
    # each draws how much earlier it begins: samples show up to 12 s
    assert all(share <= end - at <= share + 15 for at in began)
    assert len(set(began)) == 20


@seed("the GM receives new SAs as part of the reregistration process")
def test_members_that_missed_a_rekey_get_its_keys_by_registering_without_an_outage() -> None:
    crowd = running()
    watch = watched(crowd)
    end = end_of_keys(crowd)
    cut_off(crowd, "GM1")
    run_until(crowd, end - 400)
    bring_back(crowd, "GM1")
    old = spis(crowd.members[0])
    assert spis(crowd.members[1])[:1] == old
    assert len(spis(crowd.members[1])) == 2
    run_until(crowd, end - 300)
    assert spis(crowd.members[0]) == spis(crowd.members[1])
    member = crowd.members[0]
    assert (member.rekeys, member.succeeded, crowd.members[1].succeeded) == (0, 2, 1)
    run_until(crowd, end + 3600)
    assert unencrypted(watch) == {}


@seed("Registration must be completed 30 seconds before the existing IPsec SAs expire")
@pytest.mark.parametrize(("back_before_s", "in_time"), [(50, True), (20, False)])
def test_who_registers_when_less_than_30_seconds_remain_did_not_hear_the_others_meanwhile(
    back_before_s: int, in_time: bool
) -> None:
    crowd = running()
    watch = watched(crowd)
    end, member = end_of_keys(crowd), crowd.members[0]
    cut_off(crowd, "GM1")
    run_until(crowd, end - back_before_s)
    bring_back(crowd, "GM1")
    run_until(crowd, end + 60)
    assert member.registered_at is not None
    late_s = member.registered_at - START - (end - 30)
    assert (late_s <= 0) is in_time
    outage = {} if in_time else {(other, "GM1"): pytest.approx(late_s) for other in ("GM2", "GM3")}
    assert unencrypted(watch) == outage


@seed("will start using the new IPSec SA when 30 seconds remain")
def test_who_got_a_rekey_and_who_registered_turn_to_the_new_tek_at_the_same_time() -> None:
    crowd = running()
    end = end_of_keys(crowd)
    cut_off(crowd, "GM1")
    run_until(crowd, end - 400)
    bring_back(crowd, "GM1")
    run_until(crowd, end - 30.1)
    old, new = spis(crowd.members[0])
    assert (crowd.members[0].rekeys, crowd.members[1].rekeys) == (0, 1)
    for a, b in (("GM1", "GM2"), ("GM2", "GM3")):
        assert crowd.traffic(a, b).there.spi == old
    run_until(crowd, end - 29.9)
    for a, b in (("GM1", "GM2"), ("GM2", "GM3")):
        assert crowd.traffic(a, b).there.spi == new


@seed("The 30-second window provides a graceful roll-over period")
def test_packets_under_the_old_tek_are_decrypted_for_30_seconds_after_the_last_was_sent() -> None:
    crowd = running(members=8)
    watch = watched(crowd)
    end, member = end_of_keys(crowd), crowd.members[0]
    (old,) = spis(member)
    late = Packet(member.host.inside or 0, 0x0A000201, TCP)  # type: ignore[attr-defined]
    for before in (29.9, 15, 0.1):
        run_until(crowd, end - before)
        assert crowd.traffic("GM2", "GM1").there.spi != old
        assert receive(member, late, Protection(old)).passes
    run_until(crowd, end)
    assert receive(member, late, Protection(old)).reason is Drop.INVALID_SPI
    run_until(crowd, end + 3 * TEK_S)
    assert unencrypted(watch) == {}


@seed(
    "Group members (GMs) register via GDOI with Key servers (KSs)",
    "GMs authenticate with the KS using IKE (pre-shared keys or PKI) and download",
)
def test_a_member_that_does_not_authenticate_downloads_nothing() -> None:
    crowd = made()
    crowd.stations["GM1"].ike.spoil("mistyped")  # type: ignore[attr-defined]
    boot(crowd)
    assert (crowd.members[0].teks, crowd.members[0].kek, crowd.members[0].sas) == ([], None, ())
    assert set(server(crowd, "KS1").members) == {each.policy.address for each in crowd.members[1:]}
    assert not all_encrypted(crowd)
    crowd.stations["GM1"].ike.spoil("of the simulation")  # type: ignore[attr-defined]
    assert elapsed(crowd) < 200
    crowd.kernel.advance(20)
    assert all_encrypted(crowd)
