"""What key servers and members remember of each other."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from .keys import Tek
from .policy import Protocol

HISTORY = 4
"""How many sequence numbers of rekeys a key server keeps for each member."""


class Role(StrEnum):
    """The role of a key server in a group, as `show crypto gdoi ks coop` prints it."""

    PRIMARY = "Primary"
    SECONDARY = "Secondary"
    ELECTION = "Election"
    UNKNOWN = "Unknown"


class PeerStatus(StrEnum):
    """What a key server thinks of another one."""

    ALIVE = "Alive"
    DEAD = "Dead"
    UNKNOWN = "Unknown"


class Registration(StrEnum):
    """How far a member is, as `Registration status` prints it."""

    NONE = "Not Registered"
    REGISTERING = "Registering"
    REGISTERED = "Registered"


@dataclass(slots=True, kw_only=True, eq=False)
class MemberRecord:
    """A member in the database of a key server.

    `key_server` is the address of the key server with which it registered, `local` whether that is
    this one (else the entry came by COOP). `identity` is what it authenticated with. `awaited` is
    whether the acknowledgement of the last rekey is still missing. `missed` counts rekeys without
    one, `in_row` those since the last that had one. `sent` and `received` are the sequence numbers
    of the last rekeys and acknowledgements. `gmsids` are its ranges of sender identifiers,
    `revoked` whether it was removed and has not come back.
    """

    address: str
    version: str
    key_server: str
    registered_at: float
    protocol: Protocol = Protocol.GDOI
    identity: str = ""
    local: bool = True
    rekeys_sent: int = 0
    retries: int = 0
    acks: int = 0
    missed: int = 0
    in_row: int = 0
    awaited: bool = False
    sent: deque[int] = field(default_factory=lambda: deque(maxlen=HISTORY))
    received: deque[int] = field(default_factory=lambda: deque(maxlen=HISTORY))
    gmsids: tuple[tuple[int, int], ...] = ()
    revoked: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class CoopPeer:
    """Another key server of a group, as one sees it.

    `established` is whether the IKE SA to it is up, `sequence` the last one of its announcements,
    `heard_at` when one came last; counters and bytes are those of `Peer Sessions`.
    """

    address: str
    handle: int
    version: str = ""
    coop_version: str = ""
    protocol: str = "base"
    priority: int = 0
    role: Role = Role.UNKNOWN
    status: PeerStatus = PeerStatus.UNKNOWN
    established: bool = False
    sequence: int = 0
    heard_at: float | None = None
    sent: int = 0
    sent_asking: int = 0
    received: int = 0
    received_asking: int = 0
    sent_drops: int = 0
    received_drops: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class HeldTek:
    """A TEK that a member holds.

    It ends for this member at `expires_at`. `encrypts_at` is from when on the member sends with it,
    None for never (receive-only); the TEK with the latest `encrypts_at` that has come is used.
    """

    tek: Tek
    received_at: float
    expires_at: float
    encrypts_at: float | None

    def remaining_s(self, now: float) -> float:
        """What is left of it, not below 0."""
        return max(0.0, self.expires_at - now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerKey:
    """The public RSA key that a member learnt from the key server at `server`.

    `cookies` are those of the rekey SA at that time.
    """

    server: str
    public_der: bytes
    cookies: tuple[int, int]
