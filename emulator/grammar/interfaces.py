"""Names of interfaces: the types, their abbreviations, the order in which they are listed."""

import re
from functools import lru_cache

TYPES = (
    "GigabitEthernet",
    "TenGigabitEthernet",
    "FastEthernet",
    "Ethernet",
    "Serial",
    "Cellular",
    "Embedded-Service-Engine",
    "Loopback",
    "Tunnel",
    "Port-channel",
    "Vlan",
    "BDI",
    "Dialer",
    "Multilink",
    "Virtual-Template",
    "Virtual-Access",
    "NVI",
    "Null",
    "Async",
    "VirtualPortGroup",
)
VIRTUAL_TYPES = frozenset(
    {
        "Loopback",
        "Tunnel",
        "Port-channel",
        "Vlan",
        "BDI",
        "Dialer",
        "Multilink",
        "Virtual-Template",
        "VirtualPortGroup",
    }
)
_SHORT = {
    "GigabitEthernet": "Gi",
    "TenGigabitEthernet": "Te",
    "FastEthernet": "Fa",
    "Ethernet": "Et",
    "Serial": "Se",
    "Loopback": "Lo",
    "Tunnel": "Tu",
    "Port-channel": "Po",
    "Vlan": "Vl",
    "Null": "Nu",
    "Dialer": "Di",
    "Multilink": "Mu",
    "Virtual-Template": "Vt",
    "Virtual-Access": "Vi",
    "VirtualPortGroup": "VPG",
    "Cellular": "Ce",
    "BDI": "BD",
    "NVI": "NV",
    "Embedded-Service-Engine": "Em",
    "Async": "As",
}
_NAME = re.compile(r"([A-Za-z][A-Za-z-]*) ?(\d+(?:/\d+){0,3}(?::\d+)?(?:\.\d+)?)")


def interface_type(text: str) -> str | None:
    """The type that `text` abbreviates; None if there is none or more than one."""
    lower = text.lower()
    found = [name for name in TYPES if name.lower().startswith(lower)]
    exact = [name for name in found if name.lower() == lower]
    if exact or len(found) == 1:
        return (exact or found)[0]
    return None


@lru_cache(maxsize=4096)
def canonical_interface(text: str) -> str | None:
    """The full name: `gi0/0/1.100` is `GigabitEthernet0/0/1.100`; None if it is no interface."""
    match = _NAME.fullmatch(text)
    if match is None or len(text) > 64:
        return None
    name = interface_type(match[1])
    return name and name + match[2]


def short_interface(name: str) -> str:
    """The name as tables abbreviate it: `Gi0/0/1`."""
    match = _NAME.fullmatch(name)
    return f"{_SHORT[match[1]]}{match[2]}" if match else name


def split_interface(name: str) -> tuple[str, str]:
    """The type and the number of a full name."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} is no interface")
    return match[1], match[2]


def interface_order(name: str) -> tuple[object, ...]:
    """Sort key of the running configuration: loopbacks and tunnels before the hardware."""
    kind, number = split_interface(name)
    rank = {"Loopback": 0, "Tunnel": 1, "Port-channel": 2, "Embedded-Service-Engine": 3}
    tail = {"Virtual-Template": 10, "VirtualPortGroup": 10, "BDI": 11, "Vlan": 12, "Dialer": 13}
    place = rank.get(kind, tail.get(kind, 5))
    group = TYPES.index(kind) if place == 5 else 0
    return (place, group, *(int(part) for part in re.split(r"[/:.]", number)))
