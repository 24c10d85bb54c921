"""The runbooks that collect, against a lab."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from getvpn.emulator.lab.background import BackgroundLab
from getvpn.playbooks import collect, collect_and_audit
from getvpn.tasks.collecting.gathered import read_index
from getvpn.tasks.ssh import known_hosts

from ..fleets import LabFleet

Capture = pytest.CaptureFixture[str]
SERVER = """\
hostname {name}
ip ssh logging events
crypto ipsec profile PROF
 set security-association lifetime seconds 600
crypto gdoi group WAN
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
  address ipv4 192.0.2.1
"""
INTENT = {
    "version": 1,
    "key_servers": [
        {
            "name": "KS1",
            "host": "127.0.0.1",
            "address": "192.0.2.1",
            "wan": {"interface": "GigabitEthernet0/0/0", "address": "198.51.100.1/30"},
        }
    ],
    "members": [],
    "groups": [
        {
            "name": "WAN",
            "identity": 1001,
            "servers": [{"name": "KS1", "priority": 100}],
            "authentication": {"kind": "psk", "member": "env:PSK_{NAME}", "coop": "env:PSK_COOP"},
            "policies": [{"traffic": {"between": ["10.0.0.0/8"]}}],
        }
    ],
}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """Two key servers whose traffic keys are too short-lived."""
    lab = BackgroundLab(
        {
            "host_keys": {"type": "ed25519"},
            "devices": {name: {"startup": SERVER.format(name=name)} for name in ("KS1", "KS2")},
        }
    )
    with lab:
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


@pytest.fixture(autouse=True)
def folder(fleet: LabFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user who knows the routers, in a folder of his own."""
    (tmp_path / "home/.ssh").mkdir(parents=True)
    shutil.copy(fleet.known, tmp_path / "home/.ssh/known_hosts")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    fleet.heal()


def test_findings_of_a_live_fleet_are_printed(fleet: LabFleet, capsys: Capture) -> None:
    assert collect_and_audit.main(str(fleet.hosts), "new") == 1

    out, err = capsys.readouterr()
    assert "new/KS1/show_running-config.txt:" in out
    assert " TEK001 KS2: " in out
    assert err == ""


def test_a_device_that_fails_is_printed_and_the_others_are_audited(
    fleet: LabFleet, capsys: Capture
) -> None:
    fleet.lab.fault("KS1", "refuse")

    assert collect_and_audit.main(str(fleet.hosts), "new") == 1

    out, err = capsys.readouterr()
    assert err.startswith("KS1: transport: ")
    assert " KS2: " in out


def test_nothing_but_failures_is_exit_code_three(
    fleet: LabFleet, folder: Path, capsys: Capture
) -> None:
    (folder / "home/.ssh/known_hosts").unlink()

    assert collect_and_audit.main(str(fleet.hosts), "new") == 3

    assert "SHA256:" in capsys.readouterr().err
    assert collect_and_audit.main(str(fleet.hosts), "home") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("secret", "code", "told"),
    [("admin", 0, "1 of 1 devices, "), ("another", 3, "0 of 1 devices, 0 texts in new\n")],
)
def test_the_devices_of_an_intent_are_collected_from(
    fleet: LabFleet,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    secret: str,
    code: int,
    told: str,
) -> None:
    monkeypatch.setenv("NETOPS_PASSWORD", secret)
    (folder / "network.yml").write_text(yaml.safe_dump(INTENT))

    assert collect.main("network.yml", "new", "admin", str(fleet.lab.host("KS1").port)) == code

    out, err = capsys.readouterr()
    assert out.startswith(told)
    assert [line.split(": ")[:2] for line in err.splitlines()] == [["KS1", "login"]][: code // 3]
    (found,) = read_index(folder / "new")
    assert found.roles == (("key_server",) if code == 0 else ())


def test_an_intent_with_a_mistake_is_one_line(folder: Path, capsys: Capture) -> None:
    (folder / "network.yml").write_text("version: 2\n")

    assert collect.main("network.yml", "new", "admin") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (folder / "new").exists()
