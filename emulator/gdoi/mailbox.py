"""Who on a device gets the messages of which group.

Key servers and members of several groups share the port and often the address of a device.
"""

from collections.abc import Callable
from typing import Any

from ..simulation.network import Network

GDOI_PORT = 848
Receiver = Callable[[Any, str], None]
"""Takes a message and the address that sent it."""


class Mailbox:
    """Receives on the GDOI port of a device, and deals messages out by address and group.

    `stray` gets the messages for groups that nobody opened.
    """

    def __init__(self, network: Network, stray: Receiver | None = None) -> None:
        self.network = network
        self.stray = stray
        self._receivers: dict[str, dict[str, Receiver]] = {}

    def open(self, address: str, identity: str, receiver: Receiver) -> None:
        """Give what arrives at an address for a group to `receiver`."""
        groups = self._receivers.get(address)
        if groups is None:
            groups = self._receivers[address] = {}
            self.network.bind(address, GDOI_PORT, self._handler(groups))
        groups[identity] = receiver

    def close(self, address: str, identity: str) -> None:
        """Receive no more for a group; does nothing if nobody did."""
        groups = self._receivers.get(address)
        if groups is None:
            return
        groups.pop(identity, None)
        if not groups:
            del self._receivers[address]
            self.network.release(address, GDOI_PORT)

    def _handler(self, groups: dict[str, Receiver]) -> Receiver:
        def deal(message: Any, source: str) -> None:
            receiver = groups.get(message.identity, self.stray)
            if receiver is not None:
                receiver(message, source)

        return deal
