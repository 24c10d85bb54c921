"""A collection that is broken off, by Ctrl-C or harder, leaves what was got."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from getvpn import audit
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.tasks.collecting.gathered import read_index

from ..fleets import LabFleet

WAIT_S = 600.0
"""What the slowest computer takes; far less than the time-outs of the hosts that hang."""
PATIENT = ("--connect-timeout", "7200", "--login-timeout", "7200", "--timeout", "7200")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """A router that answers, one that hangs in the login, one that hangs at its third command."""
    names = ("QUICK", "MUTE", "STUCK")
    lab = BackgroundLab(
        {
            "host_keys": {"type": "ed25519"},
            "devices": {name: {"startup": f"hostname {name}\n"} for name in names},
        }
    )
    with lab:
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


@pytest.fixture
def faulty(fleet: LabFleet) -> Iterator[LabFleet]:
    fleet.lab.fault("MUTE", "hang")
    fleet.lab.fault("STUCK", "hang-after 4")
    yield fleet
    fleet.heal()


def begun(fleet: LabFleet, folder: Path, *options: str) -> subprocess.Popen[str]:
    """A collection that has got all that it will get; `folder` is made by it."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "getvpn", "collect", "--hosts", fleet.hosts),
            *("--known-hosts", fleet.known, "-o", folder, "--commands"),
            *("show clock,show running-config", *PATIENT, *options),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = monotonic() + WAIT_S
    while not (_is_through(folder) and (folder / "STUCK/show_clock.txt").exists()):
        assert process.poll() is None, process.communicate()
        assert monotonic() < deadline
        sleep(0.02)
    return process


def _is_through(folder: Path) -> bool:
    index = folder / "collection.jsonl"
    return index.exists() and any(each.host == "QUICK" for each in read_index(folder))


def children_of(process: subprocess.Popen[str]) -> list[int]:
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(word) for word in path.read_text().split()]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("options", [(), ("--processes", "2")], ids=["threads", "processes"])
def test_ctrl_c_ends_it_with_what_was_got(
    faulty: LabFleet, tmp_path: Path, options: tuple[str, ...]
) -> None:
    folder = tmp_path / "new"
    process = begun(faulty, folder, *options)
    workers = children_of(process) if sys.platform == "linux" else []
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=WAIT_S)

    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("interrupted; 3 hosts: 1 done, ")
    last = (folder / "collection.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["interrupted"] is True
    found = {each.host: each for each in read_index(folder)}
    assert found["QUICK"].failure is None
    assert [output.command for output in found["STUCK"].outputs] == ["show clock"]
    assert len(audit([folder]).fleet.devices) == 2
    assert [pid for pid in workers if is_running(pid)] == []


def test_a_kill_leaves_whole_texts_and_an_index_of_them(faulty: LabFleet, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    process = begun(faulty, folder)
    process.kill()
    process.communicate(timeout=WAIT_S)

    (found,) = read_index(folder)
    assert (found.host, found.failure) == ("QUICK", None)
    for output in found.outputs:
        assert output.file is not None
        assert (folder / output.file).stat().st_size == output.size
    assert "QUICK" in {device.name for device in audit([folder]).fleet.devices}
