"""Which findings of an audit count: waivers, a baseline, and what changed since a revision."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..audits.engine import Past, Report, in_order
from ..audits.excusing import excuse
from ..audits.registry import registry
from ..audits.waivers import find_waivers, load_waivers
from ..errors import InputError, UsageError
from .output import note

if TYPE_CHECKING:
    from .auditing import Request

GIT_S: Final = 60.0


def counted(report: Report, request: Request, now: datetime) -> Report:
    """The report with what counts under `findings`, with its time and the trend."""
    report = _excused(report, request, now.date())
    if request.since is not None:
        report = _touched(report, changed_since(request.since))
    report = _beside_baseline(report, request)
    return replace(report, at=now, trend=_trend(request.earlier))


def _excused(report: Report, request: Request, today: date) -> Report:
    """The report without what waivers and comments cover."""
    rules = registry()
    path = request.waivers or find_waivers(Path.cwd())
    with readable(path):
        waivers = () if path is None else load_waivers(path, rules)
    return excuse(report, waivers, today, rules)


def _beside_baseline(report: Report, request: Request) -> Report:
    """The report without what a baseline knows: the one that is read, or that is written."""
    if request.baseline is None and request.write_baseline is None:
        return report
    from ..audits.baseline import gone, read_baseline, without_known, written

    if request.baseline is not None:
        with readable(request.baseline):
            known = read_baseline(request.baseline)
        report = without_known(report, known)
        if over := gone(report, known):
            note(f"{over} of the findings in {request.baseline} are gone")
    if request.write_baseline is not None:
        request.write_baseline.write_text(written(report), encoding="utf-8")
        report = replace(report, findings=(), known=in_order([*report.known, *report.findings]))
    return report


def _trend(paths: Sequence[Path]) -> tuple[Past, ...]:
    """What earlier reports found, the oldest first."""
    if not paths:
        return ()
    from ..audits.earlier import read_past

    found = []
    for path in paths:
        with readable(path):
            found.append(read_past(path))
    return tuple(sorted(found, key=lambda past: past.at))


def _touched(report: Report, changed: frozenset[Path]) -> Report:
    """The report with only what rests on one of these files."""
    sources = {evidence.source for finding in report.findings for evidence in finding.evidence}
    known = {source for source in sources if Path(source).resolve() in changed}
    return replace(
        report,
        findings=tuple(
            finding
            for finding in report.findings
            if any(evidence.source in known for evidence in finding.evidence)
        ),
    )


def changed_since(revision: str) -> frozenset[Path]:
    """The files of the working tree that differ from a revision of git, or are not in it.

    Raises UsageError where there is no git, no repository or no such revision.
    """
    top = Path(_git("rev-parse", "--show-toplevel").rstrip("\n"))
    base = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    names = _git("diff", "--name-only", "-z", "--no-renames", base.strip(), "--")
    new = _git("ls-files", "--others", "--exclude-standard", "--full-name", "-z", ":/")
    found = filter(None, (names + new).split("\0"))
    return frozenset((top / name).resolve() for name in found)


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and a revision is never an option
            ["git", *arguments],  # noqa: S607 - the one that is found first, as in a shell
            capture_output=True,
            text=True,
            check=False,
            timeout=GIT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"--since needs git: {error}") from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        reason = said[0] if said else "there is no such revision"
        raise UsageError(f"--since: {reason}", hint="call it in a git repository, with a commit")
    return done.stdout


@contextmanager
def readable(path: Path | None) -> Iterator[None]:
    """Make an InputError of an OSError about `path`."""
    try:
        yield
    except OSError as error:
        raise InputError(error.strerror or str(error), source=str(path)) from None
