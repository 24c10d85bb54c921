from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_identifier import (
    CoopIdentifiers,
    CoopSids,
    GmIdentifiers,
    KsIdentifiers,
    SidRequest,
    kssids,
)

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

KS_COMMAND = "show crypto gdoi ks identifier"
COOP_COMMAND = "show crypto gdoi ks coop identifier"
GM_COMMAND = "show crypto gdoi gm identifier"

KS = """\
KS Sender ID (KSSID) Information for Group SUITE-B.1:

    Transform Mode           : Counter (Suite-B)
    Re-initializing          : No
    SID Length (Group Size)  : 24 bits (MEDIUM)
    Current KSSID In-Use     : 11
    Last GMSID Used          : 3

    KSSID(s) Assigned        : 10-20, 22
    KSSID(s) Used            : 10-11
    KSSID(s) Used (Old)      : none
    Available KSSID(s)       : 12-20, 22

    REMAINING SIDs:
      KSSID to reinitialize at   : 22
      GMSIDs remaining for KSSID : 8388604


KS Sender ID (KSSID) Information for Group PLAIN:

    Transform Mode           : Non-Counter (Non-Suite-B)
    Re-initializing          : Yes
    SID Length (Group Size)  : 32 bits (LARGE)
    Current KSSID In-Use     : none
    Last GMSID Used          : none

    KSSID(s) Assigned        : none
    KSSID(s) Used            : none
    KSSID(s) Used (Old)      : none
    Available KSSID(s)       : none

    REMAINING SIDs: none
"""

COOP = """\
COOP-KS Sender ID (SID) Information for Group SUITE-B.1:

    Local KS Role: Primary   , Local KS Status: Alive
        Local Address                : 10.10.1.1
        Next SID Client Operation    : NOTIFY
        Re-initializing              : No
        KSSID Overlap                : No
        SID Length (Group Size) Cfg  : 32 bits (LARGE)
        SID Length (Group Size) Used : 24 bits (MEDIUM)
        Current KSSID In-Use         : 10
        KSSID(s) Assigned            : 10-12
        KSSID(s) Used                : 10
        Old KSSID(s) Used            : none

    Peer KS Role:  Secondary , Peer KS Status:  Alive
        Peer Address                 : 10.10.2.1
        Next SID Client Operation    : QUERY
        Re-initializing              : No
        KSSID Overlap                : Yes
        SID Length (Group Size) Cfg  : 24 bits (MEDIUM)
        SID Length (Group Size) Used : 24 bits (MEDIUM)
        Current KSSID In-Use         : none
        KSSID(s) Assigned            : 12
        KSSID(s) Used                : none
        Old KSSID(s) Used            : 12
"""

GM = """\
GM Sender ID (SID) Information for Group WAN-v4.prod:

  Group Member: 10.20.0.1        vrf: None
    Transform Mode                  : Non-Counter (Non-Suite-B)
    # of SIDs Last Requested        : 0

    CURRENT SIDs: None

    NEXT SID REQUEST:
      TEK Lifetime                  : 4873 sec
      SID Length (Group Size)       : 24 bits (MEDIUM)


GM Sender ID (SID) Information for Group WAN-v6:

  Group Member: 2001:DB8:20::1   vrf: WAN
    Transform Mode                  : Non-Counter (Non-Suite-B)
    # of SIDs Last Requested        : 2

    CURRENT SIDs: None
"""


def ks(text: str, command: str = KS_COMMAND) -> KsIdentifiers:
    record = parse(command, text)
    assert isinstance(record, KsIdentifiers)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def coop(text: str) -> CoopIdentifiers:
    record = parse(COOP_COMMAND, text)
    assert isinstance(record, CoopIdentifiers)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def gm(text: str) -> GmIdentifiers:
    record = parse(GM_COMMAND, text)
    assert isinstance(record, GmIdentifiers)
    assert (record.unparsed, record.partial) == ((), ())
    return record


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("none", ()),
        ("5", (5,)),
        ("0-3", (0, 1, 2, 3)),
        ("0 - 3", (0, 1, 2, 3)),
        ("10-12, 20,127", (10, 11, 12, 20, 127)),
        ("1 2 7", (1, 2, 7)),
    ],
)
def test_lists_and_ranges_of_kssids_are_spelt_out(text: str, numbers: tuple[int, ...]) -> None:
    assert kssids(text) == numbers


@pytest.mark.parametrize("text", ["128", "0-999999999", "3-1", "1,-", "-2", "a", "1-2-3"])
def test_what_is_no_kssid_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        kssids(text)


def test_a_counter_mode_group_in_detail() -> None:
    group = ks(KS, f"{KS_COMMAND} detail").groups[0]
    assert (group.group, group.counter_mode, group.reinitializing) == ("SUITE-B.1", True, False)
    assert (group.sid_bits, group.group_size) == (24, "MEDIUM")
    assert (group.current_kssid, group.last_gmsid) == (11, 3)
    assert group.assigned == (*range(10, 21), 22)
    assert (group.used, group.used_before) == ((10, 11), ())
    assert group.available == (*range(12, 21), 22)
    assert (group.reinitialize_at, group.remaining_gmsids) == (22, 8388604)


def test_none_in_a_list_is_an_empty_list_and_no_list_is_none() -> None:
    group = ks(KS).groups[1]
    assert (group.counter_mode, group.reinitializing, group.group_size) == (False, True, "LARGE")
    assert (group.current_kssid, group.last_gmsid, group.assigned) == (None, None, ())
    brief = "".join(line for line in KS.splitlines(keepends=True) if "KSSID(s)" not in line)
    assert [group.assigned for group in ks(brief).groups] == [None, None]


def test_the_key_servers_of_a_group() -> None:
    (group,) = coop(COOP).groups
    assert group.local is not None
    assert (group.local.address, group.local.role) == (IPv4Address("10.10.1.1"), "Primary")
    assert (group.local.configured_sid_bits, group.local.used_sid_bits) == (32, 24)
    assert (group.local.configured_group_size, group.local.used_group_size) == ("LARGE", "MEDIUM")
    assert (group.local.assigned, group.local.current_kssid) == ((10, 11, 12), 10)
    (peer,) = group.peers
    assert (peer.address, peer.role, peer.next_operation) == (
        IPv4Address("10.10.2.1"),
        "Secondary",
        "QUERY",
    )
    assert (peer.overlap, peer.used, peer.used_before) == (True, (), (12,))


def test_the_members_of_each_group() -> None:
    v4, v6 = gm(GM).groups
    assert v4.members[0].address == IPv4Address("10.20.0.1")
    assert (v4.members[0].vrf, v4.members[0].counter_mode) == (None, False)
    assert v4.members[0].next_request == SidRequest(
        tek_lifetime_s=4873, sid_bits=24, group_size="MEDIUM"
    )
    assert v6.members[0].address == IPv6Address("2001:db8:20::1")
    assert (v6.members[0].vrf, v6.members[0].last_requested) == ("WAN", 2)
    assert v6.members[0].next_request is None


@pytest.mark.parametrize(
    ("command", "text", "ends"),
    [
        (KS_COMMAND, KS, ("Last GMSID", "Available", "REMAINING", "KSSID to re", "GMSIDs")),
        (COOP_COMMAND, COOP, ("Old KSSID(s)",)),
        (GM_COMMAND, GM, ("# of SIDs Last", "CURRENT SIDs", "SID Length")),
    ],
)
def test_a_cut_is_noticed_unless_a_block_is_whole(
    command: str, text: str, ends: tuple[str, ...]
) -> None:
    assert all(line.startswith(ends) for line in unnoticed_cuts(command, text))


def test_a_member_of_a_counter_mode_group_has_identifiers() -> None:
    text = GM.replace("Non-Counter (Non-Suite-B)", "Counter (Suite-B)").replace(
        "    CURRENT SIDs: None\n",
        "    CURRENT SIDs:\n"
        "      Shared Across Interfaces?     : Yes\n"
        "      # of SIDs Downloaded          : 3\n"
        "      First SID Downloaded          : 0x08000006\n"
        "      Last  SID Downloaded          : 0x08000008\n",
    )
    (member,) = gm(text).groups[0].members

    assert member.current is not None
    assert (member.current.shared, member.current.downloaded) == (True, 3)
    assert (member.current.first, member.current.last) == (0x8000006, 0x8000008)
    assert member.next_request is not None
    assert gm(GM).groups[0].members[0].current is None


@pytest.mark.parametrize("command", [KS_COMMAND, COOP_COMMAND, GM_COMMAND])
def test_another_output_is_refused(command: str) -> None:
    for other, text in ((KS_COMMAND, KS), (COOP_COMMAND, COOP), (GM_COMMAND, GM)):
        if other != command:
            with pytest.raises(ParseError):
                parse(command, text)


def test_the_other_parser_agrees_on_key_servers(shared: Path) -> None:
    for capture in captures(shared, "gdoi ks identifier"):
        ours: dict[Trail, object] = {}
        for group in ks(capture.text, capture.command).groups:
            at: Trail = ("ks_sender_info", group.group)
            ours |= {
                (*at, "transform_mode"): mode(counter=group.counter_mode),
                (*at, "re_initializing"): yes_no(group.reinitializing),
                (*at, "sid_length"): group.sid_bits,
                (*at, "current_kssid_in_use"): none_or(group.current_kssid),
                (*at, "last_gmsid_used"): none_or(group.last_gmsid),
            }
        assert_covers(capture.expected, ours)


def test_the_other_parser_agrees_on_cooperative_key_servers(shared: Path) -> None:
    for capture in captures(shared, "gdoi ks coop identifier"):
        ours: dict[Trail, object] = {}
        for group in coop(capture.text).groups:
            assert group.local is not None
            ours |= sids(("group", group.group, "local"), group.local)
            for peer in group.peers:
                ours |= sids(("group", group.group, "peer"), peer)
        assert_covers(capture.expected, ours)


def sids(at: Trail, server: CoopSids) -> dict[Trail, object]:
    return {
        (*at, "ks_role"): server.role,
        (*at, "ks_status"): server.status,
        (*at, "address"): str(server.address),
        (*at, "next_sid_client_operation"): server.next_operation,
        (*at, "re_initializing"): yes_no(server.reinitializing),
        (*at, "kssid_overlap"): yes_no(server.overlap),
        (*at, "sid_length_cfg"): (
            f"{server.configured_sid_bits} bits ({server.configured_group_size})"
        ),
        (*at, "sid_length_used"): f"{server.used_sid_bits} bits ({server.used_group_size})",
        (*at, "current_kssid_inuse"): none_or(server.current_kssid),
        (*at, "kssids_assigned"): none_or(*server.assigned or ()),
        (*at, "kssids_used"): none_or(*server.used or ()),
        (*at, "old_kssids_used"): none_or(*server.used_before or ()),
    }


def test_the_other_parser_agrees_on_members(shared: Path) -> None:
    for capture in captures(shared, "gdoi gm identifier"):
        ours: dict[Trail, object] = {}
        for group in gm(capture.text).groups:
            for member in group.members:
                at: Trail = ("group", group.group, str(member.address))
                assert member.next_request is not None
                ours |= {
                    (*at, "vrf_name"): member.vrf or "None",
                    (*at, "transform_mode"): mode(counter=member.counter_mode),
                    (*at, "transform_name"): "Suite-B" if member.counter_mode else "Non-Suite-B",
                    (*at, "no_of_sid"): member.last_requested,
                    (*at, "current_sid"): "None",
                    (*at, "next_sid_request", "sid_group_size"): member.next_request.group_size,
                    (*at, "next_sid_request", "sid_length"): member.next_request.sid_bits,
                    (*at, "next_sid_request", "tek_lifetime_sec"): (
                        member.next_request.tek_lifetime_s
                    ),
                }
        assert_covers(capture.expected, ours)


def mode(*, counter: bool) -> str:
    return "Counter" if counter else "Non-Counter"


def yes_no(value: object) -> str:
    return "Yes" if value else "No"


def none_or(*numbers: int | None) -> str:
    return ", ".join(str(number) for number in numbers if number is not None) or "none"
