from ipaddress import IPv4Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_ks import KeyServerGroup, KeyServers

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi ks"

XE = """\
Total group members registered to this box: 14

Key Server Information For Group WAN-v4.prod:
    Group Name               : WAN-v4.prod (Unicast)
    Re-auth on new CRL       : Enabled
    Group Identity           : 1001
    Group Type               : GDOI (ISAKMP), G-IKEv2 (IKEv2)
    Group Members            : 12
    Rekey Acknowledgement Cfg: Cisco
    IPSec SA Direction       : Receive Only
    IP D3P Window            : 20000 msec
    Split Resiliency Factor  : 2
    CKM status               : Disabled
    ACL Configured:
        access-list BRANCH-1
        access-list BRANCH-2
    Redundancy               : Configured
        Local Address        : 10.10.1.1
        Local Priority       : 100
        Local KS Status      : Alive
        Local KS Role        : Primary
        Local KS Version     : 1.0.27
        Local COOP Version   : 1.0.8

Key Server Information For Group WAN-v6:
    Group Name               : WAN-v6
    Re-auth on new CRL       : Disabled
    Group Identity           : 10.99.0.1
    Group Type               : GDOI (ISAKMP)
    Group Members            : 2
    Rekey Acknowledgement Cfg: Cisco
    IPSec SA Direction       : Both
    IP D3P Window            : Disabled
    Split Resiliency Factor  : 0
    CKM status               : Disabled
    ACL Configured:
\taccess-list V6-POLICY
"""

IOS_12_4T = """\
Total group members registered to this box: 2

Key Server Information For Group diffint:
    Group Name               : diffint
    Group Identity           : 3333
    Group Members            : 2
    IPSec SA Direction       : Both
    ACL Configured:
        access-list 120
    Redundancy               : Configured
        Local Address        : 192.0.2.1
        Local Priority       : 10
        Local KS Status      : Alive
        Local KS Role        : Secondary
"""


def key_servers(text: str, command: str = COMMAND) -> KeyServers:
    record = parse(command, text)
    assert isinstance(record, KeyServers)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_a_group_with_redundancy_and_two_access_lists() -> None:
    record = key_servers(XE)
    group = record.groups[0]
    assert record.registered_members == 14
    assert (group.group, group.transport, group.identity) == ("WAN-v4.prod", "Unicast", 1001)
    assert (group.reauth_on_crl, group.ckm, group.members) == (True, False, 12)
    assert group.group_type == "GDOI (ISAKMP), G-IKEv2 (IKEv2)"
    assert (group.direction, group.d3p_window_ms) == ("Receive Only", 20000)
    assert group.access_lists == ("BRANCH-1", "BRANCH-2")
    assert group.redundancy is not None
    assert group.redundancy.address == IPv4Address("10.10.1.1")
    assert (group.redundancy.priority, group.redundancy.role) == (100, "Primary")
    assert (group.redundancy.version, group.redundancy.coop_version) == ("1.0.27", "1.0.8")


def test_a_group_without_redundancy_and_with_an_address_as_identity() -> None:
    group = key_servers(XE).groups[1]
    assert (group.identity, group.redundancy) == (IPv4Address("10.99.0.1"), None)
    assert (group.d3p_window_ms, group.reauth_on_crl) == (None, False)
    assert group.access_lists == ("V6-POLICY",)


def test_what_12_4t_does_not_print_is_none() -> None:
    (group,) = key_servers(IOS_12_4T).groups
    assert (group.identity, group.members, group.direction) == (3333, 2, "Both")
    assert (group.reauth_on_crl, group.group_type, group.split_resiliency_factor) == (None,) * 3
    assert group.redundancy is not None
    assert (group.redundancy.role, group.redundancy.version) == ("Secondary", None)


def test_detail_prints_the_same_shape() -> None:
    assert key_servers(XE, f"{COMMAND} detail") == key_servers(XE)
    assert key_servers(XE, "show crypto gkm group WAN-v6 ks") == key_servers(XE)


@pytest.mark.parametrize("text", [XE, IOS_12_4T])
def test_a_cut_is_noticed_after_any_row_but_the_last_of_a_shape(text: str) -> None:
    ends = ("Total group members", "access-list", "Local KS Role", "Local KS Version", "Local COOP")
    assert all(line.startswith(ends) for line in unnoticed_cuts(COMMAND, text))


def test_a_last_group_without_access_list_makes_the_record_partial() -> None:
    record = parse(COMMAND, XE[: XE.rindex("\taccess-list")])
    assert record.partial == (
        "no access list follows for group WAN-v6: it has none, or the output is cut",
    )


@pytest.mark.parametrize(
    "text",
    ["Key Server Policy:\n", "GROUP INFORMATION\n", "% Invalid input detected at '^' marker.\n"],
)
def test_another_output_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, text)


def test_the_shared_captures_leave_nothing_over(shared: Path) -> None:
    records = {c.path: key_servers(c.text) for c in captures(shared, "gdoi ks")}
    typed = records["community/hand_typed_crypto_gdoi_ks/1.txt"].groups[0]
    assert (typed.group, typed.transport, typed.identity) == ("Demo-GETVPN-Group", "Unicast", 6783)
    assert records["community/crypto_gdoi_ks/1.txt"].groups[0].access_lists == ("LAB-GDOI",)
    screenshot = records["community/crypto_gdoi_ks_detail/1.txt"]
    assert (screenshot.registered_members, screenshot.groups[0].group_type) == (4, None)


def test_the_other_parser_agrees(shared: Path) -> None:
    compared = 0
    for capture in captures(shared, "gdoi ks"):
        if capture.expected is None:
            continue
        compared += 1
        record = key_servers(capture.text)
        if capture.command.endswith("detail"):
            deviations: dict[Trail, str] = {
                ("*", "group_type"): "it drops the protocol and keeps the parenthesis"
            }
            assert_covers(capture.expected, detailed(record), deviations)
        else:
            assert_covers(capture.expected, brief(record))
    assert compared == 2


def brief(record: KeyServers) -> dict[Trail, object]:
    """Their answer to the plain command, which has room for one group."""
    (group,) = record.groups
    at: Trail = ("crypto_gdoi_ks", "crypto_gdoi_ks_group")
    return {
        ("crypto_gdoi_ks", "total_group_members"): record.registered_members,
        (*at, "key_server_group_name"): group.group,
        (*at, "group_name"): group.group,
        (*at, "group_type"): group.group_type,
        (*at, "reauth_status"): state(group.reauth_on_crl),
        (*at, "group_identity"): group.identity,
        (*at, "group_members"): group.members,
        (*at, "rekey_ack_config"): group.rekey_acknowledgement,
        (*at, "direction"): group.direction,
        (*at, "d3p_window_status"): window(group),
        (*at, "sr_factor"): group.split_resiliency_factor,
        (*at, "ckm_status"): state(group.ckm),
        (*at, "acl_configured", "acl_name"): group.access_lists[0],
    }


def detailed(record: KeyServers) -> dict[Trail, object]:
    """Their answer to the command with `detail`."""
    found: dict[Trail, object] = {("group_members_registered",): record.registered_members}
    for group in record.groups:
        at, local = group.group, group.redundancy
        assert local is not None
        found |= {
            (at, "group_name"): group.group,
            (at, "re_auth_on_new_crl"): state(group.reauth_on_crl),
            (at, "group_identity"): group.identity,
            (at, "group_members"): group.members,
            (at, "rekey_acknowledgement_cfg"): group.rekey_acknowledgement,
            (at, "ipsec_sa_direction"): group.direction,
            (at, "ip_d3p_window"): window(group),
            (at, "split_resiliency_factor"): group.split_resiliency_factor,
            (at, "ckm_status"): state(group.ckm),
            (at, "acl_configured", "access_list"): group.access_lists[0],
            (at, "redundancy", "redundancy_mode"): "Configured",
            (at, "redundancy", "local_address"): str(local.address),
            (at, "redundancy", "local_priority"): local.priority,
            (at, "redundancy", "local_ks_status"): local.status,
            (at, "redundancy", "local_ks_role"): local.role,
            (at, "redundancy", "local_ks_version"): local.version,
            (at, "redundancy", "local_coop_version"): local.coop_version,
        }
    return found


def state(value: bool | None) -> str:
    return "Enabled" if value else "Disabled"


def window(group: KeyServerGroup) -> str:
    return "Disabled" if group.d3p_window_ms is None else str(group.d3p_window_ms)
