"""The routers that the clients meet: startup configurations and lab files."""

from collections.abc import Callable
from typing import Any, Protocol

ISR4K = "isr4451"
ISRG2 = "isr2911"
C8000V = "c8000v"

CREDENTIALS = {"username": "admin", "password": "pw", "secret": "sec"}

SCP = "ip scp server enable\n"

PATIENCE_S = 300.0
"""How long clients wait for a router: only one that does not answer at all takes as long."""

NETMIKO = {
    "conn_timeout": PATIENCE_S,
    "auth_timeout": PATIENCE_S,
    "banner_timeout": PATIENCE_S,
    "read_timeout_override": PATIENCE_S,
}
"""What netmiko is told of that."""

SCRAPLI = {
    "timeout_socket": PATIENCE_S,
    "timeout_transport": PATIENCE_S,
    "timeout_ops": PATIENCE_S,
}
"""What scrapli is."""


class Host(Protocol):
    """Where a client finds a router, and how it gets in."""

    name: str
    address: str
    port: int
    username: str
    password: str
    secret: str


class Lab(Protocol):
    """Routers that run in a thread of their own."""

    def host(self, name: str) -> Host: ...

    def __getitem__(self, name: str) -> Any: ...

    def run(self, work: Any) -> Any: ...

    def advance(self, seconds: float) -> None: ...


Start = Callable[..., Lab]


def startup(
    name: str = "KS1",
    *,
    more: str = "",
    platform: str = ISR4K,
    lines: str = "",
    archive: bool = False,
) -> str:
    """The startup configuration of a router with a level-15 and a level-1 user.

    `more` is global configuration, `lines` belongs to the vty lines.
    """
    port = {ISR4K: "GigabitEthernet0/0/", ISRG2: "GigabitEthernet0/", C8000V: "GigabitEthernet"}
    first = 1 if platform == C8000V else 0
    flash = "flash" if platform == ISRG2 else "bootflash"
    saved = f"archive\n path {flash}:archive\n!\n" if archive else ""
    return f"""\
hostname {name}
!
enable secret sec
!
ip domain name example.net
!
username admin privilege 15 secret pw
username oper privilege 1 secret pw
!
{saved}ip ssh version 2
!
interface Loopback0
 ip address 10.255.0.1 255.255.255.255
!
interface {port[platform]}{first}
 description WAN
 ip address 192.0.2.1 255.255.255.0
 no shutdown
!
interface {port[platform]}{first + 1}
 description LAN
 ip address 10.0.1.1 255.255.255.0
 no shutdown
!
ip route 0.0.0.0 0.0.0.0 192.0.2.254
!
ip access-list extended POLICY
 deny udp any any eq 848
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
!
snmp-server community readers RO
snmp-server location Hall 1
snmp-server contact noc
!
ntp server 192.0.2.254
!
{more}{"" if not more or more.endswith(chr(10)) else chr(10)}line con 0
line vty 0 15
 login local
 transport input ssh
{lines}!
end
"""


def device(name: str = "KS1", *, platform: str = ISR4K, settings: Any = None, **more: Any) -> Any:
    """A device of a lab file: see `startup`; `settings` are those of the emulator."""
    entry = {"platform": platform, "startup": startup(name, platform=platform, **more)}
    return entry | {"settings": settings} if settings else entry


def lab_file(devices: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "seed": 1,
        "clock": {"rate": 1},
        "address": "127.0.0.1",
        "credentials": CREDENTIALS,
        "devices": devices,
        **more,
    }
