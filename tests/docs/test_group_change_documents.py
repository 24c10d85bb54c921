"""What the pages on key servers and migrations tell to type has a meaning, and works over SSH."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from getvpn.cli.key_server import command as key_server
from getvpn.cli.main import run
from getvpn.cli.migrate import command as migrate
from getvpn.emulator.lab.background import BackgroundLab
from getvpn.inventory.models import Intent
from getvpn.tasks.render import render

from ..fleets import LabFleet
from ..tasks.networks import PKI, KnownSecrets, devices, network, platform
from ..tasks.procedures.group_worlds import World, changed
from ..tasks.procedures.stage_worlds import StageWorld, edited, with_third
from ..tasks.test_render_labs import beside
from .memory import followed, write
from .script import Script

PAGES = Path(__file__).resolve().parents[2] / "docs" / "procedures"
VERBS: dict[str, tuple[str, click.Command]] = {
    "key-server.md": ("key-server", key_server),
    "migrate-gikev2.md": ("migrate", migrate),
    "migrate-psk-to-pki.md": ("migrate", migrate),
}
RATE = 40.0
"""Seconds of the lab for each real one."""
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the reader, with the intent as it was, and his journal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GETVPN_JOURNAL", f"sqlite:///{tmp_path}/journal.db")
    write(network(), "before.yml")


def with_keyless_third() -> World:
    """A network whose third key server serves nobody yet."""
    made = StageWorld(with_third(), with_third(serves=False))
    zeroize = "crypto key zeroize rsa GETVPN-REKEY"
    made.type("KS3", "configure terminal", zeroize, "yes", "end", "write memory")
    made.lab.advance(5)
    return made


@pytest.mark.usefixtures("here")
@pytest.mark.executes("docs/procedures/key-server.md")
def test_the_calls_for_key_servers_work(script: Script) -> None:
    followed(script, with_third(), with_keyless_third, only=" add ")
    followed(script, with_third(), lambda: World(with_third()))


@pytest.mark.usefixtures("here")
@pytest.mark.executes("docs/procedures/migrate-gikev2.md")
def test_the_calls_for_gikev2_work(script: Script) -> None:
    wanted = changed(network(), versions="ikev2")
    followed(script, wanted, lambda: StageWorld(wanted, network()))


@pytest.mark.usefixtures("here")
@pytest.mark.executes("docs/procedures/migrate-psk-to-pki.md")
def test_the_calls_for_certificates_work(script: Script) -> None:
    wanted = changed(network(), authentication={**PKI, "key_bits": 1024})
    Path("otp").mkdir()
    for device in devices(wanted):
        path = Path("otp", device.name)
        path.write_text("a word\n")
        path.chmod(0o600)
    followed(script, wanted, lambda: StageWorld(wanted, network()))


@pytest.mark.parametrize("page", VERBS)
def test_every_option_of_the_pages_exists(page: str) -> None:
    _, group = VERBS[page]
    assert isinstance(group, click.Group)
    context = click.Context(group)
    kinds = [group.get_command(context, name) for name in group.list_commands(context)]
    known = {
        option
        for kind in kinds
        if kind is not None
        for parameter in kind.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert set(re.findall(r"(--[a-z][a-z0-9-]+)", (PAGES / page).read_text("utf-8"))) <= known


# ---- over SSH ----


def one_member(document: dict[str, Any]) -> None:
    """Keep only the first member."""
    del document["members"][1:]


def lab_of(intent: Intent) -> dict[str, Any]:
    """A lab in which the devices have what is rendered for them, and all key servers the key."""
    texts = render(intent, KnownSecrets())
    return {
        "seed": 1,
        "clock": {"rate": RATE},
        "host_keys": {"type": "ed25519"},
        "network": {"latency_ms": 10, "mtu": 9000},
        "keys": [
            {
                "label": "GETVPN-REKEY",
                "bits": 1024,
                "exportable": True,
                "devices": ["KS1", "KS2"],
            }
        ],
        "devices": {
            device.name: {
                "platform": platform(device),
                "startup": texts[device.name]
                + beside(device, intent)
                + "username admin privilege 15 secret admin\nip ssh version 2\n"
                + "line vty 0 15\n login local\n transport input ssh\n",
            }
            for device in devices(intent)
        },
    }


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabFleet]:
    """Two key servers, a third one to come, and a member."""
    with BackgroundLab(lab_of(edited(with_third(serves=False), one_member))) as lab:
        lab.advance(300)
        yield LabFleet.of(lab, tmp_path_factory.mktemp("fleet"))


def called(fleet: LabFleet, intent: Intent, *words: str) -> int:
    """The exit code of a call, with the intent, the devices and a journal of the test."""
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    path = fleet.folder / "network.yml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    return run(
        [
            *words,
            *("-i", str(path), "--hosts", str(fleet.hosts), "--known-hosts", str(fleet.known)),
            *("--journal", f"sqlite:///{fleet.folder / 'journal.db'}", "--look-every", "1"),
        ]
    )


def test_a_key_server_is_added_and_the_group_changes_over(
    fleet: LabFleet, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    for name in ("PSK_COOP", "PSK_BR1"):
        monkeypatch.setenv(name, f"Key-{name}")
    intent = edited(with_third(), one_member)
    assert called(fleet, intent, "key-server", "add", "KS3", "--execute", "--yes") == 0
    assert "done; KS3 serves G1, and its members know it" in capsys.readouterr().err

    newer = edited(intent, lambda said: said["groups"][0].update(versions="ikev2"))
    assert called(fleet, newer, "migrate", "gikev2", "--execute", "--yes") == 0
    out, err = capsys.readouterr()
    assert "client protocol gikev2 GKM-G1" in out
    assert "done; G1 is served by G-IKEv2" in err
    assert "Key-PSK" not in out + err
