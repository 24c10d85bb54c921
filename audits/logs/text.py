"""The report of logs for people: what it means first, then the time lines and the clocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ...errors import printable
from ..rule import Severity
from .case import Explanation, clock
from .clocks import SERVER, Clock
from .moments import Moment, several, words_of
from .report import GroupReport, LogReport
from .store import NO_TIME

_STYLES: Final = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "",
}
_BOLD, _GOOD = "1", "32"
_CLOCKS: Final = 10
"""Clocks that are told of; the rest is counted."""


def render(report: LogReport, *, color: bool = False) -> str:
    """The report as text; control characters of devices are escaped."""
    paint = _Paint(color)
    blocks = [*_groups(report, paint), _clocks(report, paint), _summary(report, paint)]
    return "\n\n".join(filter(None, blocks)) + "\n"


class _Paint:
    """Puts ANSI styles around text, or not."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.color and style else text


def _groups(report: LogReport, paint: _Paint) -> Iterator[str]:
    for group in report.groups:
        heading = f"group {group.name}" if group.name else "no group"
        span = _span(group)
        told = f"{group.messages} messages of {several(group.devices)}{span}"
        yield f"{paint(printable(heading), _BOLD)}: {printable(told)}"
        for each in group.explanations:
            yield "\n".join(_explanation(each, paint))
        if group.moments:
            yield "\n".join(_moments(group, paint))


def _span(group: GroupReport) -> str:
    if group.first == NO_TIME:
        return ""
    return f", {clock(group.first)} to {clock(group.last)}"


def _explanation(each: Explanation, paint: _Paint) -> Iterator[str]:
    severity = paint(f"[{each.severity}]", _STYLES[each.severity])
    yield f"{severity} {paint(each.about, _BOLD)}: {printable(each.what)}"
    for label, lines in (("seen", each.seen), ("check", each.next)):
        for number, line in enumerate(lines):
            yield f"    {'' if number else label:<7}{printable(line)}"
    yield f"    {'at':<7}{printable(', '.join(each.places))}"


def _moments(group: GroupReport, paint: _Paint) -> Iterator[str]:
    rows = [
        (_when(moment), printable(words_of(group.log, moment)), moment) for moment in group.moments
    ]
    day: str | None = None
    width = max(len(when) for (_, when), _, _ in rows)
    for (date, when), words, moment in rows:
        if date != day:
            day = date
            yield f"  {paint(date, _BOLD)}" if date else "  without a time"
        yield f"    {when:<{width}}  {paint(words, _STYLES[moment.severity])}"


def _when(moment: Moment) -> tuple[str, str]:
    """The day, and the time of day: from when until when."""
    if moment.first == NO_TIME:
        return "", ""
    date, _, first = clock(moment.first).partition(" ")
    until, _, last = clock(moment.last).partition(" ")
    if moment.last == NO_TIME or (date, first) == (until, last):
        return date, first
    return date, f"{first} to {last}" if date == until else f"{first} to {until[5:]} {last}"


def _clocks(report: LogReport, paint: _Paint) -> str:
    """How far the clocks are apart: what was corrected, and what nobody knows."""
    lines = []
    wrong = [each for each in report.clocks if each.differs]
    unknown = [each.device for each in report.clocks if each.ahead is None]
    wrong.sort(key=lambda one: -abs(one.ahead or 0))
    lines += [f"  {printable(_ahead(each))}" for each in wrong[:_CLOCKS]]
    if len(wrong) > _CLOCKS:
        lines.append(f"  and {len(wrong) - _CLOCKS} more")
    right = [each for each in report.clocks if each.ahead is not None and not each.differs]
    if right and len(report.clocks) > 1:
        reference = (
            SERVER if any(each.reference == SERVER for each in right) else right[0].reference
        )
        lines.append(printable(f"  equal, to two seconds, by {reference}: {_named(right)}"))
    if unknown and len(report.clocks) > 1:
        lines.append(printable(f"  not compared, their times may be off: {several(unknown)}"))
    if report.yearless:
        lines.append("  times without a year are taken to be of the last twelve months")
    return "\n".join([paint("clocks", _BOLD), *lines]) if lines else ""


def _named(clocks: Sequence[Clock]) -> str:
    return several(each.device for each in clocks)


def _ahead(each: Clock) -> str:
    ahead = each.ahead or 0.0
    word = "ahead of" if ahead > 0 else "behind"
    drift = f", samples {each.spread:.0f} s apart" if each.spread >= 10 else ""
    shown = (
        "times in front are those of the server"
        if each.reference == SERVER
        else (f"its times are shown {abs(ahead):.0f} s {'earlier' if ahead > 0 else 'later'}")
    )
    return (
        f"{each.device} is {abs(ahead):.0f} s {word} {each.reference} (by {each.samples}"
        f" messages{drift}); {shown}"
    )


def _summary(report: LogReport, paint: _Paint) -> str:
    troubles = [each for each in report.explanations if each.trouble]
    files = "1 file" if len(report.sources) == 1 else f"{len(report.sources)} files"
    read = f"{report.lines} lines of {files}, {report.messages} system messages"
    if report.doubles:
        read += f", {report.doubles} of them twice"
    if report.dropped:
        read += (
            f"; {report.dropped} events were left out, since there are too many: narrow them down"
            " with --from and --until"
        )
    if not report.groups:
        return f"{read}: nothing about GETVPN"
    if not troubles:
        return f"{read}: {paint('nothing to worry about', _GOOD)}"
    counts = ", ".join(
        f"{sum(each.severity is severity for each in troubles)} {severity}"
        for severity in sorted(Severity, reverse=True)
        if any(each.severity is severity for each in troubles)
    )
    noun = "trouble" if len(troubles) == 1 else "troubles"
    return f"{read}: {len(troubles)} {noun} ({counts})"
