"""Baselines: the findings that were there on the day on which somebody began to look."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

from ..errors import InputError
from .engine import Report
from .fingerprints import VERSION, fingerprints
from .options import file_text
from .rule import Finding

MAX_BYTES = 200_000_000


class KnownFinding(TypedDict):
    """A finding that is known."""

    fingerprint: str
    """What it is recognised by; it stays the same when lines move."""
    rule: str
    """The code of the rule."""
    device: str | None
    """The device; None for a finding about a group as a whole."""
    group: str | None
    """The group; None for a finding about a device at large."""
    message: str
    """What was found and what was wanted."""


class BaselineFile(TypedDict):
    """The findings that were there when somebody began to look."""

    fingerprints: str
    """The kind of fingerprints; a baseline with others is refused."""
    findings: list[KnownFinding]
    """The findings."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Fingerprints of findings that are known."""

    known: frozenset[str]
    source: str = ""


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file that `written` made.

    Raises InputError for a file that is none, OSError when it cannot be read.
    """
    try:
        data = json.loads(file_text(path, most=MAX_BYTES))
    except ValueError as error:
        raise _no_baseline(path, f"it is no JSON: {error}") from None
    if not isinstance(data, dict) or data.get("fingerprints") != VERSION:
        raise _no_baseline(path, f"it has no fingerprints of the kind {VERSION}")
    findings = data.get("findings")
    if not isinstance(findings, list):
        raise _no_baseline(path, "it has no list of findings")
    names = [each.get("fingerprint") for each in findings if isinstance(each, dict)]
    known = [name for name in names if isinstance(name, str)]
    if len(known) != len(findings):
        raise _no_baseline(path, "a finding has no fingerprint")
    return Baseline(frozenset(known), str(path))


def _no_baseline(path: Path, why: str) -> InputError:
    hint = "write one with --write-baseline"
    return InputError(f"no baseline: {why}", source=str(path), hint=hint)


def written(report: Report) -> str:
    """The findings of a report, those that were known among them, as the text of a baseline."""
    findings = (*report.findings, *report.known)
    entries: list[KnownFinding] = sorted(
        (
            {
                "fingerprint": name,
                "rule": finding.rule,
                "device": finding.device or None,
                "group": finding.group,
                "message": finding.message,
            }
            for name, finding in zip(fingerprints(findings), findings, strict=True)
        ),
        key=lambda each: (each["rule"], each["device"] or "", each["fingerprint"]),
    )
    baseline: BaselineFile = {"fingerprints": VERSION, "findings": entries}
    return json.dumps(baseline, indent=1) + "\n"


def without_known(report: Report, baseline: Baseline) -> Report:
    """The report with the findings of the baseline under `known`."""
    names = fingerprints(report.findings)
    return replace(
        report,
        findings=_those(report, names, baseline.known, known=False),
        known=_those(report, names, baseline.known, known=True),
    )


def gone(report: Report, baseline: Baseline) -> int:
    """How many findings of the baseline there are no more."""
    here = (*report.findings, *report.known)
    return len(baseline.known.difference(fingerprints(here)))


def _those(
    report: Report, names: tuple[str, ...], of: Collection[str], *, known: bool
) -> tuple[Finding, ...]:
    pairs = zip(names, report.findings, strict=True)
    return tuple(finding for name, finding in pairs if (name in of) is known)
