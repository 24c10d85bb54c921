"""The report for people: `file:line: CODE [severity] message`, by device, the summary last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from ...errors import counted, printable
from ..engine import Report
from ..facts import Unused
from ..rule import Evidence, Finding, Location, NotChecked, Severity

_STYLES = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}
_BOLD = "1"
_ERROR = "1;31"
_LABEL_WIDTH = 13


def render(report: Report, *, color: bool = False, show_not_checked: bool = False) -> str:
    """The report as text.

    `show_not_checked` lists each check that was not possible and each text that was left aside.
    Text of devices is shown with its control characters escaped.
    """
    paint = _Paint(color)
    blocks = []
    for (device, group), findings in groupby(report.findings, key=_heading_key):
        lines = [paint(_heading(device, group), _BOLD)]
        for finding in findings:
            lines += _finding(finding, paint)
        blocks.append("\n".join(lines))
    errors = [paint("error", _ERROR) + f": {text}" for text in error_lines(report)]
    if errors:
        blocks.append("\n".join(errors))
    if show_not_checked:
        listed = [*map(_not_checked, report.not_checked), *map(_unused, report.fleet.unused)]
        if listed:
            blocks.append("\n".join(listed))
    blocks.append("\n".join(_summary(report, explain=not show_not_checked)))
    return "\n\n".join(blocks) + "\n"


def error_lines(report: Report) -> list[str]:
    """What could not be read, and faults of rules: one line each."""
    found = [str(problem) for problem in report.fleet.problems]
    for device in report.fleet.devices:
        found += (str(problem) for problem in device.problems)
    return [*found, *(printable(str(fault)) for fault in report.faults)]


class _Paint:
    """Puts ANSI styles around text, or not."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.color else text


def _heading_key(finding: Finding) -> tuple[str, str]:
    return finding.device, "" if finding.device else finding.group or ""


def _heading(device: str, group: str) -> str:
    return printable(device or (f"group {group}" if group else "all devices"))


def _finding(finding: Finding, paint: _Paint) -> Iterator[str]:
    severity = paint(f"[{finding.severity}]", _STYLES[finding.severity])
    place = printable(str(finding.location))
    code = paint(finding.rule, _BOLD)
    yield f"{place}: {code} {severity} {printable(finding.message)}"
    for number, evidence in enumerate(finding.evidence):
        yield from _labelled("" if number else "evidence", _evidence(evidence, finding))
    yield from _labelled("diff", finding.diff)
    yield from _labelled("remediation", finding.remediation)
    grades = dict.fromkeys(str(fix.grade) for fix in finding.fixes)
    yield from _labelled("fix", ", ".join(grades))


def _evidence(evidence: Evidence, finding: Finding) -> str:
    parts = []
    if evidence.location != finding.location:
        parts.append(f"{evidence.location}:")
    if evidence.command:
        parts.append(f"'{evidence.command}'")
    if evidence.field:
        parts.append(f"{evidence.field} = {evidence.value}")
    if evidence.text:
        parts.append(f"in '{evidence.text}'" if evidence.field else evidence.text)
    return " ".join(parts)


def _labelled(label: str, text: str) -> Iterator[str]:
    """The lines of `text`, indented, with `label` before the first."""
    for line in filter(None, text.split("\n")):
        yield f"    {label:<{_LABEL_WIDTH}}{printable(line)}"
        label = ""


def _not_checked(each: NotChecked) -> str:
    subject = each.device or "all devices"
    if each.group:
        subject = f"{each.device}, group {each.group}" if each.device else f"group {each.group}"
    return printable(f"{subject}: {each.rule} not checked: {each.reason}")


def _unused(each: Unused) -> str:
    place = Location(source=each.source, line=each.line)
    return printable(f"{place}: not used: {each.reason}")


def _summary(report: Report, *, explain: bool) -> Iterator[str]:
    by_severity = Counter(finding.severity for finding in report.findings)
    devices = counted(len(report.fleet.devices), "device")
    rules = counted(len(report.rules), "rule")
    if by_severity:
        parts = [f"{by_severity[each]} {each}" for each in sorted(by_severity, reverse=True)]
        total = counted(len(report.findings), "finding")
        yield f"{total} ({', '.join(parts)}) on {devices} by {rules}, profile {report.profile}"
    else:
        yield f"no findings on {devices} by {rules}, profile {report.profile}"
    yield from _excused(report)
    if errors := len(error_lines(report)):
        yield f"{counted(errors, 'error')}: these texts are not audited"
    yield from _unread(report)
    if report.not_checked:
        yield f"{counted(len(report.not_checked), 'check')} not possible" + (":" if explain else "")
        if explain:
            yield from _reasons(report.not_checked)


def _excused(report: Report) -> Iterator[str]:
    """What was found and does not count."""
    if report.waived:
        owners = sorted({each.owner for each in report.waived if each.owner})
        by = f" by {', '.join(owners)}" if owners else ""
        yield printable(f"{counted(len(report.waived), 'finding')} waived{by}")
    if report.known:
        yield f"{counted(len(report.known), 'finding')} known from the baseline"


def _unread(report: Report) -> Iterator[str]:
    """Lines that were read without being understood, and texts that were not read at all."""
    for device in report.fleet.devices:
        for problem in device.config.problems if device.config else ():
            source = device.config.source if device.config else ""
            yield printable(f"{source}:{problem.line.lineno}: {problem.message}")
        for shown in device.shown:
            if shown.record.unparsed:
                first = shown.record.unparsed[0]
                where = f"{shown.source}:{shown.first_line + first.lineno - 1}"
                count = counted(len(shown.record.unparsed), "line")
                yield printable(f"{where}: {count} of '{shown.record.command}' not understood")
    if report.fleet.unused:
        yield f"{counted(len(report.fleet.unused), 'text')} not used"


def _reasons(not_checked: Iterable[NotChecked]) -> Iterator[str]:
    """The reasons, the most frequent first, each with the rules and how often."""
    counts = Counter(each.reason for each in not_checked)
    rules: dict[str, dict[str, None]] = {}
    for each in not_checked:
        rules.setdefault(each.reason, {})[each.rule] = None
    for reason, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{count:6} {printable(reason)} ({', '.join(rules[reason])})"
