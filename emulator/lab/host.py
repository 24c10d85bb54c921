"""How a device of a lab is reached, and the inventories that say so to other tools."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The address of one device and who may log in.

    `algorithms` is the profile of its SSH server.
    """

    name: str
    platform: str
    address: str
    port: int
    username: str
    password: str = field(repr=False)
    secret: str = field(default="", repr=False)
    algorithms: str = "modern"


def nornir_hosts(hosts: Iterable[Host]) -> dict[str, Any]:
    """The hosts file of nornir's SimpleInventory."""
    return {
        host.name: {
            "hostname": host.address,
            "port": host.port,
            "username": host.username,
            "password": host.password,
            "platform": "cisco_ios" if host.platform == "isr2911" else "cisco_xe",
            "data": {"lab_platform": host.platform},
            "connection_options": {
                "netmiko": {"extras": {"secret": host.secret}},
                "napalm": {"platform": "ios", "extras": {"optional_args": {"secret": host.secret}}},
            },
        }
        for host in hosts
    }
