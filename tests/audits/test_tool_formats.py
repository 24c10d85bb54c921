"""The forms of a report that other programs read: each is read back by one of them."""

import csv
import io
import json
import os
import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import fastjsonschema
import pytest

from getvpn.audits.engine import Report, Waived, run
from getvpn.audits.examples import audit_example, captures
from getvpn.audits.fingerprints import fingerprints
from getvpn.audits.formats import csv as csv_format
from getvpn.audits.formats import github, gitlab, junit, markdown, sarif
from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.audits.settings import Settings

from .schemas import published

HOSTILE = "a<b>&\"'|`]]>::error,file=x%0A=1+1"
RULES = ("TEK", "COOP", "GMR", "KEY")


def report() -> Report:
    """Findings that count, that are waived and that are known, and what was not checked."""
    rule = registry()["TEK001"]
    files = dict(rule.bad) | {"=cmd ks,2.cfg": rule.bad["ks1.cfg"].replace("600", "601")}
    made = run(fleet_of(captures(files)), registry().select(RULES), Settings())
    first, second, third, *rest = made.findings
    hostile = replace(rest[0], message=f"=HYPERLINK {HOSTILE}", remediation=HOSTILE)
    waived = Waived(
        finding=first, reason=HOSTILE, source="getvpn-waivers.toml", line=7, owner="net", until=DAY
    )
    comment = Waived(finding=second, reason="as meant", source="ks1.cfg", line=2)
    return replace(
        made,
        findings=(hostile, *rest[1:]),
        waived=(waived, comment),
        known=(third,),
    )


DAY = date(2027, 3, 31)
REPORT = report()


# ---- SARIF ----


@pytest.fixture(scope="module")
def log() -> Any:
    """The report as a code scanner reads it."""
    return json.loads(sarif.render(REPORT))


def test_sarif_is_as_the_standard_has_it(log: Any) -> None:
    fastjsonschema.validate(published("/sarif-2.1.0.json"), log)


def test_sarif_of_every_example_is_as_the_standard_has_it() -> None:
    valid = fastjsonschema.compile(published("/sarif-2.1.0.json"))
    for rule in registry().rules:
        valid(json.loads(sarif.render(audit_example(rule, rule.bad))))


def test_sarif_has_every_rule_with_its_help(log: Any) -> None:
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in REPORT.rules]
    assert all(rule["help"]["markdown"] and rule["help"]["text"] for rule in rules)
    assert all(0 < float(rule["properties"]["security-severity"]) < 10 for rule in rules)


def test_sarif_names_results_by_rule_place_and_fingerprint(log: Any) -> None:
    results = log["runs"][0]["results"]
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert len(results) == len(REPORT.findings) + len(REPORT.waived) + len(REPORT.known)
    for result in results:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    names = [each["partialFingerprints"]["getvpn/v1"] for each in results]
    assert names[: len(REPORT.findings)] == list(fingerprints(REPORT.findings))
    (first, *_) = results
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uriBaseId"] == "ROOT"
    assert " " not in place["artifactLocation"]["uri"]
    assert place["region"]["startLine"] == REPORT.findings[0].location.line


def test_sarif_tells_who_answers_for_what_is_waived(log: Any) -> None:
    by_waiver, by_comment = (
        each["suppressions"][0] for each in log["runs"][0]["results"] if "suppressions" in each
    )
    assert by_waiver["kind"] == "external"
    assert by_waiver["justification"] == f"{HOSTILE} (net, until 2027-03-31)"
    assert by_comment["kind"] == "inSource"
    states = [each.get("baselineState") for each in log["runs"][0]["results"]]
    assert states.count("unchanged") == 1
    assert states.count("new") == len(REPORT.findings)


def test_sarif_says_what_was_not_checked(log: Any) -> None:
    (invocation,) = log["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is True
    notes = invocation["toolExecutionNotifications"]
    assert len(notes) == len(REPORT.not_checked) > 0
    assert {each["level"] for each in notes} == {"note"}


def test_sarif_of_a_file_elsewhere_has_its_address() -> None:
    finding = REPORT.findings[0]
    place = replace(finding.location, source="/saved/a b.cfg")
    moved = replace(REPORT, findings=(replace(finding, location=place),))
    (result, *_) = json.loads(sarif.render(moved))["runs"][0]["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///saved/a%20b.cfg"}


def test_sarif_tools_reads_it(tmp_path: Path, root: Path) -> None:
    program = root / ".venv-clients" / "bin" / "sarif"
    if not program.exists():
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent("no .venv-clients; `make test` makes it")
    (tmp_path / "report.sarif").write_text(sarif.render(REPORT))
    done = subprocess.run(
        [program, "csv", "-o", tmp_path / "out.csv", tmp_path / "report.sarif"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert len(rows) == len(REPORT.findings) + len(REPORT.known) + len(REPORT.waived)
    assert {row["Tool"] for row in rows} == {"getvpn"}
    assert REPORT.findings[-1].rule in {row["Code"] for row in rows}


# ---- JUnit ----


def test_junit_has_a_suite_for_each_rule_whose_numbers_are_right() -> None:
    root = ElementTree.fromstring(junit.render(REPORT))  # noqa: S314 - our own text
    suites = {suite.get("name", "").split()[0]: suite for suite in root}
    assert list(suites) == [rule.code for rule in REPORT.rules]
    for suite in suites.values():
        cases = list(suite)
        assert len(cases) == int(suite.get("tests", "")) > 0
        for kind, key in (("failure", "failures"), ("skipped", "skipped"), ("error", "errors")):
            found = sum(case.find(kind) is not None for case in cases)
            assert found == int(suite.get(key, ""))
    failures = root.findall(".//failure")
    assert len(failures) == len(REPORT.findings)
    assert f"=HYPERLINK {HOSTILE}" in {each.get("message") for each in failures}
    skipped = {each.get("message") for each in root.findall(".//skipped")}
    assert {f"waived: {HOSTILE}", "waived: as meant", "known from the baseline"} <= skipped


def test_junit_survives_control_characters() -> None:
    bad = replace(REPORT.findings[0], message="\x00\x1b[31m red \ufffe")
    text = junit.render(replace(REPORT, findings=(bad,)))
    root = ElementTree.fromstring(text)  # noqa: S314 - our own text
    (failure,) = root.findall(".//failure")
    assert "\\x00" in failure.get("message", "")


# ---- GitHub and GitLab ----


def test_github_gets_a_command_for_each_finding_and_no_other() -> None:
    lines = github.render(REPORT).splitlines()
    assert len(lines) == len(REPORT.findings)
    form = re.compile(r"::(error|warning|notice) file=([^,:]+),line=(\d+),title=([^,:]+)::(.+)")
    parsed = [form.fullmatch(line) for line in lines]
    assert all(parsed)
    first = parsed[0]
    assert first is not None
    assert "%250A" in first[5]


def test_gitlab_gets_a_list_of_issues() -> None:
    issues = json.loads(gitlab.render(REPORT))
    assert len(issues) == len(REPORT.findings)
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    for each in issues:
        assert set(each) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert each["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert each["location"]["lines"]["begin"] > 0


# ---- CSV ----


def test_csv_has_no_cell_that_a_spreadsheet_would_calculate() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_format.render(REPORT))))
    assert not any(value.startswith(csv_format.FORMULAS) for row in rows for value in row.values())
    hostile = next(row for row in rows if "HYPERLINK" in row["message"])
    assert hostile["message"] == f"'=HYPERLINK {HOSTILE}"
    assert any(row["device"] == "'=cmd ks,2" for row in rows)


def test_csv_has_everything_with_its_state() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_format.render(REPORT))))
    states = [row["state"] for row in rows]
    assert states.count("found") == len(REPORT.findings)
    assert states.count("waived") == 2
    assert states.count("known") == 1
    assert states.count("not checked") == len(REPORT.not_checked)
    (waived,) = (row for row in rows if row["owner"])
    assert (waived["reason"], waived["until"]) == (HOSTILE, "2027-03-31")


# ---- Markdown ----


def test_markdown_has_no_markup_that_is_not_ours() -> None:
    text = markdown.render(REPORT)
    outside = re.sub(r"^(`{3,})text\n.*?\n\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    outside = re.sub(r"`[^`\n]*`", "", outside)
    assert set(re.findall(r"(?<!\\)<[^>\n]*>", outside)) == {
        "<details>", "<summary>", "</summary>", "</details>",
    }  # fmt: skip
    for line in outside.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in (4, 5, 6)


def test_markdown_sums_up() -> None:
    text = markdown.render(REPORT)
    assert f"**{len(REPORT.findings)} findings**" in text
    assert "2 waived, 1 known from the baseline" in text
    assert text.count("<details>") == len(REPORT.findings)
