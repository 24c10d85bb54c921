"""Tunnels inside a group, fragments, hosts that are told, the smallest link of a group."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Fix, Grade, Severity
from getvpn.audits.rules.mtu_links import smaller_elsewhere, smaller_path
from getvpn.audits.rules.mtu_paths import (
    fragments_after,
    fragments_forbidden,
    hosts_not_told,
    tunnel_too_large,
)
from getvpn.audits.settings import Settings

from .policies import PERMIT, gm_acl, key_server, member, messages, reasons

PART = "the text is a part of a configuration: it has no line 'hostname'"
AES_256 = "esp-aes 256 esp-sha256-hmac"


def _server(*lines: str, transforms: str = AES_256) -> str:
    text = key_server(*(lines or (PERMIT,)))
    text = text.replace("   match", "   profile PROF\n   replay time window-size 5\n   match")
    return (
        f"{text}crypto ipsec transform-set TS {transforms}\n"
        "crypto ipsec profile PROF\n set transform-set TS\n"
    )


def _gm(lan: str = "", wan: str = "", more: str = "", name: str = "gm1", number: int = 1) -> str:
    text = member(name, wan=f"10.20.{number}.1", lan=f"10.3{number}.0.1", more=more)
    text = text.replace("255.255.255.0\n", f"255.255.255.0\n{lan}", 1)
    return text.replace(" crypto map GETVPN\n", f"{wan} crypto map GETVPN\n")


def _passes(made: Report) -> bool:
    assert made.not_checked == ()
    return not made.findings


def _part(text: str) -> str:
    return text.split("\n", 1)[1]


# ---- tunnels ----

TUNNEL = """\
interface Tunnel1
 ip address 10.50.0.1 255.255.255.0
{more} tunnel source {source}
 tunnel destination {destination}
"""


def _tunnel(
    more: str = "",
    source: str = "GigabitEthernet0/1",
    destination: str = "10.20.2.1",
    server: str | None = None,
    wan: str = "",
) -> Report:
    tunnel = TUNNEL.format(more=more, source=source, destination=destination)
    files = {"gm1.cfg": _gm(wan=wan, more=tunnel), "ks1.cfg": server or _server()}
    return audit_example(tunnel_too_large, files)


def test_a_tunnel_that_the_group_encrypts_needs_a_smaller_mtu() -> None:
    (finding,) = _tunnel().findings
    assert finding.severity is Severity.MEDIUM
    # AES-256, SHA-256 and a time stamp leave 1422 of 1500, GRE 24 less
    assert finding.message == (
        "packets of Tunnel1 have up to 1500 bytes with GRE, of which 1422 fit when the group "
        "encrypts them"
    )
    assert finding.fixes == (
        Fix(
            device="gm1",
            lines=("interface Tunnel1", " ip mtu 1398", " ip tcp adjust-mss 1358"),
            grade=Grade.SAFE,
        ),
    )


@pytest.mark.parametrize(
    ("more", "wan", "passes"),
    [
        (" ip mtu 1398\n", "", True),
        (" ip mtu 1399\n", "", False),
        ("", " mtu 4470\n", True),
        (" tunnel mode gre multipoint\n", "", False),
        (" tunnel mode ipsec ipv4\n", "", True),
        (" tunnel protection ipsec profile P\n", "", True),
        (" shutdown\n", "", True),
    ],
)
def test_tunnels_that_fit_or_are_no_gre_pass(more: str, wan: str, passes: bool) -> None:
    assert _passes(_tunnel(more, wan=wan)) is passes


@pytest.mark.parametrize(
    ("source", "destination", "passes"),
    [
        ("gi0/1", "10.20.2.1", False),
        ("10.20.1.1", "10.20.2.1", False),
        ("192.0.2.1", "10.20.2.1", True),
        ("GigabitEthernet0/1", "192.0.2.1", True),
        ("Loopback9", "10.20.2.1", True),
        ("GigabitEthernet0/1", "peer.example.net", True),
        ("gre-source.example.net", "10.20.2.1", True),
    ],
)
def test_only_tunnels_between_addresses_that_are_encrypted_count(
    source: str, destination: str, passes: bool
) -> None:
    assert _passes(_tunnel(source=source, destination=destination)) is passes


def test_gre_that_the_policy_leaves_in_clear_is_wrapped_once() -> None:
    assert _passes(_tunnel(server=_server("deny gre any any", PERMIT)))
    made = audit_example(
        tunnel_too_large,
        {"ks1.cfg": _server(), "gm1.cfg": _gm(more="interface Tunnel1\n tunnel source gi0/1\n")},
    )
    assert _passes(made)


def test_without_policy_or_transform_a_tunnel_is_not_judged() -> None:
    tunnel = TUNNEL.format(more="", source="10.20.1.1", destination="10.20.2.1")
    made = audit_example(tunnel_too_large, {"gm1.cfg": _gm(more=tunnel)})
    assert reasons(made) == ["the policy of the group is not known, Tunnel1 may not fit"]
    made = _tunnel(" ip mtu 1420\n", server=key_server(PERMIT))
    assert reasons(made) == ["the transform of the group is not known, Tunnel1 may not fit"]
    assert _tunnel(" ip mtu 1430\n", server=key_server(PERMIT)).findings
    made = _tunnel(server=_server("permit ip object-group A any"))
    assert reasons(made) == ["the policy of the group is not known, Tunnel1 may not fit"]
    made = audit_example(tunnel_too_large, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
    made = audit_example(tunnel_too_large, {"gm1.cfg": _part(_gm())})
    assert reasons(made) == [PART]
    assert _passes(audit_example(tunnel_too_large, {"gm1.cfg": _gm(wan=" shutdown\n")}))


# ---- fragments ----

LINES = {
    fragments_forbidden.code: "crypto ipsec df-bit set",
    fragments_after.code: "crypto ipsec fragmentation after-encryption",
}
FRAGMENTS = pytest.mark.parametrize(
    "rule", [fragments_forbidden, fragments_after], ids=lambda rule: rule.code
)


@FRAGMENTS
def test_a_line_for_the_whole_member_is_found(rule: AnyRule) -> None:
    line = LINES[rule.code]
    (finding,) = audit_example(rule, {"gm1.cfg": _gm(more=f"{line}\n")}).findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message.startswith(f"'{line}': the member ")
    assert finding.evidence[0].text == line
    assert finding.fixes[0].lines[0] == f"no {line}"
    assert finding.fixes[0].grade is Grade.SAFE


@FRAGMENTS
def test_a_line_of_an_encrypting_interface_is_found_once(rule: AnyRule) -> None:
    line = LINES[rule.code]
    text = _gm(wan=f" {line}\n ipv6 crypto map M6\n")
    (finding,) = audit_example(rule, {"gm1.cfg": text}).findings
    assert finding.message.startswith(f"'{line}': GigabitEthernet0/1 ")
    assert finding.fixes[0].lines[:2] == ("interface GigabitEthernet0/1", f" no {line}")
    assert _passes(audit_example(rule, {"gm1.cfg": _gm(lan=f" {line}\n")}))


@FRAGMENTS
def test_other_settings_and_other_devices_pass(rule: AnyRule) -> None:
    more = "crypto ipsec df-bit clear\ncrypto ipsec fragmentation before-encryption\n"
    assert _passes(audit_example(rule, {"gm1.cfg": _gm(more=more)}))
    text = f"hostname r1\n{LINES[rule.code]}\n"
    assert _passes(audit_example(rule, {"r1.cfg": text}))
    made = audit_example(rule, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
    assert _passes(audit_example(rule, {"ks1.cfg": key_server(PERMIT)}))


@FRAGMENTS
def test_a_part_says_what_is_there_and_not_what_is_not(rule: AnyRule) -> None:
    assert reasons(audit_example(rule, {"gm1.cfg": _part(_gm())})) == [PART]
    made = audit_example(rule, {"gm1.cfg": _part(_gm(more=f"{LINES[rule.code]}\n"))})
    assert (len(made.findings), made.not_checked) == (1, ())


# ---- hosts ----


def test_a_lan_that_does_not_tell_its_hosts_is_found() -> None:
    files = {"gm1.cfg": _gm(" no ip unreachables\n"), "ks1.cfg": _server()}
    (finding,) = audit_example(hosts_not_told, files).findings
    assert finding.severity is Severity.LOW
    assert finding.message == (
        "GigabitEthernet0/0 does not tell hosts that packets are too large: packets of 1500 bytes "
        "grow by 78 to 93, the MTU of GigabitEthernet0/1 is 1500"
    )
    assert finding.evidence[0].text == "no ip unreachables"
    assert finding.fixes[0].lines == ("interface GigabitEthernet0/0", " ip unreachables")


@pytest.mark.parametrize(
    ("lan", "wan", "more"),
    [
        ("", "", ""),
        (" ip unreachables\n", "", ""),
        (" no ip unreachables\n ip mtu 1400\n", "", ""),
        (" no ip unreachables\n", " mtu 4470\n", ""),
        (" no ip unreachables\n", "", "crypto ipsec df-bit clear\n"),
        (" no ip unreachables\n", " crypto ipsec df-bit clear\n", ""),
        ("", " no ip unreachables\n", ""),
        (" no ipv6 unreachables\n", "", ""),
    ],
)
def test_lans_that_tell_or_need_not_pass(lan: str, wan: str, more: str) -> None:
    assert _passes(audit_example(hosts_not_told, {"gm1.cfg": _gm(lan, wan, more)}))


def test_lans_of_ipv6_have_a_line_of_their_own() -> None:
    text = """\
hostname gm1
crypto gdoi group ipv6 G6
 identity number 1006
 server address ipv4 10.10.1.1
crypto map ipv6 M6 10 gdoi
 set group G6
interface GigabitEthernet0/0
 ipv6 address 2001:db8:31::1/64
 no ipv6 unreachables
interface GigabitEthernet0/1
 ipv6 address 2001:db8:20::1/64
 ipv6 crypto map M6
"""
    (finding,) = audit_example(hosts_not_told, {"gm1.cfg": text}).findings
    assert finding.fixes[0].lines[1] == " ipv6 unreachables"
    made = audit_example(hosts_not_told, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
    assert reasons(audit_example(hosts_not_told, {"gm1.cfg": _part(_gm())})) == [PART]
    assert _passes(audit_example(hosts_not_told, {"ks1.cfg": key_server(PERMIT)}))


# ---- the smallest link ----


def _two(lan: str = "", wan: str = " mtu 4470\n", other: str = "", **more: str) -> Report:
    files = {
        "ks1.cfg": _server(),
        "gm1.cfg": _gm(lan, wan),
        "gm2.cfg": _gm(wan=other, name="gm2", number=2),
        **more,
    }
    return audit_example(smaller_elsewhere, files)


def test_what_fits_at_home_may_not_fit_elsewhere() -> None:
    (finding,) = _two().findings
    assert finding.severity is Severity.MEDIUM
    assert finding.device == "gm1"
    assert finding.message == (
        "packets from GigabitEthernet0/0 fit the WAN of gm1, but not that of gm2: 1422 bytes fit "
        "there when they are encrypted"
    )
    assert [(each.source, each.text) for each in finding.evidence] == [
        ("gm1.cfg", "interface GigabitEthernet0/0"),
        ("gm2.cfg", "interface GigabitEthernet0/1"),
        ("ks1.cfg", f"crypto ipsec transform-set TS {AES_256}"),
    ]
    assert finding.fixes[0].lines == (
        "interface GigabitEthernet0/0",
        " ip tcp adjust-mss 1360",
    )


@pytest.mark.parametrize(
    ("lan", "other", "found"),
    [
        (" ip tcp adjust-mss 1360\n", "", False),
        (" ip tcp adjust-mss 1361\n", "", True),
        (" ip tcp adjust-mss 1360\n", " ip mtu 1400\n", True),
        (" ip tcp adjust-mss 1270\n", " ip mtu 1400\n", False),
        (" ip tcp adjust-mss 1271\n", " ip mtu 1400\n", True),
        (" ip mtu 1422\n", "", False),
        (" ip mtu 1423\n", "", True),
        ("", " mtu 4470\n", False),
        ("", " mtu 9000\n", False),
        (" mtu 9000\n", "", False),
    ],
)
def test_clamps_and_mtus_are_measured_by_the_smallest_link(
    lan: str, other: str, found: bool
) -> None:
    made = _two(lan, other=other)
    assert [finding.device for finding in made.findings] == ["gm1"] * found
    assert made.not_checked == ()


def test_the_largest_segment_is_a_threshold_of_the_group_as_well() -> None:
    files = {
        "ks1.cfg": _server(),
        "gm1.cfg": _gm(" ip tcp adjust-mss 1360\n", " mtu 4470\n"),
        "gm2.cfg": _gm(name="gm2", number=2),
    }
    (finding,) = audit_example(smaller_elsewhere, files, Settings(mss_max=1300)).findings
    assert finding.fixes[0].lines[1] == " ip tcp adjust-mss 1300"


def test_links_of_another_group_do_not_count() -> None:
    more = (
        "vrf definition BLUE\ncrypto gdoi group G2\n identity number 1002\n"
        " server address ipv4 10.10.9.1\ncrypto map OTHER 10 gdoi\n set group G2\n"
        "interface GigabitEthernet0/2\n vrf forwarding BLUE\n"
        " ip address 10.20.9.1 255.255.255.252\n crypto map OTHER\n"
    )
    other = _gm(wan=" mtu 4470\n", name="gm2", number=2, more=more)
    assert _passes(_two(" ip mtu 1500\n", **{"gm2.cfg": other}))


def test_members_that_are_not_known_in_full_are_not_compared() -> None:
    made = _two(**{"gm2.cfg": _part(_gm(name="gm2", number=2))})
    assert (made.findings, reasons(made)) == ((), [PART])
    made = _two(**{"gm3/show crypto gdoi gm acl.txt": gm_acl(PERMIT, name="gm3")})
    assert (len(made.findings), reasons(made)) == (1, ["there is no configuration"])
    made = audit_example(smaller_elsewhere, {"ks1.cfg": _server(), "gm1.cfg": _gm()})
    assert _passes(made)


# ---- paths ----


def _sa(path: int, link: int = 1500, group: str = "G1") -> str:
    shown = smaller_path.good["gm1/show crypto ipsec sa.txt"]
    mtus = f"path mtu {path}, ip mtu {link},"
    return shown.replace("path mtu 1500, ip mtu 1500,", mtus).replace("G1", group)


def _path(text: str) -> Report:
    return audit_example(smaller_path, {"gm1.cfg": _gm(), "gm1/show crypto ipsec sa.txt": text})


def test_a_path_that_is_smaller_than_its_link_is_found() -> None:
    for path in (1400, 1499):
        (finding,) = _path(_sa(path)).findings
        assert finding.severity is Severity.LOW
        assert finding.message == (
            f"the path of group G1 has an MTU of {path}, GigabitEthernet0/1 one of 1500"
        )
        assert finding.evidence[0].value == str(path)
        assert finding.remediation.endswith(f"interface GigabitEthernet0/1\n ip mtu {path}")


def test_paths_as_large_as_their_links_pass() -> None:
    assert _passes(_path(_sa(1500)))
    assert _passes(_path(_sa(1500, 1400)))
    made = _path(_sa(1400, group="G2"))
    assert reasons(made) == ["there is no 'show crypto ipsec sa'"]
    made = audit_example(smaller_path, {"gm1.cfg": _gm()})
    assert reasons(made) == ["there is no 'show crypto ipsec sa'"]
    assert messages(made) == []
