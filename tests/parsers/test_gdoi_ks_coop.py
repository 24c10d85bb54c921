from ipaddress import IPv4Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_ks_coop import (
    CoopPeer,
    CoopVersion,
    KsCoop,
    PrimaryTimers,
    SecondaryTimers,
)

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi ks coop"

LOCAL = """\
Crypto Gdoi Group Name :WAN-v4.prod
        Group handle: 1073741835, Local Key Server handle: 1073741845

        Local Address: 10.10.1.1
        Local Priority: 200
        Local KS Role: {role} , Local KS Status: Alive
        Local KS version: 1.0.27
        Local COOP version: 1.0.8
"""

PRIMARY_TIMERS = """\
        Primary Timers:
                Primary Refresh Policy Time: 20
                Remaining Time: 11
                Antireplay Sequence Number: 46

        Peer Sessions:
"""

SECONDARY_TIMERS = """\
        Secondary Timers:
                Sec Primary Periodic Time: 30
                Remaining Time: 21, Retries: 2
                Invalid ANN PST recvd: 1
                New GM Temporary Blocking Enforced?: Yes
                Per-user timer remaining time: 5
                Antireplay Sequence Number: 109
        Peer Sessions:
"""

PEER = """\
        Session {session}:
                Server handle: 107374184{session}
                Peer Address: 10.10.{session}.2
                Peer Version: 1.0.27
                Peer COOP version: 1.0.8
                COOP Protocol: base
                Peer Priority: 245
                Peer KS Role: Primary   , Peer KS Status: Alive
                Antireplay Sequence Number: 395

                IKE status: Established
                Counters:
                    Ann msgs sent: 107
                    Ann msgs sent with reply request: 1
                    Ann msgs recv: 394
                    Ann msgs recv with reply request: 2
                    Packet sent drops: 3
                    Packet Recv drops: 4
                    Total bytes sent: 105136
                    Total bytes recv: 352635
"""

DEAD_PEER = """\
        Session 2:
                Server handle: 1073741846
                Peer Address: 10.10.3.1
                Peer Version: UNKNOWN
                Peer Priority: UNKNOWN
                Peer KS Role: Unknown   , Peer KS Status: Dead
                Antireplay Sequence Number: 0

                IKE status: In Progress
                Counters:
                    Ann msgs sent: 9
                    Ann msgs sent with reply request: 9
                    Ann msgs recv: 0
                    Ann msgs recv with reply request: 0
                    Packet sent drops: 9
                    Packet Recv drops: 0
                    Total bytes sent: 4096
                    Total bytes recv: 0
"""

ALONE = """\
Crypto Gdoi Group Name :WAN-v6
        Group handle: 0x4000000B, Local Key Server handle: 0x40000015
        *NO* redundancy configured for this group
"""

CLASSIC = """\
Crypto Gdoi Group Name :LAB
        Group handle: 2147483650, Local Key Server handle: 2147483650

        Local Address: 192.0.2.2
        Local Priority: 75
        Local KS Role: Secondary , Local KS Status: Alive
        Secondary Timers:
                Sec Primary Periodic Time: 30
                Remaining Time: 25, Retries: 0
                Invalid ANN PST recvd: 0
                New GM Temporary Blocking Enforced?: No
                Antireplay Sequence Number: 1

        Peer Sessions:
        Session 1:
                Server handle: 2147483651
                Peer Address: 192.0.2.1
                Peer Priority: 100
                Peer KS Role: Primary   , Peer KS Status: Alive
                Antireplay Sequence Number: 53

                IKE status: Established
                Counters:
                    Ann msgs sent: 0
                    Ann msgs sent with reply request: 1
                    Ann msgs recv: 53
                    Ann msgs recv with reply request: 1
                    Packet sent drops: 0
                    Packet Recv drops: 0
                    Total bytes sent: 68
                    Total bytes recv: 27812
"""

PRIMARY = LOCAL.format(role="Primary  ") + PRIMARY_TIMERS + PEER.format(session=1) + DEAD_PEER
SECONDARY = LOCAL.format(role="Secondary") + SECONDARY_TIMERS + PEER.format(session=1)


def coop(text: str, command: str = COMMAND) -> KsCoop:
    record = parse(command, text)
    assert isinstance(record, KsCoop)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_a_primary_with_two_peers() -> None:
    (group,) = coop(PRIMARY).groups
    assert (group.handle, group.server_handle) == (1073741835, 1073741845)
    assert (group.address, group.priority) == (IPv4Address("10.10.1.1"), 200)
    assert (group.redundancy, group.role, group.status) == (True, "Primary", "Alive")
    assert (group.version, group.coop_version) == ("1.0.27", "1.0.8")
    assert group.primary_timers == PrimaryTimers(refresh_s=20, remaining_s=11)
    assert (group.secondary_timers, group.antireplay_sequence) == (None, 46)
    alive, dead = group.peers
    assert alive == CoopPeer(
        session=1,
        handle=1073741841,
        address=IPv4Address("10.10.1.2"),
        version="1.0.27",
        coop_version="1.0.8",
        protocol="base",
        priority=245,
        role="Primary",
        status="Alive",
        antireplay_sequence=395,
        ike_status="Established",
        announcements_sent=107,
        announcements_sent_with_request=1,
        announcements_received=394,
        announcements_received_with_request=2,
        sent_drops=3,
        received_drops=4,
        bytes_sent=105136,
        bytes_received=352635,
    )
    assert (dead.version, dead.priority, dead.role) == (None, None, None)
    assert (dead.status, dead.ike_status) == ("Dead", "In Progress")


def test_a_secondary_has_timers_of_its_own() -> None:
    (group,) = coop(SECONDARY).groups
    assert group.secondary_timers == SecondaryTimers(
        periodic_s=30,
        remaining_s=21,
        retries=2,
        invalid_pseudotimes=1,
        new_members_blocked=True,
        per_user_remaining_s=5,
    )
    assert (group.primary_timers, group.antireplay_sequence) == (None, 109)
    assert group.peers[0].antireplay_sequence == 395


def test_a_group_with_a_single_key_server_says_that_it_has_no_redundancy() -> None:
    (group,) = coop(ALONE).groups
    assert (group.redundancy, group.handle, group.server_handle) == (
        False,
        0x4000000B,
        0x40000015,
    )
    assert (group.address, group.peers) == (None, ())


def test_classic_ios_prints_no_versions_and_no_protocol() -> None:
    (group,) = coop(CLASSIC).groups
    assert (group.version, group.coop_version, group.priority) == (None, None, 75)
    assert group.secondary_timers is not None
    assert group.secondary_timers.per_user_remaining_s is None
    (peer,) = group.peers
    assert (peer.version, peer.protocol, peer.priority) == (None, None, 100)
    assert peer.bytes_received == 27812


def test_several_groups_and_both_spellings() -> None:
    text = (PRIMARY + "\n" + ALONE + "\n" + SECONDARY).replace("Gdoi Group", "Gkm Group")
    groups = coop(text, "sh crypto gkm ks coop detail").groups
    assert [(group.group, len(group.peers)) for group in groups] == [
        ("WAN-v4.prod", 2),
        ("WAN-v6", 0),
        ("WAN-v4.prod", 1),
    ]


@pytest.mark.parametrize("text", [PRIMARY, SECONDARY, CLASSIC, ALONE])
def test_a_cut_is_noticed_unless_whole_sessions_are_gone(text: str) -> None:
    ends = ("Antireplay Sequence Number", "Peer Sessions", "Total bytes recv")
    assert all(line.startswith(ends) for line in unnoticed_cuts(COMMAND, text))


@pytest.mark.parametrize(
    "text", ["Key Server Policy:\n", "Cooperative key server infra Version : 2.0.0\n"]
)
def test_another_output_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, text)


def test_the_versions_of_the_cooperation_software() -> None:
    text = (
        "Cooperative key server infra Version : 2.0.0\n"
        "Client : KS_POLICY_CLIENT Version : 2.0.1\n"
        "Client : SID_CLIENT Version : 1.0.1\n"
    )
    record = parse(f"{COMMAND} version", text)
    assert isinstance(record, CoopVersion)
    assert record.infrastructure == "2.0.0"
    assert [(client.name, client.version) for client in record.clients] == [
        ("KS_POLICY_CLIENT", "2.0.1"),
        ("SID_CLIENT", "1.0.1"),
    ]
    with pytest.raises(ParseError):
        parse(f"{COMMAND} version", ALONE)


def test_the_shared_captures_leave_nothing_over(shared: Path) -> None:
    records = {c.path: coop(c.text) for c in captures(shared, "gdoi ks coop")}
    assert len(records["genie/crypto_gdoi_ks_coop_detail/2.txt"].groups) == 6
    (group,) = records["community/crypto_gdoi_ks_coop/1.txt"].groups
    assert (group.role, group.version, group.peers[0].protocol) == ("Primary", "1.0.9", None)


def test_the_other_parser_agrees(shared: Path) -> None:
    for capture in captures(shared, "gdoi ks coop"):
        if capture.expected is not None:
            assert_covers(capture.expected, answer(coop(capture.text)))


def answer(record: KsCoop) -> dict[Trail, object]:
    found: dict[Trail, object] = {}
    for group in record.groups:
        at: Trail = ("crypto_gdoi_group_name", group.group)
        found |= {
            (*at, "group_handle"): group.handle,
            (*at, "local_key_server_handle"): group.server_handle,
        }
        if not group.redundancy:
            found[(*at, "redundancy_state")] = "NO"
            continue
        timers = group.secondary_timers
        assert timers is not None
        found |= {
            (*at, "local_address"): str(group.address),
            (*at, "local_priority"): group.priority,
            (*at, "local_ks_role"): group.role,
            (*at, "local_ks_status"): group.status,
            (*at, "local_ks_version"): group.version,
            (*at, "local_coop_version"): group.coop_version,
        }
        at = (*at, "secondary_timers")
        found |= {
            (*at, "antireplay_sequence_number"): group.antireplay_sequence,
            (*at, "invalid_ann_pst_recvd"): timers.invalid_pseudotimes,
            (*at, "new_gm_temp_blk_enforced"): "Yes" if timers.new_members_blocked else "No",
            (*at, "per_user_timer_remaining_time"): timers.per_user_remaining_s,
            (*at, "remaining_time"): timers.remaining_s,
            (*at, "retries"): timers.retries,
            (*at, "sec_primary_periodic_time"): timers.periodic_s,
        }
        for peer in group.peers:
            found |= session((*at[:-1], str(peer.session)), peer)
    return found


def session(at: Trail, peer: CoopPeer) -> dict[Trail, object]:
    return {
        (*at, "server_handle"): peer.handle,
        (*at, "peer_address"): str(peer.address),
        (*at, "peer_version"): peer.version,
        (*at, "peer_coop_version"): peer.coop_version,
        (*at, "coop_protocol"): peer.protocol,
        (*at, "peer_priority"): peer.priority,
        (*at, "peer_ks_role"): peer.role,
        (*at, "peer_ks_status"): peer.status,
        (*at, "antireplay_sequence_number"): peer.antireplay_sequence,
        (*at, "ike_status"): peer.ike_status,
        (*at, "counters", "ann_msgs_sent"): peer.announcements_sent,
        (*at, "counters", "ann_msgs_sent_with_reply_request"): (
            peer.announcements_sent_with_request
        ),
        (*at, "counters", "ann_msgs_recv"): peer.announcements_received,
        (*at, "counters", "ann_msgs_recv_with_reply_request"): (
            peer.announcements_received_with_request
        ),
        (*at, "counters", "packet_sent_drops"): peer.sent_drops,
        (*at, "counters", "packet_recv_drops"): peer.received_drops,
        (*at, "counters", "total_bytes_sent"): peer.bytes_sent,
        (*at, "counters", "total_bytes_recv"): peer.bytes_received,
    }


def test_the_other_parser_agrees_on_the_versions(shared: Path) -> None:
    names = {"KS_POLICY_CLIENT": "ks_pol_ver", "GROUP_MEMBER_CLIENT": "gm_ver"}
    names["SID_CLIENT"] = "sid_ver"
    for capture in captures(shared, "gdoi ks coop version"):
        record = parse(capture.command, capture.text)
        assert isinstance(record, CoopVersion)
        assert (record.unparsed, record.partial) == ((), ())
        ours: dict[Trail, object] = {(names[c.name],): c.version for c in record.clients}
        assert_covers(capture.expected, {("coop_ver",): record.infrastructure, **ours})
