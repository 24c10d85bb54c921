"""The frame of the interfaces: which there can be, how one is entered, reset and removed."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..config.edit import Edit, written
from ..config.store import Block, RangeBlock
from ..grammar import XE, CommandSet, RefusedError
from ..grammar.interfaces import (
    VIRTUAL_TYPES,
    canonical_interface,
    interface_order,
    split_interface,
)
from .nested import entered

if TYPE_CHECKING:
    from ..device import Router

declared = CommandSet()
declared.mode("interface", "config-if")
declared.mode("subinterface", "config-subif", like="interface")
declared.mode("interface-range", "config-if-range", like="interface")
declared.words(
    {
        "interface": "Select an interface to configure",
        "interface range": "interface range command",
        "interface range LINE": "Interfaces, such as GigabitEthernet0/0/0 - 3 , Loopback1",
    }
)

HIGHEST = {
    "Port-channel": 64,
    "Vlan": 4094,
    "BDI": 4096,
    "Dialer": 255,
    "Virtual-Template": 4096,
    "VirtualPortGroup": 31,
    "vasileft": 2000,
    "vasiright": 2000,
}
"""The highest number of a type that has no slots (Cisco interface command reference)."""
HIGHEST_OF_OTHERS = 2_147_483_647
HIGHEST_SUBINTERFACE = 4_294_967_295
MAX_RANGE = 256
WITH_SUBINTERFACES = frozenset(
    {"GigabitEthernet", "TenGigabitEthernet", "FastEthernet", "Ethernet", "Port-channel", "Serial"}
)
ETHERNET = frozenset({"GigabitEthernet", "TenGigabitEthernet", "FastEthernet"})
VLANS = "vlans"
"""What a main interface knows of its sub-interfaces."""
_REMOVED = (
    "% Not all config may be removed and may reappear after reactivating the "
    "logical-interface/sub-interfaces\n"
)
_PART = re.compile(r"([A-Za-z][A-Za-z-]*) ?([0-9/.]+)(?: ?- ?(\d+))?", re.ASCII)


def possible(router: "Router", name: str) -> bool:
    """Whether the router has, or can have, the interface `name`."""
    main, dot, sub = name.partition(".")
    kind, number = split_interface(main)
    if dot and (kind not in WITH_SUBINTERFACES or not 0 <= int(sub) <= HIGHEST_SUBINTERFACE):
        return False
    if main in router.platform.hardware.interfaces:
        return True
    if kind not in VIRTUAL_TYPES or not number.isdecimal():
        return False
    return int(number) <= HIGHEST.get(kind, HIGHEST_OF_OTHERS)


def first_lines(router: "Router", name: str) -> tuple[str, ...]:
    """What an interface holds when nobody has configured it."""
    kind, number = split_interface(name)
    if "." in number:
        return ()
    if kind in ETHERNET and router.family == XE:
        return ("no ip address", "negotiation auto")
    if kind in ETHERNET:
        return ("no ip address", "duplex auto", "speed auto")
    return ("no ip address",)


def _interface(edit: Edit) -> None:
    router, name = edit.router, str(edit.values["name"])
    if not possible(router, name):
        raise RefusedError(argument="name")
    edit.enters = "subinterface" if "." in name else "interface"
    edit.begins = first_lines(router, name)
    if edit.before is not None and VLANS in edit.before.values:
        edit.values[VLANS] = edit.before[VLANS]
    if edit.reset:
        _reset(edit, name)
    elif edit.removing:
        _remove(edit, name)


def _reset(edit: Edit, name: str) -> None:
    """`default interface`: the lines go, the interface stays."""
    edit.text = f"interface {name}"
    before = edit.before
    if before is not None and before.block is not None:
        empty(edit.router, before.block)
        for line in first_lines(edit.router, name):
            edit.router.config.put(before.block, written(edit.router, before.block.mode, line))
    edit.dialogue.write(f"Interface {name} set to default configuration\n")


def empty(router: "Router", block: Block) -> None:
    """Take every line out of a block."""
    for key in list(block.entries):
        router.config.remove(block, key)


def _remove(edit: Edit, name: str) -> None:
    if name in edit.router.platform.hardware.interfaces:
        raise RefusedError("% Removal of physical interfaces is not permitted")
    if edit.before is None:
        return
    if edit.family == XE:
        edit.dialogue.write(_REMOVED)
    for entry in edit.block.all("interface"):
        if str(entry["name"]).startswith(f"{name}."):
            edit.router.config.remove(edit.block, entry.key)


declared.setting(
    "config",
    "interface <name!:interface>",
    section="interface",
    enters="interface",
    check=_interface,
    order=lambda entry: interface_order(entry["name"]),
)


# ---- several at once ----


def range_names(text: str) -> list[str] | None:
    """The interfaces of a range such as `Gi0/0/0 - 2 , Lo1`; None if it is none."""
    names: list[str] = []
    for part in text.split(","):
        match = _PART.fullmatch(" ".join(part.split()))
        first = canonical_interface(match[1] + match[2]) if match else None
        if match is None or first is None:
            return None
        head = first.rstrip("0123456789")
        low = first[len(head) :]
        high = int(match[3] or low)
        if not int(low) <= high < int(low) + MAX_RANGE:
            return None
        names += [f"{head}{number}" for number in range(int(low), high + 1)]
    return names if len(names) <= MAX_RANGE else None


async def _range(edit: Edit) -> None:
    names = range_names(edit.values["names"])
    if not names or not all(possible(edit.router, name) for name in names):
        raise RefusedError(argument="range")
    found = [await entered(edit, f"interface {name}") for name in names]
    blocks: Sequence[Block] = [entry.block for entry in found if entry is not None and entry.block]
    if blocks:
        edit.place = RangeBlock("interface-range", lambda: blocks, lambda: None)


declared.setting("config", "interface range <names:line>", check=_range, section="interface")
