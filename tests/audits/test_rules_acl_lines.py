"""Lines of policies in vain, and permits that one line can stand for."""

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.packets import MOST_LINES
from getvpn.audits.rule import AnyRule, Fix, Grade, Severity
from getvpn.audits.rules.acl_lines import (
    denies_in_vain,
    overruled,
    permits_apart,
    permits_in_vain,
)

from .policies import (
    PERMIT,
    SEED,
    fires,
    gm_acl,
    key_server,
    ks_acl,
    messages,
    reasons,
    report,
    severities,
)

RULES = (overruled, permits_in_vain, denies_in_vain, permits_apart)
SITE = "permit ip 10.1.0.0 0.0.255.255 10.0.0.0 0.255.255.255"
HOST = "permit ip host 10.1.0.1 10.0.0.0 0.255.255.255"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_list_of_the_concepts_document_has_no_line_in_vain(rule: AnyRule) -> None:
    assert not fires(rule, *SEED, "permit ip any any")
    assert not fires(rule, *SEED, PERMIT)
    assert not fires(rule, *SEED, PERMIT, "deny ip any any")


def test_a_permit_behind_a_deny_for_all_of_it_leaves_its_traffic_in_clear() -> None:
    made = report(overruled, "deny ip 10.1.0.0 0.0.255.255 any", HOST, PERMIT)
    (finding,) = made.findings
    assert finding.device == "ks1"
    assert finding.severity is Severity.HIGH
    assert finding.message == (
        f"'{HOST}' in the policy of group G1 never matches: 'deny ip 10.1.0.0 0.0.255.255 any' "
        "takes all of it before"
    )
    assert [each.text for each in finding.evidence] == [HOST, "deny ip 10.1.0.0 0.0.255.255 any"]
    assert finding.remediation == (
        f"ip access-list extended POLICY\n ! '{HOST}' has to stand in front of\n"
        " ! 'deny ip 10.1.0.0 0.0.255.255 any'"
    )
    assert finding.fixes == ()


def test_a_deny_behind_a_permit_for_all_of_it_is_less_of_a_fault() -> None:
    made = report(overruled, PERMIT, "deny tcp 10.1.0.0 0.0.255.255 10.0.0.0 0.255.255.255")
    assert severities(made) == [Severity.MEDIUM]


def test_an_exception_behind_its_permit_comes_too_late() -> None:
    deny = "deny tcp any any eq 443"
    (finding,) = report(overruled, PERMIT, deny).findings
    assert finding.severity is Severity.MEDIUM
    assert finding.message == (
        f"'{deny}' in the policy of group G1 changes nothing: '{PERMIT}' takes what it is an "
        "exception to before"
    )
    assert [each.text for each in finding.evidence] == [deny, PERMIT]
    assert not fires(denies_in_vain, PERMIT, deny)
    assert not fires(overruled, deny, PERMIT)
    assert not fires(overruled, PERMIT, deny, "permit tcp any any")


def test_a_deny_for_the_rest_is_no_exception() -> None:
    for rest in ("deny ip 10.0.0.0 0.255.255.255 any", "deny ip any 10.0.0.0 0.255.255.255"):
        assert not fires(overruled, SITE, rest)
        assert fires(denies_in_vain, SITE, rest)
    assert not fires(overruled, SITE, "deny ip any any")
    assert fires(overruled, SITE, "deny ip host 10.1.0.1 any")


def test_several_entries_overrule_one_together() -> None:
    halves = ["deny ip 10.0.0.0 0.127.255.255 any", "permit ip 10.128.0.0 0.127.255.255 any"]
    (message,) = messages(report(overruled, *halves, PERMIT))
    assert message.endswith(f"never matches: '{halves[0]}' and 1 more takes all of it before")
    assert not fires(overruled, halves[0], PERMIT)


def test_behind_a_permit_for_everything_another_rule_speaks() -> None:
    assert not fires(overruled, "permit ip any any", "deny tcp any any eq 22")
    assert fires(overruled, "deny ip any any", "permit ip any any")


def test_an_entry_that_keeps_a_part_is_not_overruled() -> None:
    assert not fires(overruled, "deny ip host 10.1.0.1 any", SITE)
    assert not fires(overruled, "deny tcp any any", SITE)


def test_lists_of_later_blocks_are_overruled_by_earlier_ones() -> None:
    lists = f"ip access-list extended A\n deny ip any any\nip access-list extended B\n {PERMIT}\n"
    text = (
        key_server()
        .replace("POLICY", "A")
        .replace("  address", "  sa ipsec 20\n   match address ipv4 B\n  address")
    )
    text = text.replace("ip access-list extended A\n", lists)
    (finding,) = audit_example(overruled, {"ks1.cfg": text}).findings
    assert finding.severity is Severity.HIGH


def test_a_permit_that_others_repeat_costs_sas() -> None:
    made = report(permits_in_vain, SITE, PERMIT, HOST)
    assert messages(made) == [
        f"'{line}' in the policy of group G1 costs a pair of SAs on every member, other permits "
        "encrypt all of it"
        for line in (SITE, HOST)
    ]
    assert severities(made) == [Severity.LOW] * 2
    assert made.findings[0].fixes == (
        Fix(
            device="ks1",
            lines=("ip access-list extended POLICY", f" no {SITE}"),
            grade=Grade.REKEY,
        ),
    )
    assert [each.remediation for each in made.findings] == [
        f"ip access-list extended POLICY\n no {line}" for line in (SITE, HOST)
    ]
    assert {each.device for each in made.findings} == {"ks1"}
    assert not fires(permits_in_vain, SITE, "deny ip host 10.1.0.1 any", PERMIT)
    assert not fires(permits_in_vain, "deny ip 10.0.0.0 0.255.255.255 any", SITE)


def test_the_list_of_a_line_must_be_known_for_a_fix() -> None:
    lists = f"ip access-list extended A\n {SITE}\nip access-list extended B\n {PERMIT}\n"
    text = (
        key_server()
        .replace("POLICY", "A")
        .replace("  address", "  sa ipsec 20\n   match address ipv4 B\n  address")
    )
    text = text.replace("ip access-list extended A\n", lists)
    (finding,) = audit_example(permits_in_vain, {"ks1.cfg": text}).findings
    assert finding.fixes == ()
    made = audit_example(permits_in_vain, {"gm1/show crypto gdoi gm acl.txt": gm_acl(SITE, PERMIT)})
    assert [finding.fixes for finding in made.findings] == [()]
    made = audit_example(permits_in_vain, {"ks1/show crypto gdoi ks acl.txt": ks_acl(SITE, PERMIT)})
    assert [len(finding.fixes) for finding in made.findings] == [1]


@pytest.mark.parametrize(
    ("lines", "vain"),
    [
        (("deny ip 192.168.0.0 0.0.255.255 any", PERMIT), 1),
        (("deny tcp any any eq 22", "deny tcp any any", PERMIT), 1),
        (("deny tcp any any", "deny tcp any any eq 22", PERMIT), 1),
        ((PERMIT, "deny ip any any"), 0),
        ((PERMIT, "deny ip 192.168.0.0 0.0.255.255 any"), 1),
        (("deny ip any any", PERMIT), 0),
        (("deny ospf any any", PERMIT), 0),
    ],
)
def test_a_deny_in_vain_is_information(lines: tuple[str, ...], vain: int) -> None:
    made = report(denies_in_vain, *lines)
    assert severities(made) == [Severity.INFO] * vain
    assert all("in the policy of group G1 changes nothing: no permit" in m for m in messages(made))
    for finding in made.findings:
        assert finding.device == "ks1"
        assert finding.remediation == "\n".join(finding.fixes[0].lines)
        assert finding.fixes[0].lines[1].startswith(" no deny")


def test_a_list_of_denies_only_is_not_emptied() -> None:
    made = report(denies_in_vain, "deny udp any any eq 848", "deny ospf any any")
    assert [finding.fixes for finding in made.findings] == [(), ()]


def test_neighbours_are_one_permit() -> None:
    pair = [SITE.replace("10.1", "10.2", 1), SITE.replace("10.1", "10.3", 1)]
    (finding,) = report(permits_apart, "deny tcp any any eq 22", *pair).findings
    joined = "permit ip 10.2.0.0 0.1.255.255 10.0.0.0 0.255.255.255"
    assert finding.message == (
        f"'{pair[0]}' and '{pair[1]}' in the policy of group G1 are one: '{joined}'"
    )
    assert finding.severity is Severity.LOW
    assert [each.text for each in finding.evidence] == pair
    (fix,) = finding.fixes
    assert fix.lines[1:] == (f" no {pair[0]}", f" no {pair[1]}", f" {joined}")
    assert finding.remediation == "\n".join(fix.lines)
    assert finding.device == "ks1"


def test_neighbours_with_a_deny_behind_them_are_not_joined_by_a_fix() -> None:
    pair = [SITE.replace("10.1", "10.2", 1), SITE.replace("10.1", "10.3", 1)]
    (finding,) = report(permits_apart, *pair, "deny ip any any").findings
    assert finding.fixes == ()


def test_networks_that_are_no_neighbours_stay_apart() -> None:
    assert not fires(permits_apart, SITE, SITE.replace("10.1", "10.2", 1))
    assert not fires(permits_apart, SITE, PERMIT)
    assert not fires(permits_apart, SITE, SITE)
    assert not fires(permits_apart, SITE, SITE.replace("10.0", "10.1").replace("10.1", "10.2", 1))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_what_is_not_known_in_full_is_not_checked(rule: AnyRule) -> None:
    made = report(rule, "deny ip object-group A any", PERMIT)
    assert made.findings == ()
    assert reasons(made) == ["it is not known what 'deny ip object-group A any' selects"]
    made = audit_example(rule, {"ks1.cfg": key_server(PERMIT).replace("ip access-list", "! ")})
    assert "access list POLICY is not in the configuration" in reasons(made)
    hosts = [f"permit ip host 10.0.{n >> 8}.{n & 255} any" for n in range(MOST_LINES + 1)]
    assert reasons(report(rule, *hosts)) == ["401 entries are too many"]
    assert reasons(report(rule, *hosts[:-1])) == []


def test_a_line_with_an_object_group_is_in_vain_only_as_a_whole() -> None:
    groups = "object-group network A\n 10.1.0.0 255.255.0.0\n {}\n"
    line = "permit ip object-group A 10.0.0.0 0.255.255.255"
    for other, count in (("10.2.0.0 255.255.0.0", 1), ("11.2.0.0 255.255.0.0", 0)):
        text = key_server(line, PERMIT, more=groups.format(other))
        assert len(audit_example(permits_in_vain, {"ks1.cfg": text}).findings) == count
        text = key_server(PERMIT.replace("permit", "deny"), line, more=groups.format(other))
        assert len(audit_example(overruled, {"ks1.cfg": text}).findings) == count
    text = key_server(line, more=groups.format("10.0.0.0 255.255.0.0"))
    assert audit_example(permits_apart, {"ks1.cfg": text}).findings == ()
