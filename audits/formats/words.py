"""What the forms of a report say alike."""

from __future__ import annotations

from pathlib import PurePath

from ...errors import printable
from ..rule import Evidence, Finding


def subject(finding: Finding) -> str:
    """What a finding is about: a device, a group, or both."""
    parts = [finding.device, f"group {finding.group}" if finding.group else ""]
    return printable(", ".join(filter(None, parts)) or "all devices")


def path_of(source: str) -> str:
    """The name of a file as links and scanners have it: with `/` between folders."""
    return PurePath(source).as_posix()


def seen(evidence: Evidence) -> str:
    """A piece of evidence in one line, with its place."""
    parts = [f"{evidence.location}:"]
    if evidence.command:
        parts.append(f"'{evidence.command}'")
    if evidence.field:
        parts.append(f"{evidence.field} = {evidence.value}")
    if evidence.text:
        parts.append(f"in '{evidence.text}'" if evidence.field else evidence.text)
    return printable(" ".join(parts))
