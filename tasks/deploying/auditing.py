"""What an audit finds after a change, and what of it is held against the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ...audits.rule import Finding, Severity

GRAVE: Final = Severity.HIGH
"""A change is taken back for findings of this severity and above that were not there before."""


def grave(findings: Iterable[Finding]) -> list[Finding]:
    """The findings for which a change is taken back."""
    return [finding for finding in findings if finding.severity >= GRAVE]


def said_of(findings: Sequence[Finding]) -> str:
    """What an audit has found that is new, in a clause."""
    first, more = findings[0], len({finding.rule for finding in findings}) - 1
    rules = ",".join(sorted({finding.rule for finding in findings}))
    others = f" (and findings of {more} more rule{'s' * (more != 1)})" if more else ""
    return (
        f"the audit finds {first.rule}, which is not there before: {first.message}{others}; "
        f"if that is meant, give --ignore {rules}"
    )
