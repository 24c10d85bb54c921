"""The ports on which a router listens, as its configuration has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..config.store import Block
from .ssh import SshService

if TYPE_CHECKING:
    from ..device import Router

TCP, UDP = "tcp", "udp"
KEY_EXCHANGE = (
    "crypto isakmp policy",
    "crypto map",
    "crypto gdoi group",
    "crypto ikev2 profile",
    "crypto ikev2 policy",
)
"""Settings with which a router speaks IKE."""
GROUP_KEYS = "crypto gdoi group"
"""The name of the settings of GDOI groups, also of those that are typed as `crypto gkm group`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPort:
    """A port that a service listens on; `service` is what IOS calls it."""

    protocol: str
    port: int
    service: str


def open_ports(router: "Router") -> list[OpenPort]:
    """All of them, TCP first, by number."""
    return sorted(_ports(router), key=lambda found: (found.protocol, found.port))


def _ports(router: "Router") -> Iterator[OpenPort]:
    root = router.config.root
    if router.feature(SshService).enabled:
        yield OpenPort(protocol=TCP, port=22, service="SSH-Server")
    if _takes_telnet(router):
        yield OpenPort(protocol=TCP, port=23, service="Telnet")
    if root.has("ip http server"):
        port = int(root.value("ip http port", "port") or 80)
        yield OpenPort(protocol=TCP, port=port, service="HTTP CORE")
    if root.has("ip http secure-server"):
        port = int(root.value("ip http secure-port", "port") or 443)
        yield OpenPort(protocol=TCP, port=port, service="HTTP CORE")
    if root.all("router bgp"):
        yield OpenPort(protocol=TCP, port=179, service="BGP")
    if root.all("ip dhcp pool"):
        yield OpenPort(protocol=UDP, port=67, service="DHCPD Receive")
    if _any(root, ("ntp server", "ntp peer", "ntp master")):
        yield OpenPort(protocol=UDP, port=123, service="NTP")
    if _any(root, ("snmp-server",)):
        yield OpenPort(protocol=UDP, port=161, service="IP SNMP")
        yield OpenPort(protocol=UDP, port=162, service="IP SNMP")
    if _any(root, KEY_EXCHANGE) and not root.off("crypto isakmp enable"):
        yield OpenPort(protocol=UDP, port=500, service="ISAKMP")
        yield OpenPort(protocol=UDP, port=4500, service="ISAKMP")
    if _any(root, (GROUP_KEYS,)):
        yield OpenPort(protocol=UDP, port=848, service="GDOI")


def _any(root: Block, names: tuple[str, ...]) -> bool:
    return any(
        entry.setting.name.startswith(names) and not entry.negated
        for entry in root.entries.values()
    )


def _takes_telnet(router: "Router") -> bool:
    """Whether a vty line takes Telnet."""
    for entry in router.config.root.all("line"):
        if entry["kind"] != "vty" or entry.block is None:
            continue
        found = entry.block.find("transport input")
        words = () if found is None else found.text.split()[2:]
        if {"all", "telnet"} & set(words):
            return True
    return False
