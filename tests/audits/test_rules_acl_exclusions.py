from collections.abc import Sequence

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import AnyRule, Severity
from getvpn.audits.rules.acl_exclusions import (
    esp_encrypted,
    gdoi_encrypted,
    ike_encrypted,
    ntp_encrypted,
    pim_encrypted,
    ssh_encrypted,
    tacacs_encrypted,
)

from .policies import (
    PERMIT,
    SEED,
    fires,
    gm_acl,
    key_server,
    ks_acl,
    member,
    messages,
    reasons,
    report,
    without,
)

RULES = (
    esp_encrypted,
    tacacs_encrypted,
    ssh_encrypted,
    pim_encrypted,
    ntp_encrypted,
    ike_encrypted,
    gdoi_encrypted,
)
OTHERS = ["deny esp any any", PERMIT]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_list_of_the_concepts_document_passes(rule: AnyRule) -> None:
    assert not fires(rule, *SEED, "permit ip any any")
    assert not fires(rule, *SEED, PERMIT)


@pytest.mark.parametrize(
    ("name", "severity", "denies"),
    [
        ("GV-023", Severity.MEDIUM, ["deny esp any any"]),
        ("GV-024", Severity.MEDIUM, ["deny tcp any any eq tacacs"]),
        ("GV-024", Severity.MEDIUM, ["deny tcp any eq tacacs any"]),
        ("GV-025", Severity.MEDIUM, ["deny tcp any any eq 22"]),
        ("GV-025", Severity.MEDIUM, ["deny tcp any eq 22 any"]),
        ("GV-028", Severity.MEDIUM, ["deny pim any any"]),
        ("GV-029", Severity.MEDIUM, ["deny udp any any eq ntp"]),
        ("GV-030", Severity.CRITICAL, ["deny udp any any eq 500"]),
        ("GV-031", Severity.CRITICAL, ["deny udp any any eq 848"]),
    ],
)
def test_each_missing_deny_is_found_by_its_rule_alone(
    name: str, severity: Severity, denies: Sequence[str]
) -> None:
    for rule in RULES:
        made = report(rule, *without(*denies))
        assert made.not_checked == ()
        if rule is registry()[name]:
            (finding,) = made.findings
            assert finding.severity is severity
            assert f"no '{denies[0]}' before '{PERMIT}'" in finding.message.replace("isakmp", "500")
            assert finding.evidence[0].text == PERMIT
        else:
            assert made.findings == ()


@pytest.mark.parametrize(
    ("name", "denies"),
    [
        ("GV-023", ["deny 50 any any"]),
        ("GV-024", ["deny tcp any any eq 49", "deny tcp any eq 49 any"]),
        ("GV-024", ["deny ip any any"]),
        ("GV-024", ["deny tcp any any range 40 50", "deny tcp any range 40 50 any"]),
        ("GV-025", ["deny tcp any any eq 22 www", "deny tcp any eq 22 www any"]),
        ("GV-025", ["deny tcp any gt 1023 any eq 22", "deny tcp any eq 22 any gt 1023"]),
        ("GV-025", [f"{PERMIT} eq 22".replace("permit ip", "deny tcp"), "deny tcp any eq 22 any"]),
        ("GV-028", ["deny pim any 224.0.0.0 0.0.0.255"]),
        ("GV-028", ["deny pim any host 224.0.0.13"]),
        ("GV-029", ["deny udp any any eq 123"]),
        ("GV-029", ["deny udp any eq ntp any eq ntp"]),
        ("GV-029", ["deny udp any eq ntp any"]),
        ("GV-030", ["deny udp any any eq isakmp"]),
        ("GV-030", ["deny udp any eq isakmp any eq isakmp"]),
        ("GV-030", ["deny udp any host 10.10.1.1", "deny udp host 10.10.1.1 any"]),
        ("GV-031", ["deny udp any eq 848 any eq 848"]),
        ("GV-031", ["deny udp any eq 848 any"]),
        ("GV-031", ["deny udp any any eq 848 log"]),
        ("GV-031", ["deny ip 10.10.0.0 0.0.255.255 any", "deny ip any 10.10.0.0 0.0.255.255"]),
    ],
)
def test_denies_count_however_they_are_written(name: str, denies: Sequence[str]) -> None:
    assert not fires(registry()[name], *denies, PERMIT)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("GV-024", ["deny tcp any any eq 49", "deny tcp any eq 49 any eq 49", PERMIT]),
        ("GV-025", ["deny tcp host 10.1.1.1 any eq 22", "deny tcp any eq 22 any", PERMIT]),
        ("GV-028", ["deny igmp any any", PERMIT]),
        ("GV-030", ["deny udp any host 10.10.1.1 eq 500", PERMIT]),
        ("GV-031", ["deny udp any host 10.10.1.2 eq 848", PERMIT]),
        ("GV-031", ["deny udp any any eq 500", "permit udp any any", PERMIT]),
        ("GV-031", [PERMIT, "deny udp any any eq 848"]),
    ],
)
def test_denies_that_leave_a_part_do_not_count(name: str, lines: Sequence[str]) -> None:
    assert fires(registry()[name], *lines)


def test_a_late_deny_is_named() -> None:
    (message,) = messages(report(ntp_encrypted, PERMIT, "deny udp any any eq ntp"))
    assert message.endswith(f"before '{PERMIT}', 'deny udp any any eq ntp' comes too late")
    (message,) = messages(report(ntp_encrypted, PERMIT, "deny ip any any"))
    assert message.endswith(f"before '{PERMIT}'")


def test_a_policy_that_never_takes_the_traffic_needs_no_deny() -> None:
    sites = "permit ip 172.16.0.0 0.0.255.255 172.16.0.0 0.0.255.255"
    assert not fires(ike_encrypted, sites)
    assert not fires(gdoi_encrypted, sites)
    assert not fires(ssh_encrypted, "permit tcp any any eq www", "permit udp any any")
    assert not fires(esp_encrypted, "permit tcp any any")


def test_all_key_servers_of_the_group_count() -> None:
    text = key_server("deny ip any host 10.10.1.1", "deny ip host 10.10.1.1 any", PERMIT)
    assert audit_example(ike_encrypted, {"ks1.cfg": text}).findings == ()
    peers = "  redundancy\n   peer address ipv4 10.10.2.1\nip access-list"
    (finding,) = audit_example(
        ike_encrypted, {"ks1.cfg": text.replace("ip access-list", peers)}
    ).findings
    assert finding.severity is Severity.CRITICAL


def test_a_member_tells_where_the_key_servers_are() -> None:
    name = "gm1/show crypto gdoi gm acl.txt"
    made = audit_example(gdoi_encrypted, {name: gm_acl(PERMIT, server="192.0.2.1")})
    assert (made.findings, made.not_checked) == ((), ())
    (finding,) = audit_example(gdoi_encrypted, {name: gm_acl(PERMIT)}).findings
    assert finding.device == "gm1"
    assert finding.evidence[0].value == f"access-list {PERMIT}"
    assert "<access list of the key server>" in finding.remediation


def test_unknown_key_servers_may_be_anywhere() -> None:
    made = audit_example(gdoi_encrypted, {"ks1/show crypto gdoi ks acl.txt": ks_acl(PERMIT)})
    (finding,) = made.findings
    assert "encrypts GDOI (its key servers are not known): no 'deny udp" in finding.message
    assert finding.remediation.startswith("ip access-list extended POLICY\n")
    ipv6 = ks_acl("permit ipv6 2001:DB8::/32 2001:DB8::/32")
    made = audit_example(gdoi_encrypted, {"ks1/show crypto gdoi ks acl.txt": ipv6})
    assert made.findings == ()
    assert reasons(made) == ["no address of a key server is known"]


def test_an_ipv6_policy_cannot_take_the_traffic_of_ipv4_key_servers() -> None:
    text = """\
hostname ks1
crypto gdoi group ipv6 G6
 identity number 1006
 server local
  sa ipsec 10
   match address ipv6 POLICY6
  address ipv4 10.10.1.1
ipv6 access-list POLICY6
 permit ipv6 any any
"""
    assert audit_example(gdoi_encrypted, {"ks1.cfg": text}).findings == ()
    (finding,) = audit_example(ssh_encrypted, {"ks1.cfg": text}).findings
    assert finding.remediation.startswith("ipv6 access-list POLICY6\n")


def test_an_authoritative_hardware_clock_makes_up_for_ntp() -> None:
    clock = "clock calendar-valid\n"
    with_clock = key_server(*OTHERS, more=clock)
    assert audit_example(ntp_encrypted, {"ks1.cfg": with_clock}).findings == ()
    files = {"ks1.cfg": with_clock, "gm1.cfg": member(more=clock), "gm2.cfg": member("gm2")}
    assert len(audit_example(ntp_encrypted, files).findings) == 1
    files["gm2.cfg"] = member("gm2", more=clock)
    assert audit_example(ntp_encrypted, files).findings == ()
    files["ks1.cfg"] = key_server(*OTHERS)
    assert audit_example(ntp_encrypted, files).findings == ()


def test_the_lists_of_two_policies_are_tried_by_their_numbers() -> None:
    lists = f"ip access-list extended A\n {PERMIT}\nip access-list extended B\n deny tcp any any\n"
    for number, count in ((20, 1), (5, 0)):
        text = (
            key_server()
            .replace("POLICY", "A")
            .replace("  address", f"  sa ipsec {number}\n   match address ipv4 B\n  address")
        )
        text = text.replace("ip access-list extended A\n", lists)
        assert len(audit_example(ssh_encrypted, {"ks1.cfg": text}).findings) == count


def test_an_object_group_that_is_not_known_leaves_it_open() -> None:
    made = report(
        ssh_encrypted, "deny tcp any eq 22 any", "deny tcp any object-group A eq 22", PERMIT
    )
    assert made.findings == ()
    assert "object group" in reasons(made)[0]


def test_known_object_groups_count_by_their_members() -> None:
    groups = "object-group network SITES\n 10.0.0.0 255.0.0.0\n"
    lines = (
        "deny tcp object-group SITES any eq 22",
        "deny tcp object-group SITES eq 22 any",
        "permit ip object-group SITES object-group SITES",
    )
    made = audit_example(ssh_encrypted, {"ks1.cfg": key_server(*lines, more=groups)})
    assert (made.findings, made.not_checked) == ((), ())
    (finding,) = audit_example(esp_encrypted, {"ks1.cfg": key_server(*lines, more=groups)}).findings
    assert "'permit ip object-group SITES object-group SITES'" in finding.message


def test_every_key_server_is_judged_by_its_own_list() -> None:
    files = {
        "ks1.cfg": key_server(*without()),
        "ks2.cfg": key_server(*without("deny udp any any eq ntp"), address="10.10.2.1", name="ks2"),
    }
    made = audit_example(ntp_encrypted, files)
    assert [(finding.device, finding.location.line) for finding in made.findings] == [("ks2", 20)]
