"""What key servers and members send each other."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from .ike import IkeAnswer, IkeOffer
from .keys import Kek, Tek
from .policy import SID_BITS, Protocol, SaPolicy, ServerPolicy, Transport
from .records import MemberRecord, Role

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha": hashes.SHA1(),  # noqa: S303 - the group's own choice
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRequest:
    """A member asks for the keys of the group `identity` (GROUPKEY-PULL, RFC 6407 §3).

    `number` is the member's own count of attempts: an answer to an earlier one is ignored.
    `senders` is how many sender identifiers it wants for counter mode.
    """

    number: int
    identity: str
    group: str
    address: str
    version: str
    protocol: Protocol
    offer: IkeOffer
    senders: int = 1
    pfs: bool = False


class Refused(StrEnum):
    """Why a registration was refused."""

    IKE = "IKE failed"
    BAD_ID = "unknown group"
    UNAUTHORIZED = "unauthorized"
    BLOCKED = "new members are blocked"
    NO_POLICY = "no policy yet"
    NO_SENDER_ID = "no sender identifier is left"
    PROTOCOL = "protocol is not served"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A key server refuses a registration."""

    identity: str
    number: int
    server: str
    reason: Refused
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A TEK as it is handed out: what is left of it counts from now on."""

    tek: Tek
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """Everything that a registered member gets.

    `grants` are the TEKs in the order in which they were made, `sas` the policies with the lines
    that count. `pseudotime` is that of the group when it was sent (seconds). `gmsids` are the
    member's ranges of sender identifiers, which are `sid_bits` long.
    """

    identity: str
    number: int
    server: str
    ike: IkeAnswer
    kek: Kek | None
    kek_expires_at: float
    grants: tuple[Grant, ...]
    sas: tuple[SaPolicy, ...]
    public_der: bytes
    sequence: int
    pseudotime: float
    sent_at: float
    transport: Transport
    multicast: str = ""
    receive_only: bool = False
    d3p_ms: int = 0
    pfs: bool = False
    gmsids: tuple[tuple[int, int], ...] = ()
    kssid: int | None = None
    sid_bits: int = SID_BITS


class RekeyKind(StrEnum):
    """What a rekey is for."""

    SCHEDULED = "scheduled"
    TRIGGERED = "triggered"
    REPLACE = "replace"
    DELETE = "delete"
    DELETE_NOW = "delete-now"
    REAUTH = "reauth"
    PSEUDOTIME = "pseudotime"


@dataclass(slots=True, kw_only=True, eq=False)
class Rekey:
    """A rekey (GROUPKEY-PUSH, RFC 6407 §4), encrypted with the KEK `kek_spi`, signed.

    `kek` is a new KEK or None; `grants` are all TEKs that count from now on, with the new ends of
    old ones. `body` is what is signed with `sig_hash`. A retransmission is the same message again.

    A delete (graceful or `now`) and a reauthentication hand out no keys: members register again,
    spread over `window_s`; a graceful delete grants the old TEKs with their new ends. A replacement
    grants the new TEKs only; a member that is too old for it lets what it holds live the shortened
    lifetime.
    """

    server: str
    identity: str
    kind: RekeyKind
    kek_spi: int
    sequence: int
    kek: Kek | None
    grants: tuple[Grant, ...]
    sas: tuple[SaPolicy, ...]
    pseudotime: float
    sent_at: float
    transport: Transport
    sig_hash: str
    multicast: str = ""
    receive_only: bool = False
    d3p_ms: int = 0
    pfs: bool = False
    window_s: float = 0.0
    signature: bytes = b""
    _checked: dict[bytes, bool] = field(default_factory=dict, repr=False)

    @property
    def body(self) -> bytes:
        """The bytes that are signed."""
        found = hashlib.sha256()
        kek = self.kek
        parts = [self.identity, self.kind, self.kek_spi, self.sequence, kek and kek.spi]
        parts += [(grant.tek.spi, grant.expires_at) for grant in self.grants]
        parts += [(sa.number, [entry.line() for entry in sa.entries]) for sa in self.sas]
        flags = (self.transport, self.receive_only, self.d3p_ms, self.pfs, self.window_s)
        found.update(repr((parts, self.pseudotime, flags)).encode())
        return found.digest()

    def signed_by(self, public_der: bytes) -> bool:
        """Whether the key with this SubjectPublicKeyInfo made the signature.

        Each key and message is computed once, however many members ask.
        """
        known = self._checked.get(public_der)
        if known is None:
            known = self._checked[public_der] = _verified(self, public_der)
        return known


def _verified(rekey: Rekey, public_der: bytes) -> bool:
    try:
        key = load_der_public_key(public_der)
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(rekey.signature, rekey.body, PKCS1v15(), HASHES[rekey.sig_hash])
    except (InvalidSignature, ValueError):
        # a key server without its key may have given none
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyAck:
    """A member acknowledges a rekey."""

    identity: str
    member: str
    kek_spi: int
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedState:
    """What the primary gives the other key servers: keys, schedule, pseudotime.

    `pseudotime` is that of `at`, None before the first registration. `policy` is what the primary
    is configured with, so that others can tell that they differ; what is behind it is what the last
    rekey carried. Keys are copies that nobody changes; while nothing
    changes, it is the same object again.
    """

    kek: Kek | None
    teks: tuple[Tek, ...]
    pseudotime: float | None
    at: float
    policy: ServerPolicy
    public_der: bytes = b""
    sas: tuple[SaPolicy, ...] = ()
    transport: Transport = Transport.MULTICAST
    multicast: str = ""
    label: str = ""
    receive_only: bool = False
    d3p_ms: int = 0
    pfs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A member left the database at a time; a registration after it stands."""

    address: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderState:
    """What a key server has of sender identifiers (counter modes), `bits` long.

    `assigned` are the KSSIDs of its configuration, `used` those from which it has given, `old` used
    ones that are no longer assigned, `current` the one from which it gives, `last` the last GMSID.
    `reinitializing` is whether the group begins anew because none is left.
    """

    bits: int
    assigned: tuple[int, ...] = ()
    used: tuple[int, ...] = ()
    old: tuple[int, ...] = ()
    current: int | None = None
    last: int | None = None
    reinitializing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One key server tells another of itself (COOP ANN).

    `asks` wants a reply. `signer` is the public key that it would sign with, empty without a key.
    `keyed` is whether it holds keys of the group, `state` what a primary shares; `members` and
    `gone` are changes of its database of members since what the receiver has (`whole`: all of it).
    `senders` are its sender identifiers. `serial` is that of its database, `since` the one from
    which on changes are told, and `have` the last one of the receiver that it knows.
    """

    group: str
    identity: str
    sender: str
    priority: int
    role: Role
    version: str
    coop_version: str
    protocol: str
    sequence: int
    asks: bool = False
    signer: bytes = b""
    keyed: bool = False
    state: SharedState | None = None
    members: tuple[MemberRecord, ...] = ()
    gone: tuple[Departure, ...] = ()
    whole: bool = False
    senders: SenderState | None = None
    serial: int = 0
    since: int = 0
    have: int = 0
    size: int = 0
