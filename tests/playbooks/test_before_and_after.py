"""The runbook of snapshots, over SSH."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from getvpn import UsageError, judge_snapshots, take_snapshot
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.playbooks.before_and_after import main
from getvpn.tasks.ssh import known_hosts

from ..fleets import LabFleet

Capture = pytest.CaptureFixture[str]
SERVER = """\
hostname {name}
crypto gdoi group WAN
 identity number 1001
 server local
  address ipv4 192.0.2.1
"""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """Two key servers."""
    lab = BackgroundLab(
        {
            "host_keys": {"type": "ed25519"},
            "clock": {"rate": 0.001},
            "devices": {name: {"startup": SERVER.format(name=name)} for name in ("KS1", "KS2")},
        }
    )
    with lab:
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


@pytest.fixture(autouse=True)
def journal(fleet: LabFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A user who knows the routers; the URL of his journal."""
    (tmp_path / ".ssh").mkdir()
    shutil.copy(fleet.known, tmp_path / ".ssh/known_hosts")
    url = f"sqlite:///{tmp_path}/journal.db"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GETVPN_JOURNAL", url)
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    yield url
    fleet.heal()


def test_nothing_was_done_and_nothing_changed(fleet: LabFleet, capsys: Capture) -> None:
    assert main(str(fleet.hosts), "monday") == 0
    assert main(str(fleet.hosts), "monday", "nothing") == 0
    out, err = capsys.readouterr()
    assert out == "monday: 2 devices\nmonday-after: 2 devices\nas expected\n"
    assert err == ""


def test_a_rollover_that_did_not_come_about_is_told(fleet: LabFleet, capsys: Capture) -> None:
    assert main(str(fleet.hosts), "monday") == 0
    assert main(str(fleet.hosts), "monday", "rollover") == 1
    out = capsys.readouterr().out
    assert "missing: nothing about rekey key has changed\n" in out
    assert out.endswith("\nnot as expected\n")


def test_a_device_that_fails_is_named(fleet: LabFleet, capsys: Capture) -> None:
    fleet.lab.fault("KS2", "refuse")
    assert main(str(fleet.hosts), "monday") == 3
    out, err = capsys.readouterr()
    assert out == "monday: 1 devices\n"
    assert err.startswith("KS2: ")
    fleet.lab.fault("KS1", "refuse")
    assert main(str(fleet.hosts), "tuesday") == 3
    assert capsys.readouterr().err.startswith("no device says anything: KS")


def test_a_device_that_failed_before_is_asked_again(fleet: LabFleet, journal: str) -> None:
    nornir, access = fleet.nornir(), fleet.access()
    fleet.lab.fault("KS2", "refuse")
    assert take_snapshot(nornir, "one", journal=journal, access=access).devices == ("KS1",)
    fleet.heal()
    assert take_snapshot(nornir, "two", journal=journal, access=access).devices == ("KS1", "KS2")


def test_names_and_expectations_are_held_to_account(fleet: LabFleet, journal: str) -> None:
    nornir, access = fleet.nornir("KS1"), fleet.access()
    assert take_snapshot(nornir, "one", journal=journal, access=access).devices == ("KS1",)
    with pytest.raises(UsageError, match="there is a snapshot 'one' already"):
        take_snapshot(nornir, "one", journal=journal, access=access)
    with pytest.raises(UsageError, match="nobody can expect 'rain'"):
        judge_snapshots("one", "one", "rain")
    with pytest.raises(UsageError, match="there is no snapshot 'two'"):
        judge_snapshots("one", "two")
