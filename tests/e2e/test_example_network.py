"""The example network: every planted mistake is found, and nothing else that is serious."""

import json
from pathlib import Path

import pytest

from getvpn import Report, Severity, audit
from getvpn.audits.registry import registry


@pytest.fixture(scope="module")
def report(root: Path) -> Report:
    return audit([root / "inventory/example/network"])


@pytest.fixture(scope="module")
def planted(root: Path) -> set[tuple[str, str]]:
    """Device ('' for the group as a whole) and code of the rule of each planted mistake."""
    entries = json.loads((root / "inventory/example/planted.json").read_text("utf-8"))
    return {(entry["device"], registry()[entry["rule"]].code) for entry in entries}


def test_every_planted_mistake_is_found(report: Report, planted: set[tuple[str, str]]) -> None:
    assert planted - {(finding.device, finding.rule) for finding in report.findings} == set()


def test_nothing_else_is_high_or_worse(report: Report, planted: set[tuple[str, str]]) -> None:
    serious = {
        (finding.device, finding.rule)
        for finding in report.findings
        if finding.severity >= Severity.HIGH
    }
    assert serious - planted == set()


def test_every_text_is_understood_to_the_last_line(report: Report) -> None:
    assert report.faults == ()
    assert report.fleet.problems == ()
    for device in report.fleet.devices:
        assert device.problems == ()
        assert all(shown.record.unparsed == () for shown in device.shown)


def test_a_finding_names_a_line_that_holds_its_evidence(report: Report) -> None:
    for finding in report.findings:
        source, line = finding.location.source, finding.location.line
        if line is not None:
            text = Path(source).read_text("utf-8").splitlines()[line - 1]
            assert text.strip()
