"""Intents that are rendered, and routers that read what comes out."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from getvpn.emulator.device import Router
from getvpn.emulator.testing import make_router
from getvpn.inventory import load
from getvpn.inventory.models import Device, Intent

from ..emulator.commands.releases import router_of

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.parent.name for path in GOLDEN.glob("*/network.yml"))
PLATFORMS: dict[str, tuple[dict[str, str], tuple[str, str, str]]] = {
    "classic": (
        {"os": "ios", "release": "15.7(3)M5"},
        ("GigabitEthernet0/0", "GigabitEthernet0/1", "GigabitEthernet0/2"),
    ),
    "xe16": (
        {"os": "ios-xe", "release": "16.12"},
        ("GigabitEthernet0/0/0", "GigabitEthernet0/0/1", "GigabitEthernet0/0/2"),
    ),
    "xe17": (
        {"os": "ios-xe", "release": "17.9"},
        ("GigabitEthernet1", "GigabitEthernet2", "GigabitEthernet3"),
    ),
}
"""What a device runs, and its first ports: to the network, and two to the site."""
PKI = {
    "kind": "pki",
    "trustpoint": "GETVPN-CA",
    "enrollment_url": "http://10.10.9.9:80",
    "subject": "CN={name}.{domain},OU=GETVPN",
    "authorize": "ou=GETVPN",
}
PSK = {"kind": "psk", "member": "env:PSK_{NAME}", "coop": "env:PSK_COOP"}


class KnownSecrets:
    """Secrets that follow from their references: `Key-PSK_BR1`."""

    def reveal(self, reference: str) -> str:
        """The secret itself."""
        return f"Key-{reference.partition(':')[2]}"


@cache
def golden(case: str) -> Intent:
    """The intent of a folder of `golden`."""
    return load(GOLDEN / case / "network.yml")


def beside(case: str, device: str) -> str:
    """Lines that a device of a golden network has before anything is rendered."""
    path = GOLDEN / case / f"{device}.beside"
    return path.read_text("utf-8") if path.exists() else ""


def group(name: str = "G1", **changes: Any) -> dict[str, Any]:
    """A group of both key servers."""
    return {
        "name": name,
        "identity": 1001,
        "servers": [{"name": "KS1", "priority": 100}, {"name": "KS2", "priority": 75}],
        "authentication": PSK,
        "policies": [policy()],
        **changes,
    }


def aliased(kind: str = "xe17", **changes: Any) -> Intent:
    """A network each of whose devices has a name of its own for the group."""
    intent = network(kind, group(**changes))
    document = intent.model_dump(by_alias=True, mode="json", exclude_unset=True)
    for server in document["groups"][0]["servers"]:
        server["group_name"] = f"OF-{server['name']}"
    for member in document["members"]:
        member["groups"] = [{"group": "G1", "group_name": f"OF-{member['name']}"}]
    return Intent.model_validate(document)


def policy(**changes: Any) -> dict[str, Any]:
    """A policy for all sites."""
    return {"traffic": {"between": ["10.0.0.0/8"]}, **changes}


def network(
    kind: str = "xe17",
    *groups: Mapping[str, Any],
    member: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Intent:
    """Two key servers and two members of `groups`, all of one platform.

    `member` is what both members are told besides, `changes` what the whole intent is.
    """
    software, (wan, lan, _) = PLATFORMS[kind]
    served = groups or (group(),)
    return Intent.model_validate(
        {
            "version": 1,
            "key_servers": [
                {
                    "name": f"KS{n}",
                    "address": f"10.10.{n}.1",
                    "wan": {"interface": wan, "address": f"192.0.2.{4 * n + 1}/30"},
                    **software,
                }
                for n in (1, 2)
            ],
            "members": [
                {
                    "name": f"BR{n}",
                    "wan": {
                        "interface": wan,
                        "address": f"10.20.{n}.1/24",
                        "address6": f"2001:db8:ff:{n}::1/64",
                    },
                    "lan": [
                        {
                            "interface": lan,
                            "address": f"10.1.{n}.1/24",
                            "address6": f"2001:db8:1:{n}::1/64",
                        }
                    ],
                    "groups": [each["name"] for each in served],
                    **software,
                    **(member or {}),
                }
                for n in (1, 2)
            ],
            "groups": list(served),
            **changes,
        }
    )


def devices(intent: Intent) -> Iterator[Device]:
    """All devices of an intent."""
    yield from intent.key_servers
    yield from intent.members


def platform(device: Device) -> str:
    """The platform of the emulator that a device is."""
    if device.os == "ios":
        return "isr2911"
    return "isr4451" if device.release.startswith("16.") else "c8000v"


def booted(device: Device, text: str) -> Router:
    """A router of the device's platform and release that has booted with `text`.

    Raises ValueError if it refuses a line.
    """
    if device.release.startswith("17.12"):
        return router_of("17.12.1", text, platform(device))
    return make_router(device.name, platform(device), text)
