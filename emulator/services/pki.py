"""The certificates of a router: those of its configuration, its requests, its lists.

`router.feature(Pki)` gives it. What the configuration says is what holds: `store` is made from the
trustpoints and the certificate chains whenever they have changed; beside it are kept the state of
enrolments and the times at which certificates came. `add` and `remove_key` change the
configuration.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5
from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from ..feature import Feature
from ..keys.errors import CertificateError
from ..keys.pair import KeyChange, KeyEvent, KeyPair
from ..keys.pki import (
    Certificate,
    LabCa,
    PkiStore,
    Role,
    load_certificate,
    md5_groups,
    self_signed_certificate,
    self_signed_label,
)
from ..settings.crypto_checks import release
from ..settings.pki import TRUSTPOINT
from ..settings.pki_chain import CHAIN, store_certificate
from ..shell.loading import load
from .pki_lists import FetchedList, RevocationLists, Told

if TYPE_CHECKING:
    from ..config.store import Change
    from ..device import Router

SERVER = "crypto pki server"
SECURE_SERVER = "ip http secure-server"
KINDS = {"": Role.IDENTITY, "ca": Role.CA, "self-signed": Role.SELF_SIGNED}
WORDS = {Role.IDENTITY: None, Role.CA: "ca", Role.SELF_SIGNED: "self-signed"}
SELF_SIGNED_BITS = 1024
NEWER_SELF_SIGNED_BITS = 2048
NEWER = (17, 1)
DAY_S = 86_400
CA_DAYS = 3 * 365
"""How long the certificate of a server is valid (Cisco IOS certificate server, default)."""
CRL_HOURS = 168
"""How long a list of revoked certificates is valid (the same)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """A certificate server that has its certificate; times in seconds since 1970 UTC."""

    fingerprint: str
    expires_at: float
    next_list_at: float


class Pki(Feature):
    """Trustpoints and certificates."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._store = PkiStore(router.keys)
        self._unsubscribe = router.keys.subscribe(self._keys_changed)
        self._stale = True
        self._in_nvram: set[str] = set()
        self.revocation = RevocationLists(router)
        self._servers: dict[str, ServerState] = {}

    # ---- what others ask ----

    @property
    def store(self) -> PkiStore:
        """The trustpoints as the configuration has them now."""
        if self._stale:
            self._stale = False
            self._read()
        return self._store

    @property
    def lists(self) -> dict[str, FetchedList]:
        """The lists of revoked certificates that were fetched, by trustpoint."""
        return self.revocation.fetched

    def watch_crl(self, told: Told) -> Callable[[], None]:
        """Have `told` called with the name of a trustpoint for which a newer list came.

        That is soon after it came, not while the certificate is checked for which it was fetched.
        Gives what ends this; it ends by itself when the router goes down.
        """
        return self.revocation.watch(told)

    def block(self, name: str) -> Block | None:
        """The lines of a trustpoint; None if there is no such trustpoint."""
        entry = self.router.config.root.find(TRUSTPOINT, name)
        return entry.block if entry is not None else None

    def key_label(self, name: str) -> str:
        """The label of the key pair of a trustpoint: as configured, else the router's own."""
        block = self.block(name)
        for setting in ("rsakeypair", "eckeypair"):
            label = block.value(setting, "label") if block is not None else None
            if label is not None:
                return str(label)
        router = self.router
        return f"{router.hostname}.{router.domain}" if router.domain else router.hostname

    def server(self, name: str) -> ServerState | None:
        """A certificate server of this router; None if it has never been enabled."""
        entry = self.router.config.root.find(SERVER, name)
        block = entry.block if entry is not None else None
        if block is None or (block.has("shutdown") and name not in self._servers):
            return None
        if name not in self._servers:
            self._servers[name] = self._started(name, block)
        return self._servers[name]

    def _started(self, name: str, block: Block) -> ServerState:
        """The state of a server that is enabled for the first time; makes its certificate."""
        router = self.router
        now = router.clock.now()
        pair = self.server_pair(name)
        subject = str(block.value("issuer-name", "name", f"cn={name}")).strip()
        days = int(block.value("lifetime ca-certificate", "days", 0) or CA_DAYS)
        hours = int(block.value("lifetime crl", "hours", 0) or CRL_HOURS)
        ca = LabCa(pair.material, subject, now=now, lifetime_s=days * DAY_S)
        return ServerState(
            fingerprint=md5_groups(ca.certificate),
            expires_at=now + days * DAY_S,
            next_list_at=now + hours * 3600,
        )

    def server_pair(self, name: str) -> KeyPair:
        """The key of a certificate server, a new one if there is none."""
        keys = self.router.keys
        pair = keys.signing_pair(name)
        if pair is None:
            (pair,) = keys.generate_rsa(name, SELF_SIGNED_BITS, now=self.router.clock.now())
        return pair

    def own_pair(self) -> KeyPair | None:
        """The key of the certificate that the HTTPS server signs itself, a new one without one.

        None if there is such a certificate.
        """
        router, label = self.router, self_signed_label(self._own_number)
        if any(point.self_signed for point in self.store):
            return None
        pair = router.keys.signing_pair(label)
        if pair is None:
            newer = release(router) >= NEWER
            bits = NEWER_SELF_SIGNED_BITS if newer else SELF_SIGNED_BITS
            (pair,) = router.keys.generate_rsa(label, bits, now=router.clock.now())
            if router.family != "xe":
                text = f"Generated new {bits} bit key pair"
                router.log.add("CRYPTO", 6, "AUTOGEN", text)
        return pair

    def add(self, name: str, der: bytes, role: Role) -> None:
        """Put a certificate into the chain of a trustpoint, in the place of one like it."""
        root = self.router.config.root
        chain = root.find(CHAIN, name)
        if chain is not None and chain.block is not None:
            for entry in _certificates(chain):
                if (_role(entry) is Role.CA) == (role is Role.CA):
                    self.router.config.remove(chain.block, entry.key)
        serial = Certificate(der=der, role=role, installed_at=0.0).serial_hex
        store_certificate(self.router, name, serial, der, kind=WORDS[role])

    # ---- what happens ----

    def config_changed(self, change: "Change") -> None:
        """Trustpoints and chains are read again when they are next looked at."""
        names = {change.name, *(owner.setting.name for owner in change.owners)}
        if names & {TRUSTPOINT, CHAIN}:
            self._stale = True
        on = change.after is not None and not change.after.negated
        was_on = change.before is not None and not change.before.negated
        if change.name == SECURE_SERVER and on and not was_on and self.router.running:
            self._sign_itself()
        if change.name == "shutdown" and SERVER in names and self.router.running:
            self._server_changed(str(change.owners[0]["name"]), enabled=not on)

    def _server_changed(self, name: str, *, enabled: bool) -> None:
        """A certificate server starts or stops."""
        if enabled:
            self.server(name)
        words = "enabled" if enabled else "disabled"
        self.router.log.add("PKI", 6, f"CS_{words.upper()}", f"Certificate server now {words}.")

    def booted(self) -> None:
        """What was in the startup configuration is in NVRAM."""
        self.saved()

    def saved(self) -> None:
        """Every certificate is in NVRAM now."""
        self._in_nvram = {
            str(entry["data"])
            for chain in self.router.config.root.all(CHAIN)
            for entry in _certificates(chain)
        }
        self._stale = True

    def stopped(self) -> None:
        """The router goes down."""
        self._unsubscribe()
        self._store.close()
        self.revocation.close()

    # ---- the parts ----

    def _read(self) -> None:
        """Make the store what the configuration says."""
        root, store = self.router.config.root, self._store
        points = {str(entry["name"]): entry.block for entry in root.all(TRUSTPOINT)}
        for trustpoint in list(store):
            if trustpoint.name not in points:
                store.remove(trustpoint.name)
        for name, block in points.items():
            trustpoint = store.define(name)
            trustpoint.key_label = self.key_label(name)
            url = block.value("enrollment url", "url") if block is not None else None
            trustpoint.url = str(url) if url is not None else None
            percent = block.value("auto-enroll", "percent") if block is not None else None
            trustpoint.renew_percent = int(percent) if percent else None
            self._read_chain(name)

    def _read_chain(self, name: str) -> None:
        store, chain = self._store, self.router.config.root.find(CHAIN, name)
        trustpoint = store.define(name)
        known = {each.der: each.installed_at for each in trustpoint.certificates()}
        trustpoint.ca, trustpoint.identity = None, ()
        for entry in _certificates(chain) if chain is not None else ():
            role = _role(entry)
            if role is None:
                continue
            der = bytes.fromhex(str(entry["data"]))
            now = known.get(der, self.router.clock.now())
            try:
                if entry["data"] in self._in_nvram:
                    made = Certificate(der=der, role=role, installed_at=now)
                    store.files[made.storage_name] = der
                store.restore(name, role, der, now=now)
            except CertificateError:
                # the configuration may hold anything; what cannot be read is not shown
                continue

    def _keys_changed(self, event: KeyEvent) -> None:
        """The certificates of a key go with it."""
        if event.change not in (KeyChange.REMOVED, KeyChange.REPLACED) or not self.router.running:
            return
        # no certificate has a key that nobody has looked at yet
        before = (pair.material for pair in event.before if not pair.temporary)
        gone = {material.public_der for material in before if material.made}
        for chain in self.router.config.root.all(CHAIN):
            for entry in _certificates(chain):
                if chain.block is not None and _public_key(entry) in gone:
                    self.router.config.remove(chain.block, entry.key)

    @property
    def _own_number(self) -> int:
        """The number in the name of the certificate that the HTTPS server signs itself."""
        serial = self.router.serial.encode()
        return int.from_bytes(md5(serial, usedforsecurity=False).digest()[:4])

    def _sign_itself(self) -> None:
        """Make the certificate of the HTTPS server, with its trustpoint and its key."""
        router, number = self.router, self._own_number
        pair = self.own_pair()
        if pair is None:
            return
        label = self_signed_label(number)
        load(router, _self_signed_text(label, number))
        der = self_signed_certificate(pair.material, number, now=router.clock.now())
        self.add(label, der, Role.SELF_SIGNED)
        self.unsaved()

    def unsaved(self) -> None:
        """Say in the log that certificates came which are not saved."""
        if self.router.family == "xe":
            saving = 'Issue "write memory" to save new IOS PKI configuration'
            words = f"Configuration was modified. {saving}"
            self.router.log.add("PKI", 4, "NOCONFIGAUTOSAVE", words)
            return
        words = 'Configuration was modified.  Issue "write memory" to save new certificate'
        self.router.log.add("PKI", 4, "NOAUTOSAVE", words)


def _self_signed_text(label: str, number: int) -> str:
    """The trustpoint of a self-signed certificate, as routers write it."""
    return (
        f"crypto pki trustpoint {label}\n"
        " enrollment selfsigned\n"
        f" subject-name cn=IOS-Self-Signed-Certificate-{number}\n"
        " revocation-check none\n"
        f" rsakeypair {label}\n"
    )


def _certificates(chain: Entry) -> list[Entry]:
    """The lines of a chain that hold a certificate."""
    if chain.block is None:
        return []
    return [entry for entry in chain.block.all("certificate") if "data" in entry.values]


def _role(entry: Entry) -> Role | None:
    return KINDS.get(str(entry.get("kind") or ""))


def _public_key(entry: Entry) -> bytes:
    try:
        certificate = Certificate(
            der=bytes.fromhex(str(entry["data"])), role=Role.IDENTITY, installed_at=0.0
        )
        load_certificate(certificate.der)
        return certificate.public_der
    except CertificateError:
        return b""
