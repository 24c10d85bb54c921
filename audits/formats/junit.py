"""The report for test runners: JUnit XML, a suite for each rule.

A finding is a failure; what is waived, known or could not be checked is skipped, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from xml.etree import ElementTree

from ...errors import printable
from ..engine import Report
from ..rule import AnyRule, Finding
from .words import seen, subject


def render(report: Report) -> str:
    """The report as JUnit XML. The same input gives the same text."""
    cases: dict[str, list[ElementTree.Element]] = defaultdict(list)
    for finding in report.findings:
        case = _case(finding)
        failure = ElementTree.SubElement(
            case, "failure", message=printable(finding.message), type=str(finding.severity)
        )
        failure.text = _details(finding)
        cases[finding.rule].append(case)
    for each in report.waived:
        cases[each.finding.rule].append(_skipped(_case(each.finding), f"waived: {each.reason}"))
    for finding in report.known:
        cases[finding.rule].append(_skipped(_case(finding), "known from the baseline"))
    for missed in report.not_checked:
        name = ", ".join(filter(None, (missed.device, missed.group and f"group {missed.group}")))
        case = ElementTree.Element(
            "testcase", classname=missed.rule, name=printable(name or "all devices")
        )
        cases[missed.rule].append(_skipped(case, f"not checked: {missed.reason}"))
    root = ElementTree.Element("testsuites", name="getvpn")
    for rule in report.rules:
        root.append(_suite(rule, cases[rule.code]))
    for error in _errors(report):
        root.append(error)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(rule: AnyRule, cases: list[ElementTree.Element]) -> ElementTree.Element:
    if not cases:
        cases = [ElementTree.Element("testcase", classname=rule.code, name=rule.title)]
    suite = ElementTree.Element(
        "testsuite",
        name=f"{rule.code} {rule.title}",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        errors="0",
    )
    suite.extend(cases)
    return suite


def _errors(report: Report) -> list[ElementTree.Element]:
    problems = [*report.fleet.problems, *(p for d in report.fleet.devices for p in d.problems)]
    said = [*map(str, problems), *map(str, report.faults)]
    if not said:
        return []
    count = str(len(said))
    suite = ElementTree.Element(
        "testsuite", name="input", tests=count, failures="0", skipped="0", errors=count
    )
    for text in said:
        case = ElementTree.SubElement(suite, "testcase", classname="input", name=printable(text))
        ElementTree.SubElement(case, "error", message=printable(text))
    return [suite]


def _case(finding: Finding) -> ElementTree.Element:
    return ElementTree.Element("testcase", classname=finding.rule, name=subject(finding))


def _skipped(case: ElementTree.Element, reason: str) -> ElementTree.Element:
    ElementTree.SubElement(case, "skipped", message=printable(reason))
    return case


def _details(finding: Finding) -> str:
    lines = [*map(seen, finding.evidence), *finding.remediation.splitlines()]
    return "\n".join(map(printable, lines))
