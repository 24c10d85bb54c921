"""The interfaces that a command means."""

from typing import TYPE_CHECKING

from ..config.store import Block
from ..grammar import RefusedError
from ..services.interface_state import InterfaceState
from ..services.interfaces import Interfaces
from ..shell.call import Call

if TYPE_CHECKING:
    from ..device import Router


def chosen(call: Call, argument: str = "name") -> list[InterfaceState]:
    """The interface that the argument names, or all of them when it was left out.

    Raises RefusedError when there is none of this name.
    """
    interfaces = call.router.feature(Interfaces)
    name = call.get(argument)
    if name is None:
        return interfaces.all()
    found = interfaces.get(name)
    if found is None:
        raise RefusedError(argument=argument)
    return [found]


def block_of(router: "Router", name: str) -> Block:
    """The lines of an interface; an empty block for one without lines."""
    entry = router.config.root.find("interface", name)
    if entry is None or entry.block is None:
        return Block("interface")
    return entry.block


def members_of(router: "Router", group: str) -> list[InterfaceState]:
    """The ports of the channel group `group`."""
    return [
        state
        for state in router.feature(Interfaces).all()
        if str(block_of(router, state.name).value("channel-group", "group", "")) == group
    ]
