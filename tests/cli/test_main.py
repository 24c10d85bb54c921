import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import getvpn
from getvpn.cli.main import VERBS, app, run
from getvpn.cli.output import note, result
from getvpn.errors import DeviceError, ParseError

AddVerb = Callable[[Callable[[], int | None]], None]


def test_help_lists_every_verb_with_its_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0

    words = " ".join(capsys.readouterr().out.split())
    assert [f"{verb} {VERBS[verb]}" in words for verb in VERBS] == [True] * len(VERBS)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_the_summary_in_the_table_is_that_of_the_verb(verb: str) -> None:
    command = app.get_command(click.Context(app), verb)

    assert command is not None
    assert command.get_short_help_str(limit=200).rstrip(".") == VERBS[verb]


def test_every_module_with_a_command_is_a_verb(root: Path) -> None:
    modules = {
        path.stem.replace("_", "-")
        for path in (root / "cli").glob("*.py")
        if "\ndef command(" in path.read_text("utf-8")
    }

    assert modules == set(VERBS)


def test_help_imports_no_verb() -> None:
    script = (
        "import sys\n"
        "from getvpn.cli.main import run\n"
        "run(['--help'])\n"
        "print(*(name for name in sys.modules if name.startswith('getvpn.cli.')), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert set(done.stderr.split()) == {"getvpn.cli.main", "getvpn.cli.output"}


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"getvpn {getvpn.__version__}\n"


def test_the_module_runs_like_the_command() -> None:
    command = [sys.executable, "-m", "getvpn", "--version"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)

    assert done.stdout == f"getvpn {getvpn.__version__}\n"


def test_without_a_verb_the_help_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert "Usage: getvpn" in err


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["complet"], ["unknown verb 'complet'; did you mean 'completion'? (see 'getvpn --help')"]),
        (["\x1b[2J"], ["unknown verb '\\x1b[2J' (see 'getvpn --help')"]),
        (["--colour"], ["No such option", "--colour", "Did you mean", "(see 'getvpn --help')"]),
        (
            ["snapshot", "list", "--journal", "x"],
            ["--journal belongs in front of 'list': getvpn snapshot --journal … list"],
        ),
        (
            ["rule", "--all", "--color", "never"],
            ["--color belongs in front of 'rule': getvpn --color … rule"],
        ),
        (["completion"], ["Missing argument", "bash, fish, zsh (see 'getvpn completion --help')"]),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(
    arguments: list[str], parts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("getvpn: error: ")
    assert [part for part in parts if part not in err] == []


def test_a_verb_chooses_its_exit_code(add_verb: AddVerb) -> None:
    add_verb(lambda: 1)

    assert run(["probe"]) == 1


def test_a_verb_that_returns_nothing_exits_with_0(
    add_verb: AddVerb, capsys: pytest.CaptureFixture[str]
) -> None:
    def probe() -> None:
        result("the result")
        note("a note")

    add_verb(probe)

    assert run(["probe"]) == 0
    assert capsys.readouterr() == ("the result\n", "a note\n")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (ParseError("cut short", source="a.txt", lineno=4), 2, "a.txt:4: cut short"),
        (DeviceError("no answer", device="ks1"), 3, "ks1: no answer"),
        (FileNotFoundError(2, "No such file", "a.txt"), 2, "a.txt: No such file"),
        (click.FileError("a.txt", hint="locked"), 2, "Could not open file 'a.txt': locked"),
        (KeyboardInterrupt(), 130, None),
        (click.Abort(), 130, None),
    ],
)
def test_an_error_is_one_line_with_its_exit_code(
    error: BaseException,
    code: int,
    line: str | None,
    add_verb: AddVerb,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def probe() -> None:
        raise error

    add_verb(probe)

    assert run(["probe"]) == code
    assert capsys.readouterr() == ("", f"getvpn: error: {line}\n" if line else "")


def test_an_account_without_a_home_folder_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HOME", "XDG_STATE_HOME", "GETVPN_JOURNAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)  # as in containers with a number for a user

    assert run(["runs"]) == 2
    line = "this account has no home folder; set the variable HOME"
    assert capsys.readouterr() == ("", f"getvpn: error: {line}\n")


def test_a_fault_of_our_own_hides_its_text_and_its_trace(
    add_verb: AddVerb, capsys: pytest.CaptureFixture[str]
) -> None:
    def probe() -> None:
        raise KeyError("a secret from a device")

    add_verb(probe)

    assert run(["probe"]) == 70
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("getvpn: error: internal error: KeyError in getvpn.cli.main:")
    assert err.endswith("; set GETVPN_DEBUG=1 to see the trace\n")
    assert err.count("\n") == 1
    assert "secret" not in err


def test_debugging_shows_the_trace_of_any_error(
    add_verb: AddVerb, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def probe() -> None:
        raise ParseError("cut short")

    add_verb(probe)
    monkeypatch.setenv("GETVPN_DEBUG", "1")

    assert run(["probe"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last):\n")
    assert err.endswith("getvpn: error: cut short\n")


def test_a_reader_that_goes_away_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "getvpn", "--help"]
    done = subprocess.run(command, check=False, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)

    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_one_line() -> None:
    command = [sys.executable, "-m", "getvpn", "--help"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, check=False, stdout=full, stderr=subprocess.PIPE, text=True)

    assert done.returncode == 2
    assert done.stderr == "getvpn: error: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_an_error_that_cannot_be_told_keeps_its_exit_code() -> None:
    command = (sys.executable, "-m", "getvpn", "no-such-verb")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, check=False, stdout=full, stderr=full)

    assert done.returncode == 2
