"""The database of OSPF: what the router advertises itself.

Layouts: genieparser samples of IOS-XE.
"""

from collections.abc import Iterator

from ..grammar import CommandSet
from ..services.ospf_database import REFRESH_S, ROUTER, SUMMARY, Advertisement
from ..services.routing_processes import Process
from ..shell.call import Call
from .ospf import advertisements, processes

TABLES = (
    (ROUTER, "Router Link States", " Link count"),
    (SUMMARY, "Summary Net Link States", ""),
)
TABLE_HEAD = "Link ID         ADV Router      Age         Seq#       Checksum"
KINDS = {"router": (ROUTER, "Router Link States"), "summary": (SUMMARY, "Summary Net Link States")}

declared = CommandSet()
declared.words(
    {
        "ip ospf database": "Database summary",
        "ospf database router": "Router link states",
        "ospf database network": "Network link states",
        "ospf database summary": "Network Summary link states",
        "ospf database external": "External link states",
    }
)


def _title(process: Process) -> str:
    return f"\n            OSPF Router with ID ({process.router_id}) (Process ID {process.label})\n"


@declared.exec("show ip ospf [<process:1-65535>] database")
def show_database(call: Call) -> str:
    """The advertisements of every area in tables."""
    age = call.router.uptime_s
    text = ""
    for process in processes(call):
        text += _title(process)
        for area, found in advertisements(call.router, process).items():
            for kind, title, more in TABLES:
                rows = [each for each in found if each.kind == kind]
                if rows:
                    text += f"\n\t\t{title} (Area {area})\n\n{TABLE_HEAD}{more}\n"
                    text += "".join(_row(each, age) for each in rows)
    return text


def _row(lsa: Advertisement, age: float) -> str:
    count = f" {len(lsa.links)}" if lsa.kind == ROUTER else ""
    return (
        f"{lsa.state_id:<16}{lsa.router:<16}{int(age) % REFRESH_S:<12}"
        f"0x{lsa.sequence(age):08X} 0x{lsa.checksum(age):06X}{count}\n"
    )


@declared.exec("show ip ospf [<process:1-65535>] database <kind:router|network|summary|external>")
def show_database_kind(call: Call) -> str:
    """The advertisements of one kind in full; those of networks and others come from neighbours."""
    age = call.router.uptime_s
    text = ""
    for process in processes(call):
        text += _title(process)
        kind, title = KINDS.get(call["kind"], (0, ""))
        for area, found in advertisements(call.router, process).items():
            rows = [each for each in found if each.kind == kind]
            if rows:
                text += f"\n                {title} (Area {area})\n"
            for each in rows:
                text += "\n" + "\n".join((*_head(each, age), *_body(each))) + "\n"
    return text


def _head(lsa: Advertisement, age: float) -> Iterator[str]:
    router = lsa.kind == ROUTER
    yield f"  LS age: {int(age) % REFRESH_S}"
    yield f"  Options: (No TOS-capability, DC{'' if router else ', Upward'})"
    yield f"  LS Type: {'Router Links' if router else 'Summary Links(Network)'}"
    yield f"  Link State ID: {lsa.state_id}{'' if router else ' (summary Network Number)'}"
    yield f"  Advertising Router: {lsa.router}"
    yield f"  LS Seq Number: {lsa.sequence(age):08X}"
    yield f"  Checksum: 0x{lsa.checksum(age):X}"
    yield f"  Length: {lsa.length}"


def _body(lsa: Advertisement) -> Iterator[str]:
    if lsa.kind == SUMMARY:
        yield f"  Network Mask: /{lsa.network.prefixlen}"
        yield f"        MTID: 0         Metric: {lsa.metric} "
        return
    if lsa.border:
        yield "  Area Border Router"
    if lsa.boundary:
        yield "  AS Boundary Router"
    yield f"  Number of Links: {len(lsa.links)}"
    yield ""
    for link in lsa.links:
        yield "    Link connected to: a Stub Network"
        yield f"     (Link ID) Network/subnet number: {link.network.network_address}"
        yield f"     (Link Data) Network Mask: {link.network.netmask}"
        yield "      Number of MTID metrics: 0"
        yield f"       TOS 0 Metrics: {link.cost}"
        yield ""
