"""The report for programs: JSON after the schema `audit.schema.json`, described in docs.

The schema's version grows when a field is removed or changes its meaning; new fields may come
at any time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ... import __version__
from ...errors import InputError
from ..engine import Report, Waived
from ..facts import DeviceFacts, Fleet, Group
from ..fingerprints import fingerprints
from ..rule import Evidence, Finding, NotChecked, Severity
from ..settings import THRESHOLDS

SCHEMA_VERSION = 1
SCHEMA_FILE = "audit.schema.json"

Json = dict[str, object]


def render(report: Report) -> str:
    """The report as a JSON text. The same input gives the same text."""
    document: Json = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "getvpn", "version": __version__},
        "at": report.at.isoformat(timespec="seconds") if report.at else None,
        "profile": report.profile,
        "settings": {name: getattr(report.settings, name) for name in THRESHOLDS},
        "summary": _summary(report),
        "rules": [
            {
                "code": rule.code,
                "aliases": list(rule.aliases),
                "title": rule.title,
                "severity": str(rule.severity),
                "scope": rule.scope.name.value,
                "source": rule.source,
            }
            for rule in report.rules
        ],
        "devices": [_device(device, report.fleet) for device in report.fleet.devices],
        "groups": [_group(group) for group in report.fleet.groups],
        "findings": list(_findings(report.findings)),
        "waived": [
            {
                **_finding(each.finding, name),
                "waiver": {
                    "source": each.source,
                    "line": each.line,
                    "reason": each.reason,
                    "owner": each.owner,
                    "until": None if each.until is None else each.until.isoformat(),
                },
            }
            for each, name in zip(report.waived, _names(report.waived), strict=True)
        ],
        "known": list(_findings(report.known)),
        "not_checked": [_not_checked(each) for each in report.not_checked],
        "errors": _errors(report),
        "unused": [
            {"source": each.source, "line": each.line, "reason": each.reason}
            for each in report.fleet.unused
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _summary(report: Report) -> Json:
    counts = Counter(finding.severity for finding in report.findings)
    return {
        "devices": len(report.fleet.devices),
        "findings": {str(each): counts[each] for each in sorted(Severity, reverse=True)},
        "waived": len(report.waived),
        "known": len(report.known),
        "not_checked": len(report.not_checked),
        "errors": len(_errors(report)),
    }


def _device(device: DeviceFacts, fleet: Fleet) -> Json:
    config = device.config
    return {
        "name": device.name,
        "hostname": device.hostname,
        "key_server_of": [role.group for role in fleet.servers if role.device is device],
        "member_of": [role.group for role in fleet.members if role.device is device],
        "config": None
        if config is None
        else {
            "source": config.source,
            "complete": device.config_complete,
            "gap": device.config_gap,
            "not_understood": sorted(
                {line.lineno for line in config.unknown_crypto}
                | {problem.line.lineno for problem in config.problems}
            ),
        },
        "outputs": [
            {
                "command": shown.record.command,
                "source": shown.source,
                "line": shown.first_line,
                "partial": list(shown.record.partial),
                "not_understood": [
                    shown.first_line + line.lineno - 1 for line in shown.record.unparsed
                ],
            }
            for shown in device.shown
        ],
    }


def _group(group: Group) -> Json:
    return {
        "name": group.name,
        "identity": None if group.identity is None else str(group.identity),
        "servers": [role.device.name for role in group.servers],
        "members": [role.device.name for role in group.members],
    }


def _findings(findings: Sequence[Finding]) -> Iterator[Json]:
    for finding, name in zip(findings, fingerprints(findings), strict=True):
        yield _finding(finding, name)


def _names(waived: Iterable[Waived]) -> tuple[str, ...]:
    return fingerprints(each.finding for each in waived)


def _finding(finding: Finding, fingerprint: str) -> Json:
    return {
        "fingerprint": fingerprint,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "device": finding.device or None,
        "group": finding.group,
        "source": finding.location.source,
        "line": finding.location.line,
        "message": finding.message,
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
        "remediation": finding.remediation,
        "diff": finding.diff or None,
        "fixes": [
            {"device": fix.device, "lines": list(fix.lines), "grade": fix.grade.name.lower()}
            for fix in finding.fixes
        ],
    }


def _evidence(evidence: Evidence) -> Json:
    return {
        "kind": evidence.kind,
        "device": evidence.device,
        "source": evidence.source,
        "line": evidence.line,
        "text": evidence.text,
        "command": evidence.command,
        "field": evidence.field,
        "value": evidence.value,
    }


def _not_checked(each: NotChecked) -> Json:
    return {
        "rule": each.rule,
        "device": each.device or None,
        "group": each.group,
        "reason": each.reason,
    }


def _errors(report: Report) -> list[Json]:
    found = [_error(problem, None) for problem in report.fleet.problems]
    for device in report.fleet.devices:
        found += (_error(problem, device.name) for problem in device.problems)
    found += (
        {"device": None, "source": None, "line": None, "message": str(fault)}
        for fault in report.faults
    )
    return found


def _error(problem: InputError, device: str | None) -> Json:
    return {
        "device": device,
        "source": problem.source,
        "line": problem.lineno,
        "message": "; ".join((problem.message, *problem.advice)),
    }
