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
    "vasileft",
    "vasiright",
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
        "vasileft",
        "vasiright",
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
    "vasileft": "vl",
    "vasiright": "vr",
}
_NAME = re.compile(r"([A-Za-z][A-Za-z-]*) ?(\d+(?:/\d+){0,3}(?::\d+)?(?:\.\d+)?)")


def interface_types(text: str) -> list[str]:
    """The types that `text` may abbreviate; a whole one is only itself."""
    lower = text.lower()
    found = [name for name in TYPES if name.lower().startswith(lower)]
    return [name for name in found if name.lower() == lower] or found


def interface_type(text: str) -> str | None:
    """The type that `text` abbreviates; None if there is none or more than one."""
    found = interface_types(text)
    return found[0] if len(found) == 1 else None


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


_BEFORE = ("Loopback", "Tunnel", "VirtualPortGroup", "Port-channel", "Embedded-Service-Engine")
_BEHIND = ("Virtual-Template", "BDI", "Vlan", "Dialer", "vasileft", "vasiright")


def interface_order(name: str) -> tuple[object, ...]:
    """Sort key of the running configuration: loopbacks and tunnels before the hardware.

    A management port without a slot comes behind the ports with one (running configurations of
    ISR 4000 and of the Catalyst 8000V).
    """
    kind, number = split_interface(name)
    numbers = tuple(int(part) for part in re.split(r"[/:.]", number))
    if kind in _BEFORE:
        return (0, _BEFORE.index(kind), False, *numbers)
    if kind in _BEHIND:
        return (2, _BEHIND.index(kind), False, *numbers)
    return (1, TYPES.index(kind), "/" not in number, *numbers)
