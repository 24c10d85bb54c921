"""What the pages on upgrades tell to type is typed, and what they say is so."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from getvpn.cli.upgrade import key_servers, members
from getvpn.emulator.files.images import Image
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.tasks.ssh import known_hosts

from ..fleets import LabFleet
from ..tasks.procedures.upgrade_worlds import UpgradeWorld
from .commands import commands_of
from .memory import followed, wan
from .script import Script

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "procedures"
EXAMPLE = ROOT / "inventory" / "example"
WAN = {"interface": "GigabitEthernet1", "address": "192.0.2.1/30", "mtu": 4470}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """The key servers of the example lab."""
    found = yaml.safe_load((EXAMPLE / "lab.yml").read_text("utf-8"))
    found["host_keys"] = {"type": "ed25519"}
    found["devices"] = {name: found["devices"][name] for name in ("KS1", "KS2")}
    for each in found["devices"].values():
        each["startup"] = (EXAMPLE / each.pop("startup_file")).read_text("utf-8")
    with BackgroundLab(found) as lab:
        lab.advance(300)
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


@pytest.mark.executes("docs/procedures/upgrade-key-servers.md")
def test_the_calls_for_key_servers_work(
    fleet: LabFleet, script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (fleet.folder / "inventory").symlink_to(ROOT / "inventory")
    monkeypatch.chdir(fleet.folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(known_hosts, "SYSTEM_FILES", ())
    up, trust, plan = script.of("try")
    script.otherwise(up)
    script.run(trust)
    done = script.run(plan)
    restarts = [f"restart {name} with 17.9.4a" for name in ("KS2", "KS1")]
    assert done.out.index(restarts[0]) < done.out.index(restarts[1])
    assert "nothing was done" in done.err

    monkeypatch.chdir(tmp_path)
    one, lying, two = script.of("images")
    intent = wan()
    world = UpgradeWorld(tmp_path, "xe16", intent)
    for name in ("KS1", "KS2"):
        world.put(name, f"bootflash:{world.image.name}")
    script.here["hash"] = world.hash("sha512")
    for command in (one, lying):
        followed(script, intent, lambda: world, only=command.text)
    mixed = wan(lambda said: said["key_servers"][0].update(release="17.9.4a", wan=WAN))
    world = UpgradeWorld(tmp_path, "xe17", mixed)
    followed(script, mixed, lambda: world, only=two.text)


@pytest.mark.executes("docs/procedures/upgrade-members.md")
def test_the_calls_for_members_work(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    intent = wan(members=("GM2", "GM3", "GM4"))
    world = UpgradeWorld(tmp_path, "xe16", intent)
    world.written_image("xe17")
    followed(script, intent, lambda: world)


def test_the_hash_of_the_page_is_that_of_the_image() -> None:
    *_, plan = commands_of("docs/procedures/upgrade-key-servers.md")[:3]
    image = Image(family="isr4400", version="17.9.4a", size=705_000_000)
    reckoned = hashlib.md5(usedforsecurity=False)
    for chunk in image.chunks():
        reckoned.update(chunk)
    assert reckoned.hexdigest() in plan.words


def test_every_option_of_the_pages_exists() -> None:
    known = {
        option
        for verb in (key_servers, members)
        for parameter in verb.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    others = {"--inventory"}  # of getvpn lab up
    for page in ("upgrade-key-servers.md", "upgrade-members.md"):
        said = set(re.findall(r"(--[a-z][a-z0-9-]+)", (PAGES / page).read_text("utf-8")))
        assert said - others <= known, page
