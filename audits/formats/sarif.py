"""The report for code scanners: SARIF 2.1.0 (OASIS), one run.

Findings that are waived, or known from a baseline, are results too: the first with a suppression,
the second as unchanged. Checks that were not possible are notifications.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from urllib.parse import quote

from ... import __version__
from ..catalogue import remediation
from ..engine import Report, Waived
from ..fingerprints import VERSION, fingerprints
from ..rule import AnyRule, Evidence, Finding, Location, Severity
from .words import seen, subject

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "1.0",
}
"""What code scanners sort security findings by, from 0.0 to 10.0."""

Json = dict[str, object]


def render(report: Report) -> str:
    """The report as SARIF. The same input gives the same text."""
    places = {rule.code: number for number, rule in enumerate(report.rules)}
    driver: Json = {
        "name": "getvpn",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in report.rules],
    }
    run: Json = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {"ROOT": {"description": {"text": "where getvpn was called"}}},
        "columnKind": "unicodeCodePoints",
        "results": list(_results(report, places)),
        "properties": {"profile": report.profile},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(rule: AnyRule) -> Json:
    mend = remediation(rule)
    names = ", ".join(rule.aliases)
    text = f"{rule.rationale}\n\nRemediation:\n{mend}\n\nSource: {rule.source}"
    markdown = f"{rule.rationale}\n\n```\n{mend}\n```\n\nSource: {rule.source}"
    return {
        "id": rule.code,
        "name": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.rationale},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "tags": ["security", "getvpn", rule.topic, *rule.aliases],
            "security-severity": SCORES[rule.severity],
            "source": rule.source,
            **({"aliases": names} if names else {}),
        },
    }


def _results(report: Report, places: dict[str, int]) -> Iterator[Json]:
    waived = tuple(each.finding for each in report.waived)
    for finding, name in _named(report.findings):
        state = {"baselineState": "new"} if report.known else {}
        yield {**_result(finding, name, places), **state}
    for finding, name in _named(report.known):
        yield {**_result(finding, name, places), "baselineState": "unchanged"}
    for (finding, name), each in zip(_named(waived), report.waived, strict=True):
        yield {**_result(finding, name, places), "suppressions": [_suppression(each)]}


def _named(findings: Sequence[Finding]) -> Iterator[tuple[Finding, str]]:
    return zip(findings, fingerprints(findings), strict=True)


def _result(finding: Finding, name: str, places: dict[str, int]) -> Json:
    where = {
        **_physical(finding.location),
        "logicalLocations": [{"name": subject(finding), "kind": "resource"}],
    }
    others = [each for each in finding.evidence if each.location != finding.location]
    return {
        "ruleId": finding.rule,
        "ruleIndex": places[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": f"{subject(finding)}: {finding.message}"},
        "locations": [where],
        "relatedLocations": [_related(each, number) for number, each in enumerate(others)],
        "partialFingerprints": {VERSION: name},
        "properties": {
            "severity": str(finding.severity),
            "device": finding.device,
            "group": finding.group or "",
            "remediation": finding.remediation,
            "evidence": [seen(each) for each in finding.evidence],
        },
    }


def _related(evidence: Evidence, number: int) -> Json:
    return {"id": number, **_physical(evidence.location), "message": {"text": seen(evidence)}}


def _physical(place: Location) -> Json:
    region = {} if place.line is None else {"region": {"startLine": place.line}}
    return {"physicalLocation": {"artifactLocation": _artifact(place.source), **region}}


def _artifact(source: str) -> Json:
    path = PurePath(source)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": "ROOT"}


def _suppression(waived: Waived) -> Json:
    by = f" ({waived.owner}, until {waived.until})" if waived.owner else ""
    return {
        "kind": "external" if waived.owner else "inSource",
        "status": "accepted",
        "justification": f"{waived.reason}{by}",
        "location": _physical(Location(source=waived.source, line=waived.line)),
    }


def _invocation(report: Report) -> Json:
    """What kept the run from being complete."""
    problems = [*report.fleet.problems, *(p for d in report.fleet.devices for p in d.problems)]
    errors = [*map(str, problems), *map(str, report.faults)]
    notes: list[Json] = [{"level": "error", "message": {"text": each}} for each in errors]
    for each in report.not_checked:
        about = ", ".join(filter(None, (each.device, each.group and f"group {each.group}")))
        text = f"{about or 'all devices'}: not checked: {each.reason}"
        rule = {"associatedRule": {"id": each.rule}}
        notes.append({"level": "note", "message": {"text": text}, **rule})
    return {"executionSuccessful": not errors, "toolExecutionNotifications": notes}
