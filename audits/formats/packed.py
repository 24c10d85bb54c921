"""A report as the pages of the HTML report read it: texts once, and numbers that point at them."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Iterable

from ...errors import printable
from ..catalogue import remediation
from ..engine import Report
from ..fingerprints import fingerprints
from ..rule import Evidence, Finding

FOUND, WAIVED, KNOWN = range(3)
GRADES = ("safe", "rekey", "registration")

Row = list[object]


def packed(report: Report) -> str:
    """The report as JSON, gzipped, in base64: a tenth of its size and safe in any text."""
    data = json.dumps(_Packer(report).document(), separators=(",", ":"))
    return b64encode(gzip.compress(data.encode(), compresslevel=6, mtime=0)).decode()


class _Packer:
    """Puts a report into lists; the place of a text in `strings` stands for it."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.strings: dict[str, int] = {"": 0}
        self.rules = {rule.code: number for number, rule in enumerate(report.rules)}
        self.devices = {each.name: number for number, each in enumerate(report.fleet.devices)}

    def document(self) -> dict[str, object]:
        """Everything, the texts last: they are known when all else is written."""
        report = self.report
        waived = tuple(each.finding for each in report.waived)
        rows = [
            *self._rows(report.findings, FOUND),
            *self._rows(waived, WAIVED),
            *self._rows(report.known, KNOWN),
        ]
        excuses = [
            [self.text(each.reason), self.text(each.owner or ""), self.text(str(each.until or ""))]
            for each in report.waived
        ]
        return {
            "rules": [
                [r.code, r.title, int(r.severity), list(r.aliases), r.rationale, r.source,
                 remediation(r)]
                for r in report.rules
            ],
            "devices": self._devices(),
            "findings": rows,
            "excuses": excuses,
            "missing": [
                [self.rules[each.rule], self._device(each.device), self.text(each.group or ""),
                 self.text(each.reason)]
                for each in report.not_checked
            ],
            "strings": list(self.strings),
        }  # fmt: skip

    def text(self, text: str) -> int:
        """The place of a text, in which nothing steers a browser: no control character, no mark
        that turns the direction of what follows.
        """
        if not text.isprintable():
            text = "\n".join(map(printable, text.replace("\r\n", "\n").split("\n")))
        return self.strings.setdefault(text, len(self.strings))

    def _device(self, name: str) -> int:
        """The place of a device, -1 for none."""
        return self.devices.get(name, -1)

    def _devices(self) -> list[Row]:
        fleet = self.report.fleet
        roles: dict[str, list[str]] = {}
        for server in fleet.servers:
            roles.setdefault(server.device.name, []).append(f"key server of {server.group}")
        for member in fleet.members:
            roles.setdefault(member.device.name, []).append(f"member of {member.group}")
        return [
            [
                printable(device.name),
                printable(device.hostname or ""),
                printable("; ".join(roles.get(device.name, ()))),
                printable(device.config.source) if device.config else "",
                device.config_gap or "",
                len(device.shown),
                [printable(str(problem)) for problem in device.problems],
            ]
            for device in fleet.devices
        ]

    def _rows(self, findings: tuple[Finding, ...], state: int) -> Iterable[Row]:
        for finding, name in zip(findings, fingerprints(findings), strict=True):
            grades = {fix.grade.name.lower() for fix in finding.fixes}
            yield [
                self.rules[finding.rule],
                int(finding.severity),
                self._device(finding.device),
                self.text(finding.group or ""),
                self.text(finding.message),
                self.text(finding.location.source),
                finding.location.line or 0,
                [value for each in finding.evidence for value in self._evidence(each)],
                self.text(finding.remediation),
                self.text(finding.diff),
                max((GRADES.index(grade) + 1 for grade in grades), default=0),
                state,
                name[:12] + name[32:],
            ]

    def _evidence(self, each: Evidence) -> Row:
        told = each.text
        if each.field:
            told = f"{each.field} = {each.value}" + (f" in '{each.text}'" if each.text else "")
        if each.command:
            told = f"'{each.command}' {told}".strip()
        return [self.text(each.source), each.line or 0, self.text(told)]
