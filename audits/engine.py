"""Rules over facts: `run` makes the report of an audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..parsers.spreading import processes_for, spread, without_collector
from .facts import Fleet
from .group_heads import GroupHeads
from .rule import AnyRule, Context, Finding, NotChecked, Severity
from .settings import DEFAULT_PROFILE, Settings

_DEVICES_PER_PROCESS = 200
"""So many devices are worth a process of their own."""


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
    """An earlier audit: when, and how many findings of each severity it had.

    `figures` are key figures of groups by their names, where somebody has kept them.
    """

    at: str
    counts: tuple[tuple[Severity, int], ...]
    figures: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of an audit, in an order that depends on nothing but its input.

    `findings` are those that count; `waived` are those that a waiver covers, `known` those that
    a baseline has. `at` is when it was made, `trend` what earlier ones had, the oldest first, and
    `figures` the key figures of this one, as those of `Past`; they are for those who look at it,
    and None and empty where nobody asked for them.
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
    figures: tuple[tuple[str, float], ...] = ()


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
    count = 1 if raise_faults else processes_for(len(fleet.devices), _DEVICES_PER_PROCESS)
    looking = _Looking(ordered, fleet, settings, count, raise_faults)
    with without_collector():
        shares = spread(looking.at_share, [[number] for number in range(count)])
    findings = {each for share in shares for each in share[0]}
    not_checked = {each for share in shares for each in share[1]}
    faults = sorted((each for share in shares for each in share[2]), key=lambda pair: pair[0])
    return Report(
        fleet=fleet,
        rules=ordered,
        profile=profile,
        settings=settings,
        findings=in_order(findings),
        not_checked=tuple(sorted(not_checked, key=_not_checked_order)),
        faults=tuple(fault for _, fault in faults),
    )


_Share = tuple[set[Finding], set[NotChecked], list[tuple[tuple[int, int], RuleFault]]]


@dataclass(frozen=True, slots=True)
class _Looking:
    """The work of a run in `count` shares, of which each has every so many-th device.

    What is looked at as a whole is taken in turns, rule by rule.
    """

    rules: tuple[AnyRule, ...]
    fleet: Fleet
    settings: Settings
    count: int
    raise_faults: bool

    def at_share(self, numbers: Sequence[int]) -> _Share:
        """What the rules say in the share with the number in `numbers`; faults with their place."""
        findings: set[Finding] = set()
        not_checked: set[NotChecked] = set()
        faults: list[tuple[tuple[int, int], RuleFault]] = []
        heads = GroupHeads.of(self.fleet)
        for place, context in self._contexts(*numbers):
            rule = self.rules[place[0]]
            try:  # one rule must not cost the others' work
                for outcome in rule.check(context):
                    if isinstance(outcome, Finding):
                        findings.add(heads.put_in(outcome))
                    else:
                        not_checked.add(outcome)
            except Exception as error:
                if self.raise_faults:
                    raise
                fault = RuleFault(rule=rule.code, subject=context.label, error=error)
                faults.append((place, fault))
        return findings, not_checked, faults

    def _contexts(self, share: int) -> Iterator[tuple[tuple[int, int], Context]]:
        few = len(self.fleet.devices) // 2
        for turn, rule in enumerate(self.rules):
            things, about = rule.scope.things(self.fleet), rule.scope.about
            first = share if len(things) > few else (share + turn) % self.count
            for at in range(first, len(things), self.count):
                yield (turn, at), about(rule, self.fleet, self.settings, things[at])


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
