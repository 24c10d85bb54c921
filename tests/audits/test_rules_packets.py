"""What all rules about packets have in common: what their examples say, and about whom."""

from collections.abc import Iterator

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import AnyRule, Finding, Grade

CODES = (
    *(f"ACL{number:03}" for number in range(18, 41)),
    *(f"FCL{number:03}" for number in range(1, 9)),
    *(f"MAP{number:03}" for number in range(1, 14)),
    *(f"MTU{number:03}" for number in range(3, 9)),
    *(f"OPS{number:03}" for number in range(2, 8)),
)
RULES = pytest.mark.parametrize("rule", [registry()[code] for code in CODES], ids=CODES)


def _findings(rule: AnyRule) -> Iterator[Finding]:
    return iter(audit_example(rule, rule.bad).findings)


@RULES
def test_a_finding_names_a_device_of_the_example(rule: AnyRule) -> None:
    devices = {name.partition("/")[0].removesuffix(".cfg") for name in rule.bad}
    for finding in _findings(rule):
        assert finding.device in devices
        assert finding.severity is rule.severity
        assert {proof.device for proof in finding.evidence} <= devices


@RULES
def test_a_remediation_says_nothing_that_is_missing(rule: AnyRule) -> None:
    for finding in _findings(rule):
        assert "None" not in finding.remediation
        assert "None" not in finding.message
        assert "  " not in finding.message


@RULES
def test_the_bad_example_of_a_rule_with_a_fix_is_mended_by_it(rule: AnyRule) -> None:
    for finding in _findings(rule):
        assert rule.fix is None or finding.fixes
        for fix in finding.fixes:
            assert fix.lines
            assert not any("<" in line or line.lstrip().startswith("!") for line in fix.lines)
            assert rule.fix is None or fix.grade is rule.fix


@RULES
def test_a_rule_is_of_one_source_and_says_why(rule: AnyRule) -> None:
    assert rule.source
    assert len(rule.rationale) > 80
    assert rule.fix in (None, Grade.SAFE, Grade.REKEY, Grade.REGISTRATION)
