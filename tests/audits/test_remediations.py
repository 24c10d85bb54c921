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
