"""`getvpn audit --fix DIR`: lines for each device, a folder for nobody else, a plain summary."""

import json
from pathlib import Path

import pytest

from getvpn.cli.main import run

Capture = pytest.CaptureFixture[str]
CONFIG = """hostname {name}
ip access-list extended POLICY
 deny udp any any eq 848
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
crypto ipsec transform-set TS esp-aes
crypto ipsec profile GETVPN
 set security-association lifetime seconds 600
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm aes 256
  address ipv4 10.10.1.1
  sa ipsec 1
   profile GETVPN
   match address ipv4 POLICY
no ip http server
ip http secure-server
line vty 0 4
 transport input ssh
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ks1.cfg").write_text(CONFIG.format(name="ks1"))
    return tmp_path


def test_the_lines_stand_in_a_private_folder_with_an_index(folder: Path, capsys: Capture) -> None:
    assert run(["audit", "ks1.cfg", "--select", "TEK020,MGT003", "--fix", "fixes"]) == 1
    assert (folder / "fixes").stat().st_mode & 0o777 == 0o700
    for path in (folder / "fixes").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    text = (folder / "fixes" / "ks1.cfg").read_text()
    assert text.splitlines()[0] == "! ks1: lines for 2 findings"
    assert "! all of them together: disruptive: needs a rekey" in text
    assert "crypto ipsec transform-set TS esp-aes 128 esp-sha256-hmac\n" in text
    assert "! TEK020 [" in text
    index = json.loads((folder / "fixes" / "fixes.json").read_text())
    assert index["kind"] == "getvpn/fixes/v1"
    assert [each["device"] for each in index["devices"]] == ["ks1"]
    assert {each["rule"]: each["grade"] for each in index["devices"][0]["fixes"]} == {
        "TEK020": "rekey",
        "MGT003": "safe",
    }
    assert capsys.readouterr().err == (
        "fixes for 2 of 2 findings on 1 device in fixes (1 safe, 1 disruptive: needs a rekey)\n"
    )


def test_a_grade_limits_what_is_written(folder: Path, capsys: Capture) -> None:
    call = ["lint", "ks1.cfg", "--select", "TEK020,MGT003", "--fix", "fixes"]
    assert run([*call, "--fix-grade", "safe"]) == 1
    assert "transform-set" not in (folder / "fixes" / "ks1.cfg").read_text()
    assert capsys.readouterr().err == (
        "fixes for 1 of 2 findings on 1 device in fixes (1 safe); 1 beyond --fix-grade\n"
    )


def test_what_is_waived_is_not_mended(folder: Path, capsys: Capture) -> None:
    text = "! getvpn: ignore[TEK020] told to me\n" + CONFIG.format(name="ks1")
    (folder / "ks1.cfg").write_text(text)
    run(["lint", "ks1.cfg", "--select", "TEK020", "--fix", "fixes"])
    assert sorted(path.name for path in (folder / "fixes").iterdir()) == ["fixes.json"]
    assert "fixes for 0 of 0 findings on 0 devices in fixes" in capsys.readouterr().err


def test_a_folder_with_something_in_it_is_a_wrong_call(folder: Path, capsys: Capture) -> None:
    (folder / "fixes").mkdir()
    (folder / "fixes" / "mine.txt").write_text("mine")
    assert run(["audit", "ks1.cfg", "--fix", "fixes"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "fixes is there already" in captured.err


def test_a_folder_is_looked_at_before_devices_are_asked(folder: Path, capsys: Capture) -> None:
    (folder / "fixes").mkdir()
    (folder / "fixes" / "mine.txt").write_text("mine")
    assert run(["audit", "--live", "192.0.2.1", "--username", "x", "--fix", "fixes"]) == 2
    assert "fixes is there already" in capsys.readouterr().err


def test_a_grade_without_a_folder_is_a_wrong_call(capsys: Capture) -> None:
    assert run(["audit", "ks1.cfg", "--fix-grade", "safe"]) == 2
    assert "--fix-grade goes with --fix" in capsys.readouterr().err


def test_a_device_may_be_called_as_it_likes(folder: Path) -> None:
    (folder / "ks1.cfg").write_text(CONFIG.format(name="../../up"))
    run(["lint", "ks1.cfg", "--select", "TEK020", "--fix", "fixes"])
    names = sorted(path.name for path in (folder / "fixes").iterdir())
    assert names == ["_.._up.cfg", "fixes.json"]
