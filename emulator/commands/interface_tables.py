"""What passed the interfaces by protocol and by VLAN, and whom packets can be sent to at once.

Layouts: genieparser and ntc-templates samples of IOS and IOS-XE.
"""

from typing import TYPE_CHECKING

from ..grammar import CommandSet
from ..services.interfaces import Interfaces
from ..shell.call import Call
from .interface_choice import chosen

if TYPE_CHECKING:
    pass

ACCOUNTING_HEAD = "                Protocol    Pkts In   Chars In   Pkts Out  Chars Out\n"
NO_TRAFFIC = "No traffic sent or received on this interface."
ADJACENCY_HEAD = "Protocol Interface                 Address\n"
USUAL_REFERENCES = 6
"""How many users an adjacency has beside the routes through it."""

declared = CommandSet()
declared.words(
    {
        "interfaces accounting": "Show interface accounting",
        "show adjacency": "Adjacency information",
    }
)


@declared.exec("show interfaces [<name:interface>] accounting")
def show_accounting(call: Call) -> str:
    """What passed by protocol: all of it is IP."""
    interfaces = call.router.feature(Interfaces)
    text = ""
    for state in chosen(call):
        if state.parent:
            continue
        counters = interfaces.counters(state.name)
        sums = (counters.packets_in, counters.bytes_in, counters.packets_out, counters.bytes_out)
        text += f"{state.name} {state.description}\n{ACCOUNTING_HEAD}"
        if any(sums):
            text += f"{'IP':>24}" + "".join(f"{number:>11}" for number in sums) + "\n"
        else:
            text += f"{NO_TRAFFIC}\n"
    return text


# ---- adjacencies ----


@declared.exec("show adjacency")
def show_adjacency(call: Call) -> str:
    """The neighbours whose hardware addresses are known."""
    interfaces = call.router.feature(Interfaces)
    text = ADJACENCY_HEAD
    for vrf in ("", *interfaces.vrfs()):
        routes = interfaces.routes(vrf)
        for entry in interfaces.arp(vrf):
            if entry.age_s is not None:
                users = sum(route.next_hop == entry.address for route in routes)
                place = f"{entry.address}({USUAL_REFERENCES + users})"
                text += f"IP       {entry.interface:<25} {place}\n"
    return text
