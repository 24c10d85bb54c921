import json
from pathlib import Path

from getvpn.audits.catalogue import as_json, markdown, shortened, text
from getvpn.audits.registry import registry
from getvpn.audits.rules.tek import lifetime_too_short
from getvpn.audits.settings import PROFILES, THRESHOLDS, Settings


def test_the_catalogue_in_the_documentation_is_current(root: Path) -> None:
    written = (root / "docs" / "rules.md").read_text("utf-8")
    current = markdown(registry().rules)
    assert written == current, "write it anew: getvpn rule --all --format markdown >docs/rules.md"


def test_the_catalogue_names_every_rule_threshold_and_profile() -> None:
    document = markdown(registry().rules)
    for rule in registry().rules:
        assert f"## {rule.code}\n" in document
        assert rule.title in document
        assert rule.rationale in document
    for name in (*THRESHOLDS, *PROFILES):
        assert f"| `{name.replace('_', '-')}` |" in document


def test_a_manual_says_what_a_fix_does() -> None:
    manual = text(lifetime_too_short, Settings())
    assert "Remediation (audit --fix writes it; disruptive: needs a rekey)\n" in manual
    (record,) = json.loads(as_json([lifetime_too_short], Settings()))
    assert record["fix"] == "disruptive: needs a rekey"
    assert "- Fix: disruptive: needs a rekey\n- Source:" in markdown([lifetime_too_short])


def test_a_manual_has_thresholds_in_force_and_both_examples() -> None:
    manual = text(lifetime_too_short, Settings(tek_lifetime_min_s=1200))
    assert manual.startswith("TEK001 (GV-011)  [critical]\n")
    assert "tek-lifetime-min-s = 1200 s:" in manual
    assert "crypto ipsec profile <profile>" in manual
    assert " set security-association lifetime seconds 600\n" in manual
    assert " set security-association lifetime seconds 7200\n" in manual


def test_the_manuals_as_json_hold_all_that_a_rule_says() -> None:
    (record,) = json.loads(as_json([lifetime_too_short], Settings()))
    assert record["code"] == "TEK001"
    assert record["needs"][:2] == ["configuration", "'show crypto gdoi ks policy'"]
    assert record["bad"] == dict(lifetime_too_short.bad)


def test_long_examples_lose_their_middle() -> None:
    lines = shortened("\n".join(map(str, range(101)))).splitlines()
    assert lines[0] == "0"
    assert lines[-1] == "100"
    assert "... 61 lines ..." in lines
