"""Lists that are there, have permits, and say only what members can be told."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.rule import AnyRule, Severity
from getvpn.audits.rules.acl_wire import (
    lists_missing,
    more_than_members_are_told,
    nothing_encrypted,
    wildcards_with_holes,
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
    severities,
)


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("deny tcp any any range 20 25", "the ports 'range 20 25'"),
        ("deny tcp any gt 1023 any eq 22", "the ports 'gt 1023'"),
        ("deny udp any any neq 53", "the ports 'neq 53'"),
        ("deny udp any any lt 53", "the ports 'lt 53'"),
        ("permit tcp any any established", "'established'"),
        ("deny icmp any any echo", "'echo'"),
        ("deny ip any any dscp ef", "'dscp ef'"),
    ],
)
def test_conditions_that_members_cannot_be_told_are_found(line: str, asked: str) -> None:
    (finding,) = report(more_than_members_are_told, line, PERMIT).findings
    assert finding.message.endswith("members cannot be told")
    assert finding.remediation.startswith("ip access-list extended POLICY\n")
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        f"'{line}' in the policy of group G1 asks for {asked}, which members cannot be told"
    )
    assert f" no {line}\n" in finding.remediation
    assert [each.text for each in finding.evidence] == [line]


@pytest.mark.parametrize(
    "line",
    [
        "deny tcp any any eq 22",
        "deny tcp any any range 22 22",
        "deny tcp any any eq 22 80",
        "deny icmp any any",
        "deny tcp any any eq 22 log",
    ],
)
def test_single_ports_can_be_told(line: str) -> None:
    assert not fires(more_than_members_are_told, line, PERMIT)
    assert not fires(more_than_members_are_told, *SEED, "permit ip any any")


def test_a_list_that_is_known_in_part_is_judged_by_that_part() -> None:
    made = report(more_than_members_are_told, "deny bogus", "deny tcp any any range 1 2")
    assert [(each.device, each.rule) for each in made.findings] == [("ks1", "ACL029")]
    made = report(wildcards_with_holes, "deny bogus", "deny ip 10.0.0.1 0.0.255.0 any")
    assert [(each.device, each.rule) for each in made.findings] == [("ks1", "ACL030")]
    made = report(nothing_encrypted, "deny bogus", "deny ip any any")
    assert made.findings == ()


def test_several_such_lines_are_one_finding() -> None:
    lines = [f"deny tcp any any range {n} {n + 1}" for n in range(1, 15, 2)]
    (finding,) = report(more_than_members_are_told, *lines, PERMIT).findings
    assert finding.message.endswith("members cannot be told, as do 6 more")
    assert len(finding.evidence) == 5


@pytest.mark.parametrize(
    ("network", "found"),
    [
        ("10.0.1.0 0.255.0.255", True),
        ("10.0.0.1 0.0.255.0", True),
        ("10.0.0.0 0.0.0.2", True),
        ("10.0.0.0 0.0.0.3", False),
        ("10.0.0.0 0.255.255.255", False),
        ("10.0.0.0 255.255.255.0", False),
        ("host 10.0.0.1", False),
        ("any", False),
    ],
)
def test_wildcards_with_holes_are_found_on_either_side(network: str, found: bool) -> None:
    for line in (f"deny ip {network} any", f"deny ip any {network}"):
        made = report(wildcards_with_holes, line, PERMIT)
        assert severities(made) == [Severity.LOW] * found
        if found:
            assert f" no {line}\n" in made.findings[0].remediation
            assert f"has wildcard {network.split()[1]}, which selects" in messages(made)[0]


@pytest.mark.parametrize(
    "rule",
    [more_than_members_are_told, wildcards_with_holes, nothing_encrypted],
    ids=lambda rule: rule.code,
)
def test_a_policy_that_is_not_known_is_not_checked(rule: AnyRule) -> None:
    text = key_server(PERMIT).replace("ip access-list", "! ")
    made = audit_example(rule, {"ks1.cfg": text})
    assert "access list POLICY is not in the configuration" in reasons(made)
    made = audit_example(rule, {"gm1.cfg": member()})
    assert reasons(made) == ["no policy of this group is known"]


def test_a_list_without_permit_encrypts_nothing() -> None:
    (finding,) = report(nothing_encrypted, "deny ip any any").findings
    assert finding.severity is Severity.HIGH
    assert finding.message == "policy of group G1 has no permit: the group encrypts nothing"
    assert finding.remediation.startswith("ip access-list extended POLICY\n")
    made = audit_example(nothing_encrypted, {"ks1/show crypto gdoi ks acl.txt": ks_acl(*SEED)})
    assert len(made.findings) == 1
    made = audit_example(nothing_encrypted, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert (made.findings, made.not_checked) == ((), ())


# ---- lists that are missing ----

GM = """\
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN gdoi fail-close
 match address CLOSED
 activate
crypto map GETVPN 10 gdoi
 set group G1
 match address LOCAL
crypto map OTHER 10 ipsec-isakmp
 match address NOT-OURS
"""
LISTS = "ip access-list extended {}\n deny tcp any any eq 22\n"


def test_every_list_that_is_named_has_to_be_there() -> None:
    made = audit_example(lists_missing, {"gm1.cfg": GM})
    assert messages(made) == [
        "the fail-close block of crypto map GETVPN names access list CLOSED, which does not exist",
        "crypto map GETVPN 10 names access list LOCAL, which does not exist",
    ]
    assert severities(made) == [Severity.HIGH] * 2
    assert [finding.location.line for finding in made.findings] == [6, 10]
    assert made.findings[0].remediation.startswith("ip access-list extended CLOSED\n")
    text = GM + LISTS.format("CLOSED") + LISTS.format("LOCAL")
    made = audit_example(lists_missing, {"gm1.cfg": text})
    assert (made.findings, made.not_checked) == ((), ())


def test_an_empty_list_is_as_good_as_none() -> None:
    text = key_server()
    (message,) = messages(audit_example(lists_missing, {"ks1.cfg": text}))
    assert message == "'sa ipsec' of group G1 names access list POLICY, which has no entries"
    made = audit_example(lists_missing, {"ks1.cfg": key_server("permit bogus")})
    assert made.findings == ()


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("ip access-list extended POLICY\n", 0),
        ("ip access-list extended POLICY\n remark sites\n", 0),
        ("ip access-list extended POLICY\n!\nline con 0\n", 1),
        ("access-list 150 remark sites\n!\nline con 0\n", 0),
    ],
)
def test_a_list_that_is_cut_is_not_called_empty(head: str, found: int) -> None:
    text = "version 17.9\n" + key_server().split("ip access-list")[0] + head
    if "150" in head:
        text = text.replace("ipv4 POLICY", "ipv4 150")
    made = audit_example(lists_missing, {"ks1.cfg": text})
    assert len(made.findings) == found
    assert len(made.not_checked) == 1 - found


def test_lists_of_ipv6_are_looked_for_among_their_own() -> None:
    text = key_server(PERMIT).replace("address ipv4 POLICY", "address ipv6 POLICY")
    (finding,) = audit_example(lists_missing, {"ks1.cfg": text}).findings
    assert finding.remediation.startswith("ipv6 access-list POLICY\n")
    text = text.replace("ip access-list extended", "ipv6 access-list").replace(
        PERMIT, "permit ipv6 any any"
    )
    assert not audit_example(lists_missing, {"ks1.cfg": text}).findings


def test_lists_of_ipv6_maps_are_looked_for_among_their_own() -> None:
    maps = "crypto map ipv6 M6 10 gdoi\n set group G6\n match address LOCAL6\n"
    text = f"hostname gm1\n{maps}ip access-list extended LOCAL6\n deny tcp any any\n"
    (finding,) = audit_example(lists_missing, {"gm1.cfg": text}).findings
    assert finding.remediation.startswith("ipv6 access-list LOCAL6\n")
    text = text.replace("ip access-list extended", "ipv6 access-list")
    assert not audit_example(lists_missing, {"gm1.cfg": text}).findings


def test_a_list_that_is_absent_from_a_part_may_be_elsewhere() -> None:
    made = audit_example(lists_missing, {"gm1.cfg": GM.removeprefix("hostname gm1\n")})
    assert made.findings == ()
    assert reasons(made) == ["the text is a part of a configuration: it has no line 'hostname'"]
    text = LISTS.format("CLOSED") + LISTS.format("LOCAL") + GM.removeprefix("hostname gm1\n")
    assert audit_example(lists_missing, {"gm1.cfg": text}).not_checked == ()
    made = audit_example(lists_missing, {"gm1/show crypto gdoi gm acl.txt": gm_acl(PERMIT)})
    assert reasons(made) == ["there is no configuration"]
