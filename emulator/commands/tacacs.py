"""The TACACS+ servers: nobody asks them anything in a lab.

Layout: ntc-templates and genieparser samples of IOS and IOS-XE.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..grammar import XE, CommandSet
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router

TACACS_PORT = 49
COUNTERS = (
    "Socket opens",
    "Socket closes",
    "Socket aborts",
    "Socket errors",
    "Socket Timeouts",
    "Failed Connect Attempts",
    "Total Packets Sent",
    "Total Packets Recv",
)
FAILURES = ("Continous Authc fail count", "Continous Authz fail count")
"""As IOS-XE spells it."""
WIDTH = 26

declared = CommandSet()
declared.words({"show tacacs": "Shows tacacs+ server statistics"})


@declared.exec("show tacacs")
def show_tacacs(call: Call) -> str:
    """The servers with their counters."""
    text = ""
    for name, address, port in _servers(call.router):
        rows = [("Server name", name)] if name else []
        rows += [("Server address", address), ("Server port", str(port))]
        text += "\nTacacs+ Server -  public  :\n"
        text += "".join(f"{title:>{WIDTH}}: {value}\n" for title, value in rows)
        text += "".join(f"{title:>{WIDTH}}: {0:>10}\n" for title in COUNTERS)
        if call.router.family == XE:
            text += f"{'Server Status':>{WIDTH}}: Alive\n"
            text += "".join(f"{title:>{WIDTH}}: {0:>10}\n" for title in FAILURES)
    return text


def _servers(router: "Router") -> Iterator[tuple[str, str, int]]:
    """Name (of servers that have one), address and port."""
    root = router.config.root
    for server in root.all("tacacs server"):
        block = server.block
        address = block.find("address") if block is not None else None
        if block is not None and address is not None:
            port = int(block.value("port", "port", TACACS_PORT))
            yield str(server["name"]), str(address["address"]), port
    for host in root.all("tacacs-server host"):
        ports = host.get("port") or (TACACS_PORT,)
        yield "", str(host["host"]), int(ports[0] if isinstance(ports, tuple) else ports)
