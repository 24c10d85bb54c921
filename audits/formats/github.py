"""The report as annotations of GitHub Actions: workflow commands on standard output."""

from __future__ import annotations

from ...errors import printable
from ..engine import Report
from ..rule import Finding, Severity
from .words import path_of, subject

COMMANDS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render(report: Report) -> str:
    """One workflow command for each finding, and for what could not be read."""
    lines = [_finding(finding) for finding in report.findings]
    problems = [*report.fleet.problems, *(p for d in report.fleet.devices for p in d.problems)]
    lines += [f"::error title=getvpn::{_data(str(each))}" for each in problems]
    lines += [f"::error title=getvpn::{_data(str(each))}" for each in report.faults]
    return "".join(f"{line}\n" for line in lines)


def _finding(finding: Finding) -> str:
    place = finding.location
    given = {"file": path_of(place.source)}
    if place.line is not None:
        given["line"] = str(place.line)
    given["title"] = f"{finding.rule} [{finding.severity}]"
    values = ",".join(f"{key}={_property(value)}" for key, value in given.items())
    text = f"{subject(finding)}: {finding.message}"
    return f"::{COMMANDS[finding.severity]} {values}::{_data(text)}"


def _data(text: str) -> str:
    """Text as the runner reads it back; a line break would begin another command."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
