"""An upgrade over real SSH: images by SCP, restarts that end sessions, verified host keys."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from getvpn.emulator.files.images import Image as LabImage
from getvpn.emulator.files.images import write_image
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.testing import console
from getvpn.errors import HostKeyError, InputError, RefusedError, UsageError
from getvpn.inventory import load
from getvpn.inventory.models import Intent
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.catalogue import PROCEDURES
from getvpn.tasks.procedures.fleet_devices import FleetDevices
from getvpn.tasks.procedures.model import Status
from getvpn.tasks.procedures.runner import Runner, known
from getvpn.tasks.procedures.survey import servers_in, survey
from getvpn.tasks.procedures.upgrade_choice import How
from getvpn.tasks.procedures.upgrade_images import images
from getvpn.tasks.procedures.upgrade_plan import plan_server_upgrade
from getvpn.tasks.procedures.upgrade_software import survey_software
from getvpn.tasks.ssh.target import Access

from ...fleets import LabFleet
from ..lab_devices import LabTime

EXAMPLE = Path(__file__).resolve().parents[3] / "inventory" / "example"
NAMES = ("KS1", "KS2", "GM2")
FILE = "isr4400-universalk9.17.09.04a.SPA.bin"


def lab_of_example() -> dict[str, Any]:
    """The example lab with one member, which boots more slowly; its time passes by jumps."""
    found: dict[str, Any] = yaml.safe_load((EXAMPLE / "lab.yml").read_text("utf-8"))
    found["clock"]["rate"] = 0.001
    found["host_keys"] = {"type": "ed25519"}
    devices = {name: found["devices"][name] for name in NAMES}
    for each in devices.values():
        each["startup"] = (EXAMPLE / each.pop("startup_file")).read_text("utf-8")
        each["settings"] = {"boot_s": 120}
        each.pop("images", None)
    return {**found, "devices": devices}


@pytest.fixture(scope="module")
def intent() -> Intent:
    """The example network with one member."""
    document = load(EXAMPLE / "network.yml").model_dump(
        by_alias=True, mode="json", exclude_unset=True
    )
    document["members"] = [each for each in document["members"] if each["name"] in NAMES]
    return Intent.model_validate(document)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    with BackgroundLab(lab_of_example()) as lab:
        lab.advance(300)
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = LabImage(family="isr4400", version="17.9.4a", size=300_000)
    return write_image(tmp_path_factory.mktemp("images"), FILE, made)


@pytest.fixture
def devices(fleet: LabFleet) -> FleetDevices:
    return FleetDevices(fleet.nornir(), fleet.access())


def shown(fleet: LabFleet, name: str, *commands: str) -> str:
    return fleet.lab.run(lambda: console(fleet.lab.lab[name]).run(*commands))


def test_a_device_says_why_it_does_not_take_a_file(
    fleet: LabFleet, devices: FleetDevices, image: Path
) -> None:
    with pytest.raises(RefusedError, match=r"GM2: .*Administratively disabled\.; enter 'ip scp"):
        devices.upload("GM2", str(image), f"bootflash:{FILE}")
    shown(fleet, "GM2", "configure terminal", "ip scp server enable", "end")
    fleet.lab.run(lambda: fleet.lab.lab.fault("GM2", "disk-full"))
    with pytest.raises(RefusedError, match="Not enough space on device"):
        devices.upload("GM2", str(image), f"bootflash:{FILE}")
    fleet.heal()
    shown(fleet, "GM2", "configure terminal", "no ip scp server enable", "end")


def test_a_file_goes_nowhere_but_to_a_known_host(
    fleet: LabFleet, image: Path, tmp_path: Path
) -> None:
    unknown = tmp_path / "known_hosts"
    unknown.write_text("")
    devices = FleetDevices(fleet.nornir(), Access(known_hosts=str(unknown)))
    with pytest.raises(HostKeyError):
        devices.upload("GM2", str(image), f"bootflash:{FILE}")


def test_what_cannot_be_copied_is_told_before(fleet: LabFleet, devices: FleetDevices) -> None:
    with pytest.raises(InputError, match="no such file"):
        devices.upload("GM2", "/nowhere/image.bin", f"bootflash:{FILE}")
    by_scrapli = FleetDevices(fleet.nornir(), fleet.access(transport="scrapli"))
    with pytest.raises(UsageError, match="copies no files"):
        by_scrapli.upload("GM2", "/nowhere/image.bin", f"bootflash:{FILE}")


def test_key_servers_are_upgraded_over_ssh(
    fleet: LabFleet, devices: FleetDevices, intent: Intent, image: Path
) -> None:
    clock, roles = LabTime(fleet.lab), servers_in(intent, "EXAMPLE-WAN")
    fleet.lab.record_traffic()
    plan = plan_server_upgrade(
        intent,
        survey(devices, roles, clock),
        survey_software(devices, list(roles)),
        "EXAMPLE-WAN",
        images([str(image)], list(roles)),
        How(takes_s=600.0, within_s=1800.0),
    )
    assert plan.obstacles == ()
    runner = Runner(Journal("sqlite://"), devices, clock, known(PROCEDURES), look_every_s=15.0)

    outcome = runner.start(plan)

    assert (outcome.status, outcome.reason) == (Status.DONE, "")
    for name in ("KS1", "KS2"):
        assert "Version 17.9.4a" in shown(fleet, name, "show version")
        assert "ip scp server enable" not in shown(fleet, name, "show running-config")
    assert "Role: Secondary" in shown(fleet, "KS1", "show crypto gdoi ks coop")
    assert not any(each.lost_s for each in fleet.lab.outages())
