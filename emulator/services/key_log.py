"""What the log says of key pairs, and of the SSH server that comes and goes with them."""

from typing import TYPE_CHECKING

from ..feature import Feature
from ..grammar import XE, Release
from ..keys.maker import MAX_MODULUS_BITS
from ..keys.material import KeyKind
from ..keys.pair import SERVER_SUFFIX, KeyChange, KeyEvent, KeyPair
from ..settings.crypto_checks import release
from .ssh import LEAST_RSA_BITS

if TYPE_CHECKING:
    from ..config.store import Change
    from ..device import Router

ONLY_SECOND: Release = (17, 11)
"""From here on IOS-XE speaks version 2 only (`show ip ssh` of 17.12 and later)."""
CLASSIC_SERVER_BITS = 768
XE_SERVER_BITS_MORE = 128
"""The temporary key of version 1: 768 bits, on IOS-XE 128 more than the host key (transcripts)."""

_TEXTS = {
    KeyChange.ADDED: ("KEY_ADDITION", "has been generated or imported by crypto-engine"),
    KeyChange.REPLACED: ("KEY_REPLACE", "has been replaced by crypto-engine"),
    KeyChange.REMOVED: ("KEY_DELETED", "has been removed from key storage"),
}


class KeyLog(Feature):
    """Logs what happens to keys, and keeps the temporary key of version 1 beside the host key."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._unsubscribe = router.keys.subscribe(self._keys_changed)
        self._shown: str | None = None
        self._host = ""

    @property
    def ssh_version(self) -> str:
        """The version that the server speaks: `1.99` stands for both."""
        router = self.router
        chosen = router.config.root.value("ip ssh version", "version")
        if chosen is not None:
            return "1.5" if int(chosen) == 1 else "2.0"
        newest = router.family == XE and release(router) >= ONLY_SECOND
        return "2.0" if newest else "1.99"

    def booted(self) -> None:
        """The keys that were saved are there."""
        self._look()

    def stopped(self) -> None:
        """The router goes down."""
        self._unsubscribe()

    def config_changed(self, change: "Change") -> None:
        """The version or the name of the host key may have changed."""
        if self.router.running and change.name in ("ip ssh version", "ip ssh rsa keypair-name"):
            self._look()

    def _keys_changed(self, event: KeyEvent) -> None:
        if event.label.endswith(SERVER_SUFFIX) or not self.router.running:
            return
        if self.router.family == XE and event.change in _TEXTS:
            mnemonic, text = _TEXTS[event.change]
            words = f"A key named {event.label} {text}"
            self.router.log.add("CRYPTO_ENGINE", 5, mnemonic, words)
        if event.change is KeyChange.REPLACED and event.label == self._host:
            # the old key goes before the new one comes
            self._renew(None)
            self._log_change(None)
        self._look()

    def _look(self) -> None:
        """Log that SSH is on or off, and make the temporary key for it."""
        router = self.router
        name = router.config.root.value("ip ssh rsa keypair-name", "name")
        usual = f"{router.hostname}.{router.domain}"
        pair = router.keys.host_pair(KeyKind.RSA, name, usual, min_bits=LEAST_RSA_BITS)
        kinds = (KeyKind.EC, KeyKind.ED25519)
        able = pair or any(router.keys.host_pair(kind, usual) for kind in kinds)
        shown = self.ssh_version if able else None
        self._renew(pair if shown in ("1.99", "1.5") else None)
        self._log_change(shown)

    def _log_change(self, shown: str | None) -> None:
        router = self.router
        if shown == self._shown:
            return
        if self._shown is not None:
            router.log.add("SSH", 5, "DISABLED", f"SSH {self._shown} has been disabled")
        if shown is not None:
            router.log.add("SSH", 5, "ENABLED", f"SSH {shown} has been enabled")
        self._shown = shown

    def _renew(self, host: KeyPair | None) -> None:
        keys, label = self.router.keys, host.label if host else ""
        if self._host and self._host != label:
            keys.close_server_key(self._host)
        present = any(pair.temporary for pair in keys.pairs(KeyKind.RSA, label + SERVER_SUFFIX))
        if host is not None and not present:
            more = self.router.family == XE
            bits = host.bits + XE_SERVER_BITS_MORE if more else CLASSIC_SERVER_BITS
            size = min(bits, MAX_MODULUS_BITS)
            keys.open_server_key(label, size, now=self.router.clock.now())
        self._host = label
