"""Devices without a command line: thousands of members fit into one simulation."""

from collections.abc import Callable

from ..keys.material import KeyMaterial
from ..simulation.kernel import Kernel
from ..simulation.network import Line, Network
from .ike import IkeEnd
from .keys import SigningKey
from .mailbox import Mailbox
from .parameters import Parameters
from .signing import signing_key

KeysChanged = Callable[[str], None]
USUAL_LINE = Line()
USUAL_PARAMETERS = Parameters()
QUIET_SEVERITY = 4
"""What quiet stations still record: warnings and worse."""


class Station:
    """A device that runs the protocol and nothing else.

    `addresses` are where it is reached, the first is `address`. `inside` is an address of the site
    behind it, as a number, None for a key server. What it would log goes to the record of events,
    unless it is `quiet`: then only what is urgent (severity 4 and below) does.
    """

    __slots__ = (
        "_keys",
        "_watchers",
        "address",
        "coop_version",
        "ike",
        "inside",
        "kernel",
        "mailbox",
        "name",
        "network",
        "parameters",
        "quiet",
        "version",
    )

    def __init__(
        self,
        name: str,
        network: Network,
        addresses: tuple[str, ...],
        ike: IkeEnd,
        *,
        line: Line = USUAL_LINE,
        parameters: Parameters = USUAL_PARAMETERS,
        version: str = "1.0.26",
        inside: int | None = None,
        quiet: bool = False,
    ) -> None:
        self.name = name
        self.address = addresses[0]
        self.version = version
        self.coop_version = "1.0.8"
        self.kernel: Kernel = network.kernel
        self.network = network
        self.mailbox = Mailbox(network)
        self.parameters = parameters
        self.ike = ike
        self.inside = inside
        self.quiet = quiet
        self._keys: dict[str, SigningKey] = {}
        self._watchers: dict[KeysChanged, None] = {}
        network.attach(name, line)
        network.own(name, addresses)

    @property
    def server_version(self) -> str:
        """Stations have one version for both roles."""
        return self.version

    def log(self, facility: str, severity: int, mnemonic: str, text: str) -> None:
        """Record what a router would log."""
        if not self.quiet or severity <= QUIET_SEVERITY:
            self.kernel.record(self.name, f"%{facility}-{severity}-{mnemonic}: {text}")

    def signing_key(self, label: str) -> SigningKey | None:
        """The RSA key of a label; None without one."""
        return self._keys.get(label)

    def watch_keys(self, changed: KeysChanged) -> Callable[[], None]:
        """Have `changed` called with the label of a key that changes; gives what ends this."""
        self._watchers[changed] = None
        return lambda: self._watchers.pop(changed, None)

    def hold_key(self, label: str, material: KeyMaterial | None) -> None:
        """Hold another RSA key under a label, or none."""
        if material is None:
            self._keys.pop(label, None)
        else:
            self._keys[label] = signing_key(label, material)
        for watcher in list(self._watchers):
            watcher(label)
