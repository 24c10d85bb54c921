import json
import subprocess
import sys
from pathlib import Path

import pytest

from getvpn.audits import registry as registry_module
from getvpn.audits.context import DEVICE, DeviceContext
from getvpn.audits.needs import CONFIG
from getvpn.audits.registry import Registry
from getvpn.audits.rule import Outcomes, Severity, rule
from getvpn.cli import auditing
from getvpn.cli.main import run

FAULTY = """\
hostname ks1
crypto ipsec profile PROF
 set security-association lifetime seconds 600
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""
TEK_ONLY = ["--select", "TEK001"]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, with one key server."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ks1.cfg").write_text(FAULTY, "utf-8")
    return tmp_path


@pytest.mark.parametrize("verb", ["audit", "lint"])
def test_findings_give_exit_code_one_and_stand_on_stdout(verb: str, capsys: Capture) -> None:
    assert run([verb, "ks1.cfg", *TEK_ONLY]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("ks1\nks1.cfg:3: TEK001 [critical] ")
    assert err == ""


def test_no_findings_give_exit_code_zero(folder: Path, capsys: Capture) -> None:
    (folder / "ks1.cfg").write_text(FAULTY.replace("600", "7200"), "utf-8")
    assert run(["lint", "ks1.cfg", *TEK_ONLY]) == 0
    assert capsys.readouterr().out.startswith("no findings on 1 device by 1 rule")


@pytest.mark.parametrize(("least", "code"), [("critical", 1), ("low", 1), ("never", 0)])
def test_fail_on_decides_about_the_exit_code(least: str, code: int) -> None:
    assert run(["lint", "ks1.cfg", *TEK_ONLY, "--fail-on", least]) == code


def test_select_and_ignore_take_commas_repetition_and_aliases(capsys: Capture) -> None:
    arguments = ["--select", "GV-011,COOP", "--select", "ACL001", "--ignore", "ACL,COOP"]
    assert run(["lint", "ks1.cfg", "-f", "json", *arguments]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [each["code"] for each in document["rules"]] == ["ACL001", "TEK001"]


def test_an_unknown_selector_is_a_wrong_call(capsys: Capture) -> None:
    assert run(["lint", "ks1.cfg", "--select", "TEK099"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "no rule fits 'TEK099'; did you mean 'TEK0" in err


def test_json_alone_stands_on_stdout(capsys: Capture) -> None:
    assert run(["audit", "ks1.cfg", "--format", "json", "--color", "always"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["devices"][0]["name"] == "ks1"
    assert err == ""


def test_the_report_can_go_to_a_file(folder: Path, capsys: Capture) -> None:
    arguments = [*TEK_ONLY, "-o", "report.txt", "--color", "always"]
    assert run(["lint", "ks1.cfg", *arguments]) == 1
    assert capsys.readouterr().out == ""
    report = (folder / "report.txt").read_text("utf-8")
    assert report.startswith("ks1\nks1.cfg:3: ")
    assert "\x1b" not in report


@pytest.mark.parametrize("place", [["--color", "always", "lint"], ["lint", "--color", "always"]])
def test_colour_can_be_asked_for_before_and_behind_the_verb(
    place: list[str], capsys: Capture
) -> None:
    run([*place, "ks1.cfg", *TEK_ONLY])
    assert "\x1b[1;31m[critical]" in capsys.readouterr().out


def test_options_are_read_from_the_folder(folder: Path, capsys: Capture) -> None:
    (folder / "getvpn.toml").write_text(
        'select = ["TEK001"]\nfail-on = "never"\n[thresholds]\ntek-lifetime-min-s = 300\n', "utf-8"
    )
    assert run(["lint", "ks1.cfg", "-f", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["findings"] == []
    assert document["settings"]["tek_lifetime_min_s"] == 300


def test_the_command_line_goes_before_the_file(folder: Path, capsys: Capture) -> None:
    (folder / "own.toml").write_text(
        'select = ["COOP001"]\nfail-on = "never"\nprofile = "stig"\n', "utf-8"
    )
    arguments = ["--config", "own.toml", "--profile", "long-sa", "--fail-on", "low", *TEK_ONLY]
    assert run(["lint", "ks1.cfg", *arguments, "-f", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["profile"] == "long-sa"
    assert [each["code"] for each in document["rules"]] == ["TEK001"]


def test_a_rule_that_a_file_misspells_is_named_with_its_line(folder: Path, capsys: Capture) -> None:
    (folder / "getvpn.toml").write_text('fail-on = "low"\nignore = ["TEKK"]\n', "utf-8")
    assert run(["lint", "ks1.cfg"]) == 2
    err = capsys.readouterr().err
    assert "getvpn.toml:2: no rule fits 'TEKK'; did you mean 'TEK'?" in err


def test_an_options_file_that_does_not_exist_is_a_wrong_call(capsys: Capture) -> None:
    assert run(["lint", "ks1.cfg", "--config", "none.toml"]) == 2
    assert "none.toml: No such file" in capsys.readouterr().err


def test_a_path_that_does_not_exist_is_a_wrong_call(capsys: Capture) -> None:
    assert run(["audit", "none.cfg"]) == 2
    assert "none.cfg" in capsys.readouterr().err


def test_an_unreadable_output_gives_exit_code_two(folder: Path, capsys: Capture) -> None:
    (folder / "ks1.log").write_text("ks1#show version\n% Invalid input\nks1#\n", "utf-8")
    assert run(["audit", "ks1.log"]) == 2
    assert "error: ks1.log:2: the device refused the command" in capsys.readouterr().out


def test_findings_go_before_unreadable_outputs(folder: Path) -> None:
    (folder / "ks1.log").write_text("ks1#show version\n% Invalid input\nks1#\n", "utf-8")
    assert run(["audit", "ks1.log", "ks1.cfg", *TEK_ONLY]) == 1


def test_lint_reads_configurations_only(folder: Path, capsys: Capture) -> None:
    (folder / "ks1.log").write_text("ks1#show version\n% Invalid input\nks1#\n", "utf-8")
    assert run(["lint", "."]) == 1
    assert "error" not in capsys.readouterr().out


@pytest.fixture
def broken_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry whose only rule has a fault."""

    @rule(
        code="TST001",
        title="Nothing",
        severity=Severity.LOW,
        scope=DEVICE,
        needs=(CONFIG,),
        source="",
        rationale="",
        remediation="",
        bad={},
        good={},
    )
    def broken(ctx: DeviceContext) -> Outcomes:
        yield ctx.at(ctx.device.config.interfaces["none"], "", "")  # type: ignore[union-attr]

    monkeypatch.setattr(auditing, "registry", lambda: Registry([broken]))


@pytest.mark.usefixtures("broken_rule")
def test_a_fault_in_a_rule_is_told_in_one_line(capsys: Capture) -> None:
    assert run(["lint", "ks1.cfg"]) == 70
    out, err = capsys.readouterr()
    assert "error: rule TST001 failed on ks1 (KeyError): please report it" in out
    assert "Traceback" not in out + err


HEAVY = (
    "asyncssh",
    "importlib.metadata",
    "jinja2",
    "napalm",
    "netmiko",
    "nornir",
    "pydantic",
    "ttp",
)
PROBE = """\
import sys
from getvpn.cli.main import run
run(["lint", "ks1.cfg"])
print([name for name in sys.argv[1:] if name in sys.modules], file=sys.stderr)
"""


def test_lint_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *HEAVY], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def test_the_registry_is_made_once() -> None:
    assert registry_module.registry() is registry_module.registry()
