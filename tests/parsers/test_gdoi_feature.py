from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi_feature import GdoiFeature

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures

COMMAND = "show crypto gdoi feature"

KEYWORDS = (
    *("ckm", "crl-check", "cts-sgt", "dp-recovery", "gdoi-interop-ack", "gdoi-mib", "gikev2"),
    *("gm-removal", "ip-d3p", "long-sa-lifetime", "pfs", "policy-replace", "suite-b"),
)

TWO_GROUPS = """\
Group Name: WAN-v4.prod
    Key Server ID       Version   Feature Supported
        10.10.1.1          1.0.27         Yes
        10.10.2.1          1.0.4         No

    Group Member ID     Version   Feature Supported
        10.20.0.1          1.0.25         Yes
        2001:DB8:20::1          1.0.3         No

Group Name: NEW-GROUP
    Key Server ID       Version   Feature Supported
        10.10.1.1          1.0.27         Yes

    Group Member ID     Version   Feature Supported
"""


def feature(text: str, command: str = COMMAND) -> GdoiFeature:
    record = parse(command, text)
    assert isinstance(record, GdoiFeature)
    assert (record.unparsed, record.partial) == ((), ())
    return record


def test_devices_stand_under_their_role() -> None:
    first, second = feature(TWO_GROUPS).groups
    assert first.key_servers is not None
    assert first.members is not None
    assert [(d.address, d.version, d.supported) for d in first.key_servers.devices] == [
        (IPv4Address("10.10.1.1"), "1.0.27", True),
        (IPv4Address("10.10.2.1"), "1.0.4", False),
    ]
    assert [(d.address, d.supported) for d in first.members.devices] == [
        (IPv4Address("10.20.0.1"), True),
        (IPv6Address("2001:db8:20::1"), False),
    ]
    assert second.members is not None
    assert (second.group, second.members.devices) == ("NEW-GROUP", ())


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_each_keyword_prints_one_shape(keyword: str) -> None:
    record = feature(TWO_GROUPS, f"show crypto gkm feature {keyword}")
    assert record.command == f"show crypto gkm feature {keyword}"
    assert record == feature(TWO_GROUPS)


def test_a_cut_is_noticed_unless_only_members_or_groups_are_gone() -> None:
    ends = [line.split()[0] for line in unnoticed_cuts(COMMAND, TWO_GROUPS)]
    assert ends == ["Group", "10.20.0.1", "2001:DB8:20::1"]


@pytest.mark.parametrize("text", ["Group Name: A\n Configured ACL:\n", "% Ambiguous command\n"])
def test_another_output_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, text)


def test_the_other_parser_agrees_on_all_captures(shared: Path) -> None:
    found = captures(shared, "gdoi feature")
    assert len(found) == 9
    for capture in found:
        ours: dict[Trail, object] = {}
        for group in feature(capture.text, capture.command).groups:
            for role, table in (("key_server", group.key_servers), ("group_member", group.members)):
                word = role.split("_")[0]
                name = "key_server_id" if role == "key_server" else "group_member_id"
                version = "key_version" if role == "key_server" else "group_member_version"
                for number, device in enumerate(table.devices if table else (), start=1):
                    at: Trail = ("group", group.group, role, str(number))
                    ours |= {
                        (*at, name): str(device.address),
                        (*at, version): device.version,
                        (*at, f"{word}_feature_supported"): "Yes" if device.supported else "No",
                    }
        assert_covers(capture.expected, ours)
