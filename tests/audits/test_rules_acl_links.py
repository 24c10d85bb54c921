"""Protocols of the link, and logins, that a policy would encrypt on some member."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import AnyRule, Grade, Severity
from getvpn.audits.rules.acl_links import (
    bfd_encrypted,
    dhcp_encrypted,
    igmp_encrypted,
    ldp_encrypted,
    link_local_encrypted,
    radius_encrypted,
    redundancy_encrypted,
)

from .policies import PERMIT, SEED, gm_acl, key_server, member, messages, reasons, report

ALL = "permit ip any any"
RULES = (
    redundancy_encrypted,
    bfd_encrypted,
    ldp_encrypted,
    dhcp_encrypted,
    radius_encrypted,
    igmp_encrypted,
)
PART = "the text is a part of a configuration: it has no line 'hostname'"


def _gm(line: str = "", more: str = "", local: str = "") -> str:
    text = member(more=more)
    text = text.replace(
        " crypto map GETVPN\n", f" {line}\n crypto map GETVPN\n" if line else " crypto map GETVPN\n"
    )
    if local:
        text = text.replace(" set group G1\n", " set group G1\n match address LOCAL\n")
        text += f"ip access-list extended LOCAL\n {local}\n"
    return text


def _audit(rule: AnyRule, *lines: str, gm: str) -> Report:
    return audit_example(rule, {"ks1.cfg": key_server(*lines), "gm1.cfg": gm})


def _passes(made: Report) -> bool:
    assert made.not_checked == ()
    return not made.findings


RADIUS = "radius server A\n address ipv4 10.9.0.1 auth-port 1812 acct-port 1813\n"
USES = [
    ("ACL033", "standby 1 ip 10.20.1.2", "", "HSRP", ("udp any any eq 1985",)),
    ("ACL033", "standby ip 10.20.1.2", "", "HSRP", ("udp any any eq 1985",)),
    ("ACL033", "vrrp 1 ip 10.20.1.2", "", "VRRP", ("112 any any",)),
    ("ACL033", "glbp 1 ip 10.20.1.2", "", "GLBP", ("udp any any eq 3222",)),
    ("ACL034", "bfd interval 500 min_rx 500 multiplier 3", "", "BFD", ("udp any any eq 3784",)),
    (
        "ACL035",
        "mpls ip",
        "",
        "LDP",
        ("udp any any eq 646", "tcp any any eq 646", "tcp any eq 646 any"),
    ),
    ("ACL036", "ip address dhcp", "", "DHCP", ("udp any eq bootpc any eq bootps",)),
    (
        "ACL037",
        "",
        RADIUS,
        "RADIUS",
        ("udp any any eq 1812", "udp any eq 1812 any"),
    ),
    (
        "ACL037",
        "",
        "radius-server host 10.9.0.1\n",
        "RADIUS",
        ("udp any any eq 1645", "udp any eq 1645 any"),
    ),
    (
        "ACL037",
        "",
        "radius-server host 10.9.0.1 auth-port 1812 acct-port 1813\n",
        "RADIUS",
        ("udp any any eq 1812", "udp any eq 1812 any"),
    ),
    ("ACL038", "ip pim sparse-mode", "", "IGMP", ("igmp any any",)),
    ("ACL038", "ip igmp join-group 239.1.1.1", "", "IGMP", ("igmp any any",)),
]


@pytest.mark.parametrize(("code", "line", "more", "name", "denies"), USES)
def test_a_protocol_that_a_member_speaks_must_be_denied(
    code: str, line: str, more: str, name: str, denies: tuple[str, ...]
) -> None:
    rule, gm = registry()[code], _gm(line, more)
    lines = [f"{number} deny {deny}" for number, deny in enumerate(denies, start=1)]
    (finding,) = _audit(rule, f"50 {ALL}", gm=gm).findings
    assert f"policy of group G1 encrypts {name} of gm1 " in finding.message
    assert finding.severity is rule.severity
    assert finding.device == "ks1"
    missing = " and ".join(f"'deny {deny}'" for deny in denies)
    assert finding.message.endswith(f": no {missing} before '50 {ALL}'")
    assert finding.evidence[0].text == f"50 {ALL}"
    words = (line or more).split()
    assert finding.evidence[1].text.split()[0] in (words[0], "address")
    lines_wanted = "".join(f"\n deny {deny}" for deny in denies)
    assert finding.remediation == (
        f"ip access-list extended POLICY\n ! in front of the permits{lines_wanted}"
    )
    first = 50 - len(denies)
    typed = [f" {first + at} deny {deny}" for at, deny in enumerate(denies)]
    (fix,) = finding.fixes
    assert (fix.lines, fix.grade) == (
        ("ip access-list extended POLICY", *typed),
        Grade.REKEY,
    )
    assert _passes(_audit(rule, *lines, f"50 {ALL}", gm=gm))
    for at in range(len(lines)):
        fewer = lines[:at] + lines[at + 1 :]
        assert not _passes(_audit(rule, *fewer, f"50 {ALL}", gm=gm))


@pytest.mark.parametrize(("code", "line", "more"), [each[:3] for each in USES])
def test_a_deny_of_the_member_itself_is_enough(code: str, line: str, more: str) -> None:
    gm = _gm(line, more, local="deny ip any any")
    assert _passes(_audit(registry()[code], ALL, gm=gm))
    gm = _gm(line, more, local=ALL)
    (finding,) = _audit(registry()[code], ALL, gm=gm).findings
    assert finding.evidence[0].source == "ks1.cfg"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_members_without_the_protocol_need_no_deny(rule: AnyRule) -> None:
    assert _passes(_audit(rule, ALL, gm=_gm()))
    aside = "interface GigabitEthernet0/2\n ip address 10.40.1.1 255.255.255.0\n{}"
    lines = "".join(f" {line}\n" for _, line, *_ in USES if line)
    assert _passes(_audit(rule, ALL, gm=_gm(more=aside.format(lines))))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_without_members_nothing_is_known_of_their_protocols(rule: AnyRule) -> None:
    made = report(rule, ALL)
    assert reasons(made) == ["there is no configuration of a member"]
    assert [each.device for each in made.not_checked] == ["ks1"]
    made = _audit(rule, ALL, gm=_gm().split("\n", 1)[1])
    assert reasons(made) == [PART]
    assert [each.device for each in made.not_checked] == ["gm1"]
    files = {"ks1.cfg": key_server(ALL), "gm1/show crypto gdoi gm acl.txt": gm_acl(ALL)}
    assert reasons(audit_example(rule, files)) == ["there is no configuration"]
    text = key_server(ALL).replace("ip access-list", "! ")
    made = audit_example(rule, {"ks1.cfg": text, "gm1.cfg": _gm()})
    assert "access list POLICY is not in the configuration" in reasons(made)


def test_a_list_with_a_line_that_was_not_understood_is_not_judged() -> None:
    made = _audit(ldp_encrypted, "deny bogus", ALL, gm=_gm("mpls ip"))
    assert made.findings == ()
    assert reasons(made) == ["a line of access list POLICY was not understood"]


def test_a_policy_for_other_addresses_leaves_multicast_alone() -> None:
    for line in ("standby 1 ip 10.20.1.2", "vrrp 1 ip 10.20.1.2", "glbp 1 ip 10.20.1.2"):
        assert _passes(_audit(redundancy_encrypted, PERMIT, gm=_gm(line)))
    assert _passes(_audit(igmp_encrypted, PERMIT, gm=_gm("ip pim sparse-mode")))
    assert _passes(_audit(dhcp_encrypted, PERMIT, gm=_gm("ip address dhcp")))
    assert not _passes(
        _audit(bfd_encrypted, PERMIT, gm=_gm("bfd interval 50 min_rx 50 multiplier 3"))
    )
    (message,) = messages(_audit(ldp_encrypted, PERMIT, gm=_gm("mpls ip")))
    assert "no 'deny tcp any any eq 646' and 'deny tcp any eq 646 any' before" in message
    other = "permit ip 10.99.0.0 0.0.255.255 any"
    assert _passes(_audit(bfd_encrypted, other, gm=_gm("bfd interval 50 min_rx 50 multiplier 3")))
    assert _passes(
        _audit(radius_encrypted, "permit ip any 10.8.0.0 0.0.255.255", gm=_gm(more=RADIUS))
    )


def test_hsrp_says_its_version_by_the_group_that_it_sends_to() -> None:
    gm = _gm("standby 1 ip 10.20.1.2")
    second = gm.replace(" standby 1", " standby version 2\n standby 1")
    first_only = ("deny udp any host 224.0.0.2", ALL)
    assert _passes(_audit(redundancy_encrypted, *first_only, gm=gm))
    assert not _passes(_audit(redundancy_encrypted, *first_only, gm=second))
    second_only = ("deny udp any host 224.0.0.102", ALL)
    assert _passes(_audit(redundancy_encrypted, *second_only, gm=second))
    assert not _passes(_audit(redundancy_encrypted, *second_only, gm=gm))


def test_a_policy_is_told_of_once_however_many_members_suffer() -> None:
    files = {
        "ks1.cfg": key_server(ALL),
        "gm1.cfg": _gm("mpls ip"),
        "gm2.cfg": _gm("mpls ip").replace("hostname gm1", "hostname gm2"),
    }
    assert len(audit_example(ldp_encrypted, files).findings) == 1
    files["gm1.cfg"] = _gm()
    (finding,) = audit_example(ldp_encrypted, files).findings
    assert "LDP of gm2 on interface GigabitEthernet0/1" in finding.message


def test_a_server_without_address_or_in_words_is_passed_over() -> None:
    more = "radius server A\n address ipv4 radius.example.net\nradius-server host\n"
    more += "interface Null0\n address ipv4 10.9.0.1\n"
    assert _passes(_audit(radius_encrypted, ALL, gm=_gm(more=more)))


def test_groups_of_ipv6_have_other_protocols_of_the_link() -> None:
    text = """\
hostname ks1
crypto gdoi group ipv6 G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv6 POLICY6
  address ipv4 10.10.1.1
ipv6 access-list POLICY6
 permit ipv6 any any
"""
    made = audit_example(ldp_encrypted, {"ks1.cfg": text, "gm1.cfg": _gm("mpls ip")})
    assert _passes(made)


# ---- multicast of the link ----


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((ALL,), True),
        ((*SEED, ALL), True),
        (("deny ip any 224.0.0.0 0.0.0.255", ALL), False),
        (("deny ip any 224.0.0.0 15.255.255.255", ALL), False),
        (("deny ip any 224.0.0.0 0.0.0.127", ALL), True),
        ((PERMIT,), False),
        (("permit ip any 224.0.1.0 0.0.0.255",), False),
        (("permit tcp any any",), False),
    ],
)
def test_multicast_of_the_link_stays_in_clear(lines: tuple[str, ...], found: bool) -> None:
    made = report(link_local_encrypted, *lines)
    assert _passes(made) is not found
    if found:
        assert made.findings[0].severity is Severity.INFO
        assert made.findings[0].message == (
            f"'{ALL}' in the policy of group G1 encrypts multicast to 224.0.0.0/24, which stays on "
            "the link"
        )


def test_the_fix_for_multicast_stands_in_front_of_the_permit() -> None:
    (finding,) = report(link_local_encrypted, f"20 {ALL}").findings
    assert finding.fixes[0].lines == (
        "ip access-list extended POLICY",
        " 19 deny ip any 224.0.0.0 0.0.0.255",
    )
    made = report(link_local_encrypted, "permit ip object-group A any")
    assert reasons(made) == ["it is not known what 'permit ip object-group A any' selects"]
