"""Networks in memory that commands drive as they are typed, in virtual time.

Sessions are those that drive real devices; what is missing is SSH below them, which the pages on
collecting and deploying are followed with.
"""

import copy
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from getvpn.cli.live import Live
from getvpn.inventory import parse
from getvpn.inventory.models import Intent

from ..tasks.lab_devices import LabClock
from ..tasks.procedures.group_worlds import World
from ..tasks.procedures.upgrade_worlds import LOOKS
from .blocks import code_blocks
from .commands import ROOT
from .script import Script

EXAMPLE = ROOT / "inventory" / "example"
FIRST = next(
    block.text for block in code_blocks(ROOT / "docs" / "intent.md") if block.name == "network.yml"
)
"""The first network of docs/intent.md: KS1, KS2 and branch-1."""
SECRETS = (
    *("PSK_COOP", "PSK_BRANCH_1", "PSK_BR1", "PSK_BR2", "EXAMPLE_PSK_COOP"),
    *(f"EXAMPLE_PSK_GM{n}" for n in range(1, 9)),
)
"""Variables with the secrets of all networks here."""
Edit = Callable[[dict[str, Any]], object]


def wan(*edits: Edit, members: Sequence[str] = ("GM1", "GM2")) -> Intent:
    """The example network with some of its members, edited; its group is called WAN."""
    document = yaml.safe_load((EXAMPLE / "network.yml").read_text("utf-8"))
    document["groups"][0]["name"] = "WAN"
    document["members"] = [each for each in document["members"] if each["name"] in members]
    for each in document["members"]:
        each["groups"] = ["WAN"]
    return edited(document, *edits)


def first(*edits: Edit) -> Intent:
    """The first network of docs/intent.md, edited."""
    return edited(yaml.safe_load(FIRST), *edits)


def wired(document: dict[str, Any]) -> None:
    """Let the intent say how key servers of the first network are connected, too."""
    for server, address in zip(
        document["key_servers"], ("192.0.2.1/30", "192.0.2.5/30"), strict=True
    ):
        server["wan"] = {"interface": "GigabitEthernet1", "address": address}


def edited(document: dict[str, Any], *edits: Edit) -> Intent:
    """The intent that a document is after some edits."""
    mine = copy.deepcopy(document)
    for edit in edits:
        edit(mine)
    return parse(yaml.safe_dump(mine, sort_keys=False))


def write(intent: Intent, path: str = "network.yml") -> None:
    """Write an intent into the folder that the reader is in."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    said = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    Path(path).write_text(yaml.safe_dump(said, sort_keys=False), "utf-8")


def drive(patch: pytest.MonkeyPatch, world: World) -> LabClock:
    """Let commands reach the devices of a network in memory, in its time; give its clock."""
    clock = world.devices.clock
    for module in ("clock", "deploy", "deploying.observing"):
        patch.setattr(f"getvpn.tasks.{module}.SystemClock", lambda: clock)
    fleet = "getvpn.tasks.procedures.fleet_devices"
    patch.setattr(f"{fleet}.FleetDevices", lambda *_, **__: world)
    # the devices of a lab in memory are in one thread
    patch.setattr(f"{fleet}.AT_ONCE", 1)
    patch.setattr("getvpn.tasks.fleet.runner.JOBS", 1)
    for module in ("deploy", "deploying.reaching"):
        patch.setattr(f"getvpn.tasks.{module}.open_devices", lambda *_, **__: world.open)
    # what goes out in the end does so in real time
    patch.setattr("getvpn.tasks.watching.outbox.LAST_S", 600.0)
    for variable in ("GETVPN_USERNAME", "GETVPN_PASSWORD"):
        patch.setenv(variable, "admin")
    for variable in SECRETS:
        patch.setenv(variable, f"Key-{variable}")
    return clock


def heed(patch: pytest.MonkeyPatch, tell: Callable[[str], object]) -> None:
    """Let somebody be told what procedures say while they run."""
    said = Live.said

    def both(self: Live, text: str) -> None:
        said(self, text)
        tell(text)

    patch.setattr(Live, "said", both)


def followed(
    script: Script, intent: Intent, make: Callable[[], World], *, only: str = ""
) -> list[World]:
    """The networks in which the commands that are left were typed; each time in a fresh one.

    With `only` it is those that have this in them. `intent` is what they are to be. What is to be
    carried out is done in the end, and nothing else is.
    """
    worlds = []
    for command in script.left:
        if only not in command.text:
            continue
        world = make()
        write(intent)
        drive(script.patch, world)
        world.devices.typed.clear()
        done = script.run(command)
        if "--execute" in command.words:
            assert re.search(r"^run \w+: done; ", done.err, re.MULTILINE), done
        else:
            assert "nothing was done: --execute carries the plan out" in done.err
            assert [line for _, line in world.devices.typed if not line.startswith(LOOKS)] == []
        worlds.append(world)
    return worlds
