import json
import sys
from io import BytesIO, TextIOWrapper
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


def test_a_file_of_a_folder_that_cannot_be_read_is_an_error(
    clock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = clock.with_name("ks2.txt")
    closed.symlink_to("/proc/self/mem")
    clock.with_name("collection.jsonl").write_text("{}\n")
    assert run(["parse", str(clock.parent)]) == 2
    captured = capsys.readouterr()
    assert "show clock on KS1" in captured.out
    assert captured.err == f"getvpn: error: {closed}: cannot be read: Input/output error\n"


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


LOG = (
    f"{CLOCK}KS1#show ntp status\n%NTP is not enabled.\nKS1#sh clo\n10:11:13.0 UTC Sat Jun 6 2026\n"
)


def stream(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(data), encoding="ascii"))


def commands(out: str) -> list[str]:
    return [answer["command"] for answer in json.loads(out)["records"]]


def test_a_log_on_standard_input_is_split(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stream(monkeypatch, LOG.encode())
    assert run(["parse", "-f", "json", "-"]) == 0
    out = capsys.readouterr().out
    assert commands(out) == ["show clock", "show ntp status", "show clock"]
    assert {answer["source"] for answer in json.loads(out)["records"]} == {"-"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("arguments", [[], ["--command", "sh clo"]])
def test_text_of_any_encoding_is_read(
    encoding: str,
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = CLOCK.replace("UTC", "UTÇ").encode(encoding)
    (tmp_path / "x.log").write_bytes(data)
    stream(monkeypatch, data)
    assert run(["parse", *arguments, "-f", "json", "-", str(tmp_path / "x.log")]) == 0
    assert commands(capsys.readouterr().out) == ["show clock", "show clock"]


@pytest.mark.parametrize("arguments", [["-"], ["-c", "show clock", "-"]])
@pytest.mark.parametrize(("data", "says"), [(b"\x7fELF\x01\x02\x00\x00" * 50, "binary"), (b"", "")])
def test_what_is_no_text_on_standard_input_is_one_line_and_exit_code_2(
    arguments: list[str],
    data: bytes,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream(monkeypatch, data)
    assert run(["parse", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert captured.err.startswith("getvpn: error: -")
    assert says in captured.err


@pytest.mark.parametrize("verb", ["parse", "logs", "lint"])
def test_standard_input_may_be_closed(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert run([verb, "-"]) == 2
    sys.stdin.close()
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("getvpn: error: ")
    assert "internal" not in line


def test_a_path_that_is_not_there_does_not_hide_the_others(
    tmp_path: Path, clock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere, loop = tmp_path / "nowhere", tmp_path / "loop"
    loop.symlink_to(loop)
    assert run(["parse", "-f", "json", str(nowhere), str(clock), str(loop)]) == 2
    captured = capsys.readouterr()
    assert commands(captured.out) == ["show clock"]
    assert [line.split(": ")[2] for line in captured.err.splitlines()] == [str(nowhere), str(loop)]


def test_the_command_picks_its_outputs_from_a_log_and_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "session.log"
    log.write_text(LOG)
    for path in (log, tmp_path):
        assert run(["parse", "-c", "sh clo", "-f", "json", str(path)]) == 0
        assert commands(capsys.readouterr().out) == ["show clock"] * 2


def test_an_error_names_the_line_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "session.log"
    log.write_text(f"{CLOCK}KS1#show version\nno version\nKS1#\n")
    assert run(["parse", str(log)]) == 2
    assert f"{log}:5: 'no version'" in capsys.readouterr().err


def test_a_named_file_that_is_of_no_use_is_an_error_beside_the_result(
    tmp_path: Path, clock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    binary = tmp_path / "image.bin"
    binary.write_bytes(bytes(range(256)) * 8)
    assert run(["parse", "-f", "json", str(clock), str(binary)]) == 2
    captured = capsys.readouterr()
    assert commands(captured.out) == ["show clock"]
    assert captured.err == f"getvpn: error: {binary}: binary\n"


def test_names_and_texts_cannot_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a\x1b[2J\nb.txt"
    path.write_text("KS1#show clock detail\n10:11:12.345 UTC Sat Jun 6 2026\nlost \x9b2J\nKS1#\n")
    (tmp_path / "c\x1b[2J.txt").write_text("")
    assert run(["parse", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    for text in (captured.out, captured.err):
        assert not {"\x1b", "\x9b"} & set(text)
    assert r"a\x1b[2J\nb.txt: show clock detail on KS1" in captured.out
    assert len(captured.err.splitlines()) == 2
