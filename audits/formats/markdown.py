"""The report for pull requests and job summaries: Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from ...errors import printable
from ..engine import Report
from ..rule import Finding, Severity
from .words import seen, subject

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&@])")


def render(report: Report) -> str:
    """The report as Markdown: a summary, a table of findings by device, and their details."""
    parts = [*_summary(report)]
    for name, findings in groupby(report.findings, key=_about):
        parts.append("\n".join(_section(name, findings)))
    if report.waived:
        parts.append("\n".join(_waived(report)))
    if report.not_checked:
        parts.append("\n".join(_not_checked(report)))
    return "\n\n".join(parts) + "\n"


def _summary(report: Report) -> Iterator[str]:
    counts = Counter(finding.severity for finding in report.findings)
    yield "# GETVPN audit"
    words = [f"{counts[each]} {each}" for each in sorted(Severity, reverse=True) if counts[each]]
    devices, rules = len(report.fleet.devices), len(report.rules)
    found = f"**{len(report.findings)} findings** ({', '.join(words)})" if words else "No findings"
    yield f"{found} on {devices} devices by {rules} rules, profile {_plain(report.profile)}."
    rest = []
    if report.waived:
        rest.append(f"{len(report.waived)} waived")
    if report.known:
        rest.append(f"{len(report.known)} known from the baseline")
    if report.not_checked:
        rest.append(f"{len(report.not_checked)} checks not possible")
    if rest:
        yield f"{', '.join(rest)}."


def _about(finding: Finding) -> str:
    return finding.device or subject(finding)


def _section(name: str, findings: Iterable[Finding]) -> Iterator[str]:
    listed = list(findings)
    yield f"## {_plain(name)}\n"
    yield "| severity | rule | finding | place |"
    yield "|---|---|---|---|"
    for finding in listed:
        place = _code(str(finding.location))
        yield f"| {finding.severity} | {finding.rule} | {_plain(finding.message)} | {place} |"
    for finding in listed:
        yield f"\n<details><summary>{finding.rule}: evidence and remediation</summary>\n"
        yield _block("\n".join(map(seen, finding.evidence)))
        yield ""
        yield _block(finding.remediation)
        yield "\n</details>"


def _waived(report: Report) -> Iterator[str]:
    yield "## Waived\n"
    yield "| rule | about | reason | owner | until |"
    yield "|---|---|---|---|---|"
    for each in report.waived:
        cells = (each.finding.rule, _plain(subject(each.finding)), _plain(each.reason))
        yield f"| {' | '.join(cells)} | {_plain(each.owner or '')} | {each.until or ''} |"


def _not_checked(report: Report) -> Iterator[str]:
    counts = Counter((each.rule, each.reason) for each in report.not_checked)
    yield "## Not checked\n"
    yield "| rule | how often | reason |"
    yield "|---|---|---|"
    for (rule, reason), count in sorted(counts.items()):
        yield f"| {rule} | {count} | {_plain(reason)} |"


def _plain(text: str) -> str:
    """Text in which nothing is markup, on one line."""
    return _SPECIAL.sub(r"\\\1", printable(text))


def _code(text: str) -> str:
    """Text in a code span, in a table."""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    return f"{fence}{printable(text)}{fence}".replace("|", "\\|")


def _block(text: str) -> str:
    """Text in a code block that it cannot end."""
    lines = [printable(line) for line in text.split("\n")]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((f"{fence}text", *lines, fence))
