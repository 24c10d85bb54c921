"""One-way exclusions, key servers and members that treat the same packets differently."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import Grade, Severity
from getvpn.audits.rules.acl_directions import (
    members_encrypt_otherwise,
    one_way_denies,
    servers_encrypt_differently,
)

from .policies import PERMIT, SEED, fires, gm_acl, key_server, ks_acl, messages, reasons, report

DENY = "deny tcp any any eq 443"
BACK = "deny tcp any eq 443 any"
PEER = "  redundancy\n   peer address ipv4 10.10.2.1\nip access-list"


# ---- one-way exclusions ----


def test_a_deny_without_its_opposite_is_found_with_what_encrypts_that() -> None:
    (finding,) = report(one_way_denies, DENY, PERMIT).findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        f"'{DENY}' in the policy of group G1 leaves one direction in clear, '{PERMIT}' encrypts "
        "the other: tcp from 10.0.0.0/8 port 443 to 10.0.0.0/8 but for what other lines say"
    )
    assert [each.text for each in finding.evidence] == [DENY, PERMIT]
    assert finding.remediation.endswith(f"in front of '{PERMIT}'\n {BACK}")


def test_the_opposite_direction_is_written_as_other_rules_write_it() -> None:
    (finding,) = report(one_way_denies, "deny tcp any eq tacacs any", PERMIT).findings
    assert finding.fixes[0].lines[-1].endswith(" deny tcp any any eq tacacs")


def test_a_fix_takes_a_number_that_is_free_or_numbers_the_list_anew() -> None:
    (finding,) = report(one_way_denies, f"10 {DENY}", f"20 {PERMIT}").findings
    (fix,) = finding.fixes
    assert fix.lines == ("ip access-list extended POLICY", f" 19 {BACK}")
    assert fix.grade is Grade.REKEY
    (finding,) = report(one_way_denies, f"18 {DENY}", f"20 {PERMIT}").findings
    assert finding.fixes[0].lines[1:] == (f" 19 {BACK}",)
    for lines in ((f"19 {DENY}", f"20 {PERMIT}"), (DENY, f"20 {PERMIT}"), (DENY, PERMIT)):
        (finding,) = report(one_way_denies, *lines).findings
        anew, header, line = finding.fixes[0].lines
        assert anew.startswith("ip access-list resequence POLICY ")
        assert header == "ip access-list extended POLICY"
        assert line.endswith(f"99 {BACK}")


def test_the_list_of_the_concepts_document_is_two_way() -> None:
    assert not fires(one_way_denies, *SEED, PERMIT)
    assert not fires(one_way_denies, *SEED, "permit ip any any")
    assert not fires(one_way_denies, DENY, BACK, PERMIT)


@pytest.mark.parametrize(
    ("deny", "found"),
    [
        ("deny ip 10.1.0.0 0.0.255.255 any", True),
        ("deny ip any host 10.1.0.1", True),
        ("deny icmp any host 10.1.0.1", True),
        ("deny udp any host 10.1.0.1", True),
        ("deny udp any any eq domain", True),
        ("deny udp any any eq snmp", True),
        ("deny udp any any eq tftp", True),
        ("deny udp any any eq 1645", True),
        ("deny udp any any eq 1646", True),
        ("deny udp any any eq 1812", True),
        ("deny udp any any eq 1813", True),
        ("deny udp any any eq 1647", False),
        ("deny udp any any eq 1814", False),
        ("deny udp any any eq ntp", False),
        ("deny udp any any eq syslog", False),
        ("deny udp any any eq 3784", False),
        ("deny udp any any range 50 60", False),
        ("deny tcp any any established", False),
        ("deny ospf any any", False),
        ("deny tcp 11.0.0.0 0.255.255.255 any", False),
    ],
)
def test_only_traffic_with_answers_has_two_directions(deny: str, found: bool) -> None:
    assert fires(one_way_denies, deny, PERMIT) is found


def test_multicast_and_permits_without_counterpart_are_no_matter_of_this_rule() -> None:
    assert not fires(one_way_denies, "permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255")
    many = "permit ip any 239.0.0.0 0.255.255.255"
    assert not fires(one_way_denies, "deny ip 239.0.0.0 0.255.255.255 any", many)
    assert not fires(one_way_denies, "permit ip host 10.0.0.1 any", "deny ip any any")
    assert fires(one_way_denies, "deny ip any 223.0.0.0 0.255.255.255", "permit ip any any")


def test_a_policy_that_is_not_known_is_not_checked_for_directions() -> None:
    made = report(one_way_denies, "deny tcp object-group A any eq 22", PERMIT)
    assert (made.findings, len(made.not_checked)) == ((), 1)


# ---- key servers ----


def _servers(first: tuple[str, ...], second: tuple[str, ...]) -> dict[str, str]:
    texts = (key_server(*first), key_server(*second, address="10.10.2.1", name="ks2"))
    return {f"ks{n}.cfg": text for n, text in enumerate(texts, start=1)}


def test_key_servers_that_encrypt_other_packets_are_found() -> None:
    made = audit_example(
        servers_encrypt_differently, _servers((PERMIT,), (DENY, "permit ip any any"))
    )
    (finding,) = made.findings
    assert finding.device == "ks2"
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        "key server ks2 encrypts ip from any to any but for what other lines say and leaves in "
        "clear tcp from 10.0.0.0/8 to 10.0.0.0/8 port 443, unlike key server ks1"
    )
    assert [(each.source, each.text) for each in finding.evidence] == [
        ("ks2.cfg", "permit ip any any"),
        ("ks1.cfg", "ip access-list extended POLICY"),
        ("ks1.cfg", PERMIT),
        ("ks2.cfg", DENY),
    ]
    assert finding.remediation.startswith(
        "! ip from any to any but for what other lines say; tcp from 10.0.0.0/8 to 10.0.0.0/8 "
        "port 443\n! is to be treated alike: give ks2 and ks1 one access list"
    )


def test_two_ways_to_say_the_same_are_no_difference_between_key_servers() -> None:
    files = _servers((DENY, BACK, PERMIT), (BACK, "deny tcp any any range 443 443", PERMIT))
    made = audit_example(servers_encrypt_differently, files)
    assert (made.findings, made.not_checked) == ((), ())


def test_policies_of_ipv6_are_told_in_its_words() -> None:
    text = """\
hostname {name}
crypto gdoi group ipv6 G6
 identity number 1006
 server local
  sa ipsec 10
   match address ipv6 POLICY6
  address ipv4 {address}
ipv6 access-list POLICY6
 {line}
"""
    files = {
        "ks1.cfg": text.format(name="ks1", address="10.10.1.1", line="permit ipv6 any any"),
        "ks2.cfg": text.format(name="ks2", address="10.10.2.1", line="permit icmp any any"),
    }
    (message,) = messages(audit_example(servers_encrypt_differently, files))
    assert "leaves in clear ipv6 from any to any" in message


def test_only_some_of_the_traffic_is_told() -> None:
    denies = [f"deny tcp any any eq {port}" for port in (1, 3, 5, 7, 9)]
    for count, end in ((3, "port 5"), (4, "port 5; 1 more"), (5, "port 5; 2 more")):
        files = _servers((PERMIT,), (*denies[:count], PERMIT))
        (message,) = messages(audit_example(servers_encrypt_differently, files))
        assert message.endswith(f"{end}, unlike key server ks1")


def test_a_single_key_server_has_nobody_to_differ_from() -> None:
    text = key_server(PERMIT)
    made = audit_example(servers_encrypt_differently, {"ks1.cfg": text})
    assert (made.findings, made.not_checked) == ((), ())
    made = audit_example(
        servers_encrypt_differently, {"ks1.cfg": text.replace("ip access-list", PEER)}
    )
    assert reasons(made) == ["fewer than two key servers of this group are known"]
    made = audit_example(servers_encrypt_differently, {"gm1/show crypto gdoi gm acl.txt": gm_acl()})
    assert reasons(made) == ["fewer than two key servers of this group are known"]


def test_key_servers_whose_lists_are_not_known_are_not_compared() -> None:
    files = _servers((PERMIT,), (PERMIT,))
    files["ks2.cfg"] = files["ks2.cfg"].replace("ip access-list", "! ")
    made = audit_example(servers_encrypt_differently, files)
    assert reasons(made) == ["access list POLICY is not in the configuration"]
    assert [each.device for each in made.not_checked] == ["ks2"]
    files = _servers((PERMIT,), ("deny ip object-group A any", PERMIT))
    made = audit_example(servers_encrypt_differently, files)
    assert reasons(made) == ["it is not known what 'deny ip object-group A any' selects"]
    assert [each.device for each in made.not_checked] == ["ks2"]


# ---- members ----


def _member(*lines: str, server: str = "10.10.1.1") -> dict[str, str]:
    return {
        "ks1.cfg": key_server(PERMIT),
        "gm1/show crypto gdoi gm acl.txt": gm_acl(*lines, server=server),
    }


def test_a_member_with_an_old_policy_is_found() -> None:
    made = audit_example(members_encrypt_otherwise, _member("deny ospf any any", PERMIT))
    (finding,) = made.findings
    assert (finding.device, finding.severity) == ("gm1", Severity.MEDIUM)
    assert finding.message == (
        "gm1 leaves in clear ospf from 10.0.0.0/8 to 10.0.0.0/8, unlike key server ks1"
    )
    assert [each.source for each in finding.evidence] == [
        "ks1.cfg",
        "gm1/show crypto gdoi gm acl.txt",
    ]
    assert finding.remediation.endswith("then look at gm1 again")


def test_a_list_that_two_texts_show_is_told_of_once() -> None:
    name = "gm1/show crypto gdoi gm acl.txt"
    files = _member(PERMIT) | {"ks1.cfg": key_server("deny ospf any any", PERMIT)}
    files[f"later/{name}"] = files[name]
    made = audit_example(members_encrypt_otherwise, files)
    assert messages(made) == [
        "gm1 encrypts ospf from 10.0.0.0/8 to 10.0.0.0/8, unlike key server ks1"
    ]


def test_a_member_with_the_policy_of_its_key_server_passes() -> None:
    made = audit_example(members_encrypt_otherwise, _member(PERMIT))
    assert (made.findings, made.not_checked) == ((), ())


def test_members_and_key_servers_that_are_not_known_are_not_compared() -> None:
    made = audit_example(members_encrypt_otherwise, _member(PERMIT, server="10.10.9.1"))
    assert reasons(made) == ["the policy of key server 10.10.9.1 is not known"]
    assert [each.device for each in made.not_checked] == ["gm1"]
    files = _member(PERMIT)
    files["ks1.cfg"] = files["ks1.cfg"].replace("ip access-list", "! ")
    assert reasons(audit_example(members_encrypt_otherwise, files)) == [
        "the policy of key server 10.10.1.1 is not known"
    ]
    files = {"ks1.cfg": key_server(PERMIT), "gm1.cfg": "hostname gm1\ncrypto gdoi group G1\n"}
    made = audit_example(members_encrypt_otherwise, files)
    assert [(each.device, each.reason) for each in made.not_checked] == [
        ("gm1", "what the member holds is not known")
    ]
    files = _member(PERMIT)
    files["ks1.cfg"] = key_server("deny ip object-group A any", PERMIT)
    made = audit_example(members_encrypt_otherwise, files)
    assert reasons(made) == ["it is not known what 'deny ip object-group A any' selects"]
    assert [each.device for each in made.not_checked] == ["gm1"]
    del files["ks1.cfg"]
    files["ks1/show crypto gdoi ks acl.txt"] = ks_acl("deny ospf any any", PERMIT)
    made = audit_example(members_encrypt_otherwise, files)
    assert reasons(made) == ["the policy of key server 10.10.1.1 is not known"]
