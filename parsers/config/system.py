"""Views of interfaces, routing processes and the services that rules ask about."""

from ipaddress import IPv4Interface, IPv6Interface
from typing import Literal

from .view import View, value


@value
class Interface(View):
    """An `interface` block. MTUs and MSS values are bytes, None where the line is absent.

    `addresses` has the primary address first. `nat` is the side of `ip nat`, `ospf` tells
    whether OSPF is enabled on the interface itself.
    """

    name: str
    description: str | None = None
    addresses: tuple[IPv4Interface, ...] = ()
    ipv6_addresses: tuple[IPv6Interface, ...] = ()
    dhcp: bool = False
    unnumbered: str | None = None
    vrf: str | None = None
    crypto_map: str | None = None
    ipv6_crypto_map: str | None = None
    mtu: int | None = None
    ip_mtu: int | None = None
    ipv6_mtu: int | None = None
    tcp_adjust_mss: int | None = None
    ipv6_adjust_mss: int | None = None
    nat: Literal["inside", "outside"] | None = None
    shutdown: bool = False
    access_group_in: str | None = None
    access_group_out: str | None = None
    pim: bool = False
    ospf: bool = False
    tunnel_mode: str | None = None
    tunnel_source: str | None = None
    tunnel_destination: str | None = None
    tunnel_protection: str | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether it is a loopback interface."""
        return self.name.lower().startswith("lo")

    @property
    def is_tunnel(self) -> bool:
        """Whether it is a tunnel interface."""
        return self.name.lower().startswith("tu")


@value
class RoutingProcess(View):
    """A `router` block. `vrfs` are those of the header and of its address families.

    `neighbors` are addresses and peer group names, each once, in the order of the text.
    """

    protocol: str
    tag: str | None = None
    router_id: str | None = None
    vrfs: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    neighbors: tuple[str, ...] = ()


@value
class Services(View):
    """Single lines of the device at large.

    `snmp_traps` are the words after `snmp-server enable traps`, one text for each line (an
    empty one enables all). `key_config_key` and `password_encryption_aes` together store
    pre-shared keys as type 6; the former is not shown by running configurations. Community
    names are secrets: only their number is kept.
    """

    aaa_new_model: bool = False
    service_password_encryption: bool = False
    password_encryption_aes: bool = False
    key_config_key: bool = False
    multicast_routing: bool = False
    pim_ssm: bool = False
    logging_hosts: tuple[str, ...] = ()
    logging_source_interface: str | None = None
    log_timestamps: str | None = None
    ntp_servers: tuple[str, ...] = ()
    ntp_master: bool = False
    ntp_authenticate: bool = False
    clock_timezone: str | None = None
    snmp_traps: tuple[str, ...] = ()
    snmp_hosts: tuple[str, ...] = ()
    snmp_communities: int = 0
    tacacs_servers: tuple[str, ...] = ()
    radius_servers: tuple[str, ...] = ()

    @property
    def snmp_gdoi_traps(self) -> bool:
        """Whether GDOI notifications are enabled, by name or with all others."""
        return any(not trap or trap.split()[0] in ("gdoi", "gkm") for trap in self.snmp_traps)
