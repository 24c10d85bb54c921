"""Reading the state of interfaces from their blocks of the configuration."""

from collections.abc import Callable
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from ..grammar import split_interface
from ..grammar.interfaces import interface_order
from ..platforms import Platform
from .interface_state import (
    InterfaceState,
    configured_ipv4,
    configured_ipv6,
    hardware_address,
    nature_of,
    number_of,
)

if TYPE_CHECKING:
    from ..device import Router

FIRST_LISTED = ("Embedded-Service-Engine",)
TUNNEL_OVERHEAD_BYTES = 24
"""IPv4 and GRE headers (RFC 2784): what a tunnel's IP MTU is less than that of its way."""
BEHIND_NOTHING = frozenset({"Virtual-Template", "Multilink", "Serial"})
"""Types whose other end does not exist here: their line stays down."""
SELF_SUFFICIENT = frozenset({"Loopback", "Null", "VirtualPortGroup", "Dialer", "Vlan", "BDI"})
"""Types that are up without a cable; VLANs and bridge domains are taken to have members."""
MULTIPOINT = "multipoint"


def listing_order(platform: Platform, name: str) -> tuple[object, ...]:
    """Sort key of the tables of `show`: the ports of the chassis, then the others by type."""
    main, _, sub = name.partition(".")
    ports = platform.hardware.interfaces
    if main in ports:
        return (0, "", ports.index(main), int(sub or -1))
    kind, _ = split_interface(name)
    return (1, kind, *interface_order(name)[2:])


class InterfaceReader:
    """Reads interfaces; `changed_at` tells when the line of one last changed."""

    __slots__ = ("_changed_at", "_router")

    def __init__(self, router: "Router", changed_at: Callable[[str], float]) -> None:
        self._router = router
        self._changed_at = changed_at

    def link(self, entry: Entry) -> tuple[bool, bool, bool]:
        """Whether it is shut down, whether it is connected, whether its line is up."""
        name = str(entry["name"])
        block = entry.block
        if block is None:
            return True, False, False
        kind, number = split_interface(name)
        if "." in number:
            return self._sub_link(name, block)
        shutdown = block.has("shutdown")
        connected = self._connected(kind, name, block)
        return shutdown, connected and not shutdown, connected and not shutdown

    def state(self, entry: Entry, method: str) -> InterfaceState:
        """The whole state; `method` is how its IPv4 address was set."""
        router = self._router
        name = str(entry["name"])
        block = entry.block or Block("interface")
        kind, number = split_interface(name)
        nature = nature_of(router.platform, name)
        shutdown, connected, line_up = self.link(entry)
        mac = hardware_address(router.platform, router.chassis, name)
        written = str(block.value("mac-address", "mac") or mac)
        ipv6, link_local = configured_ipv6(block, written or router.chassis.mac(0))
        ipv4, unnumbered = self._ipv4(name, block)
        mtu = self._mtu(name, block, nature.mtu)
        bandwidth = self._inherited(name, "bandwidth", "kbit", block) or nature.bandwidth_kbit
        delay = self._inherited(name, "delay", "tens", block) * 10 or nature.delay_usec
        return InterfaceState(
            name=name,
            kind=kind,
            number=number,
            parent=name.partition(".")[0] if "." in number else "",
            hardware=nature.hardware,
            description=str(block.value("description", "text", "")),
            vrf=str(block.value("vrf forwarding", "vrf", "")),
            vlan=block.value("encapsulation dot1q", "vlan"),
            shutdown=shutdown,
            connected=connected,
            line_up=line_up,
            ipv4=ipv4,
            ipv6=ipv6,
            link_local=link_local,
            method=method,
            unnumbered=unnumbered,
            mac=written,
            mtu=mtu,
            ip_mtu=self._ip_mtu(kind, block, mtu),
            bandwidth_kbit=bandwidth,
            delay_usec=delay,
            duplex=str(block.value("duplex", "duplex", "auto")),
            speed=str(block.value("speed", "speed", "auto")),
            changed_at=self._changed_at(name),
        )

    def _block(self, name: str) -> Block | None:
        found = self._router.config.root.find("interface", name)
        return found.block if found is not None else None

    def _sub_link(self, name: str, block: Block) -> tuple[bool, bool, bool]:
        main = self._router.config.root.find("interface", name.partition(".")[0])
        if main is None:
            return True, False, False
        main_shut, main_connected, main_up = self.link(main)
        shutdown = main_shut or block.has("shutdown")
        up = main_up and not shutdown
        return shutdown, main_connected and not shutdown, up

    def _connected(self, kind: str, name: str, block: Block) -> bool:
        if kind in SELF_SUFFICIENT:
            return True
        if kind in BEHIND_NOTHING:
            return False
        if kind == "Tunnel":
            return self._tunnel_up(block)
        if kind == "Port-channel":
            return self._bundle_up(name)
        return self._router.chassis.plugged(name)

    def _tunnel_up(self, block: Block) -> bool:
        """A tunnel has two ends; ways that routing protocols would find are taken to be there."""
        mode = block.find("tunnel mode")
        needs_end = mode is None or MULTIPOINT not in mode.text.split()
        if needs_end and not block.has("tunnel destination"):
            return False
        if block.value("tunnel source", "address") or block.value("tunnel source", "address6"):
            return True
        source = block.value("tunnel source", "source")
        if source is None:
            return False
        found = self._router.config.root.find("interface", str(source))
        if found is None or found.block is None or found.block is block:
            return False
        if str(source).startswith("Tunnel"):
            return not found.block.has("shutdown")
        return self.link(found)[2] and bool(self._ipv4(str(source), found.block)[0])

    def _bundle_up(self, name: str) -> bool:
        group = split_interface(name)[1]
        for entry in self._router.config.root.all("interface"):
            block = entry.block
            if block is None or str(block.value("channel-group", "group", "")) != group:
                continue
            if not block.has("shutdown") and self._router.chassis.plugged(str(entry["name"])):
                return True
        return False

    def _ipv4(self, name: str, block: Block) -> tuple[tuple[IPv4Interface, ...], str]:
        """The addresses in force, and the interface that they are borrowed from."""
        lender = str(block.value("ip address", "interface", ""))
        if lender and lender != name:
            other = self._block(lender)
            return (configured_ipv4(other)[:1] if other is not None else ()), lender
        found = configured_ipv4(block)
        primary = block.find("ip address")
        network = self._router.chassis.network
        leased = primary is not None and primary.text.startswith("ip address dhcp")
        if leased and network is not None:
            lease = network.lease(self._router, name)
            if lease is not None:
                return (lease, *found), ""
        return found, ""

    def _inherited(self, name: str, setting: str, argument: str, block: Block) -> int:
        """A number of an interface, or of the main one of a sub-interface; 0 for the usual one."""
        found = number_of(block, setting, argument, 0)
        main = self._block(name.partition(".")[0]) if "." in name and not found else None
        return number_of(main, setting, argument, 0) if main is not None else found

    def _mtu(self, name: str, block: Block, usual: int) -> int:
        return self._inherited(name, "mtu", "size", block) or usual

    @staticmethod
    def _ip_mtu(kind: str, block: Block, mtu: int) -> int:
        if kind == "Tunnel":
            return number_of(block, "ip mtu", "size", 1500 - TUNNEL_OVERHEAD_BYTES)
        return min(number_of(block, "ip mtu", "size", mtu), mtu)
