"""The SSH server of a router: whether it is on, its host keys, what it logs."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..feature import Feature
from ..keys.material import KeyKind
from ..keys.pair import SERVER_SUFFIX, KeyEvent, KeyPair
from .acl import standard_acl_permits

if TYPE_CHECKING:
    from ..config.store import Change
    from ..device import Router

LEAST_RSA_BITS = 768
"""SSH version 2 needs at least this (Cisco security command reference, `ip ssh version`)."""
WATCHED = frozenset({"line", "transport input", "ip ssh version", "access-class"})


class SshService(Feature):
    """Follows keys and configuration; tells the front when listening may have to change."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._watchers: list[Callable[[], None]] = []
        self._pem: tuple[bytes, ...] | None = None
        self._unsubscribe = router.keys.subscribe(self._keys_changed)

    @property
    def enabled(self) -> bool:
        """Whether it listens: there is a host key and a vty line takes SSH."""
        return self.router.running and bool(self._pairs()) and self._vty_takes_ssh()

    def host_keys(self) -> Sequence[bytes]:
        """The private host keys in PEM, one of a kind; the same objects while nothing changes."""
        if self._pem is None:
            self._pem = tuple(pair.material.pkcs8_pem() for pair in self._pairs())
        return self._pem

    def admits(self, source: str) -> bool:
        """Whether the access class of the vty lines lets this address in."""
        block = self.router.lines.settings("vty", 0)
        number = block.value("access-class", "acl") if block else None
        if number is None:
            return True
        return standard_acl_permits(self.router.config.root, str(number), source)

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called when `enabled` may have changed."""
        self._watchers.append(changed)

    def config_changed(self, change: "Change") -> None:
        """Look again when a line that matters to SSH changed."""
        if change.name in WATCHED or any(entry.setting.name == "line" for entry in change.owners):
            self._tell()

    def booted(self) -> None:
        """The router is up."""
        self._tell()

    def stopped(self) -> None:
        """The router goes down: nobody listens."""
        self._unsubscribe()
        self._tell()

    def _pairs(self) -> list[KeyPair]:
        keys, router = self.router.keys, self.router
        name = router.config.root.value("ip ssh rsa keypair-name", "name")
        label = f"{router.hostname}.{router.domain}"
        found = [
            keys.host_pair(KeyKind.EC, label),
            keys.host_pair(KeyKind.ED25519, label),
            keys.host_pair(KeyKind.RSA, name, label, min_bits=LEAST_RSA_BITS),
        ]
        return [pair for pair in found if pair is not None]

    def _vty_takes_ssh(self) -> bool:
        block = self.router.lines.settings("vty", 0)
        entry = block.find("transport input") if block else None
        if entry is None:
            return True
        return bool({"ssh", "all"} & set(entry.text.split()))

    def _keys_changed(self, event: KeyEvent) -> None:
        self._pem = None
        if event.label.endswith(SERVER_SUFFIX):
            return
        self._tell()

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher()
