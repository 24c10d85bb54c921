"""What rules advise is filled with what they saw."""

import re

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import AnyRule

RULES = pytest.mark.parametrize("rule", registry().rules, ids=lambda rule: rule.code)
NOTHING = re.compile(r"\bNone\b|\{|\}")


@RULES
def test_nothing_is_advised_about_nothing(rule: AnyRule) -> None:
    for finding in audit_example(rule, rule.bad).findings:
        texts = [finding.message, finding.remediation]
        texts += [line for fix in finding.fixes for line in fix.lines]
        for text in texts:
            assert not NOTHING.search(text), text


@RULES
def test_lines_that_mend_hold_no_placeholders(rule: AnyRule) -> None:
    for finding in audit_example(rule, rule.bad).findings:
        for fix in finding.fixes:
            assert fix.lines
            assert fix.device
            assert not any("<" in line for line in fix.lines)


@RULES
def test_a_rule_that_can_be_mended_is_in_its_bad_example(rule: AnyRule) -> None:
    if rule.fix is not None:
        found = audit_example(rule, rule.bad).findings
        assert any(finding.fixes for finding in found)


BEHIND = """
ip access-list extended BEHIND
 permit ip host 172.31.0.1 host 172.31.0.2
 permit ip host 172.31.0.2 host 172.31.0.1
"""
ACL_RULES = pytest.mark.parametrize(
    "rule",
    [rule for rule in registry().rules if rule.code.startswith("ACL")],
    ids=lambda rule: rule.code,
)
SECOND = "  sa ipsec 20\n   match address ipv4 BEHIND\n"


@ACL_RULES
def test_what_is_wrong_in_the_first_list_of_a_policy_is_mended_in_that_list(rule: AnyRule) -> None:
    before = {each.message: each.remediation for each in audit_example(rule, rule.bad).findings}
    more = {
        name: text.replace("  address ipv4 ", f"{SECOND}  address ipv4 ", 1) + BEHIND
        if "   match address ipv4 POLICY\n" in text
        else text
        for name, text in rule.bad.items()
    }
    for finding in audit_example(rule, more).findings:
        if finding.message in before:
            assert finding.remediation == before[finding.message]
