"""What the shows of key servers do beside printing one group: choices, refusals, large groups."""

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.policy import Protocol
from getvpn.emulator.gdoi.records import PeerStatus
from getvpn.emulator.testing import console, make_router
from getvpn.parsers import parse

from ....effort import calls
from .ks_states import (
    group_text,
    hold_tek,
    key_server,
    know_member,
    know_peer,
    served,
    show,
)

MEMBERS = 4000
COOP = ("local priority 100", "peer address ipv4 10.1.1.2")


@pytest.fixture
def two() -> Router:
    return key_server("17.16", group_text("RED", 1) + group_text("BLUE", 2))


# ---- which groups ----


@pytest.mark.parametrize("tail", ["ks", "ks acl", "ks policy", "ks coop", "ks members", "feature"])
def test_a_named_group_is_shown_alone(two: Router, tail: str) -> None:
    both, one = show(two, tail), show(two, f"group BLUE {tail}")

    assert ("RED" in both, "BLUE" in both) == (True, True)
    assert ("RED" in one, "BLUE" in one) == (False, True)


def test_all_groups_have_a_heading_and_a_named_one_has_none(two: Router) -> None:
    assert show(two, "").count("GROUP INFORMATION\n") == 2
    assert show(two, "group RED").startswith("    Group Name               : RED (Unicast)\n")


@pytest.mark.parametrize("tail", ["", "ks", "ks members summary", "feature pfs", "rekey sa"])
def test_an_unknown_group_is_refused(two: Router, tail: str) -> None:
    assert show(two, f"group GREEN {tail}") == "% group GREEN doesn't yet exist.\n"


def test_the_newer_spelling_is_unknown_to_classic_ios() -> None:
    router = key_server("15.7", group_text("RED", 1))

    assert "% Invalid input detected" in show(router, "ks", spelling="gkm")


def test_a_router_without_groups_has_nothing_to_show() -> None:
    router = make_router("R1", "c8000v")

    assert show(router, "ks") == "Total group members registered to this box: 0\n\n"
    for tail in ("", "ks policy", "ks acl", "ks coop", "ks identifier", "ks rekey", "feature"):
        assert show(router, tail) == ""


# ---- what stands in them ----


def test_what_is_superseded_or_gone_is_not_renewed_again() -> None:
    router = key_server("17.16", group_text("RED", 1))
    group = served(router)
    hold_tek(group, spi=0x1234, age=5000)
    hold_tek(group, spi=0x5678, age=100, rekey_in=3000)

    new, old = parse("show crypto gdoi ks policy", show(router, "ks policy")).groups[0].teks  # type: ignore[attr-defined]
    assert (new.time_to_rekey_s, new.remaining_s) == (3000, 3500)
    assert (old.time_to_rekey_s, old.remaining_s, old.elapsed_s) == (None, 0, 5000)


def test_a_shortened_key_tells_what_overrides_its_life() -> None:
    router = key_server("17.16", group_text("RED", 1))
    tek = hold_tek(served(router), spi=0x1234, age=100)
    tek.expires_at -= 3400

    text = show(router, "ks policy")
    assert "orig life(sec)     : 3600          remaining life(sec)   : 100\n" in text
    assert "override life(sec) : 200 " in text


def test_the_policies_of_a_group_stand_in_their_order() -> None:
    second = "  sa ipsec 20\n   profile PROF\n   match address ipv4 POLICY\n   no replay\n"
    text = group_text("RED", 1).replace("  address ipv4", f"{second}  address ipv4")
    router = key_server("17.16", text)
    group = served(router)
    for number, (age, sa) in enumerate(((3000, 0), (2900, 1), (200, 0), (100, 1))):
        hold_tek(group, spi=0x1000 + number, age=age, sa=sa)

    lines = [line for line in show(router, "ks policy").splitlines() if " spi " in line]
    assert [int(line.split(": ")[1], 16) & 0xF for line in lines] == [2, 0, 3, 1]
    shown = show(router, "")
    assert shown.index("IPSec SA Number        : 10") < shown.index("IPSec SA Number        : 20")
    assert "      Replay method          : Disabled\n      Replay Window Size     : 0\n" in shown


def test_a_partner_is_shown_before_the_cooperation_begins() -> None:
    router = key_server("17.16", group_text("RED", 1, coop=COOP))

    (group,) = parse("show crypto gdoi ks coop", show(router, "ks coop")).groups  # type: ignore[attr-defined]
    (peer,) = group.peers
    assert (str(peer.address), peer.role, peer.status) == ("10.1.1.2", None, None)


def test_a_dead_partner_of_which_nothing_came_is_unknown() -> None:
    router = key_server("17.16", group_text("RED", 1, coop=COOP))
    group = served(router)
    peer = know_peer(group, "10.1.1.2", handle=7, version="")
    peer.status, peer.established = PeerStatus.DEAD, False

    text = show(router, "ks coop")
    assert "                Peer Version: Unknown\n" in text
    assert "Peer KS Status: Dead      \n" in text
    assert "                IKE status: Failed\n" in text
    found = parse("show crypto gdoi feature pfs", show(router, "feature pfs"))
    (device,) = found.groups[0].key_servers.devices  # type: ignore[attr-defined]
    assert str(device.address) == "10.1.1.1"


def test_members_register_in_two_ways() -> None:
    router = key_server("17.16", group_text("RED", 1))
    know_member(served(router), "10.9.0.1")
    know_member(served(router), "10.9.0.2", protocol=Protocol.GIKEV2)

    found = parse("show crypto gdoi ks members", show(router, "ks members"))
    kinds = [member.group_type for member in found.members]  # type: ignore[attr-defined]
    assert kinds == ["GDOI (ISAKMP)", "G-IKEv2 (IKEv2)"]


def test_a_member_is_looked_for_in_every_group(two: Router) -> None:
    know_member(served(two, "BLUE"), "10.9.0.1")

    text = show(two, "ks members 10.9.0.1")
    assert text.count("Group Member ID    : 10.9.0.1 ") == 1
    assert text.count("Group Member not Found\n") == 1
    assert show(two, "ks members 10.9.0.2").count("Group Member not Found\n") == 2


def test_counter_modes_have_sender_identifiers() -> None:
    identifiers = ("identifier", " range 3 - 5", " value 9")
    text = group_text("RED", 1, more=identifiers)
    router = key_server("17.16", text, transforms="esp-gcm 256")

    found = parse("show crypto gdoi ks identifier", show(router, "ks identifier detail"))
    (group,) = found.groups  # type: ignore[attr-defined]
    assert (group.counter_mode, group.sid_bits, group.group_size) == (True, 24, "MEDIUM")
    assert group.assigned == group.available == (3, 4, 5, 9)
    assert group.remaining_gmsids == (1 << 17) - 1


# ---- large groups ----


@pytest.fixture(scope="module")
def large() -> Router:
    router = key_server("17.16", group_text("BIG", 7, coop=COOP))
    for number in range(MEMBERS):
        server = "10.1.1.2" if number % 2 else "10.1.1.1"
        address = f"10.{100 + number // 256}.{number % 256}.1"
        know_member(served(router), address, key_server=server, rekeys=3, sequences=(1, 2, 3))
    return router


def test_thousands_of_members_are_printed_with_little_work_and_completely(large: Router) -> None:
    text = ""

    def printed() -> None:
        nonlocal text
        text = show(large, "ks members")

    work = calls(printed)
    assert text.count("Group Member ID    : ") == MEMBERS
    assert text.count("\n Rcvd seq num : 1     2     3     0     \n") == MEMBERS
    assert text.endswith("\n\n\n")
    assert work < 50 * MEMBERS


def test_thousands_of_members_can_be_filtered_and_summed_up(large: Router) -> None:
    counted = console(large).run("show crypto gdoi ks members | count Key Server ID")
    summary = parse("show crypto gdoi ks members summary", show(large, "ks members summary"))

    assert f"= {MEMBERS}" in counted
    servers = summary.groups[0].servers  # type: ignore[attr-defined]
    assert [len(server.members) for server in servers] == [MEMBERS // 2, MEMBERS // 2]


def test_a_reader_who_has_seen_enough_stops_the_list(large: Router) -> None:
    terminal = console(large)
    terminal.session.terminal.rows = 24

    first = terminal.type(b"show crypto gdoi ks members\n")
    rest = terminal.type(b"q")

    assert " --More-- " in first
    assert first.count("Group Member ID") < 3
    assert "Group Member ID" not in rest
    assert rest.endswith(terminal.prompt)
