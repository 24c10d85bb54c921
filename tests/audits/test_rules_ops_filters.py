"""Filters on the interfaces of members, and IPv6 that no group takes."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Fix, Grade, Severity
from getvpn.audits.rules.ops_filters import esp_filtered, ipv6_in_clear, registration_filtered

from .policies import PERMIT, gm_acl, key_server, member, messages, reasons

PART = "the text is a part of a configuration: it has no line 'hostname'"
ESP = "permit esp any any"
UDP = ("permit udp any any eq isakmp", "permit udp any any eq 848")


def _gm(*lines: str, kind: str = "extended", more: str = "") -> str:
    text = member().replace(
        " crypto map GETVPN\n", " ip access-group FROM-WAN in\n crypto map GETVPN\n"
    )
    entries = "".join(f" {line}\n" for line in lines)
    return f"{text}{more}ip access-list {kind} FROM-WAN\n{entries}"


def _audit(rule: AnyRule, *lines: str, **parts: str) -> Report:
    return audit_example(rule, {"gm1.cfg": _gm(*lines, **parts)})


def _passes(made: Report) -> bool:
    assert made.not_checked == ()
    return not made.findings


RULES = (esp_filtered, registration_filtered)


@pytest.mark.parametrize("rule", [*RULES, ipv6_in_clear], ids=lambda rule: rule.code)
def test_what_is_not_known_of_members_is_not_checked(rule: AnyRule) -> None:
    made = audit_example(rule, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
    made = audit_example(rule, {"gm1.cfg": member().split("\n", 1)[1]})
    assert reasons(made) == [PART]
    assert _passes(audit_example(rule, {"ks1.cfg": key_server(PERMIT)}))
    assert _passes(audit_example(rule, {"gm1.cfg": member()}))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_lists_that_are_not_known_are_not_judged(rule: AnyRule) -> None:
    assert reasons(_audit(rule, "permit bogus")) == [
        "a line of access list FROM-WAN was not understood"
    ]
    assert reasons(_audit(rule, "permit ip object-group A any")) == [
        "access list FROM-WAN has entries that are not known"
    ]
    assert _passes(_audit(rule, "permit ip object-group A any", "permit ip any any"))
    assert _passes(_audit(rule))
    text = _gm("deny ip any any").replace("extended FROM-WAN", "extended OTHER")
    assert _passes(audit_example(rule, {"gm1.cfg": text}))
    text = _gm("deny ip any any").replace("FROM-WAN in", "FROM-WAN out")
    assert _passes(audit_example(rule, {"gm1.cfg": text}))


def test_a_list_without_esp_drops_what_other_members_send() -> None:
    (finding,) = _audit(esp_filtered, *UDP, "permit tcp any any").findings
    assert finding.severity is Severity.HIGH
    assert finding.message == (
        "access list FROM-WAN lets no ESP into GigabitEthernet0/1, which encrypts for a group"
    )
    assert finding.evidence[0].text == "ip access-group FROM-WAN in"
    assert finding.fixes == (
        Fix(
            device="gm1",
            lines=("ip access-list extended FROM-WAN", " permit esp any any"),
            grade=Grade.SAFE,
        ),
    )


def test_a_permit_behind_a_deny_would_not_be_reached() -> None:
    (finding,) = _audit(esp_filtered, *UDP, "deny ip any any").findings
    assert finding.fixes == ()
    (finding,) = _audit(esp_filtered, "deny ip any any", ESP).findings
    assert finding.fixes == ()
    (finding,) = _audit(registration_filtered, ESP, "deny ip any any").findings
    assert finding.fixes == ()
    (finding,) = _audit(esp_filtered, *UDP, "deny tcp any any").findings
    assert len(finding.fixes) == 1
    partly = "permit udp any eq 4500 any eq isakmp"
    (finding,) = _audit(registration_filtered, ESP, partly, UDP[1]).findings
    assert finding.message.endswith("drops UDP 500 from 10.10.1.1")


@pytest.mark.parametrize(
    "line",
    [
        ESP,
        "permit ip any any",
        "permit esp 10.0.0.0 0.255.255.255 any",
        "permit ip object-group SITES any",
    ],
)
def test_a_part_of_esp_is_enough(line: str) -> None:
    more = "object-group network SITES\n 10.0.0.0 255.0.0.0\n"
    assert _passes(_audit(esp_filtered, "deny esp host 10.9.9.9 any", line, more=more))


def test_standard_lists_select_by_source() -> None:
    assert _passes(_audit(esp_filtered, "permit 10.0.0.0 0.255.255.255", kind="standard"))
    assert _passes(_audit(registration_filtered, "permit 10.10.1.1", kind="standard"))


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (UDP[:1], "drops UDP 848 from 10.10.1.1"),
        (UDP[1:], "drops UDP 500 from 10.10.1.1"),
        ((), "drops UDP 500 from 10.10.1.1 and UDP 848 from 10.10.1.1"),
        (("permit udp host 10.10.2.1 any",), "UDP 500 from 10.10.1.1 and UDP 848"),
    ],
)
def test_a_list_that_drops_what_key_servers_send_is_found(
    lines: tuple[str, ...], missing: str
) -> None:
    (finding,) = _audit(registration_filtered, ESP, *lines).findings
    assert finding.severity is Severity.HIGH
    assert finding.message.startswith("access list FROM-WAN of GigabitEthernet0/1 drops UDP")
    assert missing in finding.message
    (fix,) = finding.fixes
    assert fix.lines[0] == "ip access-list extended FROM-WAN"
    ports = {"isakmp": "UDP 500", "848": "UDP 848"}
    assert fix.lines[1:] == tuple(
        f" permit udp host 10.10.1.1 any eq {name}"
        for name, port in ports.items()
        if f"{port} from 10.10.1.1" in finding.message
    )


def test_messages_of_key_servers_may_pass_in_other_words() -> None:
    assert _passes(_audit(registration_filtered, "permit udp host 10.10.1.1 any"))
    assert _passes(
        _audit(registration_filtered, "permit udp any eq 500 any", "permit udp any eq 848 any")
    )
    assert _passes(_audit(registration_filtered, "permit udp any host 10.20.1.1"))


def test_key_servers_beside_the_interface_are_no_matter_of_its_list() -> None:
    aside = "interface GigabitEthernet0/2\n ip address 10.40.1.1 255.255.255.0\n"
    text = _gm(ESP, more=aside).replace(
        "crypto map GETVPN 10",
        " client registration interface GigabitEthernet0/2\ncrypto map GETVPN 10",
    )
    assert _passes(audit_example(registration_filtered, {"gm1.cfg": text}))
    named = _gm(ESP).replace(
        "server address ipv4 10.10.1.1", "server hostname ipv4 ks1.example.net"
    )
    assert _passes(audit_example(registration_filtered, {"gm1.cfg": named}))
    ipv6 = _gm(ESP).replace("server address ipv4 10.10.1.1", "server address ipv6 2001:db8::1")
    assert _passes(audit_example(registration_filtered, {"gm1.cfg": ipv6}))


# ---- IPv6 ----


def _dual(lan: str = "", wan: str = "", more: str = "ipv6 unicast-routing\n") -> str:
    text = member(more=more)
    text = text.replace("10.31.0.1 255.255.255.0\n", f"10.31.0.1 255.255.255.0\n{lan}")
    return text.replace("255.255.255.252\n", f"255.255.255.252\n{wan}")


LAN = " ipv6 address 2001:db8:31::1/64\n"
WAN = " ipv6 address 2001:db8:20::1/64\n"


def test_ipv6_beside_an_ipv4_group_leaves_in_clear() -> None:
    (finding,) = audit_example(ipv6_in_clear, {"gm1.cfg": _dual(LAN, WAN)}).findings
    assert finding.severity is Severity.LOW
    assert finding.message == (
        "GigabitEthernet0/1 encrypts IPv4 for a group, IPv6 from GigabitEthernet0/0 leaves it in "
        "clear"
    )
    assert finding.evidence[0].text == WAN.strip()
    assert finding.remediation.endswith("interface GigabitEthernet0/1\n ipv6 crypto map <map>")


@pytest.mark.parametrize(
    ("lan", "wan", "more"),
    [
        (LAN, WAN, ""),
        (LAN, "", "ipv6 unicast-routing\n"),
        ("", WAN, "ipv6 unicast-routing\n"),
        (LAN, f"{WAN} ipv6 crypto map G6\n", "ipv6 unicast-routing\n"),
        (f" shutdown\n{LAN}", WAN, "ipv6 unicast-routing\n"),
    ],
)
def test_ipv6_that_is_not_routed_or_is_encrypted_is_no_fault(lan: str, wan: str, more: str) -> None:
    made = audit_example(ipv6_in_clear, {"gm1.cfg": _dual(lan, wan, more)})
    assert (messages(made), made.not_checked) == ([], ())
