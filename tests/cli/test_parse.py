import json
from pathlib import Path

import pytest

from getvpn.cli.main import run

CLOCK = "KS1#show clock\n*10:11:12.345 UTC Sat Jun 6 2026\nKS1#\n"


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    path = tmp_path / "capture.txt"
    path.write_text(CLOCK)
    return path


def test_json_is_all_that_stands_on_stdout(clock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["parse", "--format", "json", str(clock)]) == 0
    (answer,) = json.loads(capsys.readouterr().out)["records"]
    assert (answer["host"], answer["command"]) == ("KS1", "show clock")
    assert answer["record"]["unparsed"] == []


def test_a_table_shows_names_and_values(clock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["parse", str(clock)]) == 0
    out = capsys.readouterr().out
    assert "show clock on KS1" in out
    assert "2026-06-06T10:11:12" in out


def test_the_command_may_be_given_abbreviated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.txt"
    path.write_text("*10:11:12.345 UTC Sat Jun 6 2026\n")
    assert run(["parse", "--command", "sh clo", "-f", "json", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["records"][0]["command"] == "show clock"


def test_one_bad_file_does_not_hide_the_others(
    tmp_path: Path, clock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "ks2_show_crypto_gdoi_ks_policy.txt"
    bad.write_text("% Invalid input detected at '^' marker.\n")
    assert run(["parse", str(bad), str(clock), "-f", "json"]) == 2
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["records"]) == 1
    assert "refused the command" in captured.err
    assert f"{bad}:1" in captured.err


def test_what_was_not_understood_is_said_beside_the_result(
    clock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.write_text(CLOCK.replace("KS1#\n", "Time is relative\nKS1#\n"))
    assert run(["parse", str(clock)]) == 0
    err = capsys.readouterr().err
    assert f"{clock}:3: 1 line not understood, the first is 'Time is relative'" in err


def test_a_configuration_is_left_to_lint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ks1.cfg"
    path.write_text("version 17.9\nhostname KS1\n!\nend\n")
    assert run(["parse", str(path)]) == 2
    assert "getvpn lint" in capsys.readouterr().err


def test_the_list_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["parse", "--list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert "show crypto gdoi|gkm ks members WORD" in listed
    assert "show crypto key mypubkey rsa" in listed


@pytest.mark.parametrize("arguments", [[], ["nowhere.txt"], ["--command", "sh c", "-"]])
def test_a_wrong_call_is_one_line_and_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["parse", *arguments]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) <= 2
