import json
from pathlib import Path

import pytest

from getvpn.audits.registry import registry
from getvpn.cli.main import run

Capture = pytest.CaptureFixture[str]


def test_a_rule_is_explained_by_code_or_alias(capsys: Capture) -> None:
    assert run(["rule", "tek001"]) == 0
    by_code = capsys.readouterr().out
    assert run(["rule", "GV-011"]) == 0
    assert capsys.readouterr().out == by_code
    assert by_code.startswith("TEK001 (GV-011)  [critical]\n")


def test_all_rules_are_explained_in_json(capsys: Capture) -> None:
    assert run(["rule", "--all", "--format", "json"]) == 0
    codes = [each["code"] for each in json.loads(capsys.readouterr().out)]
    assert codes == [rule.code for rule in registry().rules]


def test_markdown_is_the_catalogue(capsys: Capture) -> None:
    assert run(["rule", "COOP001", "-f", "markdown"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Rules\n")
    assert "## COOP001\n" in out
    assert "## TEK001\n" not in out


def test_the_thresholds_are_those_of_the_profile(capsys: Capture) -> None:
    assert run(["rule", "TEK001", "--profile", "stig"]) == 0
    assert "tek-lifetime-advised-min-s = 3600 s" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--all", "TEK001"]])
def test_either_codes_or_all_must_be_given(arguments: list[str], capsys: Capture) -> None:
    assert run(["rule", *arguments]) == 2
    assert "name rules or give --all" in capsys.readouterr().err


def test_an_unknown_rule_is_answered_with_the_nearest(capsys: Capture) -> None:
    assert run(["rule", "COOP01"]) == 2
    assert "unknown rule 'COOP01'; did you mean 'COOP0" in capsys.readouterr().err


def test_a_recommendation_without_a_rule_is_explained(capsys: Capture) -> None:
    assert run(["rule", "gv-050"]) == 0
    assert "checked by no rule" in capsys.readouterr().out


def test_the_thresholds_may_be_those_of_a_profile_of_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "[profiles.ours]\nbase = 'stig'\ntek-lifetime-min-s = 1500\n"
    (tmp_path / "getvpn.toml").write_text(text, "utf-8")
    assert run(["rule", "TEK001", "--profile", "ours"]) == 0
    assert "tek-lifetime-min-s = 1500 s" in capsys.readouterr().out


def test_an_unknown_profile_is_answered_with_those_there_are(capsys: Capture) -> None:
    assert run(["rule", "TEK001", "--profile", "sitg"]) == 2
    assert "unknown profile 'sitg'; one of seed, cisco" in capsys.readouterr().err
