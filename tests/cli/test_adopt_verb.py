"""The verb `adopt`."""

import json
import stat
from pathlib import Path

import pytest

from getvpn.cli.main import run
from getvpn.inventory import load
from getvpn.tasks.render import render

from ..tasks.networks import KnownSecrets, golden

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `configs` of a network with pre-shared keys."""
    (tmp_path / "configs").mkdir()
    for name, text in render(golden("e5"), KnownSecrets()).items():
        (tmp_path / "configs" / f"{name}.cfg").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def disagree(here: Path) -> None:
    path = here / "configs" / "KS2.cfg"
    path.write_text(path.read_text("utf-8").replace("seconds 7200", "seconds 1800"), "utf-8")


@pytest.mark.usefixtures("here")
def test_the_intent_goes_to_stdout_and_the_rest_to_stderr(capsys: Capture) -> None:
    assert run(["adopt", "configs"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("# Adopted by getvpn from 4 configurations.")
    assert "keys, in variables that are yet to be set:\n  env:PSK_BR1: configs/BR1.cfg:" in err
    assert err.endswith("4 devices adopted, 0 of them differ\n")
    assert "Key-PSK" not in out + err


def test_with_a_file_the_list_goes_to_stdout(here: Path, capsys: Capture) -> None:
    disagree(here)
    assert run(["adopt", "configs", "-o", "network.yml"]) == 1
    out = capsys.readouterr().out
    assert "devices disagree:\n  configs/KS2.cfg:" in out
    assert "- set security-association lifetime seconds 1800: the intent says" in out
    assert "\n- set security-association lifetime seconds 1800\n" in out
    assert len(load("network.yml").devices) == 4
    assert run(["adopt", "configs", "--no-diff"]) == 1
    assert "@@" not in capsys.readouterr().err


def test_a_file_that_is_there_is_not_replaced_by_chance(here: Path, capsys: Capture) -> None:
    (here / "network.yml").write_text("mine\n", "utf-8")
    assert run(["adopt", "configs", "-o", "network.yml"]) == 2
    assert "network.yml is there already; --force replaces it" in capsys.readouterr().err
    assert (here / "network.yml").read_text("utf-8") == "mine\n"
    assert run(["adopt", "configs", "-o", "network.yml", "--force"]) == 0
    assert load("network.yml").groups


def test_keys_are_written_for_nobody_else_to_read(here: Path, capsys: Capture) -> None:
    (here / "net").mkdir()
    wanted = ["adopt", "configs", "-o", "net/network.yml", "--secrets", "net/keys"]
    assert run(wanted) == 0
    files = {path.name: path for path in (here / "net" / "keys").iterdir()}
    assert sorted(files) == ["BR1", "BR2", "coop"]
    assert files["BR1"].read_text("utf-8") == "Key-PSK_BR1\n"
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    capsys.readouterr()
    assert run(["render", "-i", "net/network.yml", "-o", "again"]) == 0
    for path in (here / "configs").iterdir():
        assert (here / "again" / path.name).read_text("utf-8") == path.read_text("utf-8")


def test_a_key_that_is_there_already_is_left_alone(here: Path, capsys: Capture) -> None:
    (here / "keys").mkdir()
    (here / "keys" / "BR1").write_text("older\n", "utf-8")
    assert run(["adopt", "configs", "--secrets", "keys"]) == 2
    assert "keys/BR1 is there already with another key" in capsys.readouterr().err
    assert (here / "keys" / "BR1").read_text("utf-8") == "older\n"
    assert not (here / "keys" / "BR2").exists()
    assert run(["adopt", "configs", "--secrets", "keys", "--force"]) == 0
    assert (here / "keys" / "BR1").read_text("utf-8") == "Key-PSK_BR1\n"


@pytest.mark.usefixtures("here")
def test_a_folder_that_no_reference_can_name_is_refused(capsys: Capture) -> None:
    assert run(["adopt", "configs", "--secrets", "my keys"]) == 2
    assert "my keys cannot stand in a reference" in capsys.readouterr().err


def test_json_has_everything_but_secrets(here: Path, capsys: Capture) -> None:
    disagree(here)
    assert run(["adopt", "configs", "-f", "json"]) == 1
    out = capsys.readouterr().out
    said = json.loads(out)
    assert (said["version"], said["complete"]) == (1, False)
    assert said["intent"].startswith("# Adopted by getvpn")
    assert {each["kind"] for each in said["left"]} == {"assumed", "changes", "disagrees"}
    assert [each["device"] for each in said["differences"] if each["different"]] == ["KS2"]
    assert [each["reference"] for each in said["keys"]] == [
        "env:PSK_BR1",
        "env:PSK_BR2",
        "env:PSK_COOP",
    ]
    assert "Key-PSK" not in out


def test_nothing_to_adopt_is_told_in_one_line(here: Path, capsys: Capture) -> None:
    (here / "other.cfg").write_text("hostname R1\ninterface Loopback0\n", "utf-8")
    for paths in (["other.cfg"], ["missing"]):
        assert run(["adopt", *paths]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
