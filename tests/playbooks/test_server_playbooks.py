"""The runbooks of images, key servers and migrations, carried out against networks in memory."""

import hashlib
from pathlib import Path

import pytest

from getvpn.emulator.services.pki import Pki
from getvpn.playbooks import key_server, migrate_gikev2, migrate_pki, upgrade, upgrade_members

from ..tasks.networks import network
from ..tasks.procedures.group_worlds import World, changed
from ..tasks.procedures.stage_worlds import StageWorld
from ..tasks.procedures.test_key_server import Third
from ..tasks.procedures.test_migrate_pki import CERTIFICATES
from ..tasks.procedures.upgrade_worlds import UpgradeWorld
from .desk import Desk

OLD, NEW = "17.9.4a", "17.12.4"
SERVERS, MEMBERS = ("KS1", "KS2"), ("BR1", "BR2")


def test_key_servers_and_members_run_the_new_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = UpgradeWorld(tmp_path)
    desk = Desk(world, tmp_path, monkeypatch)
    flash = f"bootflash:{world.image.name}"
    for name in SERVERS:
        world.put(name, flash)

    desk.carries_out(upgrade.main, flash, world.hash("md5"))

    assert [world.runs(name) for name in (*SERVERS, *MEMBERS)] == [NEW, NEW, OLD, OLD]
    assert [name for name, line in desk.acts() if line == "reload"] == ["KS2", "KS1"]
    assert [world.role(name) for name in SERVERS] == ["Secondary", "Primary"]
    assert world.lost() == {}
    for name in SERVERS:
        assert world.boot_lines(name)[0] == f"boot system {flash}"

    desk.carries_out(upgrade_members.main, str(world.image), "--wave", "1")

    assert [world.runs(name) for name in MEMBERS] == [NEW, NEW]
    assert all(world.registered(name) for name in MEMBERS)
    assert world.is_well()


def test_a_key_server_comes_and_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = Third()
    desk = Desk(world, tmp_path, monkeypatch)

    desk.carries_out(key_server.main, "add", "KS3")

    assert [world.role(name) for name in (*SERVERS, "KS3")] == ["Primary", "Secondary", "Secondary"]
    for name in MEMBERS:
        assert " server address ipv4 10.10.3.1" in world.configuration(name)
    assert world.is_well()

    desk.carries_out(key_server.main, "remove", "KS3")

    assert "server local" not in "\n".join(world.configuration("KS3"))
    for name in MEMBERS:
        assert " server address ipv4 10.10.3.1" not in world.configuration(name)
    assert world.lost() == {}


def test_members_change_over_to_gikev2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = StageWorld(changed(network(), versions="ikev2"), network())
    desk = Desk(world, tmp_path, monkeypatch)

    desk.carries_out(migrate_gikev2.main, "--wave", "50%")

    for name in MEMBERS:
        shown = world.shown(name, "show crypto gdoi | include Group Type")
        assert "GIKEv2" in shown.replace("-", "")
    assert world.all_saved()
    assert world.is_well()


def test_a_group_changes_over_to_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = StageWorld(changed(network(), authentication=CERTIFICATES), network())
    desk = Desk(world, tmp_path, monkeypatch)
    challenge = ("--challenge", "env:OTP_{NAME}")

    desk.carries_out(migrate_pki.main, fingerprint(world), *challenge)

    for name in (*SERVERS, *MEMBERS):
        assert "crypto isakmp key" not in "\n".join(world.configuration(name))
        assert len(world.lab[name].feature(Pki).store.get("GETVPN-CA").identity) == 1
    assert world.all_saved()
    assert world.is_well()


def fingerprint(world: World) -> str:
    """That of the certificate of the lab's authority, as people compare it."""
    certificate = world.lab["KS1"].authority.ca(world.lab.kernel.now()).certificate
    return hashlib.sha1(certificate, usedforsecurity=False).hexdigest().upper()
