"""What an interface is at a moment, read from the configuration and the chassis."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Address, IPv6Interface
from types import MappingProxyType
from typing import Any

from ..config.store import Block
from ..grammar import split_interface
from ..platforms import Platform
from .chassis import Chassis, mac_number

UNASSIGNED = "unassigned"
LINK_LOCAL = 0xFE80 << 112
IPV6_SWITCHES = ("ipv6 enable", "ipv6 address autoconfig", "ipv6 address dhcp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What a type of interface is from the beginning: bytes, kbit/s, microseconds."""

    hardware: str
    mtu: int = 1500
    bandwidth_kbit: int = 1_000_000
    delay_usec: int = 10
    has_mac: bool = True


NATURES: Mapping[str, Nature] = MappingProxyType(
    {
        "TenGigabitEthernet": Nature(hardware="SPA-1X10GE-L-V2", bandwidth_kbit=10_000_000),
        "FastEthernet": Nature(hardware="FastEthernet", bandwidth_kbit=100_000, delay_usec=100),
        "Ethernet": Nature(hardware="AmdP2", bandwidth_kbit=10_000, delay_usec=1000),
        "Embedded-Service-Engine": Nature(
            hardware="Embedded Service Engine", bandwidth_kbit=10_000, delay_usec=1000
        ),
        "Serial": Nature(hardware="M4T", bandwidth_kbit=1544, delay_usec=20_000, has_mac=False),
        "Loopback": Nature(
            hardware="Loopback",
            mtu=1514,
            bandwidth_kbit=8_000_000,
            delay_usec=5000,
            has_mac=False,
        ),
        "Tunnel": Nature(
            hardware="Tunnel", mtu=17868, bandwidth_kbit=100, delay_usec=50_000, has_mac=False
        ),
        "Null": Nature(hardware="Unknown", bandwidth_kbit=10_000_000, delay_usec=0, has_mac=False),
        "Port-channel": Nature(hardware="GEChannel"),
        "Vlan": Nature(hardware="EtherSVI"),
        "BDI": Nature(hardware="BDI"),
        "Dialer": Nature(hardware="Unknown", bandwidth_kbit=56, delay_usec=20_000, has_mac=False),
        "Multilink": Nature(
            hardware="multilink group interface",
            bandwidth_kbit=100_000,
            delay_usec=100_000,
            has_mac=False,
        ),
        "Virtual-Template": Nature(
            hardware="Virtual Template interface",
            bandwidth_kbit=100_000,
            delay_usec=100_000,
            has_mac=False,
        ),
        "VirtualPortGroup": Nature(
            hardware="Virtual Port Group", bandwidth_kbit=750_000, delay_usec=1000
        ),
    }
)
"""Values of `show interfaces` of IOS 15 and IOS-XE 16/17 (genieparser, ntc-templates samples)."""
GIGABIT = MappingProxyType(
    {"isr4451": "ISR4451-X-4x1GE", "c8000v": "vNIC", "isr2911": "CN Gigabit Ethernet"}
)
MANAGEMENT_PORT = "GigabitEthernet0"
CLASSIC_TUNNEL_MTU = 17916


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceState:
    """An interface at a moment.

    `shutdown` tells that it, or the main interface of a sub-interface, is shut down. `connected`
    tells that something is at the other end. `ipv4` has the primary address first; that of an
    unnumbered interface is the address of `unnumbered`. `mac` is empty where there is none, and
    `link_local` where IPv6 is off. `method` says how the IPv4 address was set, as in `show ip
    interface brief`: NVRAM, manual, DHCP, IPCP, unset. `vlan` is None without `encapsulation
    dot1Q`, `parent` empty for what is no sub-interface. `changed_at` is when the line protocol last
    changed, in UTC seconds.
    """

    name: str
    kind: str
    number: str
    parent: str
    hardware: str
    description: str
    vrf: str
    vlan: int | None
    shutdown: bool
    connected: bool
    line_up: bool
    ipv4: tuple[IPv4Interface, ...]
    ipv6: tuple[IPv6Interface, ...]
    link_local: str
    method: str
    unnumbered: str
    mac: str
    mtu: int
    ip_mtu: int
    bandwidth_kbit: int
    delay_usec: int
    duplex: str
    speed: str
    changed_at: float

    @property
    def status(self) -> str:
        """`up`, `down` or `administratively down`."""
        if self.shutdown:
            return "administratively down"
        return "up" if self.connected else "down"

    @property
    def protocol(self) -> str:
        """The line protocol: `up` or `down`."""
        return "up" if self.line_up else "down"

    @property
    def address(self) -> str:
        """The primary IPv4 address, or `unassigned`."""
        return str(self.ipv4[0].ip) if self.ipv4 else UNASSIGNED


def nature_of(platform: Platform, name: str) -> Nature:
    """What the interface `name` of a model is from the beginning."""
    kind, _ = split_interface(name)
    if kind == "GigabitEthernet":
        if name.partition(".")[0] == MANAGEMENT_PORT:
            return Nature(hardware="RP management port")
        return Nature(hardware=GIGABIT.get(platform.name, "Gigabit Ethernet"))
    if kind == "Tunnel" and platform.family == "classic":
        return Nature(
            hardware="Tunnel",
            mtu=CLASSIC_TUNNEL_MTU,
            bandwidth_kbit=100,
            delay_usec=50_000,
            has_mac=False,
        )
    return NATURES.get(kind) or Nature(hardware=kind)


def hardware_address(platform: Platform, chassis: Chassis, name: str) -> str:
    """The address that an interface was made with; empty for one that has none."""
    main = name.partition(".")[0]
    if not nature_of(platform, main).has_mac:
        return ""
    ports = platform.hardware.interfaces
    if main.startswith("Embedded-Service-Engine"):
        return "0000.0000.0000"
    if main in ports:
        return chassis.mac(ports.index(main))
    return chassis.mac(len(ports) + sum(main.encode()))


def configured_ipv4(block: Block) -> tuple[IPv4Interface, ...]:
    """The addresses that the lines of an interface give it, the primary one first."""
    found: list[IPv4Interface] = []
    primary = block.find("ip address")
    if primary is not None and not primary.negated and primary.get("address"):
        found.append(IPv4Interface(f"{primary['address']}/{primary['mask']}"))
    others = block.all("ip address secondary")
    found += [IPv4Interface(f"{entry['address']}/{entry['mask']}") for entry in others]
    return tuple(found)


def modified_eui64(mac: str) -> int:
    """The interface identifier that a hardware address gives (RFC 4291, appendix A)."""
    number = mac_number(mac) ^ 1 << 41
    return number >> 24 << 40 | 0xFFFE << 24 | number & 0xFFFFFF


def configured_ipv6(block: Block, mac: str) -> tuple[tuple[IPv6Interface, ...], str]:
    """The global addresses that the lines of an interface give it, and its link-local one."""
    found: list[IPv6Interface] = []
    for entry in block.all("ipv6 address"):
        written = IPv6Interface(entry["prefix"])
        if "eui-64" in entry.text.split():
            network = written.network
            address = int(network.network_address) | modified_eui64(mac)
            written = IPv6Interface((address, network.prefixlen))
        found.append(written)
    chosen = block.value("ipv6 address link-local", "address")
    if chosen:
        return tuple(found), str(chosen)
    if found or any(block.has(line) for line in IPV6_SWITCHES):
        return tuple(found), str(IPv6Address(LINK_LOCAL | modified_eui64(mac))).upper()
    return (), ""


def number_of(block: Block, setting: str, argument: str, usual: Any) -> int:
    """A number that a line of an interface gives, or the usual one."""
    return int(block.value(setting, argument) or usual)
