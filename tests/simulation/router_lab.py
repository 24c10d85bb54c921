"""A lab of routers with a group: two key servers and three members of different platforms."""

from dataclasses import dataclass, field
from typing import Any

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.gdoi.server.group import ServerGroup
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.lab import Lab
from getvpn.emulator.lab.generating import LabPlan, generate
from getvpn.emulator.testing import Console, console

GROUP, LABEL, MAP, POLICY = "WAN1", "REKEYRSA", "GETVPN_MAP", "GETVPN_POLICY"
"""Names without dashes: most of genie's parsers know no others."""
TEK_S, KEK_S = 900, 1800
KINDS = ("unicast", "multicast", "ipv6", "gcm", "gikev2")
WAN = {
    "isr2911": "GigabitEthernet0/0",
    "isr4451": "GigabitEthernet0/0/0",
    "c8000v": "GigabitEthernet1",
}
LAN = {
    "isr2911": "GigabitEthernet0/1",
    "isr4451": "GigabitEthernet0/0/1",
    "c8000v": "GigabitEthernet2",
}
RENAMED = {
    "GETVPN-REKEY-ACL": "REKEYACL",
    "GETVPN-REKEY": LABEL,
    "GETVPN-MAP": MAP,
    "GETVPN-POLICY": POLICY,
}
LIST6 = f"""\
ipv6 access-list {POLICY}
 deny udp any any eq 848
 deny tcp any any eq bgp
 permit ipv6 2001:DB8::/32 2001:DB8::/32
"""
PROFILE = """\
crypto ikev2 keyring RING
 peer ANYBODY
  address 0.0.0.0 0.0.0.0
  pre-shared-key Example-of-all
crypto ikev2 profile GKM
 match identity remote address 0.0.0.0 0.0.0.0
 authentication remote pre-share
 authentication local pre-share
 keyring local RING
"""
YES = "yes"


@dataclass(slots=True)
class RouterLab:
    """A lab of one of the `KINDS`, and a console of each router."""

    kind: str = "unicast"
    seed: int = 1
    servers: int = 2
    members: int = 3
    host_keys: bool = False
    lab: Lab = field(init=False)
    _consoles: dict[str, Console] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lab = Lab.of(lab_data(self))
        self.lab.sync()

    @property
    def names(self) -> list[str]:
        """All devices, key servers first."""
        return list(self.lab.devices)

    @property
    def server_names(self) -> list[str]:
        """The key servers."""
        return [name for name in self.names if name.startswith("KS")]

    @property
    def member_names(self) -> list[str]:
        """The members."""
        return [name for name in self.names if name.startswith("GM")]

    @property
    def up(self) -> list[str]:
        """The devices that run."""
        return [name for name in self.names if self.lab[name].running]

    def router(self, name: str) -> Router:
        """A router, whether it runs or not."""
        return self.lab[name]

    def gdoi(self, name: str) -> Gdoi:
        """The groups of a router that runs."""
        return self.lab[name].feature(Gdoi)

    def server(self, name: str) -> ServerGroup:
        """The group on a key server that runs."""
        return self.gdoi(name).servers[GROUP]

    def member(self, name: str) -> MemberGroup | None:
        """The membership of a router that runs; None without a crypto map."""
        return next(iter(self.gdoi(name).members), None)

    def wan(self, name: str) -> str:
        """The interface to the wide area network."""
        return WAN[self.lab[name].platform.name]

    def console(self, name: str) -> Console:
        """The console of a router that runs, on which somebody is logged in."""
        found = self._consoles.get(name)
        if found is None or found.closed or found.session.over:
            found = self._consoles[name] = console(self.lab[name])
        return found

    def type(self, name: str, *lines: str) -> str:
        """Type lines one after another, answers to questions among them."""
        said = self.console(name).run(*lines)
        self.lab.advance(0)
        return said

    def configure(self, name: str, *lines: str) -> str:
        """Configure a router, from exec mode and back."""
        return self.type(name, "configure terminal", *lines, "end")

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.lab.advance(seconds)


def lab_data(wanted: RouterLab) -> dict[str, Any]:
    """The data of a lab file."""
    plan = LabPlan(
        servers=wanted.servers,
        members=wanted.members,
        group=GROUP,
        tek_s=TEK_S,
        kek_s=KEK_S,
        unicast=wanted.kind != "multicast",
    )
    files = generate(plan)
    platforms = ["isr2911", "c8000v", "isr4451"]
    devices = {}
    for path, text in files.items():
        if path == "lab.yml":
            continue
        name = path.removeprefix("lab/").removesuffix(".cfg").upper()
        number = int(name[2:])
        server = name.startswith("KS")
        platform = "isr4451" if server else platforms[(number - 1) % 3]
        for old, new in RENAMED.items():
            text = text.replace(old, new)
        text = text.replace("\nend\n", "\n")
        made = _server(wanted.kind, text, number) if server else _member(wanted.kind, text, number)
        devices[name] = {"platform": platform, "startup": made}
    return {
        "seed": wanted.seed,
        "host_keys": {"type": "rsa", "bits": 1024} if wanted.host_keys else {"type": "none"},
        "network": {"latency_ms": 10},
        "keys": [
            {
                "label": LABEL,
                "bits": 1024,
                "exportable": True,
                "devices": [name for name in devices if name.startswith("KS")],
            }
        ],
        "devices": devices,
    }


def _server(kind: str, text: str, number: int) -> str:
    if kind == "ipv6":
        text = text.replace(f"crypto gkm group {GROUP}", f"crypto gkm group ipv6 {GROUP}")
        text = text.replace(f"match address ipv4 {POLICY}", f"match address ipv6 {POLICY}")
        text = _without_list(text) + LIST6
    if kind == "gcm":
        text = text.replace("esp-aes 256 esp-sha256-hmac", "esp-gcm 256")
        first = 10 * number
        text = text.replace(
            "  sa ipsec 10\n", f"  identifier\n   range {first} - {first + 5}\n  sa ipsec 10\n"
        )
    if kind == "gikev2":
        text = text.replace(" server local\n", " server local\n  gikev2 GKM\n")
        text = text.replace("crypto ipsec transform-set", PROFILE + "crypto ipsec transform-set")
    return text


def _without_list(text: str) -> str:
    """A configuration without the list of what is encrypted."""
    before, _, after = text.partition(f"ip access-list extended {POLICY}\n")
    return before + after[after.index("!\n") :]


def _member(kind: str, text: str, number: int) -> str:
    if kind == "ipv6":
        for word in ("gdoi", "gkm"):
            text = text.replace(f"crypto {word} group ", f"crypto {word} group ipv6 ")
        head, _, rest = text.partition("crypto map ")
        text = head + "crypto map ipv6 " + rest[rest.index(f"{MAP} 10 gdoi") :]
        text = text.replace(
            f" crypto map {MAP}\n",
            f" ipv6 address 2001:DB8:FFFF:{number}::1/64\n ipv6 crypto map {MAP}\n",
        ).replace(
            " ip tcp adjust-mss", f" ipv6 address 2001:DB8:{number}::1/64\n ip tcp adjust-mss"
        )
        text += f"ipv6 unicast-routing\nipv6 route ::/0 2001:DB8:FFFF:{number}::2\n"
    if kind == "gikev2":
        text = text.replace("crypto gdoi group", PROFILE + "crypto gdoi group")
        text = text.replace("crypto gkm group", PROFILE + "crypto gkm group")
        text = text.replace(" identity number", " client protocol gikev2 GKM\n identity number")
    return text
