import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rules.acl_advice import (
    large_sa_table,
    local_policy_in_global_list,
    optional_undecided,
)
from getvpn.audits.settings import Settings

from .policies import PERMIT, fires, gm_acl, key_server, member, messages, reasons, report

OSPF = "router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n"


def test_each_optional_protocol_needs_a_word() -> None:
    (message,) = messages(report(optional_undecided, PERMIT))
    assert message.startswith("policy of group G1 encrypts DNS, SNMP, syslog with ")
    (message,) = messages(report(optional_undecided, "deny udp any any eq snmp", PERMIT))
    assert "encrypts DNS, syslog with" in message
    (finding,) = report(optional_undecided, "remark syslog stays inside", PERMIT).findings
    assert "encrypts DNS, SNMP with" in finding.message
    assert finding.remediation.endswith(" deny udp any any eq domain\n deny udp any any eq snmp")


@pytest.mark.parametrize(
    "lines",
    [
        ["deny udp any any", PERMIT],
        ["permit tcp any any"],
        ["permit udp any any eq domain snmp syslog", "permit udp any eq 53 161 514 any"],
        ["remark DNS, SNMP and logging are wanted inside", PERMIT],
    ],
)
def test_what_is_decided_or_clear_passes(lines: list[str]) -> None:
    assert not fires(optional_undecided, *lines)


def _group(*lines: str, users: int, members: int = 4, more: str = OSPF) -> dict[str, str]:
    files = {"ks1.cfg": key_server(*lines, PERMIT)}
    for n in range(1, members + 1):
        files[f"gm{n}.cfg"] = member(
            f"gm{n}",
            wan=f"10.20.{n}.1",
            lan=f"10.{30 + n}.0.1",
            more=more if n <= users else "",
        )
    return files


@pytest.mark.parametrize(
    ("users", "members", "found"),
    [(0, 4, False), (1, 4, True), (2, 4, False), (1, 3, True), (1, 2, False), (2, 6, True)],
)
def test_a_deny_for_the_routing_of_few_members_belongs_to_them(
    users: int, members: int, found: bool
) -> None:
    files = _group("deny ospf any any", users=users, members=members)
    made = audit_example(local_policy_in_global_list, files)
    assert bool(made.findings) is found
    assert made.not_checked == ()


def test_bgp_and_rip_are_known_by_their_ports() -> None:
    bgp = _group("deny tcp any any eq bgp", users=1, more="router bgp 1\n")
    rip = _group("deny udp any any eq rip", users=1, more="router rip\n")
    for files in (bgp, rip):
        (message,) = messages(audit_example(local_policy_in_global_list, files))
        assert message.endswith("concerns gm1 only, 1 of 4 members given")


def test_a_deny_between_networks_of_few_members_belongs_to_them() -> None:
    site = "deny ip 10.31.0.0 0.0.0.255 10.99.0.0 0.0.0.255"
    (finding,) = audit_example(local_policy_in_global_list, _group(site, users=0)).findings
    assert f"'{site}' in the policy of group G1 concerns gm1 only" in finding.message
    assert finding.evidence[1].text == "ip address 10.31.0.1 255.255.255.0"
    assert f" no {site}" in finding.remediation


@pytest.mark.parametrize(
    "line",
    [
        "deny ip any 10.31.0.0 0.0.0.255",
        "deny ip 10.31.0.0 0.0.0.255 any",
        "deny ip 10.0.0.0 0.255.255.255 10.99.0.0 0.0.0.255",
        "deny ip 10.77.0.0 0.0.0.255 10.99.0.0 0.0.0.255",
        "deny ip 10.31.0.0 0.0.0.255 host 10.10.1.1",
        "deny tcp any any eq 22",
    ],
)
def test_denies_of_general_use_stay(line: str) -> None:
    made = audit_example(local_policy_in_global_list, _group(line, users=0))
    assert (made.findings, made.not_checked) == ((), ())


def test_networks_of_ipv6_policies_are_compared_with_ipv6_addresses() -> None:
    server = """\
hostname ks1
crypto gdoi group ipv6 G6
 identity number 1006
 server local
  sa ipsec 10
   match address ipv6 POLICY6
  address ipv4 10.10.1.1
ipv6 access-list POLICY6
 deny ipv6 2001:db8:1::/48 2001:db8:99::/48
 permit ipv6 any any
"""
    files = {"ks1.cfg": server}
    for n in range(1, 5):
        files[f"gm{n}.cfg"] = (
            f"hostname gm{n}\ncrypto gdoi group ipv6 G6\n identity number 1006\n"
            f" server address ipv4 10.10.1.1\ninterface Vlan1\n ip address 10.{n}.0.1 255.255.0.0\n"
            f" ipv6 address 2001:db8:{n}::1/64\n"
        )
    (message,) = messages(audit_example(local_policy_in_global_list, files))
    assert "concerns gm1 only, 1 of 4 members given" in message


def test_few_is_a_threshold() -> None:
    files = _group("deny ospf any any", users=2)
    settings = Settings(local_policy_percent=50)
    assert audit_example(local_policy_in_global_list, files, settings).findings


def test_without_members_there_is_nothing_to_compare_with() -> None:
    made = report(local_policy_in_global_list, "deny ospf any any", PERMIT)
    assert reasons(made) == ["there is no configuration of a member"]


def _permits(count: int) -> list[str]:
    return [f"permit ip host 10.{n}.0.1 host 10.{n}.0.1" for n in range(1, count + 1)]


def test_the_permits_of_the_groups_of_a_member_add_up() -> None:
    name = "gm1/show crypto gdoi gm acl.txt"
    second = gm_acl(*_permits(11), group="G2").partition("\n")[2]
    made = audit_example(large_sa_table, {name: gm_acl(*_permits(10)) + second})
    (finding,) = made.findings
    assert finding.message.startswith("the policies of G1 and G2 have 21 permits, ")
    assert len(finding.evidence) == 2
    assert audit_example(large_sa_table, {name: gm_acl(*_permits(20))}).findings == ()


def test_what_the_key_server_pushes_counts_where_the_member_shows_nothing() -> None:
    files = {"ks1.cfg": key_server(*_permits(21)), "gm1.cfg": member()}
    made = audit_example(large_sa_table, files)
    assert [(finding.device, finding.location.source) for finding in made.findings] == [
        ("gm1", "ks1.cfg")
    ]
    files["gm1/show crypto gdoi gm acl.txt"] = gm_acl(PERMIT)
    assert audit_example(large_sa_table, files).findings == ()


def test_a_group_whose_policy_is_unknown_leaves_the_sum_open() -> None:
    made = audit_example(large_sa_table, {"gm1.cfg": member()})
    assert reasons(made) == ["the policy of a group of the member is not known"]
    assert audit_example(large_sa_table, {"ks1.cfg": key_server(PERMIT)}).not_checked == ()
