"""Names for findings that stay the same when lines move, for baselines and code scanners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from .rule import Evidence, Finding

VERSION = "getvpn/v1"
"""Changes when the same finding gets another fingerprint than before."""


def fingerprints(findings: Iterable[Finding]) -> tuple[str, ...]:
    """A fingerprint for each finding, in their order.

    It is made of the rule, the device, the group and the evidence without its line numbers and
    file names. The second of two findings that agree in these has another, so that the order of
    two that are alike does not matter.
    """
    seen = Counter[str]()
    made = []
    for finding in findings:
        name = _digest(finding)
        seen[name] += 1
        made.append(name if seen[name] == 1 else f"{name}:{seen[name]}")
    return tuple(made)


def _digest(finding: Finding) -> str:
    parts = [finding.rule, finding.device, finding.group or ""]
    parts += map(_text, finding.evidence)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _text(evidence: Evidence) -> str:
    """What was seen, without where. Values of fields are left out, since counters go on."""
    where = evidence.command or evidence.kind
    words = " ".join(evidence.text.split())
    return f"{evidence.device}\0{where}\0{evidence.field or ''}\0{words}"
