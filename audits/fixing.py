"""Findings in, configuration lines out: what mends them, device by device, ready to be entered.

Fixes of several findings for one device become one text: blocks are merged, what is referred to
comes before what refers to it, and no line is there twice. Nothing is guessed: of fixes that want
different values for one line none is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from ..errors import printable
from .engine import Report
from .fix_lines import Path, identity, paths, rank
from .fix_lists import Numbers
from .rule import Finding, Fix, Grade

if TYPE_CHECKING:
    from ..parsers.config import DeviceConfig

GRADES: Final = tuple(Grade)
"""From the one that disturbs nothing to the one that disturbs most."""
WORDS: Final = {Grade.SAFE: "safe", Grade.REKEY: "rekey", Grade.REGISTRATION: "registration"}
"""Each grade in a word, for options and for programs."""
_BLOCKS: Final = "crypto ipsec transform-set "
"""How a line begins that says something and begins a block."""
_PLACEHOLDER: Final = re.compile(r"<[A-Za-z][^<>]{0,60}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A finding and the fix that mends it on one device."""

    finding: Finding
    fix: Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Fixes for a device that are not taken, and why; `line` is the one that it is about."""

    device: str
    rules: tuple[str, ...]
    line: str
    reason: str

    def __str__(self) -> str:
        return f"{self.device}: {' and '.join(self.rules)}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixLine:
    """A line to enter, indented by a blank for each block that it is in, and what wants it."""

    text: str
    why: tuple[Mended, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFixes:
    """What is to be entered on a device, in this order."""

    device: str
    mended: tuple[Mended, ...]
    lines: tuple[FixLine, ...]

    @property
    def grade(self) -> Grade:
        """What entering all of it does."""
        return max((each.fix.grade for each in self.mended), key=GRADES.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """The fixes of a report: what to enter, what is not taken, and what has to be decided.

    `beyond` are findings whose fixes do more than was allowed, `unfixed` those that have none.
    """

    devices: tuple[DeviceFixes, ...] = ()
    refused: tuple[Refused, ...] = ()
    beyond: tuple[Finding, ...] = ()
    unfixed: tuple[Finding, ...] = ()

    @property
    def counts(self) -> dict[Grade, int]:
        """How many findings have fixes of each grade; of several the one that disturbs most."""
        worst: dict[Finding, Grade] = {}
        for device in self.devices:
            for each in device.mended:
                known = worst.get(each.finding, Grade.SAFE)
                worst[each.finding] = max(known, each.fix.grade, key=GRADES.index)
        found = Counter(worst.values())
        return {grade: found[grade] for grade in GRADES if found[grade]}


def fixes_of(report: Report, most: Grade = Grade.REGISTRATION) -> Fixes:
    """The fixes of the findings of `report` that count, as far as they do no more than `most`."""
    allowed = GRADES[: GRADES.index(most) + 1]
    unfixed, beyond = [], []
    wanted: dict[str, list[Mended]] = {}
    for finding in report.findings:
        if not finding.fixes:
            unfixed.append(finding)
        elif any(fix.grade not in allowed for fix in finding.fixes):
            beyond.append(finding)
        else:
            for fix in finding.fixes:
                wanted.setdefault(fix.device, []).append(Mended(finding=finding, fix=fix))
    configs = {device.name: device.config for device in report.fleet.devices}
    devices, refused = [], list[Refused]()
    for device, asked in sorted(wanted.items()):
        config = configs.get(device)
        there = _there(config)
        mended = _agreed(device, _numbered(device, asked, config, refused), refused, there)
        if mended:
            lines = tuple(_ordered(_merged(mended, there)))
            devices.append(DeviceFixes(device=device, mended=tuple(mended), lines=lines))
    return Fixes(
        devices=tuple(devices),
        refused=tuple(refused),
        beyond=tuple(beyond),
        unfixed=tuple(unfixed),
    )


# ---- what is not taken ----


def _numbered(
    device: str, asked: list[Mended], config: DeviceConfig | None, refused: list[Refused]
) -> list[Mended]:
    """The fixes that can be entered, with numbers for what they put into access lists."""
    fit = []
    for each in asked:
        reason, line = _unfit(each.fix)
        if reason:
            refused.append(_refused(device, [each], line, reason))
        else:
            fit.append(each)
    numbers = Numbers((each.fix.lines for each in fit), config)
    found = []
    for each in fit:
        reason = numbers.in_the_way(each.fix.lines)
        if reason:
            refused.append(_refused(device, [each], each.fix.lines[-1].strip(), reason))
        else:
            lines = numbers.rewritten(each.fix.lines)
            found.append(Mended(finding=each.finding, fix=replace(each.fix, lines=lines)))
    return found


def _unfit(fix: Fix) -> tuple[str, str]:
    """Why a fix cannot be entered as it stands, and the line; empty if it can."""
    for line in fix.lines:
        if _PLACEHOLDER.search(line):
            return "somebody has to fill in what is in angle brackets", line.strip()
        if not line.isascii() or not line.isprintable():
            return "a line has characters that a router may not take", printable(line.strip())
    return "", ""


def _there(config: DeviceConfig | None) -> frozenset[str]:
    """The global lines that a device has: those that begin a block say nothing new."""
    lines = config.tree.lines if config is not None else ()
    return frozenset(" ".join(line.text.split()) for line in lines)


def _opening(lines: tuple[str, ...]) -> Iterator[tuple[Path, bool]]:
    """The lines of a fix with those that lead there, and whether they begin a block."""
    every = list(paths(lines))
    for at, path in enumerate(every):
        yield path, at + 1 < len(every) and len(every[at + 1]) > len(path)


def _agreed(
    device: str, asked: list[Mended], refused: list[Refused], there: frozenset[str]
) -> list[Mended]:
    """The fixes that do not contradict each other."""
    wishes: dict[tuple[str, ...], list[tuple[tuple[str, ...], Mended]]] = {}
    for each in asked:
        own: dict[tuple[str, ...], tuple[str, ...]] = {}
        for path, opens in _opening(each.fix.lines):
            if opens and path[0] in there and len(path) == 1:
                continue
            own[identity(path)] = (*own.get(identity(path), ()), path[-1])
        for name, typed in own.items():
            wishes.setdefault(name, []).append((typed, each))
    out: set[int] = set()
    for name, found in wishes.items():
        texts = list(dict.fromkeys(text for text, _ in found))
        if len(texts) == 1:
            continue
        those = [each for _, each in found]
        out.update(map(id, those))
        values = " or ".join(repr("; ".join(text)) for text in texts)
        where = f" in '{name[-2]}'" if len(name) > 1 else ""
        reason = f"these want different things: {values}{where}; decide, and enter one"
        refused.append(_refused(device, those, texts[0][-1], reason))
    return [each for each in asked if id(each) not in out]


def _refused(device: str, those: Iterable[Mended], line: str, reason: str) -> Refused:
    rules = tuple(sorted({each.finding.rule for each in those}))
    return Refused(device=device, rules=rules, line=line, reason=reason)


# ---- one text of many ----


@dataclass(slots=True)
class _Node:
    """A line while fixes are merged."""

    text: str
    why: list[Mended] = field(default_factory=list)
    below: dict[str, _Node] = field(default_factory=dict)


def _merged(mended: Iterable[Mended], there: frozenset[str]) -> list[_Node]:
    """The global lines of all fixes, each once, with what stands in their blocks."""
    top: dict[str, _Node] = {}
    for each in mended:
        for path, opens in _opening(each.fix.lines):
            level = top
            for depth, text in enumerate(path[:-1], 1):
                level = level[_name(path[:depth], text, opens=True)].below
            name = _name(path, path[-1], opens=opens)
            node = level.setdefault(name, _Node(path[-1]))
            if node.text in there:  # the first line of this block may change
                node.text = path[-1]
            if not opens:
                node.why.append(each)
    return list(top.values())


def _name(path: Path, text: str, *, opens: bool) -> str:
    """What tells a line from others of its block: for a transform set not its transforms."""
    return identity(path)[-1] if opens or text.startswith(_BLOCKS) else text


def _ordered(nodes: list[_Node]) -> Iterator[FixLine]:
    for node in sorted(nodes, key=lambda node: rank(node.text)):
        yield from _shown(node, 0)


def _shown(node: _Node, depth: int) -> Iterator[FixLine]:
    yield FixLine(text=" " * depth + node.text, why=tuple(node.why))
    for each in node.below.values():
        yield from _shown(each, depth + 1)
