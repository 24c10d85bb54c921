"""The ports on which the router listens, in the forms of four commands.

Layouts: transcripts of IOS; a genieparser sample of `show ip sockets`.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address

from ..grammar import CommandSet
from ..services.open_ports import TCP, UDP, OpenPort, open_ports
from ..shell.call import Call

UDP_NUMBER = 17
SOCKET_HEAD = "Proto        Remote      Port      Local       Port  In Out  Stat TTY OutputIF\n"
OPEN_HEAD = """\
Active internet connections (servers and established)
Prot               Local Address             Foreign Address                  Service    State
"""
TCB_HEAD = "TCB       Local Address               Foreign Address             (state)\n"
ANYONE = str(IPv4Address(0))
FLAGS = 211

declared = CommandSet()
declared.words(
    {
        "show ip sockets": "Open IP sockets",
        "show udp": "UDP Details",
        "show tcp": "Status of TCP connections",
        "show tcp brief": "Brief display",
        "tcp brief all": "All TCP connections",
        "tcp brief numeric": "Display addresses in numeric form",
        "show control-plane": "Control Plane",
        "show control-plane host": "Control-plane host path information",
        "control-plane host open-ports": "Open ports",
        "all numeric": "Display addresses in numeric form",
    }
)


@declared.exec("show ip sockets")
def show_ip_sockets(call: Call) -> str:
    """The UDP ports."""
    rows = [
        f"{UDP_NUMBER:<13}{ANYONE:<13}{0:<7}{'--any--':<13}{found.port:<6} 0   0 {FLAGS:>6}   0 \n"
        for found in _of(call, UDP)
    ]
    return SOCKET_HEAD + "".join(rows)


@declared.exec("show udp")
def show_udp(call: Call) -> str:
    """The UDP ports, those that listen."""
    rows = [
        f"{UDP_NUMBER:<9}--listen--          --any--{found.port:>16}   0   0 {FLAGS:>6}   0 \n"
        for found in _of(call, UDP)
    ]
    return SOCKET_HEAD + "".join(rows)


@declared.exec("show tcp brief [all] [numeric]")
def show_tcp_brief(call: Call) -> str:
    """The TCP ports; those that listen only with `all`."""
    if not call.has("all"):
        return TCB_HEAD
    width = 8 if call.router.family == "classic" else 12
    random = call.router.chassis.random("control blocks")
    rows = []
    for found in _of(call, TCP):
        block = f"{random.getrandbits(width * 4 - 1):0{width}X}"
        host = ANYONE if call.has("numeric") else "*"
        local, peer = f"{host}.{found.port}", f"{host}.{'*' if host == '*' else 0}"
        rows.append(f"{block:<{width + 2}}{local:<28}{peer:<28}LISTEN\n")
    return TCB_HEAD + "".join(rows)


@declared.exec("show control-plane host open-ports")
def show_open_ports(call: Call) -> str:
    """All ports with their services."""
    rows = []
    for found in open_ports(call.router):
        local, peer = f"*:{found.port}", "*:0"
        rows.append(f" {found.protocol}{local:>28}{peer:>28}{found.service:>25}{'LISTEN':>9}\n")
    return OPEN_HEAD + "".join(rows)


def _of(call: Call, protocol: str) -> Iterable[OpenPort]:
    return [found for found in open_ports(call.router) if found.protocol == protocol]
