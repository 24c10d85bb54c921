from collections.abc import Mapping

import pytest

from getvpn.audits.engine import Report
from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Severity
from getvpn.audits.rules.acl_routing import bgp_encrypted, interior_routing_encrypted

from .policies import PERMIT, gm_acl, key_server, member, messages, reasons, report

BGP = "router bgp 65101\n neighbor 10.20.1.2 remote-as 65000\n"
OSPF = "router ospf 1\n network 10.20.1.0 0.0.0.3 area 0\n"


def _bgp(*lines: str, more: str = BGP, wan: str = "10.20.1.1") -> Report:
    files = {"ks1.cfg": key_server(*lines), "gm1.cfg": member(wan=wan, more=more)}
    return audit_example(bgp_encrypted, files)


def _interior(*lines: str, more: str, wan: str = "10.20.1.1") -> Report:
    files = {"ks1.cfg": key_server(*lines), "gm1.cfg": member(wan=wan, more=more)}
    return audit_example(interior_routing_encrypted, files)


def _silent(made: Report) -> bool:
    return not made.findings and not made.not_checked


def test_bgp_with_the_provider_needs_denies_in_both_directions() -> None:
    (finding,) = _bgp("deny tcp any any eq bgp", PERMIT).findings
    assert finding.severity is Severity.HIGH
    assert finding.device == "ks1"
    assert finding.message == (
        "policy of group G1 encrypts BGP of gm1 with neighbor 10.20.1.2: "
        f"no 'deny tcp any eq bgp any' before '{PERMIT}'"
    )
    assert [proof.source for proof in finding.evidence] == ["ks1.cfg", "gm1.cfg"]
    assert finding.evidence[1].text == "neighbor 10.20.1.2 remote-as 65000"
    assert _silent(_bgp("deny tcp any any eq bgp", "deny tcp any eq 179 any", PERMIT))


@pytest.mark.parametrize(
    "lines",
    [
        ["deny ip 10.20.0.0 0.0.255.255 10.20.0.0 0.0.255.255", PERMIT],
        ["deny tcp any host 10.20.1.2", "deny tcp host 10.20.1.2 any", PERMIT],
        ["permit ip 10.31.0.0 0.0.255.255 10.31.0.0 0.0.255.255"],
        ["permit udp any any"],
    ],
)
def test_bgp_that_no_permit_takes_needs_no_line_of_its_own(lines: list[str]) -> None:
    assert _silent(_bgp(*lines))


def test_a_local_deny_of_the_member_counts() -> None:
    more = (
        f"{BGP}ip access-list extended LOCAL\n deny tcp any any eq bgp\n deny tcp any eq bgp any\n"
    )
    text = member(more=more).replace(" set group G1\n", " set group G1\n match address LOCAL\n")
    files = {"ks1.cfg": key_server(PERMIT), "gm1.cfg": text}
    assert _silent(audit_example(bgp_encrypted, files))


@pytest.mark.parametrize(
    "more",
    [
        "",
        "router bgp 65101\n neighbor 10.31.0.2 remote-as 65101\n",
        "router bgp 65101\n neighbor 10.20.1.2 remote-as 65000\n neighbor 10.20.1.2 shutdown\n",
        "router bgp 65101\n neighbor PEERS peer-group\n",
        "router bgp 65101\n neighbor 2001:db8::1 remote-as 65000\n",
        OSPF,
    ],
)
def test_members_without_bgp_on_the_outside_need_nothing(more: str) -> None:
    assert _silent(_bgp(PERMIT, more=more))


def test_a_neighbor_behind_the_provider_counts_unless_it_is_a_device_of_the_audit() -> None:
    more = "router bgp 65101\n neighbor 10.99.0.1 remote-as 65000\n"
    assert "with neighbor 10.99.0.1" in messages(_bgp(PERMIT, more=more))[0]
    files = {
        "ks1.cfg": key_server(PERMIT),
        "gm1.cfg": member(more=more),
        "gm2.cfg": member("gm2", wan="10.20.2.1", lan="10.99.0.1"),
    }
    assert _silent(audit_example(bgp_encrypted, files))


def test_members_are_told_together() -> None:
    files: dict[str, str] = {"ks1.cfg": key_server(PERMIT)}
    for n in range(1, 7):
        more = f"router bgp 65{n}\n neighbor 10.20.{n}.2 remote-as 65000\n"
        files[f"gm{n}.cfg"] = member(f"gm{n}", wan=f"10.20.{n}.1", more=more)
    (finding,) = audit_example(bgp_encrypted, files).findings
    assert "BGP of gm1 with neighbor 10.20.1.2 and of 5 more members: " in finding.message
    assert len(finding.evidence) == 6


def test_without_members_nothing_tells_whether_bgp_is_used() -> None:
    assert reasons(report(bgp_encrypted, PERMIT)) == [
        "there is no configuration of a member, which tells whether it uses BGP"
    ]
    assert _silent(report(bgp_encrypted, "deny tcp any any", PERMIT))


def test_without_members_half_a_pair_of_denies_tells_that_bgp_is_used() -> None:
    (finding,) = report(bgp_encrypted, "deny tcp any any eq bgp", PERMIT).findings
    assert "encrypts BGP: no 'deny tcp any eq bgp any' before" in finding.message
    some = report(bgp_encrypted, "deny tcp host 10.1.1.1 any eq bgp", PERMIT)
    assert some.findings == ()
    assert some.not_checked


def test_a_member_that_is_known_in_part_is_not_checked() -> None:
    files = {
        "ks1.cfg": key_server(PERMIT),
        "gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT),
        "gm2.cfg": member("gm2").removeprefix("hostname gm2\n"),
    }
    made = audit_example(bgp_encrypted, files)
    assert made.findings == ()
    assert {each.device for each in made.not_checked} == {"gm1", "gm2"}


def test_the_policy_that_a_member_holds_is_enough() -> None:
    files = {"gm1.cfg": member(more=BGP), "gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)}
    (finding,) = audit_example(bgp_encrypted, files).findings
    assert finding.device == "gm1"


PASSIVE_EIGRP = """\
router eigrp X
 address-family ipv4 unicast autonomous-system 7
  af-interface GigabitEthernet0/1
   passive-interface
  exit-af-interface
  network 10.0.0.0
"""

INTERIOR: Mapping[str, str] = {
    "OSPF by network": OSPF,
    "OSPF by class": "router ospf 1\n network 0.0.0.0 255.255.255.255 area 0\n",
    "OSPF by mask": "router ospf 1\n network 10.20.1.0 255.255.255.252 area 0\n",
    "EIGRP": "router eigrp 7\n network 10.0.0.0\n",
    "EIGRP named": "router eigrp X\n address-family ipv4 unicast autonomous-system 7\n"
    "  network 10.0.0.0 0.255.255.255\n",
    "RIP": "router rip\n version 2\n network 10.0.0.0\n",
}


@pytest.mark.parametrize("name", INTERIOR)
def test_interior_routing_on_the_encrypting_interface_is_found(name: str) -> None:
    protocol = name.split(maxsplit=1)[0]
    (finding,) = _interior(PERMIT, more=INTERIOR[name]).findings
    assert finding.severity is Severity.HIGH
    assert f"encrypts {protocol} of gm1 on interface GigabitEthernet0/1: " in finding.message
    deny = {"RIP": "udp any any eq rip"}.get(protocol, f"{protocol.lower()} any any")
    assert finding.remediation.endswith(f" deny {deny}")
    assert _silent(_interior(f"deny {deny}", PERMIT, more=INTERIOR[name]))


def test_ospf_enabled_on_the_interface_itself_is_found() -> None:
    text = member(more="router ospf 1\n").replace(
        " crypto map GETVPN\n", " crypto map GETVPN\n ip ospf 1 area 0\n"
    )
    files = {"ks1.cfg": key_server(PERMIT), "gm1.cfg": text}
    (finding,) = audit_example(interior_routing_encrypted, files).findings
    assert finding.evidence[1].text == "ip ospf 1 area 0"
    files["gm1.cfg"] = text.replace("ospf 1 area 0", "ospf cost 10")
    assert _silent(audit_example(interior_routing_encrypted, files))


@pytest.mark.parametrize(
    "more",
    [
        "router ospf 1\n network 10.31.0.0 0.0.0.255 area 0\n",
        "router ospf 1\n passive-interface default\n network 10.20.1.0 0.0.0.3 area 0\n",
        "router ospf 1\n passive-interface GigabitEthernet0/1\n network 10.20.1.0 0.0.0.3 area 0\n",
        "router ospf 1\n passive-interface gi0/1\n network 10.20.1.0 0.0.0.3 area 0\n",
        "router ospf 1 vrf OTHER\n network 10.20.1.0 0.0.0.3 area 0\n",
        PASSIVE_EIGRP,
        "router isis\n net 49.0001.0000.0000.0001.00\n",
        BGP,
    ],
)
def test_interior_routing_elsewhere_needs_nothing(more: str) -> None:
    assert _silent(_interior(PERMIT, more=more))


def test_an_interface_that_is_taken_out_of_the_passive_ones_speaks() -> None:
    more = OSPF.replace(
        "\n", "\n passive-interface default\n no passive-interface GigabitEthernet0/1\n", 1
    )
    assert _interior(PERMIT, more=more).findings


def test_hellos_alone_do_not_meet_a_permit_between_sites() -> None:
    sites = "permit ip 10.31.0.0 0.0.255.255 10.31.0.0 0.0.255.255"
    assert _silent(_interior(sites, more=OSPF))
    assert _interior("permit ip any 224.0.0.0 15.255.255.255", more=OSPF).findings


def test_a_link_without_a_known_address_may_be_anywhere() -> None:
    text = member(more=OSPF).replace("ip address 10.20.1.1 255.255.255.252", "ip address dhcp")
    text = text.replace(" crypto map GETVPN\n", " crypto map GETVPN\n ip ospf 1 area 0\n")
    sites = "permit ip 10.31.0.0 0.0.255.255 10.31.0.0 0.0.255.255"
    files = {"ks1.cfg": key_server(sites), "gm1.cfg": text}
    assert audit_example(interior_routing_encrypted, files).findings


def test_two_protocols_are_two_findings() -> None:
    made = _interior(PERMIT, more=OSPF + INTERIOR["EIGRP"])
    assert [message.split()[5] for message in messages(made)] == ["EIGRP", "OSPF"]


def test_ospf_for_ipv6_runs_between_link_local_addresses() -> None:
    server = """\
hostname ks1
crypto gdoi group ipv6 G6
 identity number 1006
 server local
  sa ipsec 10
   match address ipv6 POLICY6
  address ipv4 10.10.1.1
ipv6 access-list POLICY6
 permit ipv6 {hosts}
"""
    text = """\
hostname gm1
crypto gdoi group ipv6 G6
 identity number 1006
 server address ipv4 10.10.1.1
crypto map ipv6 MAP6 10 gdoi
 set group G6
interface GigabitEthernet0/1
 ipv6 address 2001:db8:1::1/64
 ipv6 ospf 1 area 0
 ipv6 crypto map MAP6
"""
    files = {"ks1.cfg": server.format(hosts="any any"), "gm1.cfg": text}
    assert audit_example(interior_routing_encrypted, files).findings
    files["ks1.cfg"] = server.format(hosts="2001:db8::/32 2001:db8::/32")
    assert _silent(audit_example(interior_routing_encrypted, files))


def test_without_members_a_late_deny_tells_that_ospf_is_used() -> None:
    assert report(interior_routing_encrypted, PERMIT, "deny ospf any any").findings
    assert report(interior_routing_encrypted, PERMIT).not_checked
