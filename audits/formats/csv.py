"""The report for spreadsheets: comma-separated values (RFC 4180), a row for each finding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ...errors import printable
from ..engine import Report
from ..fingerprints import fingerprints
from ..rule import Finding
from .words import seen

COLUMNS = (
    "state",
    "severity",
    "rule",
    "title",
    "device",
    "group",
    "source",
    "line",
    "message",
    "evidence",
    "remediation",
    "fix",
    "reason",
    "owner",
    "until",
    "fingerprint",
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets take a cell that begins so for a formula (OWASP, CSV injection)."""


def render(report: Report) -> str:
    """The findings, then those that are waived and known, then what was not checked."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(report):
        writer.writerow([_cell(row.get(column, "")) for column in COLUMNS])
    return text.getvalue()


def _rows(report: Report) -> Iterator[dict[str, object]]:
    titles = {rule.code: rule.title for rule in report.rules}
    yield from (_row("found", each, titles) for each in _named(report.findings))
    waived = _named(tuple(each.finding for each in report.waived))
    for pair, each in zip(waived, report.waived, strict=True):
        said = {"reason": each.reason, "owner": each.owner or "", "until": each.until or ""}
        yield _row("waived", pair, titles) | said
    yield from (_row("known", each, titles) for each in _named(report.known))
    for missed in report.not_checked:
        yield {
            "state": "not checked",
            "rule": missed.rule,
            "title": titles[missed.rule],
            "device": missed.device,
            "group": missed.group or "",
            "reason": missed.reason,
        }


def _named(findings: tuple[Finding, ...]) -> Iterator[tuple[Finding, str]]:
    return zip(findings, fingerprints(findings), strict=True)


def _row(state: str, named: tuple[Finding, str], titles: dict[str, str]) -> dict[str, object]:
    finding, name = named
    return {
        "state": state,
        "severity": finding.severity,
        "rule": finding.rule,
        "title": titles[finding.rule],
        "device": finding.device,
        "group": finding.group or "",
        "source": finding.location.source,
        "line": finding.location.line or "",
        "message": finding.message,
        "evidence": "\n".join(map(seen, finding.evidence)),
        "remediation": finding.remediation,
        "fix": ", ".join(dict.fromkeys(str(fix.grade) for fix in finding.fixes)),
        "fingerprint": name,
    }


def _cell(value: object) -> str:
    """A cell that is shown as it is, in every line of it."""
    text = "\n".join(printable(line) for line in str(value).split("\n"))
    return f"'{text}" if text.startswith(FORMULAS) else text
