"""The intent as an inventory of Nornir, and the selection of devices in any inventory.

`InitNornir(inventory={"plugin": "GetvpnInventory", "options": {"path": "network.yml"}})` has a host
for each device, in the Nornir groups `key_servers` or `members` and in one for each of its GETVPN
groups. Its data say the same, which other inventories can say as well:

- `getvpn_role`: `key_server` or `member`,
- `getvpn_groups`: the names of its GETVPN groups, as a list or as a text with commas.

Hosts of SimpleInventory have them in `data`, their own or that of a group; those of the plugins for
NetBox and Nautobot may have them in custom fields.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from nornir.core import Nornir
from nornir.core.inventory import (
    ConnectionOptions,
    Defaults,
    Group,
    Groups,
    Host,
    Hosts,
    Inventory,
    ParentGroups,
)

from ..errors import InputError
from .loading import read_intent
from .models import Device, Intent, KeyServer
from .relations import Relations
from .secrets import Secrets

Role = Literal["key_server", "member"]
ROLE: Final = "getvpn_role"
GROUPS: Final = "getvpn_groups"
ROLE_GROUPS: Final[dict[Role, str]] = {"key_server": "key_servers", "member": "members"}
"""The Nornir group of each role."""
PLATFORMS: Final = {
    "ios": {"netmiko": "cisco_ios", "napalm": "ios", "scrapli": "cisco_iosxe"},
    "ios-xe": {"netmiko": "cisco_xe", "napalm": "ios", "scrapli": "cisco_iosxe"},
}
"""What connection plugins call the families of software; Nornir's own name is netmiko's."""


class GetvpnInventory:
    """An inventory plugin of Nornir that reads an intent.

    `path` is the file. `username` is who logs in to all devices, `password` a reference to the
    password (`env:NAME`, …), `port` where SSH answers.
    """

    def __init__(
        self,
        path: str = "network.yml",
        *,
        username: str | None = None,
        password: str | None = None,
        port: int | None = None,
    ) -> None:
        self.path = Path(path).expanduser()
        self.username = username
        self.password = password
        self.port = port

    def load(self) -> Inventory:
        """The devices of the intent. Raises InputError for what is wrong in it."""
        secret = None
        if self.password is not None:
            secret = Secrets(self.path.parent).reveal(self.password)
        defaults = Defaults(username=self.username, password=secret, port=self.port)
        return inventory_of(read_intent(self.path), defaults)


def inventory_of(intent: Intent, defaults: Defaults | None = None) -> Inventory:
    """An inventory of our devices of an intent; `defaults` say how to log in.

    Raises InputError for a GETVPN group that is called as a role.
    """
    defaults = defaults or Defaults()
    names = [*ROLE_GROUPS.values(), *(group.name for group in intent.groups)]
    if len(set(names)) != len(names):
        taken = " and ".join(ROLE_GROUPS.values())
        raise InputError(f"the names {taken} are those of roles", hint="rename the group")
    groups = Groups({name: Group(name=name, defaults=defaults) for name in names})
    hosts = Hosts(
        {
            device.name: _host(device, role, joined, groups, defaults)
            for device, role, joined in _devices(intent)
        }
    )
    return Inventory(hosts=hosts, groups=groups, defaults=defaults)


def members_of(nornir: Nornir, group: str) -> Nornir:
    """The members of a GETVPN group, in whatever inventory."""
    return devices_of(nornir, group, "member")


def servers_of(nornir: Nornir, group: str) -> Nornir:
    """The key servers of a GETVPN group, in whatever inventory."""
    return devices_of(nornir, group, "key_server")


def devices_of(nornir: Nornir, group: str | None = None, role: Role | None = None) -> Nornir:
    """The devices of a GETVPN group, or of a role, or of both, in whatever inventory."""

    def wanted(host: Host) -> bool:
        if group is not None and group not in groups_of(host):
            return False
        return role_of(host) is not None if role is None else role_of(host) == role

    return nornir.filter(filter_func=wanted)


def groups_of(host: Host) -> tuple[str, ...]:
    """The GETVPN groups of a host; none where its data say nothing."""
    said = _said(host, GROUPS)
    if isinstance(said, str):
        said = said.split(",")
    if not isinstance(said, Iterable):
        return ()
    return tuple(name for each in said if (name := str(each).strip()))


def role_of(host: Host) -> Role | None:
    """The role of a host; None where its data say nothing that is one."""
    said = _said(host, ROLE)
    return next((role for role in ROLE_GROUPS if role == said), None)


def _said(host: Host, key: str) -> object:
    """What the data of a host say, its own or those of its groups, or its custom fields."""
    found = host.get(key)
    if found is not None:
        return found
    for place in (host.get("custom_fields"), _nested(host.get("pynautobot_dictionary"))):
        if isinstance(place, Mapping) and place.get(key) is not None:
            return place[key]
    return None


def _nested(record: object) -> object:
    return record.get("custom_fields") if isinstance(record, Mapping) else None


def _devices(intent: Intent) -> Iterable[tuple[Device, Role, list[str]]]:
    relations = Relations(intent)
    for device in intent.devices:
        if isinstance(device, KeyServer):
            posts = relations.posts_by_server[device.name]
            yield device, "key_server", [post.group.name for post in posts]
        else:
            seats = relations.seats_by_member[device.name]
            yield device, "member", [seat.group.name for seat in seats]


def _host(
    device: Device, role: Role, joined: list[str], groups: Groups, defaults: Defaults
) -> Host:
    platforms = PLATFORMS[device.os]
    data: dict[str, Any] = {ROLE: role, GROUPS: joined, "os": device.os, "release": device.release}
    return Host(
        name=device.name,
        hostname=device.host or device.name,
        platform=platforms["netmiko"],
        groups=ParentGroups([groups[name] for name in (ROLE_GROUPS[role], *joined)]),
        data=data,
        connection_options={
            plugin: ConnectionOptions(platform=name) for plugin, name in platforms.items()
        },
        defaults=defaults,
    )
