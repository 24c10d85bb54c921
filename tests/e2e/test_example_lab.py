"""The example lab: its devices take every line, and the audit finds nothing serious in them."""

from pathlib import Path

import pytest

from getvpn import Severity, audit
from getvpn.emulator import Lab
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.lab.generating import LabPlan, generate
from getvpn.emulator.testing import console

SERVERS = ["KS1", "KS2"]
MEMBERS = [f"GM{number}" for number in range(1, 9)]
NAMES = SERVERS + MEMBERS


@pytest.fixture(scope="module")
def lab(root: Path) -> Lab:
    return Lab(root / "inventory" / "example" / "lab.yml")


def test_the_lab_has_two_key_servers_and_eight_members(lab: Lab) -> None:
    assert list(lab.devices) == NAMES


def test_the_files_are_those_that_are_made(root: Path) -> None:
    for name, text in generate(LabPlan()).items():
        assert (root / "inventory" / "example" / name).read_text() == text


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


def test_all_members_register_with_the_primary(lab: Lab) -> None:
    for name in NAMES:
        lab[name]  # it boots when it is asked for
    lab.advance(60)
    (group,) = lab["KS1"].feature(Gdoi).servers.values()
    assert group.primary
    assert {record.key_server for record in group.members.values()} == {"203.0.113.1"}
    assert len(group.members) == len(MEMBERS)


def test_the_newer_image_of_a_key_server_can_be_booted(lab: Lab) -> None:
    (image,) = lab.devices["KS1"].images
    terminal = console(lab["KS1"])
    terminal.configure(f"boot system flash bootflash:{image.file}\n")
    terminal.run("write memory")
    lab["KS1"].reload()
    lab.advance(60)

    assert f"Version {image.version}" in console(lab["KS1"]).run("show version")
