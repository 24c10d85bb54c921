"""Bundles of ports. Layout: genieparser samples of routers."""

from ..grammar import CommandSet, short_interface
from ..services.interfaces import Interfaces
from ..shell.call import Call
from .interface_choice import block_of, members_of

HEAD = """\
Flags:  D - down        P/bndl - bundled in port-channel
        I - stand-alone s/susp - suspended
        H - Hot-standby (LACP only)
        R - Layer3      S - Layer2
        U - in use      f - failed to allocate aggregator

        M - not in use, minimum links not met
        u - unsuitable for bundling
        w - waiting to be aggregated
        d - default port


"""
FOOT = """\

RU - L3 port-channel UP State
SU - L2 port-channel UP state
P/bndl -  Bundled
S/susp  - Suspended
"""

LACP_PRIORITY = 32768

declared = CommandSet()
declared.words(
    {
        "show etherchannel": "EtherChannel information",
        "show lacp": "Port channel information",
        "lacp sys-id": "LACP system identification",
        "show etherchannel summary": "One-line summary per channel-group",
    }
)


@declared.exec("show lacp sys-id")
def show_lacp_system(call: Call) -> str:
    """Who the router is to those that bundle ports with it."""
    return f"{LACP_PRIORITY}, {call.router.chassis.mac(0)}\n"


@declared.exec("show etherchannel summary")
def show_summary(call: Call) -> str:
    """The bundles with their ports."""
    router = call.router
    bundles = [
        s for s in router.feature(Interfaces).all() if s.kind == "Port-channel" and not s.parent
    ]
    text = (
        f"{HEAD}Number of channel-groups in use: {len(bundles)}\n"
        f"Number of aggregators:           {len(bundles)}\n\n"
        "Group  Port-channel  Protocol    Ports\n"
        "------+-------------+-----------+-----------------------------------------------\n"
    )
    for bundle in bundles:
        members = members_of(router, bundle.number)
        modes = {
            block_of(router, one.name).value("channel-group", "mode") or "on" for one in members
        }
        protocol = "LACP" if modes & {"active", "passive"} else "-"
        ports = " ".join(
            f"{short_interface(one.name)}({'bndl' if one.line_up else 'D'})" for one in members
        )
        state = "RU" if bundle.line_up else "RD"
        name = f"{short_interface(bundle.name)}({state})"
        text += f"{bundle.number}\t{name}\t\t{protocol}\t{ports}\n"
    return text + FOOT
