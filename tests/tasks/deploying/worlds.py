"""Small networks in memory that are deployed to."""

from collections.abc import Mapping
from typing import Any

from getvpn.emulator import Lab
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.observing import Observed
from getvpn.tasks.deploying.planning import Target, targets
from getvpn.tasks.deploying.survey import survey

from ..lab_devices import LabDevices
from ..networks import KnownSecrets, group, network, policy
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


def changed(intent: Intent, **changes: Any) -> Intent:
    """The same network with another group G1."""
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    document["groups"][0] |= changes
    return Intent.model_validate(document)


def more_in_clear(intent: Intent, name: str = "icmp") -> Intent:
    """The same network, in which one more protocol is left in clear."""
    traffic: Mapping[str, Any] = {"between": ["10.0.0.0/8"], "clear": [*CLEAR, name]}
    return changed(intent, policies=[policy(traffic=traffic)])


__all__ = ["changed", "group", "looked", "more_in_clear", "network", "wanted", "world"]
