from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.config.acl import PortMatch, Selector
from getvpn.parsers.records.gdoi_acl import GmAcls, KsAcls

from .oracle import Trail, assert_covers, captures

KS_COMMAND = "show crypto gdoi ks acl"
GM_COMMAND = "show crypto gdoi gm acl"

KS = """\
Group Name: WAN-v4.prod
 Configured ACL:
   access-list BYPASS  deny udp any any port = 848
   access-list BYPASS  deny tcp any port = 179 any
   access-list ENCRYPT  permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255

Group Name: WAN-v6.prod
 Configured ACL:
   access-list V6-POLICY  deny udp any any eq 3784
   access-list V6-POLICY  permit ipv6 2001:DB8:A::/48 2001:DB8:B::/48

Group Name: NO-POLICY (Unicast)
 Configured ACL:
"""

GM = """\
Group Name: WAN-v4.prod
 ACL Downloaded From KS 10.10.1.1:
   access-list   deny udp any any port = 848
   access-list   permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
 ACL Configured Locally:
  Map Name: GETVPN-MAP
   access-list LOCAL-BYPASS deny ip 10.1.0.0 0.0.255.255 host 10.9.9.9
  Map Name: GETVPN-MAP-2
   access-list LOCAL-2 deny esp any any
Group Name: WAN-v6.prod
 ACL Downloaded From KS 2001:DB8:10::1:
   access-list   permit ipv6 any any
 ACL Configured Locally:
"""


def ks_acls(text: str) -> KsAcls:
    record = parse(KS_COMMAND, text)
    assert isinstance(record, KsAcls)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def gm_acls(text: str, command: str = GM_COMMAND) -> GmAcls:
    record = parse(command, text)
    assert isinstance(record, GmAcls)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_the_lines_of_a_group_keep_their_order_over_several_lists() -> None:
    v4, v6, none = ks_acls(KS).groups
    assert [(line.name, line.action) for line in v4.entries] == [
        ("BYPASS", "deny"),
        ("BYPASS", "deny"),
        ("ENCRYPT", "permit"),
    ]
    assert v4.entries[1].source_ports == PortMatch(operator="eq", ports=(179,))
    assert v6.entries[0].destination_ports == PortMatch(operator="eq", ports=(3784,))
    assert v6.entries[1].source == Selector(
        kind="prefix", address=IPv6Address("2001:db8:a::"), prefixlen=48
    )
    assert (none.group, none.transport, none.entries) == ("NO-POLICY", "Unicast", ())


def test_a_member_has_downloaded_and_local_lists() -> None:
    v4, v6 = gm_acls(GM).groups
    (downloaded,) = v4.downloaded
    assert downloaded.server == IPv4Address("10.10.1.1")
    assert [(line.name, line.protocol) for line in downloaded.entries] == [
        (None, "udp"),
        (None, "ip"),
    ]
    assert [(acl.map_name, len(acl.entries)) for acl in v4.local] == [
        ("GETVPN-MAP", 1),
        ("GETVPN-MAP-2", 1),
    ]
    assert v4.local[0].entries[0].destination == Selector(
        kind="host", address=IPv4Address("10.9.9.9")
    )
    assert v6.downloaded[0].server == IPv6Address("2001:db8:10::1")
    assert v6.local == ()


def test_either_half_can_be_asked_for_alone() -> None:
    local = "Group Name: A\n ACL Configured Locally: \nGroup Name: B\n ACL Configured Locally:\n"
    assert [g.local for g in gm_acls(local, f"{GM_COMMAND} local").groups] == [(), ()]
    downloaded = "Group Name: A\n ACL Downloaded From KS UNKNOWN:\n"
    (group,) = gm_acls(downloaded, f"{GM_COMMAND} download").groups
    assert (group.downloaded[0].server, group.downloaded[0].entries) == (None, ())


def test_a_line_that_is_no_permit_or_deny_is_not_lost() -> None:
    record = parse(KS_COMMAND, KS.replace("deny tcp any port = 179 any", "deny tcp any port"))
    assert [line.text for line in record.unparsed] == ["access-list BYPASS  deny tcp any port"]


@pytest.mark.parametrize("command", [KS_COMMAND, GM_COMMAND])
@pytest.mark.parametrize(
    "text", ["Key Server Policy:\n", "Extended IP access list A\n    10 permit ip any any\n"]
)
def test_another_output_is_refused(command: str, text: str) -> None:
    with pytest.raises(ParseError):
        parse(command, text)


def test_the_shared_captures_leave_nothing_over(shared: Path) -> None:
    for capture in captures(shared, "gdoi ks acl"):
        assert [len(group.entries) for group in ks_acls(capture.text).groups] == [5] * 6
    for capture in captures(shared, "gdoi gm acl"):
        (group,) = gm_acls(capture.text).groups
        assert [(acl.map_name, acl.entries[0].name) for acl in group.local] == [("cisco", "bypass")]
        assert group.downloaded[0].server == IPv4Address("202.100.1.1")


def test_the_other_parser_agrees(shared: Path) -> None:
    for capture in captures(shared, "gdoi ks acl"):
        ours: dict[Trail, object] = {
            ("group_name", group.group, "configured_acl", str(index)): (
                # the device prints two blanks behind the name
                line.text.replace(f" {line.name} ", f" {line.name}  ", 1)
            )
            for group in ks_acls(capture.text).groups
            for index, line in enumerate(group.entries)
        }
        assert_covers(capture.expected, ours)
