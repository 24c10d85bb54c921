"""Steering groups: rekeys, clearing, the direction of SAs."""

import pytest

from getvpn.emulator.gdoi.packets import Drop
from getvpn.emulator.gdoi.records import Role
from getvpn.emulator.groups.ipsec_tables import IpsecTables
from getvpn.emulator.testing import console, make_router

from .group_configs import key_server, member
from .routers import KS1, KS2, Routers

DESTROY = (
    "% The Key Server and Group Member will destroy created and downloaded policies.\n"
    "% All Group Members are required to re-register.\n\n"
    "Are you sure you want to proceed ? [yes/no]: "
)
PROCEED = "Are you sure you want to proceed ? [yes/no]: "


@pytest.fixture
def lab() -> Routers:
    """Two key servers and two registered members."""
    found = Routers()
    found.servers(KS1, KS2)
    found.member(1, KS1, KS2)
    found.member(2, KS1, KS2)
    found.run(180)
    assert found.groups("KS1").servers["G1"].role is Role.PRIMARY
    return found


def _spis(lab: Routers, name: str) -> list[int]:
    return [held.tek.spi for held in lab.groups(name).members[0].teks]


def test_a_rekey_gives_everybody_new_keys(lab: Routers) -> None:
    before = _spis(lab, "GM1")
    assert lab.type("KS1", "crypto gdoi ks rekey") == ""
    lab.run(5)
    assert _spis(lab, "GM1") == _spis(lab, "GM2") != before
    assert set(before) < set(_spis(lab, "GM1"))


def test_a_replacement_leaves_nothing_of_the_old_keys(lab: Routers) -> None:
    before = _spis(lab, "GM1")
    assert lab.type("KS1", "crypto gkm ks group G1 rekey replace-now") == ""
    lab.run(5)
    assert not set(before) & set(_spis(lab, "GM1"))


def test_only_the_primary_sends_rekeys(lab: Routers) -> None:
    said = lab.type("KS2", "crypto gdoi ks rekey")
    assert said == "ERROR for group G1: can only execute this command on Primary KS\n"


def test_a_cleared_member_registers_again(lab: Routers) -> None:
    (one,) = lab.groups("GM1").members
    asked = lab.type("GM1", "clear crypto gdoi")
    assert asked.endswith(DESTROY)
    lab.type("GM1", "no")
    lab.run(30)
    assert (one.succeeded, len(one.teks)) == (1, 1)

    lab.type("GM1", "clear crypto gdoi", "maybe", "yes")
    assert one.teks == []
    lab.run(30)
    assert (one.succeeded, len(one.teks)) == (2, 1)


def test_a_cleared_key_server_forgets_its_members(lab: Routers) -> None:
    before = _spis(lab, "GM1")
    lab.type("KS1", "clear crypto gkm group G1", "yes")
    lab.run(1)
    assert lab.groups("KS1").servers["G1"].members == {}
    assert _spis(lab, "GM1") == before
    lab.type("GM1", "clear crypto gdoi", "yes")
    lab.run(60)
    assert lab.registered("GM1")
    assert _spis(lab, "GM1") != before


@pytest.mark.parametrize("now", [False, True])
def test_members_are_removed(lab: Routers, now: bool) -> None:
    before = _spis(lab, "GM1")
    asked = lab.type("KS1", "clear crypto gdoi ks members" + " now" * now)
    assert asked.startswith("% This GM-Removal message will ")
    assert asked.endswith(PROCEED)
    assert "immediately" in asked if now else "before keys expiry" in asked

    assert "Sending GM-Removal message to group G1...\n" in lab.type("KS1", "yes")
    lab.run(2)
    assert (_spis(lab, "GM1") == before) is not now
    lab.run(400)
    assert lab.registered("GM1")
    assert lab.registered("GM2")
    assert not set(_spis(lab, "GM1")) & set(before)


def test_a_role_is_given_up(lab: Routers) -> None:
    asked = lab.type("KS1", "clear crypto gdoi ks coop role")
    assert asked.endswith(PROCEED)
    lab.type("KS1", "yes")
    lab.run(120)
    roles = [lab.groups(name).servers["G1"].role for name in ("KS1", "KS2")]
    assert sorted(roles) == [Role.PRIMARY, Role.SECONDARY]
    assert lab.logged("KS1", "COOP_KS_ELECTION")


def test_a_key_server_alone_has_no_role_to_give_up() -> None:
    lab = Routers()
    lab.servers(KS1)
    said = lab.type("KS1", "clear crypto gdoi ks coop role", "yes")
    assert "% Redundancy is not configured for group G1.\n" in said


def test_counters_of_messages_begin_anew(lab: Routers) -> None:
    coop = lab.groups("KS1").servers["G1"].coop
    assert coop is not None
    assert coop.peers[KS2].sent > 0
    coop.adoption.invalid_pseudotimes = 2
    assert lab.type("KS1", "clear crypto gdoi ks coop counters") == ""
    peer = coop.peers[KS2]
    counters = ("sent", "sent_asking", "received", "received_asking", "sent_drops")
    counters += ("received_drops", "bytes_sent", "bytes_received")
    assert {getattr(peer, name) for name in counters} == {0}
    assert coop.invalid_pseudotimes == 0
    lab.run(200)
    assert coop.peers[KS2].sent == 10


def test_the_pseudotime_begins_anew(lab: Routers) -> None:
    group, (one,) = lab.groups("KS1").servers["G1"], lab.groups("GM1").members
    assert (group.pseudotime() or 0) > 60
    assert lab.type("KS1", "clear crypto gdoi replay") == ""
    lab.run(5)
    assert 0 <= (group.pseudotime() or 0) < 10
    assert abs((one.pseudotime() or 0) - (group.pseudotime() or 0)) < 1


def test_a_member_forgets_its_failed_checks_for_replays(lab: Routers) -> None:
    (one,) = lab.groups("GM1").members
    own, spi = one.pseudotime() or 0, one.teks[0].tek.spi
    one.traffic_failed(Drop.REPLAY, spi, "10.2.0.5", pseudotime=own + 900)
    tables = lab.routers["GM1"].feature(IpsecTables)
    tables.sent(one, one.sas[0].entries[-1], 7, held=one.teks[0])
    tables.received(one, one.sas[0].entries[-1], 8, held=one.teks[0])
    shown = lab.type("GM1", "show crypto gdoi gm replay")
    assert "Input Packets : 8 Output Packets : 7\n" in shown
    assert "Input Error Packets : 1 " in shown
    assert "src=10.2.0.5" in shown

    assert lab.type("GM1", "clear crypto gdoi group G1 replay") == ""
    shown = lab.type("GM1", "show crypto gdoi gm replay")
    assert "Input Packets : 0 Output Packets : 0\n" in shown
    assert "Input Error Packets : 0 " in shown
    assert "No TBAR errors detected" in shown
    assert abs((one.pseudotime() or 0) - own) < 1
    dataplane = lab.type("GM1", "show crypto gdoi gm dataplane counters")
    assert "#pkts encrypt            : 7 " in dataplane
    tables.sent(one, one.sas[0].entries[-1], 2, held=one.teks[0])
    assert "Output Packets : 2\n" in lab.type("GM1", "show crypto gdoi gm replay")
    assert lab.type("KS1", "clear crypto gdoi group G9 replay").startswith("% group G9")


def test_a_policy_is_made_anew(lab: Routers) -> None:
    group = lab.groups("KS1").servers["G1"]
    before = group.kek
    assert lab.type("KS1", "clear crypto gdoi ks policy") == ""
    lab.run(60)
    assert group.kek is not None
    assert group.kek is not before


@pytest.mark.parametrize(
    ("words", "direction"),
    [
        ("both", "both"),
        ("inbound", "inbound only"),
        ("inbound only", "inbound only"),
        ("inbound optional", "inbound optional"),
    ],
)
def test_a_member_is_told_its_direction(lab: Routers, words: str, direction: str) -> None:
    (one,) = lab.groups("GM1").members
    assert lab.type("GM1", f"crypto gdoi gm group G1 ipsec direction {words}") == ""
    assert str(one.sa_direction) == direction
    assert "direction" not in lab.type("GM1", "show running-config | include direction")


def test_who_is_not_meant_is_told_so(lab: Routers) -> None:
    for command in ("crypto gdoi ks group G9 rekey", "clear crypto gdoi group G9"):
        assert lab.type("KS1", command) == "% group G9 doesn't yet exist.\n"
    said = lab.type("GM1", "crypto gdoi ks rekey")
    assert said == "% This device is not a Key Server of any group.\n"
    said = lab.type("KS1", "crypto gdoi gm group G1 ipsec direction both")
    assert said == "% This device is not a Group Member of group G1.\n"


def test_cleared_sas_are_fetched_again(lab: Routers) -> None:
    (one,) = lab.groups("GM1").members
    before = _spis(lab, "GM1")
    assert lab.type("GM1", "clear crypto sa") == ""
    assert one.teks == []
    assert lab.logged("GM1", "%GDOI-4-GM_RE_REGISTER: The IPSec SA created for group G1 may")
    lab.run(30)
    assert _spis(lab, "GM1") == before
    assert one.succeeded == 2

    lab.type("GM1", "clear crypto sa map OTHER", "clear crypto sa vrf RED", "clear crypto sa count")
    assert _spis(lab, "GM1") == before
    lab.type("GM1", "clear crypto sa map GETVPN-MAP")
    assert one.teks == []


@pytest.mark.parametrize("command", ["clear crypto isakmp", "clear crypto session"])
def test_a_member_without_its_rekey_sa_registers_again(lab: Routers, command: str) -> None:
    (one,) = lab.groups("GM1").members
    assert "GDOI_REKEY" in lab.type("GM1", "show crypto isakmp sa")
    attempted = one.attempted
    assert lab.type("GM1", command) == ""
    assert one.kek is None
    lab.run(30)
    assert (one.succeeded, one.attempted) == (2, attempted + 1)
    assert "GDOI_REKEY" in lab.type("GM1", "show crypto isakmp sa")


def test_key_servers_negotiate_again_when_their_sa_is_cleared(lab: Routers) -> None:
    def connections() -> list[str]:
        lines = lab.type("KS1", "show crypto isakmp sa").splitlines()
        return [line.split()[3] for line in lines if KS2 in line and "GDOI_IDLE" in line]

    (before,) = connections()
    lab.type("KS1", "clear crypto isakmp")
    assert connections() == []
    lab.run(1)
    (after,) = connections()
    assert after != before
    lab.run(120)
    assert lab.groups("KS1").servers["G1"].role is Role.PRIMARY


@pytest.mark.parametrize("platform", ["isr4451", "isr2911"])
def test_words_can_be_shortened_and_asked_for(platform: str) -> None:
    terminal = console(make_router("KS1", platform, "hostname KS1\n"))
    shown = terminal.type(b"clear crypto gdoi ks ?")
    assert "coop     Cooperation of key servers" in shown
    assert "members  Remove the group members" in shown
    terminal.type(b"\x15")
    shown = terminal.type(b"crypto gdoi ks ?")
    assert "rekey  Send a rekey to the group members" in shown
    terminal.type(b"\x15")
    assert ("gkm" in terminal.type(b"clear crypto g?")) == (platform == "isr4451")


def test_a_router_alone_carries_nothing_out() -> None:
    server = console(make_router("KS1", "isr4451", key_server("KS1", KS1)))
    assert server.run("crypto gdoi ks rekey", "clear crypto gdoi ks policy") == ""
    server.run("clear crypto gdoi", "yes")
    alone = console(make_router("GM1", "isr4451", member("GM1", "10.20.1.1", KS1)))
    assert alone.run("crypto gdoi gm ipsec direction both", "clear crypto sa") == ""
    alone.run("clear crypto gdoi", "yes")
