"""The examples that stand in the rules are true."""

from string import Formatter

import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.registry import registry
from getvpn.audits.rule import AnyRule
from getvpn.audits.settings import THRESHOLDS

RULES = pytest.mark.parametrize("rule", registry().rules, ids=lambda rule: rule.code)


@RULES
def test_the_bad_example_is_found(rule: AnyRule) -> None:
    report = audit_example(rule, rule.bad)
    assert report.findings
    assert not any(device.problems for device in report.fleet.devices)


@RULES
def test_the_good_example_is_checked_in_full_and_passes(rule: AnyRule) -> None:
    report = audit_example(rule, rule.good)
    assert report.findings == ()
    assert report.not_checked == ()
    assert not any(device.problems for device in report.fleet.devices)
    assert report.fleet.unused == ()


@RULES
def test_every_finding_has_evidence_in_a_file_of_the_example(rule: AnyRule) -> None:
    for finding in audit_example(rule, rule.bad).findings:
        assert finding.evidence
        for evidence in finding.evidence:
            lines = rule.bad[evidence.source].removeprefix("\n").splitlines()
            assert evidence.line is None or evidence.text in lines[evidence.line - 1]


@RULES
def test_messages_are_clauses_on_one_line(rule: AnyRule) -> None:
    for finding in audit_example(rule, rule.bad).findings:
        assert finding.message.isprintable()
        assert not finding.message.endswith(".")


@RULES
def test_the_manual_is_complete(rule: AnyRule) -> None:
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert rule.needs
    assert rule.source
    assert rule.rationale.endswith(".")
    assert rule.remediation
    assert rule.check.__doc__


@RULES
def test_the_thresholds_exist(rule: AnyRule) -> None:
    assert set(rule.thresholds) <= set(THRESHOLDS)


@RULES
def test_a_remediation_is_filled_in_full(rule: AnyRule) -> None:
    names = {name for _, name, _, _ in Formatter().parse(rule.remediation) if name}
    for finding in audit_example(rule, rule.bad).findings:
        assert not any(f"{{{name}}}" in finding.remediation for name in names)
