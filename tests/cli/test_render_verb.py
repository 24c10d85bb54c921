"""The verb `render`."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from getvpn.cli.main import run

Capture = pytest.CaptureFixture[str]
KEYS = {"PSK_COOP": "Coop-1", "PSK_BR1": "Branch-1", "PSK_BR2": "Branch-2"}


@pytest.fixture
def source(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An intent in a folder of its own, and its secrets in the environment."""
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    text = (root / "tests" / "tasks" / "golden" / "e5" / "network.yml").read_text("utf-8")
    path = tmp_path / "network.yml"
    path.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return path


@pytest.mark.usefixtures("source")
def test_all_devices_are_printed_under_their_names(capsys: Capture) -> None:
    assert run(["render"]) == 0
    out = capsys.readouterr().out
    heads = [line for line in out.splitlines() if line.startswith("! ")]
    assert heads == ["! KS1", "! KS2", "! BR1", "! BR2"]
    assert "crypto isakmp key Branch-1 address 10.20.1.1" in out


def test_a_device_is_printed_alone(source: Path, capsys: Capture) -> None:
    assert run(["render", "BR2", "--intent", str(source)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("! BR2\n!\nhostname BR2\n!\n")
    assert out.endswith("!\n")
    assert "BR1" not in out


def test_an_unknown_device_is_answered_with_the_nearest(source: Path, capsys: Capture) -> None:
    assert run(["render", "KS3", "-o", "configs"]) == 2
    assert "the intent has no device 'KS3'; did you mean 'KS" in capsys.readouterr().err
    assert not (source.parent / "configs").exists()


@pytest.mark.usefixtures("source")
def test_concealed_texts_need_no_secrets(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)
    assert run(["render", "--conceal"]) == 0
    assert "crypto isakmp key *** address 10.20.1.1" in capsys.readouterr().out
    assert run(["render"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "PSK_COOP is not set" in captured.err


def test_a_missing_or_wrong_intent_is_told_with_its_place(source: Path, capsys: Capture) -> None:
    assert run(["render", "-i", "other.yml"]) == 2
    assert "other.yml: there is no such file" in capsys.readouterr().err
    source.write_text(source.read_text("utf-8").replace("recovery_check_s", "recovery_check"))
    assert run(["render"]) == 2
    assert "network.yml:33:" in capsys.readouterr().err


def test_files_are_private_and_only_written_where_something_changed(
    source: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = source.parent / "configs"
    assert run(["render", "-o", "configs"]) == 0
    assert capsys.readouterr() == ("", "configs: 4 of 4 configurations new or changed\n")
    files = {path.name: path for path in folder.iterdir()}
    assert sorted(files) == ["BR1.cfg", "BR2.cfg", "KS1.cfg", "KS2.cfg"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    before = {name: path.stat().st_ino for name, path in files.items()}

    monkeypatch.setenv("PSK_BR2", "Branch-3")
    assert run(["render", "-o", "configs"]) == 0
    assert capsys.readouterr().err == "configs: 3 of 4 configurations new or changed\n"
    after = {name: path.stat().st_ino for name, path in files.items()}
    assert [name for name in sorted(files) if after[name] == before[name]] == ["BR1.cfg"]


@pytest.mark.usefixtures("source")
def test_a_secret_that_is_no_key_is_not_told(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PSK_BR1", "two words")
    monkeypatch.setenv("GETVPN_DEBUG", "1")
    assert run(["render"]) == 2
    captured = capsys.readouterr()
    assert "env:PSK_BR1" in captured.err
    assert "two words" not in captured.out + captured.err


@pytest.mark.usefixtures("source")
def test_rendering_loads_nothing_that_drives_devices() -> None:
    script = (
        "import sys; from getvpn.cli.main import run; run(['render', '--conceal']);"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stderr.split()
    assert "getvpn.tasks.render" in loaded
    assert {"nornir", "netmiko", "asyncssh", "getvpn.emulator", "hier_config"}.isdisjoint(loaded)
