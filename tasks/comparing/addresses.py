"""Addresses of interfaces: a router has each network once, and forgets addresses with their VRF."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network

from ...parsers.config import Interface
from .plan import Command
from .scope import ADDRESSES, Node, Scoped, Whole

Address = IPv4Interface | IPv6Interface
Network = IPv4Network | IPv6Network


@dataclass(slots=True)
class Freed:
    """Lines that come before all others, and what a person should know."""

    commands: list[Command] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def freed(whole: Whole, old: Scoped, new: Scoped) -> Freed:
    """Take networks from the interfaces that have them before others get them.

    An interface that is not spoken of loses its address to another one only where that gets the
    same network: then it has moved. Other overlaps are told, since the router will refuse them.
    """
    found = Freed()
    for node in new.of("interface"):
        name = node.identity[0]
        own = whole.config.interfaces.get(name)
        if own is None and "." in name:
            found.notes.append(
                f"{name} is not there yet: the intent does not say which VLAN it has, and the "
                "router will want `encapsulation dot1Q` before an address"
            )
        vrf = _vrf(node)
        for line, network in _wanted(node, old.nodes.get(node.name)):
            _free(found, whole, new, name, vrf, network)
            if own is not None and own.addresses[1:]:
                _free_secondaries(found, own, line)
    unique = {(command.modes, command.text): command for command in found.commands}
    found.commands = list(unique.values())
    return found


def restored(whole: Whole, new: Scoped, commands: list[Command]) -> list[Command]:
    """The lines with the addresses again that are lost with a VRF."""
    out: list[Command] = []
    for at, command in enumerate(commands):
        out.append(command)
        if command.text.removeprefix("no ").removeprefix("ip ").split()[:2] != [
            "vrf",
            "forwarding",
        ]:
            continue
        node = new.nodes.get(("interface", (command.modes[-1].split()[-1],)))
        if node is None:
            continue
        follow = {other.text for other in commands[at + 1 :] if other.modes == command.modes}
        out += [
            Command(modes=command.modes, text=text)
            for text in _addresses(whole, node)
            if text not in follow
        ]
    return out


def restored_later(
    earlier: Whole, here: Whole, new: Scoped, commands: list[Command]
) -> list[Command]:
    """The lines with the addresses that were lost with a VRF when lines were broken off."""
    found = []
    for node in new.of("interface"):
        before = earlier.found.nodes.get(node.name)
        now = here.found.nodes.get(node.name)
        if before is None or now is None or _vrf(before) == _vrf(now):
            continue
        modes = (node.typed,)
        there = {" ".join(child.text.split()) for child in now.line.children}
        there |= {command.text for command in commands if command.modes == modes}
        found += [
            Command(modes=modes, text=text)
            for text in _addresses(earlier, node)
            if text not in there
        ]
    return found


def _addresses(whole: Whole, node: Node) -> Iterator[str]:
    """The lines with the addresses that an interface is to have."""
    wanted = [child for child in node.children if child.text.startswith(ADDRESSES)]
    four = [child for child in wanted if child.text.startswith("ip ")]
    six = [child for child in wanted if child.text.startswith("ipv6 ")]
    lines = [
        " ".join(child.text.split())
        for line in whole.tree.find("interface", node.identity[0])
        for child in line.children
        if child.text.startswith(ADDRESSES)
    ]
    main = [text for text in lines if text.startswith("ip ") and not text.endswith("secondary")]
    yield from (child.typed for child in four) if four else main
    yield from (text for text in lines if text.endswith("secondary"))
    if six:
        yield from (child.typed for child in six)
    yield from (
        text
        for text in lines
        if text.startswith("ipv6 ") and (not six or "/" not in text or "eui-64" in text)
    )


def _vrf(node: Node) -> str | None:
    line = node.child("VRF of an interface")
    return line.text.split()[-1] if line is not None else None


def _wanted(node: Node, before: Node | None) -> Iterator[tuple[Node, Network]]:
    """The networks that an interface gets."""
    there = {child.text for child in before.children} if before is not None else set[str]()
    moved = before is None or _vrf(before) != _vrf(node)
    for child in node.children:
        words = child.text.split()
        if child.rule.name == "address" and len(words) == 4 and (moved or child.text not in there):
            yield child, IPv4Interface(f"{words[2]}/{words[3]}").network
        elif child.rule.name == "IPv6 address" and (moved or child.text not in there):
            yield child, IPv6Interface(words[2]).network


def _free(
    found: Freed,
    whole: Whole,
    new: Scoped,
    name: str,
    vrf: str | None,
    network: Network,
) -> None:
    for other, interface in whole.config.interfaces.items():
        if other == name or interface.vrf != vrf:
            continue
        addresses: tuple[Address, ...] = (*interface.addresses, *interface.ipv6_addresses)
        for address in addresses:
            if address.version != network.version or not _overlap(address, network):
                continue
            spoken = new.nodes.get(("interface", (other,)))
            if spoken is not None and _keeps(spoken, address):
                continue  # the intent contradicts itself
            gets = spoken is not None and any(
                each.version == network.version for _, each in _wanted(spoken, None)
            )
            if not gets and address.network != network:
                found.notes.append(
                    f"{name} gets {network}, which overlaps with {address} of {other}: "
                    "the router will refuse it"
                )
                continue
            found.commands.append(_without(other, interface, address))


def _overlap(address: Address, network: Network) -> bool:
    """Whether a network has addresses of that of an interface, both of one family."""
    return network.network_address in address.network or address.ip in network


def _keeps(node: Node, address: Address) -> bool:
    if isinstance(address, IPv4Interface):
        return any(
            child.text == f"ip address {address.ip} {address.netmask}" for child in node.children
        )
    return any(child.text == f"ipv6 address {str(address).upper()}" for child in node.children)


def _without(name: str, interface: Interface, address: Address) -> Command:
    modes = (f"interface {name}",)
    if isinstance(address, IPv6Interface):
        return Command(modes=modes, text=f"no ipv6 address {str(address).upper()}")
    if address != interface.addresses[0]:
        return Command(modes=modes, text=f"no ip address {address.ip} {address.netmask} secondary")
    return Command(modes=modes, text="no ip address")


def _free_secondaries(found: Freed, own: Interface, line: Node) -> None:
    """An address cannot be the main one while it is another one of the interface."""
    for address in own.addresses[1:]:
        if line.text == f"ip address {address.ip} {address.netmask}":
            found.commands.append(_without(own.name, own, address))
