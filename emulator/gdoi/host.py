"""What runs the protocol: a router of the emulator, or a station without a command line."""

from collections.abc import Callable
from typing import Protocol

from ..simulation.kernel import Kernel
from ..simulation.network import Network
from .ike import IkeEnd
from .keys import SigningKey
from .mailbox import Mailbox
from .parameters import Parameters


class Host(Protocol):
    """A device on which a key server or members run.

    `name` is its name in the network, `version` the version of its GETVPN software as a member
    (`1.0.26`), `server_version` that as a key server.
    """

    name: str
    version: str
    coop_version: str
    kernel: Kernel
    network: Network
    mailbox: Mailbox
    parameters: Parameters
    ike: IkeEnd

    @property
    def server_version(self) -> str:
        """The version of its GETVPN software as a key server."""
        ...

    def log(self, facility: str, severity: int, mnemonic: str, text: str) -> None:
        """Write a message to the log of the device, and to the record of events."""
        ...

    def signing_key(self, label: str) -> SigningKey | None:
        """The RSA key of a label as it is now; None without one."""
        ...

    def watch_keys(self, changed: Callable[[str], None]) -> Callable[[], None]:
        """Have `changed` called with the label of a key pair that changed; gives what ends this."""
        ...
