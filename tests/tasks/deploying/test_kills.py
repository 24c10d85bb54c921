"""A deployment whose process is killed at any line, and run again, ends as one that was not.

All lines were tried once; here are those between which something is decided.
"""

from pathlib import Path

import pytest

from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent

from ..lab_devices import Killed, LabDevices
from ..networks import network
from .worlds import bare, deployed, more_in_clear, policy_of, saved, saved_world, told

NETWORK = network("xe17")
NAMES = ("KS1", "KS2", "BR1", "BR2")
ICMP = "deny icmp any any"
REKEY = "crypto gdoi ks group G1 rekey"


def changed_network() -> Intent:
    """A change of key servers and of a member that needs a rekey."""
    document = more_in_clear(NETWORK).model_dump(by_alias=True, mode="json", exclude_unset=True)
    document["members"][1]["ike"] = {"lifetime_s": 3600, "encryption": "aes 128"}
    return Intent.model_validate(document)


@pytest.fixture
def devices() -> LabDevices:
    return saved_world(NETWORK)


def killed_at(devices: LabDevices, folder: Path, device: str, line: str, after: int = 0) -> None:
    """Deploy until the process is killed before the line `after` that one."""
    left = [-1]

    def look(name: str, text: str) -> None:
        if left[0] < 0 and (name, text) == (device, line):
            left[0] = after
        if left[0] == 0:
            raise Killed
        left[0] -= left[0] > 0

    devices.watch = look
    with pytest.raises(Killed):
        deployed(changed_network(), devices, folder)
    devices.watch = None
    devices.hang_up()
    devices.lab.advance(7)


def check(devices: LabDevices, folder: Path) -> None:
    """Deploy once more, and then again without anything to do."""
    found = deployed(changed_network(), devices, folder)

    assert found.state == "done", found
    assert all(saved(devices, name) for name in NAMES)
    assert ICMP in policy_of(devices, "BR1")
    assert "lifetime 3600" in console(devices.lab["BR2"]).run("show running-config")
    assert [line for _, line in devices.typed].count(REKEY) == 1
    devices.typed.clear()
    assert deployed(changed_network(), devices, folder).state == "nothing to do"
    assert told(devices) == []


@pytest.mark.parametrize(
    ("device", "line", "after"),
    [
        ("KS2", f"125 {ICMP}", 1),
        ("KS2", "write memory", 1),
        ("KS1", f"125 {ICMP}", 2),
        ("KS1", REKEY, 0),
        ("KS1", REKEY, 1),
        ("BR2", "lifetime 3600", 0),
    ],
)
def test_it_ends_well_wherever_it_was_killed(
    device: str, line: str, after: int, devices: LabDevices, tmp_path: Path
) -> None:
    killed_at(devices, tmp_path, device, line, after)

    check(devices, tmp_path)


def test_it_ends_well_however_often_it_was_killed(devices: LabDevices, tmp_path: Path) -> None:
    killed_at(devices, tmp_path, "KS2", "end")
    killed_at(devices, tmp_path, "KS2", "write memory")
    killed_at(devices, tmp_path, "KS1", "write memory", 1)
    killed_at(devices, tmp_path, "KS1", REKEY, 2)
    killed_at(devices, tmp_path, "BR2", "encryption aes")

    check(devices, tmp_path)


def test_a_device_that_fails_after_a_kill_becomes_what_it_was_before_that(
    devices: LabDevices, tmp_path: Path
) -> None:
    before = console(devices.lab["KS2"]).run("show running-config | begin hostname")
    killed_at(devices, tmp_path, "KS2", "write memory")
    assert ICMP in console(devices.lab["KS2"]).run("show running-config")

    devices.lab.cut("KS1", "KS2")
    found = deployed(changed_network(), devices, tmp_path, manner={"soak_s": 90, "settle_s": 60.0})

    assert found.devices["KS2"].state == "rolled back"
    assert console(devices.lab["KS2"]).run("show running-config | begin hostname") == before
    assert saved(devices, "KS2")


@pytest.mark.parametrize("minutes", [1, 60])
def test_a_change_on_trial_is_kept_or_made_again(
    minutes: int, devices: LabDevices, tmp_path: Path
) -> None:
    terminal = console(devices.lab["KS2"])
    terminal.configure("archive\n path bootflash:before\n")
    terminal.run("write memory")
    devices.lab.advance(5)
    killed_at(devices, tmp_path, "KS2", "configure confirm")
    devices.lab.advance(60 * minutes)

    check(devices, tmp_path)


def test_a_new_network_comes_up_although_the_first_attempt_was_killed(tmp_path: Path) -> None:
    devices = bare(NETWORK)

    def look(name: str, text: str) -> None:
        if (name, text) == ("KS1", "rekey sig-hash algorithm sha256"):
            raise Killed

    devices.watch = look
    with pytest.raises(Killed):
        deployed(NETWORK, devices, tmp_path)
    devices.watch = None
    devices.hang_up()
    devices.lab.advance(7)

    assert deployed(NETWORK, devices, tmp_path).state == "done"
    assert all(saved(devices, name) for name in NAMES)
