"""Baselines and fingerprints: what is new, and what was there before."""

import json
from pathlib import Path

import pytest

from getvpn.audits.baseline import Baseline, gone, read_baseline, without_known, written
from getvpn.audits.engine import Report, run
from getvpn.audits.examples import captures
from getvpn.audits.fingerprints import fingerprints
from getvpn.audits.load import fleet_of
from getvpn.audits.registry import registry
from getvpn.audits.settings import Settings
from getvpn.errors import InputError

RULES = ("TEK", "KEY", "IKE", "RKY", "COOP")


def report(
    *, extra: str = "", name: str = "ks1.cfg", replaced: tuple[str, str] = ("", "")
) -> Report:
    """What is found in the bad example of a rule, with lines added in front."""
    text = registry()["TEK001"].bad["ks1.cfg"].replace(*replaced)
    fleet = fleet_of(captures({name: extra + text}))
    return run(fleet, registry().select(RULES), Settings())


def test_fingerprints_are_unique_and_stay_when_lines_and_files_move() -> None:
    before = fingerprints(report().findings)
    assert len(set(before)) == len(before) > 3
    moved = report(extra="\nip domain name example.com\nip cef\n", name="configs/ks1.cfg")
    assert set(fingerprints(moved.findings)) == set(before)


def test_another_value_is_another_finding() -> None:
    first, second = report(), report(replaced=("lifetime seconds 600", "lifetime seconds 601"))
    assert set(fingerprints(first.findings)) != set(fingerprints(second.findings))


def test_two_findings_that_are_alike_have_two_names() -> None:
    (one, *_) = report().findings
    names = fingerprints([one, one, one])
    assert len(set(names)) == 3
    assert names[1:] == (f"{names[0]}:2", f"{names[0]}:3")


def test_only_what_is_new_counts(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(written(report()))
    known = read_baseline(path)
    same = without_known(report(), known)
    assert same.findings == ()
    assert len(same.known) == len(report().findings)
    assert gone(same, known) == 0
    other = without_known(report(replaced=("lifetime seconds 600", "lifetime seconds 601")), known)
    assert {finding.rule for finding in other.findings} >= {"TEK001"}
    assert all("601" in str(finding) for finding in other.findings)
    assert gone(other, known) == len(other.findings)


def test_a_baseline_of_a_report_with_a_baseline_has_both() -> None:
    made = report()
    half = frozenset(fingerprints(made.findings)[:2])
    again = json.loads(written(without_known(made, Baseline(half))))
    assert {each["fingerprint"] for each in again["findings"]} == set(fingerprints(made.findings))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is no JSON"),
        ("[]", "it has no fingerprints of the kind getvpn/v1"),
        ('{"fingerprints": "getvpn/v1"}', "it has no list of findings"),
        ('{"fingerprints": "getvpn/v1", "findings": [{}]}', "a finding has no fingerprint"),
    ],
)
def test_what_is_no_baseline_is_told(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(InputError, match=f"no baseline: {why}.*write one with --write-baseline"):
        read_baseline(path)
