"""The examples of the rules hold; `pytest` in this folder runs them."""

import getvpn_site_rules
import pytest

from getvpn.audits.examples import audit_example
from getvpn.audits.registry import rules_in
from getvpn.audits.rule import AnyRule

RULES = pytest.mark.parametrize("rule", rules_in(getvpn_site_rules), ids=lambda rule: rule.code)


@RULES
def test_the_bad_example_is_found(rule: AnyRule) -> None:
    assert audit_example(rule, rule.bad).findings


@RULES
def test_the_good_example_passes(rule: AnyRule) -> None:
    report = audit_example(rule, rule.good)
    assert not report.findings
    assert not report.not_checked
