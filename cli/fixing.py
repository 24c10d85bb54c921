"""`--fix` of the verbs `audit` and `lint`: a folder with lines for each device that has fixes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from ..audits.fixing import GRADES, WORDS, fixes_of
from ..errors import UsageError, printable
from .output import note

if TYPE_CHECKING:
    from ..audits.engine import Report
    from ..audits.fixing import DeviceFixes, Fixes, Mended
    from ..audits.rule import Finding

INDEX: Final = "fixes.json"
KIND: Final = "getvpn/fixes/v1"
"""Changes when a field of the index gets another meaning."""
FIX_GRADES: Final = tuple(WORDS[grade] for grade in GRADES)
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]", re.ASCII)


class MendedFinding(TypedDict):
    """A finding in the index of fixes."""

    rule: str
    """The code of the rule."""
    severity: str
    """`critical`, `high`, `medium`, `low` or `info`."""
    device: str | None
    """The device; None for a finding about a group as a whole."""
    group: str | None
    """The group; None for a finding about a device at large."""
    message: str
    """What was found and what was wanted."""


class WrittenFix(MendedFinding):
    """A finding, and the lines that mend it."""

    grade: str
    """What the lines do to a group in use: `safe`, `rekey` or `registration`."""
    lines: list[str]
    """The lines, as configuration."""


class FixedDevice(TypedDict):
    """The fixes of a device."""

    device: str
    """The device."""
    file: str
    """The file with the lines, in the same folder."""
    grade: str
    """What all of them together do to a group in use."""
    lines: list[str]
    """The lines, in the order in which they are to be entered."""
    fixes: list[WrittenFix]
    """The findings, each with the lines that mend it."""


class RefusedFix(TypedDict):
    """A line that was not written."""

    device: str
    """The device."""
    rules: list[str]
    """The codes of the rules that asked for it."""
    line: str
    """The line."""
    reason: str
    """Why it was not written."""


class FixIndex(TypedDict):
    """The fixes that `getvpn audit --fix DIR` wrote; the file `fixes.json` in that folder."""

    kind: str
    """`getvpn/fixes/v1`; it changes when a field gets another meaning."""
    devices: list[FixedDevice]
    """The devices that there are lines for."""
    refused: list[RefusedFix]
    """Lines that were not written."""
    beyond_grade: list[MendedFinding]
    """Findings whose fixes are beyond `--fix-grade`."""
    without_fix: list[MendedFinding]
    """Findings that no lines mend."""


def check_folder(folder: Path) -> None:
    """Raise UsageError for a folder in which there is something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"--fix: {folder} is there already", hint="name a new folder")


def write_fixes(report: Report, folder: Path, most: str | None) -> None:
    """Write the fixes of the findings that count, and say what they are. Raises OSError."""
    from ..tasks.saving import save_private

    grade = next((each for each in GRADES if WORDS[each] == most), GRADES[-1])
    fixes = fixes_of(report, grade)
    names = _file_names(fixes)
    texts = {
        names[each.device]: "".join(f"{line}\n" for line in _text(each)) for each in fixes.devices
    }
    texts[INDEX] = json.dumps(_index(fixes, names), indent=1) + "\n"
    save_private(folder, texts)
    for refused in fixes.refused:
        note(printable(f"not written: {refused}"))
    note(printable(_summary(report, fixes, folder)))


def _file_names(fixes: Fixes) -> dict[str, str]:
    """A file for each device: what it is called may be anything."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for each in fixes.devices:
        stem = _UNFIT.sub("_", each.device).lstrip(".")[:120] or "device"
        name, number = stem, 2
        while name.lower() in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name.lower())
        found[each.device] = f"{name}.cfg"
    return found


def _text(device: DeviceFixes) -> Iterator[str]:
    """The lines of a device, each kind of trouble told in front of what mends it."""
    count = len({each.finding for each in device.mended})
    yield printable(f"! {device.device}: lines for {count} finding{'s' * (count != 1)}")
    yield f"! all of them together: {device.grade}"
    told: set[int] = set()
    deep = True
    for line in device.lines:
        depth = len(line.text) - len(line.text.lstrip(" "))
        news = [each for each in line.why if id(each) not in told]
        if not depth and (deep or news):
            yield "!"
        for each in news:
            told.add(id(each))
            yield printable(f"{' ' * depth}! {_why(each)}")
        yield line.text
        deep = depth > 0


def _why(each: Mended) -> str:
    finding = each.finding
    return f"{finding.rule} [{finding.severity}], {each.fix.grade}: {finding.message}"


def _index(fixes: Fixes, names: dict[str, str]) -> FixIndex:
    return {
        "kind": KIND,
        "devices": [
            {
                "device": each.device,
                "file": names[each.device],
                "grade": WORDS[each.grade],
                "lines": [line.text for line in each.lines],
                "fixes": [
                    {
                        **_finding(one.finding),
                        "grade": WORDS[one.fix.grade],
                        "lines": list(one.fix.lines),
                    }
                    for one in each.mended
                ],
            }
            for each in fixes.devices
        ],
        "refused": [
            {
                "device": each.device,
                "rules": list(each.rules),
                "line": each.line,
                "reason": each.reason,
            }
            for each in fixes.refused
        ],
        "beyond_grade": [_finding(each) for each in fixes.beyond],
        "without_fix": [_finding(each) for each in fixes.unfixed],
    }


def _finding(finding: Finding) -> MendedFinding:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "device": finding.device or None,
        "group": finding.group,
        "message": finding.message,
    }


def _summary(report: Report, fixes: Fixes, folder: Path) -> str:
    counts = fixes.counts
    total, devices = len(report.findings), len(fixes.devices)
    grades = ", ".join(f"{count} {grade}" for grade, count in counts.items())
    said = f"fixes for {sum(counts.values())} of {total} finding{'s' * (total != 1)}"
    said += f" on {devices} device{'s' * (devices != 1)} in {folder}"
    parts = [f"{said} ({grades})" if grades else said]
    if fixes.refused:
        parts.append(f"{len(fixes.refused)} refused")
    if fixes.beyond:
        parts.append(f"{len(fixes.beyond)} beyond --fix-grade")
    return "; ".join(parts)
