from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_ks_members import KsMembers, KsMembersSummary

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi ks members"

XE = """\
Group Member Information :

Number of rekeys sent for group WAN-v4.prod : 12
Number of retransmits during the last rekey for group WAN-v4.prod : 1
Duration of the last rekey for group WAN-v4.prod : 10001 msec

Group Member ID    : 10.20.0.1  GM Version: 1.0.25
 Group ID          : 1001
 Group Name        : WAN-v4.prod
 Group Type        : GDOI (ISAKMP)
 GM State          : Registered
 Key Server ID     : 10.10.1.1
 Rekeys sent       : 12
 Rekeys retries    : 3
 Rekey Acks Rcvd   : 11
 Rekey Acks missed : 1

 Sent seq num : 9     10     11     12
 Rcvd seq num : 9     10     0     12


Number of rekeys sent for group WAN-v6.prod : 0
Number of retransmits during the last rekey for group WAN-v6.prod : 0
Duration of the last rekey for group WAN-v6.prod : 1 msec

Group Member ID    : 2001:DB8:20::1  GM Version: 1.0.26
 Group ID          : 10.99.0.1
 Group Name        : WAN-v6.prod
 Group Type        : G-IKEv2 (IKEv2)
 GM State          : Registered
 Key Server ID     : 2001:DB8:10::1
 Rekeys sent       : 0
 Rekeys retries    : 0
 Rekey Acks Rcvd   : 0
 Rekey Acks missed : 0

 Sent seq num : 0     0     0     0
Rcvd seq num :  0     0     0     0
"""

IOS_12_4T = """\
Group Member Information :

Number of rekeys sent for group LAB : 3

Group Member ID    : 192.0.2.11
 Group ID          : 3333
 Group Name        : LAB
 Key Server ID     : 192.0.2.1

Group Member ID    : 192.0.2.12
 Group ID          : 3333
 Group Name        : LAB
 Key Server ID     : 192.0.2.1
"""

SUMMARY = """\
Group Member Information :

Group Name: WAN-v4.prod, ID: 1001, Group Members: 3
Key Server ID: 10.10.1.1, GMDB state: LOCAL, Group Members: 2
  Member ID     Version      Rekey sent     Rekey Ack missed
  10.20.0.1   1.0.25         12               1
  10.20.0.2   UNKNOWN        12               0

Key Server ID: 10.10.2.1, GMDB state: REDUNDANT, Group Members: 1
  Member ID     Version      Rekey sent     Rekey Ack missed
  10.20.0.3   1.0.17         0               0


Group Name: WAN-v6.prod (Multicast), ID: 10.99.0.1, Group Members: 0
"""


def members(text: str, command: str = COMMAND) -> KsMembers:
    record = parse(command, text)
    assert isinstance(record, KsMembers)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def summary(text: str) -> KsMembersSummary:
    record = parse(f"{COMMAND} summary", text)
    assert isinstance(record, KsMembersSummary)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_members_and_counters_of_an_ipv4_and_an_ipv6_group() -> None:
    record = members(XE)
    assert [(g.group, g.sent, g.last_retransmits, g.last_duration_ms) for g in record.groups] == [
        ("WAN-v4.prod", 12, 1, 10001),
        ("WAN-v6.prod", 0, 0, 1),
    ]
    first, second = record.members
    assert (first.address, first.version, first.group_id) == (
        IPv4Address("10.20.0.1"),
        "1.0.25",
        1001,
    )
    assert (first.rekeys_sent, first.rekey_retries) == (12, 3)
    assert (first.acks_received, first.acks_missed) == (11, 1)
    assert (first.sent_sequences, first.received_sequences) == ((9, 10, 11, 12), (9, 10, 0, 12))
    assert (second.address, second.key_server) == (
        IPv6Address("2001:db8:20::1"),
        IPv6Address("2001:db8:10::1"),
    )
    assert (second.group_id, second.group_type) == (IPv4Address("10.99.0.1"), "G-IKEv2 (IKEv2)")


def test_what_12_4t_does_not_print_is_none() -> None:
    record = members(IOS_12_4T)
    assert [str(member.address) for member in record.members] == ["192.0.2.11", "192.0.2.12"]
    member = record.members[1]
    assert (member.group, member.group_id) == ("LAB", 3333)
    assert (member.version, member.state, member.group_type) == (None, None, None)
    assert (member.rekeys_sent, member.acks_missed, member.sent_sequences) == (None, None, None)
    assert (record.groups[0].sent, record.groups[0].last_duration_ms) == (3, None)


def test_the_transport_behind_a_name_is_no_part_of_it() -> None:
    (member, _) = members(IOS_12_4T.replace(": LAB", ": LAB (Unicast)")).members
    assert (member.group, member.transport) == ("LAB", "Unicast")


def test_groups_without_the_member_asked_for_answer_that_it_is_not_found() -> None:
    head, body = XE.split("Number of rekeys sent for group WAN-v6", 1)
    del head
    text = "\n\nGroup Member not Found\n\n\nNumber of rekeys sent for group WAN-v6" + body
    record = members(text, f"{COMMAND} 2001:DB8:20::1")
    assert [str(member.address) for member in record.members] == ["2001:db8:20::1"]
    assert members("\nGroup Member not Found\n", f"{COMMAND} 10.9.9.9").members == ()


def test_a_long_name_may_break_the_line() -> None:
    name = "GETVPN-" + "x" * 60
    line = f"Number of retransmits during the last rekey for group {name} : 0\n"
    assert len(line) > 80
    text = XE.replace("WAN-v4.prod", name).replace(line, f"{line[:80]}\n{line[80:]}")
    assert members(text).groups[0].group == name


def test_a_cut_is_noticed_unless_the_rest_is_a_shape_of_some_release() -> None:
    ends = [line.split(":")[0].strip() for line in unnoticed_cuts(COMMAND, XE)]
    assert ends == [
        "Group Member Information",
        "Number of rekeys sent for group WAN-v4.prod",
        "Duration of the last rekey for group WAN-v4.prod",
        "Key Server ID",
        "Rekey Acks missed",
        "Rcvd seq num",
        "Number of rekeys sent for group WAN-v6.prod",
        "Duration of the last rekey for group WAN-v6.prod",
    ]


def test_a_last_row_of_numbers_that_ends_early_makes_the_record_partial() -> None:
    row = XE[XE.rindex(" Rcvd seq num") :].splitlines()[0]
    cut = XE[: XE.rindex(" Rcvd seq num")] + row[: row.rstrip().rindex(" ")]
    assert parse(COMMAND, XE).partial == ()
    assert parse(COMMAND, cut).partial == ("the last member, 10.20.0.1, lacks sequence numbers",)


def test_a_last_member_that_is_shorter_than_the_others_makes_the_record_partial() -> None:
    record = parse(COMMAND, XE[: XE.rindex(" Rekeys sent ")])
    assert record.partial == ("the last member, 2001:db8:20::1, lacks rows that the others have",)


def test_the_summary_counts_by_key_server() -> None:
    first, second = summary(SUMMARY).groups
    assert (first.group, first.group_id, first.member_count) == ("WAN-v4.prod", 1001, 3)
    local, redundant = first.servers
    assert (local.key_server, local.state, local.member_count) == (
        IPv4Address("10.10.1.1"),
        "LOCAL",
        2,
    )
    assert [(m.version, m.rekeys_sent, m.acks_missed) for m in local.members] == [
        ("1.0.25", 12, 1),
        (None, 12, 0),
    ]
    assert (redundant.state, redundant.members[0].address) == (
        "REDUNDANT",
        IPv4Address("10.20.0.3"),
    )
    assert (second.group, second.transport, second.servers) == ("WAN-v6.prod", "Multicast", ())


def test_a_cut_summary_is_noticed_by_its_totals() -> None:
    assert unnoticed_cuts(f"{COMMAND} summary", SUMMARY) == [
        "Group Member Information :",
        "10.20.0.3   1.0.17         0               0",
    ]
    record = parse(f"{COMMAND} summary", SUMMARY[: SUMMARY.index("  10.20.0.2")])
    assert record.partial == (
        "group WAN-v4.prod announces 3 members, 2 follow",
        "group WAN-v4.prod announces 2 members of 10.10.1.1, 1 follow",
    )


@pytest.mark.parametrize("command", [COMMAND, f"{COMMAND} summary"])
@pytest.mark.parametrize(
    "text",
    ["Key Server Policy:\n", "% Incomplete command.\n", "Total group members registered: 3\n"],
)
def test_another_output_is_refused(command: str, text: str) -> None:
    with pytest.raises(ParseError):
        parse(command, text)


def test_the_summary_is_no_list_of_members() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, SUMMARY.split("\n", 2)[2])
    with pytest.raises(ParseError):
        parse(f"{COMMAND} summary", XE.split("\n", 2)[2])


def test_the_shared_captures_leave_nothing_over(shared: Path) -> None:
    records = {c.path: members(c.text) for c in captures(shared, "gdoi ks members")}
    assert len(records["genie/crypto_gdoi_ks_members/1.txt"].members) == 12
    outdented = records["community/crypto_gdoi_ks_members/3.txt"]
    assert [group.group for group in outdented.groups] == ["mygroup", "VRF_Group"]
    assert outdented.members[1].received_sequences == (2, 3, 4, 1)
    for capture in captures(shared, "gdoi ks members summary"):
        assert [len(group.servers) for group in summary(capture.text).groups] == [2] * 6


def test_the_other_parser_agrees_on_the_members(shared: Path) -> None:
    for capture in captures(shared, "gdoi ks members"):
        if capture.expected is None:
            continue
        record, ours = members(capture.text), dict[Trail, object]()
        for group in record.groups:
            at: Trail = ("groups", group.group)
            ours |= {
                (*at, "rekeys_sent"): group.sent,
                (*at, "retransmits_num"): group.last_retransmits,
                (*at, "last_rekey_duration"): group.last_duration_ms,
            }
        for member in record.members:
            at = ("groups", member.group, "group_members", str(member.address))
            ours |= {
                (*at, "gm_state"): member.state,
                (*at, "gm_version"): member.version,
                (*at, "group_id"): member.group_id,
                (*at, "group_name"): member.group,
                (*at, "group_type"): member.group_type,
                (*at, "key_server_id"): str(member.key_server),
                (*at, "rekey_acks_missed"): member.acks_missed,
                (*at, "rekey_acks_rcvd"): member.acks_received,
                (*at, "rekeys_retries"): member.rekey_retries,
                (*at, "rekeys_sent"): member.rekeys_sent,
            }
            for name, sequences in (
                ("sent_seq_num", member.sent_sequences),
                ("rcvd_seq_num", member.received_sequences),
            ):
                for index, number in enumerate(sequences or (), start=1):
                    ours[(*at, name, f"seq{index}")] = number
        assert_covers(capture.expected, ours)


def test_the_other_parser_agrees_on_the_summary(shared: Path) -> None:
    for capture in captures(shared, "gdoi ks members summary"):
        ours: dict[Trail, object] = {}
        for group in summary(capture.text).groups:
            at: Trail = ("group_member_information", "groups", group.group)
            ours |= {
                (*at, "group_id"): group.group_id,
                (*at, "group_members"): group.member_count,
            }
            for server in group.servers:
                key = (*at, "key_server_ids", str(server.key_server))
                ours |= {
                    (*key, "gmdb_state"): server.state,
                    (*key, "group_members"): server.member_count,
                }
                for member in server.members:
                    ours |= {
                        (*key, "members", str(member.address), "version"): member.version,
                        (*key, "members", str(member.address), "rekey_sent"): member.rekeys_sent,
                        (*key, "members", str(member.address), "rekey_ack_missed"): (
                            member.acks_missed
                        ),
                    }
        assert_covers(capture.expected, ours)
