"""Rules over facts: `run` makes the report of an audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from .facts import Fleet
from .rule import AnyRule, Finding, NotChecked, Severity
from .settings import DEFAULT_PROFILE, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFault:
    """A fault in a rule itself: it raised `error` while it looked at `subject`."""

    rule: str
    subject: str
    error: Exception

    def __str__(self) -> str:
        kind = type(self.error).__name__
        return f"rule {self.rule} failed on {self.subject} ({kind}): please report it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A finding that somebody answers for: `reason` says why, `owner` who, `until` how long.

    `source` and `line` are the place of the waiver, or of the comment in a configuration; `owner`
    and `until` are None for a comment.
    """

    finding: Finding
    reason: str
    source: str
    line: int | None = None
    owner: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An earlier audit: when, and how many findings of each severity it had."""

    at: str
    counts: tuple[tuple[Severity, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of an audit, in an order that depends on nothing but its input.

    `findings` are those that count; `waived` are those that a waiver covers, `known` those that
    a baseline has. `at` is when it was made, and `trend` what earlier ones had, the oldest first;
    both are for those who look at it, and None and empty where nobody asked for them.
    """

    fleet: Fleet
    rules: tuple[AnyRule, ...]
    profile: str
    settings: Settings
    findings: tuple[Finding, ...] = ()
    waived: tuple[Waived, ...] = ()
    known: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    faults: tuple[RuleFault, ...] = ()
    at: datetime | None = None
    trend: tuple[Past, ...] = ()


def run(
    fleet: Fleet,
    rules: Iterable[AnyRule],
    settings: Settings,
    *,
    profile: str = DEFAULT_PROFILE,
    raise_faults: bool = False,
) -> Report:
    """Look at `fleet` with every rule of `rules`; `profile` is only named in the report.

    A rule that raises does not end the run: it becomes a `RuleFault`, and what it said before
    stands. With `raise_faults` the exception passes through.
    """
    ordered = tuple(sorted(rules, key=lambda rule: rule.code))
    findings: set[Finding] = set()
    not_checked: set[NotChecked] = set()
    faults: list[RuleFault] = []
    for rule in ordered:
        for context in rule.scope.visit(rule, fleet, settings):
            try:  # one rule must not cost the others' work
                for outcome in rule.check(context):
                    if isinstance(outcome, Finding):
                        findings.add(outcome)
                    else:
                        not_checked.add(outcome)
            except Exception as error:
                if raise_faults:
                    raise
                faults.append(RuleFault(rule=rule.code, subject=context.label, error=error))
    return Report(
        fleet=fleet,
        rules=ordered,
        profile=profile,
        settings=settings,
        findings=in_order(findings),
        not_checked=tuple(sorted(not_checked, key=_not_checked_order)),
        faults=tuple(faults),
    )


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings as reports have them: by device, place and rule."""
    return tuple(sorted(findings, key=_finding_order))


def _finding_order(finding: Finding) -> tuple[object, ...]:
    place = finding.location
    return (
        finding.device,
        place.source,
        place.line or 0,
        finding.rule,
        finding.group or "",
        finding.message,
    )


def _not_checked_order(each: NotChecked) -> tuple[str, ...]:
    return each.device, each.rule, each.group or "", each.reason
