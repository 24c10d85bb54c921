"""Small networks in memory that are deployed to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from getvpn.emulator import Lab
from getvpn.emulator.testing import console
from getvpn.inventory.models import Intent
from getvpn.tasks.deploy import Deployment, Manner, Store, deploy
from getvpn.tasks.deploying.observing import Observed
from getvpn.tasks.deploying.planning import Target, targets
from getvpn.tasks.deploying.survey import survey

from ..lab_devices import LabDevices
from ..networks import KnownSecrets, policy
from ..test_render_labs import lab_of

CLEAR = ("esp", "tacacs", "ssh", "pim", "ntp", "ike", "gdoi")


def world(intent: Intent) -> LabDevices:
    """The routers of a rendered network, whose members have registered."""
    lab: Lab = lab_of(intent)
    lab.advance(120)
    return LabDevices(lab)


def looked(intent: Intent, devices: LabDevices) -> dict[str, Observed]:
    """What all devices show."""
    roles = {name: target.role for name, target in wanted(intent).items()}
    return survey(intent, roles, devices, clock=devices.clock)


def wanted(intent: Intent) -> dict[str, Target]:
    """What all devices are to be."""
    return targets(intent, KnownSecrets())


def deployed(intent: Intent, devices: LabDevices, folder: Path, **more: Any) -> Deployment:
    """What came of a deployment; `manner` is how it is done, the rest goes to `deploy`."""
    said: dict[str, Any] = {"commit": True, **more}
    manner = Manner(**{"jobs": 1, "usernames": lambda _: "admin", **said.pop("manner", {})})
    store = Store(folder / ".getvpn")
    return deploy(
        intent, KnownSecrets(), devices, store, manner=manner, clock=devices.clock, **said
    )


def changed(intent: Intent, **changes: Any) -> Intent:
    """The same network with another group G1."""
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    document["groups"][0] |= changes
    return Intent.model_validate(document)


def more_in_clear(intent: Intent, name: str = "icmp") -> Intent:
    """The same network, in which one more protocol is left in clear."""
    traffic: Mapping[str, Any] = {"between": ["10.0.0.0/8"], "clear": [*CLEAR, name]}
    return changed(intent, policies=[policy(traffic=traffic)])


def told(devices: LabDevices) -> list[tuple[str, str]]:
    """What devices were told but for questions."""
    quiet = ("show ", "terminal ")
    return [(name, line) for name, line in devices.typed if not line.startswith(quiet)]


def policy_of(devices: LabDevices, name: str) -> list[str]:
    """The access list that a member has got."""
    shown = console(devices.lab[name]).run("show crypto gdoi")
    return [
        line.split("access-list")[1].strip() for line in shown.splitlines() if "access-l" in line
    ]


def saved(devices: LabDevices, name: str) -> bool:
    """Whether a router would have the configuration that it runs after a restart."""
    shown = (
        console(devices.lab[name]).run(f"show {which}-config | begin hostname")
        for which in ("startup", "running")
    )
    return len(set(shown)) == 1
