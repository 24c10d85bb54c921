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
from ..networks import KnownSecrets, devices, platform, policy
from ..test_render_labs import beside, lab_of

CLEAR = ("esp", "tacacs", "ssh", "pim", "ntp", "ike", "gdoi")


def world(intent: Intent) -> LabDevices:
    """The routers of a rendered network, whose members have registered."""
    lab: Lab = lab_of(intent)
    lab.advance(120)
    return LabDevices(lab)


def saved_world(intent: Intent) -> LabDevices:
    """The same, with all configurations saved: nothing stands against a deployment."""
    found = world(intent)
    for device in devices(intent):
        console(found.lab[device.name]).run("write memory")
    found.lab.advance(5)
    return found


def bare(intent: Intent) -> LabDevices:
    """The same routers before anything is rendered: they reach each other, and have the RSA key."""
    names = [server.name for server in intent.key_servers]
    key = {"label": intent.groups[0].rekey.key, "exportable": True, "devices": names}
    startups = {
        device.name: f"hostname {device.name}\ninterface {device.wan.interface}\n"
        f" ip address {device.wan.address.ip} {device.wan.address.netmask}\n no shutdown\n"
        f"{beside(device, intent)}"
        for device in devices(intent)
    }
    routers = {
        device.name: {"platform": platform(device), "startup": startups[device.name]}
        for device in devices(intent)
    }
    lab = Lab.of({"seed": 1, "network": {"mtu": 9000}, "keys": [key], "devices": routers})
    lab.advance(10)
    return LabDevices(lab)


def looked(intent: Intent, routers: LabDevices) -> dict[str, Observed]:
    """What all devices show."""
    roles = {name: target.role for name, target in wanted(intent).items()}
    return survey(intent, roles, routers, clock=routers.clock)


def wanted(intent: Intent) -> dict[str, Target]:
    """What all devices are to be."""
    return targets(intent, KnownSecrets())


def journal_of(folder: Path) -> str:
    """The URL of the journal of deployments whose state is in a folder."""
    return f"sqlite:///{folder}/journal.db"


def deployed(intent: Intent, routers: LabDevices, folder: Path, **more: Any) -> Deployment:
    """What came of a deployment; `manner` is how it is done, the rest goes to `deploy`."""
    said: dict[str, Any] = {"commit": True, "journal": journal_of(folder), **more}
    manner = Manner(**{"jobs": 1, "usernames": lambda _: "admin", **said.pop("manner", {})})
    store = Store(folder / ".getvpn")
    return deploy(
        intent, KnownSecrets(), routers, store, manner=manner, clock=routers.clock, **said
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


def told(routers: LabDevices) -> list[tuple[str, str]]:
    """What devices were told but for questions."""
    quiet = ("show ", "terminal ")
    return [(name, line) for name, line in routers.typed if not line.startswith(quiet)]


def policy_of(routers: LabDevices, name: str) -> list[str]:
    """The access list that a member has got."""
    shown = console(routers.lab[name]).run("show crypto gdoi")
    return [
        line.split("access-list")[1].strip() for line in shown.splitlines() if "access-l" in line
    ]


def saved(routers: LabDevices, name: str) -> bool:
    """Whether a router would have the configuration that it runs after a restart."""
    shown = (
        console(routers.lab[name]).run(f"show {which}-config | begin hostname")
        for which in ("startup", "running")
    )
    return len(set(shown)) == 1
