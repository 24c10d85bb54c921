"""The example lab: its devices take every line, and the audit finds nothing serious in them."""

from pathlib import Path

import pytest

from getvpn import Severity, audit
from getvpn.emulator import Lab
from getvpn.emulator.testing import console

NAMES = ["KS1", "KS2", "GM1", "GM2"]


@pytest.fixture(scope="module")
def lab(root: Path) -> Lab:
    return Lab(root / "inventory" / "example" / "lab.yml")


def test_the_lab_has_two_key_servers_and_two_members(lab: Lab) -> None:
    assert list(lab.devices) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_device_takes_every_line_of_its_configuration(lab: Lab, name: str) -> None:
    assert lab.refused(name) == ()
    assert lab[name].hostname == name


def test_the_configurations_that_the_devices_show_have_nothing_serious(
    lab: Lab, tmp_path: Path
) -> None:
    for name in NAMES:
        shown = console(lab[name]).run("show running-config")
        (tmp_path / f"{name}.cfg").write_text(shown, "utf-8")
    report = audit([tmp_path])

    assert report.faults == ()
    assert {device.name for device in report.fleet.devices} == set(NAMES)
    assert [finding for finding in report.findings if finding.severity >= Severity.HIGH] == []


def test_the_newer_image_of_a_key_server_can_be_booted(lab: Lab) -> None:
    (image,) = lab.devices["KS1"].images
    terminal = console(lab["KS1"])
    terminal.configure(f"boot system flash bootflash:{image.file}\n")
    terminal.run("write memory")
    lab["KS1"].reload()
    lab.advance(60)

    assert f"Version {image.version}" in console(lab["KS1"]).run("show version")
