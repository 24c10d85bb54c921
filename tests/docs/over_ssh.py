"""The first network of docs/intent.md in a lab that is reached over SSH, as its readers do."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from getvpn.emulator.lab.background import BackgroundLab
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.tasks.render import render
from getvpn.tasks.ssh import known_hosts

from ..fleets import LabFleet
from ..tasks.networks import KnownSecrets
from .memory import SECRETS

OVER_SSH = pytest.mark.xdist_group("documents over SSH")
"""Marks tests that have the fixture `first_fleet` in common."""
BESIDE = {
    "KS1": "interface GigabitEthernet1\n ip address 192.0.2.1 255.255.255.252\n no shutdown\n",
    "KS2": "interface GigabitEthernet1\n ip address 192.0.2.5 255.255.255.252\n no shutdown\n",
    "branch-1": "",
}


@contextmanager
def served(intent: Intent, folder: Path) -> Iterator[LabFleet]:
    """Serve what is rendered of the first network, or of one like it."""
    texts = render(intent, KnownSecrets())
    said: dict[str, Any] = {
        "seed": 1,
        "host_keys": {"type": "ed25519"},
        "keys": [{"label": "GETVPN-REKEY", "bits": 2048, "devices": ["KS1", "KS2"]}],
        "devices": {
            name: {
                "platform": "c8000v",
                "startup": f"{texts[name]}{beside}ip route 0.0.0.0 0.0.0.0 GigabitEthernet1\n",
            }
            for name, beside in BESIDE.items()
        },
    }
    with BackgroundLab(said) as lab:
        lab.advance(120)
        for name in BESIDE:
            lab.run(partial(_save, lab, name))
        yield LabFleet.of(lab, folder)


def _save(lab: BackgroundLab, name: str) -> None:
    console(lab.lab[name]).run("write memory")


def settle(fleet: LabFleet, folder: Path, patch: pytest.MonkeyPatch, *, knows: bool = True) -> None:
    """Let a reader follow a page in a folder that has the hosts file; his home is in there.

    He knows the host keys of the routers, if he `knows` them.
    """
    patch.chdir(folder)
    patch.setenv("HOME", str(folder))
    patch.setenv("GETVPN_JOURNAL", f"sqlite:///{folder}/journal.db")
    patch.setattr(known_hosts, "SYSTEM_FILES", ())
    for variable in SECRETS:
        patch.setenv(variable, f"Key-{variable}")
    hosts = folder / "hosts.yml"
    if hosts != fleet.hosts:
        hosts.write_text(fleet.hosts.read_text())
        hosts.chmod(0o600)
    if knows:
        (folder / ".ssh").mkdir(exist_ok=True)
        (folder / ".ssh/known_hosts").write_text(fleet.known.read_text())
