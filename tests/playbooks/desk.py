"""Somebody who runs runbooks against a network in memory, whose time passes while they wait."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import yaml

from getvpn.inventory.models import Intent
from getvpn.tasks import runbooks
from getvpn.tasks.deploy import Manner
from getvpn.tasks.deploying import performing
from getvpn.tasks.journal import Journal, RunRecord
from getvpn.tasks.procedures import nornir_task

from ..tasks.procedures.group_worlds import QUIET, World

LOOKS = (*QUIET, "dir ", "verify ", "ping ")
"""Lines that change nothing."""
Main = Callable[..., int]


class _Looked:
    """The devices of a network as who looks at them wants them: no threads."""

    at_once = 0

    def __init__(self, world: World) -> None:
        self.open = world.open

    def username(self, name: str) -> str:
        """Who logs in."""
        return f"admin of {name}"


class Desk:
    """A folder with an intent, a hosts file and a journal; devices and time are those of `world`.

    Sessions are in memory, one at a time; what drives them is what drives real devices.
    """

    def __init__(self, world: World, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.folder = folder
        self.journal = f"sqlite:///{folder}/journal.db"
        self.intent = folder / "network.yml"
        self.hosts = folder / "hosts.yml"
        self.means(world.intent)
        names = [each.name for each in world.intent.devices]
        login = {"hostname": "192.0.2.1", "username": "admin", "password": "admin"}
        self.hosts.write_text(yaml.safe_dump(dict.fromkeys(names, login)))
        self.hosts.chmod(0o600)
        patch.setenv("GETVPN_JOURNAL", self.journal)
        for word in ("COOP", *names):
            for kind in ("PSK", "OTP"):
                patch.setenv(f"{kind}_{word}", f"Key-{kind}_{word}")
        clock = world.devices.clock
        patch.setattr(nornir_task, "FleetDevices", lambda *_, **__: world)
        patch.setattr(runbooks, "FleetDevices", lambda *_, **__: _Looked(world))
        for module in (nornir_task, runbooks, performing):
            patch.setattr(module, "SystemClock", lambda: clock)
        patch.setattr(performing, "open_devices", lambda *_: world.devices)
        patch.setattr(performing, "Manner", partial(Manner, jobs=1))
        world.begin()

    def means(self, intent: Intent) -> None:
        """Let the file of the intent say something else."""
        document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
        self.intent.write_text(yaml.safe_dump(document, sort_keys=False))

    def plans(self, main: Main, *arguments: str) -> None:
        """Run a runbook as it is run by default: nothing is changed, and no run is entered."""
        self.world.devices.typed.clear()
        before = len(self.runs())
        assert main(str(self.intent), str(self.hosts), *arguments) == 0
        assert self.acts() == []
        assert len(self.runs()) == before

    def carries_out(self, main: Main, *arguments: str) -> None:
        """Run it first by default, and then let it act, to its end."""
        self.plans(main, *arguments)
        assert main(str(self.intent), str(self.hosts), *arguments, "--execute") == 0
        assert self.acts() != []

    def acts(self) -> list[tuple[str, str]]:
        """The lines that were typed and change something, by device."""
        typed = self.world.devices.typed
        return [(name, line) for name, line in typed if not line.startswith(LOOKS)]

    def runs(self) -> list[RunRecord]:
        """The runs that the journal has."""
        journal = Journal(self.journal)
        try:
            return journal.all_runs()
        finally:
            journal.close()
