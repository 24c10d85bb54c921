"""A router as the protocol knows it: its log, its keys, its place in the network."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..gdoi.ike import IkeEnd
from ..gdoi.keys import SigningKey
from ..gdoi.mailbox import Mailbox
from ..gdoi.parameters import Parameters
from ..gdoi.signing import signing_key
from ..keys.material import KeyKind, KeyMaterial
from ..keys.pair import KeyEvent
from ..simulation.kernel import Kernel
from ..simulation.network import Network
from .versions import COOP_VERSION, getvpn_version, server_version

if TYPE_CHECKING:
    from ..device import Router


class RouterHost:
    """A router that runs groups, from one boot to the next; see `gdoi.host.Host`.

    A router that stands alone has a kernel and a network of its own, in which no time passes.
    """

    def __init__(self, router: "Router", ike: IkeEnd) -> None:
        kernel = router.kernel or Kernel(router.clock.now())
        self._router = router
        self._keys: dict[str, tuple[KeyMaterial, SigningKey]] = {}
        self.name = router.name
        self.version = getvpn_version(router.family, router.software.release)
        self.server_version = server_version(router.family, router.software.release)
        self.coop_version = COOP_VERSION
        self.kernel: Kernel = kernel
        self.network: Network = router.network or Network(kernel)
        self.mailbox = Mailbox(self.network)
        self.parameters: Parameters = router.parameters
        self.ike = ike

    def log(self, facility: str, severity: int, mnemonic: str, text: str) -> None:
        """Write a message to the log of the router, and to the record of events."""
        self._router.log.add(facility, severity, mnemonic, text)
        self.kernel.record(self.name, f"%{facility}-{severity}-{mnemonic}: {text}")

    def signing_key(self, label: str) -> SigningKey | None:
        """The RSA key of a label, for general purposes or signatures; None without one."""
        pair = self._router.keys.signing_pair(label)
        if pair is None:
            self._keys.pop(label, None)
            return None
        known = self._keys.get(label)
        if known is None or known[0] is not pair.material:
            known = self._keys[label] = pair.material, signing_key(label, pair.material)
        return known[1]

    def watch_keys(self, changed: Callable[[str], None]) -> Callable[[], None]:
        """Have `changed` called with the label of a key pair that changed; gives what ends this."""

        def told(event: KeyEvent) -> None:
            if event.kind is KeyKind.RSA:
                changed(event.label)

        return self._router.keys.subscribe(told)
