"""The multicast groups that routing protocols join on interfaces."""

from typing import TYPE_CHECKING

from ..services.interfaces import Interfaces
from ..services.routing_processes import Process, eigrp_processes, ospf_processes, rip_processes
from .interface_choice import block_of

if TYPE_CHECKING:
    from ..device import Router

PIM_GROUPS = ("224.0.0.1", "224.0.0.2", "224.0.0.22", "224.0.0.13")
OSPF_GROUPS = ("224.0.0.5", "224.0.0.6")
EIGRP_GROUP = "224.0.0.10"
RIP_GROUP = "224.0.0.9"
VRRP_GROUP = "224.0.0.18"
HSRP_GROUPS = {1: "224.0.0.2", 2: "224.0.0.102"}
"""The groups of each version of HSRP (RFC 2281; Cisco command reference)."""


def reserved_groups(router: "Router") -> dict[str, list[str]]:
    """The groups of 224.0.0.0/24 that the router listens to, by the names of its interfaces."""
    found: dict[str, list[str]] = {}
    for state in router.feature(Interfaces).all():
        if not state.line_up:
            continue
        block = block_of(router, state.name)
        groups = list(PIM_GROUPS) if block.has("ip pim") else []
        if block.all("standby ip"):
            groups.append(HSRP_GROUPS[int(block.value("standby version", "version") or 1)])
        if block.all("vrrp ip"):
            groups.append(VRRP_GROUP)
        found[state.name] = groups
    for process in ospf_processes(router):
        _join(found, process, OSPF_GROUPS)
    for process in eigrp_processes(router):
        _join(found, process, (EIGRP_GROUP,))
    for process in rip_processes(router):
        if process.block.value("version", "version") == "2":
            _join(found, process, (RIP_GROUP,))
    return {name: list(dict.fromkeys(groups)) for name, groups in found.items()}


def _join(found: dict[str, list[str]], process: Process, groups: tuple[str, ...]) -> None:
    for member in process.members:
        if member.speaks:
            found[member.state.name] += groups
