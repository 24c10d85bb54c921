"""Whether what parsers found is true: nothing is invented, and values stand where they belong."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from ipaddress import ip_network
from typing import Any

from getvpn.emulator.grammar import canonical_interface
from getvpn.emulator.services.interface_state import InterfaceState

from .sweep_routers import NEIGHBOURS, Segment
from .sweep_truth import NOWHERE, Truth

_IPV4 = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_MAC = re.compile(r"(?<![\w.])[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}(?![\w.])")
_NAME = re.compile(r"(?:GigabitEthernet|Loopback|Tunnel|Port-channel)\d[\d/.]*")
_SHORT = re.compile(r"[A-Z][A-Za-z-]*\d[\d/.]*")
MULTICAST = "224."
VIRTUAL = ("0000.0c9f.f", "0000.5e00.01")
"""How the hardware addresses of HSRP and VRRP groups begin."""
Path = tuple[str, ...]


def atoms(found: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value with the keys that lead to it; None for a key above others."""
    if isinstance(found, dict):
        for key, value in found.items():
            inner = (*path, str(key))
            if isinstance(value, dict | list | tuple):
                yield inner, None
            yield from atoms(value, inner)
    elif isinstance(found, list | tuple):
        for value in found:
            yield from atoms(value, path)
    else:
        yield path, found


def words(found: Any) -> set[str]:
    """All keys and values as texts, names of interfaces in full."""
    seen: set[str] = set()
    for path, value in atoms(found):
        seen.update(path[-1:])
        if value is not None:
            seen.add(str(value))
    return seen | {full for word in seen if (full := _full(word))}


def _full(word: str) -> str | None:
    return canonical_interface(word) if _SHORT.fullmatch(word) else None


# ---- nothing is invented ----


class Known:
    """All addresses and names that have anything to do with a router."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth

    @cached_property
    def ipv4(self) -> set[str]:
        """Whatever the configuration names, the networks of the interfaces, neighbours, masks."""
        config = "\n".join(self._truth.router.running_lines())
        found = {*_IPV4.findall(config), *NEIGHBOURS, NOWHERE, "127.0.0.0", "0.0.0.10"}
        for state in self._truth.states.values():
            for own in state.ipv4:
                found |= {str(own.network.network_address), str(own.network.broadcast_address)}
        for length in range(33):
            network = ip_network(f"0.0.0.0/{length}")
            found |= {str(network.netmask), str(network.hostmask)}
        return found

    @cached_property
    def macs(self) -> set[str]:
        """The hardware addresses of the chassis, its interfaces and the neighbours."""
        network = self._truth.router.chassis.network
        peers = network.found if isinstance(network, Segment) else []
        own = {state.mac for state in self._truth.states.values()}
        own.add(self._truth.router.chassis.mac(0))
        return own | {peer.mac for peer in peers}

    def invented(self, text: str) -> list[str]:
        """What stands in a text and is not known."""
        strange = [
            each
            for each in _IPV4.findall(text)
            if each not in self.ipv4 and not each.startswith(MULTICAST)
        ]
        strange += [
            each
            for each in _MAC.findall(text)
            if each not in self.macs and not each.startswith(VIRTUAL)
        ]
        return strange + [each for each in _NAME.findall(text) if each not in self._truth.states]


def inventions(known: Known, found: Any) -> list[str]:
    """The addresses and interfaces in what a parser found that the router does not know."""
    strange: dict[str, None] = {}
    for path, value in atoms(found):
        for text in (*path[-1:], *([] if value is None else [str(value)])):
            strange |= dict.fromkeys(known.invented(text))
    return list(strange)


# ---- values stand at their interface ----

LINE = frozenset({"up", "down", "administratively down", "admin down", "deleted"})


def _line_status(state: InterfaceState) -> set[str]:
    return {state.status, state.protocol, *(["admin down"] if state.shutdown else [])}


Values = Callable[[InterfaceState], set[str]]
FIELDS: dict[str, Values] = {
    "mtu": lambda s: {str(s.mtu), str(s.ip_mtu)},
    "mac_address": lambda s: {s.mac},
    "phys_address": lambda s: {s.mac},
    "bia": lambda s: {s.mac},
    "bandwidth": lambda s: {str(s.bandwidth_kbit), f"{s.bandwidth_kbit} Kbit"},
    "delay": lambda s: {str(s.delay_usec), f"{s.delay_usec} usec"},
    "description": lambda s: {s.description, s.description[:18]},
    "oper_status": lambda s: {s.protocol},
    "link_status": lambda s: {s.status},
    "protocol_status": lambda s: {s.protocol},
    "enabled": lambda s: {str(not s.shutdown)},
    "first_dot1q": lambda s: {str(s.vlan)},
    "vlan_id": lambda s: {str(s.vlan or 1)},
    "method": lambda s: {s.method},
    "ip_address": lambda s: {"", "unassigned", *_with_length(s)},
    "vrf": lambda s: {s.vrf, s.vrf or "default", "default"},
}
"""What the fields of parsers hold, by their names, whoever's they are."""


def _with_length(state: InterfaceState) -> set[str]:
    own = [*state.ipv4, *state.ipv6]
    return {str(each.ip).upper() for each in own} | {str(each).upper() for each in own}


OF_OTHERS = re.compile("show (ip )?arp|show crypto")
"""Commands whose rows have an interface beside values of somebody else."""


def misplaced(truth: Truth, command: str, found: Any) -> list[str]:
    """The values of an interface that are another's, or nobody's."""
    if OF_OTHERS.match(command):
        return []
    wrong = []
    for interface, field, text in _of_interfaces(found):
        state = truth.states.get(interface)
        if state is None or not text:
            continue
        if field in FIELDS and text not in FIELDS[field](state):
            wrong.append(f"{interface} {field}={text}")
        if field in {"status", "protocol"} and text in LINE and text not in _line_status(state):
            wrong.append(f"{interface} {field}={text}")
    return wrong


def _of_interfaces(found: Any) -> Iterator[tuple[str, str, str]]:
    """Values that stand right below the name of an interface, or in a row with one."""
    rows = found if isinstance(found, list) else []
    for row in rows:
        name = _full(str(row.get("interface", "")))
        for (*_, field), value in atoms(row):
            if name and value is not None:
                yield name, field, str(value)
    for path, value in atoms({} if rows else found):
        if value is not None and len(path) > 1 and (name := _full(path[-2])):
            yield name, path[-1], str(value)
