"""Making the files of a lab: key servers and members of one group, as many as wanted.

Addresses are those reserved for documentation and for carriers (RFC 5737, RFC 6598), keys unlock
nothing. Few members have a key and an address list entry each; many share a network.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final

from ...errors import InputError

MAX_SERVERS: Final = 8
MAX_MEMBERS: Final = 5000
MAX_STATIONS: Final = 55_000
"""So many networks are left in 10.0.0.0/8 behind the most members."""
TEK_LIFETIMES: Final = (120, 2_592_000)
KEK_LIFETIMES: Final = (300, 2_592_000)
"""The lifetimes that IOS takes (YANG model of IOS-XE)."""
MTUS: Final = (576, 9216)
MOST_SEED: Final = 2**63 - 1
MOST_IDENTITY: Final = 2**31 - 1
MOST_PORT: Final = 65_535
_GROUP: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,59}")
FEW: Final = 60
"""So many members fit into 198.51.100.0/24; more are put into 100.64.0.0/10."""
MPLS_MTU: Final = 4470
KEY_LABEL: Final = "GETVPN-REKEY"
SERVER_PLATFORM: Final = "isr4451"
MEMBER_PLATFORMS: Final = ("isr2911", "c8000v", "isr4451", "c8000v")
_KS_LOOPBACKS: Final = int(IPv4Address("203.0.113.0"))
_KS_LINKS: Final = int(IPv4Address("192.0.2.0"))
_FEW_LINKS: Final = int(IPv4Address("198.51.100.0"))
_MANY_LINKS: Final = int(IPv4Address("100.64.0.0"))
_STATIONS: Final = int(IPv4Address("100.65.0.1"))
_INSIDE: Final = int(IPv4Address("10.1.0.0"))
_LINK: Final = 4
_SITE: Final = 256
_CONTROL: Final = (
    "deny   tcp any any eq 22",
    "deny   tcp any eq 22 any",
    "deny   udp any any eq isakmp",
    "deny   udp any eq isakmp any",
    "deny   udp any any eq 848",
    "deny   udp any eq 848 any",
)
_POLICY: Final = (
    "deny   esp any any",
    "deny   tcp any any eq 22",
    "deny   tcp any eq 22 any",
    "deny   tcp any any eq tacacs",
    "deny   tcp any eq tacacs any",
    "deny   pim any any",
    "deny   udp any any eq ntp",
    "deny   udp any eq ntp any",
    "deny   udp any any eq isakmp",
    "deny   udp any eq isakmp any",
    "deny   udp any any eq 848",
    "deny   udp any eq 848 any",
    "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
)
_HEAD: Final = """\
hostname {name}
!
aaa new-model
aaa authentication login default local
aaa authorization exec default local
!
ip domain name example.net
!
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 19
 lifetime 86400
"""
_TAIL: Final = """\
no ip http server
no ip http secure-server
!
logging host 192.0.2.200
snmp-server enable traps gdoi
ntp server 192.0.2.201
!
line con 0
line vty 0 4
 transport input ssh
!
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabPlan:
    """What a made lab is like.

    `stations` are members without a command line, as many again as wanted. `tek_s` and `kek_s` are
    lifetimes in seconds. `mtu` is that of the wide area network in bytes. `port` is the first SSH
    port, 0 for any.
    """

    servers: int = 2
    members: int = 8
    stations: int = 0
    group: str = "EXAMPLE-WAN"
    identity: int = 1001
    tek_s: int = 7200
    kek_s: int = 86_400
    unicast: bool = True
    mtu: int = MPLS_MTU
    seed: int = 1
    port: int = 0


def generate(plan: LabPlan) -> dict[str, str]:
    """The files of a lab by their paths below its folder; `lab.yml` is the lab file.

    Raises InputError where the numbers are out of range.
    """
    _check(plan)
    files = {"lab.yml": _lab_file(plan)}
    for number in range(1, plan.servers + 1):
        files[f"lab/ks{number}.cfg"] = _server(plan, number)
    for number in range(1, plan.members + 1):
        files[f"lab/gm{number}.cfg"] = _member(plan, number)
    return files


def as_text(plan: LabPlan) -> str:
    """A lab in one text, the configurations within; raises InputError as `generate` does."""
    import yaml

    files = generate(plan)
    data = yaml.safe_load(files["lab.yml"])
    for device in data["devices"].values():
        device["startup"] = files[device.pop("startup_file")]
    text: str = yaml.safe_dump(data, sort_keys=False)
    return text


def _check(plan: LabPlan) -> None:
    if not 1 <= plan.servers <= MAX_SERVERS:
        raise InputError(f"a group has 1 to {MAX_SERVERS} key servers, not {plan.servers}")
    if not 1 <= plan.members <= MAX_MEMBERS:
        raise InputError(
            f"a lab is made with 1 to {MAX_MEMBERS} members, not {plan.members}",
            hint="stations are members without a command line, and cost less",
        )
    for what, value, (low, high) in (
        ("the number of stations", plan.stations, (0, MAX_STATIONS)),
        ("the lifetime of a TEK in seconds", plan.tek_s, TEK_LIFETIMES),
        ("the lifetime of a KEK in seconds", plan.kek_s, KEK_LIFETIMES),
        ("the MTU in bytes", plan.mtu, MTUS),
        ("the identity of the group", plan.identity, (0, MOST_IDENTITY)),
        ("the seed", plan.seed, (0, MOST_SEED)),
        ("the port", plan.port, (0, MOST_PORT)),
    ):
        if not low <= value <= high:
            raise InputError(f"{what} is from {low} to {high}, not {value}")
    if plan.port and plan.port + plan.servers + plan.members - 1 > MOST_PORT:
        raise InputError(f"there are not enough ports from {plan.port} on")
    if not _GROUP.fullmatch(plan.group):
        raise InputError(
            f"{plan.group!r} is no name for a group",
            hint="a letter, then letters, digits, '-', '_' and '.', 60 in all at most",
        )


def _many(plan: LabPlan) -> bool:
    """Whether members share a key and an entry in the list of those who may register."""
    return plan.members > FEW or plan.stations > 0


def _platform(number: int) -> str:
    return MEMBER_PLATFORMS[(number - 1) % len(MEMBER_PLATFORMS)]


def _interfaces(platform: str) -> tuple[str, str]:
    """The interfaces to the wide area network and to the site."""
    return {
        "isr2911": ("GigabitEthernet0/0", "GigabitEthernet0/1"),
        "isr4451": ("GigabitEthernet0/0/0", "GigabitEthernet0/0/1"),
        "c8000v": ("GigabitEthernet1", "GigabitEthernet2"),
    }[platform]


def _server_address(number: int) -> str:
    return str(IPv4Address(_KS_LOOPBACKS + number))


def _member_link(plan: LabPlan, number: int) -> int:
    base = _MANY_LINKS if _many(plan) else _FEW_LINKS
    return base + (number - 1) * _LINK


def _lab_file(plan: LabPlan) -> str:
    servers = _counted(plan.servers, "key server")
    members = _counted(plan.members + plan.stations, "member")
    lines = [
        f"# {servers} and {members} of the group {plan.group}.",
        "# The user is admin with the password admin. Addresses are those of RFC 5737.",
        f"seed: {plan.seed}",
        *([f"port: {plan.port}"] if plan.port else []),
        "clock:",
        "  start: 2026-01-01T00:00:00Z",
        "network:",
        "  latency_ms: 10",
        f"  mtu: {plan.mtu}",
        "keys:",
        f"  - label: {KEY_LABEL}",
        "    bits: 2048",
        "    exportable: true",
        f"    devices: [{', '.join(f'KS{number}' for number in range(1, plan.servers + 1))}]",
        *_stations(plan),
        "devices:",
    ]
    for number in range(1, plan.servers + 1):
        lines += [
            f"  KS{number}:",
            f"    platform: {SERVER_PLATFORM}",
            f"    startup_file: lab/ks{number}.cfg",
            "    images:",
            "      - file: isr4400-universalk9.17.09.04a.SPA.bin",
            "        version: 17.9.4a",
        ]
    for number in range(1, plan.members + 1):
        lines += [
            f"  GM{number}:",
            f"    platform: {_platform(number)}",
            f"    startup_file: lab/gm{number}.cfg",
        ]
    return "\n".join(lines) + "\n"


def _stations(plan: LabPlan) -> list[str]:
    """The members without a command line; their sites are behind those of the others."""
    if not plan.stations:
        return []
    servers = ", ".join(_server_address(number) for number in range(1, plan.servers + 1))
    return [
        "stations:",
        f"  - count: {plan.stations}",
        f"    group: '{plan.group}'",
        f"    identity: {plan.identity}",
        f"    servers: [{servers}]",
        f"    address: {IPv4Address(_STATIONS)}",
        f"    inside: {IPv4Address(_INSIDE + (plan.members + 1) * _SITE)}/24",
        "    secret: Example-members",
    ]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _server(plan: LabPlan, number: int) -> str:
    own, wan = _server_address(number), _interfaces(SERVER_PLATFORM)[0]
    others = [_server_address(each) for each in range(1, plan.servers + 1) if each != number]
    link = _KS_LINKS + (number - 1) * _LINK
    keys = [f"crypto isakmp key Example-coop-key address {other}" for other in others]
    keys += _member_keys(plan)
    return _HEAD.format(name=f"KS{number}") + "\n".join(
        [
            *keys,
            "crypto isakmp keepalive 15 periodic",
            "!",
            "crypto ipsec transform-set TS-AES256 esp-aes 256 esp-sha256-hmac",
            " mode tunnel",
            "!",
            "crypto ipsec profile GETVPN-PROF",
            f" set security-association lifetime seconds {plan.tek_s}",
            " set transform-set TS-AES256",
            "!",
            *_served_group(plan, number, others),
            "!",
            "interface Loopback0",
            " description Address of the key server",
            f" ip address {own} 255.255.255.255",
            "!",
            f"interface {wan}",
            " description WAN",
            f" mtu {plan.mtu}",
            f" ip address {IPv4Address(link + 1)} 255.255.255.252",
            " no shutdown",
            "!",
            f"ip route 0.0.0.0 0.0.0.0 {IPv4Address(link + 2)}",
            "!",
            "ip access-list standard 52",
            *_authorized(plan),
            "ip access-list extended GETVPN-POLICY",
            *(f" {line}" for line in _POLICY),
            *([] if plan.unicast else _multicast_list(plan.servers)),
            "!",
            _TAIL,
        ]
    )


def _served_group(plan: LabPlan, number: int, others: list[str]) -> list[str]:
    transport = "rekey transport unicast" if plan.unicast else "rekey address ipv4 GETVPN-REKEY-ACL"
    redundancy = [
        "  redundancy",
        f"   local priority {100 - 25 * (number - 1) if number <= 4 else 9 - number}",
        *(f"   peer address ipv4 {other}" for other in others),
    ]
    return [
        f"crypto gkm group {plan.group}",
        f" identity number {plan.identity}",
        " server local",
        "  rekey algorithm aes 256",
        "  rekey sig-hash algorithm sha256",
        f"  rekey lifetime seconds {plan.kek_s}",
        "  rekey retransmit 40 number 3",
        f"  rekey authentication mypubkey rsa {KEY_LABEL}",
        f"  {transport}",
        "  authorization address ipv4 52",
        "  sa ipsec 10",
        "   profile GETVPN-PROF",
        "   match address ipv4 GETVPN-POLICY",
        "   replay time window-size 5",
        "   no tag",
        f"  address ipv4 {_server_address(number)}",
        *(redundancy if others else []),
    ]


def _multicast_list(servers: int) -> list[str]:
    """The list of multicast rekeys: each key server may become the one that sends them."""
    sources = map(_server_address, range(1, servers + 1))
    return [
        "ip access-list extended GETVPN-REKEY-ACL",
        *(f" permit udp host {each} eq 848 host 239.192.1.1 eq 848" for each in sources),
    ]


def _member_keys(plan: LabPlan) -> list[str]:
    if _many(plan):
        return ["crypto isakmp key Example-members address 100.64.0.0 255.192.0.0"]
    return [
        f"crypto isakmp key Example-member-{number} address "
        f"{IPv4Address(_member_link(plan, number) + 1)}"
        for number in range(1, plan.members + 1)
    ]


def _authorized(plan: LabPlan) -> list[str]:
    if _many(plan):
        return [" 10 permit 100.64.0.0 0.63.255.255"]
    return [
        f" {number * 10} permit {IPv4Address(_member_link(plan, number) + 1)}"
        for number in range(1, plan.members + 1)
    ]


def _member(plan: LabPlan, number: int) -> str:
    platform = _platform(number)
    wan, lan = _interfaces(platform)
    link, inside = _member_link(plan, number), _INSIDE + number * _SITE
    secret = "Example-members" if _many(plan) else f"Example-member-{number}"
    servers = [_server_address(each) for each in range(1, plan.servers + 1)]
    word = "gdoi" if platform == "isr2911" else "gkm"
    return _HEAD.format(name=f"GM{number}") + "\n".join(
        [
            *(f"crypto isakmp key {secret} address {server}" for server in servers),
            "!",
            f"crypto {word} group {plan.group}",
            f" identity number {plan.identity}",
            *(f" server address ipv4 {server}" for server in servers),
            "!",
            "ip access-list extended FAILCLOSE",
            *(f" {line}" for line in _CONTROL),
            "!",
            "crypto map GETVPN-MAP gdoi fail-close",
            " match address FAILCLOSE",
            " activate",
            "crypto map GETVPN-MAP 10 gdoi",
            f" set group {plan.group}",
            "!",
            f"interface {wan}",
            " description WAN",
            f" mtu {plan.mtu}",
            f" ip address {IPv4Address(link + 1)} 255.255.255.252",
            " crypto map GETVPN-MAP",
            " no shutdown",
            "!",
            f"interface {lan}",
            " description LAN",
            f" ip address {IPv4Address(inside + 1)} 255.255.255.0",
            " ip tcp adjust-mss 1360",
            " no shutdown",
            "!",
            f"ip route 0.0.0.0 0.0.0.0 {IPv4Address(link + 2)}",
            "!",
            _TAIL,
        ]
    )
