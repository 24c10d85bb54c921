"""Networks whose devices get other images, in virtual time."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from getvpn.emulator.files.content import recognise
from getvpn.emulator.files.images import Image as LabImage
from getvpn.emulator.files.images import write_image
from getvpn.emulator.simulation.kernel import Kernel
from getvpn.inventory.models import Intent
from getvpn.tasks.procedures.model import Outcome, ProcedurePlan
from getvpn.tasks.procedures.survey import members_in, servers_in, survey
from getvpn.tasks.procedures.upgrade_choice import How
from getvpn.tasks.procedures.upgrade_images import images
from getvpn.tasks.procedures.upgrade_member_plan import Who, plan_member_upgrade
from getvpn.tasks.procedures.upgrade_plan import plan_server_upgrade
from getvpn.tasks.procedures.upgrade_software import Software, survey_software

from ..networks import network
from .group_worlds import QUIET, World

BOOT_S = 240.0
LOOKS = (*QUIET, "dir ", "verify ")
"""Lines that change nothing."""
NEW: dict[str, tuple[str, str, str]] = {
    "classic": ("c2900", "15.8(3)M9", "c2900-universalk9-mz.SPA.158-3.M9.bin"),
    "xe16": ("isr4400", "17.9.4a", "isr4400-universalk9.17.09.04a.SPA.bin"),
    "xe17": ("c8000v", "17.12.4", "c8000v-universalk9.17.12.04.SPA.bin"),
}
"""A later image for each platform: its family, its version, its file."""


def how_of(choices: dict[str, Any]) -> How:
    """What is chosen for any upgrade, taken out of `choices`."""
    names = [each.name for each in fields(How) if each.name in choices]
    return How(**{name: choices.pop(name) for name in names})


class UpgradeWorld(World):
    """A network of one platform whose devices boot as slowly as real ones, and an image for it."""

    def __init__(self, folder: Path, kind: str = "xe17", intent: Intent | None = None) -> None:
        super().__init__(intent or network(kind))
        self.folder = folder
        self.kind = kind
        for device in (*self.intent.key_servers, *self.intent.members):
            self.lab[device.name].behaviour.boot_s = BOOT_S
        self.image = self.written_image(kind)

    def written_image(self, kind: str, name: str | None = None, **other: Any) -> Path:
        """The file of an image on this machine."""
        family, version, file = NEW[kind]
        made = LabImage(**{"family": family, "version": version, "size": 4096, **other})
        return write_image(self.folder, name or file, made)

    # ---- what lies on routers ----

    def put(self, name: str, path: str) -> None:
        """Let a router have the image in its flash."""
        data = recognise(self.image.read_bytes())
        self.lab[name].files.write(path, data, self.kernel.now())

    def hash(self, kind: str) -> str:
        """The hash of the image."""
        return hashlib.new(kind, self.image.read_bytes()).hexdigest()

    def into_packages(self, name: str, file: str) -> None:
        """Let a router run its image in packages; the other key server takes over for a while."""
        self.type(name, "write memory", f"install add file bootflash:{file} activate commit", "y")
        self.lab.advance(BOOT_S + 400)

    # ---- plans ----

    def software(self, names: Sequence[str]) -> dict[str, Software]:
        """What the devices run."""
        return survey_software(self, names)

    def server_plan(
        self, *given: str, hashes: dict[str, Any] | None = None, **more: Any
    ) -> ProcedurePlan:
        """The plan for the key servers of G1; with their image if none is `given`."""
        roles = servers_in(self.intent, "G1")
        observed = survey(self, roles, self.devices.clock)
        offered = images(given or [str(self.image)], list(roles), **(hashes or {}))
        return plan_server_upgrade(
            self.intent, observed, self.software(list(roles)), "G1", offered, how_of(more), **more
        )

    def member_plan(self, *given: str, **more: Any) -> ProcedurePlan:
        """The plan for the members of G1; with their image if none is `given`."""
        joined = members_in(self.intent, "G1")
        observed = survey(self, {**servers_in(self.intent, "G1"), **joined}, self.devices.clock)
        offered = images(given or [str(self.image)], list(joined))
        return plan_member_upgrade(
            self.intent,
            observed,
            self.software(list(joined)),
            "G1",
            offered,
            how_of(more),
            Who(**more),
        )

    # ---- processes that end, and sessions that break ----

    def until(self, plan: ProcedurePlan, step: str) -> Outcome:
        """Carry a plan out as far as before `step`."""
        return self.runner().start(plan, pause_before=step)

    def at_line(self, number: int, error: BaseException, *, any_line: bool = False) -> None:
        """Raise `error` once, before the line `number` (from 0) of those that change something.

        With `any_line` those count that only look, too.
        """
        left = number

        def watch(_: str, line: str) -> None:
            nonlocal left
            if any_line or not line.startswith(LOOKS):
                left -= 1
                if left == -1:
                    self.devices.hang_up()
                    raise error

        self.devices.typed.clear()
        self.devices.watch = watch

    def changing(self) -> list[tuple[str, str]]:
        """The lines that were typed and change something."""
        return [(name, line) for name, line in self.devices.typed if not line.startswith(LOOKS)]

    # ---- what there is ----

    def runs(self, name: str) -> str:
        """The version that a router runs."""
        return self.lab[name].software.version

    def boot_lines(self, name: str) -> list[str]:
        """Its lines `boot system`, saved ones."""
        shown = self.shown(name, "show startup-config")
        return [line for line in shown.splitlines() if line.startswith("boot system")]

    def files(self, name: str) -> list[str]:
        """The names of the images in its flash."""
        shown = self.shown(name, "dir")
        return [line.split()[-1] for line in shown.splitlines() if line.rstrip().endswith(".bin")]

    def time_to_rekey(self) -> float:
        """Seconds until the next rekey of traffic keys."""
        shown = self.shown("KS1", "show crypto gdoi ks policy")
        return float(re.findall(r"time to rekey \(sec\) *: *(\d+)", shown)[-1])

    def keys(self) -> list[str]:
        """The SPIs of the traffic keys that KS1 gives out."""
        shown = self.shown("KS1", "show crypto gdoi ks policy")
        return re.findall(r"spi  +: (0x\w+)", shown)

    def time_of(self, name: str, mnemonic: str) -> float:
        """When a router last did or logged something."""
        lines = [line.split(" ", 2) for line in self.lab.events()]
        return [float(at) for at, node, text in lines if node == name and mnemonic in text][-1]

    def restarts(self) -> list[tuple[str, str]]:
        """Which devices were told to restart, with how many images, in order."""
        return [
            (name, line)
            for name, line in self.devices.typed
            if line == "reload" or line.startswith("install add")
        ]

    @property
    def kernel(self) -> Kernel:
        """The clock of the lab, and what happens in it."""
        return self.lab.kernel
