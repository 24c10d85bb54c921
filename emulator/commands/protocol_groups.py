"""The multicast groups that routing protocols join on an interface."""

from typing import TYPE_CHECKING

from ..services.interface_state import InterfaceState
from .interface_choice import block_of

if TYPE_CHECKING:
    from ..device import Router

PIM_GROUPS = ("224.0.0.1", "224.0.0.2", "224.0.0.22", "224.0.0.13")


def reserved_groups(router: "Router", state: InterfaceState) -> list[str]:
    """The groups of 224.0.0.0/24 that are listened to on an interface that is up."""
    if not state.line_up:
        return []
    block = block_of(router, state.name)
    groups = list(PIM_GROUPS) if block.has("ip pim") else []
    if block.all("standby ip"):
        groups.append(
            "224.0.0.2" if block.value("standby version", "version") != "2" else "224.0.0.102"
        )
    if block.all("vrrp ip"):
        groups.append("224.0.0.18")
    return list(dict.fromkeys(groups))
