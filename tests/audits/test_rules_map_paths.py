"""Ways past the crypto map of a group."""

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Severity
from getvpn.audits.rules.map_paths import on_a_tunnel, peers_first, way_past

from .policies import PERMIT, gm_acl, key_server, member, messages, reasons

PART = "the text is a part of a configuration: it has no line 'hostname'"
LIST = "ip access-list extended PARTNER\n {}\n"
SECOND = "interface GigabitEthernet0/2\n ip address 10.20.2.1 255.255.255.252\n"


def _passes(made: Report) -> bool:
    assert made.not_checked == ()
    return not made.findings


def _audit(rule: AnyRule, more: str = "") -> Report:
    return audit_example(rule, {"gm1.cfg": member(more=more)})


@pytest.mark.parametrize("rule", [peers_first, on_a_tunnel, way_past], ids=lambda rule: rule.code)
def test_members_without_configuration_are_not_checked(rule: AnyRule) -> None:
    made = audit_example(rule, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
    assert _passes(audit_example(rule, {"ks1.cfg": key_server(PERMIT)}))
    assert _passes(_audit(rule))


# ---- peers ----


def _peer(number: int, line: str, policy: tuple[str, ...] = (PERMIT,)) -> Report:
    entry = (
        f"crypto map GETVPN {number} ipsec-isakmp\n set peer 192.0.2.1\n match address PARTNER\n"
    )
    files = {
        "ks1.cfg": key_server(*policy),
        "gm1.cfg": member(more=entry + LIST.format(line)),
    }
    return audit_example(peers_first, files)


def test_an_entry_for_a_peer_in_front_takes_traffic_of_the_group() -> None:
    line = "permit ip any 10.99.0.0 0.0.255.255"
    (finding,) = _peer(5, line).findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        "crypto map GETVPN 5 sends ip from 10.0.0.0/8 to 10.99.0.0/16 to a peer, which group G1 of "
        "entry 10 encrypts for all members"
    )
    assert [each.text for each in finding.evidence] == ["crypto map GETVPN 5 ipsec-isakmp", line]
    assert finding.remediation.endswith("behind 10")


def test_entries_behind_or_about_other_traffic_take_nothing() -> None:
    assert _passes(_peer(20, "permit ip any any"))
    assert _passes(_peer(5, "permit ip any 172.16.0.0 0.15.255.255"))
    assert _passes(_peer(5, "permit tcp any any eq 22", ("deny tcp any any eq 22", PERMIT)))


def test_lists_and_policies_that_are_not_known_leave_it_open() -> None:
    made = _peer(5, "permit ip any any", ("permit ip object-group A any",))
    assert reasons(made) == ["the policy of the group is not known in full"]
    made = _peer(5, "permit ip object-group A any")
    assert reasons(made) == ["the policy of the group is not known in full"]
    made = _peer(5, "permit bogus")
    assert reasons(made) == ["access list PARTNER is not known in full"]
    entry = "crypto map GETVPN 5 ipsec-isakmp\n match address PARTNER\n"
    made = _audit(peers_first, entry)
    assert reasons(made) == ["access list PARTNER is not known in full"]
    made = _audit(peers_first, entry + LIST.format("permit ip any any"))
    assert reasons(made) == ["the policy of the group is not known in full"]
    assert _passes(
        _audit(peers_first, "crypto map GETVPN 5 gdoi\n set group G2\n match address A\n")
    )


# ---- tunnels ----


def test_a_tunnel_that_encrypts_is_found() -> None:
    (finding,) = _audit(on_a_tunnel, "interface Tunnel1\n crypto map GETVPN\n").findings
    assert finding.severity is Severity.LOW
    assert finding.message == "Tunnel1 encrypts for a group and is a tunnel"
    assert finding.evidence[0].text == "crypto map GETVPN"
    assert _passes(_audit(on_a_tunnel, "interface Tunnel1\n ip address 10.0.0.1 255.255.255.0\n"))
    assert _passes(_audit(on_a_tunnel, "interface Tunnel1\n crypto map GETVPN\n shutdown\n"))
    other = "crypto map OTHER 10 ipsec-isakmp\ninterface Tunnel1\n crypto map OTHER\n"
    assert _passes(_audit(on_a_tunnel, other))
    assert _passes(_audit(on_a_tunnel, "interface Tunnel1\n crypto map MISSING\n"))
    ipv6 = "crypto map ipv6 M6 10 gdoi\n set group G6\ninterface Tunnel1\n ipv6 crypto map M6\n"
    (finding,) = _audit(on_a_tunnel, ipv6).findings
    assert finding.evidence[0].text == "ipv6 crypto map M6"
    made = audit_example(on_a_tunnel, {"gm1.cfg": member().split("\n", 1)[1]})
    assert reasons(made) == [PART]


# ---- default routes ----


@pytest.mark.parametrize(
    "route",
    [
        "ip route 0.0.0.0 0.0.0.0 10.20.2.2",
        "ip route 0.0.0.0 0.0.0.0 10.20.2.2 250",
        "ip route 0.0.0.0 0.0.0.0 GigabitEthernet0/2",
        "ip route 0.0.0.0 0.0.0.0 gi 0/2 10.20.2.2",
    ],
)
def test_a_default_route_past_the_crypto_map_is_found(route: str) -> None:
    (finding,) = _audit(way_past, f"{SECOND}{route}\n").findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        f"'{route}' leaves by GigabitEthernet0/2, which does not encrypt for the group as "
        "GigabitEthernet0/1 does"
    )
    assert [each.text for each in finding.evidence] == [route, "interface GigabitEthernet0/2"]
    assert finding.remediation == "interface GigabitEthernet0/2\n crypto map GETVPN"


@pytest.mark.parametrize(
    "more",
    [
        f"{SECOND}ip route 0.0.0.0 0.0.0.0 10.20.1.2\n",
        f"{SECOND}ip route 10.0.0.0 255.0.0.0 10.20.2.2\n",
        f"{SECOND}ip route 0.0.0.0 0.0.0.0 192.0.2.1\n",
        f"{SECOND}ip route 0.0.0.0 0.0.0.0 Null0\n",
        f"{SECOND}ip route 0.0.0.0 0.0.0.0\n",
        f"{SECOND}ip route vrf\n",
        f"{SECOND}ip route vrf A 0.0.0.0 0.0.0.0 10.20.2.2\n",
        f"{SECOND} ip nat outside\nip route 0.0.0.0 0.0.0.0 10.20.2.2\n",
        f"{SECOND} shutdown\nip route 0.0.0.0 0.0.0.0 10.20.2.2\n",
        f"{SECOND} crypto map OTHER\nip route 0.0.0.0 0.0.0.0 10.20.2.2\n",
        f"{SECOND} vrf forwarding A\nip route vrf A 0.0.0.0 0.0.0.0 10.20.2.2\n",
    ],
)
def test_other_routes_are_no_way_past(more: str) -> None:
    assert _passes(_audit(way_past, more))


def test_routes_of_a_vrf_are_judged_in_it() -> None:
    text = member(more=f"{SECOND}ip route vrf A 0.0.0.0 0.0.0.0 10.20.2.2\n")
    text = text.replace(
        "interface GigabitEthernet0/1", "interface GigabitEthernet0/1\n vrf forwarding A"
    )
    text = text.replace(
        "interface GigabitEthernet0/2", "interface GigabitEthernet0/2\n vrf forwarding A"
    )
    assert len(audit_example(way_past, {"gm1.cfg": text}).findings) == 1


def test_a_member_that_encrypts_nowhere_has_no_way_past() -> None:
    text = member(more=f"{SECOND}ip route 0.0.0.0 0.0.0.0 10.20.2.2\n").replace(
        " crypto map GETVPN\n", ""
    )
    assert _passes(audit_example(way_past, {"gm1.cfg": text}))
    made = audit_example(way_past, {"gm1.cfg": member().split("\n", 1)[1]})
    assert (messages(made), reasons(made)) == ([], [PART])
