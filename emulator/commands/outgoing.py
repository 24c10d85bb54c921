"""Connections from the router to others: none of them is ever opened in a lab."""

from ..grammar import CommandSet
from ..services.interfaces import Interfaces
from ..services.reach import TCP, Answer, Probe, answer, resolve, source_address, way_to
from ..shell.call import Call
from .ping import destination

SSH, TELNET = 22, 23
SYN_BYTES = 44
"""What opens a connection: the headers, and the largest segment."""
CONNECT_S = 30
"""How long IOS tries to open a connection to somebody who does not answer."""
REFUSED = "% Connection refused by remote host\n"
SILENT = "% Connection timed out; remote host not responding\n"
UNREACHABLE = "% Destination unreachable; gateway or host down\n"
UNKNOWN = "% Unknown command or computer name, or unable to find computer address\n"

declared = CommandSet()
declared.words(
    {
        "resume": "Resume an active network connection",
        "ssh": "Open a secure shell client connection",
        "ssh -c": "Select encryption algorithm",
        "ssh -l": "Log in using this user name",
        "ssh -m": "Select HMAC algorithm",
        "ssh -p": "Connect to this port",
        "ssh -v": "Specify SSH Protocol Version",
        "ssh -vrf": "Specify vrf name",
        "ssh WORD": "IP address or hostname of a remote system",
        "telnet": "Open a telnet connection",
        "telnet WORD": "IP address or hostname of a remote system",
        "telnet <0-65535>": "Port number",
        "/vrf": "Name of the VRF to connect through",
        "/source-interface": "Specify source interface",
    }
)


@declared.exec(
    "telnet <host> [<port:0-65535>] {/vrf <vrf> | /source-interface <interface:interface>}*"
)
async def telnet(call: Call) -> str:
    """Try to open a Telnet connection; the hosts of a lab refuse it."""
    address = destination(call, str(call["host"]))
    if address is None:
        return UNKNOWN
    port, own = call.get("port"), call.get("interface")
    suffix = f", {port}" if port is not None else ""
    call.dialogue.write(f"Trying {address}{suffix} ... ")
    return await _outcome(call, address, TELNET if port is None else port, own[-1] if own else "")


@declared.exec(
    "ssh {-l <user> | -p <port:1-65535> | -v <version:1|2> | -vrf <vrf> | -c <cipher> | -m <mac>}*"
    " <host>"
)
async def ssh(call: Call) -> str:
    """Try to open an SSH connection; the emulated router has no client that could."""
    address, port = resolve(call.router, str(call["host"])), call.get("port")
    if address is None:
        return UNKNOWN
    return await _outcome(call, address, port[-1] if port else SSH)


async def _outcome(call: Call, address: str, port: int, interface: str = "") -> str:
    """What comes of an attempt: refused by a host that answers, given up on another."""
    given = call.get("vrf")
    vrf = str(given[-1]) if given else ""
    own = source_address(call.router, interface, vrf, 6 if ":" in address else 4)
    probe = Probe(
        destination=address,
        source=own or "",
        vrf=vrf,
        protocol=TCP,
        port=port,
        size=SYN_BYTES,
    )
    way = way_to(call.router, address, vrf)
    if way is not None and answer(call.router, way, probe) is Answer.CAME:
        return f"\n{REFUSED}"
    if call.router.feature(Interfaces).lookup(address, vrf) is None:
        return f"\n{UNREACHABLE}"
    terminal = call.session.terminal if call.session else None
    if terminal is not None:
        terminal.interruptible = True
    try:
        await call.dialogue.sleep(CONNECT_S)
    finally:
        if terminal is not None:
            terminal.interruptible = False
    return f"\n{SILENT}"


@declared.exec("resume [<connection>]")
def resume(_call: Call) -> str:
    """Go back to a connection that this session has opened."""
    return "% No connections open\n"
