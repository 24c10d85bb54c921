"""Fail-close: blocks that are there, in force, and let through what has to pass."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Fix, Grade, Severity
from getvpn.audits.rules.fcl import cannot_register, fails_open, not_activated
from getvpn.audits.rules.fcl_traffic import (
    management_dropped,
    open_while_closed,
    permits_in_list,
    revert_to_nothing,
    routing_dropped,
)
from getvpn.audits.settings import Settings

from .policies import PERMIT, gm_acl, key_server, messages, reasons, severities

BLOCK = "crypto map GETVPN gdoi fail-close\n match address CLOSED\n activate\n"
GM = """\
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 {server}
{group}{block}crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
{more}ip access-list extended CLOSED
{lines}"""
REGISTRATION = ("deny udp any any eq 500", "deny udp any any eq 848")
SSH = ("deny tcp any any eq 22", "deny tcp any eq 22 any")
RULES = (
    fails_open,
    not_activated,
    cannot_register,
    management_dropped,
    routing_dropped,
    permits_in_list,
    open_while_closed,
)


def _gm(
    *lines: str, block: str = BLOCK, more: str = "", group: str = "", server: str = "10.10.1.1"
) -> str:
    entries = "".join(f" {line}\n" for line in lines)
    return GM.format(block=block, more=more, group=group, lines=entries, server=server)


def _audit(rule: AnyRule, *lines: str, **parts: str) -> Report:
    return audit_example(rule, {"gm1.cfg": _gm(*lines, **parts)})


def _passes(made: Report) -> bool:
    assert made.not_checked == ()
    return not made.findings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_list_with_all_that_is_needed_passes(rule: AnyRule) -> None:
    assert _passes(_audit(rule, *SSH, *REGISTRATION))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_what_is_not_known_of_a_member_is_not_checked(rule: AnyRule) -> None:
    made = audit_example(rule, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
    text = _gm(*SSH, *REGISTRATION, block="").removeprefix("hostname gm1\n")
    made = audit_example(rule, {"gm1.cfg": text})
    assert reasons(made) == ["the text is a part of a configuration: it has no line 'hostname'"]
    made = audit_example(rule, {"ks1.cfg": key_server(PERMIT)})
    assert (made.findings, made.not_checked) == ((), ())


@pytest.mark.parametrize(
    "rule",
    [cannot_register, management_dropped, routing_dropped, permits_in_list, open_while_closed],
    ids=lambda rule: rule.code,
)
def test_a_list_that_is_not_known_in_full_is_not_judged(rule: AnyRule) -> None:
    made = _audit(rule, "deny bogus any any")
    assert (made.findings, reasons(made)) == (
        (),
        ["a line of access list CLOSED was not understood"],
    )
    text = _gm().removeprefix("hostname gm1\n").replace("ip access-list extended CLOSED\n", "")
    made = audit_example(rule, {"gm1.cfg": text})
    assert reasons(made) == ["the text is a part of a configuration: it has no line 'hostname'"]


# ---- the block ----


def test_a_site_says_how_bad_it_is_to_fail_open() -> None:
    text = {"gm1.cfg": _gm(block="")}
    (finding,) = audit_example(fails_open, text).findings
    assert finding.severity is Severity.LOW
    assert finding.evidence[0].text == "crypto map GETVPN 10 gdoi"
    assert "crypto map GETVPN gdoi fail-close" in finding.remediation
    assert finding.fixes == ()
    made = audit_example(fails_open, text, Settings(fail_close="required"))
    assert severities(made) == [Severity.HIGH]
    made = audit_example(fails_open, text, Settings(fail_close="optional"))
    assert (made.findings, made.not_checked) == ((), ())


def test_maps_without_group_need_no_fail_close() -> None:
    text = _gm(block="").replace("10 gdoi\n set group G1", "10 ipsec-isakmp\n set peer 10.0.0.1")
    assert _passes(audit_example(fails_open, {"gm1.cfg": text}))
    text += "crypto map GETVPN 20 gdoi\n set group G1\n"
    assert not _passes(audit_example(fails_open, {"gm1.cfg": text}))


def test_a_block_without_activate_is_found() -> None:
    block = BLOCK.replace(" activate\n", "")
    (finding,) = _audit(not_activated, *SSH, *REGISTRATION, block=block).findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        "the fail-close block of crypto map GETVPN is not activated: the member fails open"
    )
    assert finding.fixes == (
        Fix(
            device="gm1",
            lines=("crypto map GETVPN gdoi fail-close", " activate"),
            grade=Grade.SAFE,
        ),
    )


def test_a_block_that_would_lock_out_is_not_activated_by_a_fix() -> None:
    block = BLOCK.replace(" activate\n", "")
    (finding,) = _audit(not_activated, *SSH, block=block).findings
    assert finding.fixes == ()
    (finding,) = _audit(not_activated, "deny bogus", block=block).findings
    assert finding.fixes == ()


# ---- registration ----


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (REGISTRATION[1:], "no 'deny udp any any eq isakmp'"),
        (REGISTRATION[:1], "no 'deny udp any any eq 848'"),
        ((), "no 'deny udp any any eq isakmp' and 'deny udp any any eq 848'"),
        (("permit udp any any", *REGISTRATION), "eq isakmp' and 'deny udp any any eq 848'"),
        (("deny udp any host 10.10.1.1",), "no 'deny udp any any eq isakmp' and"),
    ],
)
def test_a_member_that_cannot_register_is_cut_off(lines: tuple[str, ...], missing: str) -> None:
    (finding,) = _audit(cannot_register, *lines).findings
    assert finding.severity is Severity.CRITICAL
    assert finding.message.startswith(
        "the fail-close block of crypto map GETVPN drops registration"
    )
    assert missing in finding.message
    assert finding.evidence[0].text == "match address CLOSED"
    assert bool(finding.fixes) is (not any("permit" in line for line in lines))
    if finding.fixes:
        assert finding.fixes[0].lines[0] == "ip access-list extended CLOSED"
        assert finding.fixes[0].lines[-1].strip() in missing or len(finding.fixes[0].lines) == 3


@pytest.mark.parametrize(
    "lines",
    [
        ("deny ip any any",),
        ("deny udp any host 10.10.1.1", "deny udp host 10.10.1.1 any"),
        ("deny udp any eq 500 any eq 500", "deny udp any eq 848 any eq 848"),
    ],
)
def test_registration_may_be_let_through_in_other_words(lines: tuple[str, ...]) -> None:
    assert _passes(_audit(cannot_register, *lines))


def test_a_block_that_is_not_in_force_is_less_urgent() -> None:
    block = BLOCK.replace(" activate\n", "")
    for rule in (cannot_register, management_dropped):
        assert severities(_audit(rule, block=block)) == [Severity.MEDIUM]


def test_a_block_without_list_drops_everything() -> None:
    block = BLOCK.replace(" match address CLOSED\n", "")
    (finding,) = _audit(cannot_register, *REGISTRATION, block=block).findings
    assert finding.remediation.startswith("ip access-list extended <FAIL-CLOSE>\n deny udp")
    assert finding.fixes == ()
    assert finding.evidence[0].text == "crypto map GETVPN gdoi fail-close"


def test_registration_beside_the_crypto_map_is_not_dropped() -> None:
    aside = "interface GigabitEthernet0/2\n ip address 10.40.1.1 255.255.255.0\n"
    group = " client registration interface {}\n"
    made = _audit(cannot_register, group=group.format("GigabitEthernet0/2"), more=aside)
    assert _passes(made)
    for name in ("GigabitEthernet0/1", "GigabitEthernet0/9"):
        assert _audit(cannot_register, group=group.format(name), more=aside).findings
    aside = aside.replace("GigabitEthernet0/2", "Loopback0")
    assert _audit(cannot_register, group=group.format("Loopback0"), more=aside).findings


def test_key_servers_that_are_not_known_may_be_anywhere() -> None:
    to_one = ("deny udp any host 10.10.1.1", "deny udp host 10.10.1.1 any")
    named = _gm(*to_one).replace("address ipv4 10.10.1.1", "hostname ipv4 ks1.example.net", 1)
    assert audit_example(cannot_register, {"gm1.cfg": named}).findings
    none = _gm(*to_one).replace(" server address ipv4 10.10.1.1\n", "")
    assert audit_example(cannot_register, {"gm1.cfg": none}).findings
    ipv6 = _gm(server="10.10.1.1").replace(
        "server address ipv4 10.10.1.1", "server address ipv6 2001:db8::1"
    )
    assert _passes(audit_example(cannot_register, {"gm1.cfg": ipv6}))


# ---- management ----


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (SSH[:1], "lets no SSH through: no 'deny tcp any eq 22 any'"),
        (SSH[1:], "lets no SSH through: no 'deny tcp any any eq 22'"),
        ((), "no 'deny tcp any any eq 22' and 'deny tcp any eq 22 any'"),
        (("permit tcp any any", *SSH), "no 'deny tcp any any eq 22' and"),
    ],
)
def test_a_member_that_nobody_reaches_is_found(lines: tuple[str, ...], missing: str) -> None:
    (finding,) = _audit(management_dropped, *lines, *REGISTRATION).findings
    assert finding.severity is Severity.HIGH
    assert finding.message.endswith(missing) or missing in finding.message
    assert bool(finding.fixes) is ("permit tcp any any" not in lines)


def test_management_from_few_hosts_is_enough() -> None:
    few = ("deny tcp host 10.9.0.1 any eq 22", "deny tcp any eq 22 host 10.9.0.1")
    assert _passes(_audit(management_dropped, *few))
    assert _passes(
        _audit(management_dropped, "deny ip any host 10.9.0.1", "deny ip host 10.9.0.1 any")
    )
    made = _audit(management_dropped, "deny tcp object-group A any")
    assert reasons(made) == ["it is not known what 'permit tcp object-group A any' selects"]


# ---- routing ----

OSPF = "router ospf 1\n network 10.20.1.0 0.0.0.3 area 0\n"
BGP = "router bgp 65101\n neighbor 10.20.1.2 remote-as 65000\n"


def test_the_routing_of_the_link_has_to_pass() -> None:
    (finding,) = _audit(routing_dropped, *SSH, more=OSPF).findings
    assert finding.severity is Severity.HIGH
    assert finding.message == (
        "the fail-close block of crypto map GETVPN drops OSPF on interface GigabitEthernet0/1: no "
        "'deny ospf any any'"
    )
    assert [each.text for each in finding.evidence] == [
        "match address CLOSED",
        "network 10.20.1.0 0.0.0.3 area 0",
    ]
    assert finding.fixes[0].lines == ("ip access-list extended CLOSED", " deny ospf any any")
    (finding,) = _audit(routing_dropped, "permit ip host 10.9.9.9 any", more=BGP).findings
    assert "drops BGP with neighbor 10.20.1.2: no 'deny tcp any any eq bgp' and" in finding.message
    assert finding.fixes == ()


def test_routing_that_passes_or_is_elsewhere_is_no_fault() -> None:
    assert _passes(_audit(routing_dropped, "deny ospf any any", more=OSPF))
    assert _passes(
        _audit(routing_dropped, "deny tcp any any eq bgp", "deny tcp any eq bgp any", more=BGP)
    )
    assert _passes(_audit(routing_dropped, more=OSPF.replace("10.20.1.0", "10.31.1.0")))


# ---- permits ----


def test_a_permit_in_a_fail_close_list_is_found() -> None:
    made = _audit(permits_in_list, "permit tcp any any eq 443", *SSH, "permit ip any any")
    (message,) = messages(made)
    assert message == (
        "'permit tcp any any eq 443' in the fail-close list of crypto map GETVPN drops its traffic "
        "while there are no keys"
    )
    assert severities(made) == [Severity.LOW]
    assert _audit(permits_in_list, "permit ip any any", *SSH).findings
    assert _audit(permits_in_list, *SSH, "permit tcp any any").findings


# ---- traffic of hosts ----


def _open(*lines: str, policy: tuple[str, ...] = (PERMIT,)) -> Report:
    return audit_example(
        open_while_closed, {"ks1.cfg": key_server(*policy), "gm1.cfg": _gm(*lines)}
    )


def test_a_deny_for_networks_of_the_group_leaves_them_open() -> None:
    (finding,) = _open("deny ip 10.31.0.0 0.0.255.255 any", *SSH).findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        "'deny ip 10.31.0.0 0.0.255.255 any' in the fail-close list of crypto map GETVPN leaves "
        "ip from 10.31.0.0/16 to 10.0.0.0/8 in clear, which group G1 encrypts"
    )
    assert " no deny ip 10.31.0.0 0.0.255.255 any" in finding.remediation


@pytest.mark.parametrize(
    "line",
    ["deny tcp any any", "deny ip 172.16.0.0 0.15.255.255 any", "permit ip any any"],
)
def test_protocols_and_other_networks_may_pass(line: str) -> None:
    assert _passes(_open(line))


def test_without_policy_a_wide_deny_is_not_judged() -> None:
    made = _audit(open_while_closed, "deny ip any any")
    assert reasons(made) == ["the policy of the group is not known in full"]
    made = _open("deny ip any any", policy=("permit ip object-group A any",))
    assert reasons(made) == ["the policy of the group is not known in full"]


# ---- falling back ----


def test_falling_back_needs_a_block_in_force() -> None:
    revert = " client fail-close revert\n"
    for block in ("", BLOCK.replace(" activate\n", "")):
        (finding,) = _audit(revert_to_nothing, block=block, group=revert).findings
        assert finding.severity is Severity.LOW
        assert finding.message == (
            "group G1 is to fall back to fail-close, but its crypto map has no activated "
            "fail-close block"
        )
        assert finding.evidence[0].text == "client fail-close revert"
        assert finding.remediation.startswith("crypto gdoi group G1\n no client fail-close revert")
    assert _passes(_audit(revert_to_nothing, group=revert))
    assert _passes(_audit(revert_to_nothing, block=""))
    text = _gm(group=revert, block="").removeprefix("hostname gm1\n")
    made = audit_example(revert_to_nothing, {"gm1.cfg": text})
    assert reasons(made) == ["the text is a part of a configuration: it has no line 'hostname'"]
    made = audit_example(revert_to_nothing, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
    cut = "crypto gdoi group G1\n identity number 1001\n"
    made = audit_example(revert_to_nothing, {"gm1.cfg": cut})
    assert reasons(made) == ["group G1 is not known in full"]


# ---- IPv6 ----


def test_maps_for_ipv6_are_mended_as_such() -> None:
    def ipv6(text: str) -> str:
        named = text.replace("crypto map GETVPN", "crypto map ipv6 GETVPN")
        return named.replace(" crypto map ipv6 GETVPN\n", " ipv6 crypto map GETVPN\n")

    open_block = "crypto map GETVPN gdoi fail-close\n match address CLOSED\n"
    (finding,) = audit_example(not_activated, {"gm1.cfg": ipv6(_gm(block=open_block))}).findings
    head = "crypto map ipv6 GETVPN gdoi fail-close"
    assert finding.remediation.splitlines() == [head, " activate"]
    (fix,) = finding.fixes
    assert fix.lines == (head, " activate")
    (finding,) = audit_example(fails_open, {"gm1.cfg": ipv6(_gm(block=""))}).findings
    lines = finding.remediation.splitlines()
    assert lines[0] == "ipv6 access-list <FAIL-CLOSE>"
    assert head in lines
