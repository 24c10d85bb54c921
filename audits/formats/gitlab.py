"""The report for merge requests of GitLab: a Code Quality artifact."""

from __future__ import annotations

import json

from ..engine import Report
from ..fingerprints import fingerprints
from ..rule import Finding, Severity
from .words import path_of, subject

SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(report: Report) -> str:
    """The findings as a JSON list, as `artifacts:reports:codequality` wants it."""
    pairs = zip(report.findings, fingerprints(report.findings), strict=True)
    return json.dumps([_issue(finding, name) for finding, name in pairs], indent=1) + "\n"


def _issue(finding: Finding, name: str) -> dict[str, object]:
    return {
        "description": f"{subject(finding)}: {finding.message}",
        "check_name": finding.rule,
        "fingerprint": name,
        "severity": SEVERITIES[finding.severity],
        "location": {
            "path": path_of(finding.location.source),
            "lines": {"begin": finding.location.line or 1},
        },
    }
